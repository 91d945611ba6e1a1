//! Where cases go if the chat that is meant for them cannot be told, and if the environment names chats for overdue ones.

use afterword::sandbox::GroupKind;

use super::routing::{bad_score, filtered, has, press, screen, subscribed, team, without_chats};
use crate::harness::{Setting, Story, hours, minutes};

/// Two groups, each of which gets the cases of one team.
async fn of_two_teams(story: &Story) -> [i64; 2] {
    let mut groups = [0; 2];
    for (group, name) in groups.iter_mut().zip(["B2B", "Розница"]) {
        *group = subscribed(story, name).await;
        story.world.say_in(*group, None, story.lead.id, &format!("/alerts team {name}"));
        story.settle().await;
        story.advance(minutes(1)).await;
    }
    groups
}

#[tokio::test]
pub async fn if_neither_a_fitting_chat_nor_an_admin_can_be_told_every_chat_gets_the_case() {
    let story = without_chats().await;
    let [b2b, shop] = of_two_teams(&story).await;
    let anna = bad_score(&story, 1, team("Розница")).await;
    assert!(has(&story, shop, 101) && !has(&story, b2b, 101));
    press(&story, story.lead, shop, "Взять").await;
    story.world.block(story.lead.id);
    story.world.kick_bot(shop, story.lead.id);
    story.settle().await;
    // A new case of the team, and words about a case whose home is lost.
    bad_score(&story, 2, team("Розница")).await;
    assert!(has(&story, b2b, 102), "{}", story.world.transcript(b2b));
    story.say(anna, "/human").await;
    story.say(anna, "Вы про меня забыли?").await;
    story.advance(minutes(2)).await;
    assert!(has(&story, b2b, 101), "{}", story.world.transcript(b2b));
    assert!(story.world.transcript(b2b).contains("Вы про меня забыли?"), "{}", story.world.transcript(b2b));
    // As soon as an admin can be told again, what fits no chat is theirs.
    story.world.unblock(story.lead.id);
    story.start(story.lead).await;
    bad_score(&story, 3, team("Розница")).await;
    assert!(has(&story, story.lead.id, 103) && !has(&story, b2b, 103));
    story.end().await;
}

#[tokio::test]
pub async fn chats_that_the_environment_names_for_overdue_cases_have_no_filters_for_them() {
    let setting = Setting::new().await.set("ALERT_CHATS", "").set("QUIET_HOURS", "off");
    let heads = setting.world.add_group("Главные", GroupKind::Supergroup, setting.lead.id);
    let story = setting.set("ESCALATION_CHATS", &heads.to_string()).start().await;
    story.start(story.lead).await;
    let general = subscribed(&story, "Общий").await;
    let b2b = filtered(&story, "B2B", &["Просроченные", "✓ Новые"]).await;
    story.world.say_in(b2b, None, story.lead.id, "/alerts team B2B");
    // For new cases the named chat may have filters like any other.
    for text in ["/alerts", "/alerts team Склад"] {
        story.world.say_in(heads, None, story.lead.id, text);
        story.settle().await;
        story.advance(minutes(1)).await;
    }
    let said = "Просроченные приходят без фильтров: этот чат указан в настройке ESCALATION_CHATS.";
    assert!(screen(&story, heads).contains(said), "{}", screen(&story, heads));
    for (number, name) in [(1, "B2B"), (2, "Розница"), (3, "Склад")] {
        bad_score(&story, number, team(name)).await;
    }
    let new = [general, b2b, heads].map(|chat| [101, 102, 103].map(|number| has(&story, chat, number)));
    assert_eq!(new, [[true, true, false], [false, false, false], [false, false, true]]);
    story.advance(hours(25)).await;
    let overdue = |chat, number: i64| {
        story.world.transcript(chat).contains(&format!("🔥 №{number}: клиенту не ответили в срок"))
    };
    let told = [general, b2b, heads].map(|chat| [101, 102, 103].map(|number| overdue(chat, number)));
    assert_eq!(told, [[false; 3], [true, false, false], [false, true, true]]);
    assert!(!story.chat(story.lead).contains("🔥"), "{}", story.chat(story.lead));
    // A case whose only fitting chat is lost goes to those without filters.
    story.world.kick_bot(b2b, story.lead.id);
    story.settle().await;
    bad_score(&story, 4, team("B2B")).await;
    story.advance(hours(25)).await;
    assert!(overdue(heads, 104) && !story.chat(story.lead).contains("🔥 №104"));
    story.end().await;
}
