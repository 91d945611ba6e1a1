//! Updates brought to a webhook: one at a time, in order, each until it is answered 2xx or too old.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response};

use super::state::State;
use super::updates::Subject;
use super::world::World;
use crate::clock::Instant;
use crate::domain::time::Timestamp;

/// Whoever takes longer to answer has not answered.
const PATIENCE: Duration = Duration::from_mins(1);
/// The first repetition comes at once, the second after this long, the next after twice as long, and so on.
const FIRST_DELAY: Duration = Duration::from_secs(2);
const LONGEST_DELAY: Duration = Duration::from_mins(1);
/// Nobody can put Telegram off for longer.
const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(1);

#[derive(Clone, Debug)]
pub(super) struct Webhook {
    pub(super) url: String,
    pub(super) secret: Option<String>,
    pub(super) max_connections: i64,
    /// False for one that a test only pretends to be set.
    pub(super) delivers: bool,
    pub(super) last_error: Option<(Timestamp, String)>,
    /// Of the update that is first in the queue.
    failures: u32,
    retry_at: Option<Instant>,
}

impl Webhook {
    pub(super) fn new(url: &str, secret: Option<String>, max_connections: i64, delivers: bool) -> Self {
        let url = url.to_owned();
        Self { url, secret, max_connections, delivers, last_error: None, failures: 0, retry_at: None }
    }
}

/// One attempt.
struct Delivery {
    url: String,
    secret: Option<String>,
    id: i64,
    json: String,
    subject: Subject,
    /// Whatever comes of it counts for the webhook of this number only.
    number: u64,
}

impl State {
    pub(super) fn set_webhook(&mut self, webhook: Option<Webhook>) {
        self.webhook = webhook;
        self.webhook_number += 1;
        self.queue.fresh = true;
    }

    /// Nothing is under way to the bot, and whatever comes will be.
    pub(super) fn is_idle(&self) -> bool {
        match &self.webhook {
            Some(webhook) => webhook.delivers && self.queue.unconfirmed() == 0,
            None => self.queue.is_idle(),
        }
    }

    /// When a delivery that failed is tried again.
    pub(super) fn delivery_pauses(&self) -> Option<Instant> {
        self.webhook.as_ref()?.retry_at.filter(|at| *at > self.clock.instant())
    }

    fn next_delivery(&mut self) -> Option<Delivery> {
        self.queue.expire(self.clock.now());
        let webhook = self.webhook.as_mut().filter(|webhook| webhook.delivers)?;
        webhook.retry_at = None;
        let (id, json, subject) = self.queue.first()?;
        let (url, secret) = (webhook.url.clone(), webhook.secret.clone());
        Some(Delivery { url, secret, id, json, subject, number: self.webhook_number })
    }

    /// Notes what came of it; a failed one is to be repeated at the time that is returned.
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
                webhook.failures = 0;
                self.queue.brought(delivery.id);
                None
            }
            Err(Failed { why, retry_after }) => {
                webhook.last_error = Some((wall, why));
                webhook.failures += 1;
                let delay = match webhook.failures {
                    1 => retry_after,
                    failures => {
                        let growing = FIRST_DELAY.saturating_mul(1 << (failures - 2).min(8));
                        Some(growing.min(LONGEST_DELAY).max(retry_after.unwrap_or_default()))
                    }
                };
                webhook.retry_at = delay.map(|delay| now.plus(delay));
                webhook.retry_at
            }
        }
    }
}

struct Failed {
    why: String,
    retry_after: Option<Duration>,
}

/// Brings updates for ever.
pub(super) async fn deliver(world: World) {
    // Its own address is in the configuration, so no proxy; without TLS settings it can be built.
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

/// Returns when the webhook is another one, or none.
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
