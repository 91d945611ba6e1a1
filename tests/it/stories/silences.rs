//! We were away for longer than Telegram keeps taps: open surveys are shown again, once.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Setting, Story, hours, minutes};

/// Anna, who has answered the first of three questions.
async fn begun() -> (Story, Person) {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "9").await;
    (story, anna)
}

/// Stops for this long, then starts again; the next poll brings what somebody else wrote.
async fn away(story: &mut Story, time: Duration, meanwhile: impl FnOnce(&Story)) {
    story.stop_for(time, meanwhile).await;
    heard_of(story).await;
}

async fn heard_of(story: &Story) {
    let boris = story.person("Борис");
    story.start(boris).await;
    story.advance(minutes(1)).await;
}

#[tokio::test]
pub async fn a_tap_that_was_lost_in_a_downtime_is_asked_for_again() {
    let (mut story, anna) = begun().await;
    let sent = story.world.sent_count(anna.id);
    away(&mut story, minutes(20), |story| drop(story.touch(anna, "2"))).await;
    assert_eq!(story.world.updates_expired(), 1);
    assert_snapshot!(story.last(anna), @r"
    Bot: Какое-то время мы были недоступны, и нажатия могли не дойти. Если вы отвечали, ответьте, пожалуйста, ещё раз.

      Вопрос 2 из 3

      Насколько вы довольны качеством товара?

      0 — совсем не устраивает, 10 — всё отлично
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ ← Назад ]
      [ Остановить ]
    ");
    assert_eq!(story.world.sent_count(anna.id), sent + 1);
    // Once a silence, and without a noise.
    story.advance(hours(1)).await;
    assert_eq!(story.world.sent_count(anna.id), sent + 1);
    assert!(story.world.last_message(anna.id).unwrap().silent);
    story.tap(anna, "8").await;
    story.tap(anna, "8").await;
    assert_eq!(story.state("purchase-1").await, "completed");
    assert_snapshot!(story.chat(anna).rsplit_once(": /privacy\n").unwrap().1, @r"
    Bot (edited): Вопрос 2 из 3

      Насколько вы довольны качеством товара?

      0 — совсем не устраивает, 10 — всё отлично
    Bot (edited): Спасибо! Мы читаем каждый ответ.
      [ Изменить ответ ]
    ");
    away(&mut story, minutes(20), |_| ()).await;
    assert_eq!(story.world.sent_count(anna.id), sent + 1);
    story.end_with(|problem| problem.starts_with("a tap whose spinner turns")).await;
}

#[tokio::test]
pub async fn a_short_stop_and_a_tap_that_was_kept_show_nothing_again() {
    let (mut story, anna) = begun().await;
    let sent = story.world.sent_count(anna.id);
    away(&mut story, Duration::from_secs(150), |_| ()).await;
    assert_eq!(story.world.sent_count(anna.id), sent);
    // Tapped so late that Telegram still had it when we came back: the customer is there.
    away(&mut story, minutes(10), |story| {
        story.clock.advance(minutes(9));
        drop(story.touch(anna, "8"));
    })
    .await;
    assert_eq!(story.world.sent_count(anna.id), sent);
    assert!(story.last(anna).contains("Вопрос 3 из 3"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
pub async fn after_a_downtime_into_the_night_surveys_are_shown_again_in_the_morning() {
    let (mut story, anna) = begun().await;
    let sent = story.world.sent_count(anna.id);
    // 18:00 to 22:00.
    away(&mut story, hours(4), |_| ()).await;
    story.advance(hours(11)).await;
    assert_eq!(story.world.sent_count(anna.id), sent);
    story.advance(hours(1)).await;
    assert_eq!(story.world.sent_count(anna.id), sent + 1);
    story.end().await;
}

#[tokio::test]
pub async fn an_untouched_survey_is_shown_again_and_still_reminded_of_once() {
    let mut story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    let john = story.person_in("John", Some("en"));
    story.link(john, "C-1").await;
    story.ticket("7", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    away(&mut story, hours(1), |_| ()).await;
    assert_snapshot!(story.last(john), @r"
    Bot: Hello! №7: did it all work out? Please answer a few short questions; it takes half a minute.

      We were offline for a while, and taps may have been lost. If you were answering, please answer once more.

      Question 1 of 4

      How did we do overall?
      [ 🙁 Bad | 😐 Okay | 🙂 Great ]
      [ Stop ]
    ");
    let sent = story.world.sent_count(john.id);
    story.advance(hours(40)).await;
    assert_eq!(story.world.sent_count(john.id), sent + 1);
    story.tap(john, "🙂").await;
    story.end().await;
}
