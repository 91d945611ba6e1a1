//! Reading what was posted: on threads that nobody else waits for, and only so much of it at the same time.

use std::sync::Arc;

use tokio::sync::{Semaphore, TryAcquireError};

use super::Problem;

/// How many threads may read at the same time. One reads events faster than the writer stores them, and leaves the
/// other cores to everybody else.
const READERS: usize = 1;
/// How much of all bodies may be in memory at the same time, in MiB.
const HELD: usize = 256;

/// Cheap to clone; all clones share one allowance.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    readers: Arc<Semaphore>,
    held: Arc<Semaphore>,
}

/// What a body takes of the allowance; given back when it is dropped.
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
    /// Does a piece of work beside the handlers. First come, first served, so that of two batches that are read piece by
    /// piece neither waits for the other's end.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = Arc::clone(&self.readers).acquire_owned().await.map_err(|_| Problem::internal())?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            // Held until the end, also where nobody waits for it any more.
            drop(turn);
            done
        });
        done.await.map_err(|_| Problem::internal())
    }

    /// For a body that grows beyond what every request may have.
    pub fn hold(&self) -> Result<Held, Problem> {
        let permit = Arc::clone(&self.held).try_acquire_owned().map_err(full)?;
        Ok(Held { permit, allowance: Arc::clone(&self.held) })
    }
}

impl Held {
    /// Makes sure that `bytes` may be held.
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
