//! `setWebhook`: which addresses are allowed, and how updates are delivered to them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use rstest::rstest;
use serde_json::{Value, json};

use super::{bench, beside};

/// The updates that were delivered: the secret, and the text of the message.
type Brought = Arc<Mutex<Vec<(String, String)>>>;

/// Starts a bot's webhook that answers with these statuses, one after another, and then with 200.
async fn door(statuses: &[u16]) -> (String, Brought) {
    let (statuses, brought) = (Mutex::new(VecDeque::from(statuses.to_vec())), Brought::default());
    let noted = Arc::clone(&brought);
    let statuses = Arc::new(statuses);
    let open = move |headers: HeaderMap, body: String| {
        let update: Value = serde_json::from_str(&body).unwrap();
        let secret = headers["x-telegram-bot-api-secret-token"].to_str().unwrap().to_owned();
        noted.lock().unwrap().push((secret, update["message"]["text"].as_str().unwrap().to_owned()));
        let status = statuses.lock().unwrap().pop_front().unwrap_or(200);
        async move { StatusCode::from_u16(status).unwrap().into_response() }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    beside(async move { axum::serve(listener, Router::new().fallback(open)).await });
    (url, brought)
}

#[tokio::test]
async fn updates_are_brought_in_order_each_until_it_is_taken() {
    let bench = bench().await;
    let ada = bench.world.add_user("Ada", None);
    bench.world.say(ada, "one");
    bench.world.say(ada, "two");
    let (url, brought) = door(&[500, 404]).await;
    bench.bot.ok("setWebhook", json!({ "url": url, "secret_token": "a-secret" })).await;
    // The first retry comes at once, the next one after two seconds.
    let retry_at = bench.world.delivery_pauses().await;
    assert_eq!(retry_at.since(bench.clock.instant()), Duration::from_secs(2));
    let info = bench.bot.ok("getWebhookInfo", json!({})).await;
    assert_eq!((info["pending_update_count"].as_i64(), info["url"].as_str()), (Some(2), Some(url.as_str())));
    assert_eq!(info["last_error_message"], "Wrong response from the webhook: 404 Not Found");
    assert_eq!(info["last_error_date"], json!(bench.clock.now().millis() / 1000));
    bench.clock.advance_until(retry_at);
    bench.world.idle().await;
    let secret = |text: &str| ("a-secret".to_owned(), text.to_owned());
    assert_eq!(*brought.lock().unwrap(), [secret("one"), secret("one"), secret("one"), secret("two")]);
    assert!(bench.world.all_confirmed());
}

#[tokio::test]
async fn a_webhook_ends_the_poll_that_waits() {
    let bench = bench().await;
    let bot = bench.bot.clone();
    let poll = beside(async move { bot.error("getUpdates", json!({ "timeout": 10 })).await });
    bench.world.idle().await;
    let (url, _) = door(&[]).await;
    bench.bot.ok("setWebhook", json!({ "url": url })).await;
    assert_eq!(poll.await.unwrap(), "Conflict: terminated by setWebhook request");
    bench.bot.ok("setWebhook", json!({ "url": "" })).await;
    bench.bot.ok("getUpdates", json!({})).await;
}

#[rstest]
#[case(json!({ "url": "http://shop.example/hook" }), "bad webhook: An HTTPS URL")]
#[case(json!({ "url": "https://shop.example:8080/hook" }), "bad webhook: An HTTPS URL")]
#[case(json!({ "secret_token": "two words" }), "secret token contains unallowed characters")]
#[case(json!({ "max_connections": 101 }), "max_connections")]
#[case(json!({ "allowed_updates": ["messages"] }), "unknown kind messages")]
#[case(json!({ "secret": "x" }), "unknown field `secret`")]
#[tokio::test]
async fn what_cannot_be_a_webhook_is_refused(#[case] parameters: Value, #[case] why: &str) {
    let bench = bench().await;
    let mut call = json!({ "url": "https://shop.example/hook" });
    call.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
    let error = bench.bot.error("setWebhook", call).await;
    assert!(error.contains(why), "{error}");
    assert_eq!(bench.world.webhook(), None);
}
