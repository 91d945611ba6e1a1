//! The pages with figures: they say what the figures say, and every number leads to what it counts.

use serde_json::{Value, json};

use crate::harness::{Reader, Setting, Story, hours, script, seconds};

/// Twelve tickets with scores: eight good ones, three neutral ones and a bad one with a reason.
pub async fn scored() -> Story {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    for number in 0..12 {
        let customer = format!("C-{number}");
        let person = story.customer(&customer, &customer).await;
        let agent = json!({ "id": "a-17", "name": "Ольга <b>", "team": "first", "since": "2024-01-01" });
        let facts = json!({ "agent": agent, "channel": "telegram", "tags": ["delivery"] });
        story.ticket(&number.to_string(), &customer, facts).await;
        story.advance(hours(3)).await;
        let face = match number {
            0 => "🙁",
            1..=3 => "😐",
            _ => "🙂",
        };
        for tap in ["🙂", face] {
            story.tap(person, tap).await;
        }
        if number == 0 {
            story.tap(person, "Отписка вместо ответа").await;
        }
    }
    // One who is asked and does not answer.
    story.customer("C-silent", "C-silent").await;
    story.ticket("silent", "C-silent", json!({})).await;
    story.advance(hours(3)).await;
    story
}

async fn figures(story: &Story, path: &str) -> Value {
    let (status, figures) = story.get(path).await;
    assert_eq!(status, 200, "{figures}");
    figures
}

/// The figures of the question about the help.
fn agent(figures: &Value) -> &Value {
    let questions = figures["questions"].as_array().unwrap();
    questions.iter().find(|question| question["question"] == "agent").unwrap()
}

/// The interval of a mean as a page in Russian writes it: rounded outwards.
fn range(figure: &Value) -> String {
    let [low, high] = ["lo", "hi"].map(|limit| 100.0 * figure[limit].as_f64().unwrap());
    format!("от {:.2} до {:.2}", low.floor() / 100.0, high.ceil() / 100.0).replace('.', ",")
}

/// The addresses on a page that begin so.
pub fn links(html: &str, start: &str) -> Vec<String> {
    let begins = format!("href=\"{start}");
    let parts = html.split(&begins).skip(1);
    let links = parts.map(|part| format!("{start}{}", part.split('"').next().unwrap()));
    links.map(|link| link.replace("&amp;", "&").replace("&#38;", "&")).collect()
}

pub const PERIOD: &str = "period=2026-11";

#[tokio::test]
async fn every_page_says_what_the_figures_say() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    let found = figures(&story, &format!("/v1/figures?{PERIOD}&by=script&index=mean")).await;
    let row = &agent(&found)["rows"][0];
    assert_eq!(row["n"], 12);
    // Twelve answers make a wide interval, which stands in the value's place.
    assert_eq!(row["indices"]["mean"]["state"], "wide");
    let value = range(&row["indices"]["mean"]);
    for path in ["/", "/questions", "/questions/support/agent", "/agents/a-17"] {
        let shown = lead.open(&format!("{path}?{PERIOD}")).await;
        assert!(shown.html.contains(&value), "{path} does not say {value}:\n{}", shown.html);
        assert!(shown.html.contains("12"), "{path}");
        assert!(!shown.html.contains("Ольга <b>"), "{path}");
        let (coverage, number) = (shown.html.find("охват"), shown.html.find(&value));
        assert!(coverage < number, "{path} says the score before the coverage");
        assert!(shown.html.contains("предварительно"), "{path} does not say that the month is not over");
    }
    // Eleven of the twelve gave no reason, so there are counts and no shares.
    let reasons = figures(&story, &format!("/v1/figures/reasons?{PERIOD}")).await;
    assert_eq!(agent(&reasons)["low"], 1);
    let shown = lead.open(&format!("/topics?{PERIOD}")).await;
    assert!(
        shown.html.contains("Отписка вместо ответа") && !shown.html.contains("100\u{202f}%"),
        "{}",
        shown.html
    );
    // Every answer has the topic, so there is nothing to compare it with.
    assert!(
        shown.html.contains("мало оценок для сравнения: 0 из нужных 10")
            && !shown.html.contains("12 из нужных"),
        "{}",
        shown.html
    );
    let ledger = &figures(&story, &format!("/v1/figures?{PERIOD}")).await["ledger"];
    let shown = lead.open(&format!("/coverage?{PERIOD}")).await;
    let events = ledger["events"].as_u64().unwrap();
    let linked = format!("<td class=\"num\"><a href=\"/surveys?{PERIOD}\">{events}</a></td>");
    assert!(shown.html.contains(&linked), "{linked}\n{}", shown.html);
    assert_eq!(lead.open(&format!("/surveys?{PERIOD}")).await.count(), events);
    for name in ["eligible", "delivered", "answered"] {
        let count = ledger[name].as_u64().unwrap();
        assert!(
            shown.html.contains(&format!("state={name}\">{count}</a></td>")),
            "{name}: {count}\n{}",
            shown.html
        );
    }
    assert!(shown.html.contains("Сходится"), "{}", shown.html);
    story.end().await;
}

/// Of purchases nothing is known but the score; of tickets, half have a tag, and some customers answer a second question.
#[tokio::test]
async fn the_overview_has_the_topics_of_the_question_with_most_answers_that_has_any() {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    let question = |key: &str| {
        format!(
            "[[questions]]\nkey = \"{key}\"\nmetric = \"csat\"\nscale = \"1-5\"\n\
             text = {{ ru = \"{key}?\", en = \"{key}?\" }}\n"
        )
    };
    let questions = [question("first"), question("second")].concat();
    story.publish(&script("desk", "on = \"ticket_closed\"", "", &questions)).await;
    let mut asked = Vec::new();
    for number in 0..54_u32 {
        let customer = format!("C-{number}");
        let person = story.customer(&customer, &customer).await;
        let id = number.to_string();
        match number {
            0..12 => story.ticket(&id, &customer, json!({ "tags": ["delivery"] })).await,
            12..24 => story.ticket(&id, &customer, json!({ "tags": ["payment"] })).await,
            _ => story.purchase(&id, &customer, json!({})).await,
        };
        asked.push(person);
        story.advance(seconds(5)).await;
    }
    story.advance(hours(3)).await;
    for (number, person) in asked.into_iter().enumerate() {
        let score = match number {
            0..12 => "1",
            12..24 => "5",
            _ => "10",
        };
        story.tap(person, score).await;
        if (12..16).contains(&number) {
            story.tap(person, "5").await;
        }
        // Alerts come no faster than a group takes them.
        story.advance(seconds(5)).await;
    }
    let lead = story.signed_in(story.lead).await;
    let shown = lead.open(&format!("/?{PERIOD}")).await;
    let (_, below) = shown.html.split_once("Что тянет вниз").expect("no topics on the overview");
    let topics = links(below, "/answers?");
    let of_delivery = |link: &&String| link.contains("tag=delivery");
    let link = topics.iter().find(of_delivery).unwrap_or_else(|| panic!("no topic in {topics:?}"));
    assert!(link.contains("script=desk") && link.contains("q=first"), "{link}");
    assert_eq!(lead.open(link).await.count(), 12);
    assert!(!topics.iter().any(|link| link.contains("tag=payment")), "it pulls nothing down: {topics:?}");
    story.end().await;
}

#[tokio::test]
async fn every_number_leads_to_what_it_counts() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    let shown = lead.open(&format!("/questions/support/agent?{PERIOD}")).await;
    for (band, count) in [("low", 1), ("neutral", 3), ("high", 8)] {
        let link =
            links(&shown.html, "/answers").into_iter().find(|link| link.contains(&format!("band={band}")));
        assert_eq!(lead.open(&link.unwrap()).await.count(), count, "{band}");
    }
    let agents = lead.open(&format!("/agents?{PERIOD}")).await;
    let link = links(&agents.html, "/answers").into_iter().find(|link| link.contains("agent=a-17")).unwrap();
    assert_eq!(lead.open(&link).await.count(), 12, "{link}");
    story.end().await;
}

#[tokio::test]
async fn the_topics_of_an_agent_lead_to_as_many_events_as_they_say() {
    let story = scored().await;
    // An event that another script asks about, or none.
    let facts = json!({ "agent": { "id": "a-17", "name": "Ольга <b>" }, "tags": ["delivery"] });
    story.purchase("P-1", "C-1", facts).await;
    let lead = story.signed_in(story.lead).await;
    let shown = lead.open(&format!("/agents/a-17?{PERIOD}")).await;
    let (_, after) = shown.html.split_once("tag=delivery\">").expect("a topic");
    let count: u64 = after.split('<').next().unwrap().parse().unwrap();
    let link = links(&shown.html, "/surveys").into_iter().find(|link| link.contains("tag=delivery")).unwrap();
    assert!(count >= 12, "{count}");
    assert_eq!(lead.open(&link).await.count(), count, "{link}");
    story.end().await;
}

#[tokio::test]
async fn with_too_few_there_are_counts_and_no_values() {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    for number in 0..3 {
        let customer = format!("C-{number}");
        let person = story.customer(&customer, &customer).await;
        let metrics = json!({ "first_response_s": 60, "resolution_s": 3_600 });
        let facts = json!({ "metrics": metrics, "agent": { "id": "a-17", "name": "Ольга" } });
        story.ticket(&number.to_string(), &customer, facts).await;
        story.advance(hours(3)).await;
        for tap in ["🙂", "🙂"] {
            story.tap(person, tap).await;
        }
    }
    let lead = story.signed_in(story.lead).await;
    let agents = lead.open(&format!("/agents?{PERIOD}")).await;
    assert!(agents.html.contains("Ни у кого нет нужного числа оценок (10)"), "{}", agents.html);
    assert!(agents.html.contains("мало оценок: 3 из нужных 10"), "{}", agents.html);
    let waiting = lead.open(&format!("/waiting/support/agent?{PERIOD}")).await;
    assert!(waiting.html.contains("<td class=\"num\"><a href=\"/answers"), "{}", waiting.html);
    assert!(!waiting.html.contains("от 0 до"), "{}", waiting.html);
    let support = lead.open(&format!("/support?{PERIOD}")).await;
    assert!(support.html.contains("мало данных: 3 из нужных 10"), "{}", support.html);
    assert!(
        !support.html.contains("среднее 1") && !support.html.contains("не действует"),
        "{}",
        support.html
    );
    // What the events do not know does not narrow them, and the page says so.
    let narrowed = lead.open(&format!("/support?{PERIOD}&script=support")).await;
    assert!(
        narrowed.html.contains("не действует") && narrowed.html.contains("3 из нужных 10"),
        "{}",
        narrowed.html
    );
    story.end().await;
}

#[tokio::test]
async fn a_filter_narrows_numerator_and_denominator_alike() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    let all = lead.open(&format!("/coverage?{PERIOD}")).await;
    assert!(all.html.contains("12 из 13"), "{}", all.html);
    let some = lead.open(&format!("/coverage?{PERIOD}&team=first")).await;
    assert!(some.html.contains("12 из 12"), "{}", some.html);
    let none = lead.open(&format!("/?{PERIOD}&team=nobody")).await;
    assert!(none.html.contains("спрашивать было некого"), "{}", none.html);
    story.end().await;
}

#[tokio::test]
async fn pages_with_figures_are_for_leads_and_say_so() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    for path in
        ["/questions/support/nothing", "/questions/nothing/agent", "/agents/nobody", "/importance/nothing"]
    {
        assert_eq!(lead.get(&format!("{path}?{PERIOD}")).await.status, 404, "{path}");
    }
    let stranger: Reader = story.reader();
    for path in ["/", "/questions", "/agents", "/topics", "/coverage", "/importance"] {
        let shown = stranger.get(path).await;
        assert_eq!((shown.status, shown.leads_to()), (302, "/login"), "{path}");
    }
    story.end().await;
}

#[tokio::test]
async fn pages_stay_small_and_no_address_of_theirs_is_broken() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    let mut seen: Vec<String> = Vec::new();
    let mut next: Vec<String> = vec!["/".to_owned()];
    while let Some(path) = next.pop() {
        if seen.contains(&path) || seen.len() > 120 {
            continue;
        }
        let shown = lead.open(&path).await;
        assert!(shown.html.len() < 60_000, "{path} has {} bytes", shown.html.len());
        for start in ["/questions", "/agents", "/topics", "/coverage", "/importance"] {
            next.extend(
                links(&shown.html, start)
                    .into_iter()
                    .filter(|link| !link.contains("as="))
                    .map(|link| link.split('#').next().unwrap().to_owned()),
            );
        }
        seen.push(path);
    }
    assert!(seen.len() > 10, "{seen:?}");
    story.end().await;
}

#[tokio::test]
async fn a_page_keeps_its_tag_until_its_figures_change() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    let path = format!("/questions?{PERIOD}");
    let tag = |shown: &crate::harness::Shown| shown.headers["etag"].to_str().unwrap().to_owned();
    let first = tag(&lead.open(&path).await);
    story.advance(std::time::Duration::from_mins(2)).await;
    let known = lead.get_with(&path, ("if-none-match", &first)).await;
    assert_eq!((known.status, tag(&known)), (304, first.clone()), "two minutes later nothing has changed");
    let person = story.customer("C-new", "C-new").await;
    story.ticket("new", "C-new", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(person, "🙂").await;
    let changed = lead.get_with(&path, ("if-none-match", &first)).await;
    assert_eq!(changed.status, 200, "there is one answer more");
    story.end().await;
}
