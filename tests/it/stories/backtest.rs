//! Trying a script out on what has happened: the figures are those of the rules, and nothing is written.

use std::sync::Arc;

use afterword::cli::script::{ScriptCommand, run};
use afterword::cli::{Output, Setup};
use clap::Parser;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Setting, Story, hours, minutes, script};
use crate::shop;

const ONE: &str = "[[questions]]\nkey = \"q\"\nmetric = \"csi\"\nscale = \"1-5\"\n\
                   text = { ru = \"Как всё прошло?\", en = \"How was it?\" }\n\
                   low = { comment = { ru = \"Почему?\", en = \"Why?\" } }\n";

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: ScriptCommand,
}

/// Exit code, stdout and stderr of `afterword script …`.
async fn shell(story: &Story, arguments: &[&str]) -> (u8, String, String) {
    let setup = Setup {
        config: Arc::clone(&story.parts.config),
        clock: story.clock.clone(),
        entropy: story.parts.entropy.clone(),
    };
    let command = Arguments::try_parse_from(["script"].iter().chain(arguments)).unwrap().command;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run(&setup, command, &mut Output { out: &mut out, err: &mut err }).await.unwrap();
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

/// Four days in which every rule has had something to do.
async fn lived() -> Story {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    let boris = story.customer("Борис", "C-2").await;
    // Asked at 18:00; the second is throttled, the third, of the next day, is asked again.
    story.purchase("1", "C-1", json!({})).await;
    story.advance(minutes(30)).await;
    story.purchase("2", "C-1", json!({})).await;
    // Cancelled in time; not linked until an hour later; never linked; of the staff.
    story.purchase("3", "C-2", json!({})).await;
    story.happened("purchase_cancelled", "3", "C-2", json!({})).await;
    let link = story.purchase("4", "C-3", json!({})).await.unwrap();
    story.purchase("5", "C-4", json!({})).await;
    story.purchase("6", "C-5", json!({ "customer": { "telegram_id": story.lead.id } })).await;
    story.advance(hours(1)).await;
    let vera = story.person("Вера");
    story.follow(vera, &link).await;
    story.advance(hours(2)).await;
    story.tap(anna, "9").await;
    story.tap(anna, "9").await;
    story.tap(anna, "9").await;
    // In the evening: asked in the morning.
    story.advance(hours(1)).await;
    story.purchase("7", "C-2", json!({ "store": "msk-2" })).await;
    story.advance(hours(20)).await;
    story.say(boris, "/stop").await;
    story.purchase("8", "C-2", json!({})).await;
    story.purchase("9", "C-1", json!({ "store": "msk-2" })).await;
    story.advance(hours(72)).await;
    story
}

#[tokio::test]
async fn the_live_scripts_come_to_what_they_really_did_and_a_draft_to_its_own() {
    let story = lived().await;
    let own = script(
        "purchase",
        "priority = 0\n[when]\nstores = [\"msk-2\"]",
        "delay_min = \"0s\"\ndelay = \"0s\"",
        ONE,
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.toml");
    std::fs::write(&file, own).unwrap();
    let before = story.export_all().await;
    let (code, out, err) = shell(&story, &["backtest", file.to_str().unwrap()]).await;
    assert_eq!((code, err.as_str()), (0, ""));
    assert_snapshot!(out, @r"
    purchase: 9 events (purchase) in the last 30 days

    OUTCOME                      DRAFT  LIVE  LEDGER
    asked by purchase            2      4     4
    suppressed(throttled)        0      1     1
    suppressed(opted_out)        0      1     1
    suppressed(not_eligible)     6      0     0
    suppressed(is_staff)         1      1     1
    suppressed(cancelled)        0      1     1
    undeliverable(never_linked)  0      1     1
    n                            9      9     9

    LOCAL HOUR  DRAFT  LIVE  LEDGER
    10:00       0      1     1
    15:00       1      0     0
    18:00       0      3     3
    19:00       1      0     0

    DRAFT: with this script beside the live ones; LIVE: as they are live now; LEDGER: what really happened. Pauses are left out of account.
    ");
    assert_eq!(story.export_all().await, before, "nothing is written");
    story.end().await;
}

#[tokio::test]
async fn a_shipped_draft_takes_first_what_its_quarter_leaves_it() {
    let story = lived().await;
    let (code, out, _) = shell(&story, &["backtest", "nps", "--days", "10"]).await;
    assert_eq!(code, 0);
    assert_snapshot!(out, @r"
    nps: 9 events (purchase) in the last 10 days

    OUTCOME                      DRAFT  LIVE  LEDGER
    asked by nps                 3      0     0
    asked by purchase            1      4     4
    suppressed(throttled)        1      1     1
    suppressed(opted_out)        1      1     1
    suppressed(is_staff)         1      1     1
    suppressed(cancelled)        1      1     1
    undeliverable(never_linked)  1      1     1
    n                            9      9     9

    LOCAL HOUR  DRAFT  LIVE  LEDGER
    10:00       1      0     0
    18:00       2      0     0

    DRAFT: with this script beside the live ones; LIVE: as they are live now; LEDGER: what really happened. Pauses are left out of account.
    ");
    story.end().await;
}

#[tokio::test]
async fn a_week_of_a_shop_is_gone_through_from_its_file() {
    let story = Setting::new().await.set("DEFAULT_LOCALE", "en").start().await;
    let until = story.clock.now();
    let settings = shop::Settings { count: 2000, seed: 3, until, days: 7, known: 100 };
    let mut lines: Vec<String> = shop::events(&settings).iter().map(ToString::to_string).collect();
    lines.push("{\"event_id\": \"x\"}".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let (file, draft) = (folder.path().join("events.jsonl"), folder.path().join("draft.toml"));
    let (code, source, _) = shell(&story, &["show", "support"]).await;
    assert_eq!(code, 0);
    std::fs::write(&draft, source.replace("[send]", "sample = 50\n[send]\nquiet_hours = \"20:00-12:00\""))
        .unwrap();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let arguments = ["backtest", draft.to_str().unwrap(), "--events", file.to_str().unwrap()];
    let (code, out, err) = shell(&story, &arguments).await;
    assert_eq!(code, 1, "a row was bad");
    assert!(err.starts_with("row 2001: "), "{err}");
    let out = out.replace(file.to_str().unwrap(), "events.jsonl");
    assert_snapshot!(out, @r"
    support: 625 events (ticket_closed) in events.jsonl

    OUTCOME                   DRAFT  LIVE
    asked by support          209    454
    suppressed(throttled)     41     125
    suppressed(sampled_out)   340    0
    suppressed(not_eligible)  15     15
    suppressed(is_staff)      1      1
    suppressed(cancelled)     19     30
    n                         625    625

    LOCAL HOUR  DRAFT  LIVE
    10:00       0      228
    11:00       0      8
    12:00       136    19
    13:00       6      10
    14:00       4      17
    15:00       13     28
    16:00       13     19
    17:00       8      21
    18:00       7      19
    19:00       22     23
    20:00       0      62

    DRAFT: with this script beside the live ones; LIVE: as they are live now. Pauses are left out of account.
    ");
    // Every event has one outcome, and half of them is drawn.
    let number = |row: &str, column: usize| -> usize {
        let line = out.lines().find(|line| line.starts_with(row)).unwrap_or_else(|| panic!("{row}: {out}"));
        line[row.len()..].split_whitespace().nth(column).unwrap().parse().unwrap()
    };
    assert_eq!(number("n ", 0), number("n ", 1));
    let drawn = number("suppressed(sampled_out)", 0) * 100 / number("n ", 0);
    assert!((45..55).contains(&drawn), "{drawn} %");
    story.end().await;
}

#[tokio::test]
async fn what_cannot_be_tried_out_is_said() {
    let story = Story::new().await;
    for (arguments, code, said) in [
        (&["backtest", "ces"][..], 2, "there is no script 'ces'; there are purchase, recovery, support\n"),
        (
            &["backtest", "recovery"],
            1,
            "recovery: there is nothing in the last 30 days that it could ask about (case_resolved)\n",
        ),
        (
            &["backtest", "nps"],
            1,
            "nps: there is nothing in the last 30 days that it could ask about (purchase)\n",
        ),
        (
            &["backtest", "nps", "--days", "1"],
            1,
            "nps: there is nothing in the last day that it could ask about (purchase)\n",
        ),
        (
            &["backtest", "gone.toml"],
            2,
            "gone.toml: cannot be read: No such file or directory (os error 2)\n",
        ),
    ] {
        let (found, out, err) = shell(&story, arguments).await;
        assert_eq!((found, out.as_str(), err.as_str()), (code, "", said));
    }
    for wrong in [
        &["backtest"][..],
        &["backtest", "nps", "--days", "0"],
        &["backtest", "nps", "--days", "9", "--events", "x"],
    ] {
        assert!(Arguments::try_parse_from(["script"].iter().chain(wrong)).is_err(), "{wrong:?}");
    }
    story.end().await;
}

impl Story {
    /// Events and surveys as they are stored.
    async fn export_all(&self) -> Vec<Value> {
        use afterword::service::export::{Filter, What};
        let mut all = Vec::new();
        for what in [What::Events, What::Surveys] {
            all.extend(self.export(what, &Filter::default()).await.into_iter().map(|row| json!(row)));
        }
        all
    }
}
