//! What a support lead meets around the alerts: why they come, in which language, and replies that go nowhere.

use afterword::domain::ids::PersonId;
use afterword::sandbox::{GroupKind, Role};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Person, Setting, Story, hours, minutes};

/// A customer in front of the first question.
async fn asked(story: &Story, number: u32, more: Value) -> Person {
    let customer = format!("C-{number}");
    let person = story.customer("Анна", &customer).await;
    story.purchase(&number.to_string(), &customer, more).await;
    story.advance(hours(3)).await;
    person
}

async fn give_role(story: &Story, person: Person, role: &str) {
    let mut tx = story.running.db.write().await.unwrap();
    tx.upsert_person(PersonId::new(person.id), None, None).await.unwrap();
    tx.upsert_staff(PersonId::new(person.id), role, story.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn say_in(story: &Story, chat: i64, topic: Option<i64>, person: Person, text: &str) {
    story.world.say_in(chat, topic, person.id, text);
    story.settle().await;
}

/// The newest message of the bot in a group, as it stands there.
fn last_in(story: &Story, chat: i64) -> String {
    let message = story.world.last_message(chat).expect("the bot wrote nothing");
    story.world.shown(chat, message.id)
}

/// A tap on a button under the newest message of the bot in a group; what popped up.
async fn tap_in(story: &Story, chat: i64, person: Person, button: &str) -> String {
    let message = story.world.last_message(chat).expect("the bot wrote nothing");
    let tap = story.world.tap(person.id, chat, message.id, button).unwrap_or_else(|error| panic!("{error}"));
    story.settle().await;
    story.toast(&tap)
}

#[tokio::test]
async fn an_alert_that_comes_to_the_admin_says_why_and_what_to_do() {
    let story = Setting::new().await.set("ALERT_CHATS", "").start().await;
    story.start(story.lead).await;
    let bad_score = async |number| {
        let customer = story.ask_in_a_test("Анна", number).await;
        story.tap(customer, "2").await;
        story.advance(minutes(1)).await;
        customer
    };
    let why = || {
        let last = story.last(story.lead);
        last.lines().rfind(|line| line.contains("ℹ️")).unwrap_or_default().trim().to_owned()
    };
    let anna = bad_score(1).await;
    assert_snapshot!(why(), @"ℹ️ Пришло вам: чата для обращений пока нет. Отправьте /alerts в группе руководителей, и они будут приходить туда.");
    say_in(&story, story.leads, None, story.lead, "/alerts").await;
    bad_score(2).await;
    assert!(story.alerts().contains("C-2") && !story.alerts().contains("ℹ️"), "{}", story.alerts());
    story.say(anna, "Чашка разбита").await;
    story.advance(minutes(1)).await;
    assert!(!story.chat(story.lead).contains("ℹ️"), "it is no longer so:\n{}", story.chat(story.lead));
    story.world.kick_bot(story.leads, story.lead.id);
    story.settle().await;
    bad_score(3).await;
    assert_snapshot!(why(), @"ℹ️ Пришло вам: чат «Отзывы» потерян. Верните туда бота или отправьте /alerts в другой группе.");
    let boris = story.person("Борис");
    story.start(boris).await;
    story.say(boris, "/human").await;
    assert_snapshot!(story.last(story.lead), @r"
    Bot: №104 · свободно · ответить до 23.11 15:04

      🙋 Нужен человек

      Борис (Telegram). Заказов и обращений за ним не нашли.

      ℹ️ Пришло вам: чат «Отзывы» потерян. Верните туда бота или отправьте /alerts в другой группе.
      [ Взять | Ответить ]
      [ Закрыть | Ещё ]
    ");
    story.end().await;
}

#[tokio::test]
pub async fn the_language_of_a_group_is_chosen_by_a_button_and_not_by_who_wrote_last() {
    let story = Setting::new().await.set("ALERT_CHATS", "").start().await;
    let (ann, boris, vera) =
        (story.person_in("Ann", Some("en")), story.person("Борис"), story.person("Вера"));
    give_role(&story, ann, "lead").await;
    give_role(&story, boris, "agent").await;
    for person in [ann, boris, vera] {
        story.world.add_member(story.leads, person.id, Role::Member);
    }
    say_in(&story, story.leads, None, ann, "/language").await;
    assert_snapshot!(last_in(&story, story.leads), @"Bot: You choose a language for a chat that gets cases, and this one gets none. Send /alerts first");
    say_in(&story, story.leads, None, ann, "/alerts").await;
    assert_snapshot!(last_in(&story, story.leads), @r"
    Bot: Done: cases will come here. To turn this off: /alerts off
      [ Русский ]
      [ ✓ English ]
      [ What comes here ]
    ");
    // Whoever speaks Russian asks again: the chat goes on in English.
    say_in(&story, story.leads, None, story.lead, "/alerts").await;
    assert_snapshot!(last_in(&story, story.leads), @r"
    Bot: Cases already come here. To turn this off: /alerts off
      [ Русский ]
      [ ✓ English ]
      [ What comes here ]
    ");
    assert_eq!(
        tap_in(&story, story.leads, vera, "Русский").await,
        "Язык чата выбирают руководители и администраторы"
    );
    tap_in(&story, story.leads, story.lead, "Русский").await;
    assert_snapshot!(last_in(&story, story.leads), @r"
    Bot (edited): Обращения приходят сюда. Язык этого чата: Русский. Отключить: /alerts off
      [ ✓ Русский ]
      [ English ]
    ");
    let anna = asked(&story, 1, json!({})).await;
    story.tap(anna, "2").await;
    assert!(last_in(&story, story.leads).contains("Плохая оценка: 2 из 10"), "{}", story.alerts());
    // People without a role are not answered there, agents are told who chooses.
    let before = story.world.sent_count(story.leads);
    say_in(&story, story.leads, None, vera, "/language").await;
    assert_eq!(story.world.sent_count(story.leads), before);
    say_in(&story, story.leads, None, boris, "/language").await;
    assert!(
        last_in(&story, story.leads).contains("для руководителей и администраторов"),
        "{}",
        story.alerts()
    );
    say_in(&story, story.leads, None, ann, "/language").await;
    tap_in(&story, story.leads, ann, "English").await;
    story.advance(hours(20)).await;
    story.say(anna, "Чашка разбита").await;
    story.advance(minutes(1)).await;
    assert!(
        story.alerts().contains("Bad score: 2 of 10"),
        "an alert that changes speaks it too:\n{}",
        story.alerts()
    );
    story.end().await;
}

#[tokio::test]
async fn each_topic_has_its_language_and_so_has_a_chat_of_the_configuration() {
    let setting = Setting::new().await;
    let forum = setting.world.add_group("Форум", GroupKind::Forum, setting.lead.id);
    let (one, other) = (setting.world.add_topic(forum, "Оценки"), setting.world.add_topic(forum, "Scores"));
    let story = setting.start().await;
    say_in(&story, forum, Some(one), story.lead, "/alerts").await;
    say_in(&story, forum, Some(other), story.lead, "/alerts@afterword_sandbox_bot").await;
    tap_in(&story, forum, story.lead, "English").await;
    say_in(&story, story.leads, None, story.lead, "/language").await;
    tap_in(&story, story.leads, story.lead, "English").await;
    let anna = asked(&story, 1, json!({})).await;
    story.tap(anna, "2").await;
    let told = story.world.transcript(forum);
    assert!(told.contains("Плохая оценка: 2 из 10") && told.contains("Bad score: 2 of 10"), "{told}");
    assert!(story.alerts().contains("Bad score: 2 of 10"), "{}", story.alerts());
    let message = story.world.last_message(story.leads).unwrap().id;
    let tap = story.world.forge_callback(story.lead.id, story.leads, message, "1c:ru:7");
    story.settle().await;
    assert!(story.toast(&tap).contains("Сначала отправьте /alerts"), "{}", story.toast(&tap));
    story.end().await;
}

#[tokio::test]
async fn a_reply_that_reaches_no_customer_is_answered_once_with_a_hint() {
    let setting = Setting::new().await;
    let forum = setting.world.add_group("Форум", GroupKind::Forum, setting.lead.id);
    let topic = setting.world.add_topic(forum, "Оценки");
    let story = setting.set("ALERT_CHATS", "").start().await;
    let (ann, vera) = (story.person_in("Ann", Some("en")), story.person("Вера"));
    give_role(&story, ann, "lead").await;
    for person in [ann, vera] {
        story.world.add_member(story.leads, person.id, Role::Member);
        story.world.add_member(forum, person.id, Role::Member);
    }
    say_in(&story, story.leads, None, story.lead, "/alerts").await;
    say_in(&story, forum, Some(topic), story.lead, "/alerts").await;
    let anna = asked(&story, 1, json!({})).await;
    story.tap(anna, "2").await;
    let reply = async |chat, person: Person, text| {
        let alert = story.world.messages(chat).into_iter().find(|message| message.text.plain.contains("C-1"));
        story.world.reply_in(chat, person.id, alert.unwrap().id, text);
        story.settle().await;
    };
    let sent = |chat| story.world.sent_count(chat);
    let before = sent(story.leads);
    reply(story.leads, vera, "Позвоню ей").await;
    assert_snapshot!(last_in(&story, story.leads), @"Bot (to 5): Вера <tg://user?id=5000000003>, клиенту это не ушло: отвечать могут руководители.");
    reply(story.leads, vera, "Алло?").await;
    assert_eq!(sent(story.leads), before + 1, "once");
    let colleague = story.world.say_in(story.leads, None, vera.id, "/x@afterword_sandbox_bot");
    story.world.reply_in(story.leads, story.lead.id, colleague, "Вера, это не тебе");
    story.settle().await;
    assert_eq!(sent(story.leads), before + 1, "people may reply to each other");

    // In a topic every plain message bears the topic's creation as the message it replies to.
    let before = sent(forum);
    say_in(&story, forum, Some(topic), story.lead, "Кто возьмёт?").await;
    assert_eq!(sent(forum), before);
    reply(forum, vera, "Я").await;
    assert_eq!(sent(forum), before + 1);
    assert_eq!(story.world.last_message(forum).unwrap().thread, Some(topic));

    // What is about no case is told to staff.
    say_in(&story, story.leads, None, ann, "/help@afterword_sandbox_bot").await;
    let help = story.world.last_message(story.leads).unwrap().id;
    story.world.reply_in(story.leads, ann.id, help, "Thanks");
    story.settle().await;
    assert!(last_in(&story, story.leads).contains("не про обращение"), "{}", last_in(&story, story.leads));
    let (before, again) =
        (sent(story.leads), story.world.reply_in(story.leads, ann.id, help, "One more thing"));
    story.settle().await;
    assert_eq!(sent(story.leads), before + 1, "whoever could answer is told each time");
    assert_eq!(story.world.last_message(story.leads).unwrap().reply_to, Some(again));

    story.advance(hours(24)).await;
    let before = sent(story.leads);
    reply(story.leads, vera, "Всё решили").await;
    assert_eq!(sent(story.leads), before + 1, "and a day later again");
    assert!(!story.chat(anna).contains("Позвоню"), "{}", story.chat(anna));
    story.end().await;
}

#[tokio::test]
async fn a_reply_to_a_case_in_private_reaches_the_customer_and_plain_words_do_not() {
    let story = Setting::new().await.set("ALERT_CHATS", "").start().await;
    story.start(story.lead).await;
    let anna = asked(&story, 1, json!({})).await;
    story.tap(anna, "2").await;
    let alert = story.world.last_message(story.lead.id).unwrap().id;
    story.world.reply(story.lead.id, alert, "Заменим!", None);
    story.settle().await;
    assert!(story.chat(anna).contains("Bot: Заменим!"), "{}", story.chat(anna));
    story.say(story.lead, "Просто слова").await;
    assert!(story.last(story.lead).contains("Чтобы ответить клиенту"), "{}", story.last(story.lead));
    assert!(!story.chat(anna).contains("Просто слова"), "{}", story.chat(anna));
    story.end().await;
}

#[tokio::test]
async fn who_made_an_invitation_hears_who_used_it_and_a_new_lead_hears_of_alerts() {
    let story = Story::new().await;
    story.start(story.lead).await;
    let invite = async |admin: Person, buttons: [&str; 2]| {
        story.say(admin, "/staff").await;
        for button in buttons {
            story.tap(admin, button).await;
        }
        let shown = story.last(admin);
        shown.split_whitespace().find(|word| word.starts_with("https://t.me/")).unwrap().to_owned()
    };
    let (boris, john, olga) =
        (story.person("Борис"), story.person_in("John", Some("en")), story.person("Ольга"));
    let link = invite(story.lead, ["Пригласить", "руководитель"]).await;
    story.follow(boris, &link).await;
    assert_snapshot!(story.last(boris), @r"
    Bot: Готово, вы в команде.

      Чтобы обращения приходили сюда, отправьте /alerts. Чтобы они приходили в группу, отправьте /alerts в ней.
    ");
    assert_snapshot!(story.last(story.lead), @r"
    Bot: ✅ Вашим приглашением воспользовались: Борис. Роль: руководитель.
      [ Открыть ]
    ");
    story.tap(story.lead, "Открыть").await;
    assert!(story.last(story.lead).contains("Роль: руководитель"), "{}", story.last(story.lead));
    story.follow(boris, &link).await;
    assert!(!story.last(story.lead).contains("✅"), "only the first time: {}", story.last(story.lead));
    story.advance(hours(2)).await;

    let link = invite(story.lead, ["Пригласить", "администратор"]).await;
    story.follow(john, &link).await;
    let link = invite(john, ["Invite", "agent"]).await;
    story.follow(olga, &link).await;
    assert_snapshot!(story.last(john), @r"
    Bot: ✅ Your invitation was used: Ольга. Role: agent.
      [ Open ]
    ");
    assert_eq!(story.last(olga), "Bot: Готово, вы в команде.\n");
    // The same is said where the role comes without a link.
    story.say(john, "/staff").await;
    story.tap(john, "Ольга").await;
    story.tap(john, "lead").await;
    assert_snapshot!(story.last(olga), @r"
    Bot: Теперь ваша роль в этом боте: руководитель.

      Чтобы обращения приходили сюда, отправьте /alerts. Чтобы они приходили в группу, отправьте /alerts в ней.
    ");
    story.end().await;
}
