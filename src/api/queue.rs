//! Group commit: events that arrive together are committed together, and their callers get the answers after the
//! commit. A single task does it, so that a thousand callers cost the writer one transaction.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::{mpsc, oneshot};

use super::reading::Reading;
use crate::clock::{Clock, Instant};
use crate::domain::event::Normalised;
use crate::service::events::{self, Accepted, Conflict, Links};
use crate::service::{Context, Unit};
use crate::store::{self, Db};

/// The most jobs that may wait. Further callers get a 503.
const WAITING: usize = 1024;
/// The most events of several callers in one transaction, so that taps never wait long for events.
const EVENTS_A_COMMIT: usize = 1000;

/// How many events of a batch are handed in at once: few enough that one transaction takes them whole. They take four
/// statements for every table.
const PART: usize = 896;
/// The same while nobody else writes. The more rows a transaction has, the fewer index pages are written again. A tap
/// that comes meanwhile has to wait for it, a tenth of a second. Two more such transactions may come first, because
/// parts are handed in ahead.
const PART_ALONE: usize = 4 * PART;
const _: () = assert!(PART <= EVENTS_A_COMMIT);

/// How long a transaction may wait until as many callers have come as last time. A caller that posts one event after
/// another comes again within this time, and one transaction costs less than two of half the size.
const GATHERING: Duration = Duration::from_millis(2);

/// How long a failure to store events counts as trouble, unless others are stored meanwhile. After that only another
/// try can tell, and a load balancer sends no events to an instance that reports trouble.
const TROUBLED_FOR: Duration = Duration::from_secs(30);

/// What became of one event.
pub(super) type Outcome = Result<Accepted, Refused>;

#[derive(Debug)]
pub(super) enum Refused {
    Conflict(Conflict),
    /// The event failed on its own as well. This is a bug of ours, and the error is in the log.
    Internal,
}

/// Nothing was stored, so the caller has to send the events again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unavailable {
    Overload,
    Database,
}

struct Job {
    events: Vec<Normalised>,
    reply: oneshot::Sender<Result<Vec<Outcome>, Unavailable>>,
}

/// Events that were handed in and wait to be stored.
#[derive(Debug)]
pub(super) struct Waiting(oneshot::Receiver<Result<Vec<Outcome>, Unavailable>>);

impl Waiting {
    /// Returns when the events are on disk or have failed.
    pub(super) async fn outcomes(self) -> Result<Vec<Outcome>, Unavailable> {
        self.0.await.unwrap_or(Err(Unavailable::Database))
    }
}

/// The queue into which handlers put events. Cheap to clone. The worker ends when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct EventQueue {
    jobs: mpsc::Sender<Job>,
    part: Arc<AtomicUsize>,
    trouble: Trouble,
    clock: Clock,
    reading: Reading,
}

/// When and why the last transaction failed, if it did.
type Trouble = Arc<Mutex<Option<(Instant, String)>>>;

/// The task that commits the events.
pub struct EventQueueWorker {
    jobs: mpsc::Receiver<Job>,
    db: Db,
    ctx: Context,
    /// The value of [`Db::writes`] to expect if nobody else has written since the last transaction of events.
    writes: Option<u64>,
    part: Arc<AtomicUsize>,
    trouble: Trouble,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Job({} events)", self.events.len())
    }
}

impl std::fmt::Debug for EventQueueWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EventQueueWorker")
    }
}

/// Makes the queue and its worker, which has to run beside the server.
pub fn event_queue(db: Db, ctx: Context) -> (EventQueue, EventQueueWorker) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let (part, trouble) = (Arc::new(AtomicUsize::new(PART)), Trouble::default());
    let queue = EventQueue {
        jobs: sender,
        part: Arc::clone(&part),
        trouble: Arc::clone(&trouble),
        clock: ctx.clock.clone(),
        reading: Reading::default(),
    };
    (queue, EventQueueWorker { jobs: receiver, db, ctx, writes: None, part, trouble })
}

impl EventQueue {
    /// Hands in events and waits until they are on disk.
    pub(super) async fn submit(&self, events: Vec<Normalised>) -> Result<Vec<Outcome>, Unavailable> {
        self.hand_in(events)?.outcomes().await
    }

    /// Hands in events. They are stored whether or not anybody waits for that.
    pub(super) fn hand_in(&self, events: Vec<Normalised>) -> Result<Waiting, Unavailable> {
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send(Job { events, reply }).map_err(|_| Unavailable::Overload)?;
        Ok(Waiting(answer))
    }

    /// The threads on which bodies are read.
    pub(super) const fn reading(&self) -> &Reading {
        &self.reading
    }

    /// How many events of a batch to hand in at once.
    pub(super) fn part(&self) -> usize {
        self.part.load(Ordering::Relaxed)
    }

    /// Why events cannot be stored at present; `None` if they can.
    pub(super) fn trouble(&self) -> Option<String> {
        let (since, why) = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        (self.clock.instant() < since.plus(TROUBLED_FOR)).then_some(why)
    }
}

/// Why a unit of work was not committed.
enum Failure {
    /// A transient failure; the events are not at fault.
    Passing(store::Error),
    Lasting(String),
}

impl EventQueueWorker {
    /// Commits events until every [`EventQueue`] is gone and nothing is waiting.
    pub async fn run(mut self) {
        let mut waiting = Vec::new();
        let mut callers = 0;
        while self.gather(&mut waiting, callers).await > 0 {
            callers = waiting.len();
            let mut unit = Vec::new();
            let mut size = 0;
            for job in waiting.drain(..) {
                if size > 0 && size + job.events.len() > EVENTS_A_COMMIT {
                    self.run_unit(std::mem::take(&mut unit)).await;
                    size = 0;
                }
                size += job.events.len();
                unit.push(job);
            }
            self.run_unit(unit).await;
        }
    }

    /// Waits for a caller, and then a moment longer for as many as came last time.
    async fn gather(&mut self, waiting: &mut Vec<Job>, callers: usize) -> usize {
        if self.jobs.recv_many(waiting, WAITING).await == 0 {
            return 0;
        }
        let others =
            async { while waiting.len() < callers && self.jobs.recv_many(waiting, WAITING).await > 0 {} };
        // If fewer have come, they are enough.
        drop(tokio::time::timeout(GATHERING, others).await);
        waiting.len()
    }

    async fn run_unit(&mut self, jobs: Vec<Job>) {
        let mut events = Vec::new();
        let mut callers = Vec::with_capacity(jobs.len());
        for job in jobs {
            callers.push((job.events.len(), job.reply));
            events.extend(job.events);
        }
        let mut outcomes = match self.commit(&events).await {
            Ok(outcomes) => Ok(outcomes.into_iter()),
            Err(Failure::Passing(error)) => Err(self.postpone(&error)),
            Err(Failure::Lasting(_)) => self.one_by_one(&events).await.map(Vec::into_iter),
        };
        for (size, caller) in callers {
            let answer = outcomes.as_mut().map(|outcomes| outcomes.take(size).collect()).map_err(|why| *why);
            // A caller that has gone will send the event again, and it is known then.
            drop(caller.send(answer));
        }
    }

    /// Commits the events one by one to find out which of them fails.
    async fn one_by_one(&mut self, events: &[Normalised]) -> Result<Vec<Outcome>, Unavailable> {
        let mut outcomes = Vec::with_capacity(events.len());
        for event in events {
            match self.commit(std::slice::from_ref(event)).await {
                Ok(outcome) => outcomes.extend(outcome),
                Err(Failure::Passing(error)) => return Err(self.postpone(&error)),
                Err(Failure::Lasting(error)) => {
                    tracing::error!(error, "an event could not be stored");
                    outcomes.push(Err(Refused::Internal));
                }
            }
        }
        Ok(outcomes)
    }

    fn postpone(&self, error: &store::Error) -> Unavailable {
        tracing::warn!(%error, "events have to wait for the database");
        let trouble = Some((self.ctx.clock.instant(), error.to_string()));
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
        Unavailable::Database
    }

    /// Checks whether anybody else has written or waits to write. Called before a transaction of events begins.
    fn note_others(&mut self) {
        let writes = self.db.writes();
        let is_alone = writes.is_some() && writes == self.writes;
        self.part.store(if is_alone { PART_ALONE } else { PART }, Ordering::Relaxed);
        self.writes = writes.map(|own| own + 1);
    }

    async fn commit(&mut self, events: &[Normalised]) -> Result<Vec<Outcome>, Failure> {
        self.note_others();
        let work = async {
            let mut unit = Unit::begin(&self.db, &self.ctx).await?;
            let results = events::accept(&mut unit, events, Links::Give).await?;
            unit.commit().await?;
            Ok::<_, store::Error>(results)
        };
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(Ok(results)) => {
                *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = None;
                Ok(results.into_iter().map(|result| result.map_err(Refused::Conflict)).collect())
            }
            Ok(Err(error)) if error.is_transient() => Err(Failure::Passing(error)),
            Ok(Err(error)) => Err(Failure::Lasting(error.to_string())),
            Err(_) => Err(Failure::Lasting("accepting panicked".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{StatusCode, header};
    use axum::response::IntoResponse as _;

    use super::*;
    use crate::api::Problem;
    use crate::config::Config;
    use crate::domain::time::Timestamp;
    use crate::entropy::Entropy;
    use crate::i18n::Catalogue;
    use crate::service::script_set::ScriptSet;

    fn context() -> Context {
        Context {
            clock: Clock::frozen(Timestamp::from_millis(0)),
            entropy: Entropy::seeded(1),
            config: Arc::new(Config::from_lookup(|_| None).unwrap()),
            catalogue: Arc::new(Catalogue::default()),
            scripts: ScriptSet::default(),
            bot_username: "bot".into(),
        }
    }

    #[tokio::test]
    async fn what_cannot_wait_any_more_is_sent_away_until_there_is_room_again() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::new_in(folder.path()).await;
        let (queue, worker) = event_queue(db, context());
        let waiting: Vec<Waiting> = (0..WAITING).map(|_| queue.hand_in(Vec::new()).unwrap()).collect();
        let refused = queue.hand_in(Vec::new()).unwrap_err();
        assert_eq!(refused, Unavailable::Overload);
        let response = Problem::from(refused).into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.headers().contains_key(header::RETRY_AFTER));
        let last = queue.clone();
        drop(queue);
        let after = async {
            for job in waiting {
                assert!(job.outcomes().await.is_ok());
            }
            assert!(last.submit(Vec::new()).await.is_ok());
            drop(last);
        };
        tokio::join!(worker.run(), after);
    }

    #[tokio::test]
    async fn parts_are_large_while_nobody_else_writes() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::new_in(folder.path()).await;
        let (queue, worker) = event_queue(db.clone(), context());
        let parts = async {
            assert_eq!(queue.part(), PART);
            queue.submit(Vec::new()).await.unwrap();
            queue.submit(Vec::new()).await.unwrap();
            assert_eq!(queue.part(), PART_ALONE);
            db.write().await.unwrap().commit().await.unwrap();
            queue.submit(Vec::new()).await.unwrap();
            assert_eq!(queue.part(), PART);
            queue.submit(Vec::new()).await.unwrap();
            assert_eq!(queue.part(), PART_ALONE);
            drop(queue);
        };
        tokio::join!(worker.run(), parts);
    }
}
