//! Incoming updates: either our own long polling, which confirms an update only after it is committed, or a webhook.
//! `kept` sets the webhook and monitors it; its deliveries arrive through [`crate::bot::webhook`].
//!
//! A batch is handled in one transaction, together with its place in the queue (`next_offset`) and the IDs seen so far.
//! Only then are more updates requested, which is what confirms the batch at Telegram. So at every instruction,
//! anything that must not be lost is either still at Telegram or on disk.

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

/// How long to wait when another program polls with our token: each poll ends the other program's poll.
const CONFLICT_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// After trouble an answer is wanted soon, if only to learn that everything works again.
const HOLD_AFTER_TROUBLE: Duration = SAME_OFFSET_PAUSE.saturating_add(Duration::from_secs(1));

/// Handles updates. It is called in a transaction that may contain other updates. If any of them fails, each is handled
/// again in a transaction of its own.
pub trait Handler: Send + Sync {
    /// Called once per transaction, before its updates, all of which are new.
    fn begin(
        &self,
        _unit: &mut Unit<'_>,
        _updates: &[&Update],
    ) -> impl Future<Output = Result<(), HandleError>> + Send {
        async { Ok(()) }
    }

    /// Called when taps made before the unit's time may have been lost.
    fn after_silence(&self, _unit: &mut Unit<'_>) -> impl Future<Output = store::Result<()>> + Send {
        async { Ok(()) }
    }

    fn handle(
        &self,
        unit: &mut Unit<'_>,
        update: &Update,
    ) -> impl Future<Output = Result<Reactions, HandleError>> + Send;
}

/// What to do after the commit; dropped if there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reactions {
    pub callback: Option<CallbackAnswer>,
}

/// Why an update was not handled.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The update itself is at fault. The text is stored with it and contains no customer's words.
    #[error("{0}")]
    Update(String),
    /// The handler panicked. The panic message is stored with the update but not logged, because it may quote a
    /// customer.
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

/// Everything that intake needs.
#[derive(Debug)]
pub struct Intake<H> {
    pub client: Client,
    pub db: Db,
    pub ctx: Context,
    pub health: Health,
    pub sender: Sender,
    /// The bot's own ID, under which offsets and updates are stored.
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

/// Our own type, because teloxide's offset has only 32 bits.
impl Payload for GetUpdates {
    type Output = ();
    const NAME: &'static str = "getUpdates";
}

/// Why there was nothing to handle, or why handling failed.
enum Failure {
    Call(CallError),
    /// Telegram's response was not a list of updates.
    Unreadable,
    Store(store::Error),
    /// Telegram refused the webhook for a reason that lies in the configuration.
    WebhookRefused(String),
}

impl<H: Handler> Intake<H> {
    /// Polls and handles updates until `stop`, which takes effect between two batches; only then does it return.
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

    /// The offset to poll from, and when updates last came in.
    async fn find_place(&self) -> Result<(Place, Option<Instant>), store::Error> {
        let (wall, now) = (self.ctx.clock.now(), self.ctx.clock.instant());
        // An earlier run stored wall-clock time.
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
            // The updates that this poll would have returned stay unconfirmed.
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

    /// Logs what is wrong and returns how long to wait.
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

    /// Deletes the webhook, because polling and a webhook exclude each other. Updates queued at Telegram are kept.
    async fn delete_webhook(&self) -> Result<(), CallError> {
        tracing::warn!("a webhook was set for this bot; it is deleted, for updates are polled");
        let payload = DeleteWebhook { drop_pending_updates: None };
        self.client.call::<_, Nothing>(&payload).await.map(drop)
    }
}

/// The offset to poll from, and when it last moved.
#[derive(Clone, Copy, Debug)]
struct Place {
    offset: Option<i64>,
    seen_at: Instant,
}

impl Place {
    /// The offset, unless it has expired. Telegram keeps nothing for longer than a day, so an older offset confirms
    /// nothing. After an idle week Telegram's update IDs restart, possibly below it.
    fn offset_at(&self, now: Instant) -> Option<i64> {
        self.offset.filter(|_| now.since(self.seen_at) < UPDATE_LIFETIME)
    }
}
