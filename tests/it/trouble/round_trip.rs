//! `import` takes what `export events` writes: an empty database gets the same events.

use serde_json::json;

use super::{Place, Ran, purchase};
use crate::cluster::{self, Engine, TestDatabase};

const WAYS: [&[&str]; 4] =
    [&["--format", "csv"], &["--separator", ";"], &["--separator", "tab"], &["--format", "jsonl"]];

fn given() -> String {
    let mut rich = purchase("fr-1", "007");
    rich["customer"] =
        json!({"id": "007", "phone": "+79990000000", "name": "=Анна", "segments": ["a", "-b", " c "]});
    rich["subject"] = json!({"id": "0042", "title": "-10 %; =1, '=2"});
    rich["metrics"] = json!({"messages": 3, "sla_breached": true});
    rich["extra"] = json!({"k": "v;\"q\"", "list": [1, -2, null], "lines": "a\n=b"});
    let mut other = purchase("1,00E+05", "4607001234567");
    other["agent"] = json!({"id": "@olga", "since": "2026-09-01"});
    other["test"] = json!(true);
    let mut cancelled = purchase("'fr-3 ", "#N/A");
    cancelled["kind"] = json!("purchase_cancelled");
    cancelled["subject"] = json!({"id": " 1 "});
    [rich, other, cancelled].map(|event| event.to_string()).join("\n")
}

async fn export(place: &Place, way: &[&str]) -> String {
    let ran = place.run(&[&["export", "events", "--tests"], way].concat()).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    ran.out
}

async fn import(place: &Place, way: &[&str], text: &str) -> Ran {
    let name = if way.contains(&"jsonl") { "events.jsonl" } else { "events.csv" };
    place.write(name, text);
    place.run(&["import", name]).await
}

async fn goes_round(from: &Place, way: &[&str], to: &Place) {
    let exported = export(from, way).await;
    let ran = import(to, way, &exported).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{way:?}: {exported}");
    assert_eq!(export(to, way).await, exported, "{way:?}");
    // If the events are there already, nothing is added.
    let again = import(from, way, &exported).await;
    assert!(again.out.contains("3 events, 0 accepted, 3 known already, 0 rejected"), "{way:?}: {again:?}");
}

async fn place() -> Place {
    let place = Place::new().await;
    assert_eq!(place.run(&["migrate"]).await.code, 0);
    place
}

#[tokio::test]
async fn exported_events_are_imported_into_an_empty_database_as_the_same_ones() {
    let from = place().await;
    assert_eq!(import(&from, &["jsonl"], &given()).await.code, 0);
    for way in WAYS {
        goes_round(&from, way, &place().await).await;
    }
}

#[tokio::test]
async fn exported_events_move_to_the_other_engine() {
    if cluster::is_missing() {
        return;
    }
    let from = place().await;
    assert_eq!(import(&from, &["jsonl"], &given()).await.code, 0);
    for way in WAYS {
        let database = TestDatabase::empty(Engine::Postgres).await;
        let mut to = Place::new().await;
        to.set("DATABASE_URL", &database.url);
        assert_eq!(to.run(&["migrate"]).await.code, 0);
        goes_round(&from, way, &to).await;
        assert_eq!(export(&to, &["--format", "csv"]).await, export(&from, &["--format", "csv"]).await);
    }
}

#[tokio::test]
async fn erased_events_are_passed_over_and_counted() {
    let from = place().await;
    assert_eq!(import(&from, &["jsonl"], &given()).await.code, 0);
    assert_eq!(from.run(&["erase", "007"]).await.code, 0);
    for way in WAYS {
        let exported = export(&from, way).await;
        assert!(exported.contains("erased:"), "{exported}");
        let to = place().await;
        let ran = import(&to, way, &exported).await;
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{way:?}");
        assert!(ran.out.contains("2 events, 2 accepted, 0 known already, 0 rejected"), "{}", ran.out);
        assert!(
            ran.out.ends_with("1 row passed over: its event was erased before the export\n"),
            "{}",
            ran.out
        );
        let rows = export(&to, &["--format", "jsonl"]).await;
        assert_eq!(rows.lines().count(), 2);
    }
}

#[tokio::test]
async fn times_for_a_spreadsheet_are_no_times_for_an_import() {
    let from = place().await;
    assert_eq!(import(&from, &["jsonl"], &given()).await.code, 0);
    let exported = export(&from, &["--times", "local"]).await;
    let ran = import(&place().await, &["csv"], &exported).await;
    assert_eq!(ran.code, 1);
    assert!(ran.err.lines().all(|line| line.contains("occurred_at: has no offset from UTC")), "{}", ran.err);
}
