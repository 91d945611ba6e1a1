//! A customer clears the chat, of which Telegram tells nobody, and comes back by `/start` or by their link.

use afterword::sandbox::Fault;
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes, script};

const TWO: &str = r#"
[[questions]]
key = "goods"
metric = "csi"
scale = "1-5"
text = { ru = "Как товар?", en = "How are the goods?" }
[questions.low]
comment = { ru = "Что не так?", en = "What went wrong?" }

[[questions]]
key = "wanted"
metric = "choice"
multiple = true
options = [ { key = "tea", text = { ru = "Чай", en = "Tea" } }, { key = "cups", text = { ru = "Чашки", en = "Cups" } } ]
text = { ru = "Что ещё купили бы?", en = "What else would you buy?" }
"#;

/// Anna with her personal link, who has a survey of this script before her.
async fn asked(questions: &str) -> (Story, Person, String) {
    let story = Story::new().await;
    story.publish(&script("own", "", "delay_min = \"0s\"\ndelay = \"0s\"", questions)).await;
    let anna = story.person("Анна");
    let link = story.purchase("1", "C-1", json!({})).await.unwrap();
    story.follow(anna, &link).await;
    story.advance(minutes(1)).await;
    assert_eq!(story.state("purchase-1").await, "sent");
    (story, anna, link)
}

/// The bot's messages with buttons.
fn with_buttons(story: &Story, person: Person) -> usize {
    story.world.messages(person.id).iter().filter(|message| !message.keyboard.is_empty()).count()
}

#[tokio::test]
async fn start_brings_the_open_question_back_below_and_the_older_copy_loses_its_buttons() {
    let (story, anna, _) = asked(TWO).await;
    story.start(anna).await;
    let chat = story.chat(anna);
    assert_snapshot!(chat.split_once(": /privacy\n").unwrap().1, @r"
    Bot (edited): Вопрос 1 из 2

      Как товар?

      1 — совсем плохо, 5 — отлично
    Анна: /start
    Bot: Здравствуйте! Это Лавка. Здесь мы узнаём, всё ли прошло хорошо.

      После покупки или обращения в поддержку пришлём пару коротких вопросов — не чаще раза в сутки. Отвечать можно одним касанием.

      Надоест — отправьте /stop, и вопросов больше не будет.

      Что мы о вас храним и зачем: /privacy
    Bot: Этот вопрос ещё ждёт вашего ответа.

      Вопрос 1 из 2

      Как товар?

      1 — совсем плохо, 5 — отлично
      [ 1 | 2 | 3 | 4 | 5 ]
      [ Остановить ]
    ");
    assert_eq!(with_buttons(&story, anna), 1);
    let sent = story.world.sent_count(anna.id);
    story.tap(anna, "5").await;
    story.tap(anna, "Чай").await;
    story.tap(anna, "Готово").await;
    assert_eq!(story.world.sent_count(anna.id), sent, "the answers edit the new message");
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Спасибо! Мы читаем каждый ответ.
      [ Изменить ответ ]
    ");
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · goods · csi · 5
    purchase-1 · wanted · choice · tea
    ");
    let way = story.way("purchase-1").await;
    assert!(way.ends_with("sending → sent → started → completed"), "{way}");
    story.end().await;
}

#[tokio::test]
async fn the_same_link_again_or_one_that_is_none_brings_it_back_half_way() {
    let (story, anna, link) = asked(TWO).await;
    story.tap(anna, "4").await;
    story.tap(anna, "Чашки").await;
    story.follow(anna, &link).await;
    let chat = story.chat(anna);
    assert_snapshot!(chat.split_once(": /privacy\n").unwrap().1.replace(link.split_once('=').unwrap().1, "TOKEN"), @r"
    Bot (edited): Вопрос 2 из 2

      Что ещё купили бы?

      Можно выбрать несколько вариантов.
      ✓ Чашки
    Анна: /start TOKEN
    Bot: Вы уже подключены.
    Bot: Этот вопрос ещё ждёт вашего ответа.

      Вопрос 2 из 2

      Что ещё купили бы?

      Можно выбрать несколько вариантов.
      [ Чай ]
      [ ✓ Чашки ]
      [ Готово ]
      [ ← Назад ]
    ");
    story.world.start(anna.id, Some("no-such-link"));
    story.settle().await;
    assert!(story.last(anna).contains("[ Чай ]"), "{}", story.last(anna));
    // The question, and the link's answer with its way to a person.
    assert_eq!(with_buttons(&story, anna), 2);
    story.tap(anna, "Готово").await;
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · goods · csi · 4
    purchase-1 · wanted · choice · cups
    ");
    assert_eq!(story.state("purchase-1").await, "completed");
    // There is nothing open any more.
    story.follow(anna, &link).await;
    assert_snapshot!(story.last(anna), @"Bot: Вы уже подключены, больше ничего делать не нужно. Напишем, когда будет о чём спросить.");
    story.end().await;
}

#[tokio::test]
async fn the_question_why_comes_back_and_takes_the_words_even_when_all_else_is_answered() {
    let one = TWO.split("\n\n[[questions]]\nkey = \"wanted\"").next().unwrap();
    let (story, anna, _) = asked(one).await;
    story.tap(anna, "1").await;
    assert_eq!(story.state("purchase-1").await, "completed");
    story.start(anna).await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Этот вопрос ещё ждёт вашего ответа.

      Ваша оценка: 1/5

      Что не так?

      Можно написать здесь, записать голосовое или прислать фото.
      [ Пропустить ]
      [ ← Назад ]
    ");
    assert_eq!(with_buttons(&story, anna), 1);
    // The survey has ended by now, and the question still takes words.
    story.advance(minutes(40)).await;
    story.start(anna).await;
    assert!(story.last(anna).contains("Что не так?"), "{}", story.last(anna));
    assert_eq!(with_buttons(&story, anna), 1);
    story.say(anna, "Треснула").await;
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · goods · csi · 1
    purchase-1 · goods · comment · Треснула
    ");
    story.start(anna).await;
    assert!(story.last(anna).contains("/privacy"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn a_paused_script_and_a_quiet_hour_keep_nobody_from_a_question_that_they_ask_for() {
    let (story, anna, _) = asked(TWO).await;
    story.set_paused("own", true).await;
    story.jump_to("2026-11-21T23:30:00+03:00").await;
    story.start(anna).await;
    assert!(story.last(anna).contains("Как товар?"), "{}", story.last(anna));
    assert_eq!(with_buttons(&story, anna), 1);
    story.tap(anna, "5").await;
    assert_eq!(story.state("purchase-1").await, "started");
    story.end().await;
}

#[tokio::test]
pub async fn an_answer_to_the_old_copy_counts_while_the_new_one_is_on_its_way() {
    let (story, anna, _) = asked(TWO).await;
    let (fault, gate) = Fault::held();
    let question = story.world.last_message(anna.id).unwrap().id;
    // The greeting goes out, the question behind it is held.
    story.world.fault(fault.on("sendMessage").after(1));
    story.world.start(anna.id, None);
    gate.arrived(1).await;
    let tap = story.touch(anna, "4");
    story.world.answered(&tap).await;
    gate.open();
    story.settle().await;
    assert_eq!(with_buttons(&story, anna), 1);
    assert!(story.last(anna).contains("Что ещё купили бы?"), "{}", story.last(anna));
    assert_eq!(story.tap_stale(anna, question, "4").await, "Опрос продолжается в другом сообщении");
    story.tap(anna, "Чай").await;
    story.tap(anna, "Готово").await;
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · goods · csi · 4
    purchase-1 · wanted · choice · tea
    ");
    story.end().await;
}

/// Does this while the next message to a person is held up on its way.
async fn while_held_up(story: &Story, person: Person, begin: impl FnOnce(), go_on: impl FnOnce()) {
    let (fault, gate) = Fault::held();
    story.world.fault(fault.on("sendMessage").chat(person.id));
    begin();
    gate.arrived(1).await;
    go_on();
    story.wait_until(|world| world.updates_pending() == 0).await;
    gate.open();
    story.settle().await;
}

#[tokio::test]
pub async fn whoever_comes_back_three_times_before_anything_leaves_gets_the_question_once_and_last() {
    let (story, anna, _) = asked(TWO).await;
    let sent = story.world.sent_count(anna.id);
    let start = || {
        story.world.start(anna.id, None);
    };
    while_held_up(&story, anna, start, || (0..2).for_each(|_| start())).await;
    // Three greetings, one question.
    assert_eq!(story.world.sent_count(anna.id), sent + 4, "{}", story.chat(anna));
    assert!(story.last(anna).contains("Как товар?"), "{}", story.last(anna));
    assert_eq!(with_buttons(&story, anna), 1);
    story.end_with(|problem| problem.starts_with("twice in chat") && problem.contains("/privacy")).await;
}

#[tokio::test]
async fn a_question_that_was_not_sent_yet_moves_below_the_greeting() {
    let (story, anna, _) = asked(TWO).await;
    story.tap(anna, "2").await;
    let sent = story.world.sent_count(anna.id);
    let help = || {
        story.world.say(anna.id, "/help");
    };
    while_held_up(&story, anna, help, || {
        story.world.say(anna.id, "Треснула");
        story.world.start(anna.id, None);
    })
    .await;
    assert_eq!(story.world.sent_count(anna.id), sent + 3, "{}", story.chat(anna));
    assert!(story.last(anna).contains("Что ещё купили бы?"), "{}", story.last(anna));
    assert_eq!(with_buttons(&story, anna), 1);
    story.end().await;
}

#[tokio::test]
pub async fn a_question_whose_reply_was_lost_is_the_survey_once_it_is_tapped_and_counts_once() {
    let (story, anna, _) = asked(TWO).await;
    story.world.fault(Fault::dropped_after().on("sendMessage").after(1).times(2));
    story.start(anna).await;
    story.advance(minutes(10)).await;
    story.tap(anna, "5").await;
    assert!(story.last(anna).contains("Что ещё купили бы?"), "{}", story.last(anna));
    story.tap(anna, "Пропустить").await;
    assert_snapshot!(story.answers().await, @"purchase-1 · goods · csi · 5");
    story.advance(minutes(2)).await;
    story.end_after_a_lost_reply().await;
}

#[tokio::test]
async fn without_an_open_question_start_answers_as_ever() {
    let (story, anna, link) = asked(TWO).await;
    let greeting = story.chat(anna);
    story.tap(anna, "Остановить").await;
    story.start(anna).await;
    assert!(
        story.last(anna).ends_with(": /privacy\n") && greeting.contains("/privacy"),
        "{}",
        story.last(anna)
    );
    story.follow(anna, &link).await;
    assert!(story.last(anna).contains("больше ничего делать не нужно"), "{}", story.last(anna));
    // Neither is what has expired a question, nor what is still to come.
    story.advance(hours(30)).await;
    story.purchase("2", "C-1", json!({})).await;
    story.advance(hours(80)).await;
    assert_eq!(story.state("purchase-2").await, "expired(untouched)");
    story.start(anna).await;
    assert!(story.last(anna).ends_with(": /privacy\n"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn somebody_of_the_team_sees_their_open_test_again() {
    let story = Story::new().await;
    story.link(story.lead, "C-9").await;
    story.purchase("9", "C-9", json!({ "test": true })).await;
    story.advance(minutes(1)).await;
    story.tap(story.lead, "9").await;
    story.start(story.lead).await;
    assert_snapshot!(story.last(story.lead), @r"
    Bot: 🧪 Тестовый опрос: ответы не попадут в отчёты.

      Этот вопрос ещё ждёт вашего ответа.

      Вопрос 2 из 3

      Насколько вы довольны качеством товара?

      0 — совсем не устраивает, 10 — всё отлично
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ ← Назад ]
      [ Остановить ]
    ");
    story.end().await;
}
