//! Erasures that take more than one transaction. The request that asked for one carries it through. If a stop or a lost
//! connection interrupts it, this job resumes it.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant as RealInstant;

use super::Jobs;
use crate::clock::Instant;
use crate::service::erasing::{self, Erased, Progress, Rest};
use crate::service::{Context, Unit};
use crate::store::erasing::ErasingRow;
use crate::store::{self, Db};

/// An erasure that has made no progress for this long has nobody working on it.
const STANDS_STILL: Duration = Duration::from_secs(2);
/// How often the requests that wait for an admin are checked.
const TEND_EVERY: Duration = Duration::from_secs(10);
/// How many transactions one tick spends on requests that nobody decided in time. The next tick continues.
const STEPS_A_TICK: usize = 20;

/// Erases everything about a customer. Returns `None` if nothing is stored about such a customer.
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

/// Runs one transaction of an erasure, then sleeps for as long as it took, so that others can write.
async fn step(db: &Db, ctx: &Context, id: i64) -> store::Result<Progress> {
    let mut unit = Unit::begin(db, ctx).await?;
    let began = RealInstant::now();
    let progress = erasing::go_on(&mut unit, id).await?;
    unit.commit().await?;
    tokio::time::sleep(began.elapsed()).await;
    Ok(progress)
}

/// What this job knows about an erasure in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// How many events had been erased, and when this number was first seen.
    At(i64, Instant),
    /// This job carries it out.
    Ours,
}

#[derive(Debug, Default)]
pub(super) struct Watched(HashMap<i64, Seen>);

impl Jobs {
    /// Works on requests to be forgotten: asks the admins about new ones, and carries out those that nobody decided in
    /// time. Returns how many transactions the latter took.
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

    /// Runs one transaction, then sleeps for as long as it took, so that others can write.
    async fn run_out(&self, id: i64) -> store::Result<Rest> {
        self.moves();
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        let began = RealInstant::now();
        let rest = erasing::run_out(&mut unit, id).await?;
        unit.commit().await?;
        tokio::time::sleep(began.elapsed()).await;
        Ok(rest)
    }

    /// Runs one transaction of each erasure that nobody else is working on. Returns how many such erasures there were.
    pub(super) async fn go_on_erasing(&mut self, open: Vec<ErasingRow>) -> store::Result<usize> {
        let now = self.ctx.clock.instant();
        let Watched(watched) = &mut self.watched_erasings;
        watched.retain(|id, _| open.iter().any(|erasing| erasing.id == *id));
        let mut ours = Vec::new();
        for erasing in open {
            let events = erasing.erased.events;
            let seen = watched.entry(erasing.id).or_insert(Seen::At(events, now));
            *seen = match *seen {
                // The person asked in their chat, so no caller is waiting for an answer and doing the work.
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
