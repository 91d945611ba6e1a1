//! Customers who say very much: it is stored once, there is an end to it, and they are told.

use afterword::sandbox::{Media, MessageId};
use serde_json::{Value, json};

use crate::harness::{Person, Story, hours, minutes, seconds};

async fn asked_why() -> (Story, Person) {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "🙁").await;
    (story, anna)
}

/// What is asked stands below the words again; at another moment, so that it is not taken for a doubled message.
async fn say(story: &Story, person: Person, text: &str) -> MessageId {
    let message = story.say(person, text).await;
    story.advance(seconds(1)).await;
    message
}

async fn comment(story: &Story) -> Value {
    let (_, answers) = story.get("/v1/answers").await;
    let mut answers = answers["answers"].as_array().unwrap().clone();
    answers.retain(|answer| answer["metric"] == "comment");
    assert_eq!(answers.len(), 1, "a comment stands once: {answers:?}");
    answers.remove(0)
}

fn full(story: &Story, person: Person) -> usize {
    story.chat(person).matches("больше нет места").count()
}

/// Everything that is stored about the customer, as text.
async fn record(story: &Story) -> (Value, usize) {
    let (status, record) = story.get("/v1/customers/C-1").await;
    assert_eq!(status, 200, "{record}");
    let size = record.to_string().len();
    (record, size)
}

#[tokio::test]
async fn every_message_is_stored_once_and_above_the_bound_the_customer_is_told_once() {
    let (story, anna) = asked_why().await;
    let words = |number: i32| format!("{number} {}", "x".repeat(390));
    for number in 1..=60 {
        say(&story, anna, &words(number)).await;
    }
    story.advance(minutes(3)).await;
    let comment = comment(&story).await;
    let kept: Vec<String> = (1..=50).map(words).collect();
    assert_eq!(comment["text"].as_str().unwrap(), kept.join("\n"));
    assert_eq!(comment["revision"], 50);
    assert_eq!(full(&story, anna), 1, "{}", story.chat(anna));
    assert!(story.chat(anna).contains("/human"));
    // A copy of the whole with each message would make half a million of it.
    let (_, size) = record(&story).await;
    assert!(size < 100_000, "{size} bytes for 20,000 letters");
    // The survey goes on, and the dialogue is where it was.
    story.tap(anna, "🙂").await;
    story.tap(anna, "Да").await;
    assert_eq!(story.state("ticket_closed-7").await, "completed");
    story.end().await;
}

#[tokio::test]
async fn long_messages_fill_a_survey_sooner_and_so_do_files() {
    let (story, anna) = asked_why().await;
    let long = "Ж".repeat(4000);
    for _ in 0..7 {
        say(&story, anna, &long).await;
    }
    story.advance(minutes(3)).await;
    let text = comment(&story).await["text"].as_str().unwrap().chars().count();
    assert_eq!(text, 5 * 4000 + 4);
    story.say(anna, "и ещё").await;
    assert_eq!(full(&story, anna), 1);
    assert!(!comment(&story).await["text"].as_str().unwrap().contains("и ещё"));
    story.end().await;

    let (story, anna) = asked_why().await;
    for _ in 0..6 {
        story.world.send_album(anna.id, &[const { Media::Photo }; 9], Some("Смотрите"));
        story.advance(seconds(1)).await;
    }
    story.advance(minutes(10)).await;
    assert_eq!(comment(&story).await["attachments"].as_array().unwrap().len(), 50);
    assert_eq!(full(&story, anna), 1);
    story.end().await;
}

#[tokio::test]
pub async fn of_very_many_edits_the_first_text_and_the_last_ones_are_kept() {
    let (story, anna) = asked_why().await;
    let text = |number: i32| format!("{number}:{}", "ж".repeat(996));
    let message = story.say(anna, &text(0)).await;
    for number in 1..=60 {
        story.world.edit_own_message(anna.id, anna.id, message, &text(number));
        story.settle().await;
    }
    story.advance(minutes(3)).await;
    let comment = comment(&story).await;
    assert_eq!(comment["text"], text(60));
    assert_eq!(comment["revision"], 61);
    let (record, size) = record(&story).await;
    let survey = record["events"][1]["survey"].clone();
    let former: Vec<&str> = survey["former_words"]
        .as_array()
        .unwrap()
        .iter()
        .map(|former| former["text"].as_str().unwrap())
        .collect();
    assert_eq!((former[0], former[former.len() - 1]), (text(0).as_str(), text(59).as_str()));
    assert!((15..=21).contains(&former.len()), "{}", former.len());
    assert!(size < 80_000, "{size}");
    story.end().await;
}

#[tokio::test]
pub async fn a_message_cannot_outgrow_the_room_by_an_edit_and_can_be_shortened() {
    let (story, anna) = asked_why().await;
    let mut first = 0;
    for number in 0..20 {
        let message = say(&story, anna, &"ж".repeat(990)).await;
        first = if number == 0 { message } else { first };
    }
    story.advance(minutes(3)).await;
    story.world.edit_own_message(anna.id, anna.id, first, &"щ".repeat(2000));
    story.settle().await;
    assert_eq!(full(&story, anna), 1);
    assert!(!comment(&story).await["text"].as_str().unwrap().contains('щ'));
    story.world.edit_own_message(anna.id, anna.id, first, "щ");
    story.settle().await;
    assert!(comment(&story).await["text"].as_str().unwrap().starts_with("щ\nж"));
    assert_eq!(full(&story, anna), 1);
    story.end().await;
}

#[tokio::test]
async fn the_record_of_a_customer_with_very_many_events_comes_whole_and_in_order() {
    let (story, anna) = asked_why().await;
    story.say(anna, "Долго").await;
    story.say(anna, "/human").await;
    let events: Vec<Value> = (0..200)
        .map(|number| {
            json!({
                "event_id": format!("visit-{number}"), "kind": "ticket_opened",
                "occurred_at": story.clock.now().to_rfc3339(),
                "customer": { "id": "C-1" }, "subject": { "id": format!("{}", 500 - number) },
            })
        })
        .collect();
    assert_eq!(story.post(&json!(events)).await.1["accepted"], 200);
    let (record, _) = record(&story).await;
    let listed: Vec<&str> = record["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["event_id"].as_str().unwrap())
        .collect();
    let expected: Vec<String> = (0..200).map(|number| format!("visit-{number}")).collect();
    assert_eq!(listed[2..], expected);
    assert_eq!(record["events"][1]["survey"]["answers"][1]["text"], "Долго");
    assert_eq!(record["cases"].as_array().unwrap().len(), 1);
    assert_eq!(record["persons"][0]["telegram_id"], anna.id);
    story.end().await;
}
