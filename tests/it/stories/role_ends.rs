//! A role ends, and with it everything that it let somebody make: invitations, and the chats that get bad scores.

use afterword::cli::check::CheckArgs;
use afterword::cli::staff::StaffCommand;
use afterword::cli::{Output, check};
use afterword::domain::ids::{ChatId, PersonId};
use afterword::domain::staff::Role;
use afterword::sandbox::{Fault, GroupKind};
use afterword::service::export::{Filter, What};
use afterword::view::callback::{Data, TeamAct};
use insta::{allow_duplicates, assert_snapshot};
use rstest::rstest;

use super::roles::{add, sees, type_in};
use crate::harness::{Person, Setting, Story, hours, minutes};

/// How an admin's role ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    TakenInTelegram,
    TakenFromTheShell,
    Lead,
    Agent,
    Environment,
}

/// Pyotr is an admin for good; Ann is one by the environment, or by a role that may end in another way.
async fn with_ann(by_environment: bool) -> (Story, Person) {
    let setting = Setting::new().await;
    let ann = Person { id: setting.world.add_user("Анна", Some("ru")) };
    let ids =
        if by_environment { format!("{},{}", setting.lead.id, ann.id) } else { setting.lead.id.to_string() };
    let setting = setting.set("ALERT_CHATS", "").set("QUIET_HOURS", "off").set("ADMIN_IDS", &ids);
    let story = setting.start().await;
    story.start(story.lead).await;
    story.start(ann).await;
    if !by_environment {
        type_in(&story, add(ann, Role::Admin)).await;
    }
    (story, ann)
}

async fn end_role(story: &mut Story, ann: Person, end: End) {
    match end {
        End::TakenInTelegram => {
            story.say(story.lead, "/staff").await;
            story.tap(story.lead, "Анна").await;
            story.tap(story.lead, "Убрать из команды").await;
            story.tap(story.lead, "Да, убрать").await;
        }
        End::TakenFromTheShell => {
            type_in(story, StaffCommand::Remove { telegram_id: PersonId::new(ann.id) }).await;
        }
        End::Lead => type_in(story, add(ann, Role::Lead)).await,
        End::Agent => type_in(story, add(ann, Role::Agent)).await,
        End::Environment => {
            story
                .reconfigure(|config| config.admin_ids.retain(|admin| *admin != PersonId::new(ann.id)))
                .await;
        }
    }
}

/// A link that this admin makes in Telegram.
async fn invitation(story: &Story, admin: Person, role: &str) -> String {
    story.say(admin, "/staff").await;
    story.tap(admin, "Пригласить").await;
    story.tap(admin, role).await;
    let shown = story.last(admin);
    shown[shown.find("https://t.me/").unwrap()..].split_whitespace().next().unwrap().to_owned()
}

/// A group of this person's that they subscribe.
async fn subscribed(story: &Story, person: Person, title: &str) -> i64 {
    let group = story.world.add_group(title, GroupKind::Supergroup, person.id);
    story.world.say_in(group, None, person.id, "/alerts");
    story.settle().await;
    group
}

async fn bad_score(story: &Story, number: u32) -> Person {
    let person = story.ask_in_a_test("Вера", number).await;
    story.tap(person, "2").await;
    person
}

async fn checked(story: &Story) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut to = Output { out: &mut out, err: &mut err };
    check::run(&story.setup(), &CheckArgs::default(), &mut to).await.unwrap();
    String::from_utf8(out).unwrap()
}

/// Somebody's role is taken from a shell, and an admin is told of their chats.
async fn removed(story: &Story, person: Person) {
    type_in(story, StaffCommand::Remove { telegram_id: PersonId::new(person.id) }).await;
    sees(story, story.lead, "кто подключил: ").await;
    story.advance(minutes(1)).await;
}

/// What was noted about chats and invitations, oldest first.
async fn noted(story: &Story) -> String {
    let rows = story.export(What::StaffLog, &Filter::default()).await;
    let rows =
        rows.iter().filter(|row| row["act"].starts_with("alerts_") || row["act"] == "invite_withdrawn");
    let lines = rows.map(|row| {
        format!("{} {} {} {} {}", row["actor"], row["act"], row["person"], row["role"], row["detail"])
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[rstest]
#[case::taken_in_telegram(End::TakenInTelegram)]
#[case::taken_from_the_shell(End::TakenFromTheShell)]
#[case::now_a_lead(End::Lead)]
#[case::now_an_agent(End::Agent)]
#[case::taken_out_of_the_environment(End::Environment)]
#[tokio::test]
async fn an_invitation_dies_with_the_role_that_made_it_and_does_not_come_back(#[case] end: End) {
    let (mut story, ann) = with_ann(end == End::Environment).await;
    let (as_admin, as_agent) =
        (invitation(&story, ann, "администратор").await, invitation(&story, ann, "сотрудник").await);
    let other = invitation(&story, story.lead, "сотрудник").await;
    end_role(&mut story, ann, end).await;
    let boris = story.person("Борис");
    for link in [&as_admin, &as_agent] {
        story.advance(minutes(1)).await;
        story.follow(boris, link).await;
        assert!(story.last(boris).contains("ссылка больше не действует"), "{}", story.last(boris));
    }
    // Coming back does not bring it back.
    type_in(&story, add(ann, Role::Admin)).await;
    story.advance(minutes(1)).await;
    story.follow(boris, &as_admin).await;
    assert!(story.last(boris).contains("ссылка больше не действует"), "{}", story.last(boris));
    // Links of others are what they were.
    story.follow(boris, &other).await;
    assert!(story.last(boris).contains("вы в команде"), "{}", story.last(boris));
    assert_eq!(noted(&story).await.matches(" invite_withdrawn ").count(), 2, "{}", noted(&story).await);
    story.end().await;
}

#[rstest]
#[case::taken_in_telegram(End::TakenInTelegram)]
#[case::taken_from_the_shell(End::TakenFromTheShell)]
#[case::now_an_agent(End::Agent)]
#[case::taken_out_of_the_environment(End::Environment)]
#[tokio::test]
async fn a_group_loses_its_scores_with_the_role_of_who_subscribed_it_until_an_admin_keeps_it(
    #[case] end: End,
) {
    let (mut story, ann) = with_ann(end == End::Environment).await;
    let group = subscribed(&story, ann, "Поддержка <1>").await;
    story.say(ann, "/alerts").await;
    bad_score(&story, 1).await;
    assert!(story.world.transcript(group).contains("C-1") && story.chat(ann).contains("C-1"));
    end_role(&mut story, ann, end).await;
    sees(&story, story.lead, "кто подключил: Анна").await;
    let told = story
        .world
        .messages(story.lead.id)
        .into_iter()
        .rev()
        .find(|m| m.text.plain.starts_with("⚠️"))
        .unwrap()
        .id;
    let shown = story.world.shown(story.lead.id, told);
    allow_duplicates!(assert_snapshot!(shown, @r"
    Bot: ⚠️ В эти чаты больше не приходят обращения: у тех, кто их подключил, уже нет нужной роли.

      • Поддержка <1> (кто подключил: Анна)

      Пока это так, обращения приходят администраторам.

      Чат нужен команде? Оставьте его: тогда за него отвечаете вы. Не нужен — уберите.
      [ Оставить: Поддержка <1> | Убрать ]
    "));
    let (in_group, in_private) = (story.world.transcript(group), story.chat(ann));
    bad_score(&story, 2).await;
    assert_eq!((story.world.transcript(group), story.chat(ann)), (in_group, in_private));
    assert!(story.last(story.lead).contains("C-2"), "{}", story.last(story.lead));
    let tap = story.world.tap(story.lead.id, story.lead.id, told, "Оставить: Поддержка <1>").unwrap();
    story.settle().await;
    assert_eq!(story.toast(&tap), "Чат «Поддержка <1>» снова получает обращения");
    let shown = story.world.shown(story.lead.id, told);
    allow_duplicates!(assert_snapshot!(shown, @r"
    Bot (edited): Чатов, о которых нужно решить, больше нет.
      [ ‹ Команда ]
    "));
    bad_score(&story, 3).await;
    assert!(story.world.transcript(group).contains("C-3"), "{}", story.world.transcript(group));
    assert!(!story.chat(ann).contains("C-3"));
    let line = checked(&story).await;
    assert!(line.contains(&format!("Поддержка <1>; subscribed by {} (Пётр)", story.lead.id)), "{line}");
    story.end().await;
}

#[tokio::test]
pub async fn a_case_that_came_free_while_its_chat_was_cut_off_can_be_taken_once_the_chat_is_kept() {
    let (story, ann) = with_ann(false).await;
    let group = subscribed(&story, ann, "Поддержка").await;
    bad_score(&story, 1).await;
    let mut posts = story.world.messages(group).into_iter();
    let post = posts.rfind(|m| m.text.plain.contains("C-1")).unwrap().id;
    story.world.tap(ann.id, group, post, "Взять").unwrap();
    story.settle().await;
    assert!(!story.world.shown(group, post).contains("[ Взять"), "{}", story.world.shown(group, post));
    removed(&story, ann).await;
    story.say(story.lead, "/staff").await;
    story.tap(story.lead, "Чаты, где отключены оценки: 1").await;
    story.tap(story.lead, "Оставить: Поддержка").await;
    story.settle().await;
    assert!(story.world.shown(group, post).contains("[ Взять"), "{}", story.world.shown(group, post));
    story.end().await;
}

#[tokio::test]
async fn a_lead_who_was_an_admin_keeps_their_chats_and_who_only_goes_on_as_an_agent_loses_them() {
    let (story, ann) = with_ann(false).await;
    let group = subscribed(&story, ann, "Поддержка").await;
    type_in(&story, add(ann, Role::Lead)).await;
    bad_score(&story, 1).await;
    assert!(story.world.transcript(group).contains("C-1"));
    type_in(&story, add(ann, Role::Agent)).await;
    bad_score(&story, 2).await;
    assert!(!story.world.transcript(group).contains("C-2"), "{}", story.world.transcript(group));
    story.end().await;
}

#[tokio::test]
pub async fn the_log_and_check_say_who_subscribed_which_chat_and_what_became_of_it() {
    let (story, ann) = with_ann(false).await;
    let group = subscribed(&story, ann, "Поддержка").await;
    let forum = story.world.add_group("Форум", GroupKind::Forum, ann.id);
    let topic = story.world.add_topic(forum, "Оценки");
    let ids = |text: String| {
        let text = text.replace(&group.to_string(), "GROUP").replace(&forum.to_string(), "FORUM");
        text.replace(&format!("/{topic}"), "/TOPIC")
            .replace(&ann.id.to_string(), "ANN")
            .replace(&story.lead.id.to_string(), "PYOTR")
    };
    for text in ["/alerts", "/alerts", "/alerts off", "/alerts"] {
        story.world.say_in(forum, Some(topic), ann.id, text);
        story.settle().await;
        story.advance(minutes(1)).await;
    }
    let about_chats =
        |text: String| text.lines().filter(|line| line.contains(" chat ")).collect::<Vec<_>>().join("\n");
    assert_snapshot!(ids(about_chats(checked(&story).await)), @r"
    ok     chat FORUM: Форум; topic 2 subscribed by ANN (Анна)
    ok     chat GROUP: Поддержка; subscribed by ANN (Анна)
    ");
    removed(&story, ann).await;
    assert_snapshot!(ids(about_chats(checked(&story).await)), @r"
    note   chat FORUM/TOPIC: Форум, gets no alerts since 2026-11-21T12:04:00Z: the role of ANN (Анна), who subscribed it, has ended; an admin keeps it with /staff, or send /alerts there
    note   chat GROUP: Поддержка, gets no alerts since 2026-11-21T12:04:00Z: the role of ANN (Анна), who subscribed it, has ended; an admin keeps it with /staff, or send /alerts there
    note   alerts: no chat gets them; 1 admin does
    ");
    story.advance(minutes(1)).await;
    story.tap(story.lead, "Оставить: Поддержка").await;
    // What nobody needs goes, too.
    assert_eq!(story.tap(story.lead, "Убрать").await, "Чат «Форум» больше не получает обращения");
    assert_snapshot!(story.last(story.lead), @r"
    Bot (edited): Чатов, о которых нужно решить, больше нет.
      [ ‹ Команда ]
    ");
    assert_snapshot!(ids(noted(&story).await), @r"
    ANN alerts_subscribed   Поддержка (GROUP)
    ANN alerts_subscribed   Форум (FORUM/TOPIC)
    ANN alerts_unsubscribed   Форум (FORUM/TOPIC)
    ANN alerts_subscribed   Форум (FORUM/TOPIC)
     alerts_withdrawn ANN  Форум (FORUM/TOPIC)
     alerts_withdrawn ANN  Поддержка (GROUP)
    PYOTR alerts_kept   Поддержка (GROUP)
    PYOTR alerts_unsubscribed   Форум (FORUM/TOPIC)
    ");
    story.say(story.lead, "/staff log").await;
    assert_snapshot!(ids(story.last(story.lead)), @r"
    Bot: Журнал

      21.11.2026 15:06 · Пётр: обращения больше не приходят в чат Форум (FORUM/TOPIC)
      21.11.2026 15:06 · Пётр: обращения снова приходят в чат Поддержка (GROUP)
      21.11.2026 15:04 · командная строка: обращения больше не приходят в чат Поддержка (GROUP): нет роли у того, кто его подключил (Анна)
      21.11.2026 15:04 · командная строка: обращения больше не приходят в чат Форум (FORUM/TOPIC): нет роли у того, кто его подключил (Анна)
      21.11.2026 15:04 · командная строка: у Анна снята роль «администратор»
      21.11.2026 15:03 · Анна: обращения теперь приходят в чат Форум (FORUM/TOPIC)
      21.11.2026 15:02 · Анна: обращения больше не приходят в чат Форум (FORUM/TOPIC)
      21.11.2026 15:00 · Анна: обращения теперь приходят в чат Форум (FORUM/TOPIC)
      21.11.2026 15:00 · Анна: обращения теперь приходят в чат Поддержка (GROUP)
      21.11.2026 15:00 · командная строка: Анна теперь администратор
      [ ‹ Команда | Журнал файлом ]
    ");
    story.end().await;
}

#[tokio::test]
async fn in_english_an_admin_finds_the_chats_that_wait_in_the_team_too() {
    let (story, ann) = with_ann(false).await;
    let john = story.person_in("John", Some("en"));
    story.start(john).await;
    type_in(&story, add(john, Role::Admin)).await;
    let forum = story.world.add_group("Support", GroupKind::Forum, ann.id);
    for name in ["Scores", "More"] {
        story.advance(minutes(1)).await;
        let topic = story.world.add_topic(forum, name);
        story.world.say_in(forum, Some(topic), ann.id, "/alerts");
        story.settle().await;
    }
    removed(&story, ann).await;
    story.say(john, "/staff").await;
    story.tap(john, "Chats cut off from scores: 1").await;
    assert_snapshot!(story.last(john), @r"
    Bot (edited): ⚠️ Cases no longer go to these chats: the people who subscribed them no longer have the role for it.

      • Support, topic 2 and more topics: 1 (subscribed by Анна)

      Until that changes, cases go to the admins.

      Does the team need a chat? Keep it: then you answer for it. If not, remove it.
      [ Keep: Support | Remove ]
      [ ‹ Team ]
    ");
    assert_eq!(story.tap(john, "Keep: Support").await, "“Support” gets cases again");
    assert_snapshot!(story.last(john), @r"
    Bot (edited): There is no chat left to decide about.
      [ ‹ Team ]
    ");
    // The other admin was asked as well, and comes later.
    assert_eq!(story.tap(story.lead, "Оставить: Support").await, "Об этом чате уже решили");
    // So does whoever is an admin no longer.
    type_in(&story, add(john, Role::Agent)).await;
    sees(&story, story.lead, "кто подключил: John").await;
    story.advance(minutes(1)).await;
    story.say(story.lead, "/staff").await;
    story.tap(story.lead, "Чаты, где отключены оценки: 1").await;
    assert!(story.last(story.lead).contains("кто подключил: John"), "{}", story.last(story.lead));
    story.end().await;
}

#[tokio::test]
async fn somebody_who_is_no_admin_keeps_no_chat() {
    let (story, ann) = with_ann(false).await;
    let boris = story.person("Борис");
    story.start(boris).await;
    type_in(&story, add(boris, Role::Lead)).await;
    let group = subscribed(&story, boris, "Поддержка").await;
    removed(&story, boris).await;
    let button = story.world.last_message(ann.id).unwrap();
    let data = Data::Team(TeamAct::KeepChat(ChatId::new(group))).encode();
    let message = story.world.last_message(boris.id).unwrap().id;
    assert_eq!(story.forge(boris, boris.id, message, &data).await, "Вы больше не администратор");
    type_in(&story, add(ann, Role::Lead)).await;
    story.advance(minutes(1)).await;
    let tap = story.world.tap(ann.id, ann.id, button.id, "Оставить: Поддержка").unwrap();
    story.settle().await;
    assert_eq!(story.toast(&tap), "Вы больше не администратор");
    bad_score(&story, 1).await;
    assert!(!story.world.transcript(group).contains("C-1"));
    story.end().await;
}

#[tokio::test]
async fn whoever_subscribes_a_chat_once_more_answers_for_it() {
    let (story, ann) = with_ann(false).await;
    let group = subscribed(&story, ann, "Поддержка").await;
    story.world.add_member(group, story.lead.id, afterword::sandbox::Role::Member);
    story.world.say_in(group, None, story.lead.id, "/alerts");
    story.settle().await;
    type_in(&story, StaffCommand::Remove { telegram_id: PersonId::new(ann.id) }).await;
    bad_score(&story, 1).await;
    assert!(story.world.transcript(group).contains("C-1"), "{}", story.world.transcript(group));
    // A chat that waits is back when somebody with a role subscribes it.
    type_in(&story, add(ann, Role::Lead)).await;
    story.world.say_in(group, None, ann.id, "/alerts");
    story.settle().await;
    removed(&story, ann).await;
    bad_score(&story, 2).await;
    assert!(!story.world.transcript(group).contains("C-2"));
    story.world.say_in(group, None, story.lead.id, "/alerts");
    story.settle().await;
    bad_score(&story, 3).await;
    assert!(story.world.transcript(group).contains("C-3"), "{}", story.world.transcript(group));
    story.say(story.lead, "/staff").await;
    assert!(!story.last(story.lead).contains("Чаты, где отключены оценки"), "{}", story.last(story.lead));
    story.end().await;
}

#[tokio::test]
async fn what_follows_an_old_score_and_what_is_erased_in_it() {
    let (story, ann) = with_ann(false).await;
    let group = subscribed(&story, ann, "Поддержка").await;
    let vera = bad_score(&story, 1).await;
    removed(&story, ann).await;
    let before = story.world.transcript(group);
    story.say(vera, "Чашка разбита").await;
    assert_eq!(story.world.transcript(group), before);
    assert!(story.chat(story.lead).contains("Чашка разбита"), "{}", story.chat(story.lead));
    story.delete("/v1/customers/C-1").await;
    story.advance(minutes(1)).await;
    assert!(!story.world.transcript(group).contains("C-1"), "{}", story.world.transcript(group));
    story.end().await;
}

#[tokio::test]
async fn words_on_their_way_to_a_group_that_loses_its_scores_go_to_the_admins() {
    let (story, ann) = with_ann(false).await;
    let group = subscribed(&story, ann, "Поддержка").await;
    let vera = story.ask_in_a_test("Вера", 1).await;
    story.say(vera, "/human").await;
    assert!(story.world.transcript(group).contains("C-1"), "{}", story.world.transcript(group));
    let (fault, gate) = Fault::held();
    story.world.fault(fault.chat(group).on("sendMessage"));
    story.world.say(vera.id, "Перезвоните мне");
    gate.arrived(1).await;
    // What is under way is under way; all else waits behind it.
    story.world.say(vera.id, "По телефону 555");
    story.wait_until(|world| world.updates_pending() == 0).await;
    type_in(&story, StaffCommand::Remove { telegram_id: PersonId::new(ann.id) }).await;
    gate.open();
    sees(&story, story.lead, "кто подключил: ").await;
    story.advance(minutes(3)).await;
    assert!(story.chat(story.lead).contains("555"), "{}", story.chat(story.lead));
    assert!(!story.world.transcript(group).contains("555"), "{}", story.world.transcript(group));
    story.end().await;
}

#[tokio::test]
pub async fn the_admins_are_told_as_soon_as_one_can_be_and_nothing_is_lost_meanwhile() {
    let setting = Setting::new().await.set("ALERT_CHATS", "").set("QUIET_HOURS", "off");
    let mut story = setting.start().await;
    let boris = story.person("Борис");
    story.start(boris).await;
    type_in(&story, add(boris, Role::Lead)).await;
    let group = subscribed(&story, boris, "Поддержка").await;
    // The only admin has never written to the bot.
    type_in(&story, StaffCommand::Remove { telegram_id: PersonId::new(boris.id) }).await;
    bad_score(&story, 1).await;
    story.restart().await;
    story.advance(minutes(5)).await;
    assert!(!story.world.transcript(group).contains("C-1"));
    story.start(story.lead).await;
    story.advance(minutes(1)).await;
    let chat = story.chat(story.lead);
    assert!(chat.contains("кто подключил: Борис") && chat.contains("C-1"), "{chat}");
    story.tap(story.lead, "Оставить: Поддержка").await;
    bad_score(&story, 2).await;
    assert!(story.world.transcript(group).contains("C-2"));
    story.end().await;
}

#[tokio::test]
async fn a_chat_of_the_environment_stays_whoever_subscribed_it() {
    let story = Setting::new().await.set("QUIET_HOURS", "off").start().await;
    let ann = story.person("Анна");
    story.start(ann).await;
    type_in(&story, add(ann, Role::Lead)).await;
    story.world.add_member(story.leads, ann.id, afterword::sandbox::Role::Member);
    story.world.say_in(story.leads, None, ann.id, "/alerts");
    story.settle().await;
    type_in(&story, StaffCommand::Remove { telegram_id: PersonId::new(ann.id) }).await;
    bad_score(&story, 1).await;
    assert!(story.alerts().contains("C-1"), "{}", story.alerts());
    // Once the environment names it no more, it is nobody's.
    let (mut story, leads) = (story, 0);
    let group = story.leads;
    story.reconfigure(|config| config.alert_chats.retain(|place| place.chat == ChatId::new(leads))).await;
    story.advance(hours(1)).await;
    bad_score(&story, 2).await;
    assert!(!story.world.transcript(group).contains("C-2"), "{}", story.world.transcript(group));
    story.end().await;
}
