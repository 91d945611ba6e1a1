//! The single sender of everything that goes to Telegram.
//!
//! It holds the waiting calls in memory ([`crate::telegram::lanes`]) and learns of new rows after each commit. It works
//! in one task: many calls run concurrently, and at most one write transaction, which takes all the claims and outcomes
//! there are.
//!
//! **A message is never sent a third time, and nothing counts as sent that nobody saw.** A send is claimed (`attempts +
//! 1`, committed) before its call. A call that certainly had no effect gives the claim back: there was no connection,
//! Telegram answered with anything but a success, or what answered is not the Bot API. A call whose answer was lost
//! (cut off, timed out, a gateway's 502 or 504, the program killed) keeps its claim: its outcome is unknown
//! (`unknown_at`). It is sent once more when Telegram is known to answer again ([`crate::telegram::lanes`]). After a
//! second such outcome the row stays until something shows that the message arrived, or until the jobs give it up.
//!
//! Edits need no claim, because a repeated edit shows nothing new.

mod callbacks;
mod entries;
mod run;
mod wire;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::client::Client;
use super::health::Health;
use super::picture::Pictures;
use crate::clock::{Clock, Instant};
use crate::service::Context;
use crate::store::Db;

pub use callbacks::{CallbackAnswer, Callbacks};

/// The handle of the running sender. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sender {
    clock: Clock,
    grew: watch::Receiver<u64>,
    status: watch::Receiver<Status>,
    callbacks: Callbacks,
}

/// The state of the sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The number of commits ([`Db::outbox_grew`]) whose rows are loaded.
    loaded: u64,
    /// Whether nothing can happen before `next_at` or a new row.
    idle: bool,
    /// How many calls are in flight or about to be made.
    pub in_flight: usize,
    /// How many calls wait for their turn.
    pub queued: usize,
    /// When the next of them may leave, as far as that depends on time.
    pub next_at: Option<Instant>,
}

/// Says that the sender has nothing to do at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idle {
    /// When it will have something to do even if nothing new comes: the earliest moment at which a parked chat, a rate
    /// limit or a pause ends.
    pub next_at: Option<Instant>,
}

/// What the sender needs.
#[derive(Clone, Debug)]
pub struct Parts {
    pub client: Client,
    pub db: Db,
    pub ctx: Context,
    pub health: Health,
    pub pictures: Pictures,
}

impl Sender {
    /// Starts the sender's tasks. After `stop`, calls in flight are finished and no more are started. The sender has
    /// stopped when `tracker` has no task of it left.
    pub fn start(parts: Parts, tracker: &TaskTracker, stop: &CancellationToken) -> Self {
        let (callbacks, answering) = Callbacks::new(parts.client.clone(), stop.clone());
        tracker.spawn(answering);
        Self::start_beside(callbacks, parts, tracker, stop)
    }

    /// Like [`Sender::start`], but the answers to taps are already being sent elsewhere.
    pub fn start_beside(
        callbacks: Callbacks,
        parts: Parts,
        tracker: &TaskTracker,
        stop: &CancellationToken,
    ) -> Self {
        let (status_out, status) = watch::channel(Status::default());
        let sender = Self { clock: parts.ctx.clock.clone(), grew: parts.db.outbox_grew(), status, callbacks };
        tracker.spawn(run::Running::new(parts, status_out).run(stop.clone()));
        sender
    }

    /// Answers a tap; see [`Callbacks::answer`].
    pub async fn answer_callback(&self, answer: CallbackAnswer) {
        self.callbacks.answer(answer).await;
    }

    /// Returns when one of the sender's tasks has ended. Before `stop` that means that it has failed.
    pub async fn ended(self) {
        let mut status = self.status;
        let changes = async { while status.changed().await.is_ok() {} };
        tokio::select! {
            () = changes => {}
            () = self.callbacks.closed() => {}
        }
    }

    pub fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    /// Returns when all rows committed so far are loaded, nothing is in flight or unwritten, and nothing may leave at
    /// this moment of the clock.
    pub async fn idle(&self) -> Idle {
        let mut status = self.status.clone();
        let mut open_callbacks = self.callbacks.open();
        loop {
            let now = self.clock.instant();
            {
                let current = status.borrow_and_update();
                let is_quiet = current.idle
                    && current.loaded == *self.grew.borrow()
                    && *open_callbacks.borrow_and_update() == 0
                    && current.next_at.is_none_or(|at| at > now);
                if is_quiet {
                    return Idle { next_at: current.next_at };
                }
            }
            tokio::select! {
                changed = status.changed() => if changed.is_err() {
                    return Idle { next_at: None };
                },
                _ = open_callbacks.changed() => {}
            }
        }
    }
}
