//! The program that is measured: the release binary with its own directory, database and address.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use afterword::sandbox::TOKEN;
use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::process::Process;

pub const API_KEY: &str = "benchmark-key-0123456789";
const BINARY: &str = env!("CARGO_BIN_EXE_afterword");

pub struct Server {
    pub addr: SocketAddr,
    pub process: Process,
}

pub fn binary() -> &'static Path {
    Path::new(BINARY)
}

/// Returns an empty directory under `target/`.
pub fn fresh_dir(name: &str) -> anyhow::Result<PathBuf> {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures").join(name);
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    std::fs::create_dir_all(&dir)?;
    keep_data_in(&dir, "sqlite://figures.db")?;
    Ok(dir)
}

/// Sets the database for all commands in this directory.
pub fn keep_data_in(dir: &Path, database_url: &str) -> anyhow::Result<()> {
    Ok(std::fs::write(dir.join(".env"), format!("DATABASE_URL={database_url}\n"))?)
}

/// Returns a command of the program on a database.
pub fn command(dir: &Path, api_url: &str, addr: SocketAddr) -> Command {
    let mut command = Command::new(BINARY);
    command.current_dir(dir).env_clear();
    command.envs([
        ("TELOXIDE_TOKEN", TOKEN),
        ("TELOXIDE_API_URL", api_url),
        ("HTTP_ADDR", &addr.to_string()),
        ("API_KEY", API_KEY),
        ("ADMIN_IDS", "1"),
        ("QUIET_HOURS", "off"),
        ("MIN_GAP", "off"),
        ("MESSAGES_PER_SECOND", "1000"),
        ("RUST_LOG", "warn"),
    ]);
    command
}

/// Runs a command that must succeed.
pub fn run(dir: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    printed(dir, arguments).map(drop)
}

/// The same; returns what it prints.
pub fn printed(dir: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = command(dir, "http://127.0.0.1:9", free_addr()?).args(arguments).output()?;
    if !output.status.success() {
        bail!("afterword {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

impl Server {
    /// Starts `serve`, without waiting for it.
    pub fn start(dir: &Path, api_url: &str) -> anyhow::Result<Self> {
        Self::start_with(dir, api_url, &[])
    }

    /// Starts `serve` with additional variables.
    pub fn start_with(dir: &Path, api_url: &str, variables: &[(&str, &str)]) -> anyhow::Result<Self> {
        let addr = free_addr()?;
        let mut command = command(dir, api_url, addr);
        let process = Process::quiet(command.envs(variables.iter().copied()).arg("serve"))?;
        Ok(Self { addr, process })
    }

    /// Waits until it has had a reply from Telegram, too. Before that it gives no links.
    pub async fn until_it_is_ready(&self) -> anyhow::Result<()> {
        let began = Instant::now();
        let is_ready = async || {
            let reply = reqwest::get(format!("http://{}/readyz", self.addr)).await;
            reply.is_ok_and(|reply| reply.status().is_success())
        };
        while !is_ready().await {
            if began.elapsed() > Duration::from_secs(20) {
                bail!("the program on {} does not become ready", self.addr);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Posts to `/v1/events`, and returns the body of a 200.
    pub async fn post_events(&self, body: &str) -> anyhow::Result<String> {
        let mut stream = TcpStream::connect(self.addr).await?;
        stream.write_all(&request(self.addr, body, "close")).await?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await?;
        let (head, body) = reply.split_once("\r\n\r\n").context("no HTTP reply")?;
        if !head.starts_with("HTTP/1.1 200") {
            bail!("the events were refused: {reply}");
        }
        Ok(body.to_owned())
    }
}

/// Returns a whole request, so that a client that is measured only has to write bytes.
pub fn request(addr: SocketAddr, body: &str, connection: &str) -> Vec<u8> {
    format!(
        "POST /v1/events HTTP/1.1\r\nhost: {addr}\r\nauthorization: Bearer {API_KEY}\r\nconnection: {connection}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

pub fn free_addr() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
