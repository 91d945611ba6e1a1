//! Who in this process writes next. There is one writer at a time, so a tap may have to wait for one transaction that is
//! under way, but not for all the background work that would be next.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// How long background work lets others pass before it takes its place in the queue like anybody. So it goes on however
/// much is tapped.
const GIVES_WAY_FOR: Duration = Duration::from_millis(50);

/// The turns of one process. Cheap to clone; all clones share them.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    /// How many write, or wait for it, whom background work lets pass.
    first: watch::Sender<usize>,
    /// Background work takes turns among itself, so that only one transaction of it can be ahead of a tap.
    background: Arc<Semaphore>,
}

/// Lasts as long as the transaction.
#[derive(Debug)]
pub(super) struct Turn {
    first: Option<watch::Sender<usize>>,
    _background: Option<OwnedSemaphorePermit>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { first: watch::Sender::new(0), background: Arc::new(Semaphore::new(1)) }
    }
}

impl Turns {
    /// For whom somebody waits.
    pub fn first(&self) -> Turn {
        self.first.send_modify(|writing| *writing += 1);
        Turn { first: Some(self.first.clone()), _background: None }
    }

    /// For work that may wait a little.
    pub async fn background(&self) -> Turn {
        let permit = Arc::clone(&self.background).acquire_owned().await.ok();
        let mut first = self.first.subscribe();
        drop(tokio::time::timeout(GIVES_WAY_FOR, first.wait_for(|writing| *writing == 0)).await);
        Turn { first: None, _background: permit }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(first) = &self.first {
            first.send_modify(|writing| *writing -= 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn background_work_lets_others_pass_but_not_for_ever() {
        let turns = Turns::default();
        let (tap, next_tap) = (turns.first(), turns.first());
        let mut background = Box::pin(turns.background());
        drop(tap);
        assert!(background.as_mut().now_or_never().is_none(), "the next tap comes first, too");
        drop(next_tap);
        drop(background.await);
        let _long = turns.first();
        let began = tokio::time::Instant::now();
        turns.background().await;
        assert!(began.elapsed() >= GIVES_WAY_FOR);
    }

    #[tokio::test]
    async fn only_one_transaction_of_background_work_is_ahead_of_a_tap() {
        let turns = Turns::default();
        let page = turns.background().await;
        let mut other = Box::pin(turns.background());
        assert!(other.as_mut().now_or_never().is_none());
        let tap = turns.first();
        drop(page);
        assert!(other.as_mut().now_or_never().is_none(), "the tap came later, and goes first");
        drop(tap);
        drop(other.await);
    }
}
