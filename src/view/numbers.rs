//! Numbers as people read them in their language: the one home of marks, signs and units.
//!
//! [`crate::domain::stats::rounding`] decides how many digits; this module writes them. The results are plain text: they
//! are escaped where they are put into HTML or SVG.

use std::time::Duration;

use chrono::{Datelike as _, NaiveDate};

use crate::domain::stats::difference::Verdict;
use crate::domain::stats::rounding::{Rounded, Shape, difference};
use crate::i18n::Catalogue;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// Below this, seconds stand beside minutes.
const SECONDS_UNTIL: u64 = 10 * MINUTE;
/// Room for the error of a floating-point number.
const SLACK: f64 = 1e-9;
/// How many digits stand together.
const DIGITS: usize = 3;

/// Writes numbers in one language.
#[derive(Clone, Copy, Debug)]
pub struct Numbers<'c> {
    pub catalogue: &'c Catalogue,
    pub locale: &'c str,
}

/// A difference and its interval, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `+6`
    pub difference: String,
    /// `from +1 to +11`
    pub interval: String,
}

impl<'c> Numbers<'c> {
    #[must_use]
    pub const fn new(catalogue: &'c Catalogue, locale: &'c str) -> Self {
        Self { catalogue, locale }
    }

    /// A count, its thousands apart: `2,024`.
    #[must_use]
    pub fn count(&self, count: u64) -> String {
        self.grouped(&count.to_string())
    }

    /// A number with this many decimals: `−1,234.50`.
    #[must_use]
    pub fn plain(&self, value: f64, decimals: usize) -> String {
        let digits = format!("{:.decimals$}", value.abs());
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        let is_zero = digits.chars().all(|c| matches!(c, '0' | '.'));
        let sign = if value < 0.0 && !is_zero { "−" } else { "" };
        let mark = if fraction.is_empty() { String::new() } else { self.text("number-decimal") };
        format!("{sign}{}{mark}{fraction}", self.grouped(whole))
    }

    /// The same with a plus where it is above zero.
    #[must_use]
    pub fn signed(&self, value: f64, decimals: usize) -> String {
        let text = self.plain(value, decimals);
        let is_zero = text.chars().all(|c| !c.is_ascii_digit() || c == '0');
        if value > 0.0 && !is_zero { format!("+{text}") } else { text }
    }

    /// A value of an index, with its unit: `74%`, `5.51`, `+47`.
    #[must_use]
    pub fn value(&self, shape: Shape, value: f64, n: u64) -> String {
        self.with_unit(shape, self.rounded(shape, shape.value(value, n)))
    }

    /// A value without its unit.
    #[must_use]
    pub fn bare(&self, shape: Shape, value: f64, n: u64) -> String {
        self.rounded(shape, shape.value(value, n))
    }

    /// A number that people chose, such as a target, with as few decimals as it needs, at most two.
    #[must_use]
    pub fn exact(&self, value: f64) -> String {
        let text = self.plain(value, 2);
        let mark = self.text("number-decimal");
        let Some((whole, fraction)) = text.rsplit_once(&mark).filter(|(_, fraction)| fraction.len() == 2)
        else {
            return text;
        };
        match fraction.trim_end_matches('0') {
            "" => whole.to_owned(),
            fraction => format!("{whole}{mark}{fraction}"),
        }
    }

    /// The limits of an interval without their unit, rounded outwards: `from 70 to 77`.
    #[must_use]
    pub fn range(&self, shape: Shape, low: f64, high: f64, n: u64) -> String {
        let [low, high] = self.limits(shape, low, high, n);
        self.between(low, high)
    }

    /// The limits with their unit, once.
    #[must_use]
    pub fn range_with_unit(&self, shape: Shape, low: f64, high: f64, n: u64) -> String {
        let [low, high] = self.limits(shape, low, high, n);
        self.between(low, self.with_unit(shape, high))
    }

    /// The limits of a difference with this many decimals, rounded outwards: `−0.3 to +1.2`. A limit that only rounding
    /// makes 0 says so.
    #[must_use]
    pub fn signed_range(&self, low: f64, high: f64, decimals: usize) -> String {
        let [shown_low, shown_high] = outwards(low, high, decimals);
        let is_zero = |shown: f64| shown.abs() < f64::EPSILON;
        let of = |shown: f64| self.signed(shown, decimals);
        let below =
            if low > SLACK && is_zero(shown_low) { self.text("number-just-over") } else { of(shown_low) };
        let above = if high < -SLACK && is_zero(shown_high) {
            self.text("number-just-under")
        } else {
            of(shown_high)
        };
        self.between(below, above)
    }

    /// A fact about all events, from 0 to 1, as whole per cent.
    #[must_use]
    pub fn share(&self, share: f64) -> String {
        self.value(Shape::Share, 100.0 * share, 0)
    }

    /// A difference in the unit of its index. A limit that only rounding makes 0 says so. `n` is the smaller number of
    /// answers.
    #[must_use]
    pub fn change(&self, shape: Shape, [value, low, high]: [f64; 3], n: u64, verdict: Verdict) -> Change {
        let [value, low, high] = difference(shape, value, low, high, n);
        let of = |rounded| self.rounded(Shape::Points, rounded);
        let is_zero = |rounded| matches!(rounded, Rounded::At { value, .. } if value.abs() < f64::EPSILON);
        let low = match verdict {
            Verdict::Up if is_zero(low) => self.text("number-just-over"),
            _ => of(low),
        };
        let high = match verdict {
            Verdict::Down if is_zero(high) => self.text("number-just-under"),
            _ => of(high),
        };
        Change { difference: of(value), interval: self.between(low, high) }
    }

    /// The two largest units of a duration, rounded to the last of them: `1 h 15 min`. From ten minutes on, seconds would be
    /// false precision.
    #[must_use]
    pub fn duration(&self, seconds: u64) -> String {
        let step = step(seconds);
        let seconds = (seconds + step / 2) / step * step;
        let of = |id: &str, count: u64| self.with(id, &[("count", &self.count(count))]);
        let units =
            [("number-days", DAY), ("number-hours", HOUR), ("number-minutes", MINUTE), ("number-seconds", 1)];
        let Some(at) = units.iter().position(|(_, size)| seconds >= *size) else {
            return of("number-seconds", 0);
        };
        let (id, size) = units[at];
        let whole = of(id, seconds / size);
        match units.get(at + 1) {
            Some((id, next)) if seconds % size >= *next => {
                format!("{whole} {}", of(id, seconds % size / next))
            }
            _ => whole,
        }
    }

    /// Two durations as the limits of a range, rounded outwards: `9 min to 22 min`.
    #[must_use]
    pub fn durations(&self, low: f64, high: f64) -> String {
        let [low, high] = [low.floor(), high.ceil()].map(seconds);
        // What is not written of them is cut off below, and rounded up above.
        let [low_step, high_step] = [low, high].map(step);
        let [low, high] = [low / low_step * low_step, high.div_ceil(high_step) * high_step];
        self.between(self.duration(low), self.duration(high))
    }

    /// A day within a year: `21 Nov`.
    #[must_use]
    pub fn day(&self, day: NaiveDate) -> String {
        let values = [("day", day.day().into()), ("month", day.month().into())];
        self.catalogue.with(self.locale, "page-short-date", &values)
    }

    /// The short name of a day's month: `Nov`.
    #[must_use]
    pub fn short_month(&self, day: NaiveDate) -> String {
        self.catalogue.with(self.locale, "number-month-short", &[("month", day.month().into())])
    }

    /// Two texts as the limits of a range.
    #[must_use]
    pub fn between(&self, low: String, high: String) -> String {
        self.catalogue.with(self.locale, "number-range", &[("low", low.into()), ("high", high.into())])
    }

    /// A number with the unit of its shape.
    #[must_use]
    pub fn with_unit(&self, shape: Shape, number: String) -> String {
        match shape {
            Shape::Share => self.with("number-percent", &[("number", &number)]),
            Shape::Mean | Shape::Points => number,
        }
    }

    fn limits(&self, shape: Shape, low: f64, high: f64, n: u64) -> [String; 2] {
        [shape.low(low, n), shape.high(high, n)].map(|limit| self.rounded(shape, limit))
    }

    fn rounded(&self, shape: Shape, rounded: Rounded) -> String {
        match rounded {
            Rounded::At { value, decimals } if shape == Shape::Points => self.signed(value, decimals),
            Rounded::At { value, decimals } => self.plain(value, decimals),
            Rounded::Below { value, decimals } => {
                self.with("number-below", &[("number", &self.plain(value, decimals))])
            }
            Rounded::Above { value, decimals } => {
                self.with("number-above", &[("number", &self.plain(value, decimals))])
            }
        }
    }

    fn grouped(&self, digits: &str) -> String {
        if digits.len() <= DIGITS {
            return digits.to_owned();
        }
        let mark = self.text("number-group");
        let first = digits.len() % DIGITS;
        let mut text = digits[..first].to_owned();
        for at in (first..digits.len()).step_by(DIGITS) {
            if at > 0 {
                text.push_str(&mark);
            }
            text.push_str(&digits[at..at + DIGITS]);
        }
        text
    }

    fn text(&self, id: &str) -> String {
        self.catalogue.text(self.locale, id)
    }

    fn with(&self, id: &str, values: &[(&str, &str)]) -> String {
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, (*value).into())).collect();
        self.catalogue.with(self.locale, id, &values)
    }
}

/// Limits with this many decimals, the lower one rounded down and the upper one up.
fn outwards(low: f64, high: f64, decimals: usize) -> [f64; 2] {
    let unit = (0..decimals).fold(1.0, |unit, _| 10.0 * unit);
    [(low * unit + SLACK).floor() / unit, (high * unit - SLACK).ceil() / unit]
}

/// The last unit that is written of a duration of so many seconds.
const fn step(seconds: u64) -> u64 {
    match seconds {
        ..SECONDS_UNTIL => 1,
        SECONDS_UNTIL..DAY => MINUTE,
        DAY.. => HOUR,
    }
}

/// Whole seconds.
fn seconds(seconds: f64) -> u64 {
    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn in_both(write: impl Fn(&Numbers<'_>) -> String) -> [String; 2] {
        let catalogue = Catalogue::default();
        ["ru", "en"].map(|locale| write(&Numbers::new(&catalogue, locale)))
    }

    #[rstest]
    #[case(0, ["0", "0"])]
    #[case(999, ["999", "999"])]
    #[case(1_000, ["1\u{202f}000", "1,000"])]
    #[case(12_345_678, ["12\u{202f}345\u{202f}678", "12,345,678"])]
    fn thousands_stand_apart(#[case] count: u64, #[case] expected: [&str; 2]) {
        assert_eq!(in_both(|numbers| numbers.count(count)), expected);
    }

    #[rstest]
    #[case(Shape::Share, 74.4, 761, ["74\u{202f}%", "74%"])]
    #[case(Shape::Share, 0.2, 761, ["<\u{202f}1\u{202f}%", "<\u{202f}1%"])]
    #[case(Shape::Share, 99.97, 1_000, [">\u{202f}99,9\u{202f}%", ">\u{202f}99.9%"])]
    #[case(Shape::Mean, 5.512, 726, ["5,51", "5.51"])]
    #[case(Shape::Points, 47.2, 94, ["+47", "+47"])]
    #[case(Shape::Points, -12.5, 94, ["−13", "−13"])]
    #[case(Shape::Points, 0.2, 94, ["0", "0"])]
    fn a_value_has_its_unit(
        #[case] shape: Shape,
        #[case] value: f64,
        #[case] n: u64,
        #[case] expected: [&str; 2],
    ) {
        assert_eq!(in_both(|numbers| numbers.value(shape, value, n)), expected);
    }

    #[test]
    fn a_range_has_its_unit_once() {
        let written = in_both(|numbers| numbers.range_with_unit(Shape::Share, 26.9, 90.1, 761));
        assert_eq!(written, ["от 26 до 91\u{202f}%", "26 to 91%"]);
        assert_eq!(
            in_both(|numbers| numbers.range(Shape::Mean, 5.413, 5.596, 9)),
            ["от 5,41 до 5,60", "5.41 to 5.60"]
        );
    }

    #[test]
    fn a_limit_that_only_rounding_makes_zero_says_so() {
        let written = in_both(|numbers| {
            let change = numbers.change(Shape::Share, [6.1, 0.3, 11.2], 700, Verdict::Up);
            format!("{} ({})", change.difference, change.interval)
        });
        assert_eq!(written, ["+6 (от чуть больше 0 до +12)", "+6 (just over 0 to +12)"]);
        let written =
            in_both(|numbers| numbers.change(Shape::Share, [-6.1, -11.2, -0.3], 700, Verdict::Down).interval);
        assert_eq!(written, ["от −12 до чуть меньше 0", "−12 to just under 0"]);
        let written = in_both(|numbers| {
            numbers.change(Shape::Share, [1.1, -0.3, 2.2], 700, Verdict::NoChange).interval
        });
        assert_eq!(written, ["от −1 до +3", "−1 to +3"]);
    }

    #[rstest]
    #[case(0, ["0 с", "0 s"])]
    #[case(33, ["33 с", "33 s"])]
    #[case(75, ["1 мин 15 с", "1 min 15 s"])]
    #[case(116, ["1 мин 56 с", "1 min 56 s"])]
    #[case(120, ["2 мин", "2 min"])]
    #[case(9 * 60 + 59, ["9 мин 59 с", "9 min 59 s"])]
    #[case(14 * 60 + 29, ["14 мин", "14 min"])]
    #[case(14 * 60 + 30, ["15 мин", "15 min"])]
    #[case(59 * 60 + 40, ["1 ч", "1 h"])]
    #[case(75 * 60, ["1 ч 15 мин", "1 h 15 min"])]
    #[case(2 * 3600, ["2 ч", "2 h"])]
    #[case(2 * 3600 + 89, ["2 ч 1 мин", "2 h 1 min"])]
    #[case(24 * 3600 - 1, ["1 д", "1 d"])]
    #[case(32 * 3600 + 59, ["1 д 8 ч", "1 d 8 h"])]
    #[case(32 * 3600 + 30 * 60, ["1 д 9 ч", "1 d 9 h"])]
    fn a_duration_has_two_units_at_most_and_is_rounded_to_the_last(
        #[case] seconds: u64,
        #[case] expected: [&str; 2],
    ) {
        assert_eq!(in_both(|numbers| numbers.duration(seconds)), expected);
    }

    #[test]
    fn limits_of_differences_and_durations_are_rounded_outwards() {
        let written = in_both(|numbers| numbers.signed_range(-0.31, 1.12, 1));
        assert_eq!(written, ["от −0,4 до +1,2", "−0.4 to +1.2"]);
        assert_eq!(in_both(|numbers| numbers.signed_range(0.3, 0.7, 1)), ["от +0,3 до +0,7", "+0.3 to +0.7"]);
        let written = in_both(|numbers| numbers.signed_range(-0.51, -0.0976, 1));
        assert_eq!(written, ["от −0,6 до чуть меньше 0", "−0.6 to just under 0"]);
        let written = in_both(|numbers| numbers.signed_range(0.004, 0.61, 2));
        assert_eq!(written, ["от чуть больше 0 до +0,61", "just over 0 to +0.61"]);
        assert_eq!(in_both(|numbers| numbers.signed_range(-0.3, 0.0, 1)), ["от −0,3 до 0,0", "−0.3 to 0.0"]);
        let written = in_both(|numbers| numbers.durations(559.9, 22.0 * 60.0 + 0.5));
        assert_eq!(written, ["от 9 мин 19 с до 23 мин", "9 min 19 s to 23 min"]);
        let written = in_both(|numbers| numbers.durations(899.0, 2.0 * 3600.0 + 1.0));
        assert_eq!(written, ["от 14 мин до 2 ч 1 мин", "14 min to 2 h 1 min"]);
        let written = in_both(|numbers| numbers.durations(33.4, 24.0 * 3600.0 + 1.0));
        assert_eq!(written, ["от 33 с до 1 д 1 ч", "33 s to 1 d 1 h"]);
    }

    #[rstest]
    #[case(75.0, ["75", "75"])]
    #[case(8.3, ["8,3", "8.3"])]
    #[case(-2.25, ["−2,25", "−2.25"])]
    fn a_target_has_no_more_decimals_than_it_needs(#[case] target: f64, #[case] expected: [&str; 2]) {
        assert_eq!(in_both(|numbers| numbers.exact(target)), expected);
    }

    #[test]
    fn a_day_is_short() {
        let day = NaiveDate::from_ymd_opt(2026, 5, 3).unwrap();
        assert_eq!(in_both(|numbers| numbers.day(day)), ["3 мая", "3 May"]);
        assert_eq!(in_both(|numbers| numbers.short_month(day)), ["май", "May"]);
    }
}
