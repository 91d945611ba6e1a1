//! A program and a simulated Telegram on one clock that stands still. The stage moves the clock, and returns when
//! everything that follows has happened. Nothing here sleeps.

use std::time::Duration;

use tokio::sync::watch;

use super::World;
use crate::clock::{Clock, Instant};
use crate::telegram::health::Health;
use crate::telegram::sender::Sender;

/// The handle for moving time. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stage {
    pub world: World,
    pub clock: Clock,
    pub health: Health,
    pub sender: Sender,
    /// When the background work resumes; `None` while it works.
    pub jobs_rest_until: watch::Receiver<Option<Instant>>,
    /// The same for the bot's menus and descriptions.
    pub profile_rests_until: watch::Receiver<Option<Instant>>,
    /// The same for the check of the webhook; closed if updates are polled.
    pub webhook_rests_until: watch::Receiver<Option<Instant>>,
}

impl Stage {
    /// Lets time pass, and waits until everything has happened that it brings about.
    pub async fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.settle().await;
    }

    /// Returns when all updates are handled and confirmed, everything that was due is done, and all messages are out.
    /// If the program only waits for a moment in time (a rate limit, a pause after an error), the clock is moved to it.
    pub async fn settle(&self) {
        loop {
            self.rests(&self.jobs_rest_until).await;
            self.rests(&self.profile_rests_until).await;
            self.rests(&self.webhook_rests_until).await;
            self.updates_are_taken().await;
            match self.sender.idle().await.next_at {
                Some(at) => self.clock.advance_until(at),
                None => return,
            }
        }
    }

    async fn rests(&self, until: &watch::Receiver<Option<Instant>>) {
        let mut until = until.clone();
        // A closed channel means that the work has ended, so there is nothing to wait for.
        let _ = until.wait_for(|until| until.is_some_and(|until| until > self.clock.instant())).await;
    }

    async fn updates_are_taken(&self) {
        loop {
            tokio::select! {
                biased;
                () = self.world.idle() => return,
                retry_at = self.intake_pauses() => self.clock.advance_until(retry_at),
                retry_at = self.world.delivery_pauses() => self.clock.advance_until(retry_at),
            }
        }
    }

    /// If intake is pausing before its next try, returns when that is. Otherwise waits.
    async fn intake_pauses(&self) -> Instant {
        let mut state = self.health.watch();
        let is_pause = |retry_at: Instant| retry_at > self.clock.instant();
        let found = state
            .wait_for(|state| state.intake.as_ref().is_some_and(|trouble| is_pause(trouble.retry_at)))
            .await
            .ok()
            .and_then(|state| state.intake.as_ref().map(|trouble| trouble.retry_at));
        match found {
            Some(retry_at) => retry_at,
            None => std::future::pending().await,
        }
    }
}
