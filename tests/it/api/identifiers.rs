//! What looks the same must be the same: no way in accepts an identifier with invisible characters.

use afterword::domain::event::{Event, Normalised};
use afterword::service::Unit;
use afterword::service::events::{self as intake, Links};
use serde_json::{Value, json};

use super::{NOON, Reply, Server, purchase, reply};

fn with(pointer: &str, value: &str) -> Value {
    let mut event = json!({"event_id": "e", "kind": "purchase", "occurred_at": "2026-11-21T12:00:00+03:00",
        "customer": {"id": "C-1", "segments": ["s"]}, "subject": {"id": "1"}, "agent": {"id": "a", "team": "t"},
        "automation": "m", "store": "s", "channel": "c", "tags": ["x"]});
    *event.pointer_mut(pointer).unwrap() = json!(value);
    event
}

#[tokio::test]
async fn an_identifier_with_a_character_that_nobody_sees_is_refused_by_its_name_and_place() {
    let server = Server::start().await;
    for (pointer, field) in [
        ("/event_id", "event_id"),
        ("/customer/id", "customer.id"),
        ("/customer/segments/0", "customer.segments[0]"),
        ("/subject/id", "subject.id"),
        ("/agent/id", "agent.id"),
        ("/agent/team", "agent.team"),
        ("/automation", "automation"),
        ("/store", "store"),
        ("/channel", "channel"),
        ("/tags/0", "tags[0]"),
    ] {
        let refused = server.post(&with(pointer, "C-4200\u{200b}")).await;
        assert_eq!(refused.status, 422, "{field}: {}", refused.body);
        let error = &refused.body["errors"][0];
        assert_eq!(error["field"], field);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("U+200B at position 7"), "{message}");
    }
    assert!(!server.is_stored("e").await);
    let seen = server.post(&with("/event_id", "Ж-42 №1 / 客户")).await;
    assert_eq!(seen.status, 202, "{}", seen.body);
    let lines = format!("{}\n{}\n", purchase("first"), purchase("se\u{2060}cond"));
    let request = server.request("POST", "/v1/events").header("content-type", "application/x-ndjson");
    let batch = reply(request.body(lines)).await;
    assert_eq!((&batch.body["accepted"], &batch.body["rejected"]), (&json!(1), &json!(1)), "{}", batch.body);
    assert!(batch.body.to_string().contains("U+2060 at position 3"), "{}", batch.body);
    let refused = reply(server.request("POST", "/v1/customers/C%E2%80%8B1/link")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.to_string().contains("U+200B at position 2"), "{}", refused.body);
}

#[tokio::test]
pub async fn a_customer_whose_id_an_earlier_version_took_is_found_linked_and_erased() {
    let server = Server::start().await;
    let mut event = Event::parse(purchase("old").to_string().as_bytes(), NOON).unwrap();
    event.event_id = "old\u{ad}".into();
    event.customer.id = "C\u{200b}1".into();
    let mut unit = Unit::begin(&server.db, &server.ctx).await.unwrap();
    let accepted = intake::accept(&mut unit, &[Normalised::from(event)], Links::Omit).await.unwrap();
    assert!(accepted[0].is_ok());
    unit.commit().await.unwrap();

    let path = "/v1/customers/C%E2%80%8B1";
    let ledger = server.get("/v1/events/old%C2%AD").await;
    assert_eq!(ledger.status, 200, "{}", ledger.body);
    let known = server.get(path).await;
    assert_eq!(known.status, 200, "{}", known.body);
    assert!(known.body.to_string().contains("\"C\u{200b}1\""), "{}", known.body);
    assert_eq!(reply(server.request("POST", &format!("{path}/link"))).await.status, 200);
    let erased: Reply = reply(server.request("DELETE", path)).await;
    assert_eq!((erased.status, &erased.body["events"]), (200, &json!(1)), "{}", erased.body);
    assert_eq!(server.get(path).await.status, 404);
}
