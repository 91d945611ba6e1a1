//! The machine's wall clock is put back or forward while the program runs. Nobody should notice.

use std::time::Duration;

use rstest::rstest;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes, script};

const SECOND: i64 = 1000;
const HOUR: i64 = 3600 * SECOND;
const DAY: i64 = 24 * HOUR;

const ONE: &str = "[[questions]]\nkey = \"q\"\nmetric = \"csi\"\nscale = \"1-5\"\n\
                   text = { ru = \"Как всё прошло?\", en = \"How was it?\" }\n\
                   low = { comment = { ru = \"Почему?\", en = \"Why?\" } }\n";

/// What may pass until something that is due at once is there.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Anna in front of her first question; her chat and the leads' were written to in this very second.
async fn everybody_was_just_written_to() -> (Story, Person) {
    let story = Story::new().await;
    let boris = story.customer("Борис", "C-0").await;
    story.purchase("0", "C-0", json!({})).await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(boris, "2").await;
    (story, anna)
}

/// Lets what is due at once happen; more time than that must not be needed.
async fn at_once(story: &Story) {
    let before = story.clock.instant();
    story.settle().await;
    let took = story.clock.instant().since(before);
    assert!(took <= AT_ONCE, "it took {took:?}");
}

#[rstest]
#[case::a_minute_back(-60 * SECOND)]
#[case::an_hour_back(-HOUR)]
#[case::a_day_back(-DAY)]
#[case::an_hour_forward(HOUR)]
#[case::a_day_forward(DAY)]
#[tokio::test]
async fn taps_alerts_and_help_go_on_at_once_when_the_clock_is_set(#[case] by: i64) {
    let (story, anna) = everybody_was_just_written_to().await;
    let alerts = story.world.sent_count(story.leads);
    let carl = story.customer("Карл", "C-2").await;
    let sent = story.world.sent_count(carl.id);
    story.touch(anna, "1");
    story.clock.step(by);
    at_once(&story).await;
    assert_eq!(story.world.sent_count(story.leads), alerts + 1, "{}", story.alerts());
    story.world.say(carl.id, "/help");
    at_once(&story).await;
    assert_eq!(story.world.sent_count(carl.id), sent + 1);
    assert_eq!(story.get("/readyz").await.0, 200);
    story.end().await;
}

#[rstest]
#[case::a_minute_back(-60 * SECOND)]
#[case::an_hour_back(-HOUR)]
#[case::a_day_back(-DAY)]
#[tokio::test]
async fn a_test_that_is_due_at_once_leaves_at_once_after_the_clock_was_put_back(#[case] by: i64) {
    let (story, _) = everybody_was_just_written_to().await;
    let carl = story.customer("Карл", "C-2").await;
    let sent = story.world.sent_count(carl.id);
    story.clock.step(by);
    story.purchase("2", "C-2", json!({ "test": true })).await;
    // The background work looks every second.
    story.clock.advance(Duration::from_secs(1));
    at_once(&story).await;
    assert_eq!(story.world.sent_count(carl.id), sent + 1);
    story.end().await;
}

#[tokio::test]
async fn a_clock_put_forward_and_back_again_repeats_nothing_and_loses_nothing() {
    let (story, anna) = everybody_was_just_written_to().await;
    let sent = story.world.sent_count(anna.id);
    story.clock.step(10 * 60 * SECOND);
    story.advance(minutes(2)).await;
    // A silence is measured by the time that passes: nothing is shown again.
    assert_eq!(story.world.sent_count(anna.id), sent);
    story.tap(anna, "9").await;
    story.clock.step(-10 * 60 * SECOND);
    story.advance(minutes(1)).await;
    story.tap(anna, "9").await;
    story.tap(anna, "9").await;
    story.advance(minutes(30)).await;
    assert_eq!(story.state("purchase-1").await, "completed");
    assert_eq!(story.world.sent_count(anna.id), sent);
    story.end().await;
}

#[tokio::test]
async fn retries_after_an_outage_go_on_though_the_clock_was_put_back_in_it() {
    let (story, anna) = everybody_was_just_written_to().await;
    story.world.fault(afterword::sandbox::Fault::bad_gateway().on("editMessageText").times(2));
    story.touch(anna, "9");
    story.clock.step(-HOUR);
    let before = story.clock.instant();
    story.settle().await;
    assert!(story.clock.instant().since(before) <= Duration::from_secs(10));
    assert!(story.last(anna).contains("Вопрос 2 из 3"), "{}", story.last(anna));
    story.end().await;
}

#[rstest]
#[case::at_once("delay_min = \"0s\"\ndelay = \"0s\"", Duration::from_secs(1))]
#[case::after_an_hour("delay_min = \"0s\"\ndelay = \"1h\"", hours(1))]
#[tokio::test]
async fn an_event_whose_senders_clock_is_ahead_of_ours_is_asked_about_no_later(
    #[case] send: &str,
    #[case] delay: Duration,
) {
    let story = Story::new().await;
    story.publish(&script("own", "", send, ONE)).await;
    story.customer("Анна", "C-1").await;
    let senders_time = story.clock.now();
    story.clock.step(-600 * SECOND);
    story.purchase("1", "C-1", json!({ "occurred_at": senders_time.to_rfc3339() })).await;
    story.clock.advance(delay + Duration::from_secs(1));
    at_once(&story).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    story.end().await;
}
