//! A pgbouncer of the tests' own before a server of the tests' own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use super::server::{Server, unprivileged};

const PROGRAM: &str = "/usr/sbin/pgbouncer";

/// Says where it is once it takes connections, and ends when the tests are gone.
const SCRIPT: &str = r#"
set -e
dir=$(mktemp -d /tmp/afterword.XXXXXX)
trap 'kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
echo '"afterword" ""' >"$dir/users"
cat >"$dir/pgbouncer.ini" <<END
[databases]
* = host=$1
[pgbouncer]
listen_port = 6432
unix_socket_dir = $dir
auth_type = trust
auth_file = $dir/users
logfile = $dir/log
pool_mode = $2
END
"$0" -q "$dir/pgbouncer.ini" >/dev/null 2>&1 &
pid=$!
until [ -S "$dir/.s.PGSQL.6432" ]; do kill -0 "$pid" && sleep 0.02; done
echo "$dir"
read -r _ || true
"#;

/// Running until it is dropped.
#[derive(Debug)]
pub struct Pooler {
    pub url: String,
    _process: Child,
}

impl Pooler {
    /// As its packages set it up, but for the mode. `None` where it is not installed.
    pub fn start(server: &Server, mode: &str) -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            return None;
        }
        let mut command = unprivileged("/bin/sh");
        command.arg("-c").arg(SCRIPT).arg(PROGRAM).arg(server.folder()).arg(mode);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut folder = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut folder).unwrap();
        assert!(!folder.is_empty(), "pgbouncer does not start");
        let url = format!("postgres://afterword@/postgres?host={}&port=6432", folder.trim());
        Some(Self { url, _process: process })
    }
}
