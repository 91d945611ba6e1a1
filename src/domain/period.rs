//! Periods of figures: whole calendar days, weeks, months, quarters or years, and ranges of them.

use std::fmt;

use chrono::{Datelike as _, Days as Count, Months, NaiveDate, Weekday};

use super::counting::Days;

/// Earlier and later years are typing mistakes.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

/// The error for a text that names no period.
pub const ALLOWED: &str = "write 2026-11-21, 2026-W47, 2026-11, 2026-Q4 or 2026, or two of these like 2026-08..2026-10, both included";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// A calendar unit by its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Whole {
    unit: Unit,
    start: NaiveDate,
}

/// A period as people name it. It is half-open: `days().until` is the first day after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    first: Whole,
    last: Whole,
}

impl Period {
    /// Reads a period. The error completes "the period …".
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is not a period: {ALLOWED}");
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let whole = |part: &str| Whole::parse(part).ok_or_else(wrong);
        let period = Self { first: whole(first)?, last: whole(last)? };
        if period.days().count() == 0 {
            return Err(format!("'{text}' ends before it begins"));
        }
        Ok(period)
    }

    /// The days from `from` to `to`, both included.
    #[must_use]
    pub fn between(from: NaiveDate, to: NaiveDate) -> Option<Self> {
        let day = |start| Whole { unit: Unit::Day, start };
        let is_sound = from <= to && YEARS.contains(&from.year()) && YEARS.contains(&to.year());
        is_sound.then(|| Self { first: day(from), last: day(to) })
    }

    #[must_use]
    pub fn day(day: NaiveDate) -> Self {
        let whole = Whole { unit: Unit::Day, start: day };
        Self { first: whole, last: whole }
    }

    /// The calendar month of a day.
    #[must_use]
    pub fn month_of(day: NaiveDate) -> Self {
        let whole = Whole { unit: Unit::Month, start: day.with_day(1).unwrap_or(day) };
        Self { first: whole, last: whole }
    }

    /// The ISO week of a day.
    #[must_use]
    pub fn week_of(day: NaiveDate) -> Self {
        let start = day.week(Weekday::Mon).first_day();
        let whole = Whole { unit: Unit::Week, start };
        Self { first: whole, last: whole }
    }

    /// The calendar quarter of a day.
    #[must_use]
    pub fn quarter_of(day: NaiveDate) -> Self {
        let month = day.month0() / 3 * 3 + 1;
        let start = NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day);
        let whole = Whole { unit: Unit::Quarter, start };
        Self { first: whole, last: whole }
    }

    /// The period of the same length just after.
    #[must_use]
    pub fn next(&self) -> Option<Self> {
        let same = self.first.unit == self.last.unit;
        let length = self.first.unit.steps(self.first.start, self.last.moved(1).start);
        same.then(|| Self { first: self.first.moved(length), last: self.last.moved(length) })
    }

    /// This period and so many before it of the same kind. `None` for a period of mixed units.
    #[must_use]
    pub fn with_earlier(&self, more: i64) -> Option<Self> {
        (self.first == self.last).then(|| Self { first: self.first.moved(-more), last: self.last })
    }

    #[must_use]
    pub fn days(&self) -> Days {
        Days { from: self.first.start, until: self.last.moved(1).start }
    }

    /// The period of the same length just before: the month before a month, the three months before three months.
    #[must_use]
    pub fn previous(&self) -> Self {
        if self.first.unit == self.last.unit {
            let length = self.first.unit.steps(self.first.start, self.last.moved(1).start);
            return Self { first: self.first.moved(-length), last: self.last.moved(-length) };
        }
        let days = self.days();
        let length = Count::new(days.count().unsigned_abs());
        let from = days.from.checked_sub_days(length).unwrap_or(days.from);
        let day = |start| Whole { unit: Unit::Day, start };
        Self { first: day(from), last: day(days.from.pred_opt().unwrap_or(from)) }
    }

    /// The same period a year before: the same months, quarters or dates, and 52 weeks back for weeks. `None` before the
    /// year 2000.
    #[must_use]
    pub fn a_year_before(&self) -> Option<Self> {
        let back = |whole: Whole| {
            let by = match whole.unit {
                Unit::Day => {
                    let start = whole.start.checked_sub_months(Months::new(12))?;
                    return Some(Whole { start, ..whole });
                }
                Unit::Week => -52,
                Unit::Month => -12,
                Unit::Quarter => -4,
                Unit::Year => -1,
            };
            Some(whole.moved(by))
        };
        let period = Self { first: back(self.first)?, last: back(self.last)? };
        YEARS.contains(&period.first.start.year()).then_some(period)
    }

    /// The 365 days that end with the last day.
    #[must_use]
    pub fn year_to_its_end(&self) -> Days {
        let until = self.days().until;
        Days { from: until.checked_sub_days(Count::new(365)).unwrap_or(until), until }
    }
}

impl Whole {
    fn parse(text: &str) -> Option<Self> {
        let number = |text: &str, digits: usize| -> Option<u32> {
            let is_plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
            is_plain.then(|| text.parse().ok()).flatten()
        };
        let (year, rest) = text.split_once('-').map_or((text, None), |(year, rest)| (year, Some(rest)));
        let year = i32::try_from(number(year, 4)?).ok().filter(|year| YEARS.contains(year))?;
        let (unit, start) = match rest {
            None => (Unit::Year, NaiveDate::from_ymd_opt(year, 1, 1)?),
            Some(rest) => {
                if let Some(week) = rest.strip_prefix('W') {
                    (Unit::Week, NaiveDate::from_isoywd_opt(year, number(week, 2)?, Weekday::Mon)?)
                } else if let Some(quarter) = rest.strip_prefix('Q') {
                    let quarter = number(quarter, 1).filter(|quarter| (1..=4).contains(quarter))?;
                    (Unit::Quarter, NaiveDate::from_ymd_opt(year, 3 * quarter - 2, 1)?)
                } else if let Some((month, day)) = rest.split_once('-') {
                    (Unit::Day, NaiveDate::from_ymd_opt(year, number(month, 2)?, number(day, 2)?)?)
                } else {
                    (Unit::Month, NaiveDate::from_ymd_opt(year, number(rest, 2)?, 1)?)
                }
            }
        };
        Some(Self { unit, start })
    }

    /// The same unit, so many later.
    fn moved(self, by: i64) -> Self {
        let months = match self.unit {
            Unit::Day | Unit::Week => {
                let days = if self.unit == Unit::Week { 7 * by } else { by };
                let start = self.start.checked_add_signed(chrono::TimeDelta::days(days));
                return Self { start: start.unwrap_or(self.start), ..self };
            }
            Unit::Month => by,
            Unit::Quarter => 3 * by,
            Unit::Year => 12 * by,
        };
        let count = Months::new(u32::try_from(months.unsigned_abs()).unwrap_or(u32::MAX));
        let start = if months < 0 {
            self.start.checked_sub_months(count)
        } else {
            self.start.checked_add_months(count)
        };
        Self { start: start.unwrap_or(self.start), ..self }
    }
}

impl Unit {
    /// How many of this unit lie between two starts.
    fn steps(self, from: NaiveDate, until: NaiveDate) -> i64 {
        let months = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month0());
        match self {
            Self::Day => (until - from).num_days(),
            Self::Week => (until - from).num_days() / 7,
            Self::Month => months(until) - months(from),
            Self::Quarter => (months(until) - months(from)) / 3,
            Self::Year => (months(until) - months(from)) / 12,
        }
    }
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.start;
        match self.unit {
            Unit::Day => write!(f, "{start}"),
            Unit::Week => write!(f, "{}", start.format("%G-W%V")),
            Unit::Month => write!(f, "{}", start.format("%Y-%m")),
            Unit::Quarter => write!(f, "{}-Q{}", start.year(), start.month0() / 3 + 1),
            Unit::Year => write!(f, "{}", start.year()),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}..{}", self.first, self.last)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2026-11-21", "2026-11-21", "2026-11-22", "2026-11-20")]
    #[case("2026-W01", "2025-12-29", "2026-01-05", "2025-W52")]
    #[case("2026-W53", "2026-12-28", "2027-01-04", "2026-W52")]
    #[case("2026-03", "2026-03-01", "2026-04-01", "2026-02")]
    #[case("2026-Q1", "2026-01-01", "2026-04-01", "2025-Q4")]
    #[case("2028", "2028-01-01", "2029-01-01", "2027")]
    #[case("2026-08..2026-10", "2026-08-01", "2026-11-01", "2026-05..2026-07")]
    #[case("2026-10-03..2026-10-20", "2026-10-03", "2026-10-21", "2026-09-15..2026-10-02")]
    #[case("2026-Q4..2026-11-30", "2026-10-01", "2026-12-01", "2026-08-01..2026-09-30")]
    fn a_period_has_its_days_and_one_before_it(
        #[case] text: &str,
        #[case] from: NaiveDate,
        #[case] until: NaiveDate,
        #[case] previous: &str,
    ) {
        let period = Period::parse(text).unwrap();
        assert_eq!(period.days(), Days { from, until });
        assert_eq!(period.to_string(), text);
        assert_eq!(period.previous().to_string(), previous);
    }

    #[rstest]
    #[case("2026-11-21", Some("2026-11-22"))]
    #[case("2026-W53", Some("2027-W01"))]
    #[case("2026-12", Some("2027-01"))]
    #[case("2026-Q4", Some("2027-Q1"))]
    #[case("2026-08..2026-10", Some("2026-11..2027-01"))]
    #[case("2026-Q4..2026-11-30", None)]
    fn a_period_has_one_after_it(#[case] text: &str, #[case] next: Option<&str>) {
        let period = Period::parse(text).unwrap();
        assert_eq!(period.next().map(|next| next.to_string()).as_deref(), next);
        assert!(period.next().is_none_or(|next| next.previous() == period));
    }

    #[test]
    fn a_quarter_is_that_of_its_days_and_a_trend_ends_with_its_period() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        assert_eq!(Period::quarter_of(day).to_string(), "2026-Q4");
        let trend = Period::month_of(day).with_earlier(11).unwrap();
        assert_eq!(trend.to_string(), "2025-12..2026-11");
        assert_eq!(Period::parse("2026-10..2026-11").unwrap().with_earlier(1), None);
    }

    #[rstest]
    #[case("2026-10", "2025-10")]
    #[case("2026-Q4..2027-01", "2025-Q4..2026-01")]
    #[case("2028-02-29", "2027-02-28")]
    #[case("2026-W47", "2025-W47")]
    #[case("2026", "2025")]
    fn a_period_has_one_a_year_before(#[case] text: &str, #[case] before: &str) {
        assert_eq!(Period::parse(text).unwrap().a_year_before().unwrap().to_string(), before);
    }

    #[rstest]
    #[case("")]
    #[case("2026-13")]
    #[case("2026-02-30")]
    #[case("2026-W54")]
    #[case("2025-W53")]
    #[case("2026-Q5")]
    #[case("26-11")]
    #[case("2026-1")]
    #[case("1999")]
    #[case("november")]
    #[case("2026-11..")]
    #[case("2026-11..2026-10")]
    #[case("2026-11-21..2026-11-21..2026-11-21")]
    fn what_names_no_period_is_refused(#[case] text: &str) {
        assert!(Period::parse(text).is_err(), "{text}");
    }

    proptest! {
        #[test]
        fn the_period_before_ends_where_this_one_begins(from in 0..36_000_i64, length in 0..500_i64) {
            let day = |days| NaiveDate::from_ymd_opt(2000, 1, 1).unwrap() + chrono::TimeDelta::days(days);
            let period = Period::between(day(from), day((from + length).min(36_800))).unwrap();
            let previous = period.previous();
            prop_assert_eq!(previous.days().until, period.days().from);
            prop_assert_eq!(previous.days().count(), period.days().count());
        }
    }
}
