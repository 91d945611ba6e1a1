//! Logs to stderr, for people or for machines, and counts events for Prometheus.

pub mod metrics;
pub mod panics;

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// sqlx logs the options of an address that it does not know, together with their values, and one of them may be a
/// misspelt password.
const NEVER: &str = "sqlx_postgres::options=off";

/// Starts logging. Called once, by the long-running commands.
pub fn init(config: &Config) {
    let filter = EnvFilter::new(format!("{},{NEVER}", config.log_filter));
    // Colours are for a terminal; in a file or a journal they are noise.
    let colours = std::io::stderr().is_terminal();
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    match config.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}
