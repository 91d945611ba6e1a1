//! The only source of "now". Tests and the demo hold a clock that stands still until it is moved.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::time::Timestamp;

/// A clock that is cheap to clone; all clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    base: Base,
    offset: Arc<watch::Sender<i64>>,
}

#[derive(Clone, Copy, Debug)]
enum Base {
    System,
    Frozen(Timestamp),
}

impl Clock {
    /// The machine's time.
    #[must_use]
    pub fn system() -> Self {
        Self { base: Base::System, offset: Arc::new(watch::Sender::new(0)) }
    }

    /// A clock that stands at `start` and moves only by [`Clock::advance`].
    #[must_use]
    pub fn frozen(start: Timestamp) -> Self {
        Self { base: Base::Frozen(start), offset: Arc::new(watch::Sender::new(0)) }
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        let base = match self.base {
            #[expect(clippy::disallowed_methods, reason = "this is where the system's time comes in")]
            Base::System => Timestamp::from(chrono::Utc::now()),
            Base::Frozen(start) => start,
        };
        base.plus_millis(*self.offset.borrow())
    }

    /// Moves the clock forward and wakes whoever waits for a moment that has now come.
    pub fn advance(&self, by: Duration) {
        self.offset.send_modify(|offset| *offset += i64::try_from(by.as_millis()).unwrap_or(i64::MAX));
    }

    /// Moves the clock forward to `moment`; an earlier moment changes nothing.
    pub fn advance_to(&self, moment: Timestamp) {
        self.advance(moment.since(self.now()));
    }

    /// Returns once [`Clock::now`] is `moment` or later.
    pub async fn sleep_until(&self, moment: Timestamp) {
        let mut moved = self.offset.subscribe();
        loop {
            moved.borrow_and_update();
            let left = moment.since(self.now());
            if left.is_zero() {
                return;
            }
            match self.base {
                Base::System => tokio::select! {
                    () = tokio::time::sleep(left) => {}
                    _ = moved.changed() => {}
                },
                // The sender lives as long as `self`, so this can only end by a change.
                Base::Frozen(_) => drop(moved.changed().await),
            }
        }
    }

    pub async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.now().plus(duration)).await;
    }
}
