//! The rules for a single text, number or time in an event. Each rule takes the value as written and returns the value
//! to keep, or a sentence that completes "the field …".

use std::ops::RangeInclusive;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::Number;
use unic_langid::LanguageIdentifier;

use super::json::whole;
use crate::domain::ids::PersonId;
use crate::domain::nobody::is_nothing;
use crate::domain::visible::{Unfit, is_plain_ascii, unfit_for_id, unfit_for_label};

pub const MAX_ID: usize = 128;
pub const MAX_NAME: usize = 256;
pub const MAX_URL: usize = 2048;
pub const MAX_SLUG: usize = 64;
pub const MAX_LABELS: usize = 64;
/// The number of digits that a phone number may have.
pub const PHONE_DIGITS: RangeInclusive<usize> = 7..=15;
/// What mail servers take (RFC 5321).
pub const MAX_EMAIL: usize = 254;
const MAX_EMAIL_USER: usize = 64;
/// Telegram's IDs have at most 52 bits.
pub const MAX_TELEGRAM_ID: i64 = (1 << 52) - 1;
pub const MAX_COUNT: i64 = 10_000_000_000;

type Parsed<T> = Result<T, String>;

/// Where an event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The event's sender.
    Sent,
    /// Our database, where earlier versions stored identifiers that are refused now.
    Stored,
}

fn printable(text: &str, max: usize) -> Parsed<String> {
    // Almost every text needs no further check.
    if text.len() <= max && text.starts_with(|c: char| c.is_ascii_graphic()) && is_plain_ascii(text) {
        return Ok(text.to_owned());
    }
    if text.trim().is_empty() {
        return Err("must not be empty".into());
    }
    let length = text.chars().count();
    if length > max {
        return Err(format!("is {length} characters long; {max} are allowed"));
    }
    if let Some((index, wrong)) = text.chars().enumerate().find(|(_, c)| is_unprintable(*c)) {
        let (wrong, position) = (u32::from(wrong), index + 1);
        return Err(format!("contains U+{wrong:04X} at position {position}, which cannot be printed"));
    }
    Ok(text.to_owned())
}

/// Checks a text that is compared with others: what looks the same must be the same.
fn identifier(
    text: &str,
    max: usize,
    origin: Origin,
    unfit: impl FnOnce(&str) -> Option<Unfit>,
) -> Parsed<String> {
    let unfit = if origin == Origin::Sent { unfit(text) } else { None };
    match unfit {
        Some(unfit) => Err(unfit.to_string()),
        None => printable(text, max),
    }
}

/// Whether a character is a control, a line or paragraph separator, the byte order mark, or changes the direction of
/// text.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The ID of an event, a person or a subject. One that many have would make one of many.
pub fn own_id(text: &str, origin: Origin) -> Parsed<String> {
    if origin == Origin::Sent && is_nothing(text) && !text.trim().is_empty() {
        return Err(
            "stands for no ID: it is what programs write where there is none, or a placeholder that was not filled in"
                .into(),
        );
    }
    id(text, origin)
}

/// An ID, or the name of a team, a store or a channel.
pub fn id(text: &str, origin: Origin) -> Parsed<String> {
    identifier(text, MAX_ID, origin, unfit_for_id)
}

/// A tag or a segment; tables separate them with `|`.
pub fn label(text: &str, origin: Origin) -> Parsed<String> {
    if text.contains('|') {
        return Err("must not contain '|', which separates the entries in tables".into());
    }
    identifier(text, MAX_ID, origin, unfit_for_label)
}

/// The rule or template that sent the answer.
pub fn automation(text: &str, origin: Origin) -> Parsed<String> {
    identifier(text, MAX_NAME, origin, unfit_for_label)
}

/// A text for people to read: a customer's name or a subject's title.
pub fn name(text: &str) -> Parsed<String> {
    printable(text, MAX_NAME)
}

pub fn slug(text: &str) -> Parsed<String> {
    let shaped = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    if text.is_empty() || text.len() > MAX_SLUG || !shaped {
        return Err(format!("must be a script's slug: 1 to {MAX_SLUG} of a-z, 0-9, '-' and '_'"));
    }
    Ok(text.to_owned())
}

pub fn phone(text: &str) -> Parsed<String> {
    let digits = text.strip_prefix('+').unwrap_or_default();
    let well_formed = PHONE_DIGITS.contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    if well_formed {
        Ok(text.to_owned())
    } else {
        Err("must be an international number like +79990000000: '+' and 7 to 15 digits".into())
    }
}

/// An e-mail address that mail servers without Unicode take, too.
pub fn email(text: &str) -> Parsed<String> {
    let wrong = || "must be an e-mail address like anna@shop.example".to_owned();
    let (user, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
    let is_plain = |c: char| c.is_ascii_graphic() && !"\"(),:;<>@[\\]".contains(c);
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let is_user = (1..=MAX_EMAIL_USER).contains(&user.len())
        && user.chars().all(is_plain)
        && user.split('.').all(|part| !part.is_empty());
    let is_domain = domain.contains('.') && domain.split('.').all(is_label);
    if is_user && is_domain && text.chars().count() <= MAX_EMAIL { Ok(text.to_owned()) } else { Err(wrong()) }
}

pub fn language(text: &str) -> Parsed<String> {
    match text.parse::<LanguageIdentifier>() {
        Ok(tag) if !text.trim().is_empty() && tag.language.as_str() != "und" => Ok(tag.to_string()),
        _ => Err("must be a language tag like ru, en or pt-BR".into()),
    }
}

pub fn time_zone(text: &str) -> Parsed<Tz> {
    let shown: String = text.chars().filter(|c| !is_unprintable(*c)).take(64).collect();
    text.parse()
        .map_err(|_| format!("'{shown}' is not a known time zone; write its IANA name, like Europe/Moscow"))
}

pub fn url(text: &str) -> Parsed<String> {
    let wrong = || "must be a web address that begins with https:// or http://".to_owned();
    let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(wrong());
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.is_empty() || host.starts_with(':') {
        return Err(wrong());
    }
    if text.chars().any(char::is_whitespace) {
        return Err("must have no spaces: write %20 for each".into());
    }
    printable(text, MAX_URL)
}

pub fn day(text: &str) -> Parsed<NaiveDate> {
    // chrono also accepts days without leading zeros; here a day has only one form.
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| text.len() == 10)
        .ok_or_else(|| "must be a day like 2026-09-01".into())
}

/// A Telegram user's ID.
pub fn telegram_id(number: &Number) -> Parsed<PersonId> {
    whole(number)
        .filter(|id| (1..=MAX_TELEGRAM_ID).contains(id))
        .map(PersonId::new)
        .ok_or_else(|| "must be a Telegram user's ID: a positive whole number".into())
}

/// A count, or a duration in seconds.
pub fn count(number: &Number) -> Parsed<i64> {
    whole(number)
        .filter(|count| (0..=MAX_COUNT).contains(count))
        .ok_or_else(|| "must be a whole number, zero or more".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printable_text_has_no_controls_and_no_excess_length() {
        let id = |text: &str| id(text, Origin::Sent);
        assert!(id("заказ №1 / T-7#2").is_ok());
        assert!(id(&"ж".repeat(128)).is_ok());
        assert!(id(&"ж".repeat(129)).unwrap_err().contains("129 characters"));
        assert!(id("a\0b").unwrap_err().contains("U+0000"));
        for text in ["", "  ", "a\nb", "a\u{202e}b", "\u{2028}x"] {
            assert!(id(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_identifier_has_nothing_that_nobody_sees_unless_it_is_stored_already() {
        for text in ["C\u{200b}42", "C\u{a0}42", "\u{feff}C", "C\u{e0041}"] {
            for rule in [id, label, automation] {
                assert!(rule(text, Origin::Sent).is_err(), "{text:?}");
            }
        }
        assert!(id("C 42", Origin::Sent).is_ok());
        for text in ["C\u{200b}42", "C\u{a0}42"] {
            assert_eq!(id(text, Origin::Stored).unwrap(), text);
        }
        assert!(name("Анна\u{a0}Б.").is_ok() && name("می\u{200c}خواهم").is_ok());
    }

    #[test]
    fn phones_zones_languages_and_addresses_are_checked() {
        assert!(phone("+79990000000").is_ok());
        for text in ["79990000000", "+7 999 000 00 00", "+0123456789", "+1234", "+", ""] {
            assert!(phone(text).is_err(), "{text}");
        }
        for text in ["anna@shop.example", "a.b+c_d@sub.shop.example", "anna@почта.рф"] {
            assert_eq!(email(text).as_deref(), Ok(text));
        }
        for text in [
            "",
            "anna",
            "@shop.example",
            "anna@",
            "anna@shop",
            "a b@shop.example",
            "anna@shop..example",
            ".anna@shop.example",
            "anna@-shop.example",
            "anna@shop.example\r\nBcc: eve@evil.example",
            "Anna <anna@shop.example>",
            "анна@shop.example",
            "anna@shop.example,eve@evil.example",
        ] {
            assert!(email(text).is_err(), "{text}");
        }
        assert_eq!(time_zone("Europe/Moscow"), Ok(chrono_tz::Europe::Moscow));
        assert!(time_zone("Mars/Olympus").unwrap_err().contains("'Mars/Olympus'"));
        assert_eq!(language("PT-br"), Ok("pt-BR".into()));
        for text in ["", "русский", "x", "en US"] {
            assert!(language(text).is_err(), "{text}");
        }
        for text in ["https://shop.example/orders/1?a=b", "http://localhost:80", "HTTPS://пример.рф/"]
        {
            assert!(url(text).is_ok(), "{text}");
        }
        for text in
            ["shop.example", "ftp://a.b", "javascript:alert(1)", "https://", "https:///x", "https://a b"]
        {
            assert!(url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_whole_and_in_range() {
        let number = |text: &str| text.parse::<Number>().unwrap();
        assert_eq!(count(&number("45.0")), Ok(45));
        for text in ["-1", "4.5", "1e30"] {
            assert!(count(&number(text)).is_err(), "{text}");
        }
        assert_eq!(telegram_id(&number("700000001")), Ok(PersonId::new(700_000_001)));
        for text in ["0", "-1001", "4503599627370496"] {
            assert!(telegram_id(&number(text)).is_err(), "{text}");
        }
        assert!(day("2026-09-01").is_ok() && day("2026-9-1").is_err() && day("2026-02-30").is_err());
    }
}
