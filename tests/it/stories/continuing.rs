//! A survey that its button has stopped can be continued for a quarter of an hour.

use afterword::sandbox::{Fault, MessageId};
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes, script, seconds};

/// Anna, who has a survey after a purchase on her screen.
async fn asked() -> (Story, Person) {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    (story, anna)
}

fn shown(story: &Story, anna: Person) -> MessageId {
    story.world.last_message(anna.id).unwrap().id
}

#[tokio::test]
pub async fn a_stop_is_taken_back_before_any_answer_and_after_one() {
    let (story, anna) = asked().await;
    assert_eq!(story.tap(anna, "Остановить").await, "Опрос остановлен");
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Хорошо, этот опрос остановлен.
      [ Продолжить ]
    ");
    assert_eq!(story.state("purchase-1").await, "refused");
    story.advance(minutes(14)).await;
    assert_eq!(story.tap(anna, "Продолжить").await, "");
    assert_eq!(story.state("purchase-1").await, "sent");
    story.tap(anna, "9").await;
    story.tap(anna, "Остановить").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Хорошо, этот опрос остановлен. Ответы, которые вы уже дали, сохранены.
      [ Продолжить ]
    ");
    assert_eq!(story.state("purchase-1").await, "partial(stopped)");
    story.tap(anna, "Продолжить").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Вопрос 2 из 3

      Насколько вы довольны качеством товара?

      0 — совсем не устраивает, 10 — всё отлично
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ ← Назад ]
      [ Остановить ]
    ");
    story.tap(anna, "8").await;
    story.tap(anna, "10").await;
    assert_snapshot!(story.way("purchase-1").await, @"received → scheduled → sending → sent → refused → sent → started → partial → started → completed");
    story.end().await;
}

#[tokio::test]
pub async fn after_a_quarter_of_an_hour_the_button_goes_by_itself() {
    let (story, anna) = asked().await;
    let message = shown(&story, anna);
    story.tap(anna, "Остановить").await;
    story.advance(minutes(15)).await;
    story.pause().await;
    assert_snapshot!(story.last(anna), @"Bot (edited): Хорошо, этот опрос остановлен.");
    assert_eq!(story.tap_stale(anna, message, "Продолжить").await, "Этот опрос уже завершён. Спасибо!");
    assert_eq!(story.state("purchase-1").await, "refused");
    story.end().await;
}

#[tokio::test]
async fn a_stopped_survey_does_not_come_between_another_one() {
    let (story, anna) = asked().await;
    let message = shown(&story, anna);
    story.tap(anna, "Остановить").await;
    story.publish(&script("soon", "", "delay_min = \"0s\"\ndelay = \"0s\"", ONE)).await;
    story.purchase("2", "C-1", json!({})).await;
    story.advance(minutes(1)).await;
    assert_eq!(story.state("purchase-2").await, "sent");
    let tap = story.world.tap(anna.id, anna.id, message, "Продолжить").unwrap();
    story.settle().await;
    assert_eq!(story.toast(&tap), "Сейчас открыт другой опрос, этот продолжить нельзя");
    assert_eq!(story.state("purchase-1").await, "refused");
    story.tap(anna, "5").await;
    assert_eq!(story.state("purchase-2").await, "completed");
    story.end().await;
}

const ONE: &str = "[[questions]]\nkey = \"q\"\nmetric = \"csi\"\nscale = \"1-5\"\ntext = { ru = \"Как вам?\", en = \"How was it?\" }\n";

#[tokio::test]
pub async fn whoever_wants_no_surveys_any_more_cannot_continue_one() {
    let (story, anna) = asked().await;
    let message = shown(&story, anna);
    story.tap(anna, "Остановить").await;
    story.say(anna, "/stop").await;
    assert!(story.world.messages(anna.id).iter().all(|m| m.id != message || m.keyboard.is_empty()));
    story.tap(anna, "Снова получать опросы").await;
    assert_eq!(story.tap_stale(anna, message, "Продолжить").await, "Этот опрос уже завершён. Спасибо!");
    assert_eq!(story.state("purchase-1").await, "refused");
    story.end().await;
}

#[tokio::test]
async fn a_survey_that_stop_has_ended_offers_no_way_back() {
    let (story, anna) = asked().await;
    let message = shown(&story, anna);
    story.say(anna, "/stop").await;
    assert_eq!(story.state("purchase-1").await, "refused");
    let under = story.world.messages(anna.id).into_iter().find(|m| m.id == message).unwrap();
    assert!(under.keyboard.is_empty(), "{}", story.chat(anna));
    story.end().await;
}

#[tokio::test]
async fn a_stop_that_overtakes_the_reply_to_the_invitation_is_taken_back_too() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.world.fault(Fault::dropped_after().on("sendMessage").chat(anna.id));
    story.advance(hours(3)).await;
    story.tap(anna, "Остановить").await;
    assert_eq!(story.state("purchase-1").await, "refused");
    story.advance(seconds(5)).await;
    story.tap(anna, "Продолжить").await;
    assert_eq!(story.state("purchase-1").await, "sent");
    story.advance(hours(71)).await;
    story.tap(anna, "9").await;
    assert_eq!(story.state("purchase-1").await, "started");
    story.end_after_a_lost_reply().await;
}
