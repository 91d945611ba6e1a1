//! Nobody silences the leads: however much one person does, another customer's bad score is seen within seconds.

use std::time::Duration;

use afterword::domain::ids;
use afterword::sandbox::{MessageId, Role};
use afterword::store::{Lane, Outgoing, Payload};
use rstest::rstest;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes};

const SECOND: Duration = Duration::from_secs(1);
/// So late another customer's bad score may be seen.
const SOON: u64 = 8;

/// A customer in front of the first question.
async fn asked(story: &Story, name: &str, number: u32) -> Person {
    let customer = format!("C-{number}");
    let person = story.customer(name, &customer).await;
    story.purchase(&number.to_string(), &customer, json!({})).await;
    person
}

/// Anna, who may do much, and Boris, who is not content either.
async fn two() -> (Story, Person, Person) {
    let story = Story::new().await;
    let (anna, boris) = (asked(&story, "Анна", 1).await, asked(&story, "Борис", 2).await);
    story.advance(hours(3)).await;
    (story, anna, boris)
}

/// Returns when nothing more happens at this moment of the clock, which stands still meanwhile.
async fn rest(story: &Story) {
    story.world.idle().await;
    story.stage.sender.idle().await;
}

async fn pass(story: &Story, seconds: u64) {
    for _ in 0..seconds {
        story.clock.advance(SECOND);
        rest(story).await;
    }
}

/// Seconds until the leads' group shows this.
async fn seconds_until(story: &Story, shown: &str) -> u64 {
    rest(story).await;
    for seconds in 0..120 {
        if story.alerts().contains(shown) {
            return seconds;
        }
        pass(story, 1).await;
    }
    panic!("the leads do not see {shown}:\n{}", story.alerts());
}

/// Boris is not content, and the leads see it soon.
async fn is_seen(story: &Story, boris: Person) {
    story.touch(boris, "1");
    let seconds = seconds_until(story, "C-2").await;
    assert!(seconds <= SOON, "seen after {seconds} s");
}

fn waiting(story: &Story) -> usize {
    story.stage.sender.status().queued
}

/// Says something, and the clock stands still.
async fn say(story: &Story, person: Person, text: &str) -> MessageId {
    let id = story.world.say(person.id, text);
    rest(story).await;
    id
}

async fn edit(story: &Story, person: Person, message: MessageId, text: &str) {
    story.world.edit_own_message(person.id, person.id, message, text);
    rest(story).await;
}

/// Nobody is answered twice at one moment but those who ask so.
async fn end(story: Story) {
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
async fn sixty_messages_to_a_human_hold_up_no_alert_and_arrive_joined() {
    let (story, anna, boris) = two().await;
    say(&story, anna, "/human").await;
    for number in 1..=60 {
        say(&story, anna, &format!("слово <{number}>")).await;
    }
    is_seen(&story, boris).await;
    pass(&story, 90).await;
    assert_eq!(waiting(&story), 0);
    let alerts = story.alerts();
    for number in 1..=60 {
        assert_eq!(alerts.matches(&format!("слово <{number}>")).count(), 1, "{number}: {alerts}");
    }
    assert!(story.world.sent_count(story.leads) <= 12, "{alerts}");
    story.end().await;
}

#[tokio::test]
async fn a_message_that_is_edited_thirty_times_is_one_message_that_changes() {
    let (story, anna, boris) = two().await;
    say(&story, anna, "/human").await;
    let message = say(&story, anna, "верните деньги").await;
    let before = story.world.sent_count(story.leads);
    for number in 1..=30 {
        edit(&story, anna, message, &format!("верните {number}")).await;
    }
    is_seen(&story, boris).await;
    story.settle().await;
    assert!(story.alerts().contains("верните 30\n"), "{}", story.alerts());
    assert!(!story.alerts().contains("деньги"), "{}", story.alerts());
    // Boris's alert is the one that came.
    assert_eq!(story.world.sent_count(story.leads), before + 1);
    story.end().await;
}

#[tokio::test]
pub async fn an_edited_text_is_changed_where_it_is_shown_also_among_others() {
    let (story, anna, _) = two().await;
    say(&story, anna, "/human").await;
    // As many leave at once as one person may send in a minute, what is said then waits together.
    for number in 1..=7 {
        say(&story, anna, &format!("первое {number}")).await;
    }
    let waiting = say(&story, anna, "ждёт").await;
    let long = say(&story, anna, "длинное").await;
    say(&story, anna, "тоже ждёт").await;
    edit(&story, anna, waiting, "дождалось").await;
    edit(&story, anna, long, &"очень длинное ".repeat(280)).await;
    assert!(!story.alerts().contains("дождалось"), "{}", story.alerts());
    story.settle().await;
    assert!(story.alerts().contains("дождалось\n\n  тоже ждёт"), "{}", story.alerts());
    assert_eq!(story.alerts().matches("очень длинное").count(), 280);
    edit(&story, anna, waiting, "уже показано").await;
    edit(&story, anna, long, "короткое").await;
    story.settle().await;
    assert!(story.alerts().contains("уже показано\n\n  тоже ждёт"), "{}", story.alerts());
    assert!(!story.alerts().contains("дождалось") && !story.alerts().contains("✏️"), "{}", story.alerts());
    assert!(story.alerts().contains("(edited) (to 2): короткое"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
async fn twenty_five_strangers_who_ask_for_a_human_share_one_silent_message() {
    let (story, _, boris) = two().await;
    for number in 1..=25 {
        let stranger = story.person(&format!("Чужой {number}"));
        story.world.start(stranger.id, None);
        say(&story, stranger, "/human").await;
        // The bot as a whole sends thirty messages a second.
        if number % 10 == 0 {
            pass(&story, 1).await;
        }
    }
    is_seen(&story, boris).await;
    story.settle().await;
    let alerts = story.alerts();
    assert!(alerts.contains("Пишут незнакомые люди: 20"), "{alerts}");
    for number in 1..=25 {
        assert!(alerts.contains(&format!("Чужой {number}")), "each has a line: {alerts}");
    }
    assert_eq!(alerts.matches("Нужен человек").count(), 5, "{alerts}");
    let loud = story.world.messages(story.leads).into_iter().filter(|message| !message.silent);
    assert_eq!(loud.filter(|message| message.service.is_none()).count(), 1, "only Boris rings: {alerts}");
    story.end().await;
}

#[tokio::test]
async fn a_stranger_who_asks_again_and_again_stays_one_silent_post() {
    let (story, _, boris) = two().await;
    let eve = story.person("Ева");
    story.start(eve).await;
    for _ in 0..30 {
        say(&story, eve, "/human").await;
    }
    is_seen(&story, boris).await;
    story.settle().await;
    pass(&story, 90).await;
    assert_eq!(story.alerts().matches("Нужен человек").count(), 1, "{}", story.alerts());
    end(story).await;
}

#[tokio::test]
async fn a_customer_who_asks_again_and_again_rings_once_a_minute() {
    let (story, anna, boris) = two().await;
    for _ in 0..30 {
        say(&story, anna, "/human").await;
    }
    is_seen(&story, boris).await;
    story.settle().await;
    // The post, and one line that rings.
    assert_eq!(story.alerts().matches("Нужен человек").count(), 2, "{}", story.alerts());
    end(story).await;
}

#[tokio::test]
pub async fn words_of_somebody_who_is_listed_with_others_come_under_their_name() {
    let (story, _, _) = two().await;
    let mut last = None;
    for number in 1..=7 {
        let customer = story.customer(&format!("Клиент {number}"), &format!("K-{number}")).await;
        say(&story, customer, "/human").await;
        last = Some(customer);
    }
    assert!(story.alerts().contains("Ещё 2 обращения"), "{}", story.alerts());
    story.say(last.unwrap(), "Позвоните мне").await;
    let alerts = story.alerts();
    let (_, fold) = alerts.rsplit_once("Ещё 2 обращения").unwrap();
    assert!(fold.contains("K-7") && fold.contains("«Позвоните мне»"), "{alerts}");
    let fold = story
        .world
        .messages(story.leads)
        .into_iter()
        .rfind(|message| message.keyboard.iter().flatten().any(|button| button.text == "№107"));
    story.world.tap(story.lead.id, story.leads, fold.unwrap().id, "№107").unwrap();
    story.settle().await;
    story.advance(minutes(1)).await;
    let alerts = story.alerts();
    let (_, card) = alerts.rsplit_once("Нужен человек").unwrap();
    assert!(card.contains("K-7") && card.contains("): Позвоните мне"), "{alerts}");
    story.end().await;
}

#[tokio::test]
async fn a_member_without_a_role_makes_the_bot_say_nothing_in_the_group() {
    let (story, _, boris) = two().await;
    let lena = story.person("Лена");
    story.start(lena).await;
    story.world.add_member(story.leads, lena.id, Role::Member);
    let before = (story.world.sent_count(story.leads), story.world.sent_count(lena.id));
    for _ in 0..72 {
        for command in ["/help@afterword_sandbox_bot", "/alerts", "/start", "/staff"] {
            story.world.say_in(story.leads, None, lena.id, command);
        }
    }
    rest(&story).await;
    assert_eq!(story.world.sent_count(story.leads), before.0);
    is_seen(&story, boris).await;
    story.settle().await;
    assert!(story.world.sent_count(lena.id) <= before.1 + 6, "{}", story.chat(lena));
    end(story).await;
}

#[tokio::test]
async fn a_score_that_falls_again_and_again_rings_once_a_minute() {
    let (story, anna, boris) = two().await;
    story.tap(anna, "2").await;
    story.tap(anna, "Пропустить").await;
    for _ in 0..10 {
        for button in ["← Назад", "9", "← Назад", "3", "Пропустить"] {
            pass(&story, 1).await;
            story.touch(anna, button);
            rest(&story).await;
        }
    }
    is_seen(&story, boris).await;
    pass(&story, 90).await;
    assert_eq!(waiting(&story), 0);
    let rings = story.alerts().matches("Оценка снова упала").count();
    assert!((1..=2).contains(&rings), "{rings} rings: {}", story.alerts());
    // Every ring has the same words.
    story.end_with(|problem| problem.contains("Оценка снова упала")).await;
}

#[tokio::test]
async fn thirty_photos_hold_up_no_alert_and_all_arrive() {
    let (story, anna, boris) = two().await;
    story.tap(anna, "2").await;
    for _ in 0..30 {
        story.world.send_photo(anna.id, None);
    }
    rest(&story).await;
    assert!(waiting(&story) >= 23, "{}", waiting(&story));
    is_seen(&story, boris).await;
    story.settle().await;
    assert!(story.alerts().contains("📎 30 вложений"), "{}", story.alerts());
    assert_eq!(story.alerts().matches("(photo)").count(), 30, "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
async fn in_a_crowd_of_bad_scores_the_next_one_is_a_line_within_seconds() {
    let story = Story::new().await;
    let boris = asked(&story, "Борис", 2).await;
    let mut crowd = Vec::new();
    for number in 11..=41 {
        crowd.push(asked(&story, &format!("Клиент {number}"), number).await);
        if number % 10 == 0 {
            story.advance(SECOND).await;
        }
    }
    story.advance(hours(3)).await;
    for person in &crowd {
        story.touch(*person, "1");
    }
    rest(&story).await;
    is_seen(&story, boris).await;
    story.settle().await;
    // Five posts, and a fold that counts the others.
    assert_eq!(story.world.sent_count(story.leads), 6);
    assert!(story.alerts().contains("Ещё 27 плохих оценок"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
async fn ten_bad_scores_with_reasons_and_words_are_seen_as_they_come() {
    let story = Story::new().await;
    let mut people = Vec::new();
    for number in 11..=20 {
        people.push((asked(&story, &format!("Клиент {number}"), number).await, number));
    }
    story.advance(hours(3)).await;
    for (index, (person, number)) in people.into_iter().enumerate() {
        story.touch(person, "2");
        let seconds = seconds_until(&story, &format!("C-{number}")).await;
        // Five have messages of their own, the others are lines of a fold.
        let most = if index < 5 { 1 } else { 5 };
        assert!(seconds <= most, "number {number} seen after {seconds} s:\n{}", story.alerts());
        story.touch(person, "Брак или поломка");
        rest(&story).await;
        say(&story, person, &format!("слова {number}")).await;
        pass(&story, 2).await;
    }
    story.settle().await;
    for number in 11..=20 {
        assert!(story.alerts().contains(&format!("слова {number}")), "{number}: {}", story.alerts());
    }
    story.end().await;
}

#[rstest]
#[case::help("/help")]
#[case::links("/start 0123456789abcdefghijkl")]
#[case::what_others_may("/scripts")]
#[tokio::test]
async fn three_hundred_calls_for_nothing_are_answered_a_few_times(#[case] command: &str) {
    let (story, _, _) = two().await;
    let eve = story.person("Ева");
    story.start(eve).await;
    let before = story.world.sent_count(eve.id);
    for _ in 0..300 {
        story.world.say(eve.id, command);
    }
    rest(&story).await;
    story.settle().await;
    assert!(story.world.sent_count(eve.id) <= before + 6, "{}", story.chat(eve));
    story.advance(minutes(2)).await;
    story.say(eve, "/help").await;
    assert!(story.last(eve).contains("/human"), "{}", story.last(eve));
    end(story).await;
}

#[tokio::test]
async fn what_is_tidied_up_in_the_group_waits_and_worries_nobody() {
    let (story, _, boris) = two().await;
    let mut tx = story.running.db.write().await.unwrap();
    for number in 1..=300 {
        let edit = Outgoing::edit_shown(
            Lane::CleanUp,
            ids::ChatId::new(story.leads),
            ids::MessageId::new(10_000 + number),
            Payload::text("…"),
        );
        tx.enqueue(&edit, story.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    rest(&story).await;
    is_seen(&story, boris).await;
    for _ in 0..25 {
        story.clock.advance(minutes(1));
        rest(&story).await;
    }
    assert!(waiting(&story) > 100, "{}", waiting(&story));
    let (status, ready) = story.get("/readyz").await;
    assert_eq!(status, 200, "{ready}");
    story.settle().await;
    story.end().await;
}
