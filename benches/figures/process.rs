//! A child process and its resource usage, read from `/proc`.

use std::io;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A child process that ends with the benchmark, even if the benchmark fails.
pub struct Process(Child);

/// The resources that a process has used so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    pub cpu: Duration,
    pub resident_kb: u64,
    pub peak_kb: u64,
}

/// The kernel counts CPU time in hundredths of a second on every Linux that Rust supports.
const TICKS_PER_SECOND: u64 = 100;

impl Process {
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        command.spawn().map(Self)
    }

    /// Starts a program that prints only warnings.
    pub fn quiet(command: &mut Command) -> io::Result<Self> {
        Self::spawn(command.stdin(Stdio::null()).stdout(Stdio::null()))
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// From now on the peak is that of what follows.
    pub fn forget_peak(&self) -> io::Result<()> {
        std::fs::write(format!("/proc/{}/clear_refs", self.0.id()), "5")
    }

    /// Returns the usage so far. Everything is zero if the process has ended.
    pub fn usage(&self) -> Usage {
        usage(self.0.id()).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Returns what this process has used so far.
pub fn own_usage() -> Usage {
    usage(std::process::id()).unwrap_or_default()
}

fn usage(pid: u32) -> Option<Usage> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may contain spaces. The numbers after it begin with field 3.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let kb = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    };
    Some(Usage {
        cpu: Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND),
        resident_kb: kb("VmRSS:")?,
        peak_kb: kb("VmHWM:")?,
    })
}
