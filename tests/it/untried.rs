//! Tests that need what a machine may lack. They are passed over where somebody counts them: `.cargo/run` does, and says
//! so in the run's last line; else they fail.

use std::io::Write as _;

/// Notes that the test that runs is passed over, for want of something.
#[expect(clippy::disallowed_methods, reason = "the environment of the tests, not of the program")]
pub fn pass_over(lacks: &str) {
    let file = std::env::var_os("TESTS_NOT_TRIED").filter(|file| !file.is_empty());
    let file = file.unwrap_or_else(|| panic!("this test needs {lacks}"));
    let mut file = std::fs::File::options().append(true).open(file).unwrap();
    // In one piece: other tests write, too.
    file.write_all(format!("{lacks}\n").as_bytes()).unwrap();
}
