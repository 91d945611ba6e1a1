//! The real binary is killed while it erases a customer with very many events.

use std::time::Duration;

use afterword::clock::Clock;
use afterword::sandbox::{GroupKind, Options, Sandbox};
use afterword::store::Db;
use reqwest::Client;
use serde_json::{Value, json};

use super::program::{API_KEY, Program, ledger};
use super::scene::PATIENCE;
use crate::cluster::{Engine, TestDatabase};

const EVENTS: usize = 4000;

async fn post_events(http: &Client, address: &str) {
    let at = Clock::system().now().minus(Duration::from_hours(1)).to_rfc3339();
    let event = |number: usize| {
        json!({
            "event_id": format!("order-{number}"), "kind": "purchase", "occurred_at": at,
            "customer": { "id": "C-many", "name": "Анна" }, "subject": { "id": number.to_string() },
        })
    };
    let events: Vec<Value> = (0..EVENTS).map(event).collect();
    let request = http.post(format!("{address}/v1/events")).bearer_auth(API_KEY).json(&events);
    let reply: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(reply["accepted"], EVENTS);
}

/// Returns when no customer is known by this ID any more.
async fn forgotten(http: &Client, address: &str) {
    let status = async || {
        let request = http.get(format!("{address}/v1/customers/C-many")).bearer_auth(API_KEY);
        request.send().await.unwrap().status().as_u16()
    };
    while status().await != 404 {}
}

/// Returns when every event is only known by a hash.
async fn erased(http: &Client, address: &str) {
    for number in 0..EVENTS {
        let event_id = format!("order-{number}");
        while ledger(http, address, &event_id).await["event_id"] == json!(event_id) {}
    }
}

#[tokio::test]
async fn an_erasing_that_was_killed_goes_on_by_itself_after_the_start() {
    let database = TestDatabase::empty(Engine::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(Clock::system(), Options::default()).await.unwrap();
    let lead = sandbox.world().add_user("Пётр", Some("ru"));
    let leads = sandbox.world().add_group("Отзывы", GroupKind::Supergroup, lead);
    let program = Program::new(folder.path(), sandbox.url(), leads, &database.url);
    let http = Client::new();
    let mut serve = program.serve();
    let address = serve.address().await;
    post_events(&http, &address).await;
    let delete = http.delete(format!("{address}/v1/customers/C-many")).bearer_auth(API_KEY).send();
    let killed = async {
        forgotten(&http, &address).await;
        serve.kill();
    };
    let (reply, ()) = tokio::join!(delete, killed);
    assert!(reply.is_err(), "nobody is told that it is done");
    let db = Db::open(&database.url, false).await.unwrap();
    let open = db.read().await.unwrap().list_open_erasings().await.unwrap();
    assert_eq!(open.len(), 1, "killed half way");
    db.close().await;

    let mut serve = program.serve();
    let address = serve.address().await;
    tokio::time::timeout(PATIENCE, erased(&http, &address)).await.expect("it goes on by itself");
    serve.kill();
    let customers: Vec<Value> =
        program.export("events").into_iter().map(|event| event["customer.id"].clone()).collect();
    assert_eq!(customers, vec![json!(""); EVENTS]);
}
