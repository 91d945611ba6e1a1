//! What a conversation between customers and leads needs: copies, albums, reactions, prompts, anonymous admins.

use afterword::sandbox::{GroupKind, Media, Options};
use serde_json::{Value, json};

use super::{bench, bench_with};

fn ids(copies: &Value) -> Vec<i64> {
    copies.as_array().unwrap().iter().filter_map(|copy| copy["message_id"].as_i64()).collect()
}

#[tokio::test]
async fn an_album_that_is_copied_is_an_album_and_what_cannot_be_copied_is_left_out() {
    let bench = bench().await;
    let (world, bot) = (&bench.world, &bench.bot);
    let ada = world.add_user("Ada", None);
    world.start(ada, None);
    let leads = world.add_group("Leads", GroupKind::Supergroup, ada);
    let post = bot.say(leads, "No. 101").await;
    let album = [Media::Photo, Media::PaidPhoto, Media::Photo];
    let sent = world.reply_with_media_in(leads, ada, post, &album, Some("look"));
    let call = json!({ "chat_id": ada, "from_chat_id": leads, "message_ids": sent });
    let copies = ids(&bot.ok("copyMessages", call).await);
    assert_eq!(copies.len(), 2);
    let [first, second] = [0, 1].map(|index| world.message(ada, copies[index]).unwrap());
    assert_eq!(first.text.plain, "look");
    assert!(first.media_group_id.is_some() && first.media_group_id == second.media_group_id);
    let gone = json!({ "chat_id": ada, "from_chat_id": leads, "message_ids": [sent[1]] });
    assert_eq!(bot.error("copyMessages", gone).await, "Bad Request: there are no messages to copy");
    assert_eq!(world.take_violations(), Vec::<String>::new());
    for wrong in [json!([]), json!([sent[1], sent[0]])] {
        bot.error("copyMessages", json!({ "chat_id": ada, "from_chat_id": leads, "message_ids": wrong }))
            .await;
    }
    let reply = json!({ "message_id": 1 });
    let call =
        json!({ "chat_id": ada, "from_chat_id": leads, "message_ids": sent, "reply_parameters": reply });
    bot.error("copyMessages", call).await;
    assert_eq!(world.take_violations().len(), 3);
}

#[tokio::test]
async fn a_reaction_is_seen_and_takes_nothing_of_a_groups_limit() {
    let bench = bench_with(Options { limits: true, ..Options::default() }).await;
    let (world, bot) = (&bench.world, &bench.bot);
    let ada = world.add_user("Ada", None);
    let leads = world.add_group("Leads", GroupKind::Supergroup, ada);
    let said = world.say_in(leads, None, ada, "/alerts");
    let react = |emoji: &str| json!({ "chat_id": leads, "message_id": said, "reaction": [{ "type": "emoji", "emoji": emoji }] });
    for _ in 0..30 {
        bot.ok("setMessageReaction", react("👌")).await;
    }
    assert!(world.transcript(leads).contains("Ada (👌): /alerts"), "{}", world.transcript(leads));
    assert_eq!(bot.error("setMessageReaction", react("✅")).await, "Bad Request: REACTION_INVALID");
    assert_eq!(world.take_violations().len(), 1);
    world.set_reactions_allowed(leads, false);
    assert_eq!(bot.error("setMessageReaction", react("👌")).await, "Bad Request: REACTION_INVALID");
    assert_eq!(world.take_violations().len(), 0);
}

#[tokio::test]
async fn a_selective_prompt_has_to_reach_somebody() {
    let bench = bench().await;
    let (world, bot) = (&bench.world, &bench.bot);
    let ada = world.add_user("Ada", None);
    let leads = world.add_group("Leads", GroupKind::Supergroup, ada);
    let ask = |text: &str| {
        let markup = json!({ "force_reply": true, "selective": true });
        json!({ "chat_id": leads, "text": text, "parse_mode": "HTML", "reply_markup": markup })
    };
    bot.error("sendMessage", ask("reply to this")).await;
    assert_eq!(world.take_violations().len(), 1);
    let mention = format!("<a href=\"tg://user?id={ada}\">Ada</a>, reply to this");
    let sent = bot.ok("sendMessage", ask(&mention)).await["message_id"].as_i64().unwrap();
    assert!(world.message(leads, sent).unwrap().asks_for_reply);
}

#[tokio::test]
async fn an_anonymous_admin_is_the_groups_own_account() {
    let bench = bench().await;
    let (world, bot) = (&bench.world, &bench.bot);
    let ada = world.add_user("Ada", None);
    let leads = world.add_group("Leads", GroupKind::Supergroup, ada);
    let post = bot.say(leads, "No. 101").await;
    world.reply_anonymously(leads, post, "we are on it");
    let updates = bot.updates(0).await;
    let message = &updates.last().unwrap()["message"];
    assert_eq!((&message["from"]["is_bot"], &message["from"]["id"]), (&json!(true), &json!(1_087_968_824)));
    assert_eq!(message["sender_chat"]["id"], leads);
    assert_eq!(message["reply_to_message"]["message_id"], post);
}

#[tokio::test]
async fn a_bot_without_the_right_to_write_may_still_edit() {
    let bench = bench().await;
    let (world, bot) = (&bench.world, &bench.bot);
    let ada = world.add_user("Ada", None);
    let leads = world.add_group("Leads", GroupKind::Supergroup, ada);
    let post = bot.say(leads, "No. 101").await;
    world.set_bot_muted(leads, ada, true);
    let updates = bot.updates(0).await;
    assert_eq!(updates.last().unwrap()["my_chat_member"]["new_chat_member"]["status"], "restricted");
    let error = bot.error("sendMessage", json!({ "chat_id": leads, "text": "more" })).await;
    assert_eq!(error, "Bad Request: not enough rights to send text messages to the chat");
    bot.ok("editMessageText", json!({ "chat_id": leads, "message_id": post, "text": "No. 101, taken" }))
        .await;
    world.set_bot_muted(leads, ada, false);
    bot.say(leads, "more").await;
}
