//! Calls that a correct program never makes are refused and recorded.

use rstest::rstest;
use serde_json::{Value, json};

use super::{bench, buttons};

/// Sends a message with these parameters to Ada's chat. Returns the error and the violations.
async fn refused(parameters: Value) -> (String, Vec<String>) {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.start(ada, None);
    let mut call = json!({ "chat_id": ada, "text": "hello" });
    call.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
    let error = bench.bot.error("sendMessage", call).await;
    assert_eq!(bench.world.sent_count(ada), 0);
    (error, bench.world.violations())
}

#[rstest]
#[case(json!({ "silent": true }), "unknown field `silent`")]
#[case(json!({ "disable_notification": 1 }), "invalid type: integer `1`, expected a boolean")]
#[case(json!({ "text": 5 }), "invalid type: integer `5`")]
#[case(json!({ "text": " \n" }), "message text is empty")]
#[case(json!({ "text": "x".repeat(4097) }), "message is too long")]
#[case(json!({ "text": "😀".repeat(2049) }), "message is too long")]
#[case(json!({ "text": "a < b", "parse_mode": "HTML" }), "can't parse entities: Unsupported start tag")]
#[case(json!({ "parse_mode": "MarkdownV2" }), "unsupported parse_mode")]
#[case(json!({ "link_preview_options": { "disabled": true } }), "unknown field `disabled`")]
#[case(json!({ "reply_parameters": { "id": 1 } }), "unknown field `id`")]
#[case(json!({ "reply_markup": { "inline_keyboard": [[{ "text": "x" }]] } }), "Text buttons are unallowed")]
#[case(json!({ "reply_markup": { "inline_keyboard": [[{ "text": "x", "data": "y" }]] } }), "unknown field `data`")]
#[case(json!({ "reply_markup": { "inline_keyboard": [[{ "text": "", "url": "https://a.b" }]] } }), "must be non-empty")]
#[case(json!({ "reply_markup": { "inline_keyboard": [[{ "text": "x", "url": "localhost" }]] } }), "Wrong HTTP URL")]
#[case(json!({ "reply_markup": { "inline_keyboard": [[{ "text": "x", "callback_data": "д".repeat(33) }]] } }), "BUTTON_DATA_INVALID")]
#[case(json!({ "reply_markup": { "inline_keyboard": [[{ "text": "x", "callback_data": "" }]] } }), "BUTTON_DATA_INVALID")]
#[case(json!({ "reply_markup": { "inline_keyboard": [[{ "text": "x", "callback_data": "y", "style": "red" }]] } }), "Invalid button style")]
#[case(json!({ "reply_markup": { "inline_keyboard": vec![vec![json!({ "text": "x", "callback_data": "y" }); 8]; 13] } }), "reply markup is too long")]
#[case(json!({ "reply_markup": { "inline_keyboard": [], "selective": true } }), "exactly one kind of markup")]
#[case(json!({ "reply_markup": { "keyboard": [[]] } }), "the keyboard is empty")]
#[case(json!({ "reply_markup": { "force_reply": true, "input_field_placeholder": "" } }), "1-64 characters")]
#[tokio::test]
async fn a_send_that_is_wrong_in_itself_is_a_violation(#[case] parameters: Value, #[case] expected: &str) {
    let (error, violations) = refused(parameters).await;
    assert!(error.starts_with("Bad Request: ") && error.contains(expected), "{error}");
    assert_eq!(violations, [format!("sendMessage: {error}")]);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let bench = bench().await;
    let error = bench.bot.error("sendMessage", json!({ "chat_id": 1 })).await;
    assert!(error.contains("missing field `text`"), "{error}");
    assert_eq!(bench.world.take_violations().len(), 1);
}

#[tokio::test]
async fn a_method_the_sandbox_does_not_speak_is_a_violation() {
    let bench = bench().await;
    assert_eq!(bench.bot.error("sendPoll", json!({})).await, "Not Found");
    assert_eq!(bench.world.violations(), ["sendPoll: Not Found"]);
}

#[tokio::test]
async fn the_longest_text_the_fullest_keyboard_and_every_style_are_taken() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.start(ada, None);
    let button = json!({ "text": "x", "callback_data": "д".repeat(32), "style": "danger" });
    let mut rows = vec![vec![button; 8]; 12];
    rows.push(vec![json!({ "text": "y", "url": "https://example.com/?a=b", "style": "primary" }); 4]);
    let call = json!({
        "chat_id": ada.to_string(), "text": format!("<b>{}</b>", "😀".repeat(2048)), "parse_mode": "html",
        "disable_notification": true, "protect_content": true,
        "reply_markup": { "inline_keyboard": rows },
    });
    let sent = bench.bot.ok("sendMessage", call).await;
    assert_eq!(sent["entities"], json!([{ "type": "bold", "offset": 0, "length": 4096 }]));
    assert_eq!(sent["reply_markup"]["inline_keyboard"][0][0]["style"], "danger");
    assert_eq!(bench.world.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_row_nobody_can_read_is_shown_and_remembered() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.start(ada, None);
    let nine = buttons(&["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    bench.bot.ok("sendMessage", json!({ "chat_id": ada, "text": "?", "reply_markup": nine })).await;
    assert_eq!(bench.world.violations(), ["a keyboard row has 9 buttons, more than 8"]);
}

#[tokio::test]
async fn forms_and_queries_say_the_same_as_json() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.start(ada, None);
    let base = format!("{}/bot{}", bench.sandbox.url(), afterword::sandbox::TOKEN);
    let http = reqwest::Client::new();
    let text =
        "text=%D0%B4%D0%B0+%26+5&disable_notification=true&reply_markup=%7B%22remove_keyboard%22%3Atrue%7D";
    let form = http
        .post(format!("{base}/sendMessage"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("chat_id={ada}&{text}"));
    assert_eq!(form.send().await.unwrap().status(), 200);
    let query = http.get(format!("{base}/sendMessage?chat_id={ada}&text=7"));
    assert_eq!(query.send().await.unwrap().status(), 200);
    assert_eq!(bench.world.transcript(ada), "Ada: /start\nBot: да & 5\nBot: 7\n");
    let broken = http.post(format!("{base}/getMe")).header("content-type", "application/json").body("{");
    assert_eq!(broken.send().await.unwrap().status(), 400);
    assert_eq!(bench.world.violations().len(), 1);
}

#[tokio::test]
async fn commands_are_checked_and_kept_by_scope_and_language() {
    let bench = bench().await;
    let set = |command: &str, language: &str, scope: Value| {
        let commands = json!([{ "command": command, "description": "Stop" }]);
        json!({ "commands": commands, "scope": scope, "language_code": language })
    };
    bench.bot.ok("setMyCommands", set("stop", "ru", json!({ "type": "all_private_chats" }))).await;
    let commands = bench.world.commands();
    assert_eq!(
        commands[&("all_private_chats".to_owned(), "ru".to_owned())],
        [("stop".to_owned(), "Stop".to_owned())]
    );
    let default = json!({ "type": "default" });
    for (call, error) in [
        (set("Stop", "ru", default.clone()), "BOT_COMMAND_INVALID"),
        (set("stop", "rus", default), "invalid language code specified"),
        (
            set("stop", "", json!({ "type": "chat" })),
            "can't parse BotCommandScope: Unsupported type specified",
        ),
    ] {
        assert_eq!(bench.bot.error("setMyCommands", call).await, format!("Bad Request: {error}"));
    }
    assert_eq!(bench.world.violations().len(), 3);
}
