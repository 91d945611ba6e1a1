//! Reads texts and captions of calls: parses the markup and checks the length.

use super::super::html;
use super::super::model::Text;
use super::ApiError;

/// In UTF-16 units, after the markup was parsed.
const MAX_TEXT: usize = 4096;
const MAX_CAPTION: usize = 1024;

fn parse(raw: &str, parse_mode: Option<&str>) -> Result<Text, ApiError> {
    match parse_mode {
        None | Some("") => Ok(html::plain(raw)),
        Some(mode) if mode.eq_ignore_ascii_case("html") => {
            html::parse(raw).map_err(|error| ApiError::misuse(format!("can't parse entities: {error}")))
        }
        Some(_) => Err(ApiError::misuse("unsupported parse_mode")),
    }
}

/// Reads a message's text. `too_long` is Telegram's error for a text above the limit.
pub(super) fn message(raw: &str, parse_mode: Option<&str>, too_long: &str) -> Result<Text, ApiError> {
    let text = parse(raw, parse_mode)?;
    if text.plain.is_empty() {
        return Err(ApiError::misuse("message text is empty"));
    }
    if html::utf16_len(&text.plain) > MAX_TEXT {
        return Err(ApiError::misuse(too_long));
    }
    Ok(text)
}

pub(super) fn caption(raw: &str, parse_mode: Option<&str>) -> Result<Text, ApiError> {
    let text = parse(raw, parse_mode)?;
    if html::utf16_len(&text.plain) > MAX_CAPTION {
        return Err(ApiError::misuse("message caption is too long"));
    }
    Ok(text)
}
