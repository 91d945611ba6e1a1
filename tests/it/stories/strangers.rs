//! Taps that are not what they seem: forged, of others, from groups, of earlier surveys.

use afterword::sandbox::{Action, MessageId};
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes};

/// The callback data of the first button of somebody's newest message with buttons, and that message.
fn first_button(story: &Story, person: Person) -> (MessageId, String) {
    let messages = story.world.messages(person.id);
    let message = messages.iter().rev().find(|message| !message.keyboard.is_empty()).unwrap();
    let Action::Callback(data) = message.keyboard[0][0].action.clone() else { panic!("no callback") };
    (message.id, data)
}

async fn asked(name: &str) -> (Story, Person) {
    let story = Story::new().await;
    let person = story.customer(name, "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    (story, person)
}

#[tokio::test]
async fn another_persons_survey_cannot_be_answered_and_the_refusal_is_in_ones_own_language() {
    let (story, anna) = asked("Анна").await;
    let eve = story.person_in("Eve", Some("en"));
    let greeting = story.start(eve).await + 1;
    let (_, data) = first_button(&story, anna);
    let before = story.chat(anna);
    assert_snapshot!(story.forge(eve, eve.id, greeting, &data).await, @"This survey is meant for somebody else");
    // Nor by a message of the victim's chat, forwarded or not.
    assert_snapshot!(story.forge(eve, anna.id, first_button(&story, anna).0, &data).await, @"This survey is meant for somebody else");
    assert_eq!(story.chat(anna), before);
    assert_eq!(story.state("purchase-1").await, "sent");
    story.end().await;
}

#[tokio::test]
async fn a_tap_from_a_group_answers_nothing() {
    let (story, anna) = asked("Анна").await;
    story.world.say_in(story.leads, None, story.lead.id, "смотрите");
    let (_, data) = first_button(&story, anna);
    let message = story.world.messages(story.leads).last().unwrap().id;
    assert_snapshot!(story.forge(anna, story.leads, message, &data).await, @"Этот опрос адресован не вам");
    assert_eq!(story.state("purchase-1").await, "sent");
    story.end().await;
}

#[tokio::test]
pub async fn forged_moves_store_nothing_and_the_spinner_ends() {
    let (story, anna) = asked("Анна").await;
    let (message, data) = first_button(&story, anna);
    let (head, _) = data.rsplit_once(':').unwrap();
    let before = story.last(anna);
    // Off the scale, of another kind of question, of another step, of a turn to come, of no survey.
    for act in ["v11", "v255", "o0", "t0", "d", "k", "b", "c", "x", "q0", "q9", "q99", "w", "", "vv"] {
        let toast = story.forge(anna, anna.id, message, &format!("{head}:{act}")).await;
        assert!(!toast.is_empty(), "{act}");
        assert_eq!(story.last(anna), before, "{act}");
    }
    for data in ["1s:1:zzzz:v5", "1s:zzzzzz:1:v5", "1s:1:1", "2s:1:1:v5", "1r", "🙂", "\u{0}", "' OR 1=1 --"]
    {
        assert!(!story.forge(anna, anna.id, message, data).await.is_empty(), "{data}");
        assert_eq!(story.last(anna), before, "{data}");
    }
    assert_eq!(story.answers().await, "");
    assert_eq!(story.state("purchase-1").await, "sent");
    story.end().await;
}

#[tokio::test]
async fn a_button_of_an_earlier_survey_does_not_answer_the_present_one() {
    let (story, anna) = asked("Анна").await;
    let (old, data) = first_button(&story, anna);
    for _ in 0..3 {
        story.tap(anna, "10").await;
    }
    story.jump_to("2026-11-26T10:00:00Z").await;
    story.purchase("2", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    let present = story.last(anna);
    assert_eq!(story.forge(anna, anna.id, old, &data).await, "Этот опрос уже завершён. Спасибо!");
    // The old data under the new message: the old survey is over, and the new one stays as it is.
    let (new, _) = first_button(&story, anna);
    assert_eq!(story.forge(anna, anna.id, new, &data).await, "Этот опрос уже завершён. Спасибо!");
    assert_eq!(story.last(anna), present);
    assert_eq!(story.state("purchase-2").await, "sent");
    story.tap(anna, "7").await;
    assert_eq!(story.state("purchase-2").await, "started");
    story.end().await;
}

#[tokio::test]
pub async fn a_button_under_a_message_that_was_deleted_or_is_too_old_counts_and_ends_its_spinner() {
    let (story, anna) = asked("Анна").await;
    let (message, data) = first_button(&story, anna);
    let body = json!({
        "id": "4242", "from": { "id": anna.id, "is_bot": false, "first_name": "Анна" },
        "chat_instance": "1", "data": data, "inline_message_id": "AAAA",
    });
    story.world.inject("callback_query", &body);
    story.settle().await;
    assert_eq!(story.state("purchase-1").await, "started");
    story.world.delete_message(anna.id, message);
    story.advance(minutes(1)).await;
    story.world.take_violations();
    story.end().await;
}
