//! What follows the customer's words: the dialogue goes on below them once they pause, and a tap before that counts.

use afterword::sandbox::{Action, Fault, MessageId};
use insta::assert_snapshot;
use rstest::rstest;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes, script, seconds};

const TWO: &str = r#"
[[questions]]
key = "goods"
metric = "csi"
scale = "1-5"
text = { ru = "Как товар?", en = "How are the goods?" }
[questions.low]
reasons = [
    { key = "broken", text = { ru = "Сломан", en = "Broken" } },
    { key = "late", text = { ru = "Опоздал", en = "Late" } },
]
comment = { ru = "Что не так?", en = "What is wrong?" }

[[questions]]
key = "shop"
metric = "csi"
scale = "0-10"
text = { ru = "Как магазин?", en = "How is the shop?" }
"#;

/// Anna in front of the first question of [`TWO`].
async fn asked() -> (Story, Person) {
    let story = Story::new().await;
    let send =
        "greeting = { ru = \"Здравствуйте! Это о вашей покупке.\", en = \"Hello! About your purchase.\" }";
    story.publish(&script("own", "", send, TWO)).await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    (story, anna)
}

/// Anna in front of the second question.
async fn asked_the_second() -> (Story, Person) {
    let (story, anna) = asked().await;
    story.tap(anna, "5").await;
    (story, anna)
}

fn since_asked(story: &Story, person: Person) -> String {
    let chat = story.chat(person);
    chat.split_once(": /privacy\n").unwrap().1.to_owned()
}

/// The messages with buttons.
fn with_buttons(story: &Story, person: Person) -> Vec<MessageId> {
    let messages = story.world.messages(person.id);
    messages.iter().filter(|message| !message.keyboard.is_empty()).map(|message| message.id).collect()
}

/// The newest button with this text: its message and what it carries.
fn button(story: &Story, person: Person, text: &str) -> (MessageId, String) {
    let messages = story.world.messages(person.id);
    let found = messages.iter().rev().find_map(|message| {
        let button = message.keyboard.iter().flatten().find(|button| button.text == text)?;
        let Action::Callback(data) = button.action.clone() else { return None };
        Some((message.id, data))
    });
    found.unwrap_or_else(|| panic!("{}", story.chat(person)))
}

fn copies(story: &Story, person: Person, text: &str) -> usize {
    story.chat(person).matches(text).count()
}

#[tokio::test]
pub async fn a_tap_right_after_words_is_an_answer_and_the_next_step_comes_below() {
    let (story, anna) = asked_the_second().await;
    story.say_at_once(anna, "Товар отличный").await;
    assert_eq!(story.tap(anna, "9").await, "");
    assert_snapshot!(since_asked(&story, anna), @r"
    Bot (edited): Вопрос 2 из 2

      Как магазин?

      0 — совсем плохо, 10 — отлично
      ✓ 9/10
    Анна: Товар отличный
    Bot: Спасибо! Мы читаем каждый ответ.

      Комментарий записан. Если хотите добавить что-то ещё, просто напишите.
      [ Изменить ответ ]
    ");
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · goods · csi · 5
    purchase-1 · goods · comment · Товар отличный
    purchase-1 · shop · csi · 9
    ");
    let before = story.chat(anna);
    story.pause().await;
    assert_eq!(story.chat(anna), before);
    story.end().await;
}

#[tokio::test]
pub async fn words_and_a_tap_that_wait_for_us_together_both_count() {
    let (mut story, anna) = asked_the_second().await;
    let mut tap = String::new();
    story
        .stop_for(minutes(1), |story| {
            story.world.say(anna.id, "Товар отличный");
            tap = story.touch(anna, "9");
        })
        .await;
    assert_eq!(story.toast(&tap), "");
    assert_eq!(story.state("purchase-1").await, "completed");
    assert!(story.answers().await.contains("shop · csi · 9\n"), "{}", story.answers().await);
    assert_eq!(with_buttons(&story, anna).len(), 1, "{}", story.chat(anna));
    story.end().await;
}

#[tokio::test]
async fn a_reason_ticked_right_after_the_words_counts_with_them() {
    let (story, anna) = asked().await;
    story.tap(anna, "1").await;
    story.say_at_once(anna, "Не включается").await;
    assert_eq!(story.tap(anna, "Сломан").await, "");
    story.say_at_once(anna, "Совсем").await;
    story.pause().await;
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · goods · csi · 1
    purchase-1 · goods · comment · Не включается
    Совсем
    purchase-1 · goods · reason · broken
    ");
    assert_snapshot!(since_asked(&story, anna), @r"
    Bot (edited): Ваша оценка: 1/5

      Что не так?

      Можно написать здесь, записать голосовое или прислать фото.
      ✓ Сломан
    Анна: Не включается
    Анна: Совсем
    Bot: Спасибо, записали.

      Вопрос 2 из 2

      Как магазин?

      0 — совсем плохо, 10 — отлично
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ ← Назад ]
      [ Остановить ]
    ");
    story.end().await;
}

#[tokio::test]
async fn a_tap_on_skip_right_after_the_answer_in_words_leaves_the_answer() {
    let story = Story::new().await;
    let text = "[[questions]]\nkey = \"q\"\nmetric = \"text\"\ntext = { ru = \"Чего не хватает?\", en = \"What is missing?\" }\n";
    story.publish(&script("own", "", "", text)).await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.say_at_once(anna, "Скидок").await;
    story.tap(anna, "Пропустить").await;
    assert_snapshot!(story.answers().await, @"purchase-1 · q · text · Скидок");
    assert!(story.last(anna).contains("Спасибо"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
pub async fn short_messages_in_a_row_move_the_question_once_and_leave_no_copy() {
    let (story, anna) = asked().await;
    let sent = story.world.sent_count(anna.id);
    for words in ["Добрый", "день!", "А кто", "это", "спрашивает?"] {
        story.say_at_once(anna, words).await;
        story.clock.advance(seconds(1));
    }
    assert_eq!(story.world.sent_count(anna.id), sent);
    story.pause().await;
    assert_snapshot!(since_asked(&story, anna), @r"
    Анна: Добрый
    Анна: день!
    Анна: А кто
    Анна: это
    Анна: спрашивает?
    Bot: Здравствуйте! Это о вашей покупке.

      Спасибо, записали.

      Вопрос 1 из 2

      Как товар?

      1 — совсем плохо, 5 — отлично
      [ 1 | 2 | 3 | 4 | 5 ]
      [ Остановить ]
    ");
    story.pause().await;
    assert_eq!(story.world.sent_count(anna.id), sent + 1);
    assert_eq!(story.tap(anna, "5").await, "");
    assert_eq!(copies(&story, anna, "Вопрос 1 из 2"), 0, "{}", story.chat(anna));
    story.end().await;
}

#[tokio::test]
async fn a_copy_that_is_too_old_to_be_deleted_loses_its_buttons() {
    let (story, anna) = asked_the_second().await;
    story.advance(hours(50)).await;
    story.say(anna, "Извините, что долго").await;
    assert_eq!(copies(&story, anna, "Вопрос 2 из 2"), 2, "{}", story.chat(anna));
    assert_eq!(with_buttons(&story, anna).len(), 1, "{}", story.chat(anna));
    story.tap(anna, "9").await;
    assert_eq!(story.state("purchase-1").await, "completed");
    story.end().await;
}

#[tokio::test]
pub async fn a_stop_in_the_pause_loses_nothing_and_doubles_nothing() {
    let (mut story, anna) = asked().await;
    story.tap(anna, "1").await;
    story.say_at_once(anna, "Не включается").await;
    story.stop_for(seconds(1), |_| {}).await;
    story.pause().await;
    assert_eq!(copies(&story, anna, "Вопрос 2 из 2"), 1, "{}", story.chat(anna));
    assert_eq!(with_buttons(&story, anna).len(), 1, "{}", story.chat(anna));
    story.tap(anna, "9").await;
    assert_eq!(story.state("purchase-1").await, "completed");
    story.end().await;
}

#[rstest]
#[case::back(-3_600_000)]
#[case::forward(3_600_000)]
#[tokio::test]
async fn a_clock_that_is_set_in_the_pause_keeps_nobody_waiting(#[case] by: i64) {
    let (story, anna) = asked_the_second().await;
    story.say_at_once(anna, "Товар отличный").await;
    story.clock.step(by);
    story.pause().await;
    let [shown] = with_buttons(&story, anna)[..] else { panic!("{}", story.chat(anna)) };
    assert_eq!(story.world.last_message(anna.id).unwrap().id, shown);
    assert!(story.chat(anna).trim_end().ends_with("[ Остановить ]"), "{}", story.chat(anna));
    story.end().await;
}

#[tokio::test]
async fn a_tap_while_the_copy_is_on_its_way_counts_and_one_message_goes_on() {
    let (story, anna) = asked_the_second().await;
    story.say_at_once(anna, "Товар отличный").await;
    let (fault, gate) = Fault::held();
    story.world.fault(fault.on("sendMessage").chat(anna.id));
    story.clock.advance(seconds(3));
    gate.arrived(1).await;
    let tap = story.touch(anna, "9");
    story.world.idle().await;
    gate.open();
    story.settle().await;
    assert_eq!(story.toast(&tap), "");
    assert!(story.answers().await.contains("shop · csi · 9\n"), "{}", story.answers().await);
    assert_eq!(with_buttons(&story, anna).len(), 1, "{}", story.chat(anna));
    assert_eq!(copies(&story, anna, "Вопрос 2 из 2"), 0, "{}", story.chat(anna));
    story.end().await;
}

#[tokio::test]
async fn a_tap_on_a_copy_that_is_just_being_deleted_counts_and_goes_on_below() {
    let (story, anna) = asked_the_second().await;
    let (above, nine) = button(&story, anna, "9");
    story.say(anna, "Товар отличный").await;
    let (below, _) = button(&story, anna, "9");
    assert_eq!(story.forge(anna, anna.id, above, &nine).await, "");
    assert!(story.answers().await.contains("shop · csi · 9\n"), "{}", story.answers().await);
    assert_eq!(with_buttons(&story, anna), [below], "{}", story.chat(anna));
    assert!(story.last(anna).contains("Спасибо"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn change_tapped_right_after_words_to_the_thanks_opens_the_list_below() {
    let (story, anna) = asked_the_second().await;
    story.tap(anna, "9").await;
    story.say_at_once(anna, "И спасибо Ольге").await;
    assert_eq!(story.tap(anna, "Изменить ответ").await, "");
    assert_snapshot!(since_asked(&story, anna), @r"
    Анна: И спасибо Ольге
    Bot: Какой ответ изменить?

      1. Как товар? — 5/5
      2. Как магазин? — 9/10
      [ 1 · 5/5 ]
      [ 2 · 9/10 ]
      [ Оставить как есть ]
    ");
    story.end().await;
}

#[tokio::test]
async fn start_right_after_words_brings_the_next_question_below_the_greeting() {
    let (story, anna) = asked().await;
    story.tap(anna, "1").await;
    story.say_at_once(anna, "Не включается").await;
    story.start(anna).await;
    story.pause().await;
    assert_eq!(copies(&story, anna, "Вопрос 2 из 2"), 1, "{}", story.chat(anna));
    assert!(story.last(anna).contains("Вопрос 2 из 2"), "{}", story.last(anna));
    assert_eq!(with_buttons(&story, anna).len(), 1, "{}", story.chat(anna));
    story.end().await;
}
