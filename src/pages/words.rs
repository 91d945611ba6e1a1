//! Texts, dates and numbers as a language writes them.

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate, Timelike as _};
use chrono_tz::Tz;

use crate::domain::period::Period;
use crate::domain::time::Timestamp;
use crate::i18n::{Catalogue, FluentValue};
use crate::view::numbers::Numbers;

/// The texts in one language. Templates escape what it returns.
#[derive(Clone, Debug)]
pub struct Words {
    pub catalogue: Arc<Catalogue>,
    pub locale: &'static str,
    pub zone: Tz,
}

impl Words {
    /// A text without variables.
    #[must_use]
    pub fn t(&self, id: &str) -> String {
        self.catalogue.text(self.locale, id)
    }

    /// A text with variables.
    #[must_use]
    pub fn with(&self, id: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        self.catalogue.with(self.locale, id, values)
    }

    /// A text with one variable that is a text.
    #[must_use]
    pub fn of(&self, id: &str, name: &str, value: &str) -> String {
        self.with(id, &[(name, value.to_owned().into())])
    }

    /// That figures can still change, and how many surveys are open.
    #[must_use]
    pub fn preliminary(&self, open: u64) -> String {
        match open {
            0 => self.t("picture-preliminary"),
            open => self.of("figures-preliminary", "open", &self.number(open)),
        }
    }

    /// A text about a count: `$count` chooses the plural, `$shown` is the number as it is written.
    #[must_use]
    pub fn count(&self, id: &str, count: u64) -> String {
        self.with(id, &[("count", count.into()), ("shown", self.number(count).into())])
    }

    /// Numbers in this language.
    #[must_use]
    pub fn numbers(&self) -> Numbers<'_> {
        Numbers::new(&self.catalogue, self.locale)
    }

    /// A whole number with its thousands apart: `2 308`, `2,308`.
    #[must_use]
    pub fn number(&self, number: u64) -> String {
        self.numbers().count(number)
    }

    /// The day of a moment: `21 ноя`.
    #[must_use]
    pub fn short_day(&self, at: Timestamp) -> String {
        self.short_date(self.local(at).date_naive())
    }

    /// A date without its year: `21 ноя`.
    #[must_use]
    pub fn short_date(&self, date: NaiveDate) -> String {
        self.numbers().day(date)
    }

    /// A date in full: `21 ноября 2026`.
    #[must_use]
    pub fn full_date(&self, date: NaiveDate) -> String {
        let values = [
            ("day", date.day().into()),
            ("month", date.month().into()),
            ("year", date.year().to_string().into()),
        ];
        self.with("page-full-date", &values)
    }

    /// A date without its year, with all of its month: `21 ноября`.
    fn long_date(&self, date: NaiveDate) -> String {
        let values = [("day", date.day().into()), ("month", date.month().into())];
        self.with("page-long-date", &values)
    }

    /// A period inside a sentence or a line: names of months are capitalised there in English only.
    #[must_use]
    pub fn period_within(&self, period: &Period) -> String {
        let name = self.period(period);
        if self.locale == "en" { name } else { name.to_lowercase() }
    }

    /// A moment: `21 ноя, 16:52`.
    #[must_use]
    pub fn moment(&self, at: Timestamp) -> String {
        let local = self.local(at);
        format!("{}, {:02}:{:02}", self.short_date(local.date_naive()), local.hour(), local.minute())
    }

    /// A moment to the second: `21 ноя, 16:52:08`.
    #[must_use]
    pub fn exact_moment(&self, at: Timestamp) -> String {
        format!("{}:{:02}", self.moment(at), self.local(at).second())
    }

    /// A duration in its two largest units: `14 мин`, `1 ч 15 мин`.
    #[must_use]
    pub fn duration(&self, seconds: u64) -> String {
        self.numbers().duration(seconds)
    }

    /// A period: `Октябрь 2026`, `3–20 октября 2026`.
    #[must_use]
    pub fn period(&self, period: &Period) -> String {
        let days = period.days();
        let last = days.until.pred_opt().unwrap_or(days.from);
        let is_month = *period == Period::month_of(days.from);
        let year = days.from.year().to_string();
        if is_month {
            return self.with("page-month", &[("month", days.from.month().into()), ("year", year.into())]);
        }
        if days.from == last {
            return self.full_date(last);
        }
        if period.to_string() == year {
            return self.of("page-year", "year", &year);
        }
        if days.from.day() == 1 && days.until.day() == 1 {
            return self.months(days.from, last);
        }
        let is_one_month = Period::month_of(days.from) == Period::month_of(last);
        if is_one_month {
            let values = [("from", days.from.day().into()), ("to", self.full_date(last).into())];
            return self.with("page-range-in-month", &values);
        }
        let first = if days.from.year() == last.year() {
            self.long_date(days.from)
        } else {
            self.full_date(days.from)
        };
        self.with("page-range", &[("from", first.into()), ("to", self.full_date(last).into())])
    }

    /// Whole months: `авг–окт 2026`, `дек 2025 – фев 2026`.
    fn months(&self, first: NaiveDate, last: NaiveDate) -> String {
        let month = |day: NaiveDate| self.with("number-month-short", &[("month", day.month().into())]);
        if first.year() == last.year() {
            return format!("{}–{} {}", month(first), month(last), last.year());
        }
        format!("{} {} – {} {}", month(first), first.year(), month(last), last.year())
    }

    #[must_use]
    pub fn local(&self, at: Timestamp) -> chrono::DateTime<Tz> {
        at.to_utc().with_timezone(&self.zone)
    }
}

/// The text with a capital letter, as at the beginning of a sentence.
pub fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(locale: &'static str) -> Words {
        Words { catalogue: Arc::new(Catalogue::default()), locale, zone: Tz::Europe__Moscow }
    }

    #[test]
    fn numbers_dates_and_durations_are_written_as_the_language_does() {
        let (ru, en) = (words("ru"), words("en"));
        assert_eq!(
            (ru.number(999), ru.number(1_234_567)),
            ("999".to_owned(), "1\u{202f}234\u{202f}567".to_owned())
        );
        assert_eq!(en.number(12_345), "12,345");
        let at = Timestamp::from_millis(1_795_262_645_000);
        assert_eq!(ru.exact_moment(at), "21 ноя, 15:04:05");
        assert_eq!(en.moment(at), "21 Nov, 15:04");
        let durations = [33, 840, 4500, 115_200, 0].map(|seconds| ru.duration(seconds));
        assert_eq!(durations, ["33 с", "14 мин", "1 ч 15 мин", "1 д 8 ч", "0 с"]);
        let period = |text: &str| ru.period(&Period::parse(text).unwrap());
        assert_eq!(period("2026-10"), "Октябрь 2026");
        assert_eq!(period("2026"), "2026 год");
        assert_eq!(period("2026-08..2026-10"), "авг–окт 2026");
        assert_eq!(period("2025-12..2026-02"), "дек 2025 – фев 2026");
        assert_eq!(period("2026-10-03"), "3 октября 2026");
        assert_eq!(period("2026-10-03..2026-10-20"), "3–20 октября 2026");
        assert_eq!(period("2026-09-28..2026-10-04"), "28 сентября – 4 октября 2026");
        assert_eq!(period("2025-12-30..2026-01-02"), "30 декабря 2025 – 2 января 2026");
        assert_eq!(ru.period_within(&Period::parse("2026-10").unwrap()), "октябрь 2026");
    }
}
