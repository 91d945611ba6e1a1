//! The simulated Telegram, called over HTTP as a bot calls it.

mod basics;
mod faults;
mod groups;
mod people;
mod polling;
mod strict;
mod talk;
mod typed;
mod webhook;

use std::time::Duration;

use afterword::clock::Clock;
use afterword::domain::time::Timestamp;
use afterword::sandbox::{Options, Sandbox, TOKEN, World};
use serde_json::{Value, json};

/// A sandbox, its clock, and an HTTP client that acts as the bot.
pub struct Bench {
    pub sandbox: Sandbox,
    pub world: World,
    pub clock: Clock,
    pub bot: Bot,
}

#[derive(Clone)]
pub struct Bot {
    http: reqwest::Client,
    base: String,
}

/// A moment in the middle of a day: 2026-11-21T12:00:00Z.
pub const NOON: Timestamp = Timestamp::from_millis(1_795_262_400_000);

pub async fn bench() -> Bench {
    bench_with(Options::default()).await
}

pub async fn bench_with(options: Options) -> Bench {
    let clock = Clock::frozen(NOON);
    let sandbox = Sandbox::start(clock.clone(), options).await.unwrap();
    let world = sandbox.world().clone();
    let bot = Bot::new(&sandbox.url(), TOKEN);
    Bench { sandbox, world, clock, bot }
}

impl Bot {
    pub fn new(url: &str, token: &str) -> Self {
        Self { http: reqwest::Client::new(), base: format!("{url}/bot{token}") }
    }

    pub async fn try_call(&self, method: &str, parameters: Value) -> Result<(u16, String), reqwest::Error> {
        let url = format!("{}/{method}", self.base);
        let request = self.http.post(url).json(&parameters).timeout(Duration::from_secs(20));
        let response = request.send().await?;
        let status = response.status().as_u16();
        Ok((status, response.text().await?))
    }

    /// Calls a method and returns the whole reply.
    pub async fn reply(&self, method: &str, parameters: Value) -> Value {
        let (status, body) = self.try_call(method, parameters).await.unwrap();
        let reply: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(reply["ok"], json!(status == 200), "{reply}");
        assert!(reply["ok"] == true || reply["error_code"] == status, "{reply}");
        reply
    }

    /// Makes a call that must succeed, and returns its result.
    pub async fn ok(&self, method: &str, parameters: Value) -> Value {
        let reply = self.reply(method, parameters).await;
        assert_eq!(reply["ok"], true, "{reply}");
        reply["result"].clone()
    }

    /// Makes a call that must fail, and returns the error's description.
    pub async fn error(&self, method: &str, parameters: Value) -> String {
        let reply = self.reply(method, parameters).await;
        assert_eq!(reply["ok"], false, "{reply}");
        reply["description"].as_str().unwrap().to_owned()
    }

    pub async fn say(&self, chat: i64, text: &str) -> i64 {
        let message = self.ok("sendMessage", json!({ "chat_id": chat, "text": text })).await;
        message["message_id"].as_i64().unwrap()
    }

    /// Returns the updates that `getUpdates` hands out immediately.
    pub async fn updates(&self, offset: i64) -> Vec<Value> {
        let updates = self.ok("getUpdates", json!({ "offset": offset, "timeout": 0 })).await;
        updates.as_array().unwrap().clone()
    }
}

/// Returns one row of buttons whose data is their text.
pub fn buttons(texts: &[&str]) -> Value {
    let row: Vec<Value> = texts.iter().map(|text| json!({ "text": text, "callback_data": text })).collect();
    json!({ "inline_keyboard": [row] })
}

/// Runs the future concurrently with the test.
pub fn beside<F>(future: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    tokio_util::task::TaskTracker::new().spawn(future)
}
