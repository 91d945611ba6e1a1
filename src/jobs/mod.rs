//! Work that time brings: due surveys, reminders, expiry, closing, clean-up, retention. A tick is a function; the loop is dull.
//!
//! Every job is a query for what is past its time, so a restart or a missed tick loses nothing.

pub mod desk;
pub mod erasing;
mod privacy;

use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::Instant;
use crate::domain::time::Timestamp;
use crate::service::{Context, alerts, answers, due};
use crate::store::{self, Db, Tx};
use crate::telegram::pulse::{Part, Pulse};

use erasing::Watched;
use privacy::Scrubbing;

/// At most so many items share a transaction, so that taps never wait long for a job.
const BATCH: i64 = 100;
/// How long the loop rests when nothing is left to do; also how soon it notices what the command line changed.
const REST: Duration = Duration::from_secs(1);
/// An update is recognised as a duplicate for so long; Telegram itself keeps updates for 24 h.
const UPDATES_KEPT: Duration = Duration::from_hours(48);
/// Whoever waits for an erasing has heard of its end by then.
const ERASINGS_KEPT: Duration = Duration::from_hours(24);
/// Seen updates are swept this often.
const SWEEP_EVERY: Duration = Duration::from_mins(10);

/// The background work over one database.
#[derive(Debug)]
pub struct Jobs {
    db: Db,
    ctx: Context,
    /// Claims stop while so many surveys wait for the sender: a claim shall not be old when its call is made.
    room: i64,
    swept_at: Option<Instant>,
    scrubbing: Scrubbing,
    watched_erasings: Watched,
    pulse: Pulse,
    resting_until: watch::Sender<Option<Instant>>,
}

/// What one tick did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    pub claimed: usize,
    pub settled: usize,
    pub expired: usize,
    pub stale: usize,
    pub repeated: usize,
    pub closed: u64,
    /// Erasings that it took a step further.
    pub erasing: usize,
}

impl Jobs {
    #[must_use]
    pub fn new(db: Db, ctx: Context, pulse: Pulse) -> Self {
        let room = i64::from(ctx.config.messages_per_second) * 2;
        let scrubbing = Scrubbing::default();
        let resting_until = watch::Sender::new(None);
        let watched_erasings = Watched::default();
        let room = room.max(BATCH);
        Self { db, ctx, room, swept_at: None, scrubbing, watched_erasings, pulse, resting_until }
    }

    /// When the loop works next; it has done all that was due before. `None` while it works.
    #[must_use]
    pub fn resting_until(&self) -> watch::Receiver<Option<Instant>> {
        self.resting_until.subscribe()
    }

    /// Does everything that is past its time, in transactions of a bounded size.
    pub async fn tick(&mut self) -> store::Result<Ran> {
        self.refresh_scripts().await?;
        let mut ran = Ran::default();
        loop {
            let before = ran;
            self.round(&mut ran).await?;
            if ran == before {
                break;
            }
        }
        self.retry_alerts().await?;
        ran.erasing = self.go_on_erasing().await?;
        self.sweep().await?;
        self.scrub().await?;
        Ok(ran)
    }

    /// Alerts that no chat took go out once one may be tried again.
    async fn retry_alerts(&self) -> store::Result<()> {
        let mut tx = self.db.read().await?;
        if !alerts::is_retry_due(&mut tx, &self.ctx).await? {
            return Ok(());
        }
        drop(tx);
        let mut tx = self.db.write().await?;
        alerts::send_waiting(&mut tx, &self.ctx, self.ctx.clock.now()).await?;
        tx.commit().await
    }

    async fn refresh_scripts(&self) -> store::Result<()> {
        let mut tx = self.db.read().await?;
        self.ctx.scripts.refresh(&mut tx).await
    }

    async fn round(&self, ran: &mut Ran) -> store::Result<()> {
        self.moves();
        let now = self.ctx.clock.now();
        let mut tx = self.db.read().await?;
        if !tx.has_work(now).await? {
            return Ok(());
        }
        drop(tx);
        let mut tx = self.db.write().await?;
        ran.closed += tx.close_quiet_surveys(now).await?;
        ran.expired += answers::expire(&mut tx, &self.ctx, BATCH, now).await?;
        ran.stale += due::settle_stale(&mut tx, BATCH, now).await?;
        self.claim(&mut tx, ran, now).await?;
        tx.commit().await
    }

    async fn claim(&self, tx: &mut Tx, ran: &mut Ran, now: Timestamp) -> store::Result<()> {
        let room = self.room - tx.count_waiting_invitations().await?;
        if room > 0 {
            let claimed = due::claim_due(tx, &self.ctx, room.min(BATCH), now).await?;
            ran.claimed += claimed.claimed;
            ran.settled += claimed.settled;
        }
        let room = room - tx.count_waiting_repeats().await?;
        if room > 0 {
            ran.repeated += answers::repeat_due(tx, &self.ctx, room.min(BATCH), now).await?;
        }
        Ok(())
    }

    /// Says that it is at work and not stuck; to be called for each transaction.
    fn moves(&self) {
        self.pulse.expect(Part::Jobs, self.ctx.clock.instant());
    }

    async fn sweep(&mut self) -> store::Result<()> {
        let instant = self.ctx.clock.instant();
        if self.swept_at.is_some_and(|at| instant < at.plus(SWEEP_EVERY)) {
            return Ok(());
        }
        let mut tx = self.db.write().await?;
        let now = self.ctx.clock.now();
        tx.delete_updates_seen(now.minus(UPDATES_KEPT)).await?;
        tx.delete_erasings_done(now.minus(ERASINGS_KEPT)).await?;
        tx.commit().await?;
        self.erase_aged().await?;
        self.swept_at = Some(instant);
        Ok(())
    }

    /// Ticks until it is stopped.
    pub async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            self.resting_until.send_replace(None);
            self.moves();
            match self.tick().await {
                // There may be more of it, and a stop comes first.
                Ok(ran) if ran.erasing > 0 => continue,
                Ok(ran) if ran != Ran::default() => tracing::info!(?ran, "background work"),
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "background work failed; it is tried again"),
            }
            let until = self.ctx.clock.instant().plus(REST);
            self.pulse.expect(Part::Jobs, until);
            self.resting_until.send_replace(Some(until));
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.ctx.clock.sleep_until(until) => {}
            }
        }
        self.pulse.rests(Part::Jobs);
    }
}
