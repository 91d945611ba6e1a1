//! The links of rows lead to exactly what the rows count, also of what an event can have several.

use serde_json::json;

use super::figure_pages::PERIOD;
use crate::harness::{Setting, Story, hours, script};

/// Three tickets each of one topic, of two topics, of another one and of a third; all of one agent.
async fn of_topics() -> Story {
    let story = Setting::new().await.set("QUIET_HOURS", "off").set("MIN_N", "1").start().await;
    for number in 0..12 {
        let customer = format!("C-{number}");
        let person = story.customer(&customer, &customer).await;
        let tags = match number % 4 {
            0 => json!(["delivery"]),
            1 => json!(["delivery", "refund"]),
            2 => json!(["payment"]),
            _ => json!(["refund"]),
        };
        let agent = json!({ "id": "a-17", "name": "Ольга", "team": "first" });
        story.ticket(&number.to_string(), &customer, json!({ "agent": agent, "tags": tags })).await;
        story.advance(hours(3)).await;
        for tap in ["🙂", "🙂"] {
            story.tap(person, tap).await;
        }
    }
    story
}

/// The links of a page that begin so and have this in them, each with the number that it says.
fn numbers(html: &str, start: &str, part: &str) -> Vec<(String, u64)> {
    let links = html.split("<a href=\"").skip(1).filter_map(|rest| {
        let (href, rest) = rest.split_once('"')?;
        let (_, rest) = rest.split_once('>')?;
        let number = rest.split('<').next()?.trim().parse().ok()?;
        Some((href.replace("&#38;", "&").replace("&amp;", "&"), number))
    });
    links.filter(|(href, _)| href.starts_with(start) && href.contains(part)).collect()
}

#[tokio::test]
async fn a_row_keeps_what_is_left_out() {
    let story = of_topics().await;
    let lead = story.signed_in(story.lead).await;
    for (path, start) in [
        (format!("/questions/support/agent?{PERIOD}&cut=tag&tag!=refund"), "/answers"),
        (format!("/topics?{PERIOD}&tag!=refund"), "/answers"),
        (format!("/agents/a-17?{PERIOD}&tag!=refund"), "/surveys"),
    ] {
        let shown = lead.open(&path).await;
        for tag in ["delivery", "payment"] {
            let found = numbers(&shown.html, start, &format!("tag={tag}"));
            let (link, number) = found.first().unwrap_or_else(|| panic!("{path}: no {tag}\n{}", shown.html));
            assert!(link.contains("tag!=refund"), "{path}: {link}");
            assert_eq!((*number, lead.open(link).await.count()), (3, 3), "{path}: {link}");
        }
    }
    story.end().await;
}

#[tokio::test]
async fn a_row_that_no_address_can_say_has_no_link() {
    let story = of_topics().await;
    let lead = story.signed_in(story.lead).await;
    for (path, start) in [
        (format!("/questions/support/agent?{PERIOD}&cut=tag&tag=delivery"), "/answers"),
        (format!("/topics?{PERIOD}&tag=delivery"), "/answers"),
        (format!("/agents/a-17?{PERIOD}&tag=delivery"), "/surveys"),
    ] {
        let shown = lead.open(&path).await;
        assert!(shown.html.contains("refund"), "{path}: {}", shown.html);
        let beside = numbers(&shown.html, start, "tag=refund");
        assert!(beside.is_empty(), "{path}: {beside:?}");
        for (link, number) in numbers(&shown.html, start, "tag=delivery") {
            assert_eq!(lead.open(&link).await.count(), number, "{path}: {link}");
        }
    }
    story.end().await;
}

const CHANNELS: &str = r#"
[[questions]]
key = "channels"
metric = "choice"
multiple = true
text = { ru = "Где вы нас видели?", en = "Where did you see us?" }
options = [
  { key = "street", text = { ru = "На улице", en = "In the street" } },
  { key = "web", text = { ru = "В сети", en = "On the web" } },
]
"#;

#[tokio::test]
async fn the_ends_of_answered_surveys_add_up_to_those_that_are_answered() {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    story.publish(&script("shop", "", "", CHANNELS)).await;
    for (customer, taps) in [
        ("C-1", &["В сети", "Готово"][..]),
        ("C-2", &["На улице", "Готово"]),
        ("C-3", &["В сети", "Готово", "Изменить ответ", "В сети", "Пропустить"]),
    ] {
        let person = story.customer(customer, customer).await;
        story.purchase(customer, customer, json!({})).await;
        story.advance(hours(3)).await;
        for tap in taps {
            story.tap(person, tap).await;
        }
    }
    let lead = story.signed_in(story.lead).await;
    let shown = lead.open(&format!("/coverage?{PERIOD}&script=shop")).await;
    let row = |name: &str| {
        let (_, row) = shown.html.split_once(name).unwrap_or_else(|| panic!("no {name}\n{}", shown.html));
        let (row, _) = row.split_once("</tr>").unwrap();
        let (_, count) = row.split_once("<td class=\"num\">").unwrap();
        count.split("</td>").next().unwrap().to_owned()
    };
    // All three went to the end, and one of them has no answer left.
    assert!(row("<b>Ответили</b>").ends_with(">2</a>"), "{}", shown.html);
    assert_eq!(row("Вопросы пропущены или ответы убраны"), "−1");
    assert_eq!(row(">До конца"), "2");
    story.end().await;
}

#[tokio::test]
async fn the_overview_names_no_topic_that_may_be_chance() {
    let story = of_topics().await;
    let lead = story.signed_in(story.lead).await;
    let shown = lead.open(&format!("/?{PERIOD}")).await;
    assert!(shown.html.contains("Ничто не тянет вниз больше, чем случайно"), "{}", shown.html);
    assert!(!shown.html.contains("tag=delivery"), "{}", shown.html);
    let drawn = lead.open(&format!("/?{PERIOD}&as=svg")).await;
    assert!(drawn.html.contains("Ничто не тянет вниз"), "{}", drawn.html);
    story.end().await;
}

#[tokio::test]
async fn the_forms_of_filters_keep_what_is_left_out() {
    let story = of_topics().await;
    let lead = story.signed_in(story.lead).await;
    let chosen = format!("{PERIOD}&agent!=a-9&team=first&tag=delivery&tag!=refund");
    for path in [format!("/filters?to=%2Fanswers&{chosen}"), format!("/answers?{chosen}")] {
        let shown = lead.open(&path).await;
        let kept = |name: &str, value: &str| {
            shown.html.contains(&format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">"))
        };
        assert!(kept("tag!", "refund") && kept("agent!", "a-9"), "{path}: {}", shown.html);
        // What has a field in the form is said by the field.
        let (_, form) = shown.html.split_once("<input type=\"checkbox\" name=\"team\"").expect("the teams");
        assert!(form.contains("delivery"), "{path}: {form}");
    }
    let fields = lead.open(&format!("/filters?to=%2Fanswers&{chosen}")).await;
    assert!(!fields.html.contains("<input type=\"hidden\" name=\"tag\""), "{}", fields.html);
    story.end().await;
}
