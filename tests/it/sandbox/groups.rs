//! Groups, topics, and groups that remove the bot or migrate.

use afterword::sandbox::{GroupKind, Standing};
use serde_json::{Value, json};

use super::bench;

fn texts(updates: &[Value]) -> Vec<&str> {
    updates.iter().filter_map(|update| update["message"]["text"].as_str()).collect()
}

#[tokio::test]
async fn a_member_bot_hears_commands_mentions_and_replies_and_an_admin_bot_everything() {
    let bench = bench().await;
    let (world, bot) = (&bench.world, &bench.bot);
    let ada = world.add_user("Ada", None);
    let leads = world.add_group("Leads", GroupKind::Supergroup, ada);
    let said = bot.say(leads, "I am here").await;
    world.say_in(leads, None, ada, "nobody hears this");
    world.say_in(leads, None, ada, "/alerts@afterword_sandbox_bot on");
    world.say_in(leads, None, ada, "ask @afterword_sandbox_bot");
    world.reply_in(leads, ada, said, "hello");
    world.set_bot_standing(leads, ada, Standing::Admin);
    world.say_in(leads, None, ada, "now it does");
    let updates = bot.updates(0).await;
    assert_eq!(
        texts(&updates),
        ["/alerts@afterword_sandbox_bot on", "ask @afterword_sandbox_bot", "hello", "now it does"]
    );
    assert_eq!(updates[0]["my_chat_member"]["new_chat_member"]["status"], "member");
    assert_eq!(updates[1]["message"]["new_chat_members"][0]["id"], world.bot_id());
    assert_eq!(updates[2]["message"]["chat"], json!({ "id": leads, "title": "Leads", "type": "supergroup" }));
    assert_eq!(updates[2]["message"]["entities"][0]["length"], 29);
    let status = &updates[5]["my_chat_member"]["new_chat_member"]["status"];
    assert_eq!(status, "administrator");
}

#[tokio::test]
async fn topics_keep_their_messages_together() {
    let bench = bench().await;
    let (world, bot) = (&bench.world, &bench.bot);
    let ada = world.add_user("Ada", None);
    let forum = world.add_group("Forum", GroupKind::Forum, ada);
    let low = world.add_topic(forum, "low");
    let command = world.say_in(forum, Some(low), ada, "/alerts");
    let updates = bot.updates(0).await;
    let message = &updates.last().unwrap()["message"];
    assert_eq!((&message["message_thread_id"], &message["is_topic_message"]), (&json!(low), &json!(true)));
    assert_eq!(message["reply_to_message"]["forum_topic_created"]["name"], "low");
    assert_eq!(message["chat"]["is_forum"], true);

    let to = |thread: i64| json!({ "chat_id": forum, "message_thread_id": thread, "text": "alert" });
    assert_eq!(bot.ok("sendMessage", to(low)).await["message_thread_id"], low);
    assert!(bot.ok("sendMessage", to(1)).await.get("message_thread_id").is_none());
    assert_eq!(bot.error("sendMessage", to(99)).await, "Bad Request: message thread not found");
    let reply = json!({ "chat_id": forum, "text": "re", "reply_parameters": { "message_id": command } });
    assert_eq!(bot.ok("sendMessage", reply).await["message_thread_id"], low);
    world.set_topic_closed(forum, low, true);
    assert_eq!(bot.error("sendMessage", to(low)).await, "Bad Request: TOPIC_CLOSED");
    insta::assert_snapshot!(world.transcript(forum), @"
    Ada: (added the bot)
    #low Ada: (created the topic low)
    #low Ada: /alerts
    #low Bot: alert
    Bot: alert
    #low Bot (to 3): re
    ");
    world.delete_topic(forum, low);
    assert_eq!(bot.error("sendMessage", to(low)).await, "Bad Request: message thread not found");
    let elsewhere = json!({ "chat_id": ada, "message_thread_id": 5, "text": "?" });
    world.start(ada, None);
    assert_eq!(bot.error("sendMessage", elsewhere).await, "Bad Request: message thread not found");
}

#[tokio::test]
async fn a_group_without_the_bot_takes_nothing_from_it() {
    let bench = bench().await;
    let (world, bot) = (&bench.world, &bench.bot);
    let ada = world.add_user("Ada", None);
    for (kind, expected) in [
        (GroupKind::Basic, "Forbidden: bot was kicked from the group chat"),
        (GroupKind::Supergroup, "Forbidden: bot was kicked from the supergroup chat"),
    ] {
        let group = world.add_group("Group", kind, ada);
        let told = bot.updates(0).await.len();
        world.kick_bot(group, ada);
        assert_eq!(bot.updates(0).await.len(), told + 1);
        let send = json!({ "chat_id": group, "text": "?" });
        assert_eq!(bot.error("sendMessage", send.clone()).await, expected);
        world.set_bot_standing(group, ada, Standing::Left);
        assert!(
            bot.error("sendMessage", send.clone()).await.starts_with("Forbidden: bot is not a member of the")
        );
        world.set_bot_standing(group, ada, Standing::Member);
        bot.ok("sendMessage", send.clone()).await;
        world.delete_chat(group);
        assert_eq!(bot.error("sendMessage", send).await, "Bad Request: chat not found");
    }
}

#[tokio::test]
async fn a_group_that_grew_says_where_it_went() {
    let bench = bench().await;
    let (world, bot) = (&bench.world, &bench.bot);
    let ada = world.add_user("Ada", None);
    let old = world.add_group("Leads", GroupKind::Basic, ada);
    let new = world.migrate_group(old);
    let updates = bot.updates(0).await;
    assert_eq!(updates[2]["message"]["migrate_to_chat_id"], new);
    assert_eq!(updates[3]["message"]["migrate_from_chat_id"], old);
    let refused = bot.reply("sendMessage", json!({ "chat_id": old, "text": "?" })).await;
    assert_eq!(refused["description"], "Bad Request: group chat was upgraded to a supergroup chat");
    assert_eq!(refused["parameters"]["migrate_to_chat_id"], new);
    bot.say(new, "here I am").await;
}

#[tokio::test]
async fn a_group_takes_twenty_messages_a_minute() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    let leads = bench.world.add_group("Leads", GroupKind::Supergroup, ada);
    for _ in 0..20 {
        bench.bot.say(leads, "alert").await;
    }
    let refused = bench.bot.reply("sendMessage", json!({ "chat_id": leads, "text": "alert" })).await;
    assert_eq!(refused["parameters"]["retry_after"], 60);
}
