//! Webhook mode: sets the webhook at startup and monitors it from then on. The webhook stays when the program stops, so
//! that updates queue at Telegram until another program or the next start continues with them.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use teloxide::payloads::GetWebhookInfo;
use teloxide::requests::Payload;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::silence::Heard;
use super::{Failure, Handler, Intake};
use crate::bot::update::KINDS;
use crate::clock::Instant;
use crate::config::exposed;
use crate::config::webhook::Webhook;
use crate::domain::counted::counted;
use crate::domain::time::Timestamp;
use crate::telegram::client::Nothing;
use crate::telegram::error::CallError;
use crate::telegram::limits::{DELIVERY_RETRY, WEBHOOK_CONNECTIONS};

/// How often to ask for the webhook's state: Telegram reports failed deliveries only when asked.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Our own type, because teloxide's would require the address as a type from a separate crate.
#[derive(Serialize)]
struct SetWebhook<'a> {
    url: &'a str,
    secret_token: &'a str,
    max_connections: u8,
    allowed_updates: [&'static str; KINDS.len()],
}

impl Payload for SetWebhook<'_> {
    type Output = ();
    const NAME: &'static str = "setWebhook";
}

/// What Telegram reports about the webhook.
#[derive(Debug, Deserialize)]
pub struct WebhookInfo {
    pub url: String,
    #[serde(default)]
    pub pending_update_count: u64,
    last_error_date: Option<i64>,
    last_error_message: Option<String>,
}

impl WebhookInfo {
    /// Why updates are queued at Telegram. A failed delivery that succeeded later is no trouble.
    pub fn trouble(&self, now: Timestamp) -> Option<String> {
        let at = Timestamp::from_millis(self.last_error_date?.saturating_mul(1000));
        let is_recent = now.since(at) <= DELIVERY_RETRY;
        let why = || {
            let why = self.last_error_message.as_deref().unwrap_or("it does not say why");
            format!(
                "Telegram cannot bring updates to {}: {why}; {}",
                self.url,
                counted(self.pending_update_count, "update waits", "updates wait")
            )
        };
        (self.pending_update_count > 0 && is_recent).then(why)
    }
}

/// The state of the path from Telegram to us.
#[derive(Debug, Default)]
struct Kept {
    heard: Heard,
    has_begun: bool,
    is_set: bool,
    /// Whether deliveries are failing. `heard` then tells when they were last known to succeed.
    is_failing: bool,
}

impl<H: Handler> Intake<H> {
    /// Sets the webhook and maintains it until `stop`. `begun` says when updates may be handled. `rests_until` holds
    /// the time of the next check, and `None` while one is running.
    pub async fn keep_webhook(
        self,
        webhook: Webhook,
        begun: watch::Sender<bool>,
        rests_until: watch::Sender<Option<Instant>>,
        stop: CancellationToken,
    ) {
        let mut kept = Kept::default();
        let mut failures = 0;
        while !stop.is_cancelled() {
            rests_until.send_replace(None);
            let looked = tokio::select! {
                looked = self.look_after(&webhook, &mut kept, &begun) => looked,
                () = stop.cancelled() => break,
            };
            let pause = match looked {
                Ok(()) => {
                    failures = 0;
                    LOOK_EVERY
                }
                Err(failure) => {
                    failures += 1;
                    self.report(&failure, failures).await
                }
            };
            let until = self.ctx.clock.instant().plus(pause);
            rests_until.send_replace(Some(until));
            tokio::select! {
                () = self.ctx.clock.sleep_until(until) => {}
                () = stop.cancelled() => {}
            }
        }
        if failures == 0 && !kept.is_failing {
            self.note_stop(&mut kept.heard).await;
        }
    }

    async fn look_after(
        &self,
        webhook: &Webhook,
        kept: &mut Kept,
        begun: &watch::Sender<bool>,
    ) -> Result<(), Failure> {
        if !kept.has_begun {
            kept.heard.at = self.find_place().await.map_err(Failure::Store)?.1;
            self.end_silence(&mut kept.heard, self.ctx.clock.instant()).await.map_err(Failure::Store)?;
            kept.has_begun = true;
            begun.send_replace(true);
        }
        if !kept.is_set {
            self.set_webhook(webhook).await?;
            kept.is_set = true;
        }
        let info: WebhookInfo = self.client.call(&GetWebhookInfo {}).await.map_err(Failure::Call)?;
        if info.url != webhook.url {
            tracing::error!(
                "another program has changed the webhook, or polls with this token (TELOXIDE_TOKEN): stop it, or use \
                 another bot; the webhook is set again"
            );
            self.set_webhook(webhook).await?;
        }
        let now = self.ctx.clock.instant();
        if let Some(why) = info.trouble(self.ctx.clock.now()) {
            if !std::mem::replace(&mut kept.is_failing, true) {
                tracing::error!("{why}");
            }
            self.health.intake_fails(why, now.plus(LOOK_EVERY));
            return Ok(());
        }
        if std::mem::take(&mut kept.is_failing) {
            self.end_silence(&mut kept.heard, now).await.map_err(Failure::Store)?;
        }
        self.note_heard(&mut kept.heard).await.map_err(Failure::Store)?;
        self.health.intake_is_well();
        Ok(())
    }

    /// Keeps the updates queued at Telegram; they arrive by the webhook from now on.
    async fn set_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        let payload = SetWebhook {
            url: &webhook.url,
            secret_token: exposed(&webhook.secret),
            max_connections: WEBHOOK_CONNECTIONS,
            allowed_updates: KINDS,
        };
        match self.client.call::<_, Nothing>(&payload).await {
            Ok(_) => Ok(()),
            Err(CallError::BadRequest(why)) => Err(Failure::WebhookRefused(why)),
            Err(error) => Err(Failure::Call(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_waits_and_failed_lately_is_trouble() {
        let now = Timestamp::from_millis(1_000_000_000);
        let info = |pending, seconds_ago: Option<i64>| WebhookInfo {
            url: "https://shop.example/hook".to_owned(),
            pending_update_count: pending,
            last_error_date: seconds_ago.map(|ago| now.millis() / 1000 - ago),
            last_error_message: Some("Connection refused".to_owned()),
        };
        assert_eq!(
            info(3, Some(60)).trouble(now),
            Some(
                "Telegram cannot bring updates to https://shop.example/hook: Connection refused; 3 updates wait"
                    .to_owned()
            )
        );
        assert_eq!(info(0, Some(60)).trouble(now), None);
        assert_eq!(info(3, Some(600)).trouble(now), None);
        assert_eq!(info(3, None).trouble(now), None);
    }
}
