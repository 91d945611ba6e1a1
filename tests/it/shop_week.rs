//! A week of a shop: events are imported as they happen, customers are asked and answer as they were served, and the
//! export agrees with what they did.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use afterword::cli::export::ExportArgs;
use afterword::cli::{DONE, Output, Setup, export, import};
use afterword::domain::ledger::State;
use afterword::domain::time::Timestamp;
use afterword::entropy::Entropy;
use afterword::sandbox::{Options, UserId};
use afterword::service::{backtest, events};
use chrono::DateTime;
use clap::Parser;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;

use crate::crowd::{Crowd, Given, Kind, Lived, Move, Step, exported, reasons};
use crate::harness::{START, Setting, Story};
use crate::shop;

/// Of the week, unless `SHOP_EVENTS` says how many.
const EVENTS: usize = 1_500;
const DAYS: u32 = 7;
const SEED: u64 = 7;
/// How often the shop hands over its file.
const EVERY: Duration = Duration::from_hours(2);
/// Longer than any survey lives after the last event.
const AFTERWARDS: Duration = Duration::from_hours(24 * 7);
/// Of a hundred customers without a `telegram_id`, so many follow their link.
const FOLLOW: u32 = 80;
/// Of a hundred surveys, so many are never touched, and so many left after the first answer.
const SILENT: u32 = 45;
const FICKLE: u32 = 10;
/// User IDs of customers whose events name none.
const OTHERS: UserId = 6_000_000_000;

#[expect(clippy::disallowed_methods, reason = "the environment of the tests, not of the program")]
fn number_of_events() -> usize {
    std::env::var("SHOP_EVENTS").map_or(EVENTS, |number| number.parse().unwrap())
}

#[tokio::test]
async fn the_export_of_a_week_agrees_with_what_the_customers_did() {
    let events = number_of_events();
    let until = START.plus(Duration::from_hours(24 * u64::from(DAYS)));
    let shop =
        Shop::new(shop::events(&shop::Settings { count: events, seed: SEED, until, days: DAYS, known: 60 }));
    let setting =
        Setting::with_options(Options { limits: false, history: false, ..Options::default() }).await;
    let setting = setting.set("MESSAGES_PER_SECOND", "1000");
    let setup = Setup {
        config: Arc::new(setting.config()),
        clock: setting.clock.clone(),
        entropy: Entropy::seeded(11),
    };
    let story = setting.start().await;
    let mut crowd = Crowd::new(&story.world, Box::new(shop.mind()));

    let folder = tempfile::tempdir().unwrap();
    let mut slices = shop.slices();
    let mut imported = 0;
    while story.clock.now() < until.plus(AFTERWARDS) {
        story.clock.advance(EVERY);
        if let Some(slice) = slices.next_until(story.clock.now()) {
            let file = folder.path().join("events.jsonl");
            std::fs::write(&file, &slice.lines).unwrap();
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let code =
                import::run(&setup, &file, &mut Output { out: &mut out, err: &mut err }).await.unwrap();
            assert_eq!(code, DONE, "{}", String::from_utf8_lossy(&err));
            imported += slice.count;
            shop.newcomers(&story, &mut crowd, &slice).await;
        }
        answer(&story, &mut crowd).await;
    }
    assert_eq!(imported, events);

    the_answers_agree(&setup, &shop, &crowd).await;
    every_event_has_its_outcome(&story, &setup, &shop, &crowd).await;
    the_live_scripts_replayed_come_to_the_same(&story).await;
    crate::truth::the_figures_agree(&story).await;
    story.end().await;
}

/// Everybody reacts to what they see until nobody has anything left to react to.
async fn answer(story: &Story, crowd: &mut Crowd) {
    story.settle().await;
    while crowd.react_to_all() {
        story.settle().await;
    }
}

/// The events, and what is known of them by subject.
struct Shop {
    events: Vec<Value>,
    /// First response in seconds by ticket.
    waits: Arc<HashMap<String, i64>>,
    people: HashMap<String, UserId>,
}

/// The events of one file.
struct Slice {
    lines: String,
    count: usize,
    /// Customers who are in a file for the first time.
    new: Vec<Value>,
}

struct Slices<'a> {
    events: std::iter::Peekable<std::slice::Iter<'a, Value>>,
    seen: std::collections::HashSet<String>,
}

impl Shop {
    fn new(events: Vec<Value>) -> Self {
        let waits = events.iter().filter_map(|event| {
            let wait = event["metrics"]["first_response_s"].as_i64()?;
            Some((text(&event["subject"]["id"]), wait))
        });
        let people = events.iter().map(|event| {
            let customer = &event["customer"];
            let number: i64 = text(&customer["id"]).trim_start_matches("C-").parse().unwrap();
            (text(&customer["id"]), customer["telegram_id"].as_i64().unwrap_or(OTHERS + number))
        });
        Self { waits: Arc::new(waits.collect()), people: people.collect(), events }
    }

    fn slices(&self) -> Slices<'_> {
        Slices { events: self.events.iter().peekable(), seen: std::collections::HashSet::new() }
    }

    /// Those who use Telegram meet the bot: by a start, or by the link from their receipt.
    async fn newcomers(&self, story: &Story, crowd: &mut Crowd, slice: &Slice) {
        for customer in &slice.new {
            let id = text(&customer["id"]);
            let user = self.people[&id];
            let known = customer["telegram_id"].is_i64();
            if !known && !rng(user, "follows").random_ratio(FOLLOW, 100) {
                continue;
            }
            story.world.add_user_as(user, &text(&customer["name"]), customer["language"].as_str());
            crowd.add(user);
            if known {
                story.world.start(user, None);
            } else {
                let mut unit = story.unit().await;
                let link = events::personal_link(&mut unit, &id).await.unwrap().unwrap();
                unit.commit().await.unwrap();
                story.world.follow(user, &link.url);
            }
        }
        story.settle().await;
        // Greetings are no surveys.
        crowd.react_to_all();
    }

    /// Who waited long is less content; some never answer and some leave half way.
    fn mind(&self) -> impl Fn(UserId, &Lived, Step) -> Vec<Move> + use<> {
        let waits = Arc::clone(&self.waits);
        let asked =
            [("purchase", ["overall", "quality", "service"].as_slice()), ("support", &["overall", "agent"])];
        let asked =
            asked.into_iter().flat_map(|(script, of)| of.iter().map(move |question| (script, *question)));
        let reasons: HashMap<(&str, &str), Vec<String>> =
            asked.map(|(script, question)| ((script, question), reasons(script, question))).collect();
        move |user, lived, step| {
            let subject = subject(&lived.first_text);
            let patience = rng(user, &subject).random_range(0..100);
            if patience < SILENT || (patience < SILENT + FICKLE && !lived.given.is_empty()) {
                return Vec::new();
            }
            let mut rng = rng(user, &format!("{subject} {}", step.question));
            let wait = waits.get(&subject).copied().unwrap_or(60);
            let unhappy = rng.random_bool(match wait {
                ..120 => 0.08,
                120..600 => 0.25,
                _ => 0.55,
            });
            let score: i64 = if unhappy { rng.random_range(0..=6) } else { rng.random_range(6..=10) };
            let words = Move::Words(format!("{subject}, {}: ждать {wait} с — на {score}", step.question));
            let chance = rng.random_range(0..4);
            match (step.kind, chance) {
                (Kind::Score, _) => {
                    vec![Move::Answer { button: score.to_string(), value: score.to_string() }]
                }
                (Kind::Smiley, _) => vec![smiley(score, crate::crowd::speaks_russian(&lived.first_text))],
                (Kind::YesNo, _) => {
                    vec![yes_or_no(!unhappy, crate::crowd::speaks_russian(&lived.first_text))]
                }
                (Kind::Why, 0 | 1) => {
                    let reasons = &reasons[&(step.script, step.question)];
                    let row = rng.random_range(0..reasons.len());
                    let reason = Move::Reason { row, key: reasons[row].clone() };
                    if chance == 0 { vec![reason, words] } else { vec![reason, Move::GoOn] }
                }
                (Kind::Text, _) | (Kind::Why | Kind::Missing, 2) => vec![words],
                _ => vec![Move::GoOn],
            }
        }
    }
}

impl Slices<'_> {
    /// What has happened by `now` and was in no file yet.
    fn next_until(&mut self, now: Timestamp) -> Option<Slice> {
        let mut slice = Slice { lines: String::new(), count: 0, new: Vec::new() };
        let at = |event: &Value| {
            DateTime::parse_from_rfc3339(event["occurred_at"].as_str().unwrap()).unwrap().timestamp_millis()
        };
        while let Some(event) = self.events.next_if(|event| at(event) <= now.millis()) {
            slice.lines.push_str(&event.to_string());
            slice.lines.push('\n');
            slice.count += 1;
            if self.seen.insert(text(&event["customer"]["id"])) {
                slice.new.push(event["customer"].clone());
            }
        }
        (slice.count > 0).then_some(slice)
    }
}

fn smiley(score: i64, russian: bool) -> Move {
    let (value, ru, en) = match score {
        0..=5 => ("1", "🙁 Плохо", "🙁 Bad"),
        6 | 7 => ("2", "😐 Нормально", "😐 Okay"),
        _ => ("3", "🙂 Отлично", "🙂 Great"),
    };
    Move::Answer { button: if russian { ru } else { en }.to_owned(), value: value.to_owned() }
}

fn yes_or_no(yes: bool, russian: bool) -> Move {
    let (value, ru, en) = if yes { ("yes", "Да", "Yes") } else { ("no", "Нет", "No") };
    Move::Answer { button: if russian { ru } else { en }.to_owned(), value: value.to_owned() }
}

/// The order or ticket that a greeting names.
fn subject(greeting: &str) -> String {
    let number = |after: &str| -> Option<String> {
        let rest = greeting.split_once(after)?.1;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then_some(digits)
    };
    let order = || number("№").or_else(|| number("Order "));
    number("T-").map(|number| format!("T-{number}")).or_else(order).unwrap_or_default()
}

/// What is drawn here depends on nothing but who it is and what it is about.
fn rng(user: UserId, about: &str) -> StdRng {
    let mixed = about.bytes().fold(user.unsigned_abs(), |mixed, byte| {
        mixed.wrapping_mul(0x0100_0000_01b3).wrapping_add(u64::from(byte))
    });
    StdRng::seed_from_u64(mixed)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

async fn table(setup: &Setup, name: &str) -> Vec<Value> {
    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        export: ExportArgs,
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("table.jsonl");
    let arguments = ["export", name, "--format", "jsonl", "-o", file.to_str().unwrap()];
    let arguments = Arguments::try_parse_from(arguments).unwrap().export;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = export::run(setup, &arguments, &mut Output { out: &mut out, err: &mut err }).await.unwrap();
    assert_eq!(code, DONE);
    let table = std::fs::read_to_string(file).unwrap();
    table.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What a customer gave in each survey about one subject, in the order in which they were asked.
type Answers = BTreeMap<(UserId, String), Vec<Given>>;

async fn the_answers_agree(setup: &Setup, shop: &Shop, crowd: &Crowd) {
    let mut told = Answers::new();
    for (user, surveys) in &crowd.customers {
        for lived in surveys.iter().filter(|lived| !lived.given.is_empty()) {
            told.entry((*user, subject(&lived.first_text))).or_default().push(lived.given.clone());
        }
    }
    let rows = table(setup, "answers").await;
    let mut surveys: BTreeMap<(UserId, String), BTreeMap<(String, String), Given>> = BTreeMap::new();
    for row in &rows {
        let user = shop.people[&text(&row["customer_id"])];
        let survey = (text(&row["sent_at"]), text(&row["survey_id"]));
        let given = surveys.entry((user, text(&row["subject_id"]))).or_default().entry(survey).or_default();
        let (key, value) = exported(row);
        let twice = given.insert(key, value);
        assert_eq!(twice, None, "a second row: {row}");
    }
    let found: Answers =
        surveys.into_iter().map(|(key, surveys)| (key, surveys.into_values().collect())).collect();
    let differing = told.keys().chain(found.keys()).find(|key| told.get(key) != found.get(key));
    if let Some(key) = differing {
        panic!("{key:?}: told {:?}, exported {:?}", told.get(key), found.get(key));
    }
    println!("{} rows of {} customers' answers agree", rows.len(), crowd.customers.len());
}

async fn every_event_has_its_outcome(story: &Story, setup: &Setup, shop: &Shop, crowd: &Crowd) {
    let rows = table(setup, "surveys").await;
    let asks = |event: &&Value| matches!(event["kind"].as_str(), Some("purchase" | "ticket_closed"));
    assert_eq!(rows.len(), shop.events.iter().filter(asks).count());
    let lived: usize = crowd.customers.values().map(Vec::len).sum();
    assert_eq!(rows.iter().filter(|row| row["sent_at"].is_string()).count(), lived);
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    let mut tx = story.running.db.read().await.unwrap();
    for row in &rows {
        let ledger = events::find(&mut tx, row["event_id"].as_str().unwrap()).await.unwrap().unwrap();
        let states: Vec<State> = ledger.transitions.iter().map(|(state, _)| *state).collect();
        assert!(State::is_path(&states), "{row}: {states:?}");
        let last = states.last().unwrap();
        assert!(last.is_final(), "{row}: {states:?}");
        *outcomes.entry(last.to_string()).or_default() += 1;
    }
    println!("outcomes: {outcomes:?}");
}

/// But for what the two hours between two files shift.
async fn the_live_scripts_replayed_come_to_the_same(story: &Story) {
    let ctx = &story.running.ctx;
    let days = |days: u64| Duration::from_hours(24 * days);
    let mut tx = story.running.db.read().await.unwrap();
    let scripts = ctx.scripts.live();
    let past = backtest::recorded(&mut tx, ctx, days(30), scripts[0].script()).await.unwrap();
    for slug in ["purchase", "support"] {
        let live = ctx.scripts.find(slug).unwrap();
        let report = backtest::backtest(ctx, &past, live.script());
        println!("{slug}, {} events: {:#?}", report.events, report.outcomes);
        assert!(report.events > number_of_events() / 10);
        for (outcome, counts) in &report.outcomes {
            assert_eq!(counts.draft, counts.live, "{outcome:?}");
            let difference = counts.live.abs_diff(counts.ledger);
            assert!(difference * 25 < report.events, "{outcome:?} of {}: {counts:?}", report.events);
        }
    }
}
