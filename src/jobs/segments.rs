//! Keeps what figures are counted from: builds the segments, folds in what has changed, and compares one day after the
//! other with its rows; stores the steps of tickets.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Instant;
use crate::service::{Context, tickets};
use crate::store::segments::keep::Step;
use crate::store::segments::recount::Recounted;
use crate::store::{self, Db};

/// How often to look whether something has to be folded.
const REST: Duration = Duration::from_secs(1);
/// What waits is folded once there is this much of it …
const MOST_WAITING: i64 = 500;
/// … or once it has waited for this long. Until then it is read from its rows.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// How often a day is compared with its rows.
const RECOUNT_EVERY: Duration = Duration::from_mins(10);

/// The segments of one database.
#[derive(Debug)]
pub struct Segments {
    db: Db,
    ctx: Context,
    recount_at: Instant,
}

impl Segments {
    #[must_use]
    pub fn new(db: Db, ctx: Context) -> Self {
        let recount_at = ctx.clock.instant().plus(RECOUNT_EVERY);
        Self { db, ctx, recount_at }
    }

    /// Runs until it is stopped. A step that is cut off leaves nothing half done.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            let ran = tokio::select! {
                () = stop.cancelled() => return,
                ran = self.tick() => ran,
            };
            if let Err(error) = ran {
                tracing::warn!(%error, "what figures are counted from cannot be kept up; it is tried again");
            }
            let until = self.ctx.clock.instant().plus(REST);
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.ctx.clock.sleep_until(until) => {}
            }
        }
    }

    /// Does what is due.
    async fn tick(&mut self) -> store::Result<()> {
        let zone = self.ctx.zone();
        tickets::follow(&self.db, &self.ctx).await?;
        while self.db.build_segments(zone).await? != Step::Nothing {}
        if self.is_fold_due().await? {
            self.db.fold_all_segments(zone).await?;
        }
        let now = self.ctx.clock.instant();
        if now >= self.recount_at {
            self.recount_at = now.plus(RECOUNT_EVERY);
            if let Some(recounted) = self.db.recount_next_day(zone, self.ctx.clock.now()).await? {
                tell(&recounted);
            }
        }
        Ok(())
    }

    async fn is_fold_due(&self) -> store::Result<bool> {
        let waiting = self.db.look().await?.find_waiting_for_segments(MOST_WAITING).await?;
        let now = self.ctx.clock.now();
        let has_waited = waiting.since.is_some_and(|since| since > now || now.since(since) >= LONGEST_WAIT);
        Ok(waiting.is_erased || waiting.entries >= MOST_WAITING || has_waited)
    }
}

/// Folds everything that waits, and forgets words that were only said of surveys that were erased.
pub(super) async fn fold_erased(db: &Db, ctx: &Context) -> store::Result<()> {
    db.fold_all_segments(ctx.zone()).await?;
    while db.forget_unused_words(ctx.zone()).await? == Step::Overtaken {}
    Ok(())
}

fn tell(recounted: &Recounted) {
    if recounted.wrong > 0 {
        tracing::error!(
            day = %recounted.date, surveys = recounted.wrong, differs = recounted.properties.join(", "),
            "the figures of a day differed from its rows; they are right again"
        );
    }
}
