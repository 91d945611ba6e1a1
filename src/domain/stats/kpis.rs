//! KPIs of support and of cases: complete counts of events, with an interval where they are compared.

use super::cell::share;
use super::clusters::Deff;
use super::interval::Interval;
use super::measure::Measure;
use super::normal::Z;
use super::number::{float, ratio};
use crate::domain::time::Timestamp;

/// Something that an event may say or leave out: solved at first contact, overdue. Of the tickets closed in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub is_true: u64,
    pub said: u64,
    pub closed: u64,
}

impl Said {
    /// True of those that say.
    pub fn of_said(&self) -> Option<Measure> {
        share(self.is_true, self.said, Deff::NONE)
    }

    /// True of all closed: a lower bound while some say nothing.
    pub fn of_closed(&self) -> Option<Measure> {
        share(self.is_true, self.closed, Deff::NONE)
    }
}

/// Messages of the tickets closed in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    pub sum: u64,
    /// Those that say how many.
    pub tickets: u64,
    /// Calendar days.
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

/// So many for every hundred of something else, of which they are no part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    pub value: f64,
    /// `None` for none at all: there is no ratio to vary.
    pub interval: Option<Interval>,
}

/// Contacts (opened, else closed tickets) per 100 purchases; the interval is × and ÷ exp(z√(1/a + 1/b)), the ratio of two Poisson
/// counts on the logarithm (Rothman & Greenland 1998, Modern Epidemiology, p. 238). `None` without purchases.
pub fn contact_rate(contacts: u64, purchases: u64) -> Option<Rate> {
    let value = 100.0 * ratio(contacts, purchases)?;
    let interval = (contacts > 0).then(|| {
        let by = (Z * (1.0 / float(contacts) + 1.0 / float(purchases)).sqrt()).exp();
        Interval::between(value / by, value * by)
    });
    Some(Rate { value, interval })
}

/// Whether a case was contacted in time: the first contact by its due time. `None` while it is neither contacted nor past due, for then
/// it does not count.
pub fn is_in_time(due: Timestamp, first_contact: Option<Timestamp>, now: Timestamp) -> Option<bool> {
    match first_contact {
        Some(at) => Some(at <= due),
        None => (now > due).then_some(false),
    }
}
