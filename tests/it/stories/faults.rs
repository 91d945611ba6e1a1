//! Telegram fails, replies get lost, the program restarts: nothing is lost and nothing is doubled.

use afterword::sandbox::{Duplicate, Fault};
use insta::assert_snapshot;
use serde_json::json;

use super::harness::{Story, hours, minutes};

#[tokio::test]
async fn taps_that_come_twice_count_once() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.world.duplicate_next(Duplicate::SameId, 1);
    story.tap(anna, "3").await;
    story.world.duplicate_next(Duplicate::NewId, 1);
    story.say(anna, "Плохо").await;
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · quality · csi · 3
    purchase-1 · quality · comment · Плохо
    ");
    story.end().await;
}

#[tokio::test]
async fn an_outage_of_telegram_delays_and_loses_nothing() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.world.fault(Fault::bad_gateway().on("sendMessage").times(3));
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    story.world.fault(Fault::internal_server_error().on("editMessageText").times(2));
    story.world.fault(Fault::too_many_requests(4).on("editMessageText"));
    story.tap(anna, "9").await;
    assert!(story.last(anna).contains("Вопрос 2 из 3"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn an_invitation_whose_reply_was_lost_may_come_twice_and_either_copy_is_the_survey() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.world.fault(Fault::dropped_after().on("sendMessage"));
    story.advance(hours(3)).await;
    let copies: Vec<_> =
        story.world.messages(anna.id).into_iter().filter(|m| !m.keyboard.is_empty()).collect();
    assert_eq!(copies.len(), 2);
    let tap = story.world.tap(anna.id, anna.id, copies[0].id, "9").unwrap();
    story.settle().await;
    assert_eq!(story.toast(&tap), "");
    story.world.tap(anna.id, anna.id, copies[1].id, "8").unwrap();
    story.settle().await;
    assert_snapshot!(story.answers().await, @"purchase-1 · quality · csi · 9");
    assert_eq!(story.state("purchase-1").await, "started");
    story.end_with(|problem| problem.starts_with("twice in chat")).await;
}

#[tokio::test]
async fn a_restart_goes_on_where_it_was() {
    let mut story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.restart().await;
    story.advance(hours(3)).await;
    story.tap(anna, "3").await;
    story.restart().await;
    story.say(anna, "Плохо").await;
    story.tap(anna, "9").await;
    story.restart().await;
    story.tap(anna, "9").await;
    story.advance(minutes(30)).await;
    assert_eq!(story.state("purchase-1").await, "completed");
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · quality · csi · 3
    purchase-1 · quality · comment · Плохо
    purchase-1 · service · csi · 9
    purchase-1 · price · csi · 9
    ");
    story.end().await;
}

#[tokio::test]
async fn what_came_while_it_was_down_is_handled_at_the_start() {
    let mut story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    assert!(story.running.stop(minutes(1)).await);
    story.touch(anna, "3");
    story.world.say(anna.id, "Плохо");
    story.restart().await;
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · quality · csi · 3
    purchase-1 · quality · comment · Плохо
    ");
    story.end().await;
}
