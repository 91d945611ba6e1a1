//! Erasings that take more than one transaction. The request that asked for one goes on with it until it is done; what a stop
//! or a lost connection has left is gone on with here.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant as RealInstant;

use super::Jobs;
use crate::clock::Instant;
use crate::service::erasing::{self, Erased, Progress, Rest};
use crate::service::{Context, Unit};
use crate::store::erasing::ErasingRow;
use crate::store::{self, Db};

/// An erasing that has come no further for so long has nobody who goes on with it.
const STANDS_STILL: Duration = Duration::from_secs(2);
/// Requests that wait for an admin are looked at this often.
const TEND_EVERY: Duration = Duration::from_secs(10);
/// So many transactions of what was not decided in time a tick takes; the next one goes on.
const STEPS_A_TICK: usize = 20;

/// Erases a customer to the end. `None` if nothing is stored about such a customer.
pub async fn customer(db: &Db, ctx: &Context, customer_id: &str) -> store::Result<Option<Erased>> {
    let mut unit = Unit::begin(db, ctx).await?;
    let begun = erasing::customer(&mut unit, customer_id).await?;
    let Some(mut progress) = begun else { return Ok(None) };
    unit.commit().await?;
    loop {
        match progress {
            Progress::Done(erased) => return Ok(Some(erased)),
            Progress::UnderWay { id } => progress = step(db, ctx, id).await?,
        }
    }
}

/// One transaction of it, and as long a time in which others may write.
async fn step(db: &Db, ctx: &Context, id: i64) -> store::Result<Progress> {
    let mut unit = Unit::begin(db, ctx).await?;
    let began = RealInstant::now();
    let progress = erasing::go_on(&mut unit, id).await?;
    unit.commit().await?;
    tokio::time::sleep(began.elapsed()).await;
    Ok(progress)
}

/// What is known of an erasing under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// How many events it had erased, and since when.
    At(i64, Instant),
    /// It is gone on with here.
    Ours,
}

#[derive(Debug, Default)]
pub(super) struct Watched(HashMap<i64, Seen>);

impl Jobs {
    /// Requests to be forgotten: the admins are asked, and what nobody has decided in time is erased. How many transactions of
    /// that there were.
    pub(super) async fn tend_requests(&mut self) -> store::Result<usize> {
        let instant = self.ctx.clock.instant();
        if self.requests_tended_at.is_some_and(|at| instant < at.plus(TEND_EVERY)) {
            return Ok(0);
        }
        let now = self.ctx.clock.now();
        let todo = erasing::look_at_requests(&mut self.db.look().await?, &self.ctx, now).await?;
        if !todo.asks_nobody() {
            let mut unit = Unit::begin(&self.db, &self.ctx).await?;
            erasing::ask_admins(&mut unit, &todo).await?;
            unit.commit().await?;
        }
        let mut steps = 0;
        for id in todo.over {
            while self.run_out(id).await? == Rest::More {
                steps += 1;
                if steps >= STEPS_A_TICK {
                    return Ok(steps);
                }
            }
            steps += 1;
        }
        self.requests_tended_at = Some(instant);
        Ok(steps)
    }

    /// One transaction, and as long a time in which others may write.
    async fn run_out(&self, id: i64) -> store::Result<Rest> {
        self.moves();
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        let began = RealInstant::now();
        let rest = erasing::run_out(&mut unit, id).await?;
        unit.commit().await?;
        tokio::time::sleep(began.elapsed()).await;
        Ok(rest)
    }

    /// One transaction of each erasing that nobody else goes on with. How many there were.
    pub(super) async fn go_on_erasing(&mut self, open: Vec<ErasingRow>) -> store::Result<usize> {
        let now = self.ctx.clock.instant();
        let Watched(watched) = &mut self.watched_erasings;
        watched.retain(|id, _| open.iter().any(|erasing| erasing.id == *id));
        let mut ours = Vec::new();
        for erasing in open {
            let events = erasing.erased.events;
            let seen = watched.entry(erasing.id).or_insert(Seen::At(events, now));
            *seen = match *seen {
                // Of a person who asked in their chat nobody waits for an answer.
                _ if erasing.person.is_some() => Seen::Ours,
                Seen::At(before, since) if before == events && now.since(since) >= STANDS_STILL => Seen::Ours,
                Seen::At(before, _) if before != events => Seen::At(events, now),
                seen => seen,
            };
            if *seen == Seen::Ours {
                ours.push(erasing.id);
            }
        }
        for id in &ours {
            step(&self.db, &self.ctx, *id).await?;
        }
        Ok(ours.len())
    }
}
