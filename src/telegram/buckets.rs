//! How fast we may write: token buckets and windows as plain values fed with instants. No clock, no waiting.

use std::collections::VecDeque;
use std::time::Duration;

use super::limits;
use crate::clock::Instant;

/// A token bucket, kept as the one instant at which it will be full again.
#[derive(Clone, Debug)]
pub struct Bucket {
    every_micros: i64,
    burst: i64,
    full_at_micros: i64,
}

impl Bucket {
    /// A full bucket of `burst` tokens that gains one every `every`.
    pub fn new(every: Duration, burst: u32) -> Self {
        Self {
            every_micros: i64::try_from(every.as_micros()).unwrap_or(i64::MAX),
            burst: i64::from(burst.max(1)),
            full_at_micros: i64::MIN / 2,
        }
    }

    /// A bucket for `rate` a second; its burst is a tenth of a second's worth, so that no second sees far more.
    pub fn per_second(rate: u32) -> Self {
        let rate = rate.max(1);
        Self::new(Duration::from_secs(1) / rate, rate / 10)
    }

    /// The first instant, `now` or later, at which there is a token.
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

/// At most so many in any stretch of time, exactly: a bucket would let a burst and its refill into one minute.
#[derive(Clone, Debug)]
pub struct Window {
    length: Duration,
    most: usize,
    taken: VecDeque<Instant>,
}

impl Window {
    pub fn new(length: Duration, most: usize) -> Self {
        Self { length, most: most.max(1), taken: VecDeque::new() }
    }

    pub fn next(&self, now: Instant) -> Instant {
        match self.taken.len().checked_sub(self.most) {
            Some(oldest) => now.max(self.taken[oldest].plus(self.length)),
            None => now,
        }
    }

    pub fn take(&mut self, now: Instant) {
        while self.taken.len() >= self.most
            || self.taken.front().is_some_and(|at| at.plus(self.length) <= now)
        {
            self.taken.pop_front();
        }
        self.taken.push_back(now);
    }

    pub fn is_full(&self, now: Instant) -> bool {
        self.taken.back().is_none_or(|at| at.plus(self.length) <= now)
    }
}

#[derive(Clone, Debug)]
enum Rate {
    Private(Bucket),
    Group(Window),
}

impl Rate {
    fn next(&self, now: Instant) -> Instant {
        match self {
            Self::Private(bucket) => bucket.next(now),
            Self::Group(window) => window.next(now),
        }
    }

    fn take(&mut self, now: Instant) {
        match self {
            Self::Private(bucket) => bucket.take(now),
            Self::Group(window) => window.take(now),
        }
    }

    fn is_full(&self, now: Instant) -> bool {
        match self {
            Self::Private(bucket) => bucket.is_full(now),
            Self::Group(window) => window.is_full(now),
        }
    }
}

/// What one chat may get: sends and edits are counted apart.
#[derive(Clone, Debug)]
pub struct ChatLimits {
    sends: Rate,
    edits: Rate,
}

impl ChatLimits {
    pub fn of(chat_id: i64) -> Self {
        if is_private(chat_id) {
            Self {
                sends: Rate::Private(Bucket::new(limits::PRIVATE_SEND_EVERY, limits::PRIVATE_SEND_BURST)),
                edits: Rate::Private(Bucket::new(limits::PRIVATE_EDIT_EVERY, limits::PRIVATE_EDIT_BURST)),
            }
        } else {
            let window = || Rate::Group(Window::new(limits::GROUP_WINDOW, limits::GROUP_CALLS));
            Self { sends: window(), edits: window() }
        }
    }

    pub fn next(&self, edit: bool, now: Instant) -> Instant {
        if edit { self.edits.next(now) } else { self.sends.next(now) }
    }

    pub fn take(&mut self, edit: bool, now: Instant) {
        if edit { self.edits.take(now) } else { self.sends.take(now) }
    }

    /// Nothing is remembered any more that a new value would not know.
    pub fn is_forgettable(&self, now: Instant) -> bool {
        self.sends.is_full(now) && self.edits.is_full(now)
    }
}

/// Users have positive chat IDs; groups, supergroups and channels have negative ones.
pub fn is_private(chat_id: i64) -> bool {
    chat_id > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Instant {
        Instant::from_millis(1_700_000_000_000 + millis)
    }

    /// The instants at which `count` calls leave that all want to leave at once.
    fn leaves(
        next: impl Fn(&ChatLimits, Instant) -> Instant,
        edit: bool,
        chat: i64,
        count: usize,
    ) -> Vec<i64> {
        let mut limits = ChatLimits::of(chat);
        let mut now = at(0);
        (0..count)
            .map(|_| {
                now = next(&limits, now);
                limits.take(edit, now);
                now.millis() - at(0).millis()
            })
            .collect()
    }

    #[test]
    fn a_private_chat_gets_three_at_once_and_then_one_a_second() {
        assert_eq!(leaves(|l, n| l.next(false, n), false, 7, 6), [0, 0, 0, 1000, 2000, 3000]);
        assert_eq!(leaves(|l, n| l.next(true, n), true, 7, 7), [0, 0, 0, 0, 0, 1000, 2000]);
    }

    #[test]
    fn a_group_never_gets_more_than_eighteen_in_any_minute() {
        let times = leaves(|l, n| l.next(false, n), false, -7, 40);
        assert_eq!(times[17], 0);
        assert_eq!(times[18], 60_000);
        for pair in times.windows(19) {
            assert!(pair[18] - pair[0] >= 60_000, "{pair:?}");
        }
    }

    #[test]
    fn sends_and_edits_do_not_take_from_each_other() {
        let mut limits = ChatLimits::of(7);
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
        let mut limits = ChatLimits::of(7);
        assert!(limits.is_forgettable(at(0)));
        limits.take(false, at(0));
        assert!(!limits.is_forgettable(at(999)));
        assert!(limits.is_forgettable(at(1000)));
        let mut group = ChatLimits::of(-7);
        group.take(true, at(0));
        assert!(!group.is_forgettable(at(59_999)));
        assert!(group.is_forgettable(at(60_000)));
    }
}
