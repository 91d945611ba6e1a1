//! The real binary, started and killed.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use afterword::sandbox::TOKEN;
use serde_json::Value;

pub const API_KEY: &str = "a-key-for-the-tests";

/// Where the program runs, and its settings.
pub struct Program {
    pub folder: PathBuf,
    api_url: String,
    alert_chat: i64,
    database_url: String,
    /// The address that Telegram delivers updates to. Without it they are polled.
    webhook: Option<String>,
    /// Further settings.
    more: Vec<(&'static str, String)>,
}

/// A running `serve`, killed when it is dropped.
pub struct Serve {
    child: Child,
    /// The address that it has reported to listen on.
    address: Option<String>,
}

impl Program {
    pub fn new(folder: &Path, api_url: String, alert_chat: i64, database_url: &str) -> Self {
        let (folder, database_url) = (folder.to_owned(), database_url.to_owned());
        Self { folder, api_url, alert_chat, database_url, webhook: None, more: Vec::new() }
    }

    pub fn with_webhook(self, public_url: &str) -> Self {
        Self { webhook: Some(public_url.to_owned()), ..self }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.more.push((name, value.to_owned()));
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
        command.current_dir(&self.folder).env_clear().stdin(Stdio::null());
        command.envs([
            ("TELOXIDE_TOKEN", TOKEN),
            ("TELOXIDE_API_URL", &self.api_url),
            ("DATABASE_URL", &self.database_url),
            ("HTTP_ADDR", "127.0.0.1:0"),
            ("API_KEY", API_KEY),
            ("ALERT_CHATS", &self.alert_chat.to_string()),
            ("QUIET_HOURS", "off"),
            ("MESSAGES_PER_SECOND", "1000"),
            ("RUST_LOG", "warn"),
        ]);
        command.envs(self.more.iter().map(|(name, value)| (*name, value)));
        if let Some(public_url) = &self.webhook {
            let secret = ("WEBHOOK_SECRET", "a-secret-for-the-tests");
            command.envs([("TELEGRAM_MODE", "webhook"), ("PUBLIC_URL", public_url), secret]);
        }
        command
    }

    /// Starts `serve`. Its errors go to a file next to the database.
    pub fn serve(&self) -> Serve {
        let log = File::options().create(true).append(true).open(self.folder.join("serve.log")).unwrap();
        let mut command = self.command();
        let child = command.arg("serve").stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        Serve { child, address: None }
    }

    /// Runs another command until it ends.
    pub fn run(&self, arguments: &[&str]) {
        self.printed(arguments);
    }

    /// The same; returns what it prints.
    pub fn printed(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Returns the rows of an export.
    pub fn export(&self, table: &str) -> Vec<Value> {
        let file = self.folder.join(format!("{table}.jsonl"));
        self.run(&["export", table, "--format", "jsonl", "-o", file.to_str().unwrap()]);
        let lines = BufReader::new(File::open(file).unwrap()).lines();
        lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
    }

    /// Returns what the program logged of errors, for a look when the test fails.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("serve.log")).unwrap_or_default()
    }
}

impl Serve {
    /// Sends SIGKILL: nothing in the program runs after that.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Returns the address that the program says it listens on.
    pub async fn address(&mut self) -> String {
        if let Some(said) = self.child.stdout.take() {
            let first_line = move || BufReader::new(said).lines().next().unwrap().unwrap();
            // Its first line may come only after it has called Telegram, which runs in this thread.
            let greeting = tokio::task::spawn_blocking(first_line).await.unwrap();
            let address = greeting.split_whitespace().find(|word| word.starts_with("http://"));
            self.address = Some(address.unwrap_or_else(|| panic!("no address in {greeting:?}")).to_owned());
        }
        self.address.clone().unwrap()
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the ledger of an event.
pub async fn ledger(http: &reqwest::Client, address: &str, event_id: &str) -> Value {
    let reply =
        http.get(format!("{address}/v1/events/{event_id}")).bearer_auth(API_KEY).send().await.unwrap();
    reply.json().await.unwrap()
}
