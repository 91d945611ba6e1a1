//! The webhook that is set, and when a failed delivery is tried again.

use std::time::Duration;

use crate::clock::Instant;
use crate::domain::time::Timestamp;

/// The first repetition comes at once, the second after this long, the next after twice as long, and so on.
const FIRST_DELAY: Duration = Duration::from_secs(2);
const LONGEST_DELAY: Duration = Duration::from_mins(1);

#[derive(Clone, Debug)]
pub(super) struct Webhook {
    pub(super) url: String,
    pub(super) secret: Option<String>,
    pub(super) max_connections: i64,
    /// False if a test only pretends that a webhook is set.
    pub(super) delivers: bool,
    pub(super) last_error: Option<(Timestamp, String)>,
    /// Failed deliveries of the update that is first in the queue.
    failures: u32,
    pub(super) retry_at: Option<Instant>,
}

/// Why an update was not accepted, and for how long the bot asked to wait.
pub(super) struct Failed {
    pub(super) why: String,
    pub(super) retry_after: Option<Duration>,
}

impl Webhook {
    pub(super) fn new(url: &str, secret: Option<String>, max_connections: i64, delivers: bool) -> Self {
        let url = url.to_owned();
        Self { url, secret, max_connections, delivers, last_error: None, failures: 0, retry_at: None }
    }

    pub(super) const fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// Records a failure. Returns when to try again; `None` for at once.
    pub(super) fn failed(&mut self, failed: Failed, wall: Timestamp, now: Instant) -> Option<Instant> {
        self.last_error = Some((wall, failed.why));
        self.failures += 1;
        let delay = match self.failures {
            1 => failed.retry_after,
            failures => {
                let growing = FIRST_DELAY.saturating_mul(1 << (failures - 2).min(8));
                Some(growing.min(LONGEST_DELAY).max(failed.retry_after.unwrap_or_default()))
            }
        };
        self.retry_at = delay.map(|delay| now.plus(delay));
        self.retry_at
    }
}
