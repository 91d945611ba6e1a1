//! The course of one survey: start, question, tap, edit, answer.

use afterword::sandbox::{Answer, TapError};
use serde_json::json;

use super::{Bot, NOON, bench, buttons};

#[tokio::test]
async fn the_bot_introduces_itself_in_any_letter_case() {
    let bench = bench().await;
    for method in ["getMe", "GetMe", "getme", "GETME"] {
        let me = bench.bot.ok(method, json!({})).await;
        assert_eq!((&me["is_bot"], &me["has_main_web_app"]), (&json!(true), &json!(false)));
    }
    assert_eq!(bench.world.calls("getMe"), 4);
}

#[tokio::test]
async fn a_wrong_token_is_unauthorized() {
    let bench = bench().await;
    let stranger = Bot::new(&bench.sandbox.url(), "7000000001:other");
    assert_eq!(stranger.error("getMe", json!({})).await, "Unauthorized");
}

#[tokio::test]
async fn a_start_with_a_payload_arrives_as_a_command() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", Some("pt-br"));
    bench.world.start(ada, Some("token_1"));
    let updates = bench.bot.updates(0).await;
    let message = &updates[0]["message"];
    assert_eq!(message["text"], "/start token_1");
    assert_eq!(message["entities"], json!([{ "type": "bot_command", "offset": 0, "length": 6 }]));
    assert_eq!(
        message["from"],
        json!({ "id": ada, "is_bot": false, "first_name": "Ada", "language_code": "pt-br" })
    );
    assert_eq!(message["chat"], json!({ "id": ada, "type": "private", "first_name": "Ada" }));
    assert_eq!(message["date"].as_i64().unwrap() * 1000, NOON.millis());
}

#[tokio::test]
async fn a_dialogue_reads_as_its_people_see_it() {
    let bench = bench().await;
    let (world, bot) = (&bench.world, &bench.bot);
    let ada = world.add_user("Ada", None);
    world.start(ada, None);
    let question = json!({
        "chat_id": ada,
        "text": "<b>How</b> was it?\nSee <a href=\"https://example.com/1\">order 1</a>.",
        "parse_mode": "HTML",
        "link_preview_options": { "is_disabled": true },
        "reply_markup": buttons(&["bad", "good"]),
    });
    bot.ok("sendMessage", question).await;
    insta::assert_snapshot!(world.transcript(ada), @"
    Ada: /start
    Bot: How was it?
      See order 1 <https://example.com/1>.
      [ bad | good ]
    ");
    let tap = world.tap_last(ada, "good").unwrap();
    let updates = bot.updates(0).await;
    assert_eq!(updates[1]["callback_query"]["data"], "good");
    assert_eq!(updates[1]["callback_query"]["message"]["text"], "How was it?\nSee order 1.");
    assert_eq!(
        updates[1]["callback_query"]["message"]["reply_markup"]["inline_keyboard"][0][1]["text"],
        "good"
    );
    assert_eq!(world.unanswered_callbacks().len(), 1);
    bot.ok("answerCallbackQuery", json!({ "callback_query_id": tap, "text": "Saved" })).await;
    assert_eq!(world.answered(&tap).await, Answer { text: "Saved".into(), alert: false });
    bot.ok("editMessageText", json!({ "chat_id": ada, "message_id": 2, "text": "Thank you!" })).await;
    world.send_voice(ada, 7);
    world.reply(ada, 2, "One more thing", Some("Thank"));
    insta::assert_snapshot!(world.transcript(ada), @"
    Ada: /start
    Bot (edited): Thank you!
    Ada: (voice 0:07)
    Ada (to 2 «Thank»): One more thing
    ");
    assert_eq!(world.sent_count(ada), 1);
    assert_eq!(world.message(ada, 2).unwrap().first_text(), "How was it?\nSee order 1.");
    assert!(world.unanswered_callbacks().is_empty());
    assert_eq!(world.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn only_a_button_that_is_there_can_be_tapped() {
    let bench = bench().await;
    let (world, bot) = (&bench.world, &bench.bot);
    let ada = world.add_user("Ada", None);
    world.start(ada, None);
    bot.ok("sendMessage", json!({ "chat_id": ada, "text": "?", "reply_markup": buttons(&["a", "b"]) })).await;
    bot.ok(
        "editMessageReplyMarkup",
        json!({ "chat_id": ada, "message_id": 2, "reply_markup": buttons(&["c"]) }),
    )
    .await;
    let error = world.tap(ada, ada, 2, "a").unwrap_err();
    assert_eq!(error.to_string(), "no button \"a\" under the message:\nBot (edited): ?\n  [ c ]\n");
    assert!(matches!(world.tap(ada, ada, 9, "a"), Err(TapError::NoMessage(9))));
    let stale = world.tap_stale(ada, ada, 2, (0, 1)).unwrap();
    assert_eq!(world.callback(&stale).unwrap().data, "b");
    let forged = world.forge_callback(ada, ada, 2, "anything");
    assert_eq!(world.callback(&forged).unwrap().data, "anything");
}

#[tokio::test]
async fn a_tap_is_answered_once() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    let tap = bench.world.forge_callback(ada, ada, 1, "x");
    bench.bot.ok("answerCallbackQuery", json!({ "callback_query_id": tap })).await;
    let late = "Bad Request: query is too old and response timeout expired or query ID is invalid";
    for id in [tap.as_str(), "1", "not a number"] {
        assert_eq!(bench.bot.error("answerCallbackQuery", json!({ "callback_query_id": id })).await, late);
    }
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_refused() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.start(ada, None);
    let id = bench.bot.say(ada, "a").await;
    let same = json!({ "chat_id": ada, "message_id": id, "text": " a " });
    let error = bench.bot.error("editMessageText", same).await;
    assert!(error.starts_with("Bad Request: message is not modified: "), "{error}");
    let missing = json!({ "chat_id": ada, "message_id": 9, "text": "b" });
    assert_eq!(bench.bot.error("editMessageText", missing).await, "Bad Request: message to edit not found");
    let hers = json!({ "chat_id": ada, "message_id": 1, "text": "b" });
    assert_eq!(bench.bot.error("editMessageText", hers).await, "Bad Request: message can't be edited");
}
