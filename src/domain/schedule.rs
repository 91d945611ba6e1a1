//! Decides when a survey may be sent. Delays are elapsed time. Quiet hours and days off follow the customer's wall
//! clock and calendar; they are checked instant by instant, so gaps and folds of daylight saving time need no special
//! rule.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::sending::{QuietHours, Sending};
use super::time::Timestamp;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    At(Timestamp),
    /// No allowed moment is left before the event gets too old.
    Stale,
}

/// Returns the time from which an event's delays count. The sender's clock may be ahead of ours by the few minutes that
/// we accept, but nobody waits longer because of that.
#[must_use]
pub fn counts_from(occurred_at: Timestamp, received_at: Timestamp) -> Timestamp {
    occurred_at.min(received_at)
}

/// Returns when to send a survey for an event of `event_time`, as seen from `now`. When the survey is claimed, this is
/// computed again; the survey may be sent only if the result is `now`.
#[must_use]
pub fn moment(event_time: Timestamp, now: Timestamp, sending: &Sending, zone: Tz) -> Moment {
    let target = event_time.plus(sending.delay);
    let earliest = event_time.plus(sending.delay_min);
    let latest = event_time.plus(sending.delay_max);
    let stale_after = stale_after(event_time, sending);
    let hours = Hours { sending, zone };
    hours
        .first_allowed(now.max(target), latest)
        .or_else(|| hours.first_allowed(now.max(earliest), target))
        .or_else(|| hours.first_allowed(now.max(latest), stale_after))
        .map_or(Moment::Stale, Moment::At)
}

/// Returns the last instant at which a survey that may be sent `now` may still be sent without another check.
#[must_use]
pub fn allowed_until(event_time: Timestamp, now: Timestamp, sending: &Sending, zone: Tz) -> Timestamp {
    allowed_through(now, stale_after(event_time, sending), sending, zone)
}

/// Returns the first instant in `[from, to]` at which sending is allowed.
#[must_use]
pub fn first_allowed(from: Timestamp, to: Timestamp, sending: &Sending, zone: Tz) -> Option<Timestamp> {
    Hours { sending, zone }.first_allowed(from, to)
}

/// Returns the last instant, `to` at the latest, until which sending stays allowed. It must be allowed `now`.
#[must_use]
pub fn allowed_through(now: Timestamp, to: Timestamp, sending: &Sending, zone: Tz) -> Timestamp {
    Hours { sending, zone }.first(false, now, to).map_or(to, |end| end.plus_millis(-1))
}

/// Returns the last instant at which the event is recent enough to ask about.
#[must_use]
pub fn stale_after(event_time: Timestamp, sending: &Sending) -> Timestamp {
    event_time.plus(sending.max_age)
}

struct Hours<'a> {
    sending: &'a Sending,
    zone: Tz,
}

impl Hours<'_> {
    fn first_allowed(&self, from: Timestamp, to: Timestamp) -> Option<Timestamp> {
        self.first(true, from, to)
    }

    /// Returns the first instant in `[from, to]` at which sending is allowed, or is not allowed if `allowed` is false.
    fn first(&self, allowed: bool, from: Timestamp, to: Timestamp) -> Option<Timestamp> {
        let mut at = from;
        while at <= to {
            if self.allows(at) == allowed {
                return Some(at);
            }
            at = self.next_boundary(at);
        }
        None
    }

    fn allows(&self, at: Timestamp) -> bool {
        let local = local(at, offset_ms(at, self.zone));
        !self.sending.quiet_hours.contains(local.time()) && !self.sending.days_off.contains(local.date())
    }

    /// Returns the next instant after `at` at which the answer may change: midnight, either end of the quiet hours, or
    /// a change of the zone's offset.
    fn next_boundary(&self, at: Timestamp) -> Timestamp {
        let offset = offset_ms(at, self.zone);
        let local = local(at, offset);
        let quiet = match self.sending.quiet_hours {
            QuietHours::Off => None,
            QuietHours::Between { from, to } => Some([from, to]),
        };
        let steady_until = steady_until(at, offset, self.zone);
        quiet
            .into_iter()
            .flatten()
            .chain([NaiveTime::MIN])
            .map(|time| at.plus_millis(millis_until(local, time)))
            .fold(steady_until, Timestamp::min)
    }
}

/// Returns the milliseconds from a wall time to the next time the clock shows `time`, assuming a constant offset. Never
/// zero.
fn millis_until(local: NaiveDateTime, time: NaiveTime) -> i64 {
    let millis = (time - local.time()).num_milliseconds();
    if millis > 0 { millis } else { millis + DAY_MS }
}

fn offset_ms(at: Timestamp, zone: Tz) -> i64 {
    let offset = zone.offset_from_utc_datetime(&at.to_utc().naive_utc()).fix();
    i64::from(offset.local_minus_utc()) * 1000
}

fn local(at: Timestamp, offset_ms: i64) -> NaiveDateTime {
    let utc = at.to_utc().naive_utc();
    utc.checked_add_signed(TimeDelta::milliseconds(offset_ms)).unwrap_or(utc)
}

/// Returns the instant of the zone's next offset change within a day, or the end of that day if there is no change.
fn steady_until(at: Timestamp, offset: i64, zone: Tz) -> Timestamp {
    let (mut same, mut other) = (at, at.plus_millis(DAY_MS));
    if offset_ms(other, zone) == offset {
        return other;
    }
    while other.millis() - same.millis() > 1 {
        let middle = same.plus_millis((other.millis() - same.millis()) / 2);
        if offset_ms(middle, zone) == offset {
            same = middle;
        } else {
            other = middle;
        }
    }
    other
}

/// Returns the instant at which `day` begins in `zone`. If midnight is in a gap, that is the first instant after the
/// gap.
#[must_use]
pub fn start_of_day(day: NaiveDate, zone: Tz) -> Timestamp {
    first_at(day.and_time(NaiveTime::MIN), zone)
}

/// Returns the instant at which the clocks of `zone` first show `wall`. If that is in a gap, it is the first instant
/// after the gap.
#[must_use]
pub fn first_at(wall: NaiveDateTime, zone: Tz) -> Timestamp {
    match zone.from_local_datetime(&wall).earliest() {
        Some(at) => Timestamp::from(at.to_utc()),
        None => after_gap(wall, zone),
    }
}

/// Returns the instant at which the clocks of `zone` last show `wall`. If that is in a gap, it is the first instant
/// after the gap.
#[must_use]
pub fn last_at(wall: NaiveDateTime, zone: Tz) -> Timestamp {
    match zone.from_local_datetime(&wall).latest() {
        Some(at) => Timestamp::from(at.to_utc()),
        None => after_gap(wall, zone),
    }
}

/// Returns the first instant after the gap that `wall` is in.
fn after_gap(wall: NaiveDateTime, zone: Tz) -> Timestamp {
    // A day before the wall time read as UTC is before the gap in every zone; from there, each hop goes to the next
    // offset change or a day ahead, until the local time has passed the wall time.
    let before = Timestamp::from(Utc.from_utc_datetime(&wall)).plus_millis(-DAY_MS);
    let (mut at, mut hops) = (before, 0);
    while hops < 4 && local(at, offset_ms(at, zone)) < wall {
        at = steady_until(at, offset_ms(at, zone), zone);
        hops += 1;
    }
    at
}

/// Returns the start of the day that contains `at` in the calendar of `zone`.
#[must_use]
pub fn day_of(at: Timestamp, zone: Tz) -> Timestamp {
    start_of_day(at.to_utc().with_timezone(&zone).date_naive(), zone)
}

/// Returns the start of the day after the one that contains `at` in the calendar of `zone`.
#[must_use]
pub fn start_of_next_day(at: Timestamp, zone: Tz) -> Timestamp {
    let today = at.to_utc().with_timezone(&zone).date_naive();
    start_of_day(today.succ_opt().unwrap_or(today), zone)
}

#[cfg(test)]
mod tests;
