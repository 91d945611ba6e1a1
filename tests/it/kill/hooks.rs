//! The real binary is killed between storing deliveries and mapping them, and between a call to another system and
//! noting that it was made.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use afterword::clock::Clock;
use afterword::sandbox::{GroupKind, Options, Sandbox};
use afterword::store::Db;
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use super::program::{Program, ledger};
use super::scene::PATIENCE;
use crate::cluster::{Engine, TestDatabase};

const DELIVERIES: usize = 300;
/// How often the program is killed between storing deliveries and mapping them, and between a reply and its note; so often
/// each if `HOOK_KILLS` says so.
const KILLS: [usize; 2] = [4, 1];

#[expect(clippy::disallowed_methods, reason = "the environment of the tests, not of the program")]
fn kills(usually: usize) -> usize {
    std::env::var("HOOK_KILLS").map_or(usually, |number| number.parse().unwrap())
}

/// The program with one hook that is live, and the hook's path.
async fn with_a_hook(
    database: &TestDatabase,
    folder: &std::path::Path,
    sandbox: &Sandbox,
    preset: &str,
) -> (Program, String) {
    let lead = sandbox.world().add_user("Пётр", Some("ru"));
    let leads = sandbox.world().add_group("Отзывы", GroupKind::Supergroup, lead);
    let program = Program::new(folder, sandbox.url(), leads, &database.url);
    let mut serve = program.serve();
    serve.address().await;
    let path = program.printed(&["hook", "add", "shop", "--preset", preset]).trim().to_owned();
    program.run(&["hook", "go", "shop"]);
    serve.kill();
    (program, path)
}

fn order(number: usize, at: &str) -> String {
    // Every second delivery comes twice.
    let order = number - number % 2;
    json!({"event_id": format!("order-{order}"), "kind": "purchase", "customer": {"id": format!("C-{order}")},
        "occurred_at": at})
    .to_string()
}

/// Returns the states of all deliveries in their order.
async fn states(database: &TestDatabase) -> Vec<String> {
    let db = Db::open(&database.url, false).await.unwrap();
    let rows = db.read().await.unwrap().list_deliveries(1, 10_000).await.unwrap();
    db.close().await;
    rows.into_iter().rev().map(|row| row.state).collect()
}

#[tokio::test]
async fn deliveries_that_were_stored_before_a_kill_become_one_event_each() {
    let database = TestDatabase::empty(Engine::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(Clock::system(), Options::default()).await.unwrap();
    let (program, path) = with_a_hook(&database, folder.path(), &sandbox, "paste").await;
    let http = Client::new();
    let at = Clock::system().now().to_rfc3339();
    let (mut taken, mut stopped_short) = (0, 0);
    for kill in 0..kills(KILLS[0]) {
        let mut serve = program.serve();
        let url = format!("{}{path}", serve.address().await);
        for number in kill * DELIVERIES..(kill + 1) * DELIVERIES {
            let sent =
                http.post(&url).header("content-type", "application/json").body(order(number, &at)).send();
            let status = sent.await.unwrap().status();
            assert_eq!(status, 200);
            taken += 1;
        }
        serve.kill();
        stopped_short += usize::from(states(&database).await.iter().any(|state| state == "received"));
    }
    assert!(stopped_short > 0, "no kill came between storing and mapping");

    let mut serve = program.serve();
    let address = serve.address().await;
    let all_mapped = async {
        while states(&database).await.iter().any(|state| state == "received") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, all_mapped).await.expect("all are mapped");
    let states = states(&database).await;
    let count = |state: &str| states.iter().filter(|known| *known == state).count();
    assert_eq!((states.len(), count("event"), count("known")), (taken, taken / 2, taken / 2));
    let one: Value = ledger(&http, &address, "order-0").await;
    assert_eq!(one["event_id"], "order-0", "{one}");
    serve.kill();
    assert_eq!(program.export("events").len(), taken / 2);
}

/// A helpdesk that takes requests and never answers.
struct Hanging {
    port: u16,
    asked: Arc<AtomicUsize>,
    news: Arc<Notify>,
}

impl Hanging {
    async fn start(tasks: &TaskTracker) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, news) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let (count, told) = (Arc::clone(&asked), Arc::clone(&news));
        tasks.spawn(async move {
            let mut open = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = [0; 64];
                if stream.read(&mut head).await.is_ok_and(|read| read > 0) {
                    count.fetch_add(1, Ordering::SeqCst);
                    told.notify_one();
                }
                open.push(stream);
            }
        });
        Self { port, asked, news }
    }
}

#[tokio::test]
async fn a_reply_that_was_sent_before_a_kill_and_not_noted_does_not_go_twice() {
    let database = TestDatabase::empty(Engine::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(Clock::system(), Options::default()).await.unwrap();
    let tasks = TaskTracker::new();
    let desk = Hanging::start(&tasks).await;
    let (program, path) = with_a_hook(&database, folder.path(), &sandbox, "zendesk").await;
    let program = program
        .with("PUBLIC_URL", "https://afterword.shop.example")
        .with("HELPDESK_URL", &format!("zendesk+http://me:key@127.0.0.1:{}", desk.port))
        .with("OUTBOUND_ALLOW", &format!("127.0.0.1,:{}", desk.port))
        .with("OUTBOUND_ALLOW_HTTP", "true");
    let at = Clock::system().now().minus(Duration::from_hours(3)).to_rfc3339();
    let http = Client::new();
    let mut serve = program.serve();
    for kill in 1..=kills(KILLS[1]) {
        let url = format!("{}{path}", serve.address().await);
        let closed = json!({"event_id": format!("T-{kill}"), "kind": "ticket_closed", "occurred_at": at, "test": true,
            "customer": {"id": format!("C-{kill}")}, "subject": {"id": kill.to_string()}, "metrics": {"messages": 5}});
        let sent = http.post(&url).header("content-type", "application/json").body(closed.to_string()).send();
        assert_eq!(sent.await.unwrap().status(), 200);
        tokio::time::timeout(PATIENCE, desk.news.notified()).await.expect("the helpdesk is called");
        serve.kill();

        serve = program.serve();
        serve.address().await;
        let given_up = async {
            while write_backs(&database).await != vec!["failed"; kill] {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, given_up).await.expect("nobody knows whether it arrived");
        assert_eq!(desk.asked.load(Ordering::SeqCst), kill);
    }
    serve.kill();
}

/// The states of all write-backs.
async fn write_backs(database: &TestDatabase) -> Vec<String> {
    let mut sql = SqliteConnection::connect(&database.url).await.unwrap();
    let states = sqlx::query_scalar("SELECT state FROM write_backs").fetch_all(&mut sql).await.unwrap();
    sql.close().await.unwrap();
    states
}
