//! One person who is several customers, and a customer who has another chat now.

use afterword::sandbox::Fault;
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes};

/// The link that a customer gets who asks for one.
pub async fn new_link(story: &Story, customer: &str) -> String {
    let mut unit = story.unit().await;
    let link = afterword::service::events::personal_link(&mut unit, customer).await.unwrap();
    unit.commit().await.unwrap();
    link.unwrap().url
}

/// Anna with a survey of C-1, and a link of C-1 that nobody has tapped.
async fn asked() -> (Story, Person, String) {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    let link = new_link(&story, "C-1").await;
    story.purchase("1", "C-1", json!({ "customer": { "name": "Анна" } })).await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    (story, anna, link)
}

#[tokio::test]
async fn one_person_is_several_customers_and_is_asked_as_one() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.advance(minutes(1)).await;
    story.link(anna, "C-2").await;
    assert!(story.last(anna).contains("вы подключены"), "{}", story.last(anna));
    let earlier = json!({ "customer": { "name": "Анна" }, "occurred_at": "2026-11-21T12:00:01Z" });
    story.purchase("1", "C-1", earlier).await;
    story.purchase("2", "C-2", json!({ "customer": { "name": "ООО «Ромашка»" } })).await;
    story.advance(hours(4)).await;
    assert_eq!(story.state("purchase-1").await, "suppressed(throttled)");
    assert_eq!(story.state("purchase-2").await, "sent");
    assert!(story.last(anna).contains("ООО «Ромашка», здравствуйте"), "{}", story.last(anna));
    story.tap(anna, "9").await;
    assert_snapshot!(story.answered(&["customer_id", "question", "value"]).await, @"C-2 · overall · 9");
    // Stopping is for all of them.
    story.say(anna, "/stop").await;
    story.advance(hours(24)).await;
    story.purchase("3", "C-1", json!({})).await;
    assert_eq!(story.state("purchase-3").await, "suppressed(opted_out)");
    story.end().await;
}

#[tokio::test]
async fn a_link_is_the_same_until_it_is_tapped_and_then_a_new_one_serves_another_chat() {
    let story = Story::new().await;
    let first = new_link(&story, "C-1").await;
    assert_eq!(new_link(&story, "C-1").await, first);
    let anna = story.person("Анна");
    story.follow(anna, &first).await;
    let second = new_link(&story, "C-1").await;
    assert_ne!(second, first);
    assert_eq!(new_link(&story, "C-1").await, second);
    // Whoever has the chat already may tap it too, and keeps it.
    story.follow(anna, &second).await;
    assert!(story.last(anna).contains("Вы уже подключены"), "{}", story.last(anna));
    let boris = story.person("Борис");
    story.follow(boris, &second).await;
    assert!(story.last(boris).contains("личная"), "{}", story.last(boris));
    story.follow(boris, &new_link(&story, "C-1").await).await;
    assert!(story.last(boris).contains("вы подключены"), "{}", story.last(boris));
    // The former ones give nothing back.
    story.advance(hours(1)).await;
    story.follow(anna, &second).await;
    assert!(!story.last(anna).contains("подключены"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn an_untouched_survey_follows_its_customer_into_the_new_chat() {
    let (story, anna, link) = asked().await;
    let boris = story.person_in("Boris", Some("en"));
    story.follow(boris, &link).await;
    assert_snapshot!(story.last(anna), @"Bot (edited): Теперь мы пишем вам в другой чат: этот опрос уже там.");
    assert_snapshot!(story.last(boris), @r"
    Bot: Hello Анна! Thank you for choosing us. №1: how did it go? Three short questions, less than a minute.

      Question 1 of 3

      How satisfied are you with your purchase overall?

      0 = not at all, 10 = completely
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ Stop ]
    ");
    let stale = story.world.last_message(anna.id).unwrap().id;
    assert_eq!(story.tap_stale(anna, stale, "9").await, "Этот опрос адресован не вам");
    for score in ["9", "9", "9"] {
        story.tap(boris, score).await;
    }
    assert_eq!(story.state("purchase-1").await, "completed");
    // The gap runs for the person who was asked.
    story.purchase("2", "C-1", json!({})).await;
    story.advance(hours(24)).await;
    assert_eq!(story.state("purchase-2").await, "suppressed(throttled)");
    story.end().await;
}

#[tokio::test]
pub async fn a_tap_in_the_former_chat_counts_for_nothing_though_it_comes_together_with_the_move() {
    let (mut story, anna, link) = asked().await;
    let boris = story.person("Борис");
    story.start(boris).await;
    let mut tap = String::new();
    story
        .stop_for(minutes(1), |story| {
            story.world.follow(boris.id, &link);
            tap = story.touch(anna, "9");
        })
        .await;
    assert_eq!(story.toast(&tap), "Этот опрос адресован не вам");
    assert_eq!(story.state("purchase-1").await, "sent");
    assert!(story.last(anna).contains("этот опрос уже там"), "{}", story.last(anna));
    assert!(story.last(boris).contains("Вопрос 1 из 3"), "{}", story.last(boris));
    for score in ["9", "9", "9"] {
        story.tap(boris, score).await;
    }
    assert_eq!(story.state("purchase-1").await, "completed");
    story.end().await;
}

#[tokio::test]
async fn a_survey_that_was_begun_stays_with_whoever_began_it() {
    let (story, anna, link) = asked().await;
    story.tap(anna, "2").await;
    let boris = story.person("Борис");
    story.follow(boris, &link).await;
    assert!(!story.chat(boris).contains("Вопрос"), "{}", story.chat(boris));
    story.say(anna, "Всё сломано").await;
    assert_eq!(story.tap(anna, "9").await, "");
    assert_eq!(story.state("purchase-1").await, "started");
    // The next one is asked in the new chat.
    story.purchase("2", "C-1", json!({})).await;
    story.advance(hours(24)).await;
    assert!(story.last(boris).contains("Вопрос 1 из 3"), "{}", story.last(boris));
    story.end().await;
}

#[tokio::test]
async fn an_untouched_survey_stays_where_it_is_if_there_is_another_in_the_new_chat() {
    let (story, anna, link) = asked().await;
    let boris = story.person("Борис");
    story.link(boris, "C-2").await;
    story.ticket("7", "C-2", json!({})).await;
    story.advance(minutes(200)).await;
    assert_eq!(story.state("ticket_closed-7").await, "sent");
    story.follow(boris, &link).await;
    assert!(!story.chat(boris).contains("покупкой"), "{}", story.chat(boris));
    story.tap(anna, "9").await;
    assert_eq!(story.state("purchase-1").await, "started");
    story.tap(boris, "🙂").await;
    story.end().await;
}

#[tokio::test]
async fn an_untouched_survey_does_not_follow_to_whoever_wants_none_or_is_of_the_staff() {
    let (story, anna, link) = asked().await;
    let boris = story.person("Борис");
    story.say(boris, "/stop").await;
    story.follow(boris, &link).await;
    assert!(story.last(boris).contains("вы подключены"), "{}", story.last(boris));
    story.tap(anna, "9").await;
    story.end().await;

    let (story, anna, link) = asked().await;
    story.follow(story.lead, &link).await;
    assert!(!story.chat(story.lead).contains("Вопрос 1 из 3"), "{}", story.chat(story.lead));
    story.tap(anna, "9").await;
    story.end().await;
}

#[tokio::test]
pub async fn a_survey_that_is_about_to_be_sent_goes_to_the_new_chat_at_once() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    let link = new_link(&story, "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    // Telegram has to be waited for, so the survey stays in the outbox.
    story.world.fault(Fault::too_many_requests(60).on("sendMessage"));
    let before = story.world.calls("sendMessage");
    story.clock.advance(hours(3));
    story.wait_until(|world| world.calls("sendMessage") > before).await;
    assert!(story.stage.sender.idle().await.next_at.is_some());
    let boris = story.person("Борис");
    story.follow(boris, &link).await;
    story.advance(minutes(5)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    assert!(story.last(boris).contains("Вопрос 1 из 3"), "{}", story.last(boris));
    assert!(!story.chat(anna).contains("Вопрос"), "{}", story.chat(anna));
    story.end().await;
}

#[tokio::test]
async fn what_is_still_to_be_sent_goes_to_the_new_chat() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    let link = new_link(&story, "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    let boris = story.person("Борис");
    story.follow(boris, &link).await;
    story.advance(hours(3)).await;
    assert!(story.last(boris).contains("Вопрос 1 из 3"), "{}", story.last(boris));
    assert!(!story.chat(anna).contains("Вопрос"), "{}", story.chat(anna));
    story.end().await;
}
