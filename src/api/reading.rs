//! Reads bodies on threads that nobody else waits for, and limits how much is read at the same time.

use std::sync::Arc;

use tokio::sync::{Semaphore, TryAcquireError};

use super::Problem;

/// How many threads may read at the same time. One thread reads events faster than the writer stores them, and leaves
/// the other cores to everybody else.
const READERS: usize = 1;
/// The limit on all large bodies in memory together, in MiB.
const HELD: usize = 256;

/// Access to the reading threads and the memory allowance. Cheap to clone; all clones share one allowance.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    readers: Arc<Semaphore>,
    held: Arc<Semaphore>,
}

/// A body's share of the memory allowance. It is returned on drop.
#[derive(Debug)]
pub(super) struct Held {
    permit: tokio::sync::OwnedSemaphorePermit,
    allowance: Arc<Semaphore>,
}

impl Default for Reading {
    fn default() -> Self {
        Self { readers: Arc::new(Semaphore::new(READERS)), held: Arc::new(Semaphore::new(HELD)) }
    }
}

impl Reading {
    /// Runs a piece of work outside the handlers. Turns are first come, first served, so that two batches that are read
    /// piece by piece alternate.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = Arc::clone(&self.readers).acquire_owned().await.map_err(|_| Problem::internal())?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            // The turn is kept until the work ends, even if nobody waits for it any more.
            drop(turn);
            done
        });
        done.await.map_err(|_| Problem::internal())
    }

    /// Starts a share for a body that is larger than every request may be.
    pub fn hold(&self) -> Result<Held, Problem> {
        let permit = Arc::clone(&self.held).try_acquire_owned().map_err(full)?;
        Ok(Held { permit, allowance: Arc::clone(&self.held) })
    }
}

impl Held {
    /// Grows the share to `bytes`, or fails if the allowance is used up.
    pub fn grow_to(&mut self, bytes: usize) -> Result<(), Problem> {
        let wanted = bytes.div_ceil(1 << 20);
        while self.permit.num_permits() < wanted {
            self.permit.merge(Arc::clone(&self.allowance).try_acquire_owned().map_err(full)?);
        }
        Ok(())
    }
}

fn full(_: TryAcquireError) -> Problem {
    Problem::unread("more large batches are being read than fit into memory; try again")
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[tokio::test]
    async fn bodies_may_only_be_so_large_together() {
        let reading = Reading::default();
        let mut first = reading.hold().unwrap();
        let mut second = reading.hold().unwrap();
        first.grow_to((HELD - 1) << 20).unwrap();
        assert_eq!(second.grow_to((1 << 20) + 1).unwrap_err().status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(reading.hold().is_err());
        drop(first);
        second.grow_to(HELD << 20).unwrap();
    }

    #[tokio::test]
    async fn a_batch_that_comes_later_does_not_wait_for_all_pieces_of_the_first() {
        let reading = Reading::default();
        let order = Arc::new(std::sync::Mutex::new(String::new()));
        let batch = async |name: char| {
            for _ in 0..3 {
                let order = Arc::clone(&order);
                reading.run(move || order.lock().unwrap().push(name)).await.unwrap();
            }
        };
        tokio::join!(batch('a'), batch('b'));
        assert!(order.lock().unwrap().starts_with("ab"));
    }
}
