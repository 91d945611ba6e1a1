//! What the leads see of a bad score, and when.

use afterword::domain::ids::PersonId;
use afterword::sandbox::Media;
use serde_json::{Value, json};

use crate::harness::{Person, Setting, Story, Updates, hours, minutes, script};
use crate::variant;

/// A customer in front of the first question.
async fn asked(story: &Story, number: u32, more: Value) -> Person {
    let customer = format!("C-{number}");
    let person = story.customer("Анна", &customer).await;
    story.purchase(&number.to_string(), &customer, more).await;
    story.advance(hours(3)).await;
    person
}

#[tokio::test]
pub async fn what_came_while_we_were_away_is_told_at_once_and_not_edited_in() {
    let mut story = Story::new().await;
    let anna = asked(&story, 1, json!({})).await;
    let meanwhile = |story: &Story| {
        drop(story.touch(anna, "2"));
        story.world.say(anna.id, "Экран треснул");
        story.world.send_photo(anna.id, None);
        story.world.say(anna.id, "И не включается");
    };
    story.stop_for(minutes(1), meanwhile).await;
    story.advance(minutes(1)).await;
    let mut alerts = story.alerts();
    if variant::current().updates == Updates::Brought {
        // Telegram may bring them one after the other.
        alerts = alerts.replace("Bot (edited)", "Bot");
    }
    insta::assert_snapshot!(alerts, @r"
    Bot: №101 · свободно · ответить до 22.11 18:01

      🔴 Плохая оценка: 2 из 10
      Насколько вы довольны покупкой в целом?

      «Экран треснул
      И не включается»

      📎 1 вложение

      Клиент: C-1
      №1
      Покупка: 21.11.2026 15:00
      Опрос: После покупки
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    Bot (to 2): (photo)
    ");
    story.end().await;
}

#[tokio::test]
pub async fn the_alert_comes_with_the_first_bad_score_and_follows_the_survey() {
    let story = Story::new().await;
    let more = json!({
        "customer": { "name": "Анна <Петрова>" },
        "subject": { "url": "https://shop.example/orders/1" },
        "agent": { "id": "a-17", "name": "Ольга", "team": "first-line" },
        "store": "msk-2", "channel": "telegram", "tags": ["delivery"],
        "metrics": { "first_response_s": 45, "resolution_s": 5400 },
    });
    let anna = asked(&story, 1, more).await;
    assert_eq!(story.world.sent_count(story.leads), 0);
    story.tap(anna, "2").await;
    insta::assert_snapshot!(story.alerts(), @r"
    Bot: №101 · свободно · ответить до 22.11 18:00

      🔴 Плохая оценка: 2 из 10
      Насколько вы довольны покупкой в целом?

      Клиент: Анна <Петрова>, C-1
      №1 <https://shop.example/orders/1>
      Покупка: 21.11.2026 15:00
      Сотрудник: Ольга
      Команда: first-line
      Магазин: msk-2
      Канал: telegram
      Метки: delivery
      Первый ответ через 45 с · решено за 1 ч 30 мин
      Опрос: После покупки
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    ");
    story.tap(anna, "Брак или поломка").await;
    story.advance(minutes(1)).await;
    story.say(anna, "Экран <b>треснул</b> & не включается").await;
    story.advance(minutes(1)).await;
    story.world.send_photo(anna.id, None);
    story.settle().await;
    story.advance(minutes(1)).await;
    story.tap(anna, "9").await;
    story.advance(minutes(1)).await;
    insta::assert_snapshot!(story.alerts(), @r"
    Bot (edited): №101 · свободно · ответить до 22.11 18:00

      🔴 Плохая оценка: 2 из 10
      Насколько вы довольны покупкой в целом?

      Причины: Брак или поломка
      «Экран <b>треснул</b> & не включается»

      📎 1 вложение

      Другие ответы:
      🟢 9 из 10, хорошо — Насколько вы довольны качеством товара?

      Клиент: Анна <Петрова>, C-1
      №1 <https://shop.example/orders/1>
      Покупка: 21.11.2026 15:00
      Сотрудник: Ольга
      Команда: first-line
      Магазин: msk-2
      Канал: telegram
      Метки: delivery
      Первый ответ через 45 с · решено за 1 ч 30 мин
      Опрос: После покупки
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    Bot (to 2): (photo)
    ");
    story.end().await;
}

#[tokio::test]
async fn a_good_score_tells_nobody() {
    let story = Story::new().await;
    let anna = asked(&story, 1, json!({})).await;
    for score in ["10", "9", "8"] {
        story.tap(anna, score).await;
    }
    assert_eq!(story.world.sent_count(story.leads), 0);
    story.end().await;
}

#[tokio::test]
pub async fn a_changed_score_is_shown_and_only_a_renewed_fall_rings_again() {
    let story = Story::new().await;
    let anna = asked(&story, 1, json!({})).await;
    story.tap(anna, "2").await;
    story.tap(anna, "Пропустить").await;
    story.advance(minutes(1)).await;
    story.tap(anna, "← Назад").await;
    story.tap(anna, "9").await;
    story.advance(minutes(1)).await;
    assert!(story.alerts().contains("Оценку исправили: 9 из 10"), "{}", story.alerts());
    assert!(story.alerts().contains("Была 2 из 10, стала 9 из 10"), "{}", story.alerts());
    assert_eq!(story.world.sent_count(story.leads), 1);
    story.tap(anna, "← Назад").await;
    story.tap(anna, "3").await;
    story.advance(minutes(1)).await;
    assert_eq!(story.world.sent_count(story.leads), 2);
    assert!(story.alerts().contains("Оценка снова упала: 3 из 10"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
async fn more_than_five_alerts_in_a_minute_fold_into_one_that_counts() {
    let story = Story::new().await;
    let mut people = Vec::new();
    for number in 1..=13 {
        let customer = format!("C-{number}");
        people.push(story.customer(&format!("Анна {number}"), &customer).await);
        story.purchase(&number.to_string(), &customer, json!({})).await;
    }
    story.advance(hours(3)).await;
    for person in &people {
        story.tap(*person, "1").await;
    }
    story.say(people[12], "Верните деньги").await;
    story.advance(minutes(2)).await;
    assert_eq!(story.world.sent_count(story.leads), 6);
    let fold = story.world.last_message(story.leads).unwrap();
    insta::assert_snapshot!(story.world.shown(story.leads, fold.id), @r"
    Bot (edited): 🔴 Ещё 8 плохих оценок за несколько минут
      Их слишком много, чтобы слать по одной. Последние сверху:

      №113 · 🔴 1 из 10 · C-13 · №13
      Насколько вы довольны покупкой в целом?
      «Верните деньги»

      №112 · 🔴 1 из 10 · C-12 · №12
      Насколько вы довольны покупкой в целом?

      №111 · 🔴 1 из 10 · C-11 · №11
      Насколько вы довольны покупкой в целом?

      №110 · 🔴 1 из 10 · C-10 · №10
      Насколько вы довольны покупкой в целом?

      №109 · 🔴 1 из 10 · C-9 · №9
      Насколько вы довольны покупкой в целом?

      №108 · 🔴 1 из 10 · C-8 · №8
      Насколько вы довольны покупкой в целом?

      №107 · 🔴 1 из 10 · C-7 · №7
      Насколько вы довольны покупкой в целом?

      №106 · 🔴 1 из 10 · C-6 · №6
      Насколько вы довольны покупкой в целом?
      [ №113 | №112 | №111 | №110 | №109 | №108 ]
      [ №107 | №106 ]
    ");
    story.end().await;
}

#[tokio::test]
async fn without_a_chat_the_admins_are_told_and_without_an_admin_the_alert_waits() {
    let story = Setting::new().await.set("ALERT_CHATS", "").set("ADMIN_IDS", "").start().await;
    let anna = asked(&story, 1, json!({})).await;
    story.tap(anna, "2").await;
    story.world.send_media(anna.id, Media::Photo, Some("вот"));
    story.settle().await;
    assert_eq!(story.running.db.read().await.unwrap().backlog().await.unwrap().alerts_waiting, 1);
    let mut tx = story.running.db.write().await.unwrap();
    tx.upsert_staff(PersonId::new(story.lead.id), "lead", story.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    story.say(story.lead, "/alerts").await;
    story.advance(minutes(1)).await;
    insta::assert_snapshot!(story.chat(story.lead), @r"
    Пётр: /alerts
    Bot: Готово: обращения будут приходить сюда. Отключить: /alerts off

      1 обращение ждало такого чата: отправляем его сейчас.
      [ Что приходит сюда ]
    Bot: №101 · свободно · ответить до 22.11 18:00

      🔴 Плохая оценка: 2 из 10
      Насколько вы довольны покупкой в целом?

      «вот»

      📎 1 вложение

      Клиент: C-1
      №1
      Покупка: 21.11.2026 15:00
      Опрос: После покупки
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    Bot (to 3): (photo) вот
    ");
    assert_eq!(story.running.db.read().await.unwrap().backlog().await.unwrap().alerts_waiting, 0);
    story.end().await;
}

#[tokio::test]
async fn an_admin_who_cannot_be_reached_is_told_as_soon_as_they_come() {
    let story = Setting::new().await.set("ALERT_CHATS", "").start().await;
    let anna = asked(&story, 1, json!({})).await;
    story.tap(anna, "2").await;
    assert_eq!(story.running.db.read().await.unwrap().backlog().await.unwrap().alerts_waiting, 1);
    story.start(story.lead).await;
    assert!(story.chat(story.lead).contains("Плохая оценка: 2 из 10"), "{}", story.chat(story.lead));
    story.end().await;
}

#[tokio::test]
async fn an_alert_speaks_the_language_of_its_chat_and_knows_the_customers_earlier_scores() {
    let story = Setting::new().await.set("ALERT_CHATS", "").start().await;
    let ann = story.person_in("Ann", Some("en"));
    let mut tx = story.running.db.write().await.unwrap();
    tx.upsert_staff(PersonId::new(ann.id), "lead", story.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    story.say(ann, "/alerts").await;
    let anna = asked(&story, 1, json!({})).await;
    for score in ["10", "9", "8"] {
        story.tap(anna, score).await;
    }
    story.advance(hours(47)).await;
    story.purchase("2", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "3").await;
    insta::assert_snapshot!(story.last(ann), @r"
    Bot: No. 101 · free · reply by 24 Nov 20:00
      Customer's language: Russian

      🔴 Bad score: 3 of 10
      How satisfied are you with your purchase overall?

      Customer: C-1
      №2
      Purchase: 2026-11-23 17:00
      Survey: After a purchase

      Earlier: 21 Nov 2026: 10/10, 9/10, 8/10
      [ Take | Reply ]
      [ Resolve | More ]
    ");
    story.end().await;
}

#[tokio::test]
pub async fn a_corrected_score_keeps_what_was_said_about_it() {
    let story = Story::new().await;
    let anna = asked(&story, 1, json!({ "customer": { "phone": "+79990000000" } })).await;
    story.tap(anna, "2").await;
    story.tap(anna, "Брак или поломка").await;
    story.say(anna, "Экран треснул").await;
    story.advance(minutes(1)).await;
    story.tap(anna, "← Назад").await;
    story.tap(anna, "9").await;
    story.advance(minutes(1)).await;
    insta::assert_snapshot!(story.alerts(), @r"
    Bot (edited): №101 · свободно · ответить до 22.11 18:00

      🟢 Оценку исправили: 9 из 10
      Насколько вы довольны покупкой в целом?
      Была 2 из 10, стала 9 из 10

      Причины прежней оценки: Брак или поломка
      О прежней оценке: «Экран треснул»

      Клиент: C-1
      Телефон: +79990000000
      №1
      Покупка: 21.11.2026 15:00
      Опрос: После покупки
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    ");
    story.say(anna, "Это был брак упаковки, сам товар цел").await;
    story.advance(minutes(1)).await;
    let alerts = story.alerts();
    assert!(
        alerts.contains("«Это был брак упаковки, сам товар цел»\n  Причины прежней оценки: Брак или поломка\n  О прежней оценке: «Экран треснул»\n"),
        "{alerts}"
    );
    story.end().await;
}

#[tokio::test]
async fn a_question_about_effort_says_which_end_is_the_bad_one() {
    let story = Story::new().await;
    let questions = r#"
[[questions]]
key = "effort"
metric = "ces"
scale = "1-7"
orientation = "high_is_hard"
text = { ru = "Насколько трудно было решить вопрос?", en = "How hard was it?" }
alert = "low"
"#;
    story.publish(&script("own", "", "", questions)).await;
    let anna = asked(&story, 1, json!({})).await;
    story.tap(anna, "7").await;
    assert!(story.alerts().contains("\n  🔴 Плохая оценка, трудно: 7 из 7\n"), "{}", story.alerts());
    story.tap(anna, "Изменить ответ").await;
    story.tap(anna, "1").await;
    story.advance(minutes(1)).await;
    insta::assert_snapshot!(story.alerts(), @r"
    Bot (edited): №101 · свободно · ответить до 22.11 18:00

      🟢 Оценку исправили, легко: 1 из 7
      Насколько трудно было решить вопрос?
      Было трудно: 7 из 7, стало легко: 1 из 7

      Клиент: C-1
      №1
      Покупка: 21.11.2026 15:00
      Опрос: Свой
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    ");
    story.end().await;
}

#[tokio::test]
async fn a_list_of_many_scores_shows_the_questions_reasons_and_files_and_counts_what_is_bad_now() {
    let story = Story::new().await;
    let mut people = Vec::new();
    for number in 1..=8 {
        let customer = format!("C-{number}");
        people.push(story.customer(&format!("Анна {number}"), &customer).await);
        story.purchase(&number.to_string(), &customer, json!({})).await;
    }
    story.advance(hours(3)).await;
    for person in &people {
        story.tap(*person, "1").await;
    }
    story.tap(people[6], "Проблемы с доставкой").await;
    story.world.send_photo(people[6].id, Some("Коробка смята"));
    story.settle().await;
    story.advance(minutes(1)).await;
    let fold =
        story.world.messages(story.leads).into_iter().find(|message| message.text.plain.contains("Ещё"));
    let fold = fold.unwrap().id;
    insta::assert_snapshot!(story.world.shown(story.leads, fold), @r"
    Bot (edited): 🔴 Ещё 3 плохие оценки за несколько минут
      Их слишком много, чтобы слать по одной. Последние сверху:

      №108 · 🔴 1 из 10 · C-8 · №8
      Насколько вы довольны покупкой в целом?

      №107 · 🔴 1 из 10 · C-7 · №7 · 📎 1
      Насколько вы довольны покупкой в целом? — Проблемы с доставкой
      «Коробка смята»

      №106 · 🔴 1 из 10 · C-6 · №6
      Насколько вы довольны покупкой в целом?
      [ №108 | №107 | №106 ]
    ");
    story.say(people[7], "Ошибся кнопкой").await;
    story.tap(people[7], "← Назад").await;
    story.tap(people[7], "10").await;
    story.advance(minutes(1)).await;
    insta::assert_snapshot!(story.world.shown(story.leads, fold), @r"
    Bot (edited): 🔴 Ещё 2 плохие оценки за несколько минут
      🟢 1 плохую оценку из этого списка уже исправили
      Их слишком много, чтобы слать по одной. Последние сверху:

      №108 · 🟢 10 из 10 · C-8 · №8
      Насколько вы довольны покупкой в целом?
      О прежней оценке: «Ошибся кнопкой»

      №107 · 🔴 1 из 10 · C-7 · №7 · 📎 1
      Насколько вы довольны покупкой в целом? — Проблемы с доставкой
      «Коробка смята»

      №106 · 🔴 1 из 10 · C-6 · №6
      Насколько вы довольны покупкой в целом?
      [ №108 | №107 | №106 ]
    ");
    story.end().await;
}
