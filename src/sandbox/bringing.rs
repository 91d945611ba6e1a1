//! Delivers updates to a webhook: one at a time, in order, each until it is answered with a 2xx or has expired.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response};

use super::state::State;
use super::updates::Subject;
use super::webhook::Failed;
use super::world::World;
use crate::clock::Instant;

/// An answer that takes longer counts as a failure.
const PATIENCE: Duration = Duration::from_mins(1);
/// The longest time for which a bot can ask Telegram to wait.
const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(1);

/// One attempt to deliver an update.
struct Delivery {
    url: String,
    secret: Option<String>,
    id: i64,
    json: String,
    subject: Subject,
    /// The number of the webhook. The outcome counts only for that webhook.
    number: u64,
}

impl State {
    fn next_delivery(&mut self) -> Option<Delivery> {
        self.queue.expire(self.clock.now());
        let webhook = self.webhook.as_mut().filter(|webhook| webhook.delivers)?;
        webhook.retry_at = None;
        let (id, json, subject) = self.queue.first()?;
        let (url, secret) = (webhook.url.clone(), webhook.secret.clone());
        Some(Delivery { url, secret, id, json, subject, number: self.webhook_number })
    }

    /// Records the outcome. Returns when to repeat a failed delivery.
    fn delivered(&mut self, delivery: &Delivery, outcome: Result<(), Failed>) -> Option<Instant> {
        if outcome.is_ok() {
            self.mark_delivered(&[delivery.subject]);
        }
        if self.webhook_number != delivery.number {
            return None;
        }
        let (wall, now) = (self.clock.now(), self.clock.instant());
        let webhook = self.webhook.as_mut()?;
        match outcome {
            Ok(()) => {
                webhook.succeeded();
                self.queue.brought(delivery.id);
                None
            }
            Err(failed) => webhook.failed(failed, wall, now),
        }
    }
}

/// Delivers updates for ever.
pub(super) async fn deliver(world: World) {
    // The bot's own address is in the configuration, so no proxy is used. Without TLS settings, building the client
    // cannot fail.
    let Ok(http) = Client::builder().no_proxy().timeout(PATIENCE).build() else { return };
    let clock = world.read(|state| state.clock.clone());
    loop {
        let arrived = world.arrivals().notified();
        tokio::pin!(arrived);
        arrived.as_mut().enable();
        let Some(delivery) = world.act(State::next_delivery) else {
            arrived.await;
            continue;
        };
        let outcome = bring(&http, &delivery).await;
        let Some(retry_at) = world.act(|state| state.delivered(&delivery, outcome)) else { continue };
        tokio::select! {
            () = clock.sleep_until(retry_at) => {}
            () = set_anew(&world, delivery.number) => {}
        }
    }
}

/// Returns when the webhook was replaced or deleted.
async fn set_anew(world: &World, number: u64) {
    loop {
        let arrived = world.arrivals().notified();
        tokio::pin!(arrived);
        arrived.as_mut().enable();
        if world.read(|state| state.webhook_number) != number {
            return;
        }
        arrived.await;
    }
}

async fn bring(http: &Client, delivery: &Delivery) -> Result<(), Failed> {
    let mut request = http.post(&delivery.url).header(CONTENT_TYPE, "application/json");
    if let Some(secret) = &delivery.secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    match request.body(delivery.json.clone()).send().await {
        Ok(response) if response.status().is_success() => Ok(()),
        Ok(response) => Err(Failed {
            why: format!("Wrong response from the webhook: {}", response.status()),
            retry_after: retry_after(&response),
        }),
        Err(error) if error.is_timeout() => {
            Err(Failed { why: "Read timeout expired".to_owned(), retry_after: None })
        }
        Err(_) => Err(Failed { why: "Connection refused".to_owned(), retry_after: None }),
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER))
}
