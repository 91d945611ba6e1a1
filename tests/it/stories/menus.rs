//! The menus of commands that people see beside the input field.

use std::fmt::Write as _;

use afterword::sandbox::World;
use insta::assert_snapshot;

use super::harness::{Setting, hours, minutes};

/// A line a menu: whose, in which language, what.
fn menus(world: &World) -> String {
    let mut text = String::new();
    for ((scope, language), commands) in world.commands() {
        let words: Vec<String> = commands.iter().map(|(name, what)| format!("/{name} {what}")).collect();
        let _ = writeln!(text, "{scope} {language}: {}", words.join(" · "));
    }
    text
}

#[tokio::test]
async fn everybody_sees_what_they_may_use_in_their_language() {
    let story = Setting::new().await.set("ADMIN_IDS", "").start().await;
    story.wait_until(|world| world.commands().len() == 6).await;
    assert_snapshot!(menus(&story.world), @r"
    all_group_chats : /alerts присылать плохие оценки в этот чат; /alerts off — перестать · /help что умеет бот
    all_group_chats en: /alerts send bad scores to this chat; /alerts off ends it · /help what the bot can do
    all_group_chats ru: /alerts присылать плохие оценки в этот чат; /alerts off — перестать · /help что умеет бот
    all_private_chats : /start кто мы и зачем этот бот · /stop больше не получать опросы · /help что умеет бот
    all_private_chats en: /start who we are and what this bot is for · /stop get no more surveys · /help what the bot can do
    all_private_chats ru: /start кто мы и зачем этот бот · /stop больше не получать опросы · /help что умеет бот
    ");
    let link = story.running.claim_link().await.unwrap().unwrap();
    story.follow(story.lead, &link).await;
    story.advance(minutes(1)).await;
    let own = format!("chat:{}", story.lead.id);
    story.wait_until(|world| world.commands().keys().filter(|(scope, _)| *scope == own).count() == 3).await;
    assert_snapshot!(menus(&story.world).replace(&own, "chat:LEAD").lines().last().unwrap(), @"chat:LEAD ru: /start кто мы и зачем этот бот · /stop больше не получать опросы · /alerts присылать плохие оценки в этот чат; /alerts off — перестать · /help что умеет бот");
    story.advance(hours(1)).await;
    story.end().await;
}
