//! Maps what hooks received, and forgets what was kept long enough.

use super::{Jobs, PAGES_A_TICK};
use crate::service::hooks::{aging, taking};
use crate::store;

impl Jobs {
    /// Maps deliveries, page by page. The rest of a tick does not wait for more than a few pages.
    pub(super) async fn take_deliveries(&mut self) -> store::Result<usize> {
        let mut taken = 0;
        for _ in 0..PAGES_A_TICK {
            self.moves();
            match taking::take(&self.db, &self.ctx, &self.hooks).await? {
                0 => break,
                page => taken += page,
            }
        }
        Ok(taken)
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
