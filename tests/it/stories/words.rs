//! Where words go: what they are given to, what they join, what they replace.

use afterword::sandbox::{Fault, Media};
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes, script, seconds};

const VISIT: &str = r#"
[[questions]]
key = "goods"
metric = "csi"
scale = "1-5"
text = { ru = "Как товар?", en = "How are the goods?" }
[questions.low]
comment = { ru = "Что не так?", en = "What is wrong?" }
[questions.neutral]
comment = { ru = "Чего не хватило?", en = "What was missing?" }

[[questions]]
key = "wish"
metric = "text"
text = { ru = "Чего вам не хватает?", en = "What do you miss?" }

[[questions]]
key = "again"
metric = "csi"
scale = "yes-no"
text = { ru = "Придёте ещё?", en = "Will you come again?" }
"#;

async fn asked_in(language: &str) -> (Story, Person) {
    let story = Story::new().await;
    story.publish(&script("own", "", "", VISIT)).await;
    let anna = story.person_in("Анна", Some(language));
    story.link(anna, "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    (story, anna)
}

async fn asked() -> (Story, Person) {
    asked_in("ru").await
}

async fn words(story: &Story) -> String {
    story.answered(&["question", "metric", "value", "text", "attachments", "revision"]).await
}

/// The chat from the survey on.
fn since_asked(story: &Story, person: Person) -> String {
    let chat = story.chat(person);
    chat.split_once(": /privacy\n").unwrap().1.to_owned()
}

#[tokio::test]
async fn every_kind_of_message_is_taken_as_the_comment_and_moves_on() {
    let kinds = [
        Media::Voice { seconds: 7 },
        Media::VideoNote { seconds: 9 },
        Media::Video { seconds: 11 },
        Media::Photo,
        Media::Document { name: "чек.pdf".to_owned() },
    ];
    for media in kinds {
        let (story, anna) = asked().await;
        story.tap(anna, "1").await;
        story.world.send_media(anna.id, media.clone(), Some("Смотрите"));
        story.pause().await;
        assert!(story.last(anna).contains("Вопрос 2 из 3"), "{media:?}: {}", story.last(anna));
        let stored = words(&story).await;
        assert!(stored.contains("goods · comment · Смотрите · "), "{media:?}: {stored}");
        story.end().await;
    }
}

#[tokio::test]
async fn words_while_a_score_is_asked_are_kept_and_the_question_comes_again_below_them() {
    let (story, anna) = asked().await;
    story.say(anna, "Добрый день! А кто спрашивает?").await;
    assert_snapshot!(since_asked(&story, anna), @r"
    Анна: Добрый день! А кто спрашивает?
    Bot: Спасибо, записали.

      Вопрос 1 из 3

      Как товар?

      1 — совсем плохо, 5 — отлично
      [ 1 | 2 | 3 | 4 | 5 ]
      [ Остановить ]
    ");
    assert_eq!(story.state("purchase-1").await, "started");
    story.tap(anna, "5").await;
    assert_snapshot!(words(&story).await, @r"
    goods · comment · Добрый день! А кто спрашивает? · 1
    goods · csi · 5 · 1
    ");
    story.end().await;
}

#[tokio::test]
pub async fn several_messages_in_a_row_are_one_comment_and_answered_once() {
    let (story, anna) = asked().await;
    story.tap(anna, "1").await;
    let sent = story.world.sent_count(anna.id);
    for words in ["Во-первых,", "долго."] {
        story.say_at_once(anna, words).await;
        story.clock.advance(seconds(1));
    }
    story.say_at_once(anna, "Во-вторых, дорого.").await;
    assert_eq!(story.world.sent_count(anna.id), sent, "{}", story.chat(anna));
    story.pause().await;
    assert_eq!(story.world.sent_count(anna.id), sent + 1, "{}", story.chat(anna));
    assert_snapshot!(since_asked(&story, anna), @r"
    Bot (edited): Ваша оценка: 1/5

      Что не так?

      Можно написать здесь, записать голосовое или прислать фото.
    Анна: Во-первых,
    Анна: долго.
    Анна: Во-вторых, дорого.
    Bot: Спасибо, записали.

      Вопрос 2 из 3

      Чего вам не хватает?

      Ответьте сообщением: текстом, голосовым или фото.
      [ Пропустить ]
      [ ← Назад ]
      [ Остановить ]
    ");
    assert_snapshot!(words(&story).await, @r"
    goods · csi · 1 · 1
    goods · comment · Во-первых,
    долго.
    Во-вторых, дорого. · 3
    ");
    story.end().await;
}

#[tokio::test]
async fn words_to_what_was_there_before_are_no_answer_to_a_question_on_its_way() {
    let (story, anna) = asked().await;
    story.tap(anna, "1").await;
    story.say_at_once(anna, "Во-первых, долго.").await;
    let (fault, gate) = Fault::held();
    story.world.fault(fault.on("sendMessage").chat(anna.id));
    story.clock.advance(seconds(3));
    gate.arrived(1).await;
    story.world.say(anna.id, "Во-вторых, дорого.");
    story.world.idle().await;
    gate.open();
    story.pause().await;
    assert_snapshot!(since_asked(&story, anna).split_once("прислать фото.\n").unwrap().1, @r"
    Анна: Во-первых, долго.
    Анна: Во-вторых, дорого.
    Bot: Спасибо, записали.

      Вопрос 2 из 3

      Чего вам не хватает?

      Ответьте сообщением: текстом, голосовым или фото.
      [ Пропустить ]
      [ ← Назад ]
      [ Остановить ]
    ");
    story.say(anna, "Гарантии").await;
    let words = words(&story).await;
    assert!(words.contains("goods · comment · Во-первых, долго.\nВо-вторых, дорого. · 2\n"), "{words}");
    assert!(words.contains("wish · text · Гарантии · 1\n"), "{words}");
    story.end().await;
}

#[tokio::test]
async fn a_question_that_stands_below_the_words_already_is_not_asked_again() {
    let (story, anna) = asked().await;
    story.tap(anna, "1").await;
    let first = story.say(anna, "Долго.").await;
    let sent = story.world.sent_count(anna.id);
    // Written before the question came, and brought late; under a number that no words have yet.
    let late = json!({
        "message_id": first - 1, "date": story.clock.now().millis() / 1000, "text": "И дорого.",
        "chat": { "id": anna.id, "type": "private", "first_name": "Анна" },
        "from": { "id": anna.id, "is_bot": false, "first_name": "Анна", "language_code": "ru" },
    });
    story.world.inject("message", &late);
    story.pause().await;
    assert_eq!(story.world.sent_count(anna.id), sent);
    story.end().await;
}

#[tokio::test]
async fn an_open_text_question_comes_first_and_later_words_join_its_answer() {
    let (story, anna) = asked().await;
    story.tap(anna, "1").await;
    story.say(anna, "Сломан").await;
    story.say(anna, "Хочу гарантию").await;
    story.say(anna, "на два года").await;
    story.tap(anna, "Да").await;
    story.say(anna, "и чехол").await;
    assert_snapshot!(words(&story).await, @r"
    goods · csi · 1 · 1
    goods · comment · Сломан · 1
    wish · text · Хочу гарантию
    на два года
    и чехол · 3
    again · csi · 1 · 1
    ");
    story.end().await;
}

#[tokio::test]
pub async fn a_reply_names_what_it_adds_to() {
    let (story, anna) = asked().await;
    story.tap(anna, "1").await;
    let question = story.world.last_message(anna.id).unwrap().id;
    let first = story.say(anna, "Сломан").await;
    story.say(anna, "Хочу гарантию").await;
    story.world.reply(anna.id, first, "совсем", None);
    story.settle().await;
    story.world.reply(anna.id, question, "и коробка мятая", Some("Что не так?"));
    story.settle().await;
    assert_snapshot!(words(&story).await, @r"
    goods · csi · 1 · 1
    goods · comment · Сломан
    совсем
    и коробка мятая · 3
    wish · text · Хочу гарантию · 1
    ");
    story.tap(anna, "Да").await;
    // When the survey has ended, a reply to it is a message like any other: it goes to the open case.
    story.advance(minutes(20)).await;
    story.world.reply(anna.id, first, "ещё и опоздали", None);
    story.settle().await;
    assert!(story.last(anna).contains("Передали."), "{}", story.last(anna));
    assert!(!words(&story).await.contains("опоздали"));
    story.end().await;
}

#[tokio::test]
pub async fn words_to_another_score_replace_those_to_the_former_one() {
    let (story, anna) = asked().await;
    story.tap(anna, "1").await;
    let low = story.say(anna, "Ужасно").await;
    story.advance(minutes(1)).await;
    story.tap(anna, "Назад").await;
    story.tap(anna, "3").await;
    assert_snapshot!(words(&story).await, @"goods · csi · 3 · 2");
    story.say(anna, "Чуть лучше упаковку").await;
    story.world.edit_own_message(anna.id, anna.id, low, "Ужасно!!!");
    story.settle().await;
    assert_snapshot!(words(&story).await, @r"
    goods · csi · 3 · 2
    goods · comment · Чуть лучше упаковку · 4
    ");
    story.end().await;
}

#[tokio::test]
async fn a_text_question_can_be_answered_by_voice_and_answered_anew() {
    let (story, anna) = asked().await;
    story.tap(anna, "5").await;
    story.world.send_voice(anna.id, 5);
    story.pause().await;
    assert_snapshot!(words(&story).await, @r"
    goods · csi · 5 · 1
    wish · text · voice:5:20000:voice-file-1 · 1
    ");
    story.advance(minutes(1)).await;
    story.tap(anna, "Назад").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Вопрос 2 из 3

      Чего вам не хватает?

      Ответьте сообщением: текстом, голосовым или фото.
      [ Оставить как есть ]
      [ ← Назад ]
      [ Остановить ]
    ");
    story.say(anna, "Лучше словами: скидок").await;
    assert_snapshot!(words(&story).await, @r"
    goods · csi · 5 · 1
    wish · text · Лучше словами: скидок · 2
    ");
    story.end().await;
}

#[tokio::test]
async fn an_album_answers_a_text_question_as_one() {
    let (story, anna) = asked().await;
    story.tap(anna, "5").await;
    let album = [Media::Photo, Media::Photo, Media::Video { seconds: 3 }];
    story.world.send_album(anna.id, &album, Some("Вот этого"));
    story.pause().await;
    assert_snapshot!(since_asked(&story, anna), @r"
    Bot (edited): Вопрос 2 из 3

      Чего вам не хватает?

      Ответьте сообщением: текстом, голосовым или фото.
    Анна: (photo) Вот этого
    Анна: (photo)
    Анна: (video 0:03)
    Bot: Спасибо, записали.

      Вопрос 3 из 3

      Придёте ещё?
      [ Нет | Да ]
      [ ← Назад ]
      [ Остановить ]
    ");
    assert_snapshot!(words(&story).await, @r"
    goods · csi · 5 · 1
    wish · text · Вот этого · photo::120000:photo-file-2|photo::120000:photo-file-3|video:3:750000:video-file-4 · 3
    ");
    story.end().await;
}

#[tokio::test]
async fn an_edit_counts_once_and_one_that_changes_no_word_not_at_all() {
    let (story, anna) = asked().await;
    story.tap(anna, "1").await;
    let text = story.say(anna, "Сломан").await;
    story.tap(anna, "Пропустить").await;
    story.tap(anna, "Да").await;
    story.advance(hours(80)).await;
    story.world.edit_own_message(anna.id, anna.id, text, "Сломан");
    story.settle().await;
    assert_snapshot!(words(&story).await, @r"
    goods · csi · 1 · 1
    goods · comment · Сломан · 1
    again · csi · 1 · 1
    ");
    story.world.duplicate_next(afterword::sandbox::Duplicate::NewId, 1);
    story.world.edit_own_message(anna.id, anna.id, text, "Сломан, увы");
    story.settle().await;
    assert_snapshot!(words(&story).await, @r"
    goods · csi · 1 · 1
    goods · comment · Сломан, увы · 2
    again · csi · 1 · 1
    ");
    story.end().await;
}

#[tokio::test]
pub async fn a_caption_can_be_edited_too() {
    let (story, anna) = asked().await;
    story.tap(anna, "1").await;
    let photo = story.world.send_photo(anna.id, Some("Тут"));
    story.pause().await;
    story.world.edit_own_message(anna.id, anna.id, photo, "Тут трещина");
    story.settle().await;
    assert_snapshot!(words(&story).await, @r"
    goods · csi · 1 · 1
    goods · comment · Тут трещина · photo::120000:photo-file-1 · 2
    ");
    story.end().await;
}

#[tokio::test]
async fn the_longest_text_there_is_is_stored_whole() {
    let (story, anna) = asked().await;
    story.tap(anna, "1").await;
    let text = "Ж&<".repeat(1365) + "!";
    assert_eq!(text.chars().count(), 4096);
    story.say(anna, &text).await;
    assert!(story.answers().await.contains(&text));
    story.end().await;
}

#[tokio::test]
async fn words_before_the_thanks_and_after_them_are_thanked_for_once() {
    let (story, anna) = asked().await;
    for tap in ["5", "Пропустить", "Да"] {
        story.tap(anna, tap).await;
    }
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Спасибо! Мы читаем каждый ответ.
      [ Изменить ответ ]
    ");
    story.say(anna, "Спасибо вам").await;
    story.say(anna, "и Ольге").await;
    assert_snapshot!(since_asked(&story, anna), @r"
    Анна: Спасибо вам
    Bot: Спасибо! Мы читаем каждый ответ.

      Комментарий записан. Если хотите добавить что-то ещё, просто напишите.
      [ Изменить ответ ]
    Анна: и Ольге
    ");
    assert_snapshot!(words(&story).await, @r"
    goods · csi · 5 · 1
    again · csi · 1 · 1
    again · comment · Спасибо вам
    и Ольге · 2
    ");
    story.advance(minutes(15)).await;
    story.say(anna, "Ау").await;
    assert!(story.last(anna).contains("Спасибо, передали: обращение №101"), "{}", story.last(anna));
    assert!(!story.answers().await.contains("Ау"));
    story.end().await;
}

#[tokio::test]
async fn an_english_customer_reads_english_throughout() {
    let (story, john) = asked_in("en").await;
    story.tap(john, "1").await;
    story.say(john, "Broken").await;
    story.tap(john, "Skip").await;
    assert_eq!(story.tap(john, "Yes").await, "");
    story.tap(john, "Change").await;
    assert_snapshot!(since_asked(&story, john), @r"
    Bot (edited): Your score: 1/5

      What is wrong?

      You can write here, send a voice message or a photo.
    Анна: Broken
    Bot (edited): Which answer would you like to change?

      1. How are the goods? — 1/5
      2. What do you miss? — no answer
      3. Will you come again? — Yes
      [ 1 · 1/5 ]
      [ 2 · no answer ]
      [ 3 · Yes ]
      [ Leave as it is ]
    ");
    story.tap(john, "Leave").await;
    story.advance(minutes(20)).await;
    story.say(john, "Hello?").await;
    story.world.send_media(john.id, Media::Sticker { emoji: "👍".to_owned() }, None);
    story.pause().await;
    story.say(john, "/what").await;
    story.say(john, "/help").await;
    story.say(john, "/stop").await;
    story.tap(john, "Get surveys again").await;
    assert_snapshot!(story.chat(john).rsplit_once("Hello?").unwrap().1, @r"
    Bot: Passed on.
    Анна: (sticker 👍)
    Анна: /what
    Bot: There is no such command. See /help
    Анна: /help
    Bot: What you can do:

      /start — who we are and what this bot is for
      /human — talk to a person
      /language — choose the language · язык
      /privacy — what we keep about you, and why
      /stop — get no more surveys
      /forget — erase everything we know about you
      /help — what the bot can do
    Анна: /stop
    Bot: All right, there will be no more surveys. If you change your mind, tap the button.

      We will still reply here about case no. 101.
      [ Get surveys again ]
    Bot: Good to have you back! We will ask for your opinion now and then. You can turn surveys off at any time: /stop
    ");
    story.end().await;
}
