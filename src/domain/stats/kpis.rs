//! KPIs of support and cases. They are complete counts of events; those that are compared have an interval.

use super::cell::share;
use super::clusters::Deff;
use super::interval::Interval;
use super::measure::Measure;
use super::normal::Z;
use super::number::{float, ratio};
use crate::domain::time::Timestamp;

/// A fact that an event may state or leave out, such as solved at first contact or overdue, over the tickets closed in
/// a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub is_true: u64,
    pub said: u64,
    pub closed: u64,
}

impl Said {
    /// The share of those that state it.
    pub fn of_said(&self) -> Option<Measure> {
        share(self.is_true, self.said, Deff::NONE)
    }

    /// The share of all closed tickets; a lower bound if some do not state it.
    pub fn of_closed(&self) -> Option<Measure> {
        share(self.is_true, self.closed, Deff::NONE)
    }
}

/// The messages of the tickets closed in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    pub sum: u64,
    /// The number of tickets that state how many messages they had.
    pub tickets: u64,
    /// The number of calendar days.
    pub days: u64,
}

impl Messages {
    pub fn per_day(&self) -> Option<f64> {
        ratio(self.sum, self.days)
    }

    pub fn per_ticket(&self) -> Option<f64> {
        ratio(self.sum, self.tickets)
    }
}

/// A number per hundred of something else, which does not include it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    pub value: f64,
    /// `None` if the count is 0, because then there is no ratio to vary.
    pub interval: Option<Interval>,
}

/// Contacts (tickets opened, or else closed) per 100 purchases. The interval is × and ÷ exp(z√(1/a + 1/b)), for the
/// ratio of two Poisson counts on the log scale (Rothman & Greenland 1998, Modern Epidemiology, p. 238). `None` without
/// purchases.
pub fn contact_rate(contacts: u64, purchases: u64) -> Option<Rate> {
    let value = 100.0 * ratio(contacts, purchases)?;
    let interval = (contacts > 0).then(|| {
        let by = (Z * (1.0 / float(contacts) + 1.0 / float(purchases)).sqrt()).exp();
        Interval::between(value / by, value * by)
    });
    Some(Rate { value, interval })
}

/// Whether the first contact in a case happened by its due time. `None` while there was no contact and the case is not
/// yet due; it does not count then.
pub fn is_in_time(due: Timestamp, first_contact: Option<Timestamp>, now: Timestamp) -> Option<bool> {
    match first_contact {
        Some(at) => Some(at <= due),
        None => (now > due).then_some(false),
    }
}
