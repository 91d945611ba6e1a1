//! Write-backs: planned by a follower of the journal, made by a loop of their own, so that a server that hangs holds up
//! no other work. One call at a time goes to a server, and two a second at most.

mod call;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::followers::{Acted, Begin, Follow};
use crate::clock::Instant;
use crate::domain::happening::Happening;
use crate::domain::ids::SurveyKey;
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;
use crate::domain::way::Way;
use crate::outbound::{Mailer, Outbound};
use crate::service::write_back::{self, Claimed, Job, Made};
use crate::service::{Context, Unit};
use crate::store::journal::Entry;
use crate::store::write_backs::WriteBack;
use crate::store::{self, Db};
use crate::telemetry::metrics::WRITE_BACKS;

/// How often to look for due write-backs.
const REST: Duration = Duration::from_secs(1);
/// How often to look again at once because what was found was not sent.
const LOOKS: usize = 100;
/// How long a server is left alone after a call.
const PAUSE: Duration = Duration::from_millis(500);

/// Plans the write-backs of surveys.
#[derive(Clone, Debug)]
pub struct Planner {
    pub db: Db,
    pub ctx: Context,
}

impl Planner {
    #[must_use]
    pub fn follower(db: Db, ctx: Context) -> Arc<dyn Follow> {
        Arc::new(Self { db, ctx })
    }
}

impl Follow for Planner {
    fn name(&self) -> &'static str {
        "write_backs"
    }

    fn begin(&self) -> Begin {
        Begin::Now
    }

    fn act<'a>(&'a self, entries: &'a [Entry]) -> Acted<'a> {
        Box::pin(async move {
            let matters = |entry: &&Entry| {
                use State::{Completed, Partial, WaitingForLink};
                matches!(entry.happening, Happening::Moved(WaitingForLink | Completed | Partial(_)))
            };
            let surveys: Vec<SurveyKey> =
                entries.iter().filter(matters).filter_map(|entry| entry.survey).collect();
            if !surveys.is_empty() {
                let mut unit = Unit::begin(&self.db, &self.ctx).await?;
                write_back::plan(&mut unit, &surveys).await?;
                unit.commit().await?;
            }
            Ok(())
        })
    }
}

/// Makes the calls of due write-backs.
#[derive(Clone, Debug)]
pub struct WriteBacks {
    pub db: Db,
    pub ctx: Context,
    pub outbound: Outbound,
    pub mailer: Option<Mailer>,
    /// `None` while it decides what to call.
    pub resting: watch::Sender<Option<Resting>>,
}

/// When the loop looks for due write-backs again, unless a call ends sooner.
#[derive(Clone, Copy, Debug)]
pub struct Resting {
    pub until: Instant,
    pub calls_under_way: usize,
}

impl WriteBacks {
    /// Works until `stop`, and then ends the calls under way.
    pub async fn run(self, stop: CancellationToken) {
        let mut calls = FuturesUnordered::new();
        // Until when each server is left alone. One that is being called is left alone until the call ends.
        let mut busy: HashMap<String, Instant> = HashMap::new();
        let mut unrecorded: Vec<Made> = Vec::new();
        let mut resolved = false;
        // Where planning what had no way before this start goes on; `None` once that is done.
        let mut unplanned = Some((self.ctx.clock.now(), SurveyKey::NONE));
        while !stop.is_cancelled() || !calls.is_empty() {
            self.resting.send_replace(None);
            if !resolved {
                resolved = self.resolve_unknown().await;
            }
            if let Some(after) = unplanned {
                unplanned = self.plan_left(after).await;
            }
            self.record_all(&mut unrecorded).await;
            if resolved && !stop.is_cancelled() {
                let mut jobs = Vec::new();
                if let Err(error) = self.claim_due(&mut busy, &mut jobs).await {
                    tracing::warn!(%error, "due write-backs cannot be looked at; tried again soon");
                }
                // Those that were claimed before an error are made too.
                calls.extend(jobs.into_iter().map(|job| self.make(job)));
            }
            let until = self.ctx.clock.instant().plus(REST);
            self.resting.send_replace(Some(Resting { until, calls_under_way: calls.len() }));
            tokio::select! {
                Some((host, made)) = calls.next() => {
                    busy.insert(host, self.ctx.clock.instant().plus(PAUSE));
                    unrecorded.push(made);
                }
                () = stop.cancelled(), if calls.is_empty() => {}
                () = self.ctx.clock.sleep_until(until) => {}
            }
        }
        self.record_all(&mut unrecorded).await;
    }

    /// Plans the next links that had no way before this start. Returns where to go on.
    async fn plan_left(&self, after: (Timestamp, SurveyKey)) -> Option<(Timestamp, SurveyKey)> {
        let plan = async {
            let mut unit = Unit::begin(&self.db, &self.ctx).await?;
            let next = write_back::plan_left(&mut unit, after).await?;
            unit.commit().await?;
            Ok::<_, store::Error>(next)
        };
        plan.await.unwrap_or_else(|error| {
            tracing::warn!(%error, "links that wait for a way cannot be looked at; tried again soon");
            Some(after)
        })
    }

    /// Decides what becomes of calls that were under way when the program ended. Returns false to be called again.
    async fn resolve_unknown(&self) -> bool {
        let resolve = async {
            loop {
                let mut unit = Unit::begin(&self.db, &self.ctx).await?;
                let more = write_back::resolve_unknown(&mut unit).await?;
                unit.commit().await?;
                if !more {
                    return Ok::<(), store::Error>(());
                }
            }
        };
        let resolved = resolve.await;
        if let Err(error) = &resolved {
            tracing::warn!(%error, "unfinished write-backs cannot be looked at; tried again soon");
        }
        resolved.is_ok()
    }

    /// Claims what is due for servers that may be called: for each of them the first that is to be sent now.
    async fn claim_due(&self, busy: &mut HashMap<String, Instant>, jobs: &mut Vec<Job>) -> store::Result<()> {
        let instant = self.ctx.clock.instant();
        busy.retain(|_, until| *until > instant);
        for _ in 0..LOOKS {
            let mut due = self.db.look().await?.list_due_write_backs(self.ctx.clock.now()).await?;
            due.retain(|due| !busy.contains_key(&due.host));
            if due.is_empty() {
                break;
            }
            for write_back in due {
                if let Some(job) = self.claim(&write_back).await? {
                    busy.insert(job.host.clone(), Instant::NEVER);
                    jobs.push(job);
                }
            }
        }
        Ok(())
    }

    /// Judges one write-back. One that cannot be judged fails, so that it does not hold up the others.
    async fn claim(&self, due: &WriteBack) -> store::Result<Option<Job>> {
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        let claimed = write_back::claim(&mut unit, due).await;
        match claimed {
            Ok(Claimed::Job(job)) => {
                unit.commit().await?;
                return Ok(Some(*job));
            }
            Ok(Claimed::Skipped(why)) => {
                unit.commit().await?;
                self.count(due.way, why);
            }
            Ok(Claimed::Waits) => unit.commit().await?,
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                drop(unit);
                tracing::error!(survey = due.survey.get(), %error, "a write-back cannot be judged; it is given up");
                let mut tx = self.db.write().await?;
                tx.end_write_back(due.survey, &due.kind, "failed", Some("broken"), false).await?;
                tx.commit().await?;
                self.count(due.way, "broken");
            }
        }
        Ok(None)
    }

    async fn make(&self, job: Job) -> (String, Made) {
        let Job { survey, kind, way, host, message } = job;
        let (meaning, retry_after) = call::make(&self.outbound, self.mailer.as_ref(), message).await;
        (host, Made { survey, kind, way, meaning, retry_after })
    }

    /// Stores how calls ended. What cannot be stored now stays in the list.
    async fn record_all(&self, unrecorded: &mut Vec<Made>) {
        while let Some(made) = unrecorded.last() {
            match self.record(made).await {
                Ok(word) => {
                    self.count(made.way, word);
                    unrecorded.pop();
                }
                Err(error) => {
                    tracing::warn!(%error, "how a write-back ended cannot be stored; tried again soon");
                    return;
                }
            }
        }
    }

    fn count(&self, way: Way, result: &'static str) {
        self.db.metrics().add(&WRITE_BACKS, &[("way", way.as_str().into()), ("result", result.into())], 1);
    }

    async fn record(&self, made: &Made) -> store::Result<&'static str> {
        let mut unit = Unit::begin(&self.db, &self.ctx).await?;
        let word = write_back::record(&mut unit, made).await?;
        unit.commit().await?;
        Ok(word)
    }
}
