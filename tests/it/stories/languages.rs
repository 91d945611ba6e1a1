//! In which language somebody is asked.

use serde_json::{Value, json};

use super::harness::{Setting, Story, hours};

/// The first line that somebody with this Telegram reads of a survey.
async fn asked(story: Story, telegram: Option<&str>, event: Value) -> &'static str {
    let person = story.person_in("Kim", telegram);
    story.link(person, "C-1").await;
    story.purchase("1", "C-1", json!({ "customer": event })).await;
    story.advance(hours(3)).await;
    let text = story.last(person);
    story.end().await;
    if text.contains("Three short questions") && text.contains("[ Stop this survey ]") {
        "en"
    } else if text.contains("Три коротких вопроса") && text.contains("[ Остановить опрос ]")
    {
        "ru"
    } else {
        panic!("neither: {text}")
    }
}

#[tokio::test]
async fn the_events_language_comes_before_the_telegrams_and_that_before_the_default() {
    assert_eq!(asked(Story::new().await, Some("ru"), json!({ "language": "en" })).await, "en");
    assert_eq!(asked(Story::new().await, Some("en"), json!({ "language": "ru-RU" })).await, "ru");
    assert_eq!(asked(Story::new().await, Some("en-GB"), json!({})).await, "en");
    assert_eq!(asked(Story::new().await, Some("ru"), json!({})).await, "ru");
    assert_eq!(asked(Story::new().await, Some("pt-br"), json!({})).await, "ru");
    assert_eq!(asked(Story::new().await, None, json!({})).await, "ru");
}

#[tokio::test]
async fn a_language_nobody_translated_gives_way_to_the_next() {
    assert_eq!(asked(Story::new().await, Some("en"), json!({ "language": "de" })).await, "en");
}

#[tokio::test]
async fn the_default_is_the_environments() {
    let story = Setting::new().await.set("DEFAULT_LOCALE", "en").start().await;
    assert_eq!(asked(story, Some("pt-br"), json!({})).await, "en");
}
