//! `/staff`: roles, invitations and the log, as admins see them on a phone.

use afterword::domain::ids::PersonId;
use afterword::domain::staff::Role;
use afterword::service::export::{Filter, What};
use afterword::service::staff;
use insta::assert_snapshot;

use crate::harness::{Person, Setting, Story, hours, minutes};

/// A link as it stands in the newest message.
fn link_in(story: &Story, person: Person) -> String {
    let shown = story.last(person);
    let at = shown.find("https://t.me/").unwrap_or_else(|| panic!("no link in {shown}"));
    shown[at..].split_whitespace().next().unwrap().to_owned()
}

/// An admin who has the team's screen before them.
async fn admin() -> Story {
    let story = Story::new().await;
    story.start(story.lead).await;
    story.say(story.lead, "/staff").await;
    story
}

#[tokio::test]
async fn somebody_is_invited_gets_another_role_and_is_removed() {
    let story = admin().await;
    let lead = story.lead;
    assert_snapshot!(story.last(lead), @r"
    Bot: Команда

      Пётр — администратор (задано в ADMIN_IDS)
      [ Пётр · администратор ]
      [ Пригласить | Журнал ]
    ");
    story.tap(lead, "Пригласить").await;
    story.tap(lead, "руководитель").await;
    let link = link_in(&story, lead);
    assert_snapshot!(story.last(lead).replace(&link, "LINK"), @r"
    Bot (edited): Перешлите эту ссылку тому, кого приглашаете. Роль: руководитель.

      LINK

      Сработает один раз, для первого, кто её откроет. Действует до 23.11.2026 15:00.
      [ Отозвать ссылку ]
      [ ‹ Команда ]
    ");
    let (ann, bob) = (story.person_in("Ann", Some("en")), story.person("Боб"));
    story.follow(ann, &link).await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Done, you are on the team.

      To get cases here, send /alerts. To get them in a group, send /alerts there.
    ");
    story.follow(bob, &link).await;
    assert!(story.last(bob).contains("одноразовая"), "{}", story.last(bob));
    story.say(lead, "/staff").await;
    story.tap(lead, "Ann").await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Ann

      Роль: руководитель
      В команде с 21.11.2026 15:00

      Администратор настраивает опросы и роли, руководитель получает обращения, сотрудник отвечает клиентам, и его оценивают.
      [ администратор | ✓ руководитель | сотрудник ]
      [ ID в вашей системе ]
      [ Убрать из команды ]
      [ ‹ Команда ]
    ");
    assert_eq!(story.tap(lead, "сотрудник").await, "Готово: сотрудник");
    assert_snapshot!(story.last(ann), @"Bot: Your role in this bot is now: agent.");
    story.tap(lead, "Убрать").await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Убрать из команды: Ann? Роль пропадёт сразу, журнал останется.
      [ Да, убрать | Нет, оставить ]
    ");
    assert_eq!(story.tap(lead, "Да, убрать").await, "Роль снята");
    assert_snapshot!(story.last(ann), @"Bot: You no longer have a role in this bot.");
    story.tap(lead, "Журнал").await;
    assert_snapshot!(story.last(lead), @r"
    Bot (edited): Журнал

      21.11.2026 15:00 · Пётр: у Ann снята роль «сотрудник»
      21.11.2026 15:00 · Пётр: Ann теперь сотрудник (раньше: руководитель)
      21.11.2026 15:00 · Ann по приглашению теперь руководитель
      21.11.2026 15:00 · Пётр: ссылка-приглашение, роль «руководитель»
      [ ‹ Команда | Журнал файлом ]
    ");
    let rows = story.export(What::StaffLog, &Filter::default()).await;
    let acts: Vec<&str> = rows.iter().map(|row| row["act"].as_str()).collect();
    assert_eq!(acts, ["invite_made", "invite_used", "role_given", "role_taken"]);
    assert_eq!((rows[2]["former_role"].as_str(), rows[2]["role"].as_str()), ("lead", "agent"));
    story.end().await;
}

#[tokio::test]
async fn an_admin_reads_the_same_in_english() {
    let story = Setting::new().await.set("ADMIN_IDS", "").start().await;
    let ann = story.person_in("Ann", Some("en"));
    let link = story.running.claim_link().await.unwrap().unwrap();
    story.follow(ann, &link).await;
    story.say(ann, "/staff").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Team

      Ann — admin
      [ Ann · admin ]
      [ Invite | Log ]
    ");
    story.tap(ann, "Ann").await;
    assert_eq!(story.tap(ann, "lead").await, "This is the only admin. Make somebody else an admin first.");
    story.tap(ann, "Remove").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Remove Ann from the team? They lose the role at once; the log stays.
      [ Yes, remove | No, keep ]
    ");
    assert_eq!(
        story.tap(ann, "Yes, remove").await,
        "This is the only admin. Make somebody else an admin first."
    );
    story.tap(ann, "Invite").await;
    story.tap(ann, "admin").await;
    let second = link_in(&story, ann);
    assert_snapshot!(story.last(ann).replace(&second, "LINK"), @r"
    Bot (edited): Forward this link to the person you invite. Role: admin.

      LINK

      It works once, for the first person who opens it, until 2026-11-23 15:00.
      [ Cancel the link ]
      [ ‹ Team ]
    ");
    let bob = story.person_in("Bob", Some("en"));
    story.follow(bob, &second).await;
    story.say(ann, "/staff log").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Log

      2026-11-21 15:00 · Bob is now admin, by an invitation
      2026-11-21 15:00 · Ann: an invitation, role admin
      2026-11-21 15:00 · Ann is now admin, by an invitation
      [ ‹ Team | Log as a file ]
    ");
    // With a second admin the first may go, and sees no more of it.
    story.say(ann, "/staff").await;
    story.tap(ann, "Ann").await;
    story.tap(ann, "agent").await;
    assert_snapshot!(story.last(ann), @"Bot (edited): This screen is for admins, and you are no longer one.");
    story.end().await;
}

#[tokio::test]
pub async fn a_link_expires_or_is_taken_back_and_lowers_nobody() {
    let story = admin().await;
    let lead = story.lead;
    let anna = story.person("Анна");
    story.tap(lead, "Пригласить").await;
    story.tap(lead, "администратор").await;
    let late = link_in(&story, lead);
    story.say(lead, "/staff").await;
    assert!(story.last(lead).contains("ещё не воспользовались: 1"), "{}", story.last(lead));
    story.advance(hours(48)).await;
    story.follow(anna, &late).await;
    assert!(story.last(anna).contains("Срок этой ссылки вышел"), "{}", story.last(anna));
    story.tap(lead, "Пригласить").await;
    story.tap(lead, "сотрудник").await;
    let taken_back = link_in(&story, lead);
    let message = story.world.messages(lead.id).iter().rev().find(|m| !m.keyboard.is_empty()).unwrap().id;
    story.follow(lead, &taken_back).await;
    assert!(story.last(lead).contains("Вы администратор"), "{}", story.last(lead));
    let tap = story.world.tap(lead.id, lead.id, message, "Отозвать ссылку").unwrap();
    story.settle().await;
    assert_eq!(story.toast(&tap), "Ссылка больше не действует");
    assert_eq!(story.tap_stale(lead, message, "Отозвать ссылку").await, "Ссылкой уже воспользовались");
    story.follow(anna, &taken_back).await;
    assert!(story.last(anna).contains("больше не действует"), "{}", story.last(anna));
    story.end().await;
}

#[tokio::test]
async fn buttons_do_nothing_once_the_role_is_gone_and_the_command_is_refused() {
    let story = admin().await;
    let (lead, anna) = (story.lead, story.person("Анна"));
    story.tap(lead, "Пригласить").await;
    story.tap(lead, "администратор").await;
    let link = link_in(&story, lead);
    story.follow(anna, &link).await;
    story.say(anna, "/staff").await;
    assert!(story.last(anna).contains("задано в ADMIN_IDS"), "{}", story.last(anna));
    story.say(lead, "/staff").await;
    story.tap(lead, "Анна").await;
    story.tap(lead, "Убрать").await;
    story.tap(lead, "Да, убрать").await;
    let screen = story.world.messages(anna.id).iter().rev().find(|m| !m.keyboard.is_empty()).unwrap().id;
    assert_eq!(story.tap(anna, "Пригласить").await, "Вы больше не администратор");
    assert_snapshot!(story.world.shown(anna.id, screen), @"Bot (edited): Этот экран для администраторов, а вы больше не администратор.");
    story.say(anna, "/staff").await;
    assert!(story.last(anna).contains("для администраторов"), "{}", story.last(anna));
    story.world.say_in(story.leads, None, lead.id, "/staff");
    story.settle().await;
    assert!(story.alerts().contains("личные сообщения"), "{}", story.alerts());
    story.end().await;
}

/// An admin and a lead whom they have on their screen.
async fn with_a_member(language: &str) -> (Story, Person, Person) {
    let story = Setting::new().await.set("ADMIN_IDS", "").start().await;
    let admin = story.person_in("Ann <A>", Some(language));
    let link = story.running.claim_link().await.unwrap().unwrap();
    story.follow(admin, &link).await;
    let member = story.person_in("Bob", Some(language));
    give(&story, member, Role::Lead, None).await;
    story.start(member).await;
    story.say(admin, "/staff").await;
    story.tap(admin, "Bob").await;
    (story, admin, member)
}

/// As the command line gives a role.
async fn give(story: &Story, person: Person, role: Role, agent_id: Option<&str>) {
    let mut unit = story.unit().await;
    staff::give(&mut unit, None, PersonId::new(person.id), role, agent_id).await.unwrap();
    unit.commit().await.unwrap();
}

async fn agent_of(story: &Story, person: Person) -> Option<String> {
    story.running.db.read().await.unwrap().find_agent_id(PersonId::new(person.id)).await.unwrap().flatten()
}

#[tokio::test]
pub async fn a_person_is_given_an_agent_id_in_words_which_is_checked_and_taken_away_again() {
    let (story, ann, bob) = with_a_member("ru").await;
    story.tap(ann, "ID в вашей системе").await;
    assert_snapshot!(story.last(ann), @r"
    Bot (edited): Bob: какой ID у этого человека в вашей системе? Напишите его так, как он приходит в поле agent.id.
      [ Отмена ]
    ");
    story.advance(minutes(1)).await;
    story.say(ann, &"x".repeat(129)).await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Так не подойдёт: нужно от 1 до 128 знаков в одну строку, без невидимых.

      Bob: какой ID у этого человека в вашей системе? Напишите его так, как он приходит в поле agent.id.
      [ Отмена ]
    ");
    story.advance(minutes(1)).await;
    story.say(ann, " a-17 <x> ").await;
    assert_eq!(agent_of(&story, bob).await.as_deref(), Some("a-17 <x>"));
    assert_snapshot!(story.last(ann), @r"
    Bot: Bob

      Роль: руководитель
      В команде с 21.11.2026 15:00
      ID в вашей системе: a-17 <x>

      Администратор настраивает опросы и роли, руководитель получает обращения, сотрудник отвечает клиентам, и его оценивают.
      [ администратор | ✓ руководитель | сотрудник ]
      [ Изменить ID | Убрать ID ]
      [ Убрать из команды ]
      [ ‹ Команда ]
    ");
    assert_eq!(story.tap(ann, "Убрать из команды").await, "");
    story.tap(ann, "Нет, оставить").await;
    story.tap(ann, "Убрать ID").await;
    assert_eq!(agent_of(&story, bob).await, None);
    story.say(ann, "/staff log").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Журнал

      21.11.2026 15:02 · Ann <A>: Bob — ID a-17 <x> убран
      21.11.2026 15:02 · Ann <A>: Bob — ID в вашей системе a-17 <x>
      21.11.2026 15:00 · командная строка: Bob теперь руководитель
      21.11.2026 15:00 · Ann <A> по приглашению теперь администратор
      [ ‹ Команда | Журнал файлом ]
    ");
    let rows = story.export(What::StaffLog, &Filter::default()).await;
    let told = rows.iter().map(|row| format!("{} {}", row["act"], row["detail"]));
    assert_eq!(
        told.collect::<Vec<_>>(),
        ["invite_used ", "role_given ", "agent_id_given a-17 <x>", "agent_id_taken a-17 <x>"]
    );
    story.end().await;
}

#[tokio::test]
async fn an_agent_id_that_is_somebodys_already_is_refused_with_their_name() {
    let (story, ann, bob) = with_a_member("en").await;
    let carl = story.person("Carl <C>");
    story.start(carl).await;
    give(&story, carl, Role::Agent, Some("a-1")).await;
    story.tap(ann, "ID in your system").await;
    story.advance(minutes(1)).await;
    story.say(ann, "a-1").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: Carl <C> already has the ID a-1. Remove it there first.

      Which ID does Bob have in your system? Write it exactly as it comes in the field agent.id.
      [ Cancel ]
    ");
    story.tap(ann, "Cancel").await;
    story.say(ann, "a-2").await;
    assert_eq!(agent_of(&story, bob).await, None, "cancelled");
    // Somebody removes him meanwhile.
    story.tap(ann, "ID in your system").await;
    let mut unit = story.unit().await;
    staff::take(&mut unit, None, PersonId::new(bob.id)).await.unwrap();
    unit.commit().await.unwrap();
    story.advance(minutes(1)).await;
    story.say(ann, "a-2").await;
    assert_snapshot!(story.last(ann), @r"
    Bot: They no longer have a role

      Team

      Ann <A> — admin
      Carl <C> — agent (ID a-1)
      [ Ann <A> · admin ]
      [ Carl <C> · agent ]
      [ Invite | Log ]
    ");
    story.end().await;
}

#[tokio::test]
async fn words_for_an_agent_id_count_for_nothing_once_the_role_is_gone() {
    let (story, ann, bob) = with_a_member("ru").await;
    give(&story, bob, Role::Admin, None).await;
    story.tap(ann, "ID в вашей системе").await;
    let mut unit = story.unit().await;
    staff::take(&mut unit, Some(PersonId::new(bob.id)), PersonId::new(ann.id)).await.unwrap();
    unit.commit().await.unwrap();
    story.advance(minutes(1)).await;
    story.say(ann, "a-17").await;
    assert_eq!(agent_of(&story, bob).await, None);
    story.end().await;
}

#[tokio::test]
async fn the_log_goes_out_as_a_file_too() {
    for (language, button, toast) in
        [("ru", "Журнал файлом", "Отправляю файл"), ("en", "Log as a file", "The file is on its way")]
    {
        let (story, ann, _) = with_a_member(language).await;
        story.say(ann, "/staff log").await;
        assert_eq!(story.tap(ann, button).await, toast);
        let (name, content) = story.world.last_file(ann.id).unwrap();
        let text = String::from_utf8(content).unwrap();
        assert_eq!(name, "staff-log.csv");
        let lines: Vec<&str> = text.strip_prefix('\u{feff}').unwrap().lines().collect();
        assert_eq!(
            lines[0],
            "at,actor,actor_name,act,person,person_name,role,former_role,script,version,detail"
        );
        assert!(lines.len() == 3 && lines[1].contains(",Ann <A>,invite_used,"), "{text}");
        // A button of somebody who is no admin any more sends nothing.
        let boss = story.person("Boss");
        give(&story, boss, Role::Admin, None).await;
        give(&story, ann, Role::Agent, None).await;
        let files = story.world.calls("sendDocument");
        story.tap(ann, button).await;
        assert_eq!(story.world.calls("sendDocument"), files);
        story.end().await;
    }
}
