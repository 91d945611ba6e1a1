//! The main way: one event, one answer, one alert.

use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Story, hours};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one way from its beginning to its end")]
pub async fn a_purchase_becomes_an_answer_and_a_bad_one_an_alert() {
    let story = Story::new().await;
    let anna = story.person("Анна");

    let more = json!({
        "customer": { "name": "Анна" },
        "subject": { "title": "Заказ №1001", "url": "https://shop.example/orders/1001" },
        "agent": { "id": "a-17", "name": "Ольга" },
    });
    let link = story.purchase("1001", "C-42", more).await.unwrap();
    assert_eq!(story.state("purchase-1001").await, "waiting_for_link");
    story.follow(anna, &link).await;
    assert_eq!(story.state("purchase-1001").await, "scheduled");
    assert_snapshot!(story.last(anna), @r"
    Bot: Здравствуйте! Это Лавка. Здесь мы узнаём, всё ли прошло хорошо.

      Готово, вы подключены: больше ничего делать не нужно.

      После покупки или обращения в поддержку пришлём пару коротких вопросов — не чаще раза в сутки. Отвечать можно одним касанием.

      Надоест — отправьте /stop, и вопросов больше не будет.

      Что мы о вас храним и зачем: /privacy
    ");

    story.advance(hours(3)).await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Анна, здравствуйте! Спасибо, что выбрали нас. Заказ №1001 — как всё прошло? Три коротких вопроса, меньше минуты.

      Вопрос 1 из 3

      Насколько вы довольны покупкой в целом?

      0 — совсем нет, 10 — полностью
      [ 0 | 1 | 2 | 3 | 4 | 5 ]
      [ 6 | 7 | 8 | 9 | 10 ]
      [ Остановить ]
    ");
    assert_eq!(story.state("purchase-1001").await, "sent");
    assert_eq!(story.alerts(), "");

    story.tap(anna, "9").await;
    story.tap(anna, "3").await;
    assert_snapshot!(story.last(anna), @r"
    Bot (edited): Ваша оценка: 3/10

      Жаль, что товар вас подвёл. Что с ним не так?

      Можно написать здесь, записать голосовое или прислать фото.
      [ Брак или поломка ]
      [ Не такой, как в описании ]
      [ Чего-то не хватает ]
      [ Плохая упаковка ]
      [ Другое ]
      [ Пропустить ]
      [ ← Назад ]
      [ Остановить ]
    ");
    assert_snapshot!(story.alerts(), @r"
    Bot: №101 · свободно · ответить до 22.11 18:00

      🔴 Плохая оценка: 3 из 10
      Насколько вы довольны качеством товара?

      Другие ответы:
      🟢 9 из 10, хорошо — Насколько вы довольны покупкой в целом?

      Клиент: Анна, C-42
      Заказ №1001 <https://shop.example/orders/1001>
      Покупка: 21.11.2026 15:00
      Сотрудник: Ольга
      Опрос: После покупки
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    ");

    story.tap(anna, "Плохая упаковка").await;
    story.say(anna, "Коробка порвана").await;
    story.tap(anna, "8").await;
    assert_snapshot!(story.chat(anna), @r"
    Анна: /start pk53y26DSdTs28iw9GMoQkmaDfpg
    Bot: Здравствуйте! Это Лавка. Здесь мы узнаём, всё ли прошло хорошо.

      Готово, вы подключены: больше ничего делать не нужно.

      После покупки или обращения в поддержку пришлём пару коротких вопросов — не чаще раза в сутки. Отвечать можно одним касанием.

      Надоест — отправьте /stop, и вопросов больше не будет.

      Что мы о вас храним и зачем: /privacy
    Bot (edited): Ваша оценка: 3/10

      Жаль, что товар вас подвёл. Что с ним не так?

      Можно написать здесь, записать голосовое или прислать фото.
      ✓ Плохая упаковка
    Анна: Коробка порвана
    Bot (edited): Спасибо, что рассказали. Передали тем, кто может это исправить.

      Комментарий записан. Если хотите добавить что-то ещё, просто напишите.

      Обращение №101. Ответим здесь 22 ноября до 18:00.
      [ Изменить ответ ]
    ");
    assert_snapshot!(story.alerts(), @r"
    Bot (edited): №101 · свободно · ответить до 22.11 18:00

      🔴 Плохая оценка: 3 из 10
      Насколько вы довольны качеством товара?

      Причины: Плохая упаковка
      «Коробка порвана»

      Другие ответы:
      🟢 9 из 10, хорошо — Насколько вы довольны покупкой в целом?
      🟢 8 из 10, хорошо — Насколько вы довольны обслуживанием?

      Клиент: Анна, C-42
      Заказ №1001 <https://shop.example/orders/1001>
      Покупка: 21.11.2026 15:00
      Сотрудник: Ольга
      Опрос: После покупки
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    ");
    assert_eq!(story.state("purchase-1001").await, "completed");

    assert_snapshot!(story.answers().await, @r"
    purchase-1001 · overall · csi · 9
    purchase-1001 · quality · csi · 3
    purchase-1001 · quality · reason · packaging
    purchase-1001 · quality · comment · Коробка порвана
    purchase-1001 · service · csi · 8
    ");
    story.end().await;
}
