//! Surveys as figures count them: each once, in codes, one packed column for each property and day. Any figure over
//! years is read from the few columns that it needs.
//!
//! A segment is what stands of a day. What has changed since it was written is *pending*: everything the journal says
//! behind one position, and what was marked because the journal does not speak of it. Pending surveys are read from
//! their rows, in the same snapshot; so a count is exact at any moment, and an answer is written without anything more
//! for it. Days that have no segment yet are read from their rows as well.
//!
//! [`counted`] states for every column how its change is told, [`keep`] writes segments, `Tx::count_surveys` and its
//! neighbours read them, and [`recount`] compares them with the rows.

mod agent_names;
pub mod answers;
mod besides;
mod column;
mod count;
pub mod counted;
mod cuts;
mod day;
mod dictionary;
mod events;
mod groups;
pub mod keep;
mod kept;
mod parts;
mod reading;
mod reasons;
pub mod recount;
mod rounds;
mod row;
mod scan;
mod selecting;
mod series;
mod sizes;
mod source;
mod standing;
mod tally;
mod unused;
mod waits;

#[cfg(test)]
mod tests;

pub(super) use kept::KeptCounts;
pub(super) use parts::ReadPending;
pub(super) use standing::{Seen, Unrecorded};

use chrono::{DateTime, NaiveDate, TimeDelta};

use crate::aside::aside;

/// A day's number: how many days after 1970-01-01 it is.
fn day_number(date: NaiveDate) -> i64 {
    (date - DateTime::UNIX_EPOCH.date_naive()).num_days()
}

/// The day with this number; the last one there is for numbers beyond that.
fn date_of(day: i64) -> NaiveDate {
    let after = TimeDelta::try_days(day).unwrap_or(TimeDelta::MAX);
    DateTime::UNIX_EPOCH.date_naive().checked_add_signed(after).unwrap_or(NaiveDate::MAX)
}
