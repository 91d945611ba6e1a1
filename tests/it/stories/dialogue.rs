//! The dialogue: taps in any order, doubled, late, forged, of other people.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes};

/// Anna, who has a survey after a ticket on her screen.
async fn asked() -> (Story, Person) {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({ "agent": { "id": "a-1", "name": "Ольга" } })).await;
    story.advance(hours(3)).await;
    (story, anna)
}

#[tokio::test]
async fn smileys_lead_to_the_next_question_and_thanks() {
    let (story, anna) = asked().await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Здравствуйте! №7: всё ли получилось? Ответьте, пожалуйста, на несколько коротких вопросов — это займёт полминуты.

      Вопрос 1 из 4

      Как мы справились с вашим обращением в целом?
      [ 🙁 Плохо | 😐 Нормально | 🙂 Отлично ]
      [ Остановить ]
    ");
    story.tap(anna, "🙂").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Вопрос 2 из 4

      Обращением занимался специалист Ольга. Как вам помощь?
      [ 🙁 Плохо | 😐 Нормально | 🙂 Отлично ]
      [ ← Назад ]
      [ Остановить ]
    ");
    story.tap(anna, "🙂").await;
    story.tap(anna, "Да").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Спасибо! Мы читаем каждый ответ.
      [ Изменить ответ ]
    ");
    assert_snapshot!(story.answers().await, @r"
    ticket_closed-7 · overall · csat · 3
    ticket_closed-7 · agent · csi · 3
    ticket_closed-7 · solved · choice · yes
    ");
    assert_eq!(story.alerts(), "");
    story.end().await;
}

#[tokio::test]
async fn of_two_quick_taps_on_one_question_the_first_holds() {
    let (story, anna) = asked().await;
    let first = story.touch(anna, "🙂");
    let second = story.touch(anna, "🙁");
    story.settle().await;
    assert_eq!(story.toast(&first), "");
    assert_snapshot!(story.toast(&second), @"На этот вопрос вы уже ответили");
    assert_snapshot!(story.answers().await, @"ticket_closed-7 · overall · csat · 3");
    story.end().await;
}

#[tokio::test]
async fn back_and_change_replace_an_answer_and_it_counts_once() {
    let (story, anna) = asked().await;
    story.tap(anna, "🙁").await;
    story.tap(anna, "← Назад").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Вопрос 1 из 4

      Как мы справились с вашим обращением в целом?
      [ ✓ 🙁 Плохо | 😐 Нормально | 🙂 Отлично ]
      [ Оставить как есть ]
      [ Остановить ]
    ");
    story.tap(anna, "🙂").await;
    story.tap(anna, "🙂").await;
    story.tap(anna, "Да").await;
    assert_snapshot!(story.alerts(), @r"
    Bot (edited): №101 · свободно · ответить до 22.11 18:00

      🟢 Оценку исправили: 3 из 3 «Отлично»
      Как мы справились с вашим обращением в целом?
      Была 1 из 3 «Плохо», стала 3 из 3 «Отлично»

      Другие ответы:
      🟢 3 из 3 «Отлично», хорошо — Обращением занимался специалист Ольга. Как вам помощь?
      ▫️ Да — Получилось решить ваш вопрос?

      Клиент: C-1
      №7
      Обращение закрыто: 21.11.2026 15:00
      Сотрудник: Ольга
      Опрос: После обращения
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    ");
    story.tap(anna, "Изменить ответ").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Какой ответ изменить?

      1. Как мы справились с вашим обращением в целом? — 🙂 Отлично
      2. Обращением занимался специалист Ольга. Как вам помощь? — 🙂 Отлично
      3. Получилось решить ваш вопрос? — Да
      [ 1 · 🙂 Отлично ]
      [ 2 · 🙂 Отлично ]
      [ 3 · Да ]
      [ Оставить как есть ]
    ");
    story.end().await;
}

#[tokio::test]
async fn a_button_of_an_earlier_step_changes_nothing_and_shows_the_present_one() {
    let (story, anna) = asked().await;
    let message = story.world.last_message(anna.id).unwrap().id;
    story.tap(anna, "🙂").await;
    assert_snapshot!(story.tap_stale(anna, message, "🙁 Плохо").await, @"На этот вопрос вы уже ответили");
    assert_snapshot!(story.answers().await, @"ticket_closed-7 · overall · csat · 3");
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Вопрос 2 из 4

      Обращением занимался специалист Ольга. Как вам помощь?
      [ 🙁 Плохо | 😐 Нормально | 🙂 Отлично ]
      [ ← Назад ]
      [ Остановить ]
    ");
    story.end().await;
}

#[tokio::test]
async fn callback_data_of_others_or_of_nobody_stores_nothing() {
    let (story, anna) = asked().await;
    let boris = story.customer("Борис", "C-2").await;
    let survey = story.world.last_message(anna.id).unwrap();
    let greeting = story.world.last_message(boris.id).unwrap().id;
    let afterword::sandbox::Action::Callback(data) = survey.keyboard[0][0].action.clone() else { panic!() };
    assert_snapshot!(story.forge(boris, boris.id, greeting, &data).await, @"Этот опрос адресован не вам");
    for data in ["", "a", "a:1:2:3", "1:zzzzzzzz:0:0", "\u{0}", &"x".repeat(64)] {
        let toast = story.forge(boris, boris.id, greeting, data).await;
        assert!(!toast.is_empty(), "{data}");
    }
    assert_eq!(story.answers().await, "");
    assert_eq!(story.state("ticket_closed-7").await, "sent");
    story.end().await;
}

#[tokio::test]
async fn a_survey_left_half_way_counts_what_it_has_and_a_late_tap_gets_a_kind_word() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "10").await;
    let message = story.world.last_message(anna.id).unwrap().id;
    story.advance(hours(72)).await;
    assert_eq!(story.state("purchase-1").await, "partial(expired)");
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Опрос завершён. Всё, на что вы ответили, мы сохранили. Спасибо!
      [ Позвать человека ]
    ");
    assert_snapshot!(story.tap_stale(anna, message, "3").await, @"Этот опрос уже завершён. Спасибо!");
    assert_snapshot!(story.answers().await, @"purchase-1 · overall · csi · 10");
    story.end().await;
}

#[tokio::test]
async fn words_after_the_thanks_join_the_comment_until_a_quarter_of_an_hour_of_silence() {
    let (story, anna) = asked().await;
    story.tap(anna, "🙁").await;
    story.say(anna, "Три раза перезванивал").await;
    story.tap(anna, "🙂").await;
    story.tap(anna, "Нет").await;
    story.advance(minutes(10)).await;
    story.say(anna, "И никто не ответил").await;
    story.advance(minutes(14)).await;
    story.say(anna, "Совсем").await;
    assert_snapshot!(story.answers().await, @r"
    ticket_closed-7 · overall · csat · 1
    ticket_closed-7 · overall · comment · Три раза перезванивал
    ticket_closed-7 · agent · csi · 3
    ticket_closed-7 · solved · choice · no
    ticket_closed-7 · unsolved · text · И никто не ответил
    Совсем
    ");
    story.advance(minutes(15)).await;
    story.say(anna, "Алло").await;
    assert_snapshot!(story.chat(anna), @r"
    Анна: /start pk53y2vvuoaungwgeGX34k6DSdTg
    Bot: Здравствуйте! Это Лавка. Здесь мы узнаём, всё ли прошло хорошо.

      Готово, вы подключены: больше ничего делать не нужно.

      После покупки или обращения в поддержку пришлём пару коротких вопросов — не чаще раза в сутки. Отвечать можно одним касанием.

      Надоест — отправьте /stop, и вопросов больше не будет.

      Что мы о вас храним и зачем: /privacy
    Bot (edited): Ваша оценка: 🙁 Плохо

      Жаль, что так вышло. Что пошло не так?

      Можно написать здесь, записать голосовое или прислать фото.
    Анна: Три раза перезванивал
    Bot (edited): Вопрос 4 из 4

      Что осталось нерешённым?

      Ответьте сообщением: текстом, голосовым или фото.
    Анна: И никто не ответил
    Bot (edited): Спасибо, что рассказали. Передали тем, кто может это исправить.

      Комментарий записан.

      Обращение №101. Ответим здесь 22 ноября до 18:00.
      [ Изменить ответ ]
    Анна: Совсем
    Анна: Алло
    Bot: Передали.
    ");
    assert_snapshot!(story.answers().await, @r"
    ticket_closed-7 · overall · csat · 1
    ticket_closed-7 · overall · comment · Три раза перезванивал
    ticket_closed-7 · agent · csi · 3
    ticket_closed-7 · solved · choice · no
    ticket_closed-7 · unsolved · text · И никто не ответил
    Совсем
    ");
    story.end().await;
}

#[tokio::test]
async fn stop_this_survey_ends_it_and_only_it() {
    let (story, anna) = asked().await;
    story.tap(anna, "Остановить").await;
    assert_eq!(story.state("ticket_closed-7").await, "refused");
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Хорошо, этот опрос остановлен.
      [ Продолжить ]
    ");
    story.advance(hours(24)).await;
    story.purchase("2", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    assert_eq!(story.state("purchase-2").await, "sent");
    story.end().await;
}
