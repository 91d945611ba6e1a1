//! Group commit: deliveries that arrive together are stored together, and their senders get the answers after the
//! commit. Deliveries that were refused are counted on the way, so that a flood of them costs no transaction each.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant as RealInstant;

use crate::api::queue::Unavailable;
use crate::clock::Instant;
use crate::service::Context;
use crate::service::hooks::watch::SILENT_AFTER;
use crate::store::deliveries::NewDelivery;
use crate::store::{self, Db, Tx};
use crate::telemetry::metrics::DELIVERIES;

/// The most deliveries that may wait. Further senders get a 503.
const WAITING: usize = 1024;
/// The most deliveries in one transaction, so that taps never wait long for them.
const TOGETHER: usize = 256;
/// While several senders deliver at once, two transactions begin at least so far apart. What comes meanwhile is stored
/// together, which leaves writer and disk to taps, and no sender's patience is that short. Who delivers alone does not
/// wait.
const APART: Duration = Duration::from_millis(20);

/// The most bytes of one hook's deliveries that may wait to be mapped, in base64. Its further senders get a 503.
pub const MOST_WAITING_BYTES: i64 = 64 << 20;
/// For how long the bytes that wait are only added up. Other processes store deliveries, too.
const COUNTED_FOR: Duration = Duration::from_secs(1);

enum Job {
    Store(Box<NewDelivery>, oneshot::Sender<Result<(), Unavailable>>),
    /// A delivery to this hook was refused.
    Refused(Refused),
}

/// A hook's key and name.
type Refused = (i64, String);

/// Where deliveries are handed in. Cheap to clone. The worker ends when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct DeliveryQueue(mpsc::Sender<Job>);

/// The task that stores deliveries.
pub struct DeliveryQueueWorker {
    jobs: mpsc::Receiver<Job>,
    db: Db,
    ctx: Context,
    /// What waits to be mapped, by hook.
    backlogs: HashMap<i64, Backlog>,
}

/// The bytes of one hook's deliveries that wait to be mapped. As some were mapped since they were counted, there are no
/// more than these, but for those that other processes stored.
struct Backlog {
    bytes: i64,
    counted_at: Instant,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Job")
    }
}

impl std::fmt::Debug for DeliveryQueueWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeliveryQueueWorker")
    }
}

/// Makes the queue and its worker, which has to run beside the server.
pub fn delivery_queue(db: Db, ctx: Context) -> (DeliveryQueue, DeliveryQueueWorker) {
    let (sender, jobs) = mpsc::channel(WAITING);
    (DeliveryQueue(sender), DeliveryQueueWorker { jobs, db, ctx, backlogs: HashMap::new() })
}

impl DeliveryQueue {
    /// Hands in a delivery and waits until it is on disk.
    pub(super) async fn submit(&self, delivery: NewDelivery) -> Result<(), Unavailable> {
        let (reply, stored) = oneshot::channel();
        self.0.try_send(Job::Store(Box::new(delivery), reply)).map_err(|_| Unavailable::Overload)?;
        stored.await.unwrap_or(Err(Unavailable::Database))
    }

    /// Counts a refused delivery, unless there is too much to do.
    pub(super) fn note_refused(&self, hook: i64, name: &str) {
        drop(self.0.try_send(Job::Refused((hook, name.to_owned()))));
    }
}

impl DeliveryQueueWorker {
    /// Stores deliveries until every [`DeliveryQueue`] is gone and nothing is waiting.
    pub async fn run(mut self) {
        let mut waiting = Vec::new();
        let mut next_at = None;
        while self.gather(&mut waiting, next_at).await > 0 {
            next_at = (waiting.len() > 1).then(|| RealInstant::now() + APART);
            let (mut deliveries, mut replies) = (Vec::new(), Vec::new());
            let mut refused: HashMap<Refused, i64> = HashMap::new();
            for job in waiting.drain(..) {
                match job {
                    Job::Store(delivery, reply) => {
                        deliveries.push(*delivery);
                        replies.push(reply);
                    }
                    Job::Refused(hook) => *refused.entry(hook).or_default() += 1,
                }
            }
            let stored = self.store(deliveries, &refused).await;
            if let Err(error) = &stored {
                tracing::warn!(%error, "deliveries cannot be stored; their senders are asked to come again");
            }
            let has_room = stored.unwrap_or_default();
            for (at, reply) in replies.into_iter().enumerate() {
                let answer = match has_room.get(at) {
                    Some(true) => Ok(()),
                    Some(false) => Err(Unavailable::Overload),
                    None => Err(Unavailable::Database),
                };
                // A sender that has gone will come again, and the delivery is known then.
                let _ = reply.send(answer);
            }
        }
    }

    /// Waits for a delivery, and for all that come until `next_at`.
    async fn gather(&mut self, waiting: &mut Vec<Job>, next_at: Option<RealInstant>) -> usize {
        let mut open = self.jobs.recv_many(waiting, TOGETHER).await > 0;
        let Some(next_at) = next_at else { return waiting.len() };
        while open && waiting.len() < TOGETHER {
            let more = self.jobs.recv_many(waiting, TOGETHER - waiting.len());
            match tokio::time::timeout_at(next_at, more).await {
                Ok(came) => open = came > 0,
                Err(_) => break,
            }
        }
        waiting.len()
    }

    /// The bytes of a hook's deliveries that wait. Counting goes through all of them, and the writer waits meanwhile, so
    /// it is done only now and then, and before a sender is refused.
    async fn backlog(&mut self, tx: &mut Tx, hook: i64, new: i64) -> store::Result<i64> {
        let now = self.ctx.clock.instant();
        if let Some(backlog) = self.backlogs.get(&hook)
            && now < backlog.counted_at.plus(COUNTED_FOR)
            && backlog.bytes.saturating_add(new) <= MOST_WAITING_BYTES
        {
            return Ok(backlog.bytes);
        }
        let bytes = tx.count_waiting_bytes(hook).await?;
        self.backlogs.insert(hook, Backlog { bytes, counted_at: now });
        Ok(bytes)
    }

    /// Stores deliveries, and says of each whether its hook had room for it.
    async fn store(
        &mut self,
        deliveries: Vec<NewDelivery>,
        refused: &HashMap<Refused, i64>,
    ) -> store::Result<Vec<bool>> {
        let now = self.ctx.clock.now();
        let mut tx = self.db.write().await?;
        let mut new: HashMap<i64, i64> = HashMap::new();
        for delivery in &deliveries {
            *new.entry(delivery.hook).or_default() += delivery.bytes();
        }
        let mut bytes: HashMap<i64, i64> = HashMap::new();
        for (hook, new) in new {
            bytes.insert(hook, self.backlog(&mut tx, hook, new).await?);
        }
        let (mut has_room, mut stored) = (Vec::with_capacity(deliveries.len()), Vec::new());
        for delivery in deliveries {
            let waiting = bytes.entry(delivery.hook).or_default();
            let after = waiting.saturating_add(delivery.bytes());
            let fits = after <= MOST_WAITING_BYTES;
            *waiting = if fits { after } else { *waiting };
            has_room.push(fits);
            if fits {
                stored.push(delivery);
            }
        }
        tx.insert_deliveries(&stored).await?;
        let hooks: BTreeSet<i64> = stored.iter().map(|delivery| delivery.hook).collect();
        for hook in hooks {
            tx.note_hook_delivered(hook, now, SILENT_AFTER).await?;
        }
        for ((hook, name), count) in refused {
            tx.count_refused(*hook, *count, now).await?;
            let labels = [("hook", name.clone().into()), ("outcome", "refused".into())];
            self.db.metrics().add(&DELIVERIES, &labels, u64::try_from(*count).unwrap_or(0));
        }
        tx.commit().await?;
        for (hook, bytes) in bytes {
            self.backlogs.entry(hook).and_modify(|backlog| backlog.bytes = bytes);
        }
        if has_room.contains(&false) {
            tracing::warn!(
                "a hook's deliveries wait to be mapped and take too much room; further ones are refused"
            );
        }
        Ok(has_room)
    }
}
