//! What a case is about: by itself what the customer chose, until a lead says so.

use afterword::domain::ids::CaseNumber;
use serde_json::json;

use super::case_times::{AT_ONCE, ONE};
use crate::harness::{Setting, minutes, script, seconds};

#[tokio::test]
pub async fn a_lead_who_confirms_the_ticked_category_has_chosen_it_and_it_follows_the_answers_no_more() {
    let story =
        Setting::new().await.set("CASE_FIRST_CONTACT", "slow/normal 2h, agent/normal 1h").start().await;
    story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, ONE)).await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({})).await;
    story.advance(minutes(1)).await;
    story.tap(anna, "1").await;
    let press = async |button: &str| {
        story.world.tap(story.lead.id, story.leads, 2, button).unwrap();
        story.settle().await;
        story.advance(seconds(10)).await;
    };
    for button in ["Ещё", "Категория", "✓ Как вам помощь?"] {
        press(button).await;
    }
    story.tap(anna, "Долго").await;
    story.tap(anna, "Готово").await;
    story.advance(minutes(1)).await;
    let (_, case) = story.get("/v1/cases/101").await;
    assert_eq!(case["category"], json!("agent"), "{case}");
    assert!(story.alerts().contains("№101 · свободно · ответить до 21.11 16:01"), "{}", story.alerts());
    let chosen = async || {
        let mut tx = story.running.db.read().await.unwrap();
        let steps = tx.list_case_steps(CaseNumber::new(101)).await.unwrap();
        steps.iter().filter(|step| step.kind == "category" && step.actor.is_some()).count()
    };
    assert_eq!(chosen().await, 1);
    // Once it is chosen, a further tap on it changes nothing.
    for button in ["Ещё", "Категория", "✓ Как вам помощь?"] {
        press(button).await;
    }
    assert_eq!(chosen().await, 1);
    story.end().await;
}
