//! Of few who were heard, pages say what the silent leave possible in place of a score.

use afterword::domain::staff::Role;
use serde_json::{Value, json};

use super::figure_pages::{PERIOD, scored};
use super::pages::member;
use crate::harness::{Setting, Story, hours, script};

const QUESTIONS: &str = r#"
[[questions]]
key = "speed_importance"
metric = "importance"
scale = "0-10"
factor = "speed"
text = { ru = "Важна ли скорость?", en = "Does speed matter?" }

[[questions]]
key = "speed"
metric = "csi"
scale = "1-5"
factor = "speed"
text = { ru = "Быстро ли было?", en = "Was it fast?" }
"#;

/// Twelve who answered, among as many more purchases of customers whom nobody can reach.
async fn heard(unreached: usize) -> Story {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    story.publish(&script("shop", "", "", QUESTIONS)).await;
    for number in 0..12 {
        let customer = format!("C-{number}");
        let person = story.customer(&customer, &customer).await;
        story.purchase(&number.to_string(), &customer, json!({ "agent": { "id": "a-1" } })).await;
        story.advance(hours(3)).await;
        story.tap(person, "8").await;
        story.tap(person, "5").await;
    }
    for number in 0..unreached {
        let name = format!("U-{number}");
        story.purchase(&name, &name, json!({ "agent": { "id": "a-1" } })).await;
    }
    story
}

async fn weighted(story: &Story, more: &str) -> Value {
    let (status, report) = story.get(&format!("/v1/figures/importance?{PERIOD}&script=shop{more}")).await;
    assert_eq!(status, 200, "{report}");
    report["scripts"][0]["weighted"].clone()
}

#[tokio::test]
async fn below_the_least_coverage_the_bounds_take_the_place_of_every_score() {
    let story = heard(60).await;
    let lead = story.signed_in(story.lead).await;
    let found = weighted(&story, "").await;
    // Twelve said 5; sixty others might say 1, or 5.
    let bounds = [0, 1].map(|place: usize| found["bounds"][place].as_f64().unwrap());
    assert!((bounds[0] - 120.0 / 72.0).abs() < 1e-9 && (bounds[1] - 5.0).abs() < 1e-9, "{found}");
    assert!(weighted(&story, "&band=high").await["bounds"].is_null());
    for path in ["/questions", "/importance/shop"] {
        let shown = lead.open(&format!("{path}?{PERIOD}")).await;
        for said in ["17\u{202f}%", "от 1,66 до 5,00", "что бы ни думали промолчавшие", "по ответившим 5,00"]
        {
            assert!(shown.html.contains(said), "{path} does not say {said}: {}", shown.html);
        }
    }
    let shown = lead.open(&format!("/?{PERIOD}")).await;
    let (_, unheard) = shown.html.split_once("Кого мы не услышали").expect("those who were not heard");
    assert!(unheard.contains("Быстро ли было?") && !unheard.contains("Важна ли скорость?"), "{unheard}");
    let shown = lead.open(&format!("/questions?{PERIOD}")).await;
    assert!(!shown.html.contains("<td class=\"num\">5,00"), "{}", shown.html);
    story.end().await;
}

#[tokio::test]
async fn agents_read_of_their_own_scores_whom_they_are_of() {
    let said = |html: &str| {
        let (_, table) = html.split_once("<tbody>").expect("one's own scores");
        table.split_once("</tbody>").unwrap().0.to_owned()
    };
    let story = heard(60).await;
    let olga = member(&story, "Ольга", Role::Agent, Some("a-1")).await;
    let scores = said(&story.signed_in(olga).await.open("/me").await.html);
    for told in
        ["охват 17\u{202f}%", "от 1,66 до 5,00", "что бы ни думали промолчавшие", "по ответившим 5,00"]
    {
        assert!(scores.contains(told), "{told} is not in {scores}");
    }
    assert!(scores.find("охват") < scores.find("от 1,66"), "{scores}");
    story.end().await;
    // Nearly everybody is heard, but the scores say little.
    let story = scored().await;
    let olga = member(&story, "Ольга", Role::Agent, Some("a-17")).await;
    let scores = said(&story.signed_in(olga).await.open("/me").await.html);
    assert!(scores.contains("охват 100\u{202f}%") && scores.contains("точность низкая: от "), "{scores}");
    story.end().await;
}

#[tokio::test]
async fn with_enough_coverage_the_score_stands_in_its_place() {
    let story = heard(0).await;
    let lead = story.signed_in(story.lead).await;
    for path in ["/questions", "/importance/shop"] {
        let shown = lead.open(&format!("{path}?{PERIOD}")).await;
        assert!(
            shown.html.contains("5,00") && !shown.html.contains("промолчавшие"),
            "{path}: {}",
            shown.html
        );
    }
    story.end().await;
}
