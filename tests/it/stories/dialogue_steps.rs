//! Step by step: greeting, progress, back, double taps, buttons of earlier steps.

use afterword::sandbox::{Action, Duplicate};
use insta::{allow_duplicates, assert_snapshot};
use serde_json::json;

use crate::harness::{Person, Story, hours, script};

const TWO: &str = r#"
[[questions]]
key = "first"
metric = "csi"
scale = "1-5"
text = { ru = "Как товар?", en = "How are the goods?" }
[questions.low]
reasons = [
  { key = "late", text = { ru = "Поздно", en = "Late" } },
  { key = "broken", text = { ru = "Сломано", en = "Broken" } },
]
comment = { ru = "Что не так, {name}?", en = "What is wrong, {name}?" }

[[questions]]
key = "second"
metric = "csi"
scale = "1-5"
text = { ru = "Как доставка?", en = "How was the delivery?" }
"#;

/// Somebody with the first of two questions on the screen.
async fn asked() -> (Story, Person) {
    let story = Story::new().await;
    story.publish(&script("own", "", "", TWO)).await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    (story, anna)
}

async fn greeted(language: &str, more: serde_json::Value) -> String {
    let greeting = r#"
greeting = { ru = "{name}, здравствуйте! {date} в магазине {store|на Лесной} вас обслуживал {agent|наш мастер}. {subject|Покупка} с вами? — {brand}", en = "Hello {name}! On {date} {agent|our master} served you at {store|the shop}. Is {subject|it} with you? — {brand}" }
thanks = { ru = "{name}, спасибо!", en = "Thank you, {name}!" }"#;
    let story = Story::new().await;
    story.publish(&script("own", "", greeting, TWO)).await;
    let anna = story.person_in("Анна", Some(language));
    story.link(anna, "C-1").await;
    story.purchase("1", "C-1", more).await;
    story.advance(hours(3)).await;
    let greeting = story.last(anna);
    story.tap(anna, "5").await;
    story.tap(anna, "5").await;
    let both = greeting + &story.last(anna);
    story.end().await;
    both
}

#[tokio::test]
async fn greeting_and_thanks_say_what_the_event_says() {
    let more = json!({
        "customer": { "name": "Анна <Ко> & \"Ко\"" },
        "subject": { "title": "Заказ <b>№1</b> &amp; {agent}" },
        "agent": { "name": "Ольга" },
        "store": "Арбат",
    });
    assert_snapshot!(greeted("ru", more.clone()).await, @r#"
    Bot: Анна <Ко> & "Ко", здравствуйте! 21 ноября в магазине Арбат вас обслуживал Ольга. Заказ <b>№1</b> &amp; {agent} с вами? — Лавка

      Вопрос 1 из 2

      Как товар?

      1 — совсем плохо, 5 — отлично
      [ 1 | 2 | 3 | 4 | 5 ]
      [ Остановить ]
    Bot (edited): Анна <Ко> & "Ко", спасибо!
      [ Изменить ответ ]
    "#);
    assert_snapshot!(greeted("en", more).await, @r#"
    Bot: Hello Анна <Ко> & "Ко"! On 21 November Ольга served you at Арбат. Is Заказ <b>№1</b> &amp; {agent} with you? — Лавка

      Question 1 of 2

      How are the goods?

      1 = very bad, 5 = excellent
      [ 1 | 2 | 3 | 4 | 5 ]
      [ Stop ]
    Bot (edited): Thank you, Анна <Ко> & "Ко"!
      [ Change an answer ]
    "#);
}

#[tokio::test]
async fn greeting_and_thanks_read_well_where_the_event_says_nothing() {
    assert_snapshot!(greeted("ru", json!({ "subject": { "title": null } })).await, @r"
    Bot: Здравствуйте! 21 ноября в магазине на Лесной вас обслуживал наш мастер. Покупка с вами? — Лавка

      Вопрос 1 из 2

      Как товар?

      1 — совсем плохо, 5 — отлично
      [ 1 | 2 | 3 | 4 | 5 ]
      [ Остановить ]
    Bot (edited): Спасибо!
      [ Изменить ответ ]
    ");
    assert_snapshot!(greeted("en", json!({ "subject": { "title": null } })).await, @r"
    Bot: Hello! On 21 November our master served you at the shop. Is it with you? — Лавка

      Question 1 of 2

      How are the goods?

      1 = very bad, 5 = excellent
      [ 1 | 2 | 3 | 4 | 5 ]
      [ Stop ]
    Bot (edited): Thank you!
      [ Change an answer ]
    ");
}

#[tokio::test]
async fn a_low_score_is_followed_by_reasons_and_words_in_one_step() {
    let (story, anna) = asked().await;
    story.tap(anna, "1").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Ваша оценка: 1/5

      Что не так?

      Можно написать здесь, записать голосовое или прислать фото.
      [ Поздно ]
      [ Сломано ]
      [ Пропустить ]
      [ ← Назад ]
      [ Остановить ]
    ");
    story.tap(anna, "Сломано").await;
    story.tap(anna, "Поздно").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Ваша оценка: 1/5

      Что не так?

      Можно написать здесь, записать голосовое или прислать фото.
      [ ✓ Поздно ]
      [ ✓ Сломано ]
      [ Готово ]
      [ ← Назад ]
      [ Остановить ]
    ");
    story.tap(anna, "✓ Поздно").await;
    story.tap(anna, "Готово").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Вопрос 2 из 2

      Как доставка?

      1 — совсем плохо, 5 — отлично
      [ 1 | 2 | 3 | 4 | 5 ]
      [ ← Назад ]
      [ Остановить ]
    ");
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · first · csi · 1
    purchase-1 · first · reason · broken
    ");
    story.tap(anna, "Назад").await;
    story.tap(anna, "Оставить как есть").await;
    story.tap(anna, "5").await;
    assert_eq!(story.state("purchase-1").await, "completed");
    assert_eq!(story.way("purchase-1").await, "received → scheduled → sending → sent → started → completed");
    story.end().await;
}

#[tokio::test]
async fn a_double_tap_counts_once_however_telegram_tells_it() {
    for how in [Duplicate::SameId, Duplicate::NewId] {
        let (story, anna) = asked().await;
        story.world.duplicate_next(how, 1);
        story.tap(anna, "2").await;
        story.world.duplicate_next(how, 1);
        story.tap(anna, "Поздно").await;
        story.world.duplicate_next(how, 1);
        story.say(anna, "Ждали").await;
        story.world.duplicate_next(how, 1);
        story.tap(anna, "4").await;
        let columns = ["question", "metric", "value", "options", "text", "revision"];
        let stored = story.answered(&columns).await;
        allow_duplicates!(assert_snapshot!(stored, @r"
        first · csi · 2 · 1
        first · reason · late · 1
        first · comment · Ждали · 1
        second · csi · 4 · 1
        "));
        assert_eq!(story.state("purchase-1").await, "completed");
        story.end().await;
    }
}

#[tokio::test]
async fn of_two_quick_taps_on_different_options_the_first_holds_at_the_last_question_too() {
    let (story, anna) = asked().await;
    story.tap(anna, "5").await;
    let (first, second) = (story.touch(anna, "5"), story.touch(anna, "1"));
    let stop = story.touch(anna, "Остановить");
    story.settle().await;
    assert_eq!(story.toast(&first), "");
    assert_eq!(story.toast(&second), "На этот вопрос вы уже ответили");
    assert_eq!(story.toast(&stop), "Этот шаг уже пройден");
    assert_eq!(story.state("purchase-1").await, "completed");
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Спасибо! Мы читаем каждый ответ.
      [ Изменить ответ ]
    ");
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · first · csi · 5
    purchase-1 · second · csi · 5
    ");
    story.end().await;
}

#[tokio::test]
async fn reasons_taken_and_taken_back_leave_none() {
    let (story, anna) = asked().await;
    for tap in ["1", "Поздно", "✓ Поздно", "Пропустить"] {
        story.tap(anna, tap).await;
    }
    assert_snapshot!(story.answers().await, @"purchase-1 · first · csi · 1");
    story.end().await;
}

#[tokio::test]
async fn back_from_the_reasons_and_a_better_score_leave_no_reasons() {
    let (story, anna) = asked().await;
    for tap in ["1", "Поздно", "Назад"] {
        story.tap(anna, tap).await;
    }
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Вопрос 1 из 2

      Как товар?

      1 — совсем плохо, 5 — отлично
      [ ✓ 1 | 2 | 3 | 4 | 5 ]
      [ Оставить как есть ]
      [ Остановить ]
    ");
    story.tap(anna, "5").await;
    assert_snapshot!(story.answered(&["question", "metric", "value", "options", "revision"]).await, @"first · csi · 5 · 2");
    story.end().await;
}

#[tokio::test]
async fn every_stale_button_shows_the_present_step_and_says_so() {
    let (story, anna) = asked().await;
    let message = story.world.last_message(anna.id).unwrap().id;
    story.tap(anna, "1").await;
    story.tap(anna, "Поздно").await;
    story.tap(anna, "Готово").await;
    let present = story.last(anna);
    for (button, toast) in [
        ("3", "На этот вопрос вы уже ответили"),
        ("Поздно", "Этот шаг уже пройден"),
        ("Готово", "Этот шаг уже пройден"),
        ("Пропустить", "Этот шаг уже пройден"),
    ] {
        assert_eq!(story.tap_stale(anna, message, button).await, toast, "{button}");
        assert_eq!(story.last(anna), present, "{button}");
    }
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · first · csi · 1
    purchase-1 · first · reason · late
    ");
    story.end().await;
}

#[tokio::test]
async fn a_button_of_a_question_that_was_answered_in_another_message_changes_nothing() {
    let (story, anna) = asked().await;
    let behind = story.world.last_message(anna.id).unwrap().id;
    story.tap(anna, "5").await;
    let shown = story.world.last_message(anna.id).unwrap();
    let Action::Callback(two) = shown.keyboard[0][1].action.clone() else { panic!("{}", story.last(anna)) };
    story.say(anna, "А можно быстрее?").await;
    assert_snapshot!(story.chat(anna).rsplit_once(": /privacy\n").unwrap().1, @r"
    Анна: А можно быстрее?
    Bot: Спасибо, записали.

      Вопрос 2 из 2

      Как доставка?

      1 — совсем плохо, 5 — отлично
      [ 1 | 2 | 3 | 4 | 5 ]
      [ ← Назад ]
      [ Остановить ]
    ");
    story.tap(anna, "4").await;
    let present = story.chat(anna);
    // The same question, the same score: only the message is another one.
    assert_eq!(story.forge(anna, anna.id, behind, &two).await, "Опрос продолжается в другом сообщении");
    assert_eq!(story.chat(anna), present);
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · first · csi · 5
    purchase-1 · first · comment · А можно быстрее?
    purchase-1 · second · csi · 4
    ");
    story.end().await;
}

#[tokio::test]
async fn a_survey_can_be_stopped_before_and_after_the_first_answer() {
    let (story, anna) = asked().await;
    assert_eq!(story.tap(anna, "Остановить").await, "Опрос остановлен");
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Хорошо, этот опрос остановлен.
      [ Продолжить ]
    ");
    assert_eq!(story.way("purchase-1").await, "received → scheduled → sending → sent → refused");
    story.end().await;

    let (story, anna) = asked().await;
    story.tap(anna, "2").await;
    assert_eq!(story.tap(anna, "Остановить").await, "Опрос остановлен");
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Хорошо, этот опрос остановлен. Ответы, которые вы уже дали, сохранены.

      Обращение №101. Ответим здесь 22 ноября до 18:00.
      [ Продолжить ]
    ");
    assert_eq!(story.way("purchase-1").await, "received → scheduled → sending → sent → started → partial");
    assert_eq!(story.state("purchase-1").await, "partial(stopped)");
    assert_snapshot!(story.answers().await, @"purchase-1 · first · csi · 2");
    let message = story.world.last_message(anna.id).unwrap().id;
    assert_eq!(story.tap_stale(anna, message, "5").await, "Этот опрос уже завершён. Спасибо!");
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Хорошо, этот опрос остановлен. Ответы, которые вы уже дали, сохранены.

      Обращение №101. Ответим здесь 22 ноября до 18:00.
      [ Продолжить ]
    ");
    story.end().await;
}

#[tokio::test]
async fn the_longest_texts_an_event_may_bring_still_fit() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    let long = "Ж".repeat(256);
    let more = json!({
        "customer": { "name": long }, "subject": { "title": long }, "agent": { "name": long }, "store": "Ж".repeat(128),
    });
    story.ticket("1", "C-1", more).await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("ticket_closed-1").await, "sent");
    for tap in ["🙂", "🙂", "Да", "Изменить ответ"] {
        story.tap(anna, tap).await;
    }
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Какой ответ изменить?

      1. Как мы справились с вашим обращением в целом? — 🙂 Отлично
      2. Обращением занимался специалист ЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖ… — 🙂 Отлично
      3. Получилось решить ваш вопрос? — Да
      [ 1 · 🙂 Отлично ]
      [ 2 · 🙂 Отлично ]
      [ 3 · Да ]
      [ Оставить как есть ]
    ");
    story.end().await;
}

#[tokio::test]
async fn a_list_of_long_questions_fits_one_message() {
    let long = "Очень ".repeat(550);
    let question = |at: u8| {
        format!(
            "[[questions]]\nkey = \"q{at}\"\nmetric = \"csi\"\nscale = \"1-5\"\n\
             text = {{ ru = \"{long}длинный вопрос?\", en = \"A question?\" }}\n"
        )
    };
    let questions = [0, 1, 2, 3].map(question).concat();
    let story = Story::new().await;
    story.publish(&script("own", "", "", &questions)).await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    for tap in ["5", "5", "5", "5", "Изменить ответ", "2 ·"] {
        story.tap(anna, tap).await;
    }
    story.tap(anna, "4").await;
    assert_snapshot!(story.answers().await, @r"
    purchase-1 · q0 · csi · 5
    purchase-1 · q1 · csi · 4
    purchase-1 · q2 · csi · 5
    purchase-1 · q3 · csi · 5
    ");
    story.end().await;
}
