//! Two months of a small support desk, lived through: its figures are those of the vectors.

use std::time::Duration;

use afterword::cli::report::{self, ReportArgs};
use afterword::cli::{DONE, Output};
use afterword::domain::time::Timestamp;
use chrono::{DateTime, NaiveDate};
use clap::Parser as _;
use serde_json::{Value, json};

use crate::harness::{Person, Setting, Story, hours, minutes};

const MINI: &str = include_str!("../../../src/domain/stats/tests/vectors/mini.json");

/// How much time passes at once while nothing is to be done.
const PAUSE: Duration = hours(6);

const QUESTIONS: &str = r#"
[[questions]]
key = "agent"
metric = "csi"
scale = "1-5"
text = { ru = "Как вам помощь?", en = "How was the help?" }

[[questions]]
key = "recommend"
metric = "nps"
text = { ru = "Порекомендуете нас?", en = "Would you recommend us?" }
"#;

/// A script for tickets. `when` are its conditions, `send` adds to its sending.
fn script(slug: &str, priority: u32, when: &str, send: &str) -> String {
    format!(
        "slug = \"{slug}\"\non = \"ticket_closed\"\npriority = {priority}\n\
         title = {{ ru = \"После обращения\", en = \"After a ticket\" }}\n[when]\n{when}\n\
         [send]\nquiet_hours = \"off\"\n{send}\n{QUESTIONS}"
    )
}

/// Everybody, and what is known of them so far.
struct Desk {
    story: Story,
    people: std::collections::HashMap<String, Person>,
    tickets: u32,
}

impl Desk {
    async fn open() -> Self {
        let story =
            Setting::at(moment("2026-08-31T12:00:00+03:00")).await.set("RETENTION", "off").start().await;
        story.publish(&script("support", 0, "tags_none = [\"lottery\"]", "")).await;
        story.publish(&script("rare", 0, "tags_any = [\"rare\"]", "min_gap = \"30d\"")).await;
        story.publish(&script("late", 0, "tags_any = [\"late\"]", "")).await;
        story.publish(&script("lottery", 1, "tags_any = [\"lottery\"]\nsample = 1", "")).await;
        Self { story, people: std::collections::HashMap::new(), tickets: 0 }
    }

    async fn until(&self, at: Timestamp) {
        while self.story.clock.now() < at {
            self.story.clock.advance_to(self.story.clock.now().plus(PAUSE).min(at));
            self.story.settle().await;
        }
    }

    /// The customer's person, who has a chat by now.
    async fn person(&mut self, customer: &str) -> Person {
        if let Some(person) = self.people.get(customer) {
            return *person;
        }
        let person = self.story.customer(customer, customer).await;
        self.people.insert(customer.to_owned(), person);
        person
    }

    /// One row of the vectors, from its event to its outcome or to the last act of its customer.
    async fn live(&mut self, row: &[Value], is_test: bool) {
        let text = |place: usize| row[place].as_str().unwrap();
        let (day, outcome) = (text(0), text(3));
        let noon = moment(&format!("{day}T12:00:00+03:00"));
        self.until(noon).await;
        let closed = self.story.clock.now();
        self.tickets += 1;
        let number = self.tickets.to_string();
        let customer = if text(1).is_empty() { format!("erased-{number}") } else { text(1).to_owned() };
        let mut more =
            json!({ "agent": { "id": format!("agent-{}", text(2)), "team": text(2) }, "test": is_test });
        match outcome {
            "undeliverable(never_linked)" => {}
            "suppressed(is_staff)" => self.story.link(self.story.lead, &customer).await,
            "suppressed(throttled)" => {
                // The same person was asked two days ago as another customer.
                let person = self.people["C1"];
                self.story.link(person, &customer).await;
                more["script"] = json!("rare");
            }
            _ => drop(self.person(&customer).await),
        }
        match outcome {
            "suppressed(no_script)" => more["script"] = json!("none"),
            "suppressed(sampled_out)" => more["tags"] = json!(["lottery"]),
            "scheduled" => more["script"] = json!("late"),
            _ => {}
        }
        self.story.ticket(&number, &customer, more).await;
        match outcome {
            "suppressed(cancelled)" => {
                drop(self.story.happened("ticket_reopened", &number, &customer, json!({})).await);
            }
            "scheduled" => self.story.set_paused("late", true).await,
            _ => {}
        }
        self.until(closed.plus(hours(3)).plus(minutes(5))).await;
        if let Some(person) = self.people.get(&customer).copied() {
            self.answer(person, day, row).await;
        }
        if text(1).is_empty() {
            self.until(closed.plus(hours(1))).await;
            assert_eq!(self.story.delete(&format!("/v1/customers/{customer}")).await.0, 200);
        }
    }

    async fn answer(&self, person: Person, day: &str, row: &[Value]) {
        let story = &self.story;
        for (place, value) in row[4..].iter().enumerate().filter(|(_, value)| !value.is_null()) {
            let is_changed = day == "2026-10-06" && place == 0;
            if is_changed {
                story.tap(person, "2").await;
                story.tap(person, "Назад").await;
            }
            story.tap(person, &value.to_string()).await;
        }
        match row[3].as_str().unwrap() {
            "refused" | "partial(stopped)" => drop(story.say(person, "/stop").await),
            "expired(blocked)" => {
                story.world.block(person.id);
                story.settle().await;
            }
            _ => {}
        }
    }
}

fn moment(text: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
}

/// Lives through everything that the vectors tell, up to the evening of 31 October.
async fn lived(vectors: &Value) -> Story {
    let mut desk = Desk::open().await;
    let rows = |name: &str| vectors[name].as_array().unwrap().clone();
    let mut all: Vec<(Value, bool)> = rows("events").into_iter().map(|row| (row, false)).collect();
    all.extend(rows("tests").into_iter().map(|row| (row, true)));
    all.sort_by_key(|(row, _)| row[0].as_str().unwrap().parse::<NaiveDate>().unwrap());
    for (row, is_test) in all {
        desk.live(row.as_array().unwrap(), is_test).await;
    }
    desk.until(moment("2026-10-31T20:00:00+03:00")).await;
    desk.story
}

fn assert_near(of: &str, found: &Value, expected: &Value) {
    let (Some(a), Some(b)) = (found.as_f64(), expected.as_f64()) else {
        panic!("{of}: {found} is not {expected}");
    };
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{of}: {a} is not {b}");
}

/// Compares one row of figures with what the vectors expect of it.
fn check(of: &str, ledger: &Value, question: impl Fn(&str) -> Value, expected: &Value) {
    for (name, count) in expected["ledger"].as_object().unwrap() {
        assert_near(&format!("{of}: {name}"), &ledger[name], count);
    }
    for (name, expected) in expected["indices"].as_object().unwrap() {
        let (key, index) = name.split_once('.').unwrap();
        let row = question(key);
        let (figure, of) = (&row["indices"][index], format!("{of}: {name}"));
        assert_eq!((&row["n"], &row["customers"]), (&expected["n"], &expected["customers"]), "{of}");
        assert_near(&of, &row["deff"], &expected["deff"]);
        assert_eq!(figure["state"], expected["flag"], "{of}: {row}");
        for limit in ["value", "lo", "hi"] {
            if expected["flag"] == "too_few" {
                assert!(figure[limit].is_null(), "{of}: {figure}");
            } else {
                assert_near(&of, &figure[limit], &expected[limit]);
            }
        }
    }
}

fn question<'f>(figures: &'f Value, key: &str) -> &'f Value {
    let questions = figures["questions"].as_array().unwrap().iter();
    let mut found = questions.filter(|of| of["script"] == "support" && of["question"] == key);
    found.next().unwrap_or_else(|| panic!("no {key} in {figures}"))
}

async fn figures(story: &Story, query: &str) -> Value {
    let (status, figures) = story.get(&format!("/v1/figures?{query}")).await;
    assert_eq!(status, 200, "{figures}");
    figures
}

const INDICES: &str = "index=mean,low,top2_box,nps";

async fn the_months_agree(story: &Story, expected: &Value) {
    for month in ["2026-09", "2026-10"] {
        let found = figures(story, &format!("period={month}&{INDICES}")).await;
        let row = |key: &str| question(&found, key)["rows"][0].clone();
        check(month, &found["ledger"], row, &expected[month]);
        assert_eq!(found["period"]["settled"], json!(month == "2026-09"));
        assert_eq!(found["period"]["open"], expected[month]["ledger"]["open"]);
        let states = found["ledger"]["states"].as_object().unwrap().values();
        let sum: u64 = states.map(|count| count.as_u64().unwrap()).sum();
        assert_eq!(json!(sum), found["ledger"]["events"], "the states add up");
    }
}

async fn the_teams_agree(story: &Story, expected: &Value) {
    for (team, expected) in expected["2026-10"]["by_team"].as_object().unwrap() {
        let one = figures(story, &format!("period=2026-10&team={team}&{INDICES}")).await;
        let row = |key: &str| question(&one, key)["rows"][0].clone();
        check(team, &one["ledger"], row, expected);
        let all = figures(story, &format!("period=2026-10&by=team&{INDICES}")).await;
        let row = |key: &str| {
            let rows = question(&all, key)["rows"].as_array().unwrap();
            rows.iter().find(|row| row["key"] == *team).unwrap().clone()
        };
        check(team, &one["ledger"], row, expected);
    }
}

async fn october_is_compared_with_september(story: &Story, changes: &Value) {
    let found = figures(story, &format!("period=2026-10&compare=previous&{INDICES}")).await;
    for (name, expected) in changes.as_object().unwrap() {
        let (key, index) = name.split_once('.').unwrap();
        let compare = &question(&found, key)["rows"][0]["indices"][index]["compare"];
        for part in ["diff", "lo", "hi", "p"] {
            assert_near(&format!("{name}: {part}"), &compare[part], &expected[part]);
        }
        assert_eq!(compare["verdict"], expected["verdict"], "{name}");
    }
    assert_eq!(
        (&found["compare"]["from"], &found["compare"]["settled"]),
        (&json!("2026-09-01"), &json!(true))
    );
}

/// The example of the contract, to the last member.
async fn the_shown_example_is_true(story: &Story) {
    let url = "/v1/figures?script=support&question=agent&index=mean&period=2026-10&compare=previous";
    let (_, found) = story.get(url).await;
    assert_eq!(found["url"], url);
    let row = &question(&found, "agent")["rows"][0];
    assert_eq!(row["values"], json!({"1": 2, "2": 5, "3": 2, "4": 1, "5": 2}));
    let mean = &row["indices"]["mean"];
    assert_near("the value before", &mean["compare"]["value"], &json!(3.909_090_909_090_909));
    assert_eq!(mean["compare"]["n"], 11);
    assert!(mean["compare"].get("q").is_none(), "one index is judged by itself");
    let rows = story.csv(url).await;
    assert_eq!((rows.len(), rows[0]["index"].as_str(), rows[0]["n"].as_str()), (1, "mean", "12"));
    assert_near("the CSV", &json!(rows[0]["value"].parse::<f64>().unwrap()), &mean["value"]);
}

/// The report's arguments, as on the command line.
#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    args: ReportArgs,
}

/// What `afterword report` prints.
pub async fn report(story: &Story, words: &[&str]) -> Vec<u8> {
    let line = Line::try_parse_from(["report"].iter().chain(words)).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = report::run(&story.setup(), &line.args, &mut Output { out: &mut out, err: &mut err }).await;
    assert_eq!(code.unwrap(), DONE);
    out
}

async fn the_shell_prints_the_same(story: &Story) {
    let words = ["--script", "support", "--period", "2026-10", "--compare", "previous"];
    let json = report(story, &[&words[..], &["--format", "json"]].concat()).await;
    let (_, same) = story.get("/v1/figures?script=support&period=2026-10&compare=previous").await;
    assert_eq!(serde_json::from_slice::<Value>(&json).unwrap(), same);
    let text = String::from_utf8(report(story, &words).await).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    for line in [
        "Preliminary: 1 survey open, late answers can change the figures",
        "Coverage 92%: 12 of 13 eligible events were answered",
        "  coverage 92%: 12 of 13",
        "  mean                        12   2.67*  1.95 to 3.49    ≈ −1.24 (−2.20…+0.05)",
        "  if the others had all answered: mean 2.53 to 2.85",
    ] {
        assert!(text.lines().any(|found| found == line), "no line '{line}' in:\n{text}");
    }
    let teams = ["--period", "2026-10", "--by", "team", "--index", "mean,nps", "--not", "tag=lottery"];
    let text = String::from_utf8(report(story, &teams).await).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let line = "  a                  100%      6 too few  6 of 10 needed";
    assert!(text.lines().any(|found| found == line), "no line '{line}' in:\n{text}");
    let book = report(story, &["--period", "2026-10", "--compare", "previous", "--format", "xlsx"]).await;
    assert!(book.starts_with(b"PK"), "a workbook is a packed folder");
}

/// The reports beside the figures, as far as so few answers say anything.
async fn the_reports_say_what_can_be_said(story: &Story) {
    let report = async |name: &str| {
        figures_of(story, &format!("{name}?script=support&period=2026-10&question=agent")).await
    };
    let bounds = report("bounds").await;
    let of = question(&bounds, "agent");
    assert_eq!((&of["n"], &of["eligible"]), (&json!(12), &json!(13)));
    assert_near("the lowest", &of["bounds"][0], &json!(2.538_461_538_461_538_6));
    assert_near("the highest", &of["bounds"][1], &json!(2.846_153_846_153_846));
    let reasons = report("reasons").await;
    assert_eq!(question(&reasons, "agent")["low"], 7);
    let agents = report("agents").await;
    let unranked = question(&agents, "agent")["unranked"].as_array().unwrap();
    let counts: Vec<(&str, u64)> =
        unranked.iter().map(|row| (row["key"].as_str().unwrap(), row["n"].as_u64().unwrap())).collect();
    assert_eq!(counts, [("agent-a", 6), ("agent-b", 6)], "six are too few to say anything");
}

async fn figures_of(story: &Story, path: &str) -> Value {
    let (status, report) = story.get(&format!("/v1/figures/{path}")).await;
    assert_eq!(status, 200, "{report}");
    report
}

#[tokio::test]
pub async fn two_months_lived_through_have_the_figures_of_the_vectors() {
    let vectors: Value = serde_json::from_str(MINI).unwrap();
    let story = lived(&vectors).await;
    the_months_agree(&story, &vectors["expected"]).await;
    the_teams_agree(&story, &vectors["expected"]).await;
    october_is_compared_with_september(&story, &vectors["expected"]["change_october_against_september"])
        .await;
    the_shown_example_is_true(&story).await;
    the_shell_prints_the_same(&story).await;
    the_reports_say_what_can_be_said(&story).await;
    story.end().await;
}
