//! Group commit: deliveries that arrive together are stored together, and their senders get the answers after the
//! commit. Deliveries that were refused are counted on the way, so that a flood of them costs no transaction each.

use std::collections::{BTreeSet, HashMap};

use tokio::sync::{mpsc, oneshot};

use crate::api::queue::Unavailable;
use crate::service::Context;
use crate::service::hooks::watch::SILENT_AFTER;
use crate::store::deliveries::NewDelivery;
use crate::store::{self, Db};
use crate::telemetry::metrics::DELIVERIES;

/// The most deliveries that may wait. Further senders get a 503.
const WAITING: usize = 1024;
/// The most deliveries in one transaction, so that taps never wait long for them.
const TOGETHER: usize = 256;

/// The most bytes of one hook's deliveries that may wait to be mapped, in base64. Its further senders get a 503.
pub const MOST_WAITING_BYTES: i64 = 64 << 20;

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
    (DeliveryQueue(sender), DeliveryQueueWorker { jobs, db, ctx })
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
        while self.jobs.recv_many(&mut waiting, TOGETHER).await > 0 {
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

    /// Stores deliveries, and says of each whether its hook had room for it.
    async fn store(
        &self,
        deliveries: Vec<NewDelivery>,
        refused: &HashMap<Refused, i64>,
    ) -> store::Result<Vec<bool>> {
        let now = self.ctx.clock.now();
        let mut tx = self.db.write().await?;
        let mut bytes: HashMap<i64, i64> = HashMap::new();
        let (mut has_room, mut stored) = (Vec::with_capacity(deliveries.len()), Vec::new());
        for delivery in deliveries {
            let waiting = match bytes.get(&delivery.hook) {
                Some(waiting) => *waiting,
                None => tx.count_waiting_bytes(delivery.hook).await?,
            };
            let after = waiting.saturating_add(delivery.bytes());
            let fits = after <= MOST_WAITING_BYTES;
            bytes.insert(delivery.hook, if fits { after } else { waiting });
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
        if has_room.contains(&false) {
            tracing::warn!(
                "a hook's deliveries wait to be mapped and take too much room; further ones are refused"
            );
        }
        Ok(has_room)
    }
}
