//! What figures are counted from: it is compared with the rows, mended, and moved to other days.

use std::collections::BTreeSet;

use afterword::cli::Output;
use afterword::cli::check::{self, CheckArgs};
use afterword::domain::counting::{Counting, Days, Dimension, Filter, Grouping, Selection};
use afterword::domain::stats::tickets::Step as TicketWord;
use afterword::service::tickets;
use afterword::store::Tx;
use afterword::store::segments::keep::Step;
use afterword::store::tickets::TicketStep;
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::harness::{Story, hours, script};

#[tokio::test]
pub async fn a_recount_finds_what_is_wrong_and_mends_it() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({ "tags": ["delivery"] })).await;
    story.advance(hours(3)).await;
    story.tap(anna, "🙁").await;
    let (db, zone, now) = (&story.running.db, story.running.ctx.zone(), story.clock.now());
    while db.fold_segments(zone).await.unwrap() != Step::Nothing {}
    assert_eq!(db.recount_day_after(None, zone, now).await.unwrap().unwrap().wrong, 0);
    story.sql("UPDATE events SET tags = 'price'").await;
    story.sql("UPDATE answers SET value = value + 1").await;
    let recounted = db.recount_day_after(None, zone, now).await.unwrap().unwrap();
    assert_eq!((recounted.wrong, recounted.properties), (1, vec!["tags", "answers"]));
    assert_eq!(db.recount_day_after(None, zone, now).await.unwrap().unwrap().wrong, 0);
    story.end().await;
}

#[tokio::test]
pub async fn check_recounts_on_request_and_says_what_it_put_right() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "🙁").await;
    let (_, told) = recounted(&story).await;
    assert!(told.contains("1 day compared with the rows, nothing differs: 1 survey"), "{told}");
    story.sql("UPDATE answers SET value = value + 1").await;
    let (code, told) = recounted(&story).await;
    assert_eq!(code, 1);
    let wrong = "figures of 2026-11-21: 1 survey differed from the rows: answers; the day is right again";
    assert!(told.contains(wrong), "{told}");
    assert!(recounted(&story).await.1.contains("nothing differs"));
    story.end().await;
}

async fn recounted(story: &Story) -> (u8, String) {
    let mut output = Vec::new();
    let args = CheckArgs { recount: true, ..CheckArgs::default() };
    let mut to = Output { out: &mut output, err: &mut Vec::new() };
    let code = check::run(&story.setup(), &args, &mut to).await.unwrap();
    (code, String::from_utf8(output).unwrap())
}

#[tokio::test]
pub async fn a_new_time_zone_moves_what_was_counted_to_its_days() {
    let mut story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    // Half past midnight in Moscow is still the day before in London.
    story.jump_to("2026-11-25T00:30:00+03:00").await;
    story.ticket("7", "C-1", json!({})).await;
    story.advance(hours(12)).await;
    story.tap(anna, "🙁").await;
    let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    for (zone, name, expected) in
        [(Tz::Europe__Moscow, "Europe/Moscow", 25), (Tz::Europe__London, "Europe/London", 24)]
    {
        story.reconfigure(|config| config.default_tz = Some(name.parse().unwrap())).await;
        let db = &story.running.db;
        let days = Days { from: day(1), until: day(30) };
        let counting = Counting {
            selection: Selection {
                filters: vec![Filter {
                    dimension: Dimension::Kind,
                    values: [Some("ticket_closed".to_owned())].into(),
                    is_left_out: false,
                }],
                ..Selection::of(days, zone, 90)
            },
            questions: BTreeSet::new(),
            grouping: Grouping::Day,
        };
        // A day that is not built yet is counted from its rows.
        let from_rows = db.read().await.unwrap().count_surveys(&counting).await.unwrap();
        while db.build_segments(zone).await.unwrap() != Step::Nothing {}
        let counts = db.read().await.unwrap().count_surveys(&counting).await.unwrap();
        assert_eq!(counts, from_rows);
        let groups: Vec<_> = counts.groups.keys().collect();
        assert_eq!(groups, [&afterword::domain::counting::GroupKey::From(day(expected))]);
    }
    story.end().await;
}

#[tokio::test]
pub async fn the_only_answer_to_a_question_is_counted_until_it_is_off_the_path() {
    let story = Story::new().await;
    let question = |key: &str, more: &str| {
        format!(
            "[[questions]]\nkey = \"{key}\"\nmetric = \"csat\"\nscale = \"1-5\"\n\
             text = {{ ru = \"Как {key}?\", en = \"How is {key}?\" }}\n{more}\n"
        )
    };
    let only_low = "show_if = { question = \"goods\", band = [\"low\"] }";
    let questions = [question("goods", ""), question("refund", only_low), question("shop", "")].concat();
    story.publish(&script("own", "", "", &questions)).await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "1").await;
    story.tap(anna, "4").await;
    assert_eq!(answers_to(&story, "refund").await, 1);
    for button in ["← Назад", "← Назад", "5"] {
        story.tap(anna, button).await;
    }
    assert_eq!(answers_to(&story, "refund").await, 0);
    assert_eq!(answers_to(&story, "goods").await, 1);
    story.end().await;
}

#[tokio::test]
pub async fn those_who_read_at_length_wait_for_each_other_and_hold_up_no_tap() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    let db = &story.running.db;
    let held = [db.read_at_length().await.unwrap(), db.read_at_length().await.unwrap()];
    let mut waiting = JoinSet::new();
    for _ in 0..9 {
        let db = db.clone();
        waiting.spawn(async move { db.read_at_length().await.map(drop) });
    }
    story.tap(anna, "🙁").await;
    assert!(waiting.try_join_next().is_none());
    drop(held);
    while let Some(read) = waiting.join_next().await {
        read.unwrap().unwrap();
    }
    story.end().await;
}

/// How many answers figures count of a question, from what has changed and from the segments.
async fn answers_to(story: &Story, question: &str) -> i64 {
    let path = format!("/v1/figures?script=own&question={question}&period=2026-11");
    let n = |figures: &Value| figures["questions"][0]["rows"][0]["n"].as_i64().unwrap();
    let (_, before) = story.get(&path).await;
    let (db, zone) = (&story.running.db, story.running.ctx.zone());
    while db.fold_segments(zone).await.unwrap() != Step::Nothing {}
    let (_, after) = story.get(&path).await;
    assert_eq!(n(&before), n(&after), "{question}");
    let recounted = db.recount_day_after(None, zone, story.clock.now()).await.unwrap().unwrap();
    assert_eq!(recounted.wrong, 0, "{question}");
    n(&after)
}

#[tokio::test]
pub async fn the_steps_of_a_ticket_belong_together_until_its_customer_is_erased() {
    let story = Story::new().await;
    let event = |kind: &'static str, subject: &'static str, customer: &'static str| {
        story.happened(kind, subject, customer, json!({ "event_id": format!("{kind}-{subject}-{customer}") }))
    };
    for (kind, subject, customer) in [
        ("ticket_opened", "T-1", "C-1"),
        ("ticket_opened", "T-1", "C-2"),
        ("ticket_closed", "T-1", "C-1"),
        ("purchase", "T-1", "C-1"),
        ("ticket_reopened", "T-1", "C-1"),
    ] {
        event(kind, subject, customer).await;
    }
    // What has just come is read from its event.
    let at_once = steps(&story).await;
    assert_eq!(at_once.iter().map(Vec::len).collect::<BTreeSet<_>>(), [1, 3].into());
    tickets::follow(&story.running.db, &story.running.ctx).await.unwrap();
    assert_eq!(steps(&story).await, at_once);
    story.sql("UPDATE events SET subject_id = NULL").await;
    assert_eq!(steps(&story).await, at_once, "RETENTION takes the subject");
    story.delete("/v1/customers/C-1").await;
    let left = steps(&story).await;
    assert_eq!(
        left.iter().map(Vec::len).collect::<BTreeSet<_>>(),
        [1, 3].into(),
        "they still belong together"
    );
    let ends: Vec<(String, bool, bool)> = story
        .rows(
            "SELECT step, COALESCE(closed_at = at, FALSE), reopened_at IS NOT NULL FROM ticket_steps WHERE ticket < 0 \
             ORDER BY step",
        )
        .await;
    // All happened within one day, to which their times are cut now. At equal times a closing comes last.
    let cut = [("closed", false, false), ("opened", true, false), ("reopened", true, false)];
    assert_eq!(ends, cut.map(|(step, is_closed, is_reopened)| (step.to_owned(), is_closed, is_reopened)));
    story.end().await;
}

/// The steps that are not stored yet, read in parts of about so many.
async fn unstored(tx: &mut Tx, together: i64) -> Vec<TicketStep> {
    let unstored = tickets::Unstored::find(tx, together).await.unwrap();
    let mut steps = Vec::new();
    for part in unstored.parts() {
        let some = unstored.list(tx, part).await.unwrap();
        assert!(some.iter().all(|step| unstored.is_in(part, step.ticket)), "{some:?}");
        steps.extend(some);
    }
    steps
}

/// The steps of each ticket.
async fn steps(story: &Story) -> Vec<Vec<TicketWord>> {
    let mut tx = story.running.db.read().await.unwrap();
    let mut steps = unstored(&mut tx, i64::MAX).await;
    let mut in_parts = unstored(&mut tx, 2).await;
    in_parts.sort_unstable_by_key(|step| (step.ticket, step.event));
    assert_eq!(in_parts, steps, "in many parts there are the same steps, each once");
    let mut named: BTreeSet<i64> = steps.iter().map(|step| step.ticket).collect();
    let stored: Vec<(i64,)> = story.rows("SELECT DISTINCT ticket FROM ticket_steps").await;
    named.extend(stored.into_iter().map(|(ticket,)| ticket));
    steps.extend(tx.list_steps_of(&named.into_iter().collect::<Vec<_>>()).await.unwrap());
    steps.sort_unstable_by_key(|step| (step.ticket, step.at, step.event));
    let mut found: Vec<Vec<TicketWord>> = steps
        .chunk_by(|a, b| a.ticket == b.ticket)
        .map(|steps| steps.iter().map(|step| step.step).collect())
        .collect();
    found.sort();
    found
}
