//! Phone numbers.

/// Returns the digits of a number: E.164 without the plus. Telegram sends numbers with or without it.
#[must_use]
pub fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}
