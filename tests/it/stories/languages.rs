//! In which language somebody is asked.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Setting, Story, hours, minutes};

/// The first line that somebody with this Telegram reads of a survey.
async fn asked(story: Story, telegram: Option<&str>, event: Value) -> &'static str {
    let person = story.person_in("Kim", telegram);
    story.link(person, "C-1").await;
    story.purchase("1", "C-1", json!({ "customer": event })).await;
    story.advance(hours(3)).await;
    let text = story.last(person);
    story.end().await;
    if text.contains("Three short questions") && text.contains("[ Stop ]") {
        "en"
    } else if text.contains("Три коротких вопроса") && text.contains("[ Остановить ]")
    {
        "ru"
    } else {
        panic!("neither: {text}")
    }
}

#[tokio::test]
async fn the_events_language_comes_before_the_telegrams_and_that_before_the_default() {
    assert_eq!(asked(Story::new().await, Some("ru"), json!({ "language": "en" })).await, "en");
    assert_eq!(asked(Story::new().await, Some("en"), json!({ "language": "ru-RU" })).await, "ru");
    assert_eq!(asked(Story::new().await, Some("en-GB"), json!({})).await, "en");
    assert_eq!(asked(Story::new().await, Some("ru"), json!({})).await, "ru");
    assert_eq!(asked(Story::new().await, Some("pt-br"), json!({})).await, "ru");
    assert_eq!(asked(Story::new().await, None, json!({})).await, "ru");
}

#[tokio::test]
async fn a_language_nobody_translated_gives_way_to_the_next() {
    assert_eq!(asked(Story::new().await, Some("en"), json!({ "language": "de" })).await, "en");
}

#[tokio::test]
async fn the_default_is_the_environments() {
    let story = Setting::new().await.set("DEFAULT_LOCALE", "en").start().await;
    assert_eq!(asked(story, Some("pt-br"), json!({})).await, "en");
}

#[tokio::test]
async fn the_chosen_language_wins_everywhere_and_an_open_survey_changes_at_once() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({ "customer": { "language": "ru" } })).await;
    story.advance(hours(3)).await;
    story.tap(anna, "2").await;
    story.say(anna, "/language").await;
    assert_snapshot!(story.last(anna), @r"
    Bot: На каком языке вам писать?
      Which language do you prefer?
      [ ✓ Русский ]
      [ English ]
    ");
    assert_eq!(story.tap(anna, "English").await, "We write in English now");
    assert_snapshot!(story.chat(anna).rsplit_once(": /privacy\n").unwrap().1, @r"
    Bot (edited): Your score: 2/10

      We are sorry we let you down. What was wrong?

      You can write here, send a voice message or a photo.
      [ Faulty or damaged ]
      [ Not as described ]
      [ A long wait ]
      [ Problems with delivery ]
      [ Not worth the money ]
      [ Something else ]
      [ Skip ]
      [ ← Back ]
      [ Stop ]
    Анна: /language
    Bot (edited): OK, English it is.
      [ Русский ]
      [ ✓ English ]
    ");
    story.say(anna, "It broke at once").await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Thank you, noted.

      Question 2 of 3

      How satisfied are you with the quality of what you bought?

      0 = not at all, 10 = completely
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ ← Back ]
      [ Stop ]
    ");
    story.say(anna, "/stop").await;
    assert!(story.last(anna).contains("no more surveys"), "{}", story.last(anna));
    story.tap(anna, "Get surveys again").await;
    // While a case is talked about nobody is asked; it is silent for three days.
    story.advance(hours(96)).await;
    // The event says Russian, Telegram says Russian; the person has said otherwise.
    story.purchase("2", "C-1", json!({ "customer": { "language": "ru" } })).await;
    story.advance(hours(24)).await;
    assert!(story.last(anna).contains("Three short questions"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn a_language_can_be_chosen_back_and_twice_and_no_other_than_ours() {
    let story = Story::new().await;
    let john = story.person_in("John", Some("en"));
    story.start(john).await;
    story.say(john, "/language").await;
    let question = story.world.last_message(john.id).unwrap().id;
    assert_eq!(story.tap(john, "Русский").await, "Теперь пишем по-русски");
    assert_eq!(story.tap(john, "✓ Русский").await, "Теперь пишем по-русски");
    assert_snapshot!(story.last(john), @r"
    Bot (edited): Хорошо, пишем по-русски.
      [ ✓ Русский ]
      [ English ]
    ");
    assert_eq!(story.tap(john, "English").await, "We write in English now");
    assert_eq!(story.forge(john, john.id, question, "1l:de").await, "This button no longer works");
    story.advance(hours(1)).await;
    story.say(john, "/language@afterword_sandbox_bot").await;
    assert_snapshot!(story.last(john), @r"
    Bot: На каком языке вам писать?
      Which language do you prefer?
      [ Русский ]
      [ ✓ English ]
    ");
    story.end().await;
}

#[tokio::test]
async fn alerts_in_a_private_chat_follow_its_language() {
    let story = Setting::new().await.set("ALERT_CHATS", "").start().await;
    story.start(story.lead).await;
    story.say(story.lead, "/alerts").await;
    story.say(story.lead, "/language").await;
    story.tap(story.lead, "English").await;
    story.customer("Анна", "C-1").await;
    let anna = story.person("Анна");
    story.link(anna, "C-2").await;
    story.ticket("7", "C-2", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "🙁").await;
    assert!(story.last(story.lead).contains("Bad score"), "{}", story.last(story.lead));
    story.end().await;
}

#[tokio::test]
async fn the_post_of_a_case_names_the_customers_language_where_it_is_not_the_chats() {
    let story = Story::new().await;
    story.start(story.lead).await;
    let telegrams = [Some("en-GB"), Some("de"), Some("ru"), None];
    let mut people = Vec::new();
    for (number, telegram) in (1..).zip(telegrams) {
        let person = story.person_in("Kim", telegram);
        let customer = format!("C-{number}");
        story.link(person, &customer).await;
        story.purchase(&number.to_string(), &customer, json!({})).await;
        people.push(person);
    }
    story.advance(hours(3)).await;
    for person in &people {
        story.tap(*person, "2").await;
        story.advance(minutes(1)).await;
    }
    let head = |number: i64| {
        let post = story.alerts();
        let (_, post) = post.split_once(&format!("№{number} ·")).unwrap_or_else(|| panic!("{post}"));
        post.lines().skip(1).take_while(|line| !line.is_empty()).map(str::trim).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(head(101), "Язык клиента: английский");
    assert_eq!(head(102), "Язык клиента: немецкий");
    assert_eq!([head(103), head(104)], ["", ""], "{}", story.alerts());
    // A choice counts more than the Telegram, and every chat compares with its own language.
    story.say(people[2], "/language").await;
    story.tap(people[2], "English").await;
    story.say(story.lead, "/cases 103").await;
    assert!(story.last(story.lead).contains("Язык клиента: английский"), "{}", story.last(story.lead));
    story.say(story.lead, "/language").await;
    story.tap(story.lead, "English").await;
    for (number, named) in [(101, false), (104, false), (102, true)] {
        story.say(story.lead, &format!("/cases {number}")).await;
        let card = story.last(story.lead);
        assert_eq!(card.contains("Customer's language: German"), named, "{card}");
    }
    story.end().await;
}
