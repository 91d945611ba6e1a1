//! What customers say in their own words: text, voice, pictures, files; changed, quoted, in albums.

use afterword::sandbox::Media;
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Story, hours, minutes};

/// Anna, who was asked what went wrong.
async fn asked_why() -> (Story, Person) {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.ticket("7", "C-1", json!({})).await;
    story.advance(hours(3)).await;
    story.tap(anna, "🙁").await;
    (story, anna)
}

#[tokio::test]
async fn a_voice_message_is_a_comment_and_the_leads_can_hear_it() {
    let (story, anna) = asked_why().await;
    story.world.send_voice(anna.id, 12);
    story.pause().await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Спасибо, записали.

      Вопрос 2 из 4

      Обращением занимался специалист поддержки. Как вам помощь?
      [ 🙁 Плохо | 😐 Нормально | 🙂 Отлично ]
      [ ← Назад ]
      [ Остановить ]
    ");
    assert_snapshot!(story.answers().await, @r"
    ticket_closed-7 · overall · csat · 1
    ticket_closed-7 · overall · comment · voice:12:48000:voice-file-1
    ");
    assert_snapshot!(story.alerts(), @r"
    Bot (edited): №101 · свободно · ответить до 22.11 18:00

      🔴 Плохая оценка: 1 из 3 «Плохо»
      Как мы справились с вашим обращением в целом?

      📎 1 вложение

      Клиент: C-1
      №7
      Обращение закрыто: 21.11.2026 15:00
      Опрос: После обращения
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    Bot (to 2): (voice 0:12)
    ");
    story.end().await;
}

#[tokio::test]
pub async fn a_photo_and_a_document_with_captions_are_comments() {
    let (story, anna) = asked_why().await;
    story.world.send_photo(anna.id, Some("Вот что пришло"));
    story.pause().await;
    story.tap(anna, "🙂").await;
    story.tap(anna, "Да").await;
    story.world.send_document(anna.id, "акт.pdf", None);
    story.pause().await;
    assert_snapshot!(story.answers().await, @r"
    ticket_closed-7 · overall · csat · 1
    ticket_closed-7 · overall · comment · Вот что пришло · photo::120000:photo-file-1|document::48000:document-file-2
    ticket_closed-7 · agent · csi · 3
    ticket_closed-7 · solved · choice · yes
    ");
    assert_snapshot!(story.alerts(), @r"
    Bot (edited): №101 · свободно · ответить до 22.11 18:00

      🔴 Плохая оценка: 1 из 3 «Плохо»
      Как мы справились с вашим обращением в целом?

      «Вот что пришло»

      📎 2 вложения

      Другие ответы:
      🟢 3 из 3 «Отлично», хорошо — Обращением занимался специалист поддержки. Как вам помощь?
      ▫️ Да — Получилось решить ваш вопрос?

      Клиент: C-1
      №7
      Обращение закрыто: 21.11.2026 15:00
      Опрос: После обращения
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    Bot (to 2): (photo) Вот что пришло
    Bot (to 2): (document акт.pdf)
    ");
    story.end().await;
}

#[tokio::test]
async fn an_album_is_one_comment() {
    let (story, anna) = asked_why().await;
    story.world.send_album(anna.id, &[Media::Photo, Media::Photo], Some("С двух сторон"));
    story.pause().await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Спасибо, записали.

      Вопрос 2 из 4

      Обращением занимался специалист поддержки. Как вам помощь?
      [ 🙁 Плохо | 😐 Нормально | 🙂 Отлично ]
      [ ← Назад ]
      [ Остановить ]
    ");
    assert_snapshot!(story.answers().await, @r"
    ticket_closed-7 · overall · csat · 1
    ticket_closed-7 · overall · comment · С двух сторон · photo::120000:photo-file-2|photo::120000:photo-file-3
    ");
    story.end().await;
}

#[tokio::test]
async fn an_edited_message_changes_the_comment_however_late() {
    let (story, anna) = asked_why().await;
    let message = story.say(anna, "Хамили").await;
    story.tap(anna, "🙂").await;
    story.tap(anna, "Да").await;
    story.advance(hours(5)).await;
    story.world.edit_own_message(anna.id, anna.id, message, "Были невежливы");
    story.settle().await;
    assert_snapshot!(story.answers().await, @r"
    ticket_closed-7 · overall · csat · 1
    ticket_closed-7 · overall · comment · Были невежливы
    ticket_closed-7 · agent · csi · 3
    ticket_closed-7 · solved · choice · yes
    ");
    assert!(story.alerts().contains("Были невежливы"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
async fn markup_and_formulas_in_words_stay_words() {
    let (story, anna) = asked_why().await;
    story.say(anna, "<b>=1+1</b> & \"всё\" <a href=\"tg://user?id=1\">").await;
    assert!(
        story.alerts().contains("«<b>=1+1</b> & \"всё\" <a href=\"tg://user?id=1\">»"),
        "{}",
        story.alerts()
    );
    story.end().await;
}

#[tokio::test]
async fn a_text_with_an_entity_nobody_knows_yet_keeps_its_words() {
    let (story, anna) = asked_why().await;
    let update = json!({
        "message_id": 4_000_000,
        "date": story.clock.now().millis() / 1000,
        "chat": { "id": anna.id, "type": "private", "first_name": "Анна" },
        "from": { "id": anna.id, "is_bot": false, "first_name": "Анна", "language_code": "ru" },
        "text": "Обещали завтра",
        "entities": [{ "type": "date_time", "offset": 8, "length": 6, "unix_time": 1 }],
        "shiny_new_field": { "nested": [1, 2] },
    });
    story.world.inject("message", &update);
    story.settle().await;
    assert!(story.answers().await.contains("Обещали завтра"));
    story.end().await;
}

#[tokio::test]
async fn a_sticker_is_no_comment_but_gets_an_answer() {
    let (story, anna) = asked_why().await;
    story.world.send_media(anna.id, Media::Sticker { emoji: "😡".to_owned() }, None);
    story.pause().await;
    assert_snapshot!(story.last(anna), @r"
    Bot: Такое сообщение сохранить не получится. Напишите словами, запишите голосовое, пришлите фото или файл.
      [ Позвать человека ]
    ");
    assert_snapshot!(story.answers().await, @"ticket_closed-7 · overall · csat · 1");
    story.end().await;
}

#[tokio::test]
async fn whatever_can_be_sent_and_not_kept_gets_an_answer_and_telegrams_own_notices_none() {
    let (story, anna) = asked_why().await;
    let before = story.world.sent_count(anna.id);
    let kinds = json!({
        "location": { "latitude": 55.75, "longitude": 37.61 },
        "venue": { "location": {}, "title": "Кафе", "address": "Тверская, 1" },
        "poll": { "id": "1", "question": "Ну как?", "options": [] },
        "dice": { "emoji": "🎲", "value": 6 },
        "story": { "chat": { "id": anna.id, "type": "private" }, "id": 1 },
        "game": { "title": "Тетрис" },
        "checklist": { "title": "Список", "tasks": [] },
        "paid_media": { "star_count": 1, "paid_media": [] },
        "pinned_message": { "message_id": 1, "date": 0, "chat": { "id": anna.id, "type": "private" } },
    });
    for (number, (kind, content)) in kinds.as_object().unwrap().iter().enumerate() {
        let mut message = json!({
            "message_id": 4_000_000 + number,
            "date": story.clock.now().millis() / 1000,
            "chat": { "id": anna.id, "type": "private", "first_name": "Анна" },
            "from": { "id": anna.id, "is_bot": false, "first_name": "Анна", "language_code": "ru" },
        });
        message[kind] = content.clone();
        story.world.inject("message", &message);
        story.advance(minutes(1)).await;
    }
    assert_eq!(story.world.sent_count(anna.id) - before, 8);
    assert!(story.last(anna).contains("сохранить не получится"));
    assert_snapshot!(story.answers().await, @"ticket_closed-7 · overall · csat · 1");
    // Each of them is answered, with the same words.
    story.end_with(|problem| problem.contains("сохранить не получится")).await;
}

#[tokio::test]
async fn a_nul_in_what_telegram_brings_is_shown_as_a_sign_and_nothing_is_lost() {
    let (story, anna) = asked_why().await;
    story.world.say(anna.id, "Про\0пало \\u0000 слово");
    story.settle().await;
    let answers = story.answers().await;
    assert!(answers.contains("Про\u{fffd}пало \\u0000 слово"), "{answers}");
    let bob = story.person("Б\0об");
    story.start(bob).await;
    story.world.say(bob.id, "/human");
    story.settle().await;
    assert!(story.alerts().contains("Б\u{fffd}об"), "{}", story.alerts());
    story.end().await;
}
