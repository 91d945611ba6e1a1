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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taken {
    pub at: Timestamp,
    pub step: Step,
    /// Whether its event is in the cut. A ticket counts by the event that a number is about: its opening, its closing,
    /// or the step since which it has been open.
    pub is_counted: bool,
}

/// The tickets of a period, counted one by one.
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

    /// Adds a ticket. Its steps may come in any order.
    pub fn add(&mut self, mut steps: Vec<Taken>) {
        steps.sort_unstable();
        // What happens at this very moment has happened.
        let is_over = self.period.end <= self.now;
        let (end, age_at) =
            if is_over { (self.period.end, self.period.end) } else { (self.now.plus_millis(1), self.now) };
        self.ages.extend(open_since(&steps, end).map(|at| age_at.since(at).as_secs()));
        self.lasted.extend(self.time_to_close(&steps));
        self.add_closings(&steps);
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

    /// The time from its first opening in the period to the first closing at or after that; if there is none, the
    /// ticket is still open.
    fn time_to_close(&self, steps: &[Taken]) -> Option<Lasted> {
        let is_opening = |taken: &&Taken| {
            taken.step == Step::Opened && taken.is_counted && self.period.contains(&taken.at)
        };
        let opened = steps.iter().find(is_opening)?.at;
        let closed = steps.iter().find(|taken| taken.step == Step::Closed && taken.at >= opened);
        let until = closed.map_or(self.now, |closed| closed.at);
        Some(Lasted { seconds: until.since(opened).as_secs(), is_closed: closed.is_some() })
    }

    /// Counts the closings in the period that are old enough to judge, and those of them that were followed by a
    /// reopening in time.
    fn add_closings(&mut self, steps: &[Taken]) {
        for closed in steps.iter().filter(|taken| taken.step == Step::Closed && taken.is_counted) {
            if !self.period.contains(&closed.at) || self.now.since(closed.at) < REOPENED_WITHIN {
                continue;
            }
            let is_reopening = |taken: &Taken| {
                taken.step == Step::Reopened
                    && taken.at > closed.at
                    && taken.at.since(closed.at) <= REOPENED_WITHIN
            };
            self.closings += 1;
            self.reopened += u64::from(steps.iter().any(is_reopening));
        }
    }
}

/// Since when a ticket has been open at a moment: the first step after its last closing before that moment. `None` if it
/// is closed then, not in the cut, or nothing is known about it.
fn open_since(steps: &[Taken], end: Timestamp) -> Option<Timestamp> {
    let before = &steps[..steps.partition_point(|taken| taken.at < end)];
    let closing = before.iter().rposition(|taken| taken.step == Step::Closed);
    let first = before.get(closing.map_or(0, |place| place + 1))?;
    first.is_counted.then_some(first.at)
}
