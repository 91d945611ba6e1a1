//! Which cases come to which chat: filters that leads choose in the chat, and where a case goes that fits none.

use std::sync::Arc;

use afterword::cli::check::CheckArgs;
use afterword::cli::{Output, check};
use afterword::config::ChatTopic;
use afterword::domain::ids::{ChatId, PersonId, TopicId};
use afterword::domain::routing::FilterKind;
use afterword::sandbox::{GroupKind, Message, Role};
use afterword::view::callback::{AlertsAct, AlertsTap, Data, Mark};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Person, Setting, Story, hours, minutes, seconds};

/// A story in which the environment names no chat, and an admin has started the bot.
pub(super) async fn without_chats() -> Story {
    let story = Setting::new().await.set("ALERT_CHATS", "").set("QUIET_HOURS", "off").start().await;
    story.start(story.lead).await;
    story
}

/// A group of the admin that has sent `/alerts`.
pub(super) async fn subscribed(story: &Story, title: &str) -> i64 {
    let group = story.world.add_group(title, GroupKind::Supergroup, story.lead.id);
    story.world.say_in(group, None, story.lead.id, "/alerts");
    story.settle().await;
    story.advance(minutes(1)).await;
    group
}

fn with_button(story: &Story, chat: i64, button: &str) -> Message {
    let has = |message: &Message| message.keyboard.iter().flatten().any(|known| known.text == button);
    let found = story.world.messages(chat).into_iter().rev().find(has);
    found.unwrap_or_else(|| panic!("no button '{button}' in:\n{}", story.world.transcript(chat)))
}

/// Taps in a chat, and returns what popped up.
pub(super) async fn press(story: &Story, person: Person, chat: i64, button: &str) -> String {
    let message = with_button(story, chat, button);
    let tap = story.world.tap(person.id, chat, message.id, button).unwrap_or_else(|error| panic!("{error}"));
    story.settle().await;
    story.advance(seconds(10)).await;
    story.toast(&tap)
}

/// A group that gets only what these taps choose.
pub(super) async fn filtered(story: &Story, title: &str, taps: &[&str]) -> i64 {
    let group = subscribed(story, title).await;
    press(story, story.lead, group, "Что приходит сюда").await;
    for button in taps {
        press(story, story.lead, group, button).await;
    }
    group
}

/// A customer who has given a bad score.
pub(super) async fn bad_score(story: &Story, number: u32, more: Value) -> Person {
    let customer = format!("C-{number}");
    let person = story.customer("Анна", &customer).await;
    story.purchase(&number.to_string(), &customer, more).await;
    story.advance(hours(3)).await;
    story.tap(person, "2").await;
    story.advance(minutes(1)).await;
    person
}

pub(super) fn team(name: &str) -> Value {
    json!({ "agent": { "id": format!("agent of {name}"), "team": name } })
}

pub(super) fn has(story: &Story, chat: i64, number: i64) -> bool {
    story.world.transcript(chat).contains(&format!("№{number} ·"))
}

async fn checked(story: &Story) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    check::run(&story.setup(), &CheckArgs::default(), &mut to).await.unwrap();
    String::from_utf8(out).unwrap()
}

/// What the newest screen of a chat shows.
pub(super) fn screen(story: &Story, chat: i64) -> String {
    let last = story.world.messages(chat).into_iter().rev().find(|message| !message.keyboard.is_empty());
    story.world.shown(chat, last.unwrap().id)
}

#[tokio::test]
pub async fn a_case_goes_where_its_filters_fit_else_to_chats_without_filters_else_to_the_admins() {
    let story = without_chats().await;
    for (number, name) in [(1, "B2B"), (2, "Розница"), (3, "Склад")] {
        story.purchase(&format!("0{number}"), &format!("X-{number}"), team(name)).await;
    }
    let general = subscribed(&story, "Общий").await;
    let b2b = filtered(&story, "B2B", &["Команда", "B2B", "‹ Назад"]).await;
    let shop = filtered(&story, "Магазины", &["Команда", "Розница", "Склад", "‹ Назад", "Опрос"]).await;
    press(&story, story.lead, shop, "После покупки").await;
    press(&story, story.lead, shop, "‹ Назад").await;
    assert_snapshot!(screen(&story, shop), @r"
    Bot (edited): Сюда приходят новые обращения.

      Только такие:
      Команда: Розница, Склад
      Опрос: После покупки

      Остальное получают чаты без фильтров, а если таких нет, администраторы.
      [ ✓ Новые | Просроченные ]
      [ Ночью без звука ]
      [ Команда · 2 | Магазин ]
      [ Сотрудник | Канал ]
      [ Метка | Опрос · 1 ]
      [ Важность | Язык клиента ]
    ");
    bad_score(&story, 1, team("B2B")).await;
    bad_score(&story, 2, team("Склад")).await;
    bad_score(&story, 3, team("Доставка")).await;
    let seen = [general, b2b, shop].map(|chat| [101, 102, 103].map(|number| has(&story, chat, number)));
    assert_eq!(seen, [[false, false, true], [true, false, false], [false, true, false]]);
    // The chat in which somebody takes a case is its home, and its filters no longer matter.
    press(&story, story.lead, b2b, "Взять").await;
    press(&story, story.lead, b2b, "Команда · 1").await;
    press(&story, story.lead, b2b, "Снять все отметки").await;
    press(&story, story.lead, b2b, "Склад").await;
    assert!(!has(&story, general, 101) && !has(&story, shop, 101));
    // Without a chat that takes it, a case goes to the admins, who learn why.
    story.world.say_in(general, None, story.lead.id, "/alerts off");
    story.settle().await;
    bad_score(&story, 4, team("B2B")).await;
    assert!([general, b2b, shop].iter().all(|chat| !has(&story, *chat, 104)));
    let why = "ℹ️ Пришло вам: обращение №104 не подошло под фильтры ни одного чата.";
    assert!(story.chat(story.lead).contains(why), "{}", story.chat(story.lead));
    let told = checked(&story).await;
    let told =
        told.lines().filter(|line| line.contains("cases of") || line.contains("the filters of no chat"));
    let told = told.collect::<Vec<_>>().join("\n");
    let told = told.replace(&b2b.to_string(), "B2B").replace(&shop.to_string(), "SHOP");
    assert_snapshot!(told, @r"
    ok     chat SHOP: gets only cases of team Розница or Склад, script purchase
    ok     chat B2B: gets only cases of team Склад
    note   alerts: 2 cases fit the filters of no chat (103, 104): such cases go to the admins; /alerts in a chat loosens its filters
    ");
    story.end().await;
}

#[tokio::test]
pub async fn a_severity_that_rises_adds_chats_and_takes_none_away() {
    let story = without_chats().await;
    let general = subscribed(&story, "Общий").await;
    let urgent = filtered(&story, "Срочные", &["Важность", "срочно", "‹ Назад"]).await;
    assert!(screen(&story, urgent).contains("Важность: от «срочно» и выше"), "{}", screen(&story, urgent));
    bad_score(&story, 1, json!({})).await;
    assert!(has(&story, general, 101) && !has(&story, urgent, 101));
    for button in ["Взять", "Ещё", "Важность", "срочно"] {
        press(&story, story.lead, general, button).await;
    }
    assert!(has(&story, general, 101) && has(&story, urgent, 101), "{}", story.world.transcript(urgent));
    assert!(story.world.transcript(urgent).contains("Переписка в чате «Общий»"));
    assert_eq!(story.world.transcript(urgent).matches("Плохая оценка: 2 из 10").count(), 1);
    for button in ["Ещё", "Важность", "обычно"] {
        press(&story, story.lead, general, button).await;
    }
    assert!(has(&story, urgent, 101), "{}", story.world.transcript(urgent));
    story.end().await;
}

#[tokio::test]
pub async fn a_request_for_a_human_is_routed_by_its_newest_event_and_the_customers_language() {
    let story = without_chats().await;
    let english = filtered(&story, "English", &["Язык клиента", "English", "‹ Назад"]).await;
    let general = subscribed(&story, "Общий").await;
    let b2b = subscribed(&story, "B2B").await;
    story.world.say_in(b2b, None, story.lead.id, "/alerts team B2B");
    story.settle().await;
    assert!(screen(&story, b2b).contains("Команда: B2B"), "{}", screen(&story, b2b));
    let anna = story.customer("Анна", "C-1").await;
    story.purchase("1", "C-1", team("B2B")).await;
    story.say(anna, "/human").await;
    let john = story.person_in("John", Some("en"));
    story.start(john).await;
    story.say(john, "/human").await;
    let vera = story.customer("Вера", "C-2").await;
    story.say(vera, "/human").await;
    let seen = [general, b2b, english]
        .map(|chat| ["C-1", "John", "C-2"].map(|who| story.world.transcript(chat).contains(who)));
    assert_eq!(seen, [[false, false, true], [true, false, false], [false, true, false]]);
    story.end().await;
}

#[tokio::test]
pub async fn overdue_cases_come_to_the_chats_that_want_them_and_whose_filters_fit() {
    let story = without_chats().await;
    let general = subscribed(&story, "Общий").await;
    let heads = filtered(&story, "Главные", &["Просроченные", "✓ Новые"]).await;
    assert!(screen(&story, heads).contains("Сюда приходят только просроченные обращения."));
    let other = filtered(&story, "B2B", &["Просроченные", "✓ Новые"]).await;
    story.world.say_in(other, None, story.lead.id, "/alerts team B2B");
    story.settle().await;
    bad_score(&story, 1, team("Розница")).await;
    assert!(has(&story, general, 101) && !has(&story, heads, 101) && !has(&story, other, 101));
    story.advance(hours(25)).await;
    let overdue = |chat| story.world.transcript(chat).contains("🔥 №101: клиенту не ответили в срок");
    assert!(overdue(heads) && !overdue(other) && !overdue(general), "{}", story.world.transcript(heads));
    assert!(!story.chat(story.lead).contains("🔥"), "{}", story.chat(story.lead));
    story.end().await;
}

#[tokio::test]
pub async fn topics_of_a_group_have_filters_of_their_own() {
    let story = without_chats().await;
    let forum = story.world.add_group("Форум", GroupKind::Forum, story.lead.id);
    for name in ["B2B", "Розница"] {
        let topic = story.world.add_topic(forum, name);
        for text in ["/alerts", &format!("/alerts team {name}")] {
            story.world.say_in(forum, Some(topic), story.lead.id, text);
            story.settle().await;
            story.advance(minutes(1)).await;
        }
    }
    bad_score(&story, 1, team("Розница")).await;
    let posts = story.world.messages(forum);
    let posts: Vec<&Message> = posts.iter().filter(|post| post.first_text().contains("№101")).collect();
    assert_eq!(posts.len(), 1, "{}", story.world.transcript(forum));
    let screens = story.world.messages(forum);
    let screen = screens.iter().rfind(|message| message.first_text().contains("Команда: Розница")).unwrap();
    assert_eq!(posts[0].thread, screen.thread);
    story.end().await;
}

#[tokio::test]
pub async fn only_leads_choose_and_what_cannot_be_chosen_is_said() {
    let story = without_chats().await;
    story.purchase("0", "X-0", team("B2B")).await;
    story.purchase("00", "X-00", team("Север|Юг")).await;
    // What has not happened for 90 days is not offered.
    let long_ago =
        json!({ "agent": { "id": "a", "team": "Прежняя" }, "occurred_at": "2026-08-20T12:00:00+03:00" });
    story.purchase("000", "X-000", long_ago).await;
    let group = subscribed(&story, "Общий").await;
    let guest = story.person("Гость");
    story.world.add_member(group, guest.id, Role::Member);
    let refused = press(&story, guest, group, "Что приходит сюда").await;
    assert_eq!(refused, "Что приходит в чат, выбирают руководители и администраторы");
    press(&story, story.lead, group, "Что приходит сюда").await;
    press(&story, story.lead, group, "Команда").await;
    assert_snapshot!(screen(&story, group), @r"
    Bot (edited): Команда: отметьте, что приходит сюда. Если ничего не отмечено, подходит любое значение.

      Если нужного нет в списке, отправьте: /alerts team название
      [ B2B | Север|Юг ]
      [ ‹ Назад ]
    ");
    let message = with_button(&story, group, "B2B");
    // A value that nothing has.
    let mark = Mark::of("never seen");
    let act = AlertsAct::Value { kind: "team".parse().unwrap(), page: 0, mark, on: true };
    let data = Data::Alerts(AlertsTap { topic: TopicId::NONE, act });
    let tap = story.world.forge_callback(story.lead.id, group, message.id, &data.encode());
    story.settle().await;
    assert_eq!(story.toast(&tap), "Список изменился, вот новый");
    // A place that gets nothing.
    let data = Data::Alerts(AlertsTap { topic: TopicId::new(77), act: AlertsAct::Screen });
    let tap = story.world.forge_callback(story.lead.id, group, message.id, &data.encode());
    story.settle().await;
    assert_eq!(story.toast(&tap), "В этот чат ничего не приходит. Сначала отправьте /alerts");
    let long = "x".repeat(129);
    for (typed, answer) in [
        ("/alerts colour red", "Команда пишется так: /alerts, /alerts off или /alerts team Розница"),
        ("/alerts team", "Такое значение не подойдёт. Например: /alerts team Розница"),
        (&format!("/alerts team {long}"), "Такое значение не подойдёт."),
        ("/alerts severity huge", "Такое значение не подойдёт."),
        ("/alerts script no-such", "Такое значение не подойдёт."),
        ("/alerts language tlh", "Такое значение не подойдёт."),
    ] {
        story.world.say_in(group, None, story.lead.id, typed);
        story.settle().await;
        let last = story.world.last_message(group).unwrap();
        assert!(last.text.plain.starts_with(answer), "{typed}: {}", last.text.plain);
        story.advance(minutes(1)).await;
    }
    let unsubscribed = story.world.add_group("Другой", GroupKind::Supergroup, story.lead.id);
    story.world.say_in(unsubscribed, None, story.lead.id, "/alerts team B2B");
    story.settle().await;
    let last = story.world.last_message(unsubscribed).unwrap();
    assert_eq!(last.text.plain, "В этот чат ничего не приходит. Сначала отправьте /alerts");
    // Nothing of this has become a filter.
    bad_score(&story, 1, team("Склад")).await;
    assert!(has(&story, group, 101));
    story.end().await;
}

#[tokio::test]
pub async fn check_names_filters_that_nothing_can_fit_and_chats_that_get_nothing() {
    let story = Setting::new().await.set("ALERT_CHATS", "").set("LOCALES", "en").start().await;
    story.start(story.lead).await;
    let (lost, silent) = (subscribed(&story, "Lost").await, subscribed(&story, "Silent").await);
    story.world.say_in(lost, None, story.lead.id, "/alerts store Atlantis");
    story.settle().await;
    assert_snapshot!(screen(&story, lost), @r"
    Bot: New cases come here.

      Only these:
      Store: Atlantis

      The rest goes to chats without filters or, if there are none, to the admins.
      [ ✓ New | Overdue ]
      [ No sound at night ]
      [ Team | Store · 1 ]
      [ Agent | Channel ]
      [ Tag | Survey ]
      [ Severity | Customer’s language ]
    ");
    press(&story, story.lead, silent, "What comes here").await;
    press(&story, story.lead, silent, "✓ New").await;
    assert!(screen(&story, silent).contains("Nothing comes here at the moment."));
    let told = checked(&story).await;
    let told = told.lines().filter(|line| line.starts_with("note") && line.contains("gets nothing"));
    let told = told.collect::<Vec<_>>().join("\n");
    let told = told.replace(&lost.to_string(), "LOST").replace(&silent.to_string(), "SILENT");
    assert_snapshot!(told, @r"
    note   chat SILENT: gets nothing: new and overdue cases are switched off; /alerts there changes it
    note   chat LOST: gets nothing: no event of late has store Atlantis; /alerts there changes it
    ");
    // The command that subscribes a chat brings new cases back.
    story.advance(minutes(1)).await;
    story.world.say_in(silent, None, story.lead.id, "/alerts");
    story.settle().await;
    assert!(screen(&story, silent).contains("Done: cases will come here."));
    press(&story, story.lead, silent, "What comes here").await;
    assert!(screen(&story, silent).contains("New cases come here."), "{}", screen(&story, silent));
    story.end().await;
}

#[tokio::test]
pub async fn while_the_only_fitting_chat_refuses_messages_its_cases_go_to_the_admins_with_the_reason() {
    let story = without_chats().await;
    let general = subscribed(&story, "B2B").await;
    let b2b = subscribed(&story, "Розница").await;
    for (chat, name) in [(general, "B2B"), (b2b, "Розница")] {
        story.world.say_in(chat, None, story.lead.id, &format!("/alerts team {name}"));
        story.settle().await;
    }
    story.world.kick_bot(b2b, story.lead.id);
    story.settle().await;
    bad_score(&story, 1, team("Розница")).await;
    assert!(!has(&story, general, 101) && has(&story, story.lead.id, 101));
    let why = "«Розница»";
    assert!(story.chat(story.lead).contains(why), "{}", story.chat(story.lead));
    assert!(!story.chat(story.lead).contains("не подошло под фильтры"), "{}", story.chat(story.lead));
    story.end().await;
}

#[tokio::test]
pub async fn who_gets_alerts_is_known_as_it_stands_whoever_changed_it() {
    let story = Story::new().await;
    let (db, now) = (&story.running.db, story.clock.now());
    let place = |chat: i64| ChatTopic { chat: ChatId::new(chat), topic: TopicId::NONE };
    let (first, second) = (place(-100_701), place(-100_702));
    let by = PersonId::new(story.lead.id);
    let mut given_up = db.write().await.unwrap();
    given_up.upsert_alert_chat((first.chat, first.topic), (None, "ru"), by, now).await.unwrap();
    assert!(given_up.audience().await.unwrap().chats.find(first).is_some());
    drop(given_up);
    let mut stored = db.write().await.unwrap();
    stored.upsert_alert_chat((second.chat, second.topic), (None, "ru"), by, now).await.unwrap();
    let known = stored.audience().await.unwrap();
    assert_eq!((known.chats.find(first).is_some(), known.chats.find(second).is_some()), (false, true));
    stored.commit().await.unwrap();
    let known = async || db.read().await.unwrap().audience().await.unwrap();
    assert!(Arc::ptr_eq(&known().await, &known().await), "what has not changed is not read again");
    // Another program has a memory of its own.
    story.sql("UPDATE alert_chats SET filters = '{\"store\":[\"S-1\"]}' WHERE chat_id = -100702").await;
    assert!(known().await.chats.find(second).unwrap().filters.has(FilterKind::Store, "S-1"));
    story.sql("DELETE FROM alert_chats WHERE chat_id = -100702").await;
    assert!(known().await.chats.find(second).is_none());
    let lead = PersonId::new(700);
    story.sql("INSERT INTO staff (person, role, added_at) VALUES (700, 'admin', 0)").await;
    assert!(known().await.admins.contains(&lead));
    story.sql("UPDATE staff SET role = 'lead' WHERE person = 700").await;
    let audience = known().await;
    assert!(audience.leads.contains(&lead) && !audience.admins.contains(&lead));
    story.sql("DELETE FROM staff WHERE person = 700").await;
    assert!(!known().await.leads.contains(&lead));
    assert!(known().await.find_lost(first).is_none());
    story
        .sql("INSERT INTO lost_chats (chat_id, kind, reason, lost_at, refusals) VALUES (-100701, 'gone', 'kicked', 0, 1)")
        .await;
    assert_eq!(known().await.find_lost(first).unwrap().reason, "kicked");
    story.sql("UPDATE lost_chats SET reason = 'muted' WHERE chat_id = -100701").await;
    assert_eq!(known().await.find_lost(first).unwrap().reason, "muted");
    story.sql("DELETE FROM lost_chats WHERE chat_id = -100701").await;
    assert!(known().await.find_lost(first).is_none());
    story.end().await;
}
