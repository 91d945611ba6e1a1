//! Figures are counted from segments, from what is pending, and from rows; it always comes to the same.

use std::collections::BTreeSet;

use afterword::cli::Output;
use afterword::cli::check::{self, CheckArgs};
use afterword::domain::counting::{
    Counting, Days, Dimension, Filter, Grouping, QuestionKey, Selection, Series,
};
use afterword::domain::scale::{Band, Scale};
use afterword::domain::stats::index::{Index, Oriented};
use afterword::domain::stats::tickets::Step as TicketWord;
use afterword::sandbox::Action;
use afterword::service::tickets;
use afterword::store::Tx;
use afterword::store::segments::keep::Step;
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::harness::{Person, Story, hours, minutes};

/// Numbers that look like chance and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn some<T: Copy + Ord>(&mut self, of: &[T]) -> BTreeSet<T> {
        of.iter().copied().filter(|_| self.below(3) == 0).collect()
    }
}

const AGENTS: [&str; 3] = ["a-1", "a-2", "a-3"];
const TAGS: [&str; 4] = ["delivery", "price", "damage", "praise"];
const SEGMENTS: [&str; 3] = ["vip", "new", "b2b"];
const STORES: [&str; 2] = ["msk", "spb"];

fn details(dice: &mut Dice) -> Value {
    json!({
        "agent": { "id": dice.one(&AGENTS), "team": dice.one(&["north", "south"]), "since": dice.one(&["2026-10-01", "2020-01-01"]) },
        "tags": dice.some(&TAGS),
        "store": dice.one(&STORES),
        "channel": dice.one(&["chat", "phone"]),
        "customer": { "segments": dice.some(&SEGMENTS) },
        "metrics": { "first_response_s": dice.below(4000), "resolution_s": dice.below(400_000) },
    })
}

/// Taps any button of the newest message that has some.
fn tap_anything(story: &Story, person: Person, dice: &mut Dice) {
    let messages = story.world.messages(person.id);
    let Some(message) = messages.iter().rev().find(|message| !message.keyboard.is_empty()) else { return };
    let buttons: Vec<&String> = message
        .keyboard
        .iter()
        .flatten()
        .filter(|button| matches!(button.action, Action::Callback(_)))
        .map(|button| &button.text)
        .collect();
    if !buttons.is_empty() {
        // What the customer has tapped away meanwhile is refused, which is all the same here.
        let _ = story.world.tap_last(person.id, buttons[dice.below(buttons.len())]);
    }
}

fn any_filter(dice: &mut Dice) -> Filter {
    let dimension = dice.one(Dimension::ALL);
    let values: &[&str] = match dimension {
        Dimension::Script => &["purchase", "support"],
        Dimension::Version => &["1", "2"],
        Dimension::Agent => &AGENTS,
        Dimension::Team => &["north", "south", "nobody"],
        Dimension::Store => &STORES,
        Dimension::Channel => &["chat", "phone"],
        Dimension::Tag => &TAGS,
        Dimension::Segment => &SEGMENTS,
        Dimension::Automation | Dimension::Hook => &["none"],
        Dimension::Kind => &["purchase", "ticket_closed"],
        Dimension::Tenure => &["new", "established", "unknown"],
    };
    let mut values: BTreeSet<Option<String>> =
        dice.some(values).into_iter().map(|value| Some(value.to_owned())).collect();
    if dice.below(3) == 0 {
        values.insert(None);
    }
    Filter { dimension, values, is_left_out: dice.below(3) == 0 }
}

fn any_counting(dice: &mut Dice, zone: Tz, first: NaiveDate, days: usize) -> Counting {
    let from = first + chrono::Days::new(dice.below(days) as u64);
    let until = from + chrono::Days::new(1 + dice.below(days) as u64);
    let filters = (0..dice.below(3)).map(|_| any_filter(dice)).collect();
    let grouping = match dice.below(6) {
        0 => Grouping::None,
        1 => Grouping::Day,
        2 => Grouping::Week,
        3 => Grouping::Month,
        _ => Grouping::By(dice.one(Dimension::ALL)),
    };
    let questions: BTreeSet<String> =
        if dice.below(3) == 0 { ["service", "agent"].map(str::to_owned).into() } else { BTreeSet::new() };
    let bands = if dice.below(5) == 0 { dice.some(&[Band::Low, Band::High]) } else { BTreeSet::new() };
    let is_late = dice.one(&[None, None, None, Some(true), Some(false)]);
    let selection = Selection { filters, bands, is_late, ..Selection::of(Days { from, until }, zone, 90) };
    Counting { selection, questions, grouping }
}

/// Counts in both ways, in one snapshot.
async fn compare(tx: &mut Tx, dice: &mut Dice, zone: Tz, first: NaiveDate, times: usize) {
    for _ in 0..times {
        let counting = any_counting(dice, zone, first, 6);
        let counted = tx.count_surveys(&counting).await.unwrap();
        assert_eq!(counted, tx.count_rows(&counting).await.unwrap(), "{counting:#?}");
    }
    let days = Days { from: first, until: first + chrono::Days::new(6) };
    let selection = Selection::of(days, zone, 90);
    let series = [
        ("purchase", "quality", Scale::ZeroToTen),
        ("support", "agent", Scale::Smiley3),
        ("support", "x", Scale::YesNo),
    ];
    let series = series.map(|(script, question, scale)| Series {
        key: QuestionKey { script: script.to_owned(), question: question.to_owned() },
        on: Oriented::high_is_good(scale),
        index: Index::Mean,
    });
    let clusters = tx.count_clusters(&series, &selection).await.unwrap();
    assert_eq!(clusters, tx.cluster_rows(&series, &selection).await.unwrap());
    let mut seen = 0;
    tx.visit_surveys(&selection, |_| seen += 1).await.unwrap();
    let mut expected = 0;
    tx.visit_rows(&selection, |_| expected += 1).await.unwrap();
    assert_eq!(seen, expected);
}

#[tokio::test]
pub async fn any_cut_of_what_was_lived_comes_to_the_same_as_its_rows() {
    let story = Story::new().await;
    let mut dice = Dice(7);
    let mut customers = Vec::new();
    for number in 0..8 {
        customers.push(story.customer(&format!("К{number}"), &format!("C-{number}")).await);
    }
    let zone = story.running.ctx.zone();
    let first = story.clock.now().to_utc().with_timezone(&zone).date_naive();
    for day in 0..4 {
        for number in 0..customers.len() {
            let kind = dice.one(&["purchase", "ticket_closed"]);
            let subject = format!("{day}-{number}");
            story.happened(kind, &subject, &format!("C-{number}"), details(&mut dice)).await;
        }
        for _ in 0..6 {
            story.advance(hours(4)).await;
            for customer in &customers {
                for _ in 0..dice.below(4) {
                    tap_anything(&story, *customer, &mut dice);
                    story.settle().await;
                }
            }
        }
        let mut tx = story.running.db.read().await.unwrap();
        compare(&mut tx, &mut dice, zone, first, 30).await;
        // In another time zone there are no segments.
        compare(&mut tx, &mut dice, Tz::America__New_York, first, 5).await;
    }
    story.delete("/v1/customers/C-3").await;
    compare(&mut story.running.db.read().await.unwrap(), &mut dice, zone, first, 20).await;
    story.advance(minutes(5)).await;
    compare(&mut story.running.db.read().await.unwrap(), &mut dice, zone, first, 20).await;
    story.end().await;
}

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
    assert!(told.contains("1 day equal their rows: 1 survey"), "{told}");
    story.sql("UPDATE answers SET value = value + 1").await;
    let (code, told) = recounted(&story).await;
    assert_eq!(code, 1);
    let wrong = "figures of 2026-11-21: 1 survey was not counted as the rows have it: answers; the day is right again";
    assert!(told.contains(wrong), "{told}");
    assert!(recounted(&story).await.1.contains("1 day equal their rows"));
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
        while db.build_segments(zone).await.unwrap() != Step::Nothing {}
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
        let counts = db.read().await.unwrap().count_surveys(&counting).await.unwrap();
        let groups: Vec<_> = counts.groups.keys().collect();
        assert_eq!(groups, [&afterword::domain::counting::GroupKey::From(day(expected))]);
    }
    story.end().await;
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
    story.advance(minutes(2)).await;
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
    story.end().await;
}

/// The steps of each ticket.
async fn steps(story: &Story) -> Vec<Vec<TicketWord>> {
    let mut tx = story.running.db.read().await.unwrap();
    let steps = tickets::steps(&mut tx, story.clock.now().plus(minutes(1))).await.unwrap();
    let mut found: Vec<Vec<TicketWord>> = steps
        .chunk_by(|a, b| a.ticket == b.ticket)
        .map(|steps| steps.iter().map(|step| step.step).collect())
        .collect();
    found.sort();
    found
}
