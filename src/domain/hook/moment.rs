//! Times as other systems write them. A time without an offset is read in the hook's time zone.

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, NaiveDateTime, TimeZone as _};
use chrono_tz::Tz;

use super::repair::What;
use crate::domain::event::instant;
use crate::domain::time::Timestamp;

/// From this number on, a number of seconds would be a time beyond the year 5000, so it counts milliseconds.
const FIRST_OF_MILLIS: f64 = 1e11;

/// Reads a time, and says what had to be assumed for that.
#[must_use]
pub fn read(text: &str, zone: Tz) -> Option<(Timestamp, Option<What>)> {
    if let Ok(at) = instant::instant(text) {
        return Some((at, None));
    }
    if let Some(at) = unix(text) {
        return Some((at, Some(What::UnixTime)));
    }
    if let Ok(at) = DateTime::parse_from_rfc2822(text) {
        return Some((at.to_utc().into(), Some(What::OtherTime)));
    }
    match instant::lenient(text)? {
        instant::Lenient::Exact(at) => Some((at, Some(What::OtherTime))),
        instant::Lenient::Local(local) => Some((in_zone(local, zone)?, Some(What::TimeInZone))),
    }
}

/// Reads a time in a format of chrono's, such as `%d.%m.%Y %H:%M:%S`.
#[must_use]
pub fn with_format(text: &str, format: &str, zone: Tz) -> Option<Timestamp> {
    if let Ok(at) = DateTime::parse_from_str(text, format) {
        return Some(at.to_utc().into());
    }
    in_zone(NaiveDateTime::parse_from_str(text, format).ok()?, zone)
}

/// Whether this is such a format.
#[must_use]
pub fn is_format(format: &str) -> bool {
    let items: Vec<Item<'_>> = StrftimeItems::new(format).collect();
    let is_value = |item: &Item<'_>| matches!(item, Item::Numeric(..) | Item::Fixed(_));
    items.iter().any(is_value) && !items.contains(&Item::Error)
}

/// A local time that came twice, when clocks were put back, is the earlier one.
fn in_zone(local: NaiveDateTime, zone: Tz) -> Option<Timestamp> {
    zone.from_local_datetime(&local).earliest().map(|at| at.to_utc().into())
}

/// Seconds or milliseconds since 1970, with or without a fraction.
fn unix(text: &str) -> Option<Timestamp> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    let millis = if number >= FIRST_OF_MILLIS { number } else { number * 1000.0 };
    // Smaller numbers are something else: a year, a day of a spreadsheet.
    let is_plausible = (1e11..1e14).contains(&millis);
    #[expect(clippy::cast_possible_truncation, reason = "it is below 1e14")]
    is_plausible.then_some(Timestamp::from_millis(millis as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOSCOW: Tz = Tz::Europe__Moscow;

    #[test]
    fn a_time_is_read_in_every_form_that_can_only_mean_one() {
        let expected = Timestamp::from_millis(1_795_262_645_000);
        for (text, what) in [
            ("2026-11-21T15:04:05+03:00", None),
            ("2026-11-21T12:04:05Z", None),
            ("2026-11-21T15:04:05+0300", Some(What::OtherTime)),
            ("2026-11-21 15:04:05 +03:00", Some(What::OtherTime)),
            ("Sat, 21 Nov 2026 15:04:05 +0300", Some(What::OtherTime)),
            ("2026-11-21 15:04:05", Some(What::TimeInZone)),
            ("2026-11-21T15:04:05", Some(What::TimeInZone)),
            ("21.11.2026 15:04:05", Some(What::TimeInZone)),
            ("1795262645", Some(What::UnixTime)),
            ("1795262645000", Some(What::UnixTime)),
        ] {
            assert_eq!(read(text, MOSCOW), Some((expected, what)), "{text}");
        }
        assert_eq!(read("1795262645.25", MOSCOW).unwrap().0, expected.plus_millis(250));
        for text in ["", "yesterday", "03/04/2026 10:00", "2026-11-21", "2026", "46354.5", "1e400"] {
            assert_eq!(read(text, MOSCOW), None, "{text}");
        }
        assert_eq!(
            with_format("21.11.26 15.04", "%d.%m.%y %H.%M", MOSCOW),
            Some(expected.plus_millis(-5000))
        );
    }

    #[test]
    fn an_hour_that_came_twice_is_the_first_and_one_that_never_came_is_none() {
        let berlin = Tz::Europe__Berlin;
        let at = |text: &str| read(text, berlin).map(|(at, _)| at.to_rfc3339());
        assert_eq!(at("2026-10-25 02:30:00").as_deref(), Some("2026-10-25T00:30:00Z"));
        assert_eq!(at("2026-03-29 02:30:00"), None);
    }
}
