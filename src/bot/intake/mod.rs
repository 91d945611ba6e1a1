//! Updates in: an own long poll that confirms an update only after it is committed; or a webhook, which `kept` sets
//! and looks after, while what it brings comes in by [`crate::bot::webhook`].
//!
//! A batch is handled in one transaction together with its place in the queue (`next_offset`) and the IDs that were
//! seen; only then is more asked for, which is what confirms it at Telegram. What must not be lost is therefore
//! either still at Telegram or on disk, at every instruction.

pub(super) mod batch;
mod kept;
mod silence;

use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use teloxide::payloads::DeleteWebhook;
use teloxide::requests::Payload;
use tokio_util::sync::CancellationToken;

pub use self::kept::WebhookInfo;

use self::batch::Batches;
use self::silence::Heard;
use super::update::{KINDS, Update};
use crate::clock::Instant;
use crate::domain::time::Timestamp;
use crate::service::{Context, Unit};
use crate::store::{self, Db};
use crate::telegram::client::{Client, Nothing};
use crate::telegram::error::CallError;
use crate::telegram::health::Health;
use crate::telegram::limits::{POLL_HOLD, SAME_OFFSET_PAUSE, UPDATE_LIFETIME, UPDATES_PER_POLL};
use crate::telegram::sender::{CallbackAnswer, Sender};

/// Another program that polls with our token is stopped by our next poll, and we by theirs.
const CONFLICT_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// After trouble an answer is wanted soon, if only to know that all is well again.
const HOLD_AFTER_TROUBLE: Duration = SAME_OFFSET_PAUSE.saturating_add(Duration::from_secs(1));

/// What is done with an update. Called in a transaction that may hold other updates too, and that is run again,
/// without the others, when any of them fails.
pub trait Handler: Send + Sync {
    /// Once in each transaction, before its updates, all of which are new.
    fn begin(
        &self,
        _unit: &mut Unit<'_>,
        _updates: &[&Update],
    ) -> impl Future<Output = Result<(), HandleError>> + Send {
        async { Ok(()) }
    }

    /// Taps may be lost that were made before the unit's moment.
    fn after_silence(&self, _unit: &mut Unit<'_>) -> impl Future<Output = store::Result<()>> + Send {
        async { Ok(()) }
    }

    fn handle(
        &self,
        unit: &mut Unit<'_>,
        update: &Update,
    ) -> impl Future<Output = Result<Reactions, HandleError>> + Send;
}

/// What happens after the commit, and only if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reactions {
    pub callback: Option<CallbackAnswer>,
}

/// Why an update was not handled.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The update itself is at fault. The text is kept beside it; no customer's words in it.
    #[error("{0}")]
    Update(String),
    /// What it said is kept beside the update but not logged, for it may quote a customer.
    #[error("the handler panicked")]
    Panicked(String),
}

impl HandleError {
    fn is_passing(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }

    fn in_full(&self) -> String {
        match self {
            Self::Panicked(words) => format!("{self}: {words}"),
            _ => self.to_string(),
        }
    }
}

/// Everything intake needs.
#[derive(Debug)]
pub struct Intake<H> {
    pub client: Client,
    pub db: Db,
    pub ctx: Context,
    pub health: Health,
    pub sender: Sender,
    /// The bot's own ID: offsets and updates are kept by it.
    pub bot: i64,
    pub handler: H,
}

#[derive(Serialize)]
struct GetUpdates {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    limit: u8,
    timeout: u64,
    allowed_updates: [&'static str; KINDS.len()],
}

/// teloxide's has an offset of 32 bits.
impl Payload for GetUpdates {
    type Output = ();
    const NAME: &'static str = "getUpdates";
}

/// Why there was nothing to handle, or it could not be.
enum Failure {
    Call(CallError),
    /// Telegram answered, but no list of updates.
    Unreadable,
    Store(store::Error),
    /// For a reason that lies in the configuration.
    WebhookRefused(String),
}

impl<H: Handler> Intake<H> {
    /// Polls and handles until `stop`, which takes effect between two batches. Returns only then.
    pub async fn run(self, stop: CancellationToken) {
        let mut place: Option<Place> = None;
        let mut heard = Heard::default();
        let mut failures = 0;
        while !stop.is_cancelled() {
            let round = async {
                let place = if let Some(place) = &mut place {
                    place
                } else {
                    let found;
                    (found, heard.at) = self.find_place().await.map_err(Failure::Store)?;
                    place.insert(found)
                };
                let uneasy = failures > 0 || heard.is_silent(self.ctx.clock.instant());
                let hold = if uneasy { HOLD_AFTER_TROUBLE } else { POLL_HOLD };
                self.round(place, &mut heard, hold, &stop).await
            };
            match round.await {
                Ok(()) => failures = 0,
                Err(failure) => {
                    failures += 1;
                    let pause = self.report(&failure, failures).await;
                    tokio::select! {
                        () = self.ctx.clock.sleep(pause) => {}
                        () = stop.cancelled() => {}
                    }
                }
            }
        }
        if failures == 0 {
            self.note_stop(&mut heard).await;
        }
    }

    fn batches(&self) -> Batches<'_, H> {
        let Self { db, ctx, bot, handler, .. } = self;
        Batches { db, ctx, bot: *bot, handler, is_polled: true }
    }

    /// From where on to ask, and when updates last came in.
    async fn find_place(&self) -> Result<(Place, Option<Instant>), store::Error> {
        let (wall, now) = (self.ctx.clock.now(), self.ctx.clock.instant());
        // What an earlier run has stored is wall time.
        let instant = |at: Timestamp| now.minus(wall.since(at));
        let mut tx = self.db.read().await?;
        let place = match tx.find_offset(self.bot).await? {
            Some((offset, seen_at)) => Place { offset: Some(offset), seen_at: instant(seen_at) },
            None => Place { offset: None, seen_at: now },
        };
        Ok((place, tx.find_heard_at(self.bot).await?.map(instant)))
    }

    async fn round(
        &self,
        place: &mut Place,
        heard: &mut Heard,
        hold: Duration,
        stop: &CancellationToken,
    ) -> Result<(), Failure> {
        let asked_at = self.ctx.clock.instant();
        let request = GetUpdates {
            offset: place.offset_at(asked_at),
            limit: UPDATES_PER_POLL,
            timeout: hold.as_secs(),
            allowed_updates: KINDS,
        };
        let answer = tokio::select! {
            answer = self.client.poll(&request) => answer.map_err(Failure::Call)?,
            // What this poll would have brought stays unconfirmed.
            () = stop.cancelled() => return Ok(()),
        };
        let items = batch::read(&answer).ok_or(Failure::Unreadable)?;
        self.health.polled();
        self.end_silence(heard, asked_at).await.map_err(Failure::Store)?;
        let handled = self.batches().handle(&items).await;
        if let Some(next) = items.get(..handled.count).and_then(batch::next_offset) {
            *place = Place { offset: Some(next), seen_at: self.ctx.clock.instant() };
        }
        for answer in handled.answers {
            self.sender.answer_callback(answer).await;
        }
        if let Some(error) = handled.error {
            return Err(Failure::Store(error));
        }
        self.note_heard(heard).await.map_err(Failure::Store)?;
        self.health.intake_is_well();
        Ok(())
    }

    /// Says what is wrong and how long to wait.
    async fn report(&self, failure: &Failure, failures: u32) -> Duration {
        let growing =
            SAME_OFFSET_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(4)).min(LONGEST_PAUSE);
        let (why, pause) = match failure {
            Failure::Call(CallError::WebhookActive) => match self.delete_webhook().await {
                Ok(()) => return Duration::ZERO,
                Err(error) => (format!("a webhook is set and cannot be deleted: {error}"), growing),
            },
            Failure::Call(CallError::Conflict(_)) => (
                "another program polls Telegram with this token (TELOXIDE_TOKEN): stop it, or use another bot"
                    .to_owned(),
                CONFLICT_PAUSE,
            ),
            Failure::Call(CallError::Unauthorized) => {
                ("Telegram refuses the token (TELOXIDE_TOKEN): was it revoked?".to_owned(), LONGEST_PAUSE)
            }
            Failure::Call(CallError::TooManyRequests { retry_after }) => {
                (format!("Telegram asks to poll again in {} s", retry_after.as_secs()), *retry_after)
            }
            Failure::WebhookRefused(why) => {
                (format!("Telegram refuses to bring updates (PUBLIC_URL, WEBHOOK_SECRET): {why}"), growing)
            }
            Failure::Call(error) => (format!("no updates come in: {error}"), growing),
            Failure::Unreadable => {
                ("no updates come in: Telegram's answer cannot be read".to_owned(), growing)
            }
            Failure::Store(error) => (format!("updates cannot be stored: {error}"), growing),
        };
        tracing::error!(failures, "{why}; next try in {} s", pause.as_secs());
        self.health.intake_fails(why, self.ctx.clock.instant().plus(pause));
        pause
    }

    /// Polling and a webhook exclude each other. What waits at Telegram is kept.
    async fn delete_webhook(&self) -> Result<(), CallError> {
        tracing::warn!("a webhook was set for this bot; it is deleted, for updates are polled");
        let payload = DeleteWebhook { drop_pending_updates: None };
        self.client.call::<_, Nothing>(&payload).await.map(drop)
    }
}

/// From where on to ask, and when that was last moved.
#[derive(Clone, Copy, Debug)]
struct Place {
    offset: Option<i64>,
    seen_at: Instant,
}

impl Place {
    /// Telegram keeps nothing longer than a day, so an older offset confirms nothing; and after an idle week its IDs
    /// start over, possibly below it.
    fn offset_at(&self, now: Instant) -> Option<i64> {
        self.offset.filter(|_| now.since(self.seen_at) < UPDATE_LIFETIME)
    }
}
