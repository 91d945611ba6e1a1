//! Starting and stopping.

use std::time::Duration;

use afterword::app::{self, Failed, StartError};
use afterword::sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

use crate::harness::{API_KEY, Setting, Story, hours};
use crate::ports::free_addr;

#[tokio::test]
pub async fn it_starts_and_ends_with_nothing_left_over() {
    let story = Story::new().await;
    let (status, alive) = story.get("/healthz").await;
    assert_eq!((status, alive["status"].as_str()), (200, Some("alive")));
    let (status, ready) = story.get("/readyz").await;
    assert_eq!((status, ready["status"].as_str()), (200, Some("ready")), "{ready}");
    story.end().await;
}

#[tokio::test]
async fn a_first_start_without_telegram_asks_callers_to_come_again_and_goes_on_when_it_can() {
    let (telegram, http) = (free_addr(), free_addr());
    let setting = Setting::new()
        .await
        .set("TELOXIDE_API_URL", &format!("http://{telegram}"))
        .set("HTTP_ADDR", &http.to_string());
    let (world, clock) = (setting.world.clone(), setting.clock.clone());
    let outside = async {
        let client = reqwest::Client::new();
        let get = |path: &str| client.get(format!("http://{http}{path}")).bearer_auth(API_KEY).send();
        while get("/healthz").await.is_err() {
            tokio::task::yield_now().await;
        }
        let ready = get("/readyz").await.unwrap();
        assert_eq!(ready.status(), 503);
        let event = get("/v1/events/1").await.unwrap();
        assert_eq!((event.status().as_u16(), event.headers()["retry-after"].to_str().unwrap()), (503, "5"));
        let problem: Value = event.json().await.unwrap();
        assert_eq!(problem["status"], json!(503));
        let sandbox = Sandbox::serve(world, telegram).await.unwrap();
        // A connection that idles while the waiting room closes is closed with it; HTTP/1.1 has no better way to say so.
        while !get("/v1/events/1").await.is_ok_and(|answer| answer.status() == 404) {
            clock.advance(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
        sandbox
    };
    let (story, sandbox) = tokio::join!(setting.start(), outside);
    // Updates come a moment later than events: a webhook has to be set first, at the second attempt perhaps.
    while story.get("/readyz").await.0 != 200 {
        story.clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    story.end().await;
    sandbox.stop().await;
}

#[tokio::test]
pub async fn a_start_that_knows_the_bot_waits_for_nobody() {
    let mut story = Story::new().await;
    let anna = story.customer("Анна", "C-1").await;
    assert!(story.running.stop(hours(1)).await);
    story.world.fault(Fault::bad_gateway().on("getMe").times(3));
    story.restart().await;
    story.say(anna, "/help").await;
    assert_eq!(story.world.sent_count(anna.id), 2);
    story.end().await;
}

#[tokio::test]
pub async fn a_token_that_is_refused_later_stops_the_program() {
    let mut story = Story::new().await;
    assert!(story.running.stop(hours(1)).await);
    story.world.fault(Fault::error(401, "Unauthorized").on("getMe"));
    story.restart().await;
    assert_eq!(story.running.failed().await, Failed::TokenRefused);
    story.end().await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let story = Story::new().await;
    let taken = story.running.addr.to_string();
    let setting = Setting::new().await.set("HTTP_ADDR", &taken);
    let error = app::start(setting.parts()).await.unwrap_err();
    assert!(matches!(&error, StartError::Http(addr, _) if addr.to_string() == taken), "{error}");
    story.end().await;
}
