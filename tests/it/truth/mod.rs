//! Every figure of a generated shop, held to a slow and plain recomputation from its exports.
//!
//! The shop lives for four weeks with a change of the clocks, a new version of a script that moves the bands, deliveries of a
//! hook, tests, and customers who are erased. Then random requests are asked, and each number of each reply is compared.

mod figures;
mod kpis;
mod models;
mod plain;
mod reports;
mod rest;
mod shop;

use std::collections::BTreeSet;

use afterword::domain::case::{Act, Cause};
use afterword::domain::ids::{CaseNumber, PersonId};
use afterword::domain::time::Timestamp;
use afterword::sandbox::Options;
use afterword::service::cases;
use chrono::{DateTime, Duration, NaiveDate};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use self::plain::{Cut, Exports};
use self::shop::Shop;
use crate::harness::{Setting, Story, hours, minutes};
use crate::stories::hooks;

/// Of the four weeks, unless `FIGURES_EVENTS` says how many.
const EVENTS: usize = 900;
const DAYS: usize = 28;
/// How much time passes at once.
const STEP_HOURS: i64 = 12;
const REQUESTS: usize = 28;

/// What may make rows.
const BY: [&str; 14] = [
    "agent",
    "team",
    "store",
    "channel",
    "tag",
    "segment",
    "automation",
    "kind",
    "version",
    "tenure",
    "hook",
    "day",
    "week",
    "month",
];
/// Every index that the story's questions have.
const INDICES: &str = "index=mean,percent_of_top,percent_of_range,top_box,top2_box,low,neutral,high,csat,net,nps,\
    promoters,passives,detractors";

#[expect(clippy::disallowed_methods, reason = "the environment of the tests, not of the program")]
fn number_of_events() -> usize {
    std::env::var("FIGURES_EVENTS").map_or(EVENTS, |number| number.parse().unwrap())
}

#[tokio::test]
pub async fn every_figure_of_a_generated_shop_is_what_its_exports_come_to() {
    let story = open().await;
    let customers = (number_of_events() / 12).max(40);
    let mut shop = Shop::new(customers);
    shop.add_users(&story);
    let hook = hooks::live(&story, "desk", "paste").await;
    let steps = DAYS * 24 / usize::try_from(STEP_HOURS).unwrap();
    for step in 0..steps {
        story.clock.advance(hours(STEP_HOURS.unsigned_abs()));
        if step == steps / 2 {
            story.publish(&shop::support(true)).await;
        }
        let events = shop.events(story.clock.now(), STEP_HOURS, number_of_events() / steps);
        for some in events.chunks(100) {
            let (status, answer) = story.post(&json!(some)).await;
            assert_eq!(status, 200, "{answer}");
        }
        if step % 4 == 1 {
            hooks::mapped(&story, &hook, &hooks::closed(&format!("H-{step}"), &format!("C-{}", step % 3)))
                .await;
        }
        shop.answer(&story).await;
        if step == steps * 3 / 4 {
            resolve_some_cases(&story).await;
        }
    }
    check_kpis(&story).await;
    check_all(&story, 1).await;
    the_new_version_breaks_the_trend_of_its_bands(&story).await;
    for customer in shop::erased(customers) {
        story.delete(&format!("/v1/customers/{customer}")).await;
    }
    // Some surveys end on the way.
    story.advance(hours(30)).await;
    story.advance(minutes(5)).await;
    check_all(&story, 2).await;
    story.end().await;
}

/// Compares the figures of a story's year, as a whole and by every cut, with its exports.
pub async fn the_figures_agree(story: &Story) {
    let exports = Exports::read(story).await;
    let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
    let cut = Cut::of(day(11, 1), day(12, 31));
    for by in std::iter::once(None).chain(BY.map(Some)) {
        let by_query = by.map_or_else(String::new, |by| format!("&by={by}"));
        let found = get(story, "", &format!("{}{by_query}", cut.query())).await;
        let asked = figures::Asked { exports: &exports, cut: cut.clone(), by, other: None };
        let compared = asked.check(&found);
        assert!(compared > 100, "only {compared} answers were compared by {by:?}");
    }
}

async fn open() -> Story {
    let start: Timestamp = DateTime::parse_from_rfc3339("2026-10-12T00:00:00+02:00").unwrap().to_utc().into();
    let options = Options { limits: false, history: false, ..Options::default() };
    let setting = Setting::at_with_options(start, options).await;
    let setting = setting.set("DEFAULT_TZ", "Europe/Berlin").set("RETENTION", "off");
    let story = setting.set("MESSAGES_PER_SECOND", "1000").start().await;
    story.publish(&shop::support(false)).await;
    story.publish(shop::PURCHASE).await;
    story
}

/// The trend marks the version that moved the bands. What counts bands breaks there, a mean goes on.
async fn the_new_version_breaks_the_trend_of_its_bands(story: &Story) {
    const BROKEN: &str = "не сравнить: изменились границы оценок";
    let lead = story.signed_in(story.lead).await;
    for (index, breaks) in [("low", true), ("mean", false)] {
        let page = "/questions/support/agent?period=2026-10-12..2026-11-08&by=week";
        let page = lead.open(&format!("{page}&index={index}&vs=none")).await;
        assert!(page.html.contains(">версия 3<"), "{index}: {}", page.html);
        assert_eq!(page.html.contains(BROKEN), breaks, "{index}: {}", page.html);
    }
    the_tables_say_it_too(story).await;
}

/// In a CSV, what cannot be compared with the row before is marked as in the JSON.
async fn the_tables_say_it_too(story: &Story) {
    let weeks = "/v1/figures?script=support&question=agent&index=low&period=2026-10-12..2026-11-08";
    let (_, figures) = story.get(&format!("{weeks}&by=week")).await;
    let marks = figures["questions"][0]["rows"].as_array().unwrap().iter();
    let marks: Vec<String> = marks.map(|row| row["same_bands"].to_string()).collect();
    assert!(marks.contains(&"false".to_owned()), "{figures}");
    let rows = story.csv(&format!("{weeks}&by=week")).await;
    assert_eq!(rows.iter().map(|row| row["same_bands"].clone()).collect::<Vec<_>>(), marks);
    let rows = story.csv(&format!("{weeks}&by=team")).await;
    assert!(!rows.is_empty() && rows.iter().all(|row| row["same_bands"].is_empty()), "{rows:?}");
    // A question that has too few answers for numbers is there too.
    let days = "/v1/figures/decomposition?period=2026-11-07";
    let (_, report) = story.get(days).await;
    let without =
        report["questions"].as_array().unwrap().iter().filter(|of| of["groups"] == json!([])).count();
    let rows = story.csv(days).await;
    assert_eq!(rows.iter().filter(|row| row["key"].is_empty()).count(), without, "{report}");
    assert!(without > 0 && rows.iter().all(|row| row["comparable"] == "true"), "{rows:?}");
}

/// Every third case is resolved, each with another cause than the one before.
async fn resolve_some_cases(story: &Story) {
    let by = PersonId::new(story.lead.id);
    let cases = Exports::read(story).await.cases;
    let open = cases.iter().filter(|case| case["status"] != "resolved").step_by(3);
    for (place, case) in open.enumerate() {
        let number = CaseNumber::new(case["case_number"].parse().unwrap());
        let cause = [Cause::Delivery, Cause::Other][place % 2];
        let mut unit = story.unit().await;
        for act in [Act::Take { by, again: false }, Act::Resolve { by, cause, again: false }] {
            cases::act(&mut unit, number, act, None).await.unwrap().unwrap();
        }
        unit.commit().await.unwrap();
    }
    story.settle().await;
}

async fn get(story: &Story, report: &str, query: &str) -> Value {
    let path = format!("/v1/figures{report}?{query}").replace('!', "%21");
    let (status, found) = story.get(&path).await;
    assert_eq!(status, 200, "{path}: {found}");
    found
}

/// Asks random requests of the figures and of every report.
async fn check_all(story: &Story, seed: u64) {
    let exports = Exports::read(story).await;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut compared = 0;
    for place in 0..REQUESTS {
        let cut = if place == 0 { whole_time() } else { any_cut(&mut rng, true) };
        compared += check_figures(story, &exports, &mut rng, cut, place).await;
    }
    for by in ["day", "week", "month"] {
        let cut = whole_time();
        let found = get(story, "", &format!("{}&by={by}", cut.query())).await;
        compared += figures::Asked { exports: &exports, cut, by: Some(by), other: None }.check(&found);
    }
    println!("{compared} answers of {} surveys were compared", exports.surveys.len());
    assert!(compared > number_of_events(), "only {compared} answers were compared");
    let mut cuts = vec![whole_time()];
    cuts.extend((0..4).map(|_| any_cut(&mut rng, true)));
    for cut in &cuts {
        check_reports(story, &exports, cut, &mut rng).await;
    }
}

async fn check_figures(story: &Story, exports: &Exports, rng: &mut StdRng, cut: Cut, place: usize) -> usize {
    let by = if place.is_multiple_of(4) { None } else { Some(BY[place % BY.len()]) };
    let is_by_time = matches!(by, Some("day" | "week" | "month"));
    let other = (!is_by_time && rng.random_ratio(1, 2)).then(|| cut.before());
    let mut query = cut.query();
    if let Some(by) = by {
        query = format!("{query}&by={by}");
    }
    if other.is_some() {
        query += "&compare=previous";
    }
    let names_indices = rng.random_ratio(1, 3);
    if names_indices {
        query = format!("{query}&{INDICES}");
    }
    let found = get(story, "", &query).await;
    figures::Asked { exports, cut, by, other }.check(&found)
}

async fn check_reports(story: &Story, exports: &Exports, cut: &Cut, rng: &mut StdRng) {
    let query = cut.query();
    let asked = reports::Asked { exports, cut };
    asked.check_agents(&get(story, "/agents", &query).await);
    asked.check_topics(&get(story, "/topics", &query).await, "tag");
    asked.check_topics(&get(story, "/automations", &query).await, "automation");
    asked.check_reasons(&get(story, "/reasons", &query).await);
    asked.check_bounds(&get(story, "/bounds", &query).await);
    let by = *["tenure", "team", "store", "channel", "kind"].choose(rng).unwrap();
    let decomposition = get(story, "/decomposition", &format!("{query}&by={by}")).await;
    asked.check_decomposition(&decomposition, &cut.before(), by);
    if cut.selects_answers() {
        return;
    }
    asked.check_importance(&get(story, "/importance", &query).await);
    models::check_waiting(exports, cut, &get(story, "/waiting", &query).await);
    models::check_drivers(exports, cut, &get(story, "/drivers", &query).await);
}

/// The KPIs, while every ticket can still be told by its exported subject.
async fn check_kpis(story: &Story) {
    const TARGET: u64 = 900;
    let exports = Exports::read(story).await;
    let mut rng = StdRng::seed_from_u64(5);
    for place in 0..12 {
        let mut cut = if place == 0 { whole_time() } else { any_cut(&mut rng, false) };
        let is_of_events =
            |name: &str| matches!(name, "agent" | "team" | "store" | "channel" | "tag" | "segment");
        cut.filters.retain(|(name, ..)| is_of_events(name) || *name == "automation");
        let query = format!("{}&first_response_target={TARGET}s", cut.query());
        let found = get(story, "/kpis", &query).await;
        if cut.filters.is_empty() {
            kpis::check_cases(&exports, &cut, &found["cases"]);
        }
        kpis::Asked { exports: &exports, cut, target: TARGET }.check(&found);
    }
}

fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 12).unwrap()
}

fn whole_time() -> Cut {
    Cut::of(first_day(), first_day() + Duration::days(i64::try_from(DAYS).unwrap()))
}

/// Some days with up to two filters.
fn any_cut(rng: &mut StdRng, may_select_answers: bool) -> Cut {
    let days = i64::try_from(DAYS).unwrap();
    let from = first_day() + Duration::days(rng.random_range(0..days * 2 / 3));
    let to = from + Duration::days(rng.random_range(0..days / 2));
    let mut cut = Cut::of(from, to);
    for _ in 0..rng.random_range(0..3) {
        let filter = any_filter(rng);
        if cut.filters.iter().all(|(name, ..)| *name != filter.0) {
            cut.filters.push(filter);
        }
    }
    if may_select_answers && rng.random_ratio(1, 6) {
        cut.bands = some(rng, &["low", "neutral", "high"]);
    }
    if may_select_answers && rng.random_ratio(1, 8) {
        cut.reasons = some(rng, &["slow", "rude", "useless"]);
    }
    cut
}

fn any_filter(rng: &mut StdRng) -> (&'static str, BTreeSet<String>, bool) {
    let agents: Vec<String> = (0..shop::AGENTS).map(|agent| format!("a-{agent}")).collect();
    let agents: Vec<&str> = agents.iter().map(String::as_str).collect();
    let of: [(&str, &[&str]); 11] = [
        ("agent", &agents),
        ("team", &shop::TEAMS),
        ("store", &shop::STORES),
        ("channel", &shop::CHANNELS),
        ("tag", &shop::TAGS),
        ("segment", &shop::SEGMENTS),
        ("automation", &shop::RULES),
        ("kind", &["purchase", "ticket_closed"]),
        ("version", &["1", "2", "3"]),
        ("tenure", &["new", "established", "unknown"]),
        ("hook", &["desk"]),
    ];
    let (name, values) = *of.choose(rng).unwrap();
    let mut values = some(rng, values);
    if rng.random_ratio(1, 3) && !matches!(name, "kind" | "version" | "tenure") {
        values.insert(plain::NONE.to_owned());
    }
    (name, values, rng.random_ratio(1, 3))
}

/// At least one of them.
fn some(rng: &mut StdRng, of: &[&str]) -> BTreeSet<String> {
    let mut some: BTreeSet<String> =
        of.iter().filter(|_| rng.random_ratio(2, 5)).map(|one| (*one).to_owned()).collect();
    some.insert((*of.choose(rng).unwrap()).to_owned());
    some
}
