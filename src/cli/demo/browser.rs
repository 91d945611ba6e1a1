//! The browser that `afterword demo --open` opens.

use std::process::{Command, Stdio};

use tokio::sync::oneshot;

/// What opens an address on this system, and what it is told before the address.
const OPENER: (&str, &[&str]) = if cfg!(target_os = "macos") {
    ("open", &[])
} else if cfg!(windows) {
    ("cmd", &["/C", "start", ""])
} else {
    ("xdg-open", &[])
};

/// Opens the address; the error is the name of the program that did not do it.
pub(super) async fn open(url: &str) -> Result<(), &'static str> {
    let (program, arguments) = OPENER;
    let mut command = Command::new(program);
    // What a browser says of itself is not what the demo says.
    command.args(arguments).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Some stay until the browser is closed; a thread of its own does not keep the demo from ending before.
    let (told, ended) = oneshot::channel();
    std::thread::spawn(move || {
        let opened = command.status().is_ok_and(|status| status.success());
        // The demo may have ended.
        let _ = told.send(opened);
    });
    if ended.await == Ok(true) { Ok(()) } else { Err(program) }
}
