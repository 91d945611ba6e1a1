//! Deletes what must not be kept: comments and details older than `RETENTION`, and the traces of erasures on disk.

use std::time::Duration;

use super::{BATCH, Jobs, PAGES_A_TICK, segments};
use crate::clock::Instant;
use crate::service::Unit;
use crate::service::erasing::{
    Aged, Found, end_aged_run, erase_aged_cases, erase_aged_events, erase_aged_updates,
};
use crate::store::{self, Error};

/// How long to wait before scrubbing the files again if something, such as a long export, blocks it.
const SCRUB_AGAIN: Duration = Duration::from_secs(30);

/// How far scrubbing has come.
#[derive(Debug, Default)]
pub(super) struct Scrubbing {
    /// The number of erasures this job knows of; `None` when the program starts.
    erasures: Option<i64>,
    /// Whether the files must be scrubbed.
    wanted: bool,
    /// The last message queued before the erasure. Once all messages up to it are sent, the files are scrubbed again,
    /// because these messages name chats.
    last_words: Option<i64>,
    not_before: Option<Instant>,
}

impl Jobs {
    /// Erases comments and details whose retention is over, a few in each transaction so that taps need not wait.
    /// Returns false if the next tick has to continue.
    pub(super) async fn erase_aged(&mut self) -> store::Result<bool> {
        let Some(retention) = self.ctx.config.retention else { return Ok(true) };
        let now = self.ctx.clock.now();
        let before = now.minus(retention);
        let mut stripped = 0;
        for _ in 0..PAGES_A_TICK {
            self.moves();
            if !self.aged.more {
                break;
            }
            let found = self.aged.look(&mut self.db.look().await?, before, BATCH, now).await?;
            if found == Found::Nothing {
                continue;
            }
            let mut unit = Unit::begin(&self.db, &self.ctx).await?;
            if let Found::Done(run) = found {
                end_aged_run(&mut unit.tx, run, before).await?;
            } else {
                stripped += erase_aged_events(&mut unit, &mut self.aged, before, BATCH).await?;
            }
            unit.commit().await?;
        }
        if stripped > 0 {
            tracing::info!(events = stripped, "comments and details were kept long enough");
        }
        if self.aged.more {
            return Ok(false);
        }
        self.aged = Aged::default();
        let mut tx = self.db.look().await?;
        let rest =
            tx.has_dead_updates_before(before).await? || !tx.list_aged_cases(before, 1).await?.is_empty();
        drop(tx);
        if rest {
            let mut unit = Unit::begin(&self.db, &self.ctx).await?;
            erase_aged_cases(&mut unit, before, BATCH).await?;
            erase_aged_updates(&mut unit.tx, before, BATCH).await?;
            unit.commit().await?;
        }
        Ok(!rest)
    }

    /// Scrubs the files after an erasure. The command line and other parts only count their erasures.
    pub(super) async fn scrub(&mut self) -> store::Result<()> {
        let mut tx = self.db.read().await?;
        let (erasures, last_message) = tx.erasures().await?;
        if self.scrubbing.erasures != Some(erasures) {
            let is_start = self.scrubbing.erasures.is_none() && erasures == 0;
            self.scrubbing.erasures = Some(erasures);
            self.scrubbing.wanted |= !is_start;
            self.scrubbing.last_words = Some(last_message).filter(|_| !is_start);
        }
        if let Some(last) = self.scrubbing.last_words
            && !tx.is_outbox_waiting_up_to(last).await?
        {
            self.scrubbing.last_words = None;
            self.scrubbing.wanted = true;
        }
        drop(tx);
        let now = self.ctx.clock.instant();
        if !self.scrubbing.wanted || self.scrubbing.not_before.is_some_and(|at| now < at) {
            return Ok(());
        }
        // What was erased is in no segment any more either, before its traces are looked for.
        segments::fold_erased(&self.db, &self.ctx).await?;
        match self.db.scrub().await {
            Ok(true) => {
                self.scrubbing.wanted = false;
                self.scrubbing.not_before = None;
            }
            Ok(false) | Err(Error::Unavailable(_)) => {
                self.scrubbing.not_before = Some(now.plus(SCRUB_AGAIN));
                tracing::info!(
                    "what was erased is still in the database's log: somebody reads it; tried again soon"
                );
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
