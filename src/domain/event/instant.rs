//! The time of an event: RFC 3339 with an offset. Every other way to write a time is refused with a hint on how to
//! write it. We never guess, because an hour's difference decides whether a customer is woken.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime};

use crate::domain::time::Timestamp;

const AS_IT_SHOULD: &str = "must be an RFC 3339 time like 2026-11-21T15:04:05+03:00";

/// Reads the time. The error is a sentence that completes "the field …".
pub fn instant(text: &str) -> Result<Timestamp, String> {
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| hint(text.trim()))?.to_utc();
    // A time outside these years could be written but not read back.
    if (0..=9999).contains(&time.year()) {
        Ok(time.into())
    } else {
        Err("is outside the years 0 to 9999".into())
    }
}

/// A time in a form that is not RFC 3339 but can only mean one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lenient {
    Exact(Timestamp),
    /// The time of a clock in a zone that is not named.
    Local(NaiveDateTime),
}

/// Reads a time that other systems write in forms of their own. Events sent by the API are never read this way.
#[must_use]
pub fn lenient(text: &str) -> Option<Lenient> {
    let (date, rest) = text.trim().split_once(['T', 't', ' ', '\u{a0}'])?;
    let (date, order) = date_of(date)?;
    let (clock, zone) = time_of(rest.trim()).filter(|_| order != Order::Unclear)?;
    match offset_of(zone) {
        Some(offset) => instant(&format!("{date}T{clock}{offset}")).ok().map(Lenient::Exact),
        None if zone.is_empty() => format!("{date}T{clock}").parse().ok().map(Lenient::Local),
        None => None,
    }
}

/// Explains why the text is not a valid time and how to write it.
fn hint(text: &str) -> String {
    if let Some(number) = of_a_number(text) {
        return format!("{AS_IT_SHOULD}; this is {number}");
    }
    let (date, rest) = text.split_once(['T', 't', ' ', '\u{a0}']).unwrap_or((text, ""));
    let Some((date, order)) = date_of(date) else { return AS_IT_SHOULD.into() };
    if rest.is_empty() {
        return format!("{AS_IT_SHOULD}; this is a day");
    }
    if order == Order::Unclear {
        return format!("{AS_IT_SHOULD}, the year first: of this one nobody knows which number is the day");
    }
    let Some((clock, zone)) = time_of(rest.trim()) else { return AS_IT_SHOULD.into() };
    if format!("{date}T{clock}").parse::<NaiveDateTime>().is_err() {
        return AS_IT_SHOULD.into();
    }
    match offset_of(zone) {
        Some(offset) => format!("is not written as RFC 3339 has it; write {date}T{clock}{offset}"),
        None if zone.is_empty() => {
            format!("has no offset from UTC; write {date}T{clock}+03:00 or {date}T{clock}Z")
        }
        None if zone.starts_with(['+', '-', '−']) => {
            format!(
                "has an offset from UTC that no place has; write {date}T{clock} and the offset, like +03:00"
            )
        }
        None => {
            format!(
                "has a time zone's name in place of its offset from UTC; write {date}T{clock} and the offset, like +03:00"
            )
        }
    }
}

/// Guesses what a number in place of a time may mean.
fn of_a_number(text: &str) -> Option<&'static str> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    match whole.len() {
        5 => Some("a spreadsheet's number of a day: show the column as text first"),
        9..=19 => Some("a number of seconds or milliseconds since 1970"),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    YearFirst,
    DayFirst,
    /// Day and month cannot be told apart, as in `03/04/2026`.
    Unclear,
}

/// Reads the date and returns it in RFC 3339 form.
fn date_of(text: &str) -> Option<(String, Order)> {
    let separator = text.chars().find(|c| matches!(c, '-' | '.' | '/'))?;
    let parts: Vec<u32> = text.split(separator).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [first, second, third] = parts.try_into().ok()?;
    let (year, month, day, order) = match (first, separator) {
        (1000.., _) => (first, second, third, Order::YearFirst),
        // With dots, or if the first number cannot be a month, the order is clear.
        (_, '.') | (13.., _) => (third, second, first, Order::DayFirst),
        _ if second > 12 => (third, first, second, Order::DayFirst),
        _ => (third, second, first, Order::Unclear),
    };
    let year = if year < 100 { year + 2000 } else { year };
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some((date.format("%Y-%m-%d").to_string(), order))
}

/// Returns the time of day with its seconds, and the text after it.
fn time_of(text: &str) -> Option<(String, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ',')).unwrap_or(text.len());
    let (clock, zone) = text.split_at(end);
    let clock = clock.replace(',', ".");
    let mut parts: Vec<String> = clock.split(':').map(str::to_owned).collect();
    if !(2..=3).contains(&parts.len()) || parts.iter().any(String::is_empty) {
        return None;
    }
    let zone = zone.trim();
    let half = zone.get(..2).map(str::to_ascii_lowercase);
    let (afternoon, zone) = match half.as_deref() {
        Some("am") => (Some(0), zone[2..].trim_start()),
        Some("pm") => (Some(12), zone[2..].trim_start()),
        _ => (None, zone),
    };
    let hour: u32 = parts[0].parse().ok()?;
    let hour = afternoon.map_or(hour, |afternoon| hour % 12 + afternoon);
    parts[0] = format!("{hour:02}");
    if parts.len() == 2 {
        parts.push("00".to_owned());
    }
    Some((parts.join(":"), zone))
}

/// Returns the offset in RFC 3339 form if the text can only mean one: `+0300`, `+03`, `UTC+3`, `MSK`.
fn offset_of(zone: &str) -> Option<String> {
    // Java writes `+03:00[Europe/Moscow]`.
    let zone = zone.split('[').next().unwrap_or_default().trim();
    if zone.is_empty() {
        return None;
    }
    let upper = zone.to_uppercase();
    if matches!(upper.as_str(), "MSK" | "МСК") {
        return Some("+03:00".to_owned());
    }
    if matches!(upper.as_str(), "Z" | "UTC" | "GMT") {
        return Some("Z".to_owned());
    }
    let offset = ["UTC", "GMT"].iter().find_map(|name| upper.strip_prefix(name)).unwrap_or(&upper).trim();
    let offset = offset.replace('\u{2212}', "-");
    let (sign, digits) = offset.split_at_checked(1).filter(|(sign, _)| matches!(*sign, "+" | "-"))?;
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() > 2 => digits.split_at_checked(digits.len() - 2)?,
        None => (digits, "00"),
    };
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then(|| format!("{sign}{hours:02}:{minutes:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_needs_its_offset_and_says_so() {
        assert_eq!(instant("2026-11-21T15:04:05+03:00"), instant("2026-11-21T12:04:05Z"));
        for text in ["2026-11-21T15:04:05", "2026-11-21 15:04:05.5", "2026-11-21 15:04", "21.11.2026 15:04"] {
            assert!(instant(text).unwrap_err().contains("no offset"), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2026-11-21",
            "2026-02-30T00:00:00Z",
            "1732190645",
            "2026-11-21T25:00:00",
            "T",
            "..",
            "1.1.1.1",
        ] {
            assert!(instant(text).unwrap_err().contains("RFC 3339"), "{text}");
        }
    }

    #[test]
    fn a_time_that_can_only_mean_one_is_shown_as_it_is_to_be_written() {
        for (text, expected) in [
            ("2026-11-28T09:15:00+0300", "2026-11-28T09:15:00+03:00"),
            ("2026-11-28T09:15:00+03", "2026-11-28T09:15:00+03:00"),
            ("2026-11-28T09:15:00+3", "2026-11-28T09:15:00+03:00"),
            ("2026-11-28T09:15:00-0530", "2026-11-28T09:15:00-05:30"),
            ("2026-11-28 09:15:00 +0300", "2026-11-28T09:15:00+03:00"),
            ("2026-11-28 09:15:00 UTC+3", "2026-11-28T09:15:00+03:00"),
            ("2026-11-28T09:15:00GMT+03:00", "2026-11-28T09:15:00+03:00"),
            ("2026-11-28 09:15:00 MSK", "2026-11-28T09:15:00+03:00"),
            ("2026-11-28 09:15 мск", "2026-11-28T09:15:00+03:00"),
            ("2026-11-28 09:15:00 UTC", "2026-11-28T09:15:00Z"),
            ("2026-11-28T09:15Z", "2026-11-28T09:15:00Z"),
            ("2026-11-28T09:15:00.250+0300", "2026-11-28T09:15:00.250+03:00"),
            ("2026-11-28T09:15:00,250Z", "2026-11-28T09:15:00.250Z"),
            ("2026-11-28T09:15:00+03:00[Europe/Moscow]", "2026-11-28T09:15:00+03:00"),
            ("28.11.2026 14:05 +0300", "2026-11-28T14:05:00+03:00"),
            ("28.11.2026 9:05:00 MSK", "2026-11-28T09:05:00+03:00"),
            ("11/28/2026 2:05 PM +03", "2026-11-28T14:05:00+03:00"),
        ] {
            assert_eq!(
                instant(text).unwrap_err(),
                format!("is not written as RFC 3339 has it; write {expected}"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_time_that_may_mean_several_is_refused_with_what_is_missing() {
        for (text, expected) in [
            (
                "28.11.2026 14:05",
                "has no offset from UTC; write 2026-11-28T14:05:00+03:00 or 2026-11-28T14:05:00Z",
            ),
            (
                "28.11.26 14:05",
                "has no offset from UTC; write 2026-11-28T14:05:00+03:00 or 2026-11-28T14:05:00Z",
            ),
            (
                "11/28/2026 2:05 PM",
                "has no offset from UTC; write 2026-11-28T14:05:00+03:00 or 2026-11-28T14:05:00Z",
            ),
            ("03/04/2026 14:05", "of this one nobody knows which number is the day"),
            ("2026-11-28 14:05 CET", "a time zone's name in place of its offset"),
            ("2026-11-28T14:05:00 Europe/Moscow", "a time zone's name in place of its offset"),
            ("28.11.2026", "this is a day"),
            ("2026-11-28", "this is a day"),
            ("46354,586805556", "a spreadsheet's number of a day"),
            ("1795251600000", "since 1970"),
        ] {
            let told = instant(text).unwrap_err();
            assert!(told.contains(expected), "{text}: {told}");
        }
    }

    #[test]
    fn a_time_that_could_not_be_read_again_is_refused() {
        for text in ["0000-01-01T00:00:00+03:00", "9999-12-31T23:59:59-03:00"] {
            assert!(instant(text).unwrap_err().contains("years"), "{text}");
        }
        let last = instant("9999-12-31T23:59:59.999Z").unwrap();
        assert_eq!(instant(&last.to_rfc3339()), Ok(last));
    }
}
