//! The one sender of everything that goes to Telegram.
//!
//! It holds what waits in memory ([`crate::telegram::lanes`]), learns of new rows after each commit, and works in
//! one task: calls run side by side, and at most one write transaction, which takes together the claims and
//! outcomes there are.
//!
//! **Never a third copy, and nothing is taken for sent that nobody saw.** A send is claimed (`attempts + 1`, committed)
//! before its call. A call that surely had no effect gives the claim back: no connection, any answer of Telegram's but
//! a success, and what is no answer of the Bot API. A call whose answer was lost (cut off, timed out, a gateway's 502
//! or 504, the program killed) keeps its claim: its outcome is unknown (`unknown_at`). It is sent once more, when
//! Telegram is known to answer again ([`crate::telegram::lanes`]); after a second such outcome the row stays until
//! something shows that the message is there, or until the jobs give it up.
//!
//! Edits need no claim, for a repeated edit shows nothing new.

mod callbacks;
mod entries;
mod run;
mod wire;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::client::Client;
use super::health::Health;
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

/// What the sender is at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The commits ([`Db::outbox_grew`]) whose rows are loaded.
    loaded: u64,
    /// Nothing can happen before `next_at` or a new row.
    idle: bool,
    /// Calls under way, or about to be.
    pub in_flight: usize,
    /// Calls that wait for their turn.
    pub queued: usize,
    /// When the next of them may leave, as far as time decides.
    pub next_at: Option<Instant>,
}

/// The sender has nothing to do at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idle {
    /// When it will have, without anything new: the earliest end of a park, a full bucket or a pause.
    pub next_at: Option<Instant>,
}

/// What the sender needs.
#[derive(Clone, Debug)]
pub struct Parts {
    pub client: Client,
    pub db: Db,
    pub ctx: Context,
    pub health: Health,
}

impl Sender {
    /// Starts the sender's tasks. `stop` lets what is in flight finish and starts nothing more; when `tracker` has no
    /// task of the sender left, it has stopped.
    pub fn start(parts: Parts, tracker: &TaskTracker, stop: &CancellationToken) -> Self {
        let (callbacks, answering) = Callbacks::new(parts.client.clone(), stop.clone());
        tracker.spawn(answering);
        Self::start_beside(callbacks, parts, tracker, stop)
    }

    /// As [`Sender::start`], where the answers to taps are sent already.
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

    /// Returns when one of the sender's tasks is gone; before `stop` that means that it has failed.
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

    /// Returns when all that was committed before is loaded, nothing is in flight or unwritten, and nothing may leave
    /// at this moment of the clock.
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
