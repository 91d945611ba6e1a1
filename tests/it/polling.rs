//! What only those live through who ask for updates. Of a webhook in trouble `webhook.rs` tells.

use afterword::sandbox::Fault;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes};

/// Anna, who has a survey before her.
async fn asked() -> (Story, Person) {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    (story, anna)
}

fn conflict() -> Fault {
    Fault::error(409, "Conflict: terminated by other getUpdates request").on("getUpdates")
}

#[tokio::test]
pub async fn polling_goes_on_after_errors_and_conflicts() {
    let (story, anna) = asked().await;
    story.world.fault(Fault::bad_gateway().on("getUpdates").times(2));
    story.world.fault(conflict());
    story.tap(anna, "9").await;
    assert!(story.last(anna).contains("Вопрос 2 из 3"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
pub async fn an_outage_of_telegram_for_us_alone_counts_as_a_silence_too() {
    let (story, anna) = asked().await;
    story.tap(anna, "9").await;
    let sent = story.world.sent_count(anna.id);
    story.world.fault(conflict().times(60));
    story.advance(minutes(5)).await;
    // The next poll brings what somebody else wrote.
    let boris = story.person("Борис");
    story.start(boris).await;
    story.advance(minutes(1)).await;
    assert_eq!(story.world.sent_count(anna.id), sent + 1);
    assert!(story.last(anna).contains("были недоступны"), "{}", story.last(anna));
    story.end().await;
}
