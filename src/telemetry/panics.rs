//! Reports only where a panic happened. Its message may quote a customer's words or a secret.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::Write as _;
use std::panic::PanicHookInfo;

/// From now on, reports a panic by its location only: in the log if there is one, otherwise on standard error.
pub fn tell_only_where() {
    std::panic::set_hook(Box::new(tell));
}

fn tell(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
    if tracing::dispatcher::has_been_set() {
        tracing::error!(place, backtrace, "the program panicked, which is a mistake in it");
    } else {
        // A panic here would end the process.
        let mut err = std::io::stderr();
        let _ = writeln!(err, "afterword: the program panicked at {place}, which is a mistake in it");
        if let Some(backtrace) = backtrace {
            let _ = writeln!(err, "{backtrace}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    const IN_CHILD: &str = "AFTERWORD_TEST_PANIC";

    /// The hook belongs to the whole process, so this test runs in a process of its own.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "so the child is told from the parent")]
    fn a_panic_says_where_it_was_and_not_what_it_says() {
        if std::env::var_os(IN_CHILD).is_some() {
            super::tell_only_where();
            panic!("Zwiebelkuchen");
        }
        let name = "telemetry::panics::tests::a_panic_says_where_it_was_and_not_what_it_says";
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(IN_CHILD, "1");
        let ended = child.output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(!ended.status.success() && said.contains("panicked at src/telemetry/panics.rs:"), "{said}");
        assert!(!said.contains("Zwiebelkuchen"), "{said}");
    }
}
