//! Names used in tables, files and callback data.

/// # Errors
/// Says which characters a name may contain.
pub fn key(text: &str) -> Result<String, String> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
    if (1..=32).contains(&text.len()) && text.bytes().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err(format!("'{text}' is not a key: write 1 to 32 of a-z, 0-9, _ and -"))
    }
}
