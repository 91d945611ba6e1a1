//! Which media type a caller wants.

use axum::http::{HeaderMap, header};

/// Whichever of the two media types is named first decides. Without either, the answer is JSON.
pub(super) fn wants_csv(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut names = accepted.flat_map(|value| value.split(',')).map(|entry| {
        let name = entry.split(';').next().unwrap_or_default().trim();
        name.to_ascii_lowercase()
    });
    names
        .find(|name| matches!(name.as_str(), "text/csv" | "application/json"))
        .is_some_and(|name| name == "text/csv")
}
