//! Names that turn the direction of writing, that nobody sees, or that are none.

use serde_json::{Value, json};
use unicode_bidi::{BidiInfo, Level};

use crate::harness::{Person, Story, hours};

/// As Telegram and a shop may hand a name over: it turns what follows, and closes what it has not opened.
const TURNING: &str = "\u{2069}\u{202e}Sara שרה\u{2066}";

/// A customer in front of the first question.
async fn asked(story: &Story, number: u32, name: &str, more: Value) -> Person {
    let customer = format!("C-{number}");
    let person = story.customer(name, &customer).await;
    story.purchase(&number.to_string(), &customer, more).await;
    story.advance(hours(3)).await;
    person
}

/// Whether our words stand in the message as they would without a name.
#[track_caller]
fn stand(message: &str, ours: &[&str]) {
    let bidi = BidiInfo::new(message, Some(Level::ltr()));
    for words in ours {
        let at = message.find(words).unwrap_or_else(|| panic!("no '{words}' in {message}"));
        assert!(
            (at..at + words.len()).all(|at| bidi.levels[at].is_ltr()),
            "'{words}' is turned in {message:?}"
        );
    }
    assert!(!message.contains(['\u{202d}', '\u{202e}']), "{message:?}");
}

#[tokio::test]
async fn names_that_run_from_right_to_left_leave_our_sentences_as_they_are() {
    let story = Story::new().await;
    let more = json!({
        "customer": { "name": "שרה (2)" }, "subject": { "title": "طلب 17" },
        "agent": { "name": "\u{200f}דוד", "team": "צוות 1" }, "tags": ["א", "ב"],
    });
    let sara = asked(&story, 1, "שרה", more).await;
    let invitation = story.last(sara);
    assert!(invitation.contains("\u{2068}שרה (2)\u{2069}, здравствуйте!"), "{invitation:?}");
    stand(&invitation, &["Bot: ", ", здравствуйте! Спасибо, что выбрали нас.", " — как всё прошло?"]);
    story.tap(sara, "2").await;
    story.say(sara, "גרוע מאוד 1 (ואיטי)\nДа").await;
    story.advance(hours(1)).await;
    let alert = story.alerts();
    stand(&alert, &["Клиент: ", ", C-1", "Сотрудник: ", "Команда: ", "Метки: ", "Опрос: После покупки"]);
    story.end().await;
}

#[tokio::test]
async fn a_plain_name_is_written_plainly() {
    let story = Story::new().await;
    let anna = asked(&story, 1, "Анна", json!({ "customer": { "name": "Анна Б. 🌸" } })).await;
    let invitation = story.last(anna);
    assert!(invitation.contains("Анна Б. 🌸, здравствуйте!"), "{invitation}");
    assert!(!invitation.contains(['\u{2068}', '\u{2069}']), "{invitation:?}");
    story.end().await;
}

#[tokio::test]
async fn a_name_of_telegram_turns_nothing_around_and_one_that_nobody_sees_is_none() {
    let story = Story::new().await;
    let stranger = story.person(TURNING);
    story.start(stranger).await;
    story.say(stranger, "/human").await;
    story.say(stranger, "\u{202e}Помогите").await;
    let alerts = story.alerts();
    stand(&alerts, &[" (Telegram). Заказов и обращений за ним не нашли.", "Помогите"]);
    assert!(alerts.contains("Sara שרה"), "{alerts}");
    let unseen = story.person("\u{3164}\u{200b}");
    story.start(unseen).await;
    story.say(unseen, "/human").await;
    let alerts = story.alerts();
    assert!(alerts.contains('?') && !alerts.contains('\u{3164}'), "{alerts:?}");
    story.end().await;
}

#[tokio::test]
async fn a_name_that_is_none_greets_without_a_name_and_does_not_replace_one_that_is_known() {
    let story = Story::new().await;
    for (number, name) in
        ["\u{200b}\u{3164}", "null", "undefined", "%NAME%", "{{name}}", "[имя]"].iter().enumerate()
    {
        let number = u32::try_from(number).unwrap() + 1;
        let more = json!({ "customer": { "name": name }, "agent": { "name": "null" } });
        let person = asked(&story, number, "Анна", more).await;
        let invitation = story.last(person);
        assert!(invitation.contains("Bot: Здравствуйте! Спасибо"), "{invitation:?}");
        story.tap(person, "2").await;
        let alerts = story.alerts();
        assert!(
            alerts.contains(&format!("Клиент: C-{number}\n")) && !alerts.contains("Сотрудник"),
            "{alerts}"
        );
        // The same hour of the next day, for nobody is asked at night.
        story.advance(hours(21)).await;
    }
    let anna = asked(&story, 9, "Анна", json!({ "customer": { "name": "Анна" } })).await;
    assert!(story.last(anna).contains("Анна, здравствуйте!"));
    story.advance(hours(93)).await;
    story.purchase("10", "C-9", json!({ "customer": { "name": "None" } })).await;
    story.advance(hours(3)).await;
    assert!(story.last(anna).contains("Анна, здравствуйте!"), "{}", story.last(anna));
    story.end().await;
}
