//! A pooler between the program and the PostgreSQL server.

use serde_json::json;

use super::{Place, purchase, within};
use crate::cluster::{CARELESS, Pooler, Server};
use crate::untried;

/// Starts the server and a pooler in front of it.
fn pooled(mode: &str) -> Option<(Server, Pooler)> {
    let found = Server::start(CARELESS).and_then(|server| {
        let pooler = Pooler::start(&server, mode)?;
        Some((server, pooler))
    });
    if found.is_none() {
        untried::pass_over(
            "pgbouncer before a PostgreSQL server of their own (apt-get install postgresql pgbouncer)",
        );
    }
    found
}

#[tokio::test]
async fn through_a_pooler_that_keeps_sessions_all_goes_as_without_one() {
    let Some((_server, pooler)) = pooled("session") else { return };
    let mut place = Place::new().await;
    place.set("DATABASE_URL", &pooler.url);
    let serve = place.serve().await;
    let anna = serve.customer(&place.world, "C-1").await;
    serve.event(&purchase("1001", "C-1")).await;
    serve.reaches("1001", "sent").await;
    let tap = place.world.tap_last(anna, "2").unwrap();
    within("the tap's answer", place.world.answered(&tap)).await;
    place.write(
        "events.jsonl",
        format!(
            "{}\n",
            json!({"event_id": "1002", "kind": "ticket_opened",
        "occurred_at": super::ago(1), "customer": {"id": "C-2"}})
        ),
    );
    let imported = place.run(&["import", "events.jsonl"]).await;
    assert_eq!(imported.code, 0, "{imported:?}");
    let check = place.run(&["check"]).await;
    assert!(check.out.contains("can be written"), "{check:?}");
    serve.stop().await;
    assert_eq!(place.answers().await, ["1001 overall csi 2"]);
}

#[tokio::test]
async fn a_pooler_that_keeps_no_sessions_is_refused_by_its_mode_and_nothing_is_changed() {
    for mode in ["transaction", "statement"] {
        let Some((server, pooler)) = pooled(mode) else { return };
        let mut place = Place::new().await;
        place.set("DATABASE_URL", &pooler.url);
        place.write("events.jsonl", "");
        let named = format!("a pooler in {mode} mode");
        for command in [&["serve"][..], &["migrate"], &["import", "events.jsonl"]] {
            place.run(command).await.refused(&[&named, "pool_mode = session"]);
        }
        let check = place.run(&["check"]).await;
        assert!(check.code > 0 && check.out.contains(&named), "{check:?}");
        // What it refuses has not been changed.
        place.set("DATABASE_URL", &server.admin);
        place.run(&["export", "answers"]).await.refused(&["afterword migrate"]);
    }
}
