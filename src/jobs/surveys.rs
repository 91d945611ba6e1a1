//! Surveys that are due, and those that were held back for too long.

use std::time::Duration;

use super::{Jobs, PAGES_A_TICK};
use crate::domain::ids::SurveyKey;
use crate::service::due::Claimed;
use crate::service::{Unit, due};
use crate::store;
use crate::store::due::{Chats, WaitingChats};

/// How often to search the surveys that are held back for stale ones.
const STALE_EVERY: Duration = Duration::from_mins(10);
/// How many stale surveys one search returns at most.
const STALE_FOUND: i64 = 1000;
/// How many stale surveys end in one transaction.
const STALE_TOGETHER: usize = 100;
/// When to try again to claim a due survey that cannot be read.
const BROKEN_AGAIN: Duration = Duration::from_hours(1);
/// The most chats for which messages may wait at the sender, parked or not, as a multiple of the room.
const MOST_ROOMS: i64 = 10;

impl Jobs {
    pub(super) fn room_for_invitations(&self, waiting: WaitingChats) -> i64 {
        let Chats { fresh, all } = waiting.invited;
        (self.room - fresh).min(MOST_ROOMS * self.room - all)
    }

    pub(super) fn room_for_repeats(&self, waiting: WaitingChats) -> i64 {
        let Chats { fresh, all } = waiting.repeated;
        self.room_for_invitations(waiting) - fresh.max(all - (MOST_ROOMS - 1) * self.room)
    }

    /// Claims what is due in one transaction. If something in it is broken, uses one transaction per survey instead.
    pub(super) async fn claim(&self, due: &[SurveyKey], room: i64) -> store::Result<Claimed> {
        let room = usize::try_from(room).unwrap_or(0);
        match self.claim_together(due, room).await {
            Err(error) if !error.is_transient() => self.claim_each(due, room).await,
            done => done,
        }
    }

    async fn claim_together(&self, due: &[SurveyKey], room: usize) -> store::Result<Claimed> {
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        let claimed = due::claim_due(&mut unit, due, room).await?;
        unit.commit().await?;
        Ok(claimed)
    }

    /// Claims surveys one by one, so that a broken one does not hold up the others.
    async fn claim_each(&self, due: &[SurveyKey], room: usize) -> store::Result<Claimed> {
        let mut done = Claimed::default();
        for id in due {
            if done.claimed >= room {
                break;
            }
            self.moves();
            match self.claim_together(&[*id], 1).await {
                Ok(Claimed { claimed, decided }) => {
                    done.claimed += claimed;
                    done.decided += decided;
                }
                Err(error) if !error.is_transient() => {
                    tracing::error!(survey = id.get(), %error, "a due survey cannot be sent; it is tried again in an hour");
                    let mut tx = self.db.write().await?;
                    tx.reschedule_survey(*id, self.ctx.clock.now().plus(BROKEN_AGAIN)).await?;
                    tx.commit().await?;
                    done.decided += 1;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// Ends surveys that were held back for too long.
    pub(super) async fn suppress_stale(&mut self) -> store::Result<usize> {
        let instant = self.ctx.clock.instant();
        if self.stale_suppressed_at.is_some_and(|at| instant < at.plus(STALE_EVERY)) {
            return Ok(0);
        }
        let now = self.ctx.clock.now();
        let mut suppressed = 0;
        for _ in 0..PAGES_A_TICK {
            self.moves();
            let found = self.db.look().await?.list_held_too_long(now, STALE_FOUND).await?;
            if found.is_empty() {
                self.stale_suppressed_at = Some(instant);
                break;
            }
            for some in found.chunks(STALE_TOGETHER) {
                let mut unit = Unit::begin(&self.db, &self.ctx).await?;
                suppressed += due::suppress_stale(&mut unit, some).await?;
                unit.commit().await?;
            }
        }
        Ok(suppressed)
    }
}
