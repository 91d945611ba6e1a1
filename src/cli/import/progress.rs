//! Shows the progress of the import to somebody who watches.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A progress bar if stderr is a terminal; otherwise invisible.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// `size` is in bytes; `None` for piped input.
    pub fn new(size: Option<u64>) -> Self {
        let (bar, template) = match size {
            Some(size) => {
                (ProgressBar::new(size), "{bar:40} {percent:>3} %  {binary_bytes_per_sec}  {eta} left")
            }
            None => (ProgressBar::no_length(), "{spinner} {binary_bytes}  {binary_bytes_per_sec}"),
        };
        let shown = std::io::stderr().is_terminal();
        bar.set_draw_target(if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub fn advance(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    /// Runs `write` with the bar hidden, so that the output does not break it.
    pub fn beside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
