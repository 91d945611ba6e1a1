//! The first admin, and which chats get alerts.

use afterword::domain::ids::PersonId;
use afterword::sandbox::{Fault, GroupKind, Role};
use serde_json::json;

use crate::harness::{Person, Setting, Story, hours};

/// A customer who is asked after a purchase and gives a bad score at once.
async fn bad_score(story: &Story, number: u32) -> Person {
    let customer = format!("C-{number}");
    let person = story.customer("Анна", &customer).await;
    story.purchase(&number.to_string(), &customer, json!({})).await;
    story.advance(hours(3)).await;
    story.tap(person, "2").await;
    person
}

#[tokio::test]
async fn the_first_tap_on_the_claim_link_makes_the_admin_and_lets_go_what_waited() {
    let story = Setting::new().await.set("ADMIN_IDS", "").set("ALERT_CHATS", "").start().await;
    bad_score(&story, 1).await;
    let link = story.running.claim_link().await.unwrap().unwrap();
    assert_eq!(
        story.running.claim_link().await.unwrap().as_deref(),
        Some(link.as_str()),
        "the same until it is used"
    );
    let (anna, boris) = (story.person("Анна"), story.person("Борис"));
    story.follow(anna, &link).await;
    insta::assert_snapshot!(story.chat(anna), @r"
    Анна: /start oGm7QaeXU3jbdA4ga3F-YA
    Bot: Готово, вы администратор.

      Шаг 1 из 5

      На каком языке вам удобнее? · Which language do you prefer?
      [ Русский | English ]
    Bot: №101 · свободно · ответить до 22.11 18:00

      🔴 Плохая оценка: 2 из 10
      Насколько вы довольны покупкой в целом?

      Клиент: C-1
      №1
      Покупка: 21.11.2026 15:00
      Опрос: После покупки

      ℹ️ Пришло вам: чата для обращений пока нет. Отправьте /alerts в группе руководителей, и они будут приходить туда.
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    ");
    assert_eq!(story.running.claim_link().await.unwrap(), None);
    story.follow(boris, &link).await;
    assert!(story.last(boris).contains("Эта ссылка одноразовая"), "{}", story.last(boris));
    story.follow(anna, &link).await;
    assert!(story.last(anna).contains("Вы администратор"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn a_claim_link_is_worth_nothing_once_there_is_an_admin() {
    let story = Setting::new().await.set("ADMIN_IDS", "").start().await;
    let link = story.running.claim_link().await.unwrap().unwrap();
    let (anna, boris) = (story.person("Анна"), story.person("Борис"));
    let mut tx = story.running.db.write().await.unwrap();
    tx.upsert_staff(PersonId::new(anna.id), "admin", story.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    story.follow(boris, &link).await;
    assert!(story.last(boris).contains("Эта ссылка одноразовая"), "{}", story.last(boris));
    story.end().await;
}

#[tokio::test]
async fn a_group_and_a_topic_subscribe_themselves_and_end_it() {
    let story = Setting::new().await.set("ALERT_CHATS", "").start().await;
    story.start(story.lead).await;
    let forum = story.world.add_group("Поддержка", GroupKind::Forum, story.lead.id);
    let topic = story.world.add_topic(forum, "Обращения");
    story.world.say_in(forum, Some(topic), story.lead.id, "/alerts@other_bot");
    story.world.say_in(forum, Some(topic), story.lead.id, "всем привет");
    story.settle().await;
    assert_eq!(story.world.sent_count(forum), 0, "nothing but its own commands is answered");
    let me = story.running.ctx.bot_username.to_string();
    story.world.say_in(forum, Some(topic), story.lead.id, &format!("/alerts@{me}"));
    story.settle().await;
    story.world.say_in(forum, Some(topic), story.lead.id, "/alerts");
    story.settle().await;
    bad_score(&story, 1).await;
    let alert = story.world.last_message(forum).unwrap();
    assert_eq!(alert.thread, Some(topic));
    story.world.say_in(forum, Some(topic), story.lead.id, "/alerts off");
    story.settle().await;
    insta::assert_snapshot!(story.world.transcript(forum), @r"
    Пётр: (added the bot)
    #Обращения Пётр: (created the topic Обращения)
    #Обращения Пётр: /alerts@other_bot
    #Обращения Пётр: всем привет
    #Обращения Пётр: /alerts@afterword_sandbox_bot
    #Обращения Bot: Готово: обращения будут приходить сюда. Отключить: /alerts off
      [ ✓ Русский ]
      [ English ]
      [ Что приходит сюда ]
    #Обращения Пётр: /alerts
    #Обращения Bot: Обращения уже приходят сюда. Отключить: /alerts off
      [ ✓ Русский ]
      [ English ]
      [ Что приходит сюда ]
    #Обращения Bot: №101 · свободно · ответить до 22.11 18:00

      🔴 Плохая оценка: 2 из 10
      Насколько вы довольны покупкой в целом?

      Клиент: C-1
      №1
      Покупка: 21.11.2026 15:00
      Опрос: После покупки
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    #Обращения Пётр: /alerts off
    #Обращения Bot: Хорошо, обращения сюда больше не приходят. Включить снова: /alerts

      Других чатов нет: теперь обращения приходят администраторам в личные сообщения.
    ");
    story.advance(hours(23)).await;
    bad_score(&story, 2).await;
    assert!(story.last(story.lead).contains("Плохая оценка"), "without a chat the admin is told");
    story.end().await;
}

#[tokio::test]
async fn somebody_without_a_role_is_refused_politely() {
    let story = Setting::new().await.set("ALERT_CHATS", "").start().await;
    let boris = story.person("Борис");
    story.world.add_member(story.leads, boris.id, Role::Member);
    let before = story.world.sent_count(story.leads);
    story.world.say_in(story.leads, None, boris.id, "/alerts");
    story.settle().await;
    assert_eq!(story.chat(boris), "", "nobody who has not begun to speak with the bot is written to");
    story.start(boris).await;
    story.world.say_in(story.leads, None, boris.id, "/alerts");
    story.settle().await;
    assert!(story.last(boris).contains("для руководителей и администраторов"), "{}", story.last(boris));
    assert_eq!(story.world.sent_count(story.leads), before);
    story.advance(hours(1)).await;
    story.say(boris, "/alerts").await;
    assert!(story.last(boris).contains("для руководителей и администраторов"), "{}", story.last(boris));
    story.say(boris, "/help").await;
    assert!(!story.last(boris).contains("/alerts"), "{}", story.last(boris));
    story.say(story.lead, "/help").await;
    assert!(story.last(story.lead).contains("/alerts"), "{}", story.last(story.lead));
    story.end().await;
}

#[tokio::test]
async fn a_chat_of_the_environment_cannot_be_unsubscribed_by_a_command() {
    let story = Story::new().await;
    story.world.say_in(story.leads, None, story.lead.id, "/alerts off");
    story.settle().await;
    assert!(story.alerts().contains("ALERT_CHATS"), "{}", story.alerts());
    story.world.say_in(story.leads, None, story.lead.id, "/alerts bogus");
    story.settle().await;
    assert!(story.alerts().contains("/alerts, /alerts off или /alerts team Розница"), "{}", story.alerts());
    story.end().await;
}

#[tokio::test]
async fn a_removed_bot_tells_the_admins_and_comes_back_when_let_in_again() {
    let story = Story::new().await;
    story.start(story.lead).await;
    story.world.kick_bot(story.leads, story.lead.id);
    story.settle().await;
    bad_score(&story, 1).await;
    assert!(story.last(story.lead).contains("Плохая оценка"), "{}", story.last(story.lead));
    story.world.set_bot_standing(story.leads, story.lead.id, afterword::sandbox::Standing::Member);
    story.settle().await;
    story.advance(hours(23)).await;
    let before = story.world.sent_count(story.leads);
    bad_score(&story, 2).await;
    assert_eq!(story.world.sent_count(story.leads), before + 1);
    story.end().await;
}

#[tokio::test]
async fn an_alert_that_its_chat_refuses_goes_to_the_admins() {
    let story = Setting::new().await.set("ALERT_CHATS", "-1009").start().await;
    story.start(story.lead).await;
    bad_score(&story, 1).await;
    assert!(story.last(story.lead).contains("Плохая оценка"), "{}", story.last(story.lead));
    story.end().await;

    let story = Story::new().await;
    story.start(story.lead).await;
    let kicked = Fault::error(403, "Forbidden: bot was kicked from the supergroup chat");
    story.world.fault(kicked.on("sendMessage").chat(story.leads));
    bad_score(&story, 1).await;
    assert!(story.last(story.lead).contains("Плохая оценка"), "{}", story.last(story.lead));
    assert_eq!(story.alerts(), "");
    story.end().await;
}

#[tokio::test]
async fn a_group_that_becomes_a_supergroup_goes_on_getting_alerts() {
    let story = Setting::new().await.set("ALERT_CHATS", "").start().await;
    let group = story.world.add_group("Поддержка", GroupKind::Basic, story.lead.id);
    story.world.say_in(group, None, story.lead.id, "/alerts");
    story.settle().await;
    let person = bad_score(&story, 1).await;
    let supergroup = story.world.migrate_group(group);
    story.settle().await;
    story.say(person, "Всё сломалось").await;
    story.advance(hours(23)).await;
    bad_score(&story, 2).await;
    assert!(story.world.transcript(supergroup).contains("C-2"), "{}", story.world.transcript(supergroup));
    story.end().await;
}
