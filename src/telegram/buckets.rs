//! How fast the program may call Telegram: token buckets as plain values that are given instants. They have no clock
//! and never wait.

use std::time::Duration;

use super::limits;
use crate::clock::Instant;

/// A token bucket, stored as the one instant at which it will be full again.
#[derive(Clone, Debug)]
pub struct Bucket {
    every_micros: i64,
    burst: i64,
    full_at_micros: i64,
}

impl Bucket {
    /// A full bucket of `burst` tokens. It gains one token per `every`.
    pub fn new(every: Duration, burst: u32) -> Self {
        Self {
            every_micros: i64::try_from(every.as_micros()).unwrap_or(i64::MAX),
            burst: i64::from(burst.max(1)),
            full_at_micros: i64::MIN / 2,
        }
    }

    /// A bucket for `rate` tokens a second. Its burst is what a tenth of a second brings, so that no second sees far
    /// more.
    pub fn per_second(rate: u32) -> Self {
        let rate = rate.max(1);
        Self::new(Duration::from_secs(1) / rate, rate / 10)
    }

    /// The first instant, `now` or later, at which a token is available.
    pub fn next(&self, now: Instant) -> Instant {
        let at = self.full_at_micros.saturating_sub((self.burst - 1).saturating_mul(self.every_micros));
        now.max(Instant::from_millis(at.div_euclid(1000) + i64::from(at.rem_euclid(1000) != 0)))
    }

    pub fn take(&mut self, now: Instant) {
        self.full_at_micros = self.full_at_micros.max(now.millis().saturating_mul(1000)) + self.every_micros;
    }

    pub fn is_full(&self, now: Instant) -> bool {
        self.full_at_micros <= now.millis().saturating_mul(1000)
    }
}

/// The limits on one private chat. Sends and edits are counted separately.
#[derive(Clone, Debug)]
pub struct PrivateLimits {
    sends: Bucket,
    edits: Bucket,
}

impl Default for PrivateLimits {
    fn default() -> Self {
        Self::new()
    }
}

impl PrivateLimits {
    pub fn new() -> Self {
        Self {
            sends: Bucket::new(limits::PRIVATE_SEND_EVERY, limits::PRIVATE_SEND_BURST),
            edits: Bucket::new(limits::PRIVATE_EDIT_EVERY, limits::PRIVATE_EDIT_BURST),
        }
    }

    pub fn next(&self, edit: bool, now: Instant) -> Instant {
        if edit { self.edits.next(now) } else { self.sends.next(now) }
    }

    pub fn take(&mut self, edit: bool, now: Instant) {
        if edit { self.edits.take(now) } else { self.sends.take(now) }
    }

    /// Whether this value can be dropped, because it holds nothing that a new value would not.
    pub fn is_forgettable(&self, now: Instant) -> bool {
        self.sends.is_full(now) && self.edits.is_full(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Instant {
        Instant::from_millis(1_700_000_000_000 + millis)
    }

    /// The instants at which `count` calls leave that are all queued at once.
    fn leaves(edit: bool, count: usize) -> Vec<i64> {
        let mut limits = PrivateLimits::new();
        let mut now = at(0);
        (0..count)
            .map(|_| {
                now = limits.next(edit, now);
                limits.take(edit, now);
                now.millis() - at(0).millis()
            })
            .collect()
    }

    #[test]
    fn a_private_chat_gets_three_at_once_and_then_one_a_second() {
        assert_eq!(leaves(false, 6), [0, 0, 0, 1000, 2000, 3000]);
        assert_eq!(leaves(true, 7), [0, 0, 0, 0, 0, 1000, 2000]);
    }

    #[test]
    fn sends_and_edits_do_not_take_from_each_other() {
        let mut limits = PrivateLimits::new();
        for _ in 0..3 {
            limits.take(false, at(0));
        }
        assert_eq!(limits.next(false, at(0)), at(1000));
        assert_eq!(limits.next(true, at(0)), at(0));
    }

    #[test]
    fn a_rate_holds_over_any_second() {
        let mut bucket = Bucket::per_second(25);
        let mut now = at(0);
        let mut times = Vec::new();
        for _ in 0..200 {
            now = bucket.next(now);
            bucket.take(now);
            times.push(now.millis());
        }
        let most = times.iter().map(|t| times.iter().filter(|o| (*t..*t + 1000).contains(*o)).count()).max();
        assert_eq!(most, Some(26));
        assert!(now.since(at(0)) <= Duration::from_secs(8), "{now:?}");
    }

    #[test]
    fn an_uneven_rate_is_neither_faster_nor_slower() {
        let mut bucket = Bucket::per_second(30);
        let mut now = at(0);
        for _ in 0..3001 {
            now = bucket.next(now);
            bucket.take(now);
        }
        let took = now.since(at(0)).as_millis();
        assert!((99_800..=100_000).contains(&took), "{took}");
    }

    #[test]
    fn a_rested_chat_is_forgettable() {
        let mut limits = PrivateLimits::new();
        assert!(limits.is_forgettable(at(0)));
        limits.take(false, at(0));
        assert!(!limits.is_forgettable(at(999)));
        assert!(limits.is_forgettable(at(1000)));
    }
}
