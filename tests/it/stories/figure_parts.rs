//! The parts of a question: which of them differ from all others by more than chance.

use serde_json::json;

use super::figure_pages::PERIOD;
use crate::harness::{Setting, hours, script, seconds};

const QUESTION: &str = r#"
[[questions]]
key = "help"
metric = "csi"
scale = "1-5"
alert = "off"
text = { ru = "Как помощь?", en = "How was the help?" }
"#;

#[tokio::test]
async fn a_part_says_how_it_differs_from_all_others() {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    story.publish(&script("desk", "on = \"ticket_closed\"", "", QUESTION)).await;
    let mut asked = Vec::new();
    for number in 0..27 {
        let customer = format!("C-{number}");
        let person = story.customer(&customer, &customer).await;
        let team = match number {
            0..12 => "north",
            12..24 => "south",
            _ => "west",
        };
        story.ticket(&number.to_string(), &customer, json!({ "agent": { "id": "a-1", "team": team } })).await;
        asked.push((person, if team == "north" { "1" } else { "5" }));
        story.advance(seconds(5)).await;
    }
    story.advance(hours(3)).await;
    for (person, score) in asked {
        story.tap(person, score).await;
        story.advance(seconds(5)).await;
    }
    let (_, figures) = story.get(&format!("/v1/figures?{PERIOD}&script=desk&index=mean&by=team")).await;
    let labels: Vec<_> = figures["questions"][0]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let rest = &row["indices"]["mean"]["rest"];
            (row["key"].as_str().unwrap(), rest["n"].as_u64().unwrap(), rest["label"].as_str().unwrap())
        })
        .collect();
    assert_eq!(labels, [("north", 15, "lower"), ("south", 15, "higher"), ("west", 24, "too_few")]);
    let rows = story.csv(&format!("/v1/figures?{PERIOD}&script=desk&index=mean&by=team")).await;
    assert_eq!((rows[0]["rest_n"].as_str(), rows[0]["rest_label"].as_str()), ("15", "lower"));
    let (_, whole) = story.get(&format!("/v1/figures?{PERIOD}&script=desk&by=agent")).await;
    assert!(!whole.to_string().contains("\"rest\""), "{whole}");
    let lead = story.signed_in(story.lead).await;
    let shown = lead.open(&format!("/questions/desk/help?{PERIOD}")).await;
    for said in ["ниже остальных: −4,00", "выше остальных: +3,20"] {
        assert!(shown.html.contains(said), "{said}: {}", shown.html);
    }
    story.end().await;
}
