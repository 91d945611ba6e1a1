//! People as the bot meets them: strangers, people who block it, and people who send more than words.

use afterword::sandbox::{Media, Options};
use serde_json::{Value, json};

use super::{bench, bench_with};

#[tokio::test]
async fn nobody_is_written_to_who_cannot_be() {
    let bench = bench().await;
    let (world, bot) = (&bench.world, &bench.bot);
    let [stranger, blocker, gone] = ["Ada", "Bob", "Cyd"].map(|name| world.add_user(name, None));
    world.start(blocker, None);
    world.block(blocker);
    world.start(gone, None);
    world.deactivate(gone);
    for (chat, error) in [
        (stranger, "Forbidden: bot can't initiate conversation with a user"),
        (blocker, "Forbidden: bot was blocked by the user"),
        (gone, "Forbidden: user is deactivated"),
        (42, "Bad Request: chat not found"),
    ] {
        assert_eq!(bot.error("sendMessage", json!({ "chat_id": chat, "text": "?" })).await, error);
    }
    assert_eq!(bot.error("getChat", json!({ "chat_id": stranger })).await, "Bad Request: chat not found");
    assert_eq!(bot.ok("getChat", json!({ "chat_id": blocker })).await["first_name"], "Bob");
    assert_eq!(world.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_block_and_its_end_are_told_once() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.start(ada, None);
    bench.world.block(ada);
    bench.world.block(ada);
    bench.world.start(ada, None);
    let updates = bench.bot.updates(0).await;
    let statuses: Vec<&Value> =
        updates.iter().map(|update| &update["my_chat_member"]["new_chat_member"]["status"]).collect();
    assert_eq!(statuses, [&Value::Null, &json!("kicked"), &json!("member"), &Value::Null]);
    assert_eq!(updates[1]["my_chat_member"]["chat"]["type"], "private");
    bench.bot.say(ada, "welcome back").await;
}

#[tokio::test]
async fn media_arrive_with_their_files_and_are_copied_without_their_sender() {
    let bench = bench_with(Options { limits: false, ..Options::default() }).await;
    let (world, bot) = (&bench.world, &bench.bot);
    let [ada, lead] = ["Ada", "Lead"].map(|name| world.add_user(name, None));
    world.start(lead, None);
    let voice = world.send_voice(ada, 67);
    world.send_video_note(ada, 5);
    world.send_photo(ada, Some("the box"));
    world.send_document(ada, "bill.pdf", None);
    world.send_album(ada, &[Media::Photo, Media::Photo], Some("both sides"));
    world.share_contact(ada, "+15550100", Some(ada));
    let updates = bot.updates(0).await;
    let messages: Vec<&Value> = updates[1..].iter().map(|update| &update["message"]).collect();
    assert_eq!(
        (&messages[0]["voice"]["duration"], &messages[0]["voice"]["mime_type"]),
        (&json!(67), &json!("audio/ogg"))
    );
    assert_eq!(messages[1]["video_note"]["length"], 384);
    assert_eq!(
        (&messages[2]["caption"], messages[2]["photo"].as_array().unwrap().len()),
        (&json!("the box"), 2)
    );
    assert_eq!(messages[3]["document"]["file_name"], "bill.pdf");
    assert_eq!(messages[4]["media_group_id"], messages[5]["media_group_id"]);
    assert_eq!(messages[6]["contact"]["user_id"], ada);

    for id in voice..=voice + 5 {
        bot.ok("copyMessage", json!({ "chat_id": lead, "from_chat_id": ada, "message_id": id })).await;
    }
    let captioned = json!({
        "chat_id": lead, "from_chat_id": ada, "message_id": voice, "caption": "<i>of 7</i>", "parse_mode": "HTML",
        "reply_parameters": { "message_id": 2 },
    });
    assert_eq!(bot.ok("copyMessage", captioned).await, json!({ "message_id": 8 }));
    insta::assert_snapshot!(world.transcript(lead), @"
    Lead: /start
    Bot: (voice 1:07)
    Bot: (video note 0:05)
    Bot: (photo) the box
    Bot: (document bill.pdf)
    Bot: (photo) both sides
    Bot: (photo)
    Bot (to 2): (voice 1:07) of 7
    ");
    let missing = json!({ "chat_id": lead, "from_chat_id": ada, "message_id": 99 });
    assert_eq!(bot.error("copyMessage", missing).await, "Bad Request: message to copy not found");
    let edit = json!({ "chat_id": lead, "message_id": 2, "text": "?" });
    assert_eq!(
        bot.error("editMessageText", edit).await,
        "Bad Request: there is no text in the message to edit"
    );
}

#[tokio::test]
async fn an_edited_and_a_quoting_message_say_so() {
    let bench = bench().await;
    let (world, bot) = (&bench.world, &bench.bot);
    let ada = world.add_user("Ada", None);
    let own = world.say(ada, "slow");
    let asked = bot.say(ada, "What was slow?").await;
    world.reply(ada, asked, "the courier", Some("slow"));
    world.edit_own_message(ada, ada, own, "very slow");
    let updates = bot.updates(0).await;
    assert_eq!(updates[1]["message"]["quote"], json!({ "text": "slow", "position": 9, "is_manual": true }));
    assert_eq!(updates[1]["message"]["reply_to_message"]["message_id"], asked);
    let edited = &updates[2]["edited_message"];
    assert_eq!((&edited["text"], &edited["message_id"]), (&json!("very slow"), &json!(own)));
    assert!(edited["edit_date"].is_i64());
}

#[tokio::test]
async fn a_reply_goes_to_a_message_that_is_there() {
    let bench = bench().await;
    let (world, bot) = (&bench.world, &bench.bot);
    let ada = world.add_user("Ada", None);
    let gone = world.say(ada, "gone");
    world.delete_message(ada, gone);
    let reply = |more: Value| {
        let mut parameters = json!({ "message_id": gone });
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "chat_id": ada, "text": "re", "reply_parameters": parameters })
    };
    assert_eq!(
        bot.error("sendMessage", reply(json!({}))).await,
        "Bad Request: message to be replied not found"
    );
    let sent = bot.ok("sendMessage", reply(json!({ "allow_sending_without_reply": true }))).await;
    assert!(sent.get("reply_to_message").is_none());
}

#[tokio::test]
async fn too_much_is_refused_with_the_time_to_wait() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.start(ada, None);
    for _ in 0..3 {
        bench.bot.say(ada, "hello").await;
    }
    let send = json!({ "chat_id": ada, "text": "too much" });
    let refused = bench.bot.reply("sendMessage", send.clone()).await;
    assert_eq!((&refused["error_code"], &refused["parameters"]["retry_after"]), (&json!(429), &json!(1)));
    bench
        .bot
        .ok("editMessageText", json!({ "chat_id": ada, "message_id": 2, "text": "edits count apart" }))
        .await;
    bench.clock.advance(std::time::Duration::from_secs(1));
    bench.bot.ok("sendMessage", send.clone()).await;
    bench.world.set_limits(false);
    bench.bot.ok("sendMessage", send).await;
    assert_eq!(bench.world.refused_by_limits(), 1);
}

#[tokio::test]
async fn a_keyboard_under_the_input_field_stays_until_it_is_taken_away() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.start(ada, None);
    let ask =
        json!({ "keyboard": [[{ "text": "My number", "request_contact": true }]], "resize_keyboard": true });
    bench.bot.ok("sendMessage", json!({ "chat_id": ada, "text": "Who?", "reply_markup": ask })).await;
    assert_eq!(bench.world.transcript(ada), "Ada: /start\nBot: Who?\n  { My number }\n");
    let remove = json!({ "remove_keyboard": true });
    bench.bot.ok("sendMessage", json!({ "chat_id": ada, "text": "Thanks", "reply_markup": remove })).await;
    assert_eq!(bench.world.transcript(ada), "Ada: /start\nBot: Who?\nBot: Thanks\n");
}

#[tokio::test]
async fn the_bots_acts_can_be_followed() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.start(ada, None);
    let mut acts = bench.world.watch();
    let message_id = bench.bot.say(ada, "hello").await;
    assert_eq!(acts.recv().await, Some(afterword::sandbox::BotAct::Sent { chat: ada, message_id }));
}
