//! Telegram fails, replies get lost, the program restarts: nothing is lost and nothing is doubled.

use std::time::Duration;

use afterword::sandbox::{Duplicate, Fault, World};
use afterword::service::export::{Filter, What};
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Story, hours, minutes};

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
    purchase-1 · overall · csi · 3
    purchase-1 · overall · comment · Плохо
    ");
    story.end().await;
}

#[tokio::test]
async fn an_outage_of_telegram_delays_and_loses_nothing() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.world.fault(Fault::internal_server_error().on("sendMessage").times(3));
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
    assert_snapshot!(story.answers().await, @"purchase-1 · overall · csi · 9");
    assert_eq!(story.state("purchase-1").await, "started");
    story.end_after_a_lost_reply().await;
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
    purchase-1 · overall · csi · 3
    purchase-1 · overall · comment · Плохо
    purchase-1 · quality · csi · 9
    purchase-1 · service · csi · 9
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
    purchase-1 · overall · csi · 3
    purchase-1 · overall · comment · Плохо
    ");
    story.end().await;
}

async fn sent_at(story: &Story, event_id: &str) -> String {
    let rows = story.export(What::Surveys, &Filter::default()).await;
    rows.iter().find(|row| row["event_id"] == event_id).unwrap()["sent_at"].clone()
}

/// Cuts everything that goes out for so long, while updates come in.
fn cut(story: &Story, time: Duration) {
    let end = story.clock.now().plus(time);
    for method in
        ["sendMessage", "editMessageText", "sendChatAction", "copyMessage", "answerCallbackQuery", "getMe"]
    {
        story.world.fault(Fault::dropped_before().on(method).until(end));
    }
}

#[tokio::test]
async fn connections_cut_for_a_while_lose_no_survey_and_no_alert() {
    let story = Story::new().await;
    let (anna, boris) = (story.customer("Анна", "C-1").await, story.customer("Борис", "C-2").await);
    story.purchase("2", "C-2", json!({})).await;
    story.advance(minutes(10)).await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(minutes(170)).await;
    cut(&story, minutes(10) + Duration::from_secs(20));
    let met = story.world.faults_met();
    story.touch(boris, "1");
    story.wait_until(|world| world.all_confirmed() && world.faults_met() > met).await;
    story.rests().await;
    story.clock.advance(minutes(10));
    story.rests().await;
    assert_eq!(story.state("purchase-1").await, "sending");
    let (status, ready) = story.get("/readyz").await;
    let detail = ready["checks"]["telegram"]["detail"].as_str().unwrap();
    assert!(status == 503 && detail.contains("has not answered what was sent since"), "{ready}");
    let waiting = ready["checks"]["backlog"]["detail"].as_str().unwrap();
    assert!(waiting.contains("of 1 message nobody knows whether it arrived"), "{ready}");
    assert_eq!(story.alerts(), "");
    story.settle().await;
    assert_eq!((story.state("purchase-1").await.as_str(), story.get("/readyz").await.0), ("sent", 200));
    assert_eq!(story.alerts().matches("1 из 10").count(), 1, "{}", story.alerts());
    assert!(story.last(anna).contains("Вопрос 1 из 3"), "{}", story.last(anna));
    story.end_with(|problem| problem.starts_with("a tap whose spinner turns")).await;
}

/// Loses the answers to two sends in a chat.
fn unanswered(story: &Story, chat: i64) {
    story.world.fault(Fault::dropped_before().on("sendMessage").chat(chat).times(2));
}

#[tokio::test]
pub async fn an_alert_that_nothing_shows_to_have_arrived_is_told_to_the_admins() {
    let story = Story::new().await;
    story.start(story.lead).await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    unanswered(&story, story.leads);
    story.tap(anna, "1").await;
    assert_eq!((story.alerts().as_str(), story.chat(story.lead).contains("C-1")), ("", false));
    story.advance(minutes(3)).await;
    let told = story.chat(story.lead);
    assert_eq!((told.matches("C-1").count(), told.contains("[ Взять | Ответить ]")), (1, true), "{told}");
    story.advance(hours(2)).await;
    assert_eq!(story.alerts(), "", "never a third copy");
    assert_eq!(story.chat(story.lead).matches("C-1").count(), 1);
    story.end().await;
}

#[tokio::test]
pub async fn a_chat_in_which_nothing_is_answered_holds_up_nobody_else() {
    let story = Story::new().await;
    let (anna, boris) = (story.customer("Анна", "C-1").await, story.customer("Борис", "C-2").await);
    story.purchase("1", "C-1", json!({})).await;
    story.purchase("2", "C-2", json!({})).await;
    story.advance(minutes(170)).await;
    for method in ["sendMessage", "sendChatAction", "editMessageText"] {
        story.world.fault(Fault::dropped_before().on(method).chat(anna.id).always());
    }
    // The chat is asked for a sign of life again and again, so nothing comes to rest by itself.
    let passes = async |time: Duration| {
        for _ in 0..time.as_secs() / 10 {
            story.clock.advance(Duration::from_secs(10));
            story.rests().await;
        }
    };
    passes(minutes(11)).await;
    assert_eq!(story.state("purchase-1").await, "sending");
    assert_eq!(story.state("purchase-2").await, "sent");
    story.touch(boris, "1");
    story.wait_until(World::all_confirmed).await;
    passes(minutes(1)).await;
    assert!(story.alerts().contains("C-2"), "{}", story.alerts());
    assert!(story.last(boris).contains("мы вас подвели"), "{}", story.last(boris));
    story.world.clear_faults();
    story.advance(minutes(2)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    assert!(story.last(anna).contains("Вопрос 1 из 3"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn a_survey_that_nobody_knows_to_have_arrived_is_settled_and_the_next_one_is_asked() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.world.fault(Fault::dropped_before().on("sendMessage").times(2));
    let before = story.world.sent_count(anna.id);
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "sending");
    let (_, ready) = story.get("/readyz").await;
    assert!(
        ready["checks"]["backlog"]["detail"].as_str().unwrap().contains("of 1 message nobody knows"),
        "{ready}"
    );
    story.purchase("2", "C-1", json!({})).await;
    story.advance(minutes(90)).await;
    assert_eq!(story.state("purchase-1").await, "undeliverable(unconfirmed)");
    assert_eq!((sent_at(&story, "purchase-1").await.as_str(), story.world.sent_count(anna.id)), ("", before));
    story.advance(hours(2)).await;
    assert_eq!(story.state("purchase-2").await, "sent");
    story.end().await;
}

#[tokio::test]
pub async fn a_tap_proves_that_an_invitation_arrived_which_nobody_knew_of() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.world.fault(Fault::dropped_after().on("sendMessage").times(2));
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "sending");
    story.advance(hours(2)).await;
    assert_eq!(story.state("purchase-1").await, "undeliverable(unconfirmed)");
    story.tap(anna, "9").await;
    assert_snapshot!(story.way("purchase-1").await, @"received → scheduled → sending → undeliverable → sent → started");
    assert_snapshot!(story.answers().await, @"purchase-1 · overall · csi · 9");
    assert!(story.last(anna).contains("Вопрос 2 из 3"), "{}", story.last(anna));
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
async fn a_tap_soon_after_ends_that_nobody_knows() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.world.fault(Fault::dropped_after().on("sendMessage").times(2));
    story.advance(hours(3)).await;
    story.tap(anna, "9").await;
    story.advance(minutes(2)).await;
    assert_snapshot!(story.way("purchase-1").await, @"received → scheduled → sending → started");
    assert_ne!(sent_at(&story, "purchase-1").await, "");
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
async fn a_survey_whose_outcome_was_never_stored_is_settled() {
    let story = Story::new().await;
    story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    let met = story.world.faults_met();
    story.world.fault(Fault::too_many_requests(5).on("sendMessage"));
    story.clock.advance(hours(3));
    story.wait_until(|world| world.faults_met() > met).await;
    story.rests().await;
    // As after an error that lasts while the outcome is written down.
    let mut tx = story.running.db.write().await.unwrap();
    let rows = tx.list_outbox_after(0, 10).await.unwrap();
    tx.delete_outbox(&rows.iter().map(|row| row.id).collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
    story.settle().await;
    assert_eq!(story.state("purchase-1").await, "sending");
    story.advance(minutes(70)).await;
    assert_eq!(story.state("purchase-1").await, "undeliverable(unconfirmed)");
    story.purchase("2", "C-1", json!({})).await;
    // Over the night.
    story.advance(hours(16)).await;
    assert_eq!(story.state("purchase-2").await, "sent");
    story.end().await;
}
