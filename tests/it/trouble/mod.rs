//! Bad input and bad luck, tried on the real binary. Each gets an error that says what is wrong and where, the rest of
//! the work continues, and nothing is lost or half done.

mod addresses;
mod backup;
mod confined;
mod database;
mod disk;
mod environment;
mod export;
mod http;
mod import;
mod logs;
mod modes;
mod pooler;
mod postgres;
mod rights;
mod round_trip;
mod scripts;
mod spreadsheets;
mod stopping;
mod telegram;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use afterword::clock::Clock;
use afterword::sandbox::{GroupKind, Options, Sandbox, TOKEN, World};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};

use crate::ports::free_addr;

pub const KEY: &str = "a-key-for-the-tests";

/// What takes longer than this will not come any more.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits for something that must come.
async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(PATIENCE, future).await;
    done.unwrap_or_else(|elapsed| panic!("waited in vain for {what}: {elapsed}"))
}

/// Asks again and again until there is an answer.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        let mut pace = tokio::time::interval(Duration::from_millis(20));
        loop {
            if let Some(found) = look().await {
                return found;
            }
            pace.tick().await;
        }
    };
    within(what, asking).await
}

/// A working directory with its environment, and a simulated Telegram.
struct Place {
    world: World,
    sandbox: Option<Sandbox>,
    folder: TempDir,
    variables: BTreeMap<String, String>,
}

impl Place {
    async fn new() -> Self {
        let sandbox = Sandbox::start(Clock::system(), Options::default()).await.unwrap();
        let world = sandbox.world().clone();
        let folder = tempfile::tempdir().unwrap();
        let lead = world.add_user("Lead", Some("en"));
        let leads = world.add_group("Leads", GroupKind::Supergroup, lead);
        let variables = [
            ("TELOXIDE_TOKEN", TOKEN.to_owned()),
            ("TELOXIDE_API_URL", sandbox.url()),
            ("HTTP_ADDR", "127.0.0.1:0".to_owned()),
            ("API_KEY", KEY.to_owned()),
            ("ADMIN_IDS", lead.to_string()),
            ("ALERT_CHATS", leads.to_string()),
            ("DEFAULT_LOCALE", "en".to_owned()),
            ("QUIET_HOURS", "off".to_owned()),
            ("MIN_GAP", "off".to_owned()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
        Self { world, sandbox: Some(sandbox), folder, variables }
    }

    /// Sets an environment variable.
    fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.insert(name.to_owned(), value.to_string());
        self
    }

    fn unset(&mut self, name: &str) {
        self.variables.remove(name);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Gives `command`, which starts the program, this environment and nothing else.
    fn settle_in(&self, command: &mut Command) {
        let path = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
        command.env_clear().env("PATH", path).envs(&self.variables).current_dir(self.folder.path());
        command.kill_on_drop(true).stdin(Stdio::null());
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
        self.settle_in(&mut command);
        command.args(arguments);
        command
    }

    /// Runs a command until it ends.
    async fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments)).await
    }

    async fn serve(&self) -> Serve {
        Serve::start(self.command(&["serve"]), &self.path("log")).await
    }

    /// Takes Telegram offline. Returns its address.
    async fn go_offline(&mut self) -> SocketAddr {
        let sandbox = self.sandbox.take().unwrap();
        let addr = sandbox.addr();
        sandbox.stop().await;
        addr
    }

    /// Brings Telegram back at the same address.
    async fn go_online(&mut self, addr: SocketAddr) {
        self.sandbox = Some(Sandbox::serve(self.world.clone(), addr).await.unwrap());
    }

    /// Returns a table as the command line exports it.
    async fn export(&self, table: &str) -> Vec<BTreeMap<String, Value>> {
        let ran = self.run(&["export", table, "--format", "jsonl"]).await;
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Returns all current answers, one per line: event, question, metric, value, options, text.
    async fn answers(&self) -> Vec<String> {
        let columns = ["event_id", "question", "metric", "value", "options", "text"];
        let cell = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let rows = self.export("answers").await;
        let line = |row: &BTreeMap<String, Value>| columns.map(|column| cell(&row[column])).join(" ");
        rows.iter().map(|row| line(row).trim_end().trim_end_matches(" []").to_owned()).collect()
    }
}

/// How a command ended.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

async fn ran(mut command: Command) -> Ran {
    let output = within("the command's end", command.output()).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let ran =
        Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) };
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    ran
}

impl Ran {
    /// Checks that the command was refused, in a single line of the program's own that contains all of `said`.
    #[track_caller]
    fn refused(&self, said: &[&str]) {
        assert_eq!(self.code, 2, "{self:?}");
        let lines: Vec<&str> = self.err.lines().filter(|line| line.starts_with("afterword: ")).collect();
        assert_eq!(lines.len(), 1, "{self:?}");
        for words in said {
            assert!(lines[0].contains(words), "'{words}' is not said: {self:?}");
        }
    }
}

/// A running `serve`.
struct Serve {
    child: Child,
    /// Its standard output.
    said: Lines<BufReader<ChildStdout>>,
    log: PathBuf,
    address: String,
    client: reqwest::Client,
}

/// A reply of the HTTP API.
#[derive(Debug)]
struct Reply {
    status: u16,
    retry_after: bool,
    body: Value,
}

impl Serve {
    /// Starts it and waits until it is at work. Its log is appended to the file.
    async fn start(command: Command, log: &Path) -> Self {
        let (mut serve, address) = Self::launch(command, log).await;
        serve.address = address.unwrap_or_else(|| panic!("it does not start: {}", serve.logged()));
        serve
    }

    /// Starts it in a situation in which it does not report yet that it is at work, and waits for its open port.
    async fn spawn_at(place: &mut Place) -> Self {
        let addr = free_addr().to_string();
        place.set("HTTP_ADDR", &addr);
        let serve = Self::spawn(place.command(&["serve"]), &place.path("log"), &addr);
        until("an open port", async || TcpStream::connect(&addr).await.ok()).await;
        place.set("HTTP_ADDR", "127.0.0.1:0");
        serve
    }

    /// Starts it without waiting.
    fn spawn(mut command: Command, log: &Path, address: &str) -> Self {
        let file = std::fs::File::options().create(true).append(true).open(log).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = format!("http://{address}");
        Self { child, said, log: log.to_owned(), address, client: reqwest::Client::new() }
    }

    async fn launch(command: Command, log: &Path) -> (Self, Option<String>) {
        let mut serve = Self::spawn(command, log, "nowhere");
        let address = serve.greeting().await;
        (serve, address)
    }

    /// Waits for its first line, which names its address. Returns `None` if it ends instead.
    async fn greeting(&mut self) -> Option<String> {
        let line = within("the first words of serve", self.said.next_line()).await.unwrap()?;
        let (_, address) = line.split_once(" on ").unwrap_or_else(|| panic!("{line}"));
        Some(address.to_owned())
    }

    fn logged(&self) -> String {
        // A device has no end.
        if !self.log.is_file() {
            return String::new();
        }
        std::fs::read_to_string(&self.log).unwrap()
    }

    fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    async fn call(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = within("an answer", request.bearer_auth(KEY).send()).await.unwrap();
        let status = response.status().as_u16();
        let retry_after = response.headers().contains_key("retry-after");
        let text = response.text().await.unwrap();
        Reply { status, retry_after, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    async fn get(&self, path: &str) -> Reply {
        self.call(self.client.get(format!("{}{path}", self.address))).await
    }

    async fn post(&self, body: &Value) -> Reply {
        self.call(self.client.post(format!("{}/v1/events", self.address)).json(body)).await
    }

    /// Posts an event that must be accepted as new, and returns the receipt.
    async fn event(&self, event: &Value) -> Value {
        let reply = self.post(event).await;
        assert_eq!(reply.status, 202, "{}", reply.body);
        reply.body
    }

    /// Adds a person who has followed the link of a customer.
    async fn customer(&self, world: &World, customer: &str) -> i64 {
        let event = json!({"event_id": format!("opened-{customer}"), "kind": "ticket_opened",
                           "occurred_at": ago(0), "customer": {"id": customer}});
        let answer = self.event(&event).await;
        let person = world.add_user("Anna", Some("en"));
        let greeted = world.follow(person, answer["link"].as_str().unwrap());
        within("the first words", world.bot_message_after(person, greeted)).await;
        person
    }

    /// Returns once `/readyz` is red and contains `why`.
    async fn is_red(&self, why: &str) {
        until(&format!("a red /readyz that says '{why}'"), async || {
            let ready = self.get("/readyz").await;
            (ready.status == 503 && ready.body.to_string().contains(why)).then_some(())
        })
        .await;
    }

    /// Returns once `/readyz` is green.
    async fn is_green(&self) {
        until("a green /readyz", async || (self.get("/readyz").await.status == 200).then_some(())).await;
    }

    /// Returns once the event's survey is in this state.
    async fn reaches(&self, event: &str, state: &str) {
        until(&format!("{event} in state {state}"), async || {
            let ledger = self.get(&format!("/v1/events/{event}")).await;
            (ledger.body["state"] == state).then_some(())
        })
        .await;
    }

    async fn signal(&self, signal: &str) {
        let mut kill = Command::new("kill");
        kill.arg(format!("-{signal}")).arg(self.pid().to_string());
        assert!(kill.status().await.unwrap().success());
    }

    /// Waits until it ends, and returns the exit code.
    async fn ended(&mut self) -> Option<i32> {
        within("the end of serve", self.child.wait()).await.unwrap().code()
    }

    /// Stops it gracefully, which must succeed.
    async fn stop(mut self) {
        self.signal("TERM").await;
        assert_eq!(self.ended().await, Some(0), "{}", self.logged());
    }
}

/// Returns the time some hours ago in the form that events use.
fn ago(hours: u64) -> String {
    Clock::system().now().minus(Duration::from_hours(hours)).to_rfc3339()
}

/// A purchase whose survey is due at once.
fn purchase(order: &str, customer: &str) -> Value {
    json!({"event_id": order, "kind": "purchase", "occurred_at": ago(4), "customer": {"id": customer}})
}

impl Drop for Serve {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the program's log:\n{}", std::fs::read_to_string(&self.log).unwrap_or_default());
        }
    }
}
