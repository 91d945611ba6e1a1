//! How surveys end: what is complete and when, what a block leaves, a chat that is not there.

use afterword::sandbox::Fault;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Person, Story, hours, minutes, script};

const ONE: &str = r#"
[[questions]]
key = "first"
metric = "csi"
scale = "1-5"
text = { ru = "Как товар?", en = "How are the goods?" }
alert = "low"
[questions.low]
reasons = [ { key = "late", text = { ru = "Поздно", en = "Late" } } ]
comment = { ru = "Что не так?", en = "What is wrong?" }
"#;

async fn asked() -> (Story, Person) {
    let story = Story::new().await;
    story.publish(&script("own", "", "", ONE)).await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    (story, anna)
}

/// The survey of the first purchase, as the API gives it.
async fn survey(story: &Story) -> Value {
    let (_, ledger) = story.get("/v1/events/purchase-1").await;
    story.get(&format!("/v1/surveys/{}", ledger["survey_id"].as_str().unwrap())).await.1
}

#[tokio::test]
async fn nobody_has_to_say_why_for_a_survey_to_be_complete() {
    let (story, anna) = asked().await;
    story.tap(anna, "1").await;
    let completed = story.clock.now();
    let done = survey(&story).await;
    assert_eq!((&done["state"], &done["ended_at"]), (&json!("completed"), &Value::Null));
    assert_eq!(done["completed_at"], json!(completed.to_string()));
    story.advance(minutes(14)).await;
    story.tap(anna, "Поздно").await;
    story.advance(minutes(14)).await;
    let last = story.clock.now();
    story.say(anna, "На неделю").await;
    story.advance(minutes(14)).await;
    assert_eq!(survey(&story).await["ended_at"], Value::Null);
    story.advance(minutes(1)).await;
    let ended = survey(&story).await;
    assert_eq!(ended["completed_at"], json!(completed.to_string()), "reasons and words change nothing of it");
    assert_eq!(ended["ended_at"], json!(last.plus(minutes(15)).to_string()));
    story.end().await;
}

#[tokio::test]
async fn whoever_takes_longer_to_say_why_is_still_heard() {
    let (story, anna) = asked().await;
    story.tap(anna, "1").await;
    story.advance(minutes(60)).await;
    story.say(anna, "На неделю").await;
    story.advance(minutes(20)).await;
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · first · csi · 1
    purchase-1 · first · comment · На неделю
    ");
    assert_snapshot!(story.last(anna), @r"
    Bot: Спасибо, что рассказали. Передали тем, кто может это исправить.

      Комментарий записан.

      Обращение №101. Ответим здесь 22 ноября до 18:00.
      [ Изменить ответ ]
    ");
    story.end().await;
}

#[tokio::test]
async fn whoever_blocks_the_bot_half_way_leaves_what_they_said() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "2").await;
    story.world.block(anna.id);
    let blocked_at = story.clock.now();
    story.settle().await;
    assert_eq!(story.state("purchase-1").await, "partial(blocked)");
    assert_eq!(survey(&story).await["ended_at"], json!(blocked_at.to_string()));
    assert_snapshot!(story.answers().await, @"purchase-1 · overall · csi · 2");
    assert!(story.alerts().contains("2 из 10"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
pub async fn a_chat_that_is_not_there_any_more_is_an_outcome() {
    let story = Story::new().await;
    story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.world.fault(Fault::error(400, "Bad Request: chat not found").on("sendMessage"));
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "undeliverable(chat_not_found)");
    story.end().await;
}
