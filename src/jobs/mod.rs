//! Work that becomes due as time passes: due surveys, reminders, expiry, closing, clean-up, retention. A tick is a
//! function; the loop only calls it and sleeps.
//!
//! Every job is a query for what is overdue, so a restart or a missed tick loses nothing. The query runs first, without
//! blocking writers, on indexes that hold only rows that can be acted on. The job then acts on a few rows at a time.

pub mod erasing;
pub mod followers;
mod hooks;
mod privacy;
pub mod reports;
pub mod scripts;
pub mod segments;
mod surveys;
pub mod write_backs;

use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::Instant;
use crate::domain::ids::SurveyKey;
use crate::service::due::Claimed;
use crate::service::erasing::Aged;
use crate::service::hooks::HookSet;
use crate::service::{Context, Unit, alerts, answers, case_times, due, recovery, talk, unknown};
use crate::store::erasing::ErasingRow;
use crate::store::{self, Db};
use crate::telegram::pulse::{Part, Pulse};

use erasing::Watched;
use privacy::Scrubbing;

/// The most items handled in one transaction, so that taps never wait long for a job.
const BATCH: i64 = 100;
/// How long the loop rests when nothing is left to do. It also bounds how late the loop notices changes made on the
/// command line.
const REST: Duration = Duration::from_secs(1);
/// How long an update is recognised as a duplicate. Telegram itself keeps updates for 24 h.
const UPDATES_KEPT: Duration = Duration::from_hours(48);
/// How long a finished erasure is kept. A request that waits for it has been answered by then.
const ERASINGS_KEPT: Duration = Duration::from_hours(24);
/// How often messages whose fate is unknown are checked.
const RESOLVE_EVERY: Duration = Duration::from_mins(1);
/// How often to look whether the admins have something to learn about the question after resolved cases.
const OFFER_EVERY: Duration = Duration::from_mins(10);
/// How often old records of seen updates are deleted.
const SWEEP_EVERY: Duration = Duration::from_mins(10);
/// How many of them are deleted in one transaction.
const SWEPT_TOGETHER: i64 = 1000;
/// After a long outage, open surveys are shown again. This is how many are marked for it in one transaction.
const SHOWN_TOGETHER: i64 = 500;
/// How many pages of a clean-up one tick handles. The next tick continues.
const PAGES_A_TICK: usize = 10;
/// A message that has waited at the sender for longer than this is for a chat that Telegram parked. It does not count
/// against the room.
const FRESH: Duration = Duration::from_mins(1);

/// The background work on one database.
#[derive(Debug)]
pub struct Jobs {
    db: Db,
    ctx: Context,
    /// Claims stop while surveys for this many chats wait for the sender, so that a survey is sent soon after it is
    /// claimed.
    room: i64,
    swept_at: Option<Instant>,
    aged: Aged,
    hooks: HookSet,
    /// Whether the last tick left deliveries to be mapped.
    more_deliveries: bool,
    unknown_resolved_at: Option<Instant>,
    stale_suppressed_at: Option<Instant>,
    scrubbing: Scrubbing,
    watched_erasings: Watched,
    requests_tended_at: Option<Instant>,
    recovery_offered_at: Option<Instant>,
    hooks_watched_at: Option<Instant>,
    pulse: Pulse,
    resting_until: watch::Sender<Option<Instant>>,
}

/// What one tick did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    pub claimed: usize,
    pub decided: usize,
    pub expired: usize,
    pub stale: usize,
    pub repeated: usize,
    /// Dialogues that continued below the customer's words.
    pub gone_on: usize,
    pub closed: usize,
    /// Buttons removed from finished surveys because their time was up.
    pub buttons: usize,
    /// Questions whose time was up, and albums that were gathered.
    pub talk: usize,
    /// Transactions of erasures.
    pub erasing: usize,
    pub unknown: usize,
    /// Cases for which the time had come.
    pub cases: usize,
    /// Surveys that waited for another survey of the same person, which is over now.
    pub let_go: u64,
    /// Deliveries to hooks that were mapped.
    pub deliveries: usize,
    /// Surveys that were open during a long outage and are shown again.
    pub shown_again: u64,
}

/// What needs doing in this tick.
struct Found {
    overdue: bool,
    /// Surveys to decide on, and how many of them may be claimed.
    due: Vec<SurveyKey>,
    room: i64,
    /// How many survey steps may be shown again.
    repeats: i64,
    /// Whether it is time to retry the alerts that no chat accepted.
    alerts: bool,
    erasings: Vec<ErasingRow>,
    /// Whether the time has come for a case.
    cases: bool,
}

impl Jobs {
    #[must_use]
    pub fn new(db: Db, ctx: Context, pulse: Pulse) -> Self {
        let room = i64::from(ctx.config.messages_per_second) * 2;
        let scrubbing = Scrubbing::default();
        let resting_until = watch::Sender::new(None);
        let (aged, watched_erasings) = (Aged::default(), Watched::default());
        Self {
            db,
            ctx,
            room: room.max(BATCH),
            swept_at: None,
            aged,
            hooks: HookSet::default(),
            more_deliveries: false,
            unknown_resolved_at: None,
            stale_suppressed_at: None,
            scrubbing,
            watched_erasings,
            requests_tended_at: None,
            recovery_offered_at: None,
            hooks_watched_at: None,
            pulse,
            resting_until,
        }
    }

    /// When the loop works next; everything due before then is done. `None` while it is working.
    #[must_use]
    pub fn resting_until(&self) -> watch::Receiver<Option<Instant>> {
        self.resting_until.subscribe()
    }

    /// Does everything that is overdue, in transactions of bounded size.
    pub async fn tick(&mut self) -> store::Result<Ran> {
        let mut ran = Ran::default();
        let mut found = self.look().await?;
        while self.round(&mut ran, &found).await? {
            found = self.look().await?;
        }
        ran.stale += self.suppress_stale().await?;
        if found.alerts {
            self.retry_alerts().await?;
        }
        ran.buttons = self.take_buttons_away().await?;
        ran.talk = self.run_talk().await?;
        ran.erasing = self.go_on_erasing(found.erasings).await? + self.tend_requests().await?;
        ran.unknown = self.resolve_unknown().await?;
        ran.cases = self.run_cases(found.cases).await?;
        self.offer_recovery().await?;
        self.watch_hooks().await?;
        Box::pin(self.sweep()).await?;
        self.scrub().await?;
        // Last, so that a delivery which cannot be taken holds up nothing else.
        ran.deliveries = self.take_deliveries().await?;
        Ok(ran)
    }

    /// Sends the alerts that no chat has accepted so far.
    async fn retry_alerts(&self) -> store::Result<()> {
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        alerts::send_waiting(&mut unit).await?;
        unit.commit().await
    }

    /// Removes the buttons whose time is up, one batch a tick, so that a large number is spread over time.
    async fn take_buttons_away(&self) -> store::Result<usize> {
        if !self.db.look().await?.is_any_button_over(self.ctx.clock.now()).await? {
            return Ok(0);
        }
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        let buttons = answers::take_buttons_away(&mut unit, BATCH).await?;
        unit.commit().await?;
        Ok(buttons)
    }

    /// Does what waits for a moment in the talks about cases.
    async fn run_talk(&self) -> store::Result<usize> {
        if !talk::is_due(&mut self.db.look().await?, self.ctx.clock.now()).await? {
            return Ok(0);
        }
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        let done = talk::run(&mut unit, BATCH).await?;
        unit.commit().await?;
        Ok(done)
    }

    /// Reads everything that a tick needs to know, in one transaction. When there is nothing to do, this is all that a
    /// tick costs.
    async fn look(&self) -> store::Result<Found> {
        let now = self.ctx.clock.now();
        let mut tx = self.db.look().await?;
        self.ctx.scripts.refresh(&mut tx).await?;
        let overdue = tx.is_anything_overdue(now, answers::PAUSE).await?;
        let waiting = tx.count_waiting_chats(now.minus(FRESH)).await?;
        let room = self.room_for_invitations(waiting);
        let due = if room > 0 { due::look(&mut tx, BATCH, now).await? } else { Vec::new() };
        let repeats = self.room_for_repeats(waiting);
        let repeats = if repeats > 0 && tx.is_any_repeat_due(now).await? { repeats } else { 0 };
        let alerts = alerts::is_retry_due(&mut tx, &self.ctx, now).await?;
        let erasings = tx.list_open_erasings().await?;
        let cases = !tx.list_due_cases(now, 1).await?.is_empty();
        Ok(Found { overdue, due, room, repeats, alerts, erasings, cases })
    }

    /// Acts on what was found. Returns false if that changed nothing.
    async fn round(&self, ran: &mut Ran, found: &Found) -> store::Result<bool> {
        self.moves();
        let before = *ran;
        let Found { overdue, ref due, room, repeats, .. } = *found;
        if !overdue && due.is_empty() && repeats <= 0 {
            return Ok(false);
        }
        let mut more = false;
        if overdue || repeats > 0 {
            let mut unit = Unit::begin(&self.db, &self.ctx).await?;
            if overdue {
                more = end_overdue(&mut unit, ran).await?;
            }
            if repeats > 0 {
                ran.repeated += answers::repeat_due(&mut unit, repeats.min(BATCH)).await?;
            }
            unit.commit().await?;
        }
        if !due.is_empty() {
            let Claimed { claimed, decided } = self.claim(due, room).await?;
            ran.claimed += claimed;
            ran.decided += decided;
        }
        Ok(more || *ran != before)
    }

    /// Tells the health check that this loop is working and not stuck. Call it for each transaction.
    fn moves(&self) {
        self.pulse.expect(Part::Jobs, self.ctx.clock.instant());
    }

    /// Does what time has to do with cases.
    async fn run_cases(&self, any: bool) -> store::Result<usize> {
        let mut done = 0;
        let mut more = any;
        for _ in 0..PAGES_A_TICK {
            if !more {
                break;
            }
            self.moves();
            let mut unit = Unit::begin(&self.db, &self.ctx).await?;
            let ran = case_times::run_due(&mut unit, BATCH).await?;
            unit.commit().await?;
            done += ran;
            more = i64::try_from(ran).is_ok_and(|ran| ran >= BATCH);
        }
        Ok(done)
    }

    /// Tells the admins of a draft that asks after resolved cases, if they do not know of it.
    async fn offer_recovery(&mut self) -> store::Result<()> {
        let instant = self.ctx.clock.instant();
        if self.recovery_offered_at.is_some_and(|at| instant < at.plus(OFFER_EVERY)) {
            return Ok(());
        }
        self.recovery_offered_at = Some(instant);
        if recovery::is_offer_due(&mut self.db.look().await?, &self.ctx).await? {
            let mut unit = Unit::begin(&self.db, &self.ctx).await?;
            recovery::offer(&mut unit).await?;
            unit.commit().await?;
        }
        Ok(())
    }

    async fn resolve_unknown(&mut self) -> store::Result<usize> {
        let instant = self.ctx.clock.instant();
        if self.unknown_resolved_at.is_some_and(|at| instant < at.plus(RESOLVE_EVERY)) {
            return Ok(0);
        }
        let now = self.ctx.clock.now();
        let mut resolved = 0;
        let mut tx = self.db.read().await?;
        let is_any = unknown::is_any(&mut tx, now).await?;
        drop(tx);
        if is_any {
            let mut unit = Unit::begin(&self.db, &self.ctx).await?;
            resolved = unknown::resolve(&mut unit, BATCH).await?;
            unit.commit().await?;
        }
        // If a whole batch was resolved, there may be more.
        if i64::try_from(resolved).is_ok_and(|resolved| resolved < BATCH) {
            self.unknown_resolved_at = Some(instant);
        }
        Ok(resolved)
    }

    async fn sweep(&mut self) -> store::Result<()> {
        let instant = self.ctx.clock.instant();
        if self.swept_at.is_some_and(|at| instant < at.plus(SWEEP_EVERY)) {
            return Ok(());
        }
        if self.forget_updates().await? && self.age_deliveries().await? && self.erase_aged().await? {
            let mut tx = self.db.write().await?;
            tx.delete_erasings_done(self.ctx.clock.now().minus(ERASINGS_KEPT)).await?;
            tx.commit().await?;
            self.swept_at = Some(instant);
        }
        Ok(())
    }

    /// Deletes old records of seen updates. Returns false if there are more.
    async fn forget_updates(&self) -> store::Result<bool> {
        let before = self.ctx.clock.now().minus(UPDATES_KEPT);
        for _ in 0..PAGES_A_TICK {
            if !self.db.look().await?.has_updates_seen_before(before).await? {
                return Ok(true);
            }
            let mut tx = self.db.write().await?;
            tx.delete_updates_seen(before, SWEPT_TOGETHER).await?;
            tx.commit().await?;
        }
        Ok(false)
    }

    /// Ticks until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            self.resting_until.send_replace(None);
            self.moves();
            match Box::pin(self.tick()).await {
                // There may be more to erase or to map. The loop checks for a stop first.
                Ok(ran) if ran.erasing > 0 || self.more_deliveries => continue,
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

/// Ends or repeats what is overdue. Returns true if there is more.
async fn end_overdue(unit: &mut Unit<'_>, ran: &mut Ran) -> store::Result<bool> {
    ran.gone_on += answers::go_on_after_words(unit, BATCH).await?;
    ran.closed += answers::close_quiet(unit, BATCH).await?;
    ran.let_go += unit.tx.let_go(BATCH).await?;
    ran.expired += answers::expire(unit, BATCH).await?;
    ran.stale += due::end_never_linked(unit, BATCH).await?;
    let shown = answers::show_again_next(unit, SHOWN_TOGETHER).await?;
    ran.shown_again += shown.unwrap_or(0);
    Ok(shown.is_some())
}
