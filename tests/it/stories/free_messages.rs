//! What people write that belongs to no survey and no case.

use afterword::sandbox::Media;
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Person, Setting, Story, hours, minutes, seconds};

/// Taps under the newest post that has this button, and returns what popped up.
async fn tap_post(story: &Story, button: &str) -> String {
    let posts = story.world.messages(story.leads);
    let has = |text: &str| text == button;
    let post = posts.iter().rev().find(|post| post.keyboard.iter().flatten().any(|button| has(&button.text)));
    let tap = story.world.tap(story.lead.id, story.leads, post.unwrap().id, button).unwrap();
    story.settle().await;
    story.toast(&tap)
}

async fn stranger(story: &Story, name: &str) -> Person {
    let person = story.person(name);
    story.start(person).await;
    person
}

#[tokio::test]
pub async fn a_message_out_of_the_blue_opens_a_case_that_needs_no_reply_or_gets_one() {
    let story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", json!({ "customer": { "name": "Анна" } })).await;
    story.say(anna, "Где мой заказ?").await;
    assert_snapshot!(story.last(anna), @"Bot: Спасибо, передали: обращение №101. Если нужен ответ, он придёт сюда завтра до 15:00.");
    story.say(anna, "Он уже едет?").await;
    assert_eq!(story.chat(anna).matches("ередали").count(), 1, "{}", story.chat(anna));
    assert_snapshot!(story.alerts(), @r"
    Bot (edited): №101 · свободно · ответить до 22.11 15:00

      ✉️ Клиент пишет

      Клиент: Анна, C-1
      Последнее событие: №1
      [ Взять | Ответить ]
      [ Ответ не нужен | Ещё ]
    Bot (to 2): Где мой заказ?
    Bot (to 2): Он уже едет?
    ");
    tap_post(&story, "Ответ не нужен").await;
    assert!(
        story.alerts().contains("№101 · закрыто") && story.alerts().contains("Ответ не нужен"),
        "{}",
        story.alerts()
    );
    // Thanks come as an afterword, and a week later the next message is a case of its own.
    story.say(anna, "Спасибо, приехал").await;
    assert!(story.last(anna).contains("уже закрыто"), "{}", story.last(anna));
    story.advance(hours(24 * 8)).await;
    story.say(anna, "А можно чек?").await;
    assert!(
        story.last(anna).contains("обращение №102") || story.alerts().contains("А можно чек?"),
        "{}",
        story.chat(anna)
    );
    story.end().await;
}

#[tokio::test]
async fn what_says_nothing_opens_nothing_and_a_place_does() {
    let story = Story::new().await;
    let john = story.person_in("John", Some("en"));
    story.link(john, "C-1").await;
    let sent = story.world.send_media(john.id, Media::Sticker { emoji: "😡".to_owned() }, None);
    story.settle().await;
    assert!(story.last(john).contains("We cannot save a message like this"), "{}", story.last(john));
    assert!(!story.alerts().contains("№101"), "{}", story.alerts());
    let update = json!({
        "message_id": sent, "date": 1, "from": { "id": john.id, "is_bot": false, "first_name": "John" },
        "chat": { "id": john.id, "type": "private" }, "paid_media": { "star_count": 1, "paid_media": [] },
    });
    story.world.inject("message", &update);
    story.settle().await;
    assert!(story.last(john).contains("This kind of message cannot be passed on"), "{}", story.last(john));
    assert_eq!(story.world.last_message(john.id).unwrap().reply_to, Some(sent));
    story.advance(minutes(2)).await;
    story.say(john, "Where is my order?").await;
    assert_snapshot!(story.last(john), @"Bot: Thank you, passed on: case no. 101. If it needs a reply, you will get it here by 16:00 tomorrow.");
    // In a talk a sticker goes to the leads.
    story.world.send_media(john.id, Media::Sticker { emoji: "😡".to_owned() }, None);
    story.settle().await;
    assert!(story.alerts().contains("(sticker 😡)"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
async fn the_team_and_installations_that_want_none_have_no_such_cases() {
    let story = Setting::new().await.set("FREE_MESSAGES", "off").start().await;
    let anna = story.customer("Анна", "C-1").await;
    story.say(anna, "Где мой заказ?").await;
    assert!(story.last(anna).contains("никто не прочитает"), "{}", story.last(anna));
    story.tap(anna, "Позвать человека").await;
    assert!(story.last(anna).contains("обращение №101"), "{}", story.last(anna));
    story.start(story.lead).await;
    story.say(story.lead, "Добрый день").await;
    assert_snapshot!(story.last(story.lead), @"Bot: Чтобы ответить клиенту, ответьте на сообщение его обращения. Все обращения: /cases");
    assert!(!story.alerts().contains("№102"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
pub async fn of_a_stranger_twenty_messages_are_kept_and_shown_to_whoever_takes_the_case() {
    let story = Story::new().await;
    let eve = stranger(&story, "Ева").await;
    for number in 1..=100 {
        story.world.say(eve.id, &format!("слово {number}"));
    }
    story.settle().await;
    story.advance(minutes(1)).await;
    let posts = story.world.messages(story.leads);
    let ours: Vec<_> = posts.iter().filter(|post| post.service.is_none()).collect();
    assert!(ours.len() == 1 && ours[0].silent, "{}", story.alerts());
    assert_snapshot!(story.alerts(), @r"
    Bot (edited): №101 · свободно · ответить до 23.11 15:00

      👤 Пишет незнакомый человек

      Ева (Telegram). Заказов и обращений за ним не нашли.

      «слово 1»
      Сохранено сообщений: 20. Откроются, когда обращение возьмут
      Не сохранено сообщений: 80
      [ Взять | Ответить ]
      [ Ответ не нужен | Ещё ]
      [ Не слушать ]
    ");
    assert_eq!(story.chat(eve).matches("новые пока не сохраняются").count(), 1, "{}", story.chat(eve));
    tap_post(&story, "Взять").await;
    story.advance(minutes(2)).await;
    for number in 1..=20 {
        let words = format!("слово {number}\n");
        assert_eq!(story.alerts().matches(&words).count(), 1, "{words}: {}", story.alerts());
    }
    story.say(eve, "Спасибо, что взяли").await;
    assert!(story.alerts().contains("Спасибо, что взяли"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
pub async fn whoever_is_muted_is_told_once_a_day_and_heard_again_when_a_lead_undoes_it() {
    let story = Story::new().await;
    let eve = stranger(&story, "Ева").await;
    let first = story.say(eve, "Купите слона").await;
    let toast = tap_post(&story, "Не слушать").await;
    assert_eq!(toast, "Не слушаем до 21.12 15:00: сообщения этого человека вам не передаются");
    // The post says so to leads who would reply.
    assert!(story.alerts().contains("🔇 Не слушаем до 21.12 15:00\n"), "{}", story.alerts());
    assert!(story.alerts().contains("[ Слушать снова ]"), "{}", story.alerts());
    story.advance(seconds(5)).await;
    assert_eq!(tap_post(&story, "Слушать снова").await, "Снова слушаем этого человека");
    story.advance(seconds(5)).await;
    assert!(!story.alerts().contains("🔇"), "{}", story.alerts());
    tap_post(&story, "Не слушать").await;
    // Nor is what they make of it.
    story.world.edit_own_message(eve.id, eve.id, first, "Слона, живо");
    story.settle().await;
    assert!(story.last(eve).contains("сотрудникам не передаются"), "{}", story.chat(eve));
    for words in ["Слона", "/human", "Слона!"] {
        story.say(eve, words).await;
    }
    assert_eq!(story.chat(eve).matches("сотрудникам не передаются").count(), 1, "{}", story.chat(eve));
    story.advance(hours(25)).await;
    story.say(eve, "Слона?").await;
    assert_eq!(story.chat(eve).matches("сотрудникам не передаются").count(), 2, "{}", story.chat(eve));
    assert!(!story.alerts().contains("Слона"), "{}", story.alerts());
    story.start(story.lead).await;
    story.say(story.lead, "/cases").await;
    story.tap(story.lead, "Не слушаем").await;
    story.tap(story.lead, "Ева · до").await;
    assert!(story.last(story.lead).contains("Слушаем всех"), "{}", story.last(story.lead));
    assert!(story.alerts().contains("[ Не слушать ]"), "{}", story.alerts());
    assert!(!story.alerts().contains("🔇"), "{}", story.alerts());
    story.say(story.lead, "/staff log").await;
    let log = story.last(story.lead);
    assert!(log.contains("не слушаем Ева до 2026-12-21") && log.contains("снова слушаем Ева"), "{log}");
    story.say(eve, "Жираф?").await;
    tap_post(&story, "Взять").await;
    story.advance(minutes(1)).await;
    assert!(story.alerts().contains("): Купите слона\n\n  Жираф?"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
pub async fn more_than_sixty_strangers_in_an_hour_are_told_to_the_admins_once() {
    let story = Story::new().await;
    story.start(story.lead).await;
    for number in 1..=62 {
        let person = stranger(&story, &format!("Чужой {number}")).await;
        story.world.say(person.id, "Привет");
        story.settle().await;
        story.advance(minutes(u64::from(number % 3 == 0))).await;
    }
    let chat = story.chat(story.lead);
    assert_eq!(chat.matches("За час новых обращений от незнакомых: 61").count(), 1, "{chat}");
    assert_eq!(chat.matches("За час новых обращений").count(), 1, "{chat}");
    story.end().await;
}
