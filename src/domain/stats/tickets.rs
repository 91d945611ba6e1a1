//! Tickets by their steps: how many are open, how long it takes to close them, and how many come back.

use std::ops::Range;
use std::time::Duration;

use super::cell::share;
use super::clusters::Deff;
use super::durations::Durations;
use super::measure::Measure;
use super::survival::{Lasted, Survival};
use crate::domain::time::Timestamp;

/// A closing counts as successful if the ticket is not reopened within this time.
pub const REOPENED_WITHIN: Duration = Duration::from_hours(7 * 24);

/// A step of a ticket. At equal times a closing comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Opened,
    Reopened,
    Closed,
}

/// A step at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub at: Timestamp,
    pub step: Step,
    /// Whether its event is in the cut. A ticket counts by the event that a number is about: its opening, its closing,
    /// or the step since which it has been open.
    pub is_counted: bool,
}

/// The tickets of a period, counted one by one, or added as numbers that were counted before.
#[derive(Clone, Debug)]
pub struct TicketCounter {
    period: Range<Timestamp>,
    now: Timestamp,
    ages: Vec<u64>,
    lasted: Vec<Lasted>,
    closings: u64,
    reopened: u64,
}

/// What tickets come to in a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Tickets {
    /// Those open at the period's end, or now if that is earlier, by how long they have been open.
    pub backlog: Durations,
    /// How long it takes to close those opened in the period.
    pub time_to_close: Survival,
    /// After how many closings that are at least seven days old the ticket was reopened within seven days.
    pub reopened: u64,
    /// Of the closings that are at least seven days old, the share after which the ticket was reopened within seven
    /// days.
    pub reopen_rate: Option<Measure>,
}

impl TicketCounter {
    #[must_use]
    pub const fn new(period: Range<Timestamp>, now: Timestamp) -> Self {
        Self { period, now, ages: Vec::new(), lasted: Vec::new(), closings: 0, reopened: 0 }
    }

    /// The moment up to which steps are looked at: the end of the period, or now if that is earlier. What happens at this
    /// very moment has happened.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.period.end.min(self.now.plus_millis(1))
    }

    /// The closings that are judged: those of the period that are old enough.
    #[must_use]
    pub fn judged(&self) -> Range<Timestamp> {
        self.period.start..self.period.end.min(self.now.minus(REOPENED_WITHIN).plus_millis(1))
    }

    /// Adds a ticket. Its steps may come in any order; of the same steps at the same time, the first given is the first.
    pub fn add(&mut self, mut steps: Vec<Taken>) {
        steps.sort_by_key(|taken| (taken.at, taken.step));
        if let Some(at) = open_since(&steps, self.end()) {
            self.add_open(at);
        }
        if let Some((opened, closed)) = self.opened(&steps) {
            match closed {
                Some(closed) => self.add_closed_after(closed.since(opened).as_secs()),
                None => self.add_unclosed(opened),
            }
        }
        let judged = self.judged();
        let is_judged =
            |taken: &&Taken| taken.step == Step::Closed && taken.is_counted && judged.contains(&taken.at);
        for closed in steps.iter().filter(is_judged) {
            let is_reopening = |taken: &Taken| {
                taken.step == Step::Reopened
                    && taken.at > closed.at
                    && taken.at.since(closed.at) <= REOPENED_WITHIN
            };
            self.add_closings(1, u64::from(steps.iter().any(is_reopening)));
        }
    }

    /// Adds a ticket that is open at the [end](Self::end), by the time since which it has been open.
    pub fn add_open(&mut self, at: Timestamp) {
        self.ages.push(self.period.end.min(self.now).since(at).as_secs());
    }

    /// Adds a ticket that was opened in the period and closed after so many seconds.
    pub fn add_closed_after(&mut self, seconds: u64) {
        self.lasted.push(Lasted { seconds, is_closed: true });
    }

    /// Adds a ticket that was opened at this time of the period and has not been closed since.
    pub fn add_unclosed(&mut self, opened: Timestamp) {
        self.lasted.push(Lasted { seconds: self.now.since(opened).as_secs(), is_closed: false });
    }

    /// Adds [judged](Self::judged) closings, and how many of them the ticket was reopened after in time.
    pub const fn add_closings(&mut self, closings: u64, reopened: u64) {
        self.closings += closings;
        self.reopened += reopened;
    }

    /// Counts some tickets as they are now known in place of what they came to before.
    pub fn replace(&mut self, before: Self, now: Self) {
        self.ages = without(std::mem::take(&mut self.ages), before.ages);
        self.ages.extend(now.ages);
        self.lasted = without(std::mem::take(&mut self.lasted), before.lasted);
        self.lasted.extend(now.lasted);
        self.closings = (self.closings + now.closings).saturating_sub(before.closings);
        self.reopened = (self.reopened + now.reopened).saturating_sub(before.reopened);
    }

    #[must_use]
    pub fn finish(self) -> Tickets {
        Tickets {
            backlog: Durations::new(self.ages, 0),
            time_to_close: Survival::of(self.lasted),
            reopened: self.reopened,
            reopen_rate: share(self.reopened, self.closings, Deff::NONE),
        }
    }

    /// The first opening of a ticket in the period, if it is in the cut, and the first closing at or after that.
    fn opened(&self, steps: &[Taken]) -> Option<(Timestamp, Option<Timestamp>)> {
        let mut openings = steps.iter().filter(|taken| taken.step == Step::Opened);
        let first = openings.find(|taken| self.period.contains(&taken.at))?;
        let closed = steps.iter().find(|taken| taken.step == Step::Closed && taken.at >= first.at);
        first.is_counted.then_some((first.at, closed.map(|closed| closed.at)))
    }
}

/// What is left without some of them, each as often as it is among those.
fn without<T: Ord>(mut all: Vec<T>, mut less: Vec<T>) -> Vec<T> {
    if less.is_empty() {
        return all;
    }
    all.sort_unstable();
    less.sort_unstable();
    let mut less = less.into_iter().peekable();
    all.retain(|one| {
        while less.next_if(|other| other < one).is_some() {}
        less.next_if(|other| other == one).is_none()
    });
    all
}

/// Since when a ticket has been open at a moment: the first step after its last closing before that moment. `None` if it
/// is closed then, not in the cut, or nothing is known about it.
fn open_since(steps: &[Taken], end: Timestamp) -> Option<Timestamp> {
    let before = &steps[..steps.partition_point(|taken| taken.at < end)];
    let closing = before.iter().rposition(|taken| taken.step == Step::Closed);
    let first = before.get(closing.map_or(0, |place| place + 1))?;
    first.is_counted.then_some(first.at)
}
