use std::sync::Arc;

use super::*;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::event::{Event, Normalised};
use crate::domain::locale::Languages;
use crate::domain::script::Script;
use crate::entropy::Entropy;
use crate::i18n::Catalogue;
use crate::service::Unit;
use crate::service::events::{Links, accept};
use crate::service::script_set::ScriptSet;
use crate::service::scripts;
use crate::store::Db;

const NOON: Timestamp = Timestamp::from_millis(1_795_251_600_000);
const SCRIPT: &str = r#"
slug = "purchase"
on = "purchase"
title = { ru = "Т", en = "T" }
[[questions]]
key = "agent"
metric = "csi"
scale = "1-5"
factor = "support"
text = { ru = "Как?", en = "How?" }
[questions.low]
reasons = [ { key = "slow", text = { ru = "Долго", en = "Slow" } }, { key = "rude", text = { ru = "Грубо", en = "Rude" } } ]
comment = { ru = "Что?", en = "What?" }
"#;

struct Fixture {
    db: Db,
    ctx: Context,
    _dir: tempfile::TempDir,
}

/// Three events around midnight in Moscow. One of them is a test, and the second came through a hook and was answered.
async fn fixture() -> Fixture {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::new_in(dir.path()).await;
    let ctx = Context {
        clock: Clock::frozen(NOON),
        entropy: Entropy::seeded(1),
        config: Arc::new(Config::from_lookup(|_| None).unwrap()),
        catalogue: Arc::new(Catalogue::default()),
        scripts: ScriptSet::default(),
        bot_username: "".into(),
    };
    let mut unit = Unit::begin(&db, &ctx).await.unwrap();
    let script = Script::parse("t.toml", SCRIPT, &Languages::default()).unwrap().script;
    scripts::publish(&mut unit, &script, SCRIPT).await.unwrap();
    let event = |id: &str, at: &str, more: &str| {
        let text = format!(
            r#"{{"event_id":"{id}","kind":"purchase","occurred_at":"{at}","customer":{{"id":"=C","telegram_id":7,"segments":["gold"]}}{more}}}"#
        );
        Normalised::from(Event::parse(text.as_bytes(), NOON).unwrap())
    };
    let events = [
        event("before midnight", "2026-11-20T23:59:59.999+03:00", ""),
        event(
            "midnight",
            "2026-11-21T00:00:00+03:00",
            r#","tags":["a","b"],"agent":{"id":"a-17","since":"2026-09-01"}"#,
        )
        .through("okdesk"),
        event("test", "2026-11-21T11:00:00+03:00", r#","test":true"#),
    ];
    accept(&mut unit, &events, Links::Omit).await.unwrap();
    for statement in [
        "UPDATE surveys SET survey_id = 'survey' || id",
        "UPDATE surveys SET script_version = 1, person = 7, state = 'started', sent_at = 1795240800000, \
         started_at = 1795240801000 WHERE id = 2",
        "INSERT INTO answers (id, survey, question, part, value, options, words, band, skipped, revision, answered_at, \
         stored_at, withdrawn_at) VALUES (1, 2, 'agent', 'answer', 2, '', 0, 'low', 0, 3, 1795240802000, \
         1795240802000, NULL), (2, 2, 'agent', 'reason', NULL, 'slow|rude', 0, 'low', 0, 1, 1795240803000, \
         1795240803000, NULL), (3, 2, 'agent', 'comment', NULL, '', 1, 'low', 0, 1, 1795240804000, \
         1795240804000, NULL), (4, 2, 'gone', 'answer', 1, '', 0, 'low', 0, 1, 1, 1, 1), \
         (5, 2, 'left', 'comment', NULL, '', 0, NULL, 1, 1, 1, 1, NULL)",
        "INSERT INTO comment_messages (person, message_id, survey, question, part, text, kind, file_id, \
         file_size, duration_s) VALUES (7, 10, 2, 'agent', 'comment', '-2 за всё', 'voice', 'AwAC', 4096, 12), \
         (7, 11, 2, 'agent', 'comment', NULL, 'photo', 'AgAC', NULL, NULL)",
    ] {
        store::on_engine!(unit.tx, execute, store::query(statement)).unwrap();
    }
    unit.commit().await.unwrap();
    Fixture { db, ctx, _dir: dir }
}

async fn exported(f: &Fixture, what: What, filter: Filter, format: Format) -> String {
    let mut out = Vec::new();
    let mut tx = f.db.read().await.unwrap();
    export(&mut tx, &f.ctx, what, &filter, format, &mut out).await.unwrap();
    String::from_utf8(out).unwrap()
}

#[tokio::test]
async fn answers_reasons_and_comments_are_rows_of_their_own() {
    let f = fixture().await;
    let csv = exported(&f, What::Answers, Filter::default(), Format::CSV).await;
    insta::assert_snapshot!(csv.replace(['\u{feff}', '\r'], ""), @r"
    answer_id,stored_at,answered_at,event_id,event_kind,occurred_at,survey_id,script,script_version,question,metric,factor,scale,value,options,text,attachments,band,revision,withdrawn,customer_id,segments,agent_id,agent_name,agent_since,automation,team,store,channel,tags,subject_id,sent_at,case_number,disputed,test,hook
    survey2.agent.answer,2026-11-21T06:00:02Z,2026-11-21T06:00:02Z,midnight,purchase,2026-11-20T21:00:00Z,survey2,purchase,1,agent,csi,support,1-5,2,,,,low,3,false,'=C,gold,a-17,,2026-09-01,,,,,a|b,,2026-11-21T06:00:00Z,,,false,okdesk
    survey2.agent.reason,2026-11-21T06:00:03Z,2026-11-21T06:00:03Z,midnight,purchase,2026-11-20T21:00:00Z,survey2,purchase,1,agent,reason,support,,,slow|rude,,,low,1,false,'=C,gold,a-17,,2026-09-01,,,,,a|b,,2026-11-21T06:00:00Z,,,false,okdesk
    survey2.agent.comment,2026-11-21T06:00:04Z,2026-11-21T06:00:04Z,midnight,purchase,2026-11-20T21:00:00Z,survey2,purchase,1,agent,comment,support,,,,'-2 за всё,voice:12:4096:AwAC|photo:::AgAC,low,1,false,'=C,gold,a-17,,2026-09-01,,,,,a|b,,2026-11-21T06:00:00Z,,,false,okdesk
    ");
}

#[tokio::test]
async fn a_survey_is_a_row_with_what_it_is_cut_by() {
    let f = fixture().await;
    let csv = exported(&f, What::Surveys, Filter { tests: true, ..Filter::default() }, Format::CSV).await;
    insta::assert_snapshot!(csv.replace(['\u{feff}', '\r'], ""), @r"
    survey_id,event_id,event_kind,script,script_version,customer_id,state,reason,agent_id,team,store,channel,tags,occurred_at,due_at,sent_at,started_at,completed_at,reminded_at,ended_at,segments,agent_since,automation,test,hook
    survey1,before midnight,purchase,purchase,,'=C,scheduled,,,,,,,2026-11-20T20:59:59.999Z,2026-11-21T09:00:00Z,,,,,,gold,,,false,
    survey2,midnight,purchase,purchase,1,'=C,started,,a-17,,,,a|b,2026-11-20T21:00:00Z,2026-11-21T09:00:00Z,2026-11-21T06:00:00Z,2026-11-21T06:00:01Z,,,,gold,2026-09-01,,false,okdesk
    survey3,test,purchase,purchase,,'=C,scheduled,,,,,,,2026-11-21T08:00:00Z,2026-11-21T09:00:00Z,,,,,,gold,,,true,
    ");
}

#[tokio::test]
async fn json_lines_carry_lists_and_numbers_as_what_they_are() {
    let f = fixture().await;
    let lines = exported(&f, What::Answers, Filter::default(), Format::Jsonl).await;
    let rows: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0]["value"], 2);
    assert_eq!(rows[0]["customer_id"], "=C");
    assert_eq!(rows[0]["segments"], serde_json::json!(["gold"]));
    assert_eq!(rows[1]["options"], serde_json::json!(["slow", "rude"]));
    assert_eq!(rows[2]["text"], "-2 за всё");
    assert_eq!(
        rows[2]["attachments"],
        serde_json::json!([{"kind": "voice", "duration_s": 12, "size": 4096, "file_id": "AwAC"},
                           {"kind": "photo", "file_id": "AgAC"}])
    );
}

#[tokio::test]
async fn days_are_whole_days_of_the_default_time_zone_and_tests_come_when_asked_for() {
    let f = fixture().await;
    let day = |text: &str| Some(text.parse().unwrap());
    let of = async |filter: Filter| {
        let lines = exported(&f, What::Surveys, filter, Format::Jsonl).await;
        let id = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["event_id"].clone();
        lines.lines().map(id).collect::<Vec<_>>()
    };
    let all = Filter::default();
    assert_eq!(of(all).await, ["before midnight", "midnight"]);
    assert_eq!(of(Filter { tests: true, ..all }).await, ["before midnight", "midnight", "test"]);
    assert_eq!(of(Filter { to: day("2026-11-20"), ..all }).await, ["before midnight"]);
    assert_eq!(of(Filter { from: day("2026-11-21"), ..all }).await, ["midnight"]);
    assert_eq!(of(Filter { from: day("2026-11-20"), to: day("2026-11-21"), ..all }).await.len(), 2);
}

#[tokio::test]
async fn a_table_longer_than_a_page_is_whole() {
    let f = fixture().await;
    let mut unit = Unit::begin(&f.db, &f.ctx).await.unwrap();
    let event = |n: usize| {
        let text = format!(
            r#"{{"event_id":"many-{n}","kind":"purchase","occurred_at":"2026-11-21T08:00:00Z","customer":{{"id":"C{n}"}}}}"#
        );
        Normalised::from(Event::parse(text.as_bytes(), NOON).unwrap())
    };
    let events: Vec<Normalised> = (0..2500).map(event).collect();
    accept(&mut unit, &events, Links::Omit).await.unwrap();
    unit.commit().await.unwrap();
    let csv = exported(&f, What::Surveys, Filter::default(), Format::CSV).await;
    assert_eq!(csv.lines().count(), 1 + 2 + 2500);
    assert_eq!(csv.lines().nth(1).unwrap().split(',').count(), surveys::COLUMNS.len());
}

#[tokio::test]
async fn events_come_out_as_they_were_told_and_with_what_became_of_them() {
    let f = fixture().await;
    let lines = exported(&f, What::Events, Filter { tests: true, ..Filter::default() }, Format::Jsonl).await;
    let rows: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: Vec<_> = rows.iter().map(|row| row["event_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["before midnight", "midnight", "test"]);
    assert_eq!(rows[1]["customer.telegram_id"], 7);
    assert_eq!(rows[1]["tags"], serde_json::json!(["a", "b"]));
    assert_eq!(rows[1]["agent.since"], "2026-09-01");
    assert_eq!((&rows[1]["state"], &rows[2]["test"]), (&"started".into(), &true.into()));
    assert!(rows.iter().all(|row| row.as_object().unwrap().len() == events::COLUMNS.len()));
    let csv = exported(&f, What::Events, Filter::default(), Format::CSV).await;
    assert!(
        csv.lines().nth(2).unwrap().starts_with("midnight,purchase,2026-11-20T21:00:00Z,'=C,7,,,,,,gold,"),
        "{csv}"
    );
}

fn names<R>(columns: &[table::Column<R>]) -> Vec<&'static str> {
    columns.iter().map(|(name, ..)| *name).collect()
}

/// Programs find a column by its position as well as by its name.
#[test]
fn the_columns_are_documented_in_their_order() {
    let files = include_str!("../../../docs/files.md");
    for (table, columns) in [
        ("answers", names(answers::COLUMNS)),
        ("surveys", names(surveys::COLUMNS)),
        ("cases", names(cases::COLUMNS)),
    ] {
        let line = format!("| `{table}` | `{}` |", columns.join("`, `"));
        assert!(files.contains(&line), "docs/files.md has no row {line}");
    }
}

#[test]
fn every_field_of_an_event_has_its_column_and_import_takes_them_all() {
    use crate::domain::event::columns::{ADDED, FIELDS};
    let taken: Vec<&str> = FIELDS.iter().map(|(field, _)| *field).chain(ADDED).collect();
    assert_eq!(names(events::COLUMNS), taken);
}
