//! What customers and leads read about the deadlines of a case.

use chrono_tz::Tz;

use super::alert::duration;
use super::written;
use crate::domain::case::Cause;
use crate::domain::case::deadlines::Deadline;
use crate::domain::ids::CaseNumber;
use crate::domain::template::escape_html;
use crate::domain::time::Timestamp;
use crate::i18n::{Catalogue, FluentValue};

/// The number of a case as a value. A number for a person's eye has no separators.
fn n(number: CaseNumber) -> (&'static str, FluentValue<'static>) {
    ("n", number.to_string().into())
}

/// A moment as the lines of a case show it: `21.11 18:00`.
fn at(catalogue: &Catalogue, locale: &str, at: Timestamp, zone: Tz) -> String {
    written(&catalogue.text(locale, "case-at"), at, zone)
}

/// Tells a customer of their case in a message of its own. `when` begins with a blank or is empty.
#[must_use]
pub fn told(catalogue: &Catalogue, locale: &str, number: CaseNumber, when: &str) -> String {
    catalogue.with(locale, "case-told", &[n(number), ("when", when.to_owned().into())])
}

/// The same under the last text of a survey.
#[must_use]
pub fn told_at_end(catalogue: &Catalogue, locale: &str, number: CaseNumber, when: &str) -> String {
    catalogue.with(locale, "case-told-end", &[n(number), ("when", when.to_owned().into())])
}

/// A promise was broken.
#[must_use]
pub fn late(
    catalogue: &Catalogue,
    locale: &str,
    number: CaseNumber,
    promised: Timestamp,
    now: Timestamp,
    zone: Tz,
) -> String {
    let day = |at: Timestamp| at.to_utc().with_timezone(&zone).date_naive();
    let time = if day(promised) == day(now) {
        written("%H:%M", promised, zone)
    } else {
        at(catalogue, locale, promised, zone)
    };
    catalogue.with(locale, "case-late", &[n(number), ("time", time.into())])
}

/// A case was resolved.
#[must_use]
pub fn closed(catalogue: &Catalogue, locale: &str, number: CaseNumber, cause: Cause) -> String {
    let id = if cause == Cause::NoAnswer { "case-closed-silence" } else { "case-closed" };
    catalogue.with(locale, id, &[n(number)])
}

/// What is said of a deadline.
#[derive(Clone, Copy, Debug)]
pub struct Due<'a> {
    pub number: CaseNumber,
    pub due: Timestamp,
    /// Whose case it is.
    pub owner: Option<&'a str>,
    pub deadline: Deadline,
}

impl Due<'_> {
    fn whose(&self, catalogue: &Catalogue, locale: &str) -> String {
        match self.owner {
            Some(owner) => catalogue.with(locale, "who-has", &[("name", escape_html(owner).into())]),
            None => catalogue.text(locale, "who-nobody"),
        }
    }
}

/// Reminds the leads of a deadline.
#[must_use]
pub fn warning(
    catalogue: &Catalogue,
    locale: &str,
    due: &Due<'_>,
    left: std::time::Duration,
    zone: Tz,
) -> String {
    let id = match due.deadline {
        Deadline::Contact => "warn-contact",
        Deadline::Resolution => "warn-resolve",
    };
    // Rounded up to a full minute.
    let seconds = left.as_secs().div_ceil(60) * 60;
    let left = duration(catalogue, locale, seconds);
    let values = [n(due.number), ("at", at(catalogue, locale, due.due, zone).into()), ("left", left.into())];
    format!("{} {}", catalogue.with(locale, id, &values), due.whose(catalogue, locale))
}

/// Tells the leads that a deadline has passed.
#[must_use]
pub fn overdue(catalogue: &Catalogue, locale: &str, due: &Due<'_>, zone: Tz) -> String {
    let id = match due.deadline {
        Deadline::Contact => "esc-contact",
        Deadline::Resolution => "esc-resolve",
    };
    let values = [n(due.number), ("at", at(catalogue, locale, due.due, zone).into())];
    format!("{} {}", catalogue.with(locale, id, &values), due.whose(catalogue, locale))
}

/// The most numbers that one message lists.
const MOST_NUMBERS: usize = 12;

/// Tells the leads of many deadlines at once.
#[must_use]
pub fn folded(catalogue: &Catalogue, locale: &str, numbers: &[CaseNumber], are_overdue: bool) -> String {
    let id = if are_overdue { "esc-fold" } else { "warn-fold" };
    let head = catalogue.with(locale, id, &[("count", numbers.len().into())]);
    let shown: Vec<String> = numbers
        .iter()
        .take(MOST_NUMBERS)
        .map(|number| catalogue.with(locale, "case-number", &[n(*number)]))
        .collect();
    let rest = if numbers.len() > MOST_NUMBERS { " …" } else { "" };
    format!("{head}\n{}{rest}\n{}", shown.join(" "), catalogue.text(locale, "cases-where"))
}
