//! The pages of a large installation: 48 questions, 200 agents, 200 topics, a year. Each stays small, and what a page has no
//! room for is on the next.

use std::collections::BTreeSet;
use std::ops::Range;

use afterword::domain::time::Timestamp;
use afterword::sandbox::{Options, UserId};
use chrono::DateTime;
use serde_json::{Value, json};

use super::figure_pages::links;
use crate::harness::{Reader, Setting, Story, minutes, script};

const SCRIPTS: usize = 12;
const QUESTIONS: usize = 4;
const AGENTS: usize = 200;
const FIRST_USER: UserId = 7_100_000_000;
/// The most bytes of HTML.
const MOST: usize = 60_000;

/// A script with questions of usual length, of whose answers none makes a case.
fn large(number: usize) -> String {
    let question = |place: usize| {
        let metric = ["csi", "csat", "ces", "nps"][place];
        let scale = if metric == "nps" { "" } else { "scale = \"1-5\"\n" };
        format!(
            "[[questions]]\nkey = \"question-{place}\"\nmetric = \"{metric}\"\n{scale}alert = \"off\"\n\
             text = {{ ru = \"Насколько вы довольны тем, как решили вопрос {number}.{place}?\", \
             en = \"How satisfied are you with the way it was solved {number}.{place}?\" }}\n"
        )
    };
    let head = format!("on = \"ticket_closed\"\n\n[when]\nchannels = [\"channel-{number}\"]\n");
    let send = "delay = \"0s\"\ndelay_min = \"0s\"\nremind_after = \"off\"\n";
    script(&format!("script-{number}"), &head, send, &(0..QUESTIONS).map(question).collect::<String>())
}

/// Posts an event of each of these users, and asks about it.
async fn post(story: &Story, name: &str, users: Range<usize>, event: impl Fn(usize) -> Value) {
    let events: Vec<Value> = users
        .map(|number| {
            let mut told = json!({
                "event_id": format!("{name}-{number}"),
                "kind": "ticket_closed",
                "occurred_at": story.clock.now().to_rfc3339(),
                "subject": { "id": format!("{name}-{number}") },
                "customer": { "id": format!("C-{number}"), "telegram_id": user(number) },
            });
            told.as_object_mut().unwrap().extend(event(number).as_object().unwrap().clone());
            told
        })
        .collect();
    for some in events.chunks(100) {
        let (status, answer) = story.post(&json!(some)).await;
        assert_eq!(status, 200, "{answer}");
    }
    story.advance(minutes(1)).await;
}

fn user(number: usize) -> UserId {
    FIRST_USER + i64::try_from(number).unwrap()
}

/// Each of these users taps a score in the newest message that has buttons.
async fn answer(story: &Story, users: Range<usize>, score: impl Fn(usize) -> usize) {
    for number in users {
        let messages = story.world.messages(user(number));
        let asked = messages.iter().rfind(|message| !message.keyboard.is_empty()).expect("a question");
        story.world.tap(user(number), user(number), asked.id, score(number).to_string().as_str()).unwrap();
    }
    story.settle().await;
}

/// Two customers of each script answer all of its questions each month; in the last one, every agent is rated twice.
async fn year() -> Story {
    let start: Timestamp = DateTime::parse_from_rfc3339("2025-11-10T12:00:00+03:00").unwrap().to_utc().into();
    let options = Options { limits: false, history: false, ..Options::default() };
    let setting = Setting::at_with_options(start, options).await.set("RETENTION", "off").set("MIN_N", "2");
    let story = setting.set("MESSAGES_PER_SECOND", "1000").start().await;
    for number in 0..SCRIPTS {
        story.publish(&large(number)).await;
    }
    let of_scripts = 0..2 * SCRIPTS;
    let of_agents = of_scripts.end..of_scripts.end + 2 * AGENTS;
    for number in 0..of_agents.end {
        story.world.add_user_as(user(number), "Анна", Some("ru"));
        story.world.start(user(number), None);
    }
    story.settle().await;
    for month in 0..12 {
        if month > 0 {
            let (year, month) = (2025 + (10 + month) / 12, (10 + month) % 12 + 1);
            story.jump_to(&format!("{year}-{month:02}-10T12:00:00+03:00")).await;
        }
        post(
            &story,
            &format!("T-{month}"),
            of_scripts.clone(),
            |number| json!({ "channel": format!("channel-{}", number / 2) }),
        )
        .await;
        for place in 0..QUESTIONS {
            answer(&story, of_scripts.clone(), |number| 3 + (number + month + place / 2) % 3).await;
        }
    }
    post(&story, "A", of_agents.clone(), |number| {
        let agent = number % AGENTS;
        json!({
            "channel": "channel-0",
            "tags": [format!("topic-{agent}")],
            "agent": {
                "id": format!("agent-{agent}"), "name": format!("Агент Номер {agent}"), "team": "first",
                "since": "2024-01-01",
            },
        })
    })
    .await;
    answer(&story, of_agents, |number| 1 + number % AGENTS / 40).await;
    // The last month is settled then.
    story.jump_to("2026-11-10T12:00:00+03:00").await;
    story
}

/// Opens a page, and page by page the rest of its list. Returns the addresses on them that begin so, without a query.
async fn small(lead: &Reader, path: &str, start: &str) -> BTreeSet<String> {
    let (mut found, mut next) = (BTreeSet::new(), Some(path.to_owned()));
    while let Some(path) = next {
        let shown = lead.open(&path).await;
        assert!(shown.html.len() <= MOST, "{path} has {} bytes", shown.html.len());
        let paths =
            links(&shown.html, start).into_iter().map(|link| link.split('?').next().unwrap().to_owned());
        found.extend(paths);
        next = links(&shown.html, "/").into_iter().find(|link| link.contains("after="));
    }
    found
}

#[tokio::test]
async fn every_page_is_small_and_every_row_is_on_one() {
    let story = year().await;
    let lead = story.signed_in(story.lead).await;
    let of_all = SCRIPTS * QUESTIONS;
    assert_eq!(small(&lead, "/questions", "/questions/script-").await.len(), of_all);
    assert_eq!(small(&lead, "/agents", "/agents/agent-").await.len(), AGENTS);
    small(&lead, "/topics", "/").await;
    for path in
        ["/", "/coverage", "/filters", "/support", "/questions/script-0/question-0", "/agents/agent-0"]
    {
        small(&lead, path, "/").await;
    }
    for path in ["/answers", "/surveys"] {
        let shown = lead.open(path).await;
        assert!(shown.html.len() <= MOST, "{path} has {} bytes", shown.html.len());
    }
    // What is cut leads to all of it.
    for path in ["/", "/coverage"] {
        let shown = lead.open(path).await;
        let questions = links(&shown.html, "/questions");
        assert!(questions.iter().any(|link| link.starts_with("/questions?")), "{path}: {questions:?}");
    }
    let agents = lead.open("/agents").await;
    assert!(agents.html.contains(" и ещё 72. Уверенно ниже среднего: "), "{}", agents.html);
    // A file has every row, whichever page it is taken from.
    let drawn = lead.open("/agents?after=25&as=svg").await;
    assert!(
        drawn.html.contains("Агент Номер 0<") && drawn.html.contains("Агент Номер 199<"),
        "{}",
        drawn.html
    );
    let beyond = lead.open("/agents?after=900").await;
    assert!(beyond.html.contains("Дальше ничего нет: всего 200."), "{}", beyond.html);
    story.end().await;
}
