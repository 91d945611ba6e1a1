//! When a survey may leave. Delays are elapsed time; quiet hours and days off are the customer's wall time and
//! calendar, asked instant by instant, so that a gap or a fold of daylight saving time needs no rule of its own.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::sending::{QuietHours, Sending};
use super::time::Timestamp;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    At(Timestamp),
    /// No allowed moment is left before the event is too old.
    Stale,
}

/// The time from which an event's delays count. Its sender's clock may be ahead of ours by the few minutes that are
/// allowed; nobody waits longer for that.
#[must_use]
pub fn counts_from(occurred_at: Timestamp, received_at: Timestamp) -> Timestamp {
    occurred_at.min(received_at)
}

/// The moment at which a survey for an event of `event_time` leaves, seen from `now`. When it is claimed the same
/// question is asked again: it may leave exactly if the answer is `now`.
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

/// The last instant at which a survey that may leave `now` may still leave without asking again.
#[must_use]
pub fn allowed_until(event_time: Timestamp, now: Timestamp, sending: &Sending, zone: Tz) -> Timestamp {
    allowed_through(now, stale_after(event_time, sending), sending, zone)
}

/// The first instant in `[from, to]` at which anything may be sent.
#[must_use]
pub fn first_allowed(from: Timestamp, to: Timestamp, sending: &Sending, zone: Tz) -> Option<Timestamp> {
    Hours { sending, zone }.first_allowed(from, to)
}

/// The last instant up to `to` through which sending stays allowed, as it is `now`.
#[must_use]
pub fn allowed_through(now: Timestamp, to: Timestamp, sending: &Sending, zone: Tz) -> Timestamp {
    Hours { sending, zone }.first(false, now, to).map_or(to, |end| end.plus_millis(-1))
}

/// The last instant at which the event is young enough to ask about.
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

    /// The first instant in `[from, to]` at which sending is allowed (or, with `false`, is not).
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

    /// The next instant after `at` at which the answer may change: midnight, an end of the quiet hours, or a
    /// change of the zone's offset.
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

/// From a wall time to the next `time` of the clock, while no offset changes; never zero.
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

/// The instant at which the zone's offset changes next, looking one day ahead: without a change, that day's end.
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

/// The instant at which `day` begins in `zone`; in a gap, the first instant after it.
#[must_use]
pub fn start_of_day(day: NaiveDate, zone: Tz) -> Timestamp {
    let midnight = day.and_time(NaiveTime::MIN);
    if let Some(start) = zone.from_local_datetime(&midnight).earliest() {
        return Timestamp::from(start.to_utc());
    }
    // The gap ends less than a day after a wall time before it, read with the offset before it.
    let before = Timestamp::from(Utc.from_utc_datetime(&midnight)).plus_millis(-DAY_MS);
    let (mut at, mut hops) = (before, 0);
    while hops < 4 && local(at, offset_ms(at, zone)) < midnight {
        at = steady_until(at, offset_ms(at, zone), zone);
        hops += 1;
    }
    at
}

/// The beginning of the day that `at` is in, as the calendar of `zone` has it.
#[must_use]
pub fn day_of(at: Timestamp, zone: Tz) -> Timestamp {
    start_of_day(at.to_utc().with_timezone(&zone).date_naive(), zone)
}

#[cfg(test)]
mod tests;
