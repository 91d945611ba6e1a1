//! Tickets by their steps: how many were opened, reopened and closed, how many are open, and how long it takes.

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Opened,
    Reopened,
    Closed,
}

/// The steps of one subject, in chronological order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    steps: Vec<(Timestamp, Step)>,
}

/// The number of each kind of event in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub opened: u64,
    pub reopened: u64,
    pub closed: u64,
}

impl Ticket {
    /// Takes the steps in any order.
    #[must_use]
    pub fn new(mut steps: Vec<(Timestamp, Step)>) -> Self {
        steps.sort_unstable();
        Self { steps }
    }

    /// Since when the ticket has been open at the end of a period: the first step after its last closing before that
    /// end. `None` if it is closed, or if nothing is known about it.
    fn open_since(&self, end: Timestamp) -> Option<Timestamp> {
        let before = &self.steps[..self.steps.partition_point(|(at, _)| *at < end)];
        let closing = before.iter().rposition(|(_, step)| *step == Step::Closed);
        before.get(closing.map_or(0, |place| place + 1)).map(|(at, _)| *at)
    }

    /// The time from its first opening in the period to the first closing at or after that; if there is none, the
    /// ticket is still open.
    fn time_to_close(&self, period: &Range<Timestamp>, now: Timestamp) -> Option<Lasted> {
        let is_opening = |(at, step): &&(Timestamp, Step)| *step == Step::Opened && period.contains(at);
        let (opened, _) = self.steps.iter().find(is_opening)?;
        let closed = self.steps.iter().find(|(at, step)| *step == Step::Closed && at >= opened);
        let until = closed.map_or(now, |(at, _)| *at);
        Some(Lasted { seconds: until.since(*opened).as_secs(), is_closed: closed.is_some() })
    }

    /// The number of closings in the period that are old enough to judge, and how many of them were followed by a
    /// reopening in time.
    fn reopened(&self, period: &Range<Timestamp>, now: Timestamp) -> (u64, u64) {
        let is_reopened = |closed: Timestamp| {
            let in_time = |at: Timestamp| at > closed && at.since(closed) <= REOPENED_WITHIN;
            self.steps.iter().any(|(at, step)| *step == Step::Reopened && in_time(*at))
        };
        let closings = self.steps.iter().filter(|(_, step)| *step == Step::Closed).map(|(at, _)| *at);
        let old: Vec<Timestamp> =
            closings.filter(|at| period.contains(at) && now.since(*at) >= REOPENED_WITHIN).collect();
        (old.len() as u64, old.iter().filter(|at| is_reopened(**at)).count() as u64)
    }
}

/// Counts what happened in a period.
#[must_use]
pub fn counts(tickets: &[Ticket], period: &Range<Timestamp>) -> Counts {
    let mut counts = Counts::default();
    for (at, step) in tickets.iter().flat_map(|ticket| &ticket.steps) {
        if period.contains(at) {
            *match step {
                Step::Opened => &mut counts.opened,
                Step::Reopened => &mut counts.reopened,
                Step::Closed => &mut counts.closed,
            } += 1;
        }
    }
    counts
}

/// The tickets open at the end of a period, by how long they have been open.
#[must_use]
pub fn backlog(tickets: &[Ticket], end: Timestamp) -> Durations {
    let age = |ticket: &Ticket| Some(end.since(ticket.open_since(end)?).as_secs());
    Durations::new(tickets.iter().filter_map(age).collect(), 0)
}

/// How long it takes to close the tickets opened in a period.
#[must_use]
pub fn time_to_close(tickets: &[Ticket], period: &Range<Timestamp>, now: Timestamp) -> Survival {
    Survival::of(tickets.iter().filter_map(|ticket| ticket.time_to_close(period, now)).collect())
}

/// Of the closings that are at least seven days old, the share after which the ticket was reopened within seven days.
pub fn reopen_rate(tickets: &[Ticket], period: &Range<Timestamp>, now: Timestamp) -> Option<Measure> {
    let (mut closings, mut reopened) = (0, 0);
    for ticket in tickets {
        let (more, of_them) = ticket.reopened(period, now);
        closings += more;
        reopened += of_them;
    }
    share(reopened, closings, Deff::NONE)
}
