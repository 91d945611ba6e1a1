//! Working time: which hours an installation works, how much of them lies between two instants, and when a budget of
//! working time is used up. Pure, as exact as the zone's rules: a day of 24 hours may last 23 or 25.

use std::fmt;
use std::time::Duration;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use chrono_tz::Tz;

use super::schedule::{first_at, last_at};
use super::setting_problem::Problem;
use super::time::Timestamp;

mod budget;
mod hours;
mod special_days;

pub use budget::Budget;
pub use hours::WorkingHours;
pub use special_days::SpecialDays;

/// After how many dates in a row without work a calendar is refused.
const LONGEST_REST: u32 = 366;
/// No walk over the dates goes further than this. Budgets and calendars are far smaller.
const FARTHEST_DAYS: u64 = 400_000;

/// The part of a date from one wall time to another, in minutes from midnight; half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    from: u16,
    to: u16,
}

impl Interval {
    const WHOLE_DAY: Self = Self { from: 0, to: MINUTES_A_DAY };
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

const MINUTES_A_DAY: u16 = 24 * 60;

/// The working hours of an installation.
///
/// A date's intervals are read on the clocks of the zone. A wall time that the clocks leave out means the first instant
/// after the gap. One that they show twice means the earlier instant where work begins and the later one where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    zone: Tz,
    hours: WorkingHours,
    special: SpecialDays,
}

/// A stretch of working time, half-open.
type Stretch = (Timestamp, Timestamp);

impl Calendar {
    /// # Errors
    /// Returns why nobody could work by this calendar.
    pub fn new(zone: Tz, hours: WorkingHours, special: SpecialDays) -> Result<Self, Problem> {
        let calendar = Self { zone, hours, special };
        match calendar.special.longest_rest(|date| calendar.works_on(date)) {
            days if days > LONGEST_REST => Err(Problem::Rest { days, most: LONGEST_REST }),
            _ => Ok(calendar),
        }
    }

    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }

    /// Returns the working time between two instants; zero if `to` is not later than `from`.
    #[must_use]
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Duration {
        self.stretches_from(from)
            .take_while(|(begin, _)| *begin < to)
            .map(|(begin, end)| end.min(to).since(begin.max(from)))
            .sum()
    }

    /// Returns the first instant by which `work` has passed since `from`.
    #[must_use]
    pub fn add(&self, from: Timestamp, work: Duration) -> Timestamp {
        let mut left = work;
        let mut at = from;
        if left.is_zero() {
            return at;
        }
        for (begin, end) in self.stretches_from(from) {
            let begin = begin.max(from);
            at = end;
            match left.checked_sub(end.since(begin)) {
                Some(rest) if !rest.is_zero() => left = rest,
                _ => return begin.plus(left),
            }
        }
        at
    }

    /// Returns the last instant after which `work` still passes until `to`.
    #[must_use]
    pub fn sub(&self, to: Timestamp, work: Duration) -> Timestamp {
        let mut left = work;
        let mut at = to;
        if left.is_zero() {
            return at;
        }
        for (begin, end) in self.stretches_back_from(to) {
            let end = end.min(to);
            at = begin;
            match left.checked_sub(end.since(begin)) {
                Some(rest) if !rest.is_zero() => left = rest,
                _ => return end.minus(left),
            }
        }
        at
    }

    /// Returns when a budget that starts at `from` is used up.
    #[must_use]
    pub fn due(&self, from: Timestamp, budget: Budget) -> Timestamp {
        match budget {
            Budget::Working(work) => self.add(from, work),
            Budget::Days(days) => self.add_days(from, days),
        }
    }

    /// Goes `days` working dates on and keeps the wall time. The wall time is that of `from`, or of the next working
    /// instant if nobody works then. A wall time outside the hours of the date that is reached becomes the next one
    /// within them, or their end if work is over by then.
    fn add_days(&self, from: Timestamp, days: u16) -> Timestamp {
        let start = self.next_working(from);
        let wall = self.wall(start);
        let Some(date) = dates_from(wall.date())
            .skip(1)
            .filter(|date| self.works_on(*date))
            .nth(usize::from(days.max(1)) - 1)
        else {
            return start;
        };
        let due = last_at(date.and_time(wall.time()), self.zone);
        let stretches = self.on(date);
        let within = stretches.iter().find(|(_, end)| due < *end).map(|(begin, _)| due.max(*begin));
        within.or(stretches.last().map(|(_, end)| *end)).unwrap_or(due)
    }

    /// Returns the first instant at or after `from` at which somebody works.
    #[must_use]
    pub fn next_working(&self, from: Timestamp) -> Timestamp {
        self.stretches_from(from).next().map_or(from, |(begin, _)| begin.max(from))
    }

    /// Whether the date has any working time.
    fn works_on(&self, date: NaiveDate) -> bool {
        !self.intervals(date).is_empty()
    }

    fn intervals(&self, date: NaiveDate) -> &[Interval] {
        self.special.intervals(date).unwrap_or_else(|| self.hours.on(date.weekday()))
    }

    fn wall(&self, at: Timestamp) -> NaiveDateTime {
        at.to_utc().with_timezone(&self.zone).naive_local()
    }

    /// The working time of a date. Where the clocks go back, its end may overlap with the next beginning.
    fn on(&self, date: NaiveDate) -> Vec<Stretch> {
        let wall = |minutes: u16| date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minutes));
        self.intervals(date)
            .iter()
            .map(|Interval { from, to }| (first_at(wall(*from), self.zone), last_at(wall(*to), self.zone)))
            .filter(|(begin, end)| begin < end)
            .collect()
    }

    /// The stretches that end after `from`, in order and without overlaps.
    fn stretches_from(&self, from: Timestamp) -> impl Iterator<Item = Stretch> {
        // An interval of the day before can reach into this one where the clocks go back at midnight.
        let first = self.wall(from).date() - Days::new(2);
        let mut covered = Timestamp::from_millis(i64::MIN);
        dates_from(first).flat_map(|date| self.on(date)).filter_map(move |(begin, end)| {
            let begin = begin.max(covered);
            covered = covered.max(end);
            (begin < end && from < end).then_some((begin, end))
        })
    }

    /// The stretches that begin before `to`, from the last to the first and without overlaps.
    fn stretches_back_from(&self, to: Timestamp) -> impl Iterator<Item = Stretch> {
        let first = self.wall(to).date() + Days::new(2);
        let dates = (0..FARTHEST_DAYS).map_while(move |days| first.checked_sub_days(Days::new(days)));
        let mut covered = Timestamp::from_millis(i64::MAX);
        dates.flat_map(|date| self.on(date).into_iter().rev()).filter_map(move |(begin, end)| {
            let end = end.min(covered);
            covered = covered.min(begin);
            (begin < end && begin < to).then_some((begin, end))
        })
    }
}

fn dates_from(date: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    (0..FARTHEST_DAYS).map_while(move |days| date.checked_add_days(Days::new(days)))
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

#[cfg(test)]
mod tests;
