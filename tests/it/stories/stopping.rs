//! Somebody wants no more surveys, or is erased, while the call that brings one is under way: what is said of it is what
//! happened.

use afterword::sandbox::{Fault, Gate};
use afterword::service::erasing;
use afterword::service::export::{Filter, What};
use rstest::rstest;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes};

/// The invitation's call waits at Telegram, and will end so when the gate is opened.
async fn under_way(fault: Option<Fault>) -> (Story, Person, Gate) {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    let (fault, gate) = match fault {
        Some(fault) => fault.then_held(),
        None => Fault::held(),
    };
    story.world.fault(fault.on("sendMessage"));
    story.clock.advance(hours(3));
    gate.arrived(1).await;
    (story, anna, gate)
}

async fn stop(story: &Story, anna: Person) {
    story.world.say(anna.id, "/stop");
    story.wait_until(afterword::sandbox::World::all_confirmed).await;
}

async fn sent_at(story: &Story) -> String {
    let rows = story.export(What::Surveys, &Filter::default()).await;
    rows.iter().find(|row| row["event_kind"] == "purchase").unwrap()["sent_at"].clone()
}

/// What the bot said after the greeting.
fn said(story: &Story, anna: Person) -> Vec<String> {
    let messages = story.world.messages(anna.id);
    messages.iter().filter(|m| m.is_from_bot()).skip(1).map(|m| m.text.plain.clone()).collect()
}

#[rstest]
#[case::too_many_requests(Fault::too_many_requests(20))]
#[case::server_error(Fault::internal_server_error())]
#[case::lost(Fault::dropped_before())]
#[case::gateway(Fault::bad_gateway())]
#[case::foreign(Fault::foreign_page())]
#[case::refused(Fault::error(400, "Bad Request: chat not found"))]
#[tokio::test]
async fn a_survey_stopped_under_way_that_does_not_arrive_is_not_sent_again(#[case] fault: Fault) {
    let (story, anna, gate) = under_way(Some(fault)).await;
    stop(&story, anna).await;
    assert_eq!(story.way("purchase-1").await, "received → scheduled → sending", "nothing is known yet");
    gate.open();
    story.settle().await;
    assert_eq!(story.way("purchase-1").await, "received → scheduled → sending → suppressed");
    assert_eq!(
        (story.state("purchase-1").await.as_str(), sent_at(&story).await.as_str()),
        ("suppressed(opted_out)", "")
    );
    story.advance(hours(2)).await;
    let said = said(&story, anna);
    assert!(said.len() <= 1 && said.iter().all(|text| text.contains("больше не")), "{said:?}");
    story.end().await;
}

#[tokio::test]
pub async fn a_survey_stopped_under_way_that_arrives_was_refused() {
    let (story, anna, gate) = under_way(None).await;
    stop(&story, anna).await;
    gate.open();
    story.settle().await;
    assert_eq!(story.way("purchase-1").await, "received → scheduled → sending → sent → refused");
    assert_ne!(sent_at(&story).await, "");
    let said = said(&story, anna);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(story.world.messages(anna.id).iter().rev().nth(1).unwrap().keyboard.is_empty(), "{said:?}");
    story.end().await;
}

#[tokio::test]
pub async fn a_survey_that_arrives_before_its_customer_blocks_the_bot_ends_with_that() {
    let (story, anna, gate) = under_way(None).await;
    // The reply to our call is later than the word of Telegram that they have blocked the bot.
    let person = json!({"id": anna.id, "is_bot": false, "first_name": "Анна"});
    let bot = json!({"id": 1, "is_bot": true, "first_name": "Bot"});
    let blocked = json!({"chat": {"id": anna.id, "type": "private"}, "from": person, "date": 0,
                         "old_chat_member": {"status": "member", "user": bot},
                         "new_chat_member": {"status": "kicked", "user": bot, "until_date": 0}});
    story.world.inject("my_chat_member", &blocked);
    story.wait_until(afterword::sandbox::World::all_confirmed).await;
    assert_eq!(story.way("purchase-1").await, "received → scheduled → sending", "nothing is known yet");
    gate.open();
    story.settle().await;
    assert_eq!(story.state("purchase-1").await, "expired(blocked)");
    assert_ne!(sent_at(&story).await, "");
    story.end().await;
}

#[tokio::test]
pub async fn a_survey_of_unknown_fate_is_not_repeated_after_a_stop() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.clock.advance(hours(3));
    let end = story.clock.now().plus(minutes(5));
    for method in ["sendMessage", "sendChatAction"] {
        story.world.fault(Fault::dropped_before().on(method).until(end));
    }
    story.wait_until(|world| world.calls("sendChatAction") > 0).await;
    story.rests().await;
    stop(&story, anna).await;
    assert_eq!(story.state("purchase-1").await, "suppressed(opted_out)");
    story.settle().await;
    assert_eq!(said(&story, anna).len(), 1, "{:?}", said(&story, anna));
    story.end().await;
}

#[tokio::test]
async fn the_words_after_a_stop_do_not_wait_for_a_survey_that_is_tried_again() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.world.fault(Fault::internal_server_error().on("sendMessage").times(4));
    let met = story.world.faults_met();
    story.clock.advance(hours(3));
    for pause in [1, 2, 4] {
        story.wait_until(|world| world.faults_met() > met).await;
        story.rests().await;
        story.clock.advance(std::time::Duration::from_secs(pause));
    }
    story.wait_until(|world| world.faults_met() >= met + 4).await;
    story.rests().await;
    let at = story.clock.now();
    stop(&story, anna).await;
    story.rests().await;
    assert_eq!((said(&story, anna).len(), story.clock.now()), (1, at));
    story.settle().await;
    assert_eq!(story.state("purchase-1").await, "suppressed(opted_out)");
    story.end().await;
}

#[rstest]
#[case::arrives(None, "received → scheduled → sending → sent → refused")]
#[case::refused(Some(Fault::too_many_requests(20)), "received → scheduled → sending → suppressed")]
#[case::lost(Some(Fault::dropped_before()), "received → scheduled → sending → suppressed")]
#[tokio::test]
async fn a_survey_erased_under_way_is_what_its_call_came_to(#[case] fault: Option<Fault>, #[case] way: &str) {
    let arrives = fault.is_none();
    let (story, anna, gate) = under_way(fault).await;
    let mut unit = story.unit().await;
    erasing::customer(&mut unit, "C-1").await.unwrap().unwrap();
    unit.commit().await.unwrap();
    gate.open();
    story.settle().await;
    assert_eq!(story.way("purchase-1").await, way);
    assert_eq!(sent_at(&story).await.is_empty(), !arrives);
    assert!(said(&story, anna).is_empty(), "{:?}", said(&story, anna));
    story.advance(hours(2)).await;
    assert_eq!(story.way("purchase-1").await, way);
    story.end().await;
}

#[tokio::test]
pub async fn a_tap_that_comes_together_with_a_stop_before_it_counts_for_nothing() {
    let mut story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    let mut tap = String::new();
    story
        .stop_for(minutes(1), |story| {
            story.world.say(anna.id, "/stop");
            tap = story.touch(anna, "9");
        })
        .await;
    assert_eq!(story.toast(&tap), "Этот опрос уже завершён. Спасибо!");
    assert_eq!(story.way("purchase-1").await, "received → scheduled → sending → sent → refused");
    story.end().await;
}
