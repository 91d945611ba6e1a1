//! Logs to stderr, for people or for machines, and counts events for Prometheus.

pub mod metrics;
pub mod panics;

use std::io::{self, IsTerminal as _, Stderr, Write};

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// sqlx logs the options of an address that it does not know, together with their values, and one of them may be a
/// misspelt password.
const NEVER: &str = "sqlx_postgres::options=off";

/// Starts logging. Called once, by the long-running commands.
pub fn init(config: &Config) {
    let filter = EnvFilter::new(format!("{},{NEVER}", config.log_filter));
    // Colours are for a terminal; in a file or a journal they are noise.
    let colours = io::stderr().is_terminal();
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Unfailing(io::stderr()))
        .with_ansi(colours);
    match config.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

/// What cannot be written to the log is left out: a full disk, or a reader that is gone, must not stop anything.
struct Unfailing(Stderr);

impl Write for Unfailing {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let _ = self.0.write_all(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.0.flush();
        Ok(())
    }
}
