//! Phone numbers.

/// E.164 without the plus. Telegram writes numbers with it or without.
#[must_use]
pub fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}
