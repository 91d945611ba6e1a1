//! Phone numbers as people write them, made international. What is not surely one number is no number, because a guess
//! must never link a person.

use crate::domain::phone::digits;

/// The countries whose national numbers can be read, by their ISO 3166 codes. Numbers of all others come with `+`.
const REGIONS: [&str; 1] = ["RU"];

/// # Errors
/// National numbers of this country cannot be read.
pub fn known_region(region: &str) -> Result<(), String> {
    if REGIONS.iter().any(|known| known.eq_ignore_ascii_case(region)) {
        return Ok(());
    }
    let known = REGIONS.join(", ");
    Err(format!(
        "'{region}': national numbers are read of {known} only; leave it out, and let others come with + and the country's code"
    ))
}

/// Returns the number as `+` and digits, if it can only mean one. `region` is the country whose national numbers may
/// come, by its ISO 3166 code.
#[must_use]
pub fn international(text: &str, region: Option<&str>) -> Option<String> {
    let text = text.trim();
    let is_written =
        |c: char| c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '-' | '.' | ' ' | '\u{a0}');
    if !text.chars().all(is_written) || text.rfind('+').is_some_and(|at| at > 0) {
        return None;
    }
    let all = digits(text);
    let number = if text.starts_with('+') {
        all
    } else if let Some(rest) = all.strip_prefix("00") {
        rest.to_owned()
    } else if region.is_some_and(|region| region.eq_ignore_ascii_case("RU")) {
        russian(&all)?
    } else {
        return None;
    };
    ((7..=15).contains(&number.len()) && !number.starts_with('0')).then(|| format!("+{number}"))
}

fn russian(digits: &str) -> Option<String> {
    match (digits.len(), digits.as_bytes().first()?) {
        (11, b'7' | b'8') => Some(format!("7{}", &digits[1..])),
        (10, b'9') => Some(format!("7{digits}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_write_it_and_a_guess_is_none() {
        for (text, expected) in [
            ("8 (999) 000-00-00", Some("+79990000000")),
            ("89990000000", Some("+79990000000")),
            ("9990000000", Some("+79990000000")),
            ("7 999 000 00 00", Some("+79990000000")),
            ("+49 170 0000000", Some("+491700000000")),
            ("0049 170 0000000", Some("+491700000000")),
            ("491700000000", None),
            ("8999000000", None),
            ("12345", None),
            ("anna@example.test", None),
            ("+7 999 000 00 00, +7 999 111 11 11", None),
            ("", None),
        ] {
            assert_eq!(international(text, Some("RU")).as_deref(), expected, "{text}");
        }
        assert_eq!(international("89990000000", None), None);
        assert_eq!(international("+7 999 000-00-00", None).as_deref(), Some("+79990000000"));
    }
}
