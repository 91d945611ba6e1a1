//! What comes to a group at one moment, within the calls that it may get: deadlines that are near for several cases, what
//! leads do one after the other, and a customer who writes much.

use afterword::domain::case::{Act, Contact};
use afterword::domain::ids::{CaseNumber, PersonId};
use afterword::domain::time::Timestamp;
use afterword::sandbox::{Fault, Media};
use afterword::service::cases;
use serde_json::json;

use super::case_load::{MOST_CALLS, calls, most_in_a_minute, rest};
use super::case_times::{AT_ONCE, ONE};
use crate::harness::{Person, Story, hours, minutes, script, seconds};

/// A story in which so many customers rated a ticket badly at one moment, and said nothing more.
async fn rated_together(count: u32) -> (Story, Vec<Person>) {
    let story = Story::new().await;
    story.start(story.lead).await;
    story.publish(&script("support", "on = \"ticket_closed\"", AT_ONCE, ONE)).await;
    let mut people = Vec::new();
    for number in 1..=count {
        let customer = format!("C-{number}");
        people.push(story.customer(&format!("Клиент {number}"), &customer).await);
        story.ticket(&number.to_string(), &customer, json!({})).await;
    }
    story.advance(minutes(2)).await;
    for button in ["1", "Пропустить"] {
        for person in &people {
            story.touch(*person, button);
        }
        story.settle().await;
    }
    (story, people)
}

/// When the bot sent what contains these words to the leads' group.
fn came(story: &Story, words: &str) -> Vec<Timestamp> {
    let messages = story.world.messages(story.leads);
    let found = messages.iter().filter(|message| message.is_from_bot() && message.text.plain.contains(words));
    found.map(|message| message.date).collect()
}

#[tokio::test]
pub async fn the_reminders_of_cases_that_are_due_together_come_together() {
    let (story, _) = rated_together(4).await;
    story.advance(hours(21)).await;
    let came = came(&story, "⏰");
    assert_eq!(came.len(), 4, "{}", story.alerts());
    assert!(came.iter().all(|at| at.since(came[0]) <= seconds(5)), "{came:?}");
    story.end().await;
}

/// The time of the reminder comes while Telegram takes no message for the group.
async fn the_reminder_waits(story: &Story, wait: i64) {
    story.advance(hours(19)).await;
    story.world.fault(Fault::too_many_requests(wait).chat(story.leads));
    story.clock.advance(hours(1) + minutes(5));
    story.rests().await;
    assert_eq!(story.world.faults_met(), 1);
}

#[tokio::test]
pub async fn a_reminder_that_still_waits_when_the_customer_has_an_answer_is_not_sent() {
    let (story, _) = rated_together(1).await;
    the_reminder_waits(&story, 1800).await;
    let (number, by) = (CaseNumber::new(101), PersonId::new(story.lead.id));
    let mut unit = story.unit().await;
    cases::act(&mut unit, number, Act::Take { by, again: false }, None).await.unwrap().unwrap();
    cases::contacted(&mut unit, number, Contact::Otherwise).await.unwrap();
    unit.commit().await.unwrap();
    story.settle().await;
    story.advance(hours(1)).await;
    assert!(story.alerts().contains("ведёт Пётр"), "{}", story.alerts());
    assert_eq!(came(&story, "⏰ №101: ответить"), [], "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
pub async fn a_reminder_that_waits_longer_than_its_deadline_is_left_out() {
    let (story, _) = rated_together(1).await;
    the_reminder_waits(&story, 6 * 3600).await;
    story.clock.advance(hours(4));
    story.rests().await;
    story.settle().await;
    story.advance(hours(3)).await;
    assert_eq!(came(&story, "⏰ №101: ответить"), [], "{}", story.alerts());
    let overdue = story.chat(story.lead).matches("🔥 №101: клиенту не ответили в срок").count();
    assert_eq!(overdue, 1, "{}", story.chat(story.lead));
    story.end().await;
}

/// What the bot has sent to the leads' group after the first messages.
fn sent_after(story: &Story, first: usize) -> Vec<String> {
    let messages = story.world.messages(story.leads);
    let sent = messages.iter().filter(|message| message.is_from_bot()).skip(first);
    sent.map(
        |message| if message.media.is_some() { "(photo)".to_owned() } else { message.text.plain.clone() },
    )
    .collect()
}

#[tokio::test]
pub async fn texts_that_wait_are_not_joined_past_a_photo_between_them() {
    let (story, people) = rated_together(1).await;
    story.advance(minutes(20)).await;
    let (anna, before) = (people[0].id, sent_after(&story, 0).len());
    story.world.fault(Fault::too_many_requests(30).chat(story.leads));
    story.world.send_photo(anna, None);
    for text in ["а вот упаковка:", "и этикетка"] {
        story.world.say(anna, text);
    }
    story.world.send_photo(anna, None);
    story.world.say(anna, "всё");
    story.settle().await;
    let shown = sent_after(&story, before);
    assert_eq!(shown, ["(photo)", "а вот упаковка:\n\nи этикетка", "(photo)", "всё"], "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
pub async fn whoever_speaks_alone_is_heard_at_once_however_many_messages_they_send() {
    let (story, people) = rated_together(1).await;
    story.advance(minutes(20)).await;
    let (anna, before) = (people[0].id, sent_after(&story, 0).len());
    let began = story.clock.now();
    story.world.say(anna, "Смотрите, что пришло");
    rest(&story).await;
    story.world.send_photo(anna, None);
    rest(&story).await;
    story.world.send_voice(anna, 5);
    rest(&story).await;
    story.world.send_album(anna, &[Media::Photo, Media::Photo, Media::Photo], None);
    rest(&story).await;
    story.clock.advance(seconds(2));
    story.rests().await;
    story.world.say(anna, "И всё");
    story.settle().await;
    let messages = story.world.messages(story.leads);
    let shown: Vec<_> = messages.iter().filter(|message| message.is_from_bot()).skip(before).collect();
    // The album has a line of its own above it.
    assert_eq!(shown.len(), 8, "{}", story.alerts());
    assert!(shown.iter().all(|message| message.date.since(began) <= seconds(5)), "{}", story.alerts());
    assert!(most_in_a_minute(&calls(&story)) <= MOST_CALLS);
    story.end().await;
}

#[tokio::test]
pub async fn many_taps_of_a_lead_are_answered_at_once_and_the_next_bad_score_is_seen_soon() {
    let (story, _) = rated_together(1).await;
    let boris = story.customer("Борис", "C-2").await;
    story.ticket("2", "C-2", json!({})).await;
    story.advance(minutes(2)).await;
    let messages = story.world.messages(story.leads);
    let post = messages.iter().find(|message| message.text.plain.contains("№101 ·")).unwrap().id;
    for tap in 0..13 {
        let [button, next] =
            if tap % 2 == 0 { ["Ещё", "‹ Назад"] } else { ["‹ Назад", "Ещё"] };
        story.world.tap(story.lead.id, story.leads, post, button).unwrap();
        rest(&story).await;
        let shown = story.world.message(story.leads, post).unwrap();
        assert!(shown.button_texts().concat().contains(&next), "tap {tap}: {:?}", shown.button_texts());
        story.clock.advance(seconds(2));
    }
    story.touch(boris, "1");
    let touched = story.clock.now();
    rest(&story).await;
    while !story.alerts().contains("C-2") {
        story.clock.advance(seconds(1));
        rest(&story).await;
        assert!(story.clock.now().since(touched) <= seconds(8), "{}", story.alerts());
    }
    story.settle().await;
    assert!(most_in_a_minute(&calls(&story)) <= MOST_CALLS);
    story.end().await;
}
