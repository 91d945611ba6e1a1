//! A PostgreSQL server of the tests' own: a folder under `/tmp`, a Unix socket. Benchmarks start one, too.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Ends the server when the tests are gone: their end of the pipe closes however they end.
const SCRIPT: &str = r#"
set -e
dir=$(mktemp -d /tmp/afterword.XXXXXX)
trap '"$0/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
"$0/initdb" -D "$dir/data" -U afterword --auth=trust --encoding=UTF8 --locale=C --no-sync >/dev/null
cat >>"$dir/data/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$dir'
$1
END
"$0/pg_ctl" -D "$dir/data" -l "$dir/log" -w start >/dev/null
echo "$dir"
read -r _ || true
"#;

/// Settings of a server whose data nobody needs after a crash.
pub const CARELESS: &str =
    "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\nmax_connections = 300";

/// Running until it is dropped.
#[derive(Debug)]
pub struct Server {
    bin: PathBuf,
    folder: String,
    /// Of the database that one connects to in order to make others.
    pub admin: String,
    _process: Child,
}

/// The newest that Debian has installed.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
    let version = |path: &PathBuf| {
        path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()).unwrap_or_default()
    };
    let newest = versions.map(|entry| entry.path()).max_by_key(version)?;
    Some(newest.join("bin")).filter(|bin| bin.join("initdb").exists())
}

/// A command of a user who is not root, which PostgreSQL insists on.
pub(super) fn unprivileged(program: impl AsRef<Path>) -> Command {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let mut command = if is_root { Command::new("runuser") } else { Command::new(program.as_ref()) };
    if is_root {
        command.args(["-u", "postgres", "--"]).arg(program.as_ref());
    }
    command.current_dir("/");
    command
}

impl Server {
    /// With these lines in its configuration. `None` where PostgreSQL is not installed.
    pub fn start(settings: &str) -> Option<Self> {
        let bin = binaries()?;
        let mut command = unprivileged("/bin/sh");
        command.arg("-c").arg(SCRIPT).arg(&bin).arg(settings);
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the PostgreSQL server for the tests starts");
        let mut folder = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut folder).unwrap();
        assert!(!folder.is_empty(), "PostgreSQL does not start; it has said why above");
        let folder = folder.trim().to_owned();
        let admin = format!("postgres://afterword@{}/postgres", folder.replace('/', "%2F"));
        Some(Self { bin, folder, admin, _process: process })
    }

    /// Where its socket is.
    pub fn folder(&self) -> String {
        self.folder.clone()
    }

    fn control(&self, action: &[&str]) {
        let mut command = unprivileged(self.bin.join("pg_ctl"));
        command.arg("-D").arg(format!("{}/data", self.folder)).args(action).stdout(Stdio::null());
        assert!(command.status().unwrap().success(), "pg_ctl {action:?}");
    }

    /// The server ends and takes every connection along.
    pub fn stop(&self) {
        self.control(&["-m", "fast", "-w", "stop"]);
    }

    pub fn start_again(&self) {
        self.control(&["-l", &format!("{}/log", self.folder), "-w", "start"]);
    }
}
