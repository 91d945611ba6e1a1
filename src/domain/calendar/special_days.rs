//! Days that are not like others of their weekday: `2027-01-01..2027-01-08, +2027-01-09 10:00-16:00`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{Days, NaiveDate};

use super::Interval;
use super::hours::{intervals, written};
use crate::domain::setting_problem::Problem;

/// The longest range of days off that may be written at once; a longer one is a typo.
const LONGEST_RANGE: u64 = 366;

/// Days off, and days that are worked whatever the week says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpecialDays {
    /// Ranges, both ends included, as they were written.
    off: Vec<(NaiveDate, NaiveDate)>,
    worked: BTreeMap<NaiveDate, Vec<Interval>>,
}

impl SpecialDays {
    /// What is worked on this date, if it is not like others of its weekday.
    pub(super) fn intervals(&self, date: NaiveDate) -> Option<&[Interval]> {
        match self.worked.get(&date) {
            Some(intervals) => Some(intervals),
            None => self.off.iter().any(|(from, to)| (*from..=*to).contains(&date)).then_some(&[]),
        }
    }

    /// The most dates in a row on which `works` is false, looked for from a week before the first day off.
    pub(super) fn longest_rest(&self, works: impl Fn(NaiveDate) -> bool) -> u32 {
        let Some(first) = self.off.iter().map(|(from, _)| *from).min() else { return 0 };
        let last = self.off.iter().map(|(_, to)| *to).max().unwrap_or(first) + Days::new(7);
        let (mut longest, mut rest) = (0, 0);
        for date in (first - Days::new(7)).iter_days().take_while(|date| *date <= last) {
            rest = if works(date) { 0 } else { rest + 1 };
            longest = longest.max(rest);
        }
        longest
    }
}

impl FromStr for SpecialDays {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let mut days = Self::default();
        for item in items(text) {
            match item.strip_prefix('+') {
                Some(worked) => days.add_worked(worked)?,
                None => days.add_off(&item)?,
            }
        }
        Ok(days)
    }
}

/// Splits at commas. A part that is only hours belongs to the worked day before it.
fn items(text: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match items.last_mut() {
            Some(last) if last.starts_with('+') && is_hours(part) => *last = format!("{last}, {part}"),
            _ => items.push(part.to_owned()),
        }
    }
    items
}

fn is_hours(part: &str) -> bool {
    part.as_bytes().get(2) == Some(&b':')
}

impl SpecialDays {
    fn add_worked(&mut self, text: &str) -> Result<(), Problem> {
        let (day, hours) =
            text.split_once(' ').ok_or_else(|| Problem::DateWithoutHours(format!("+{text}")))?;
        let day = date(day)?;
        match self.worked.insert(day, intervals(hours)?) {
            Some(_) => Err(Problem::Twice(format!("+{day}"))),
            None => Ok(()),
        }
    }

    fn add_off(&mut self, text: &str) -> Result<(), Problem> {
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        let (from, to) = (date(from)?, date(to)?);
        if to < from {
            return Err(Problem::Backwards(text.to_owned()));
        }
        if (to - from).num_days().unsigned_abs() >= LONGEST_RANGE {
            return Err(Problem::LongerThanYear(text.to_owned()));
        }
        self.off.push((from, to));
        Ok(())
    }
}

fn date(text: &str) -> Result<NaiveDate, Problem> {
    let wrong = || Problem::Date(text.to_owned());
    let is_whole = text.len() == 10;
    is_whole.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten().ok_or_else(wrong)
}

impl fmt::Display for SpecialDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let off = self
            .off
            .iter()
            .map(|(from, to)| if from == to { from.to_string() } else { format!("{from}..{to}") });
        let worked = self.worked.iter().map(|(date, hours)| format!("+{date} {}", written(hours)));
        f.write_str(&off.chain(worked).collect::<Vec<_>>().join(", "))
    }
}
