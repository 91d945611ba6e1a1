//! Group commit: deliveries that arrive together are stored together, and their senders get the answers after the
//! commit. Deliveries that were refused are counted on the way, so that a flood of them costs no transaction each.

use std::collections::HashMap;

use tokio::sync::{mpsc, oneshot};

use crate::api::queue::Unavailable;
use crate::service::Context;
use crate::store::deliveries::NewDelivery;
use crate::store::{self, Db};

/// The most deliveries that may wait. Further senders get a 503.
const WAITING: usize = 1024;
/// The most deliveries in one transaction, so that taps never wait long for them.
const TOGETHER: usize = 256;

enum Job {
    Store(Box<NewDelivery>, oneshot::Sender<bool>),
    /// A delivery to this hook was refused.
    Refused(i64),
}

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
        if stored.await.unwrap_or(false) { Ok(()) } else { Err(Unavailable::Database) }
    }

    /// Counts a refused delivery, unless there is too much to do.
    pub(super) fn note_refused(&self, hook: i64) {
        drop(self.0.try_send(Job::Refused(hook)));
    }
}

impl DeliveryQueueWorker {
    /// Stores deliveries until every [`DeliveryQueue`] is gone and nothing is waiting.
    pub async fn run(mut self) {
        let mut waiting = Vec::new();
        while self.jobs.recv_many(&mut waiting, TOGETHER).await > 0 {
            let (mut deliveries, mut replies) = (Vec::new(), Vec::new());
            let mut refused: HashMap<i64, i64> = HashMap::new();
            for job in waiting.drain(..) {
                match job {
                    Job::Store(delivery, reply) => {
                        deliveries.push(*delivery);
                        replies.push(reply);
                    }
                    Job::Refused(hook) => *refused.entry(hook).or_default() += 1,
                }
            }
            let stored = self.store(&deliveries, &refused).await;
            if let Err(error) = &stored {
                tracing::warn!(%error, "deliveries cannot be stored; their senders are asked to come again");
            }
            for reply in replies {
                // A sender that has gone will come again, and the delivery is known then.
                let _ = reply.send(stored.is_ok());
            }
        }
    }

    async fn store(&self, deliveries: &[NewDelivery], refused: &HashMap<i64, i64>) -> store::Result<()> {
        let mut tx = self.db.write().await?;
        tx.insert_deliveries(deliveries).await?;
        for (hook, count) in refused {
            tx.count_refused(*hook, *count, self.ctx.clock.now()).await?;
        }
        tx.commit().await
    }
}
