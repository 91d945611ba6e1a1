//! The two deadlines of a case: until somebody first contacts the customer, and until the case is resolved. Both are
//! working time. They begin when the case is opened, and again when it is reopened.

use std::time::Duration;

use chrono::{DurationRound as _, TimeDelta};
use chrono_tz::Tz;

use super::{Budgets, Severity};
use crate::domain::calendar::Calendar;
use crate::domain::scale::written;
use crate::domain::schedule::first_allowed;
use crate::domain::sending::Sending;
use crate::domain::time::Timestamp;

/// The leads are reminded when a quarter of the time is left, but not earlier than this before the deadline,
const EARLIEST_WARNING: Duration = Duration::from_hours(4);
/// and not later than this.
const LATEST_WARNING: Duration = Duration::from_mins(15);
/// Words that came after a case was resolved wait for this working time before they reopen it.
const AFTERWORD_WAITS: Duration = Duration::from_hours(4);
/// The longest quiet hours and days off that a promise is moved over.
const LONGEST_QUIET: Duration = Duration::from_hours(14 * 24);

written! {
    /// What a deadline is for.
    Deadline { Contact = "contact", Resolution = "resolution" }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    pub contact: Timestamp,
    pub resolution: Timestamp,
}

/// By what deadlines are counted.
#[derive(Clone, Debug)]
pub struct Terms {
    pub calendar: Calendar,
    pub first_contact: Budgets,
    pub resolution: Budgets,
}

impl Terms {
    /// The deadlines of a case that begins at `from`.
    #[must_use]
    pub fn deadlines(&self, category: &str, severity: Severity, from: Timestamp) -> Deadlines {
        Deadlines {
            contact: self.calendar.due(from, self.first_contact.of(category, severity)),
            resolution: self.calendar.due(from, self.resolution.of(category, severity)),
        }
    }

    /// When the leads are reminded of a deadline that began at `from`.
    #[must_use]
    pub fn warning(&self, from: Timestamp, due: Timestamp) -> Timestamp {
        let time = self.calendar.between(from, due);
        let left = if time < 2 * LATEST_WARNING {
            time / 2
        } else {
            (time / 4).clamp(LATEST_WARNING, EARLIEST_WARNING)
        };
        self.calendar.sub(due, left)
    }

    /// When words that came at `at`, after the case was resolved, reopen it if nobody deals with them.
    #[must_use]
    pub fn afterword_until(&self, at: Timestamp) -> Timestamp {
        self.calendar.add(at, AFTERWORD_WAITS)
    }
}

impl Deadlines {
    /// Each deadline becomes the earlier of the two.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        Self { contact: self.contact.min(other.contact), resolution: self.resolution.min(other.resolution) }
    }
}

/// The time that a customer is promised: the deadline, rounded up to a full hour of their clock, and never in the hours
/// in which nothing is sent to them. It is never earlier than the deadline.
#[must_use]
pub fn promised(due: Timestamp, zone: Tz, sending: &Sending) -> Timestamp {
    let local = due.to_utc().with_timezone(&zone);
    let hour = TimeDelta::hours(1);
    let rounded = local.naive_local().duration_trunc(hour).map_or(due, |hour_begun| {
        let past = local.naive_local() - hour_begun;
        let missing = if past.is_zero() { past } else { hour - past };
        due.plus_millis(missing.num_milliseconds())
    });
    first_allowed(rounded, rounded.plus(LONGEST_QUIET), sending, zone).unwrap_or(rounded)
}

/// Something that happened to a case and may move its deadlines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Opened,
    Reopened,
    /// The customer learned of the case. From then on deadlines only come earlier.
    Told,
    Severity(Severity),
    Category(String),
}

/// The deadlines that a history of changes comes to. It says once more, in another way, what the acts have stored.
#[must_use]
pub fn recounted(
    terms: &Terms,
    (category, severity): (&str, Severity),
    history: &[(Timestamp, Change)],
) -> Option<Deadlines> {
    let (mut category, mut severity) = (category.to_owned(), severity);
    let (mut round, mut is_told) = (None, false);
    let mut deadlines: Option<Deadlines> = None;
    for (at, change) in history {
        match change {
            Change::Opened | Change::Reopened => {
                round = Some(*at);
                deadlines = Some(terms.deadlines(&category, severity, *at));
                continue;
            }
            Change::Told => {
                is_told = true;
                continue;
            }
            Change::Severity(new) => {
                let rises = *new > severity;
                severity = *new;
                if is_told && !rises {
                    continue;
                }
            }
            Change::Category(new) => category.clone_from(new),
        }
        let (Some(round), Some(before)) = (round, deadlines) else { continue };
        deadlines = Some(match change {
            _ if !is_told => terms.deadlines(&category, severity, round),
            Change::Severity(_) => before.earlier(terms.deadlines(&category, severity, *at)),
            _ => before.earlier(terms.deadlines(&category, severity, round)),
        });
    }
    deadlines
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::case_settings::CaseSettings;
    use crate::domain::sending::{SendOverrides, SendingDefaults};

    const MOSCOW: Tz = chrono_tz::Europe::Moscow;

    fn at(text: &str) -> Timestamp {
        Timestamp::from(DateTime::parse_from_rfc3339(&format!("{text}:00+03:00")).unwrap().to_utc())
    }

    fn terms(hours: &str, first_contact: &str) -> Terms {
        let settings = CaseSettings { hours: hours.parse().unwrap(), ..CaseSettings::default() };
        Terms {
            calendar: settings.calendar(MOSCOW).unwrap(),
            first_contact: Budgets::parse(first_contact, Budgets::FIRST_CONTACT).unwrap(),
            resolution: settings.resolution,
        }
    }

    #[test]
    fn a_warning_comes_when_a_quarter_is_left_but_not_too_early_and_not_too_late() {
        let office = terms("mon-fri 09:00-18:00", "");
        for (from, due, warned) in [
            // Eight hours of work: two are left.
            ("2026-11-20T09:00", "2026-11-20T17:00", "2026-11-20T15:00"),
            // Over the weekend, in working time.
            ("2026-11-20T17:00", "2026-11-23T10:00", "2026-11-23T09:30"),
            // Never earlier than four hours of work before.
            ("2026-11-16T09:00", "2026-11-20T18:00", "2026-11-20T14:00"),
            // Never later than a quarter of an hour before, or half-way.
            ("2026-11-20T09:00", "2026-11-20T09:40", "2026-11-20T09:25"),
            ("2026-11-20T09:00", "2026-11-20T09:20", "2026-11-20T09:10"),
        ] {
            assert_eq!(office.warning(at(from), at(due)), at(warned), "{from} {due}");
        }
    }

    #[test]
    fn a_promise_is_a_full_hour_outside_the_quiet_hours_and_never_before_the_deadline() {
        let sending = SendOverrides::default().resolve(&SendingDefaults::default());
        let promised = |due: &str, zone| promised(at(due), zone, &sending);
        assert_eq!(promised("2026-11-21T15:00", MOSCOW), at("2026-11-21T15:00"));
        assert_eq!(promised("2026-11-21T15:01", MOSCOW), at("2026-11-21T16:00"));
        // 21:00 is quiet.
        assert_eq!(promised("2026-11-21T20:30", MOSCOW), at("2026-11-22T10:00"));
        // 15:01 in Moscow is 17:46 in Kathmandu; its next full hour is 18:00.
        assert_eq!(promised("2026-11-21T15:01", chrono_tz::Asia::Kathmandu), at("2026-11-21T15:15"));
    }

    #[test]
    fn deadlines_are_recomputed_until_the_customer_is_told_and_then_only_come_earlier() {
        let terms = terms("mon-sun 00:00-24:00", "delivery/normal 1h");
        let (opened, later) = (at("2026-11-21T12:00"), at("2026-11-21T14:00"));
        let contact = |history: &[(Timestamp, Change)]| {
            recounted(&terms, ("quality", Severity::Normal), history).unwrap().contact
        };
        let hours = |hours: u64| opened.plus(Duration::from_hours(hours));
        let begun = (opened, Change::Opened);
        let told = (opened, Change::Told);
        assert_eq!(contact(std::slice::from_ref(&begun)), hours(24));
        let minor = (later, Change::Severity(Severity::Minor));
        assert_eq!(contact(&[begun.clone(), minor.clone()]), hours(48));
        assert_eq!(contact(&[begun.clone(), told.clone(), minor]), hours(24));
        let urgent = (later, Change::Severity(Severity::Urgent));
        assert_eq!(contact(&[begun.clone(), urgent.clone()]), hours(4), "from the opening");
        assert_eq!(contact(&[begun.clone(), told.clone(), urgent.clone()]), hours(6), "from the rise");
        let delivery = (later, Change::Category("delivery".to_owned()));
        assert_eq!(contact(&[begun.clone(), told.clone(), delivery]), hours(1));
        let reopened = (hours(100), Change::Reopened);
        assert_eq!(contact(&[begun, told, urgent, reopened]), hours(104));
    }
}
