//! Copies of customers' messages that Telegram refuses: the leads read what they are not shown, and why.

use afterword::sandbox::Fault;
use rstest::rstest;
use serde_json::json;

use crate::harness::{Person, Setting, Story, minutes, seconds};

async fn bad_score(story: &Story, number: u32) -> Person {
    let customer = format!("C-{number}");
    let person = story.customer("Анна", &customer).await;
    story.purchase(&number.to_string(), &customer, json!({ "test": true })).await;
    story.advance(seconds(5)).await;
    story.tap(person, "2").await;
    person
}

fn refuses_copies(story: &Story, chat: i64, description: &str) {
    story.world.fault(Fault::error(400, description).on("copyMessage").chat(chat).always());
}

#[rstest]
#[case("Bad Request: VOICE_MESSAGES_FORBIDDEN", "В этом чате не принимают голосовые")]
#[case("Bad Request: CHAT_SEND_VOICES_FORBIDDEN", "В этот чат боту нельзя присылать такие сообщения")]
#[case("Bad Request: not enough rights to send voice messages to the chat", "нельзя присылать такие")]
#[case("Bad Request: message can't be copied", "Telegram не разрешает его копировать")]
#[case("Bad Request: A_REASON_OF_TOMORROW", "Telegram отвечает: A_REASON_OF_TOMORROW.")]
#[tokio::test]
async fn a_copy_that_is_refused_leaves_a_line_in_the_alert(#[case] reason: &str, #[case] said: &str) {
    let story = Setting::new().await.set("ALERT_CHATS", "").start().await;
    story.start(story.lead).await;
    refuses_copies(&story, story.lead.id, reason);
    let anna = bad_score(&story, 1).await;
    story.world.send_voice(anna.id, 7);
    story.settle().await;
    story.advance(minutes(1)).await;
    let chat = story.chat(story.lead);
    let line = "Голосовое сообщение, 7 с: показать здесь не получилось.";
    assert_eq!(chat.matches(line).count(), 1, "{chat}");
    assert!(chat.contains(said) && chat.contains("Файл есть в выгрузке ответов"), "{chat}");
    assert!(!chat.contains("(voice") && !chat.contains("нельзя писать"), "{chat}");
    // What follows keeps it.
    story.tap(anna, "10").await;
    story.advance(minutes(1)).await;
    assert_eq!(story.chat(story.lead).matches(line).count(), 1, "{}", story.chat(story.lead));
    story.end().await;
}

#[tokio::test]
async fn where_another_chat_shows_it_the_line_says_so() {
    let story = Setting::new().await.set("ALERT_CHATS", "").start().await;
    story.say(story.lead, "/alerts").await;
    story.world.say_in(story.leads, None, story.lead.id, "/alerts");
    story.settle().await;
    refuses_copies(&story, story.lead.id, "Bad Request: VOICE_MESSAGES_FORBIDDEN");
    let anna = bad_score(&story, 1).await;
    story.world.send_voice(anna.id, 7);
    story.settle().await;
    story.advance(minutes(1)).await;
    story.tap(anna, "10").await;
    story.advance(minutes(1)).await;
    assert!(story.alerts().contains("(voice 0:07)"), "{}", story.alerts());
    assert!(!story.alerts().contains("не получилось"), "{}", story.alerts());
    assert!(story.chat(story.lead).contains("Его видно в чате «Отзывы»"), "{}", story.chat(story.lead));
    story.end().await;
}

#[tokio::test]
pub async fn words_for_a_human_that_cannot_be_shown_are_mentioned_once() {
    let story = Story::new().await;
    refuses_copies(&story, story.leads, "Bad Request: VOICE_MESSAGES_FORBIDDEN");
    let anna = story.customer("Анна", "C-1").await;
    story.say(anna, "/human").await;
    for _ in 0..3 {
        story.world.send_voice(anna.id, 7);
        story.settle().await;
        story.advance(minutes(1)).await;
    }
    let shown = story.alerts();
    assert_eq!(shown.matches("Не все сообщения клиента удаётся показать здесь").count(), 1, "{shown}");
    assert_eq!(shown.matches("Нужен человек").count(), 1, "{shown}");
    story.end().await;
}

#[tokio::test]
async fn a_customer_hears_which_of_their_messages_could_not_be_passed_on() {
    let story = Story::new().await;
    refuses_copies(&story, story.leads, "Bad Request: message can't be copied");
    let anna = story.customer("Анна", "C-1").await;
    story.say(anna, "/human").await;
    let voice = story.world.send_voice(anna.id, 7);
    story.settle().await;
    story.advance(minutes(1)).await;
    let said = "Такое сообщение передать не получится";
    let told: Vec<_> =
        story.world.messages(anna.id).into_iter().filter(|m| m.text.plain.contains(said)).collect();
    assert_eq!(told.len(), 1, "{}", story.chat(anna));
    assert_eq!(told[0].reply_to, Some(voice));
    story.end().await;
}
