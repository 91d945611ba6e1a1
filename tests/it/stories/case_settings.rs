//! What an installation chooses about its cases.

use afterword::domain::case::{Act, Cause, Contact};
use afterword::domain::ids::{CaseNumber, PersonId};
use afterword::service::cases;
use serde_json::{Value, json};

use crate::harness::{Person, Setting, Story, hours};

const FIRST: CaseNumber = CaseNumber::new(101);

/// A customer whose order was bad.
async fn complaint(story: &Story, more: Value) -> Person {
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", more).await;
    story.advance(hours(3)).await;
    story.tap(anna, "1").await;
    anna
}

#[tokio::test]
pub async fn customers_see_who_writes_where_the_installation_wants_it() {
    let story = Setting::new().await.set("CASE_NAMES", "show").start().await;
    let anna = complaint(&story, json!({})).await;
    let post = story.world.last_message(story.leads).unwrap().id;
    for words in ["Разбираемся", "Заменим завтра"] {
        story.world.reply_in(story.leads, story.lead.id, post, words);
        story.settle().await;
    }
    let chat = story.chat(anna);
    assert!(chat.contains("Пётр:\n  Разбираемся"), "{chat}");
    assert_eq!(chat.matches("Пётр:").count(), 1, "the name stands above the first message only: {chat}");
    assert!(chat.contains("Заменим завтра"), "{chat}");
    story.end().await;
}

#[tokio::test]
async fn customers_in_urgent_segments_have_urgent_cases() {
    let story = Setting::new().await.set("CASE_URGENT_SEGMENTS", "gold, vip").start().await;
    complaint(&story, json!({ "customer": { "segments": ["vip"] } })).await;
    assert!(story.alerts().contains("срочно"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
async fn words_belong_to_a_resolved_case_as_long_as_the_installation_says() {
    let story = Setting::new().await.set("CASE_REOPEN", "1d").start().await;
    let anna = complaint(&story, json!({})).await;
    let by = PersonId::new(story.lead.id);
    let mut unit = story.unit().await;
    cases::act(&mut unit, FIRST, Act::Take { by, again: false }, None).await.unwrap().unwrap();
    cases::contacted(&mut unit, FIRST, Contact::Otherwise).await.unwrap();
    let resolve = Act::Resolve { by, cause: Cause::Delivery, again: false };
    cases::act(&mut unit, FIRST, resolve, None).await.unwrap().unwrap();
    unit.commit().await.unwrap();
    // The survey is over, too.
    story.advance(hours(80)).await;
    story.say(anna, "А можно ещё вопрос?").await;
    assert!(story.last(anna).contains("обращение №102"), "{}", story.last(anna));
    story.end().await;
}
