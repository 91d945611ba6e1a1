//! Maps what hooks received, forgets what was kept long enough, and looks whether hooks are well.

use std::time::Duration;

use tokio::time::Instant as RealInstant;

use super::{Jobs, PAGES_A_TICK};
use crate::service::Unit;
use crate::service::hooks::{aging, taking, watch};
use crate::store;

/// How often to look whether hooks are well.
const WATCH_EVERY: Duration = Duration::from_mins(10);

impl Jobs {
    /// Maps deliveries, page by page, and notes whether there are more. The rest of a tick does not wait for more than a
    /// few pages. After each page it rests for as long as that took: however much was delivered, mapping takes half of a
    /// core at most.
    pub(super) async fn take_deliveries(&mut self) -> store::Result<usize> {
        let mut taken = 0;
        self.more_deliveries = false;
        for _ in 0..PAGES_A_TICK {
            self.moves();
            let began = RealInstant::now();
            match taking::take(&self.db, &self.ctx, &self.hooks).await? {
                0 => return Ok(taken),
                page => taken += page,
            }
            tokio::time::sleep(began.elapsed()).await;
        }
        self.more_deliveries = true;
        Ok(taken)
    }

    /// Looks from time to time whether hooks are well. Only time for which this program has run counts as silence.
    pub(super) async fn watch_hooks(&mut self) -> store::Result<()> {
        let instant = self.ctx.clock.instant();
        if self.hooks_watched_at.is_some_and(|at| instant < at.plus(WATCH_EVERY)) {
            return Ok(());
        }
        if !self.db.look().await?.list_hooks().await?.is_empty() {
            let ran_for = self.hooks_watched_at.map(|at| instant.since(at)).unwrap_or_default();
            let mut unit = Unit::begin(&self.db, &self.ctx).await?;
            watch::watch(&mut unit, ran_for).await?;
            unit.commit().await?;
        }
        self.hooks_watched_at = Some(instant);
        Ok(())
    }

    /// Returns false if there are more.
    pub(super) async fn age_deliveries(&mut self) -> store::Result<bool> {
        for _ in 0..PAGES_A_TICK {
            self.moves();
            if aging::age(&self.db, &self.ctx).await? == 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
