//! Refuses addresses with a NUL. No stored text contains a NUL, and PostgreSQL fails when it is asked for one.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Problem;

/// A NUL as an address encodes it.
const NUL: &str = "%00";
/// Paths below this one pass: their handlers check the ID and name it in the refusal.
const LOOKED_AT: &str = "/v1/customers/";

pub(super) async fn refuse_nul(request: Request, next: Next) -> Response {
    let uri = request.uri();
    if uri.path().contains(NUL) && !uri.path().starts_with(LOOKED_AT) {
        return Problem::not_found("there is nothing at this address: no ID has a NUL in it").into_response();
    }
    match uri.query().and_then(name_with_nul) {
        Some(name) => Problem::bad_request(format!("the parameter {name} has a NUL in it")).into_response(),
        None => next.run(request).await,
    }
}

/// The name of the first parameter with a NUL, or "name" if its name cannot be shown.
fn name_with_nul(query: &str) -> Option<&str> {
    let pair = query.split('&').find(|pair| pair.contains(NUL))?;
    let (name, _) = pair.split_once('=').unwrap_or((pair, ""));
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && name.len() <= 32;
    Some(if is_plain { name } else { "name" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameter_is_named() {
        assert_eq!(name_with_nul("limit=1&since=a%00b"), Some("since"));
        assert_eq!(name_with_nul("li%00mit=1"), Some("name"));
        assert_eq!(name_with_nul("limit=1&since=100"), None);
    }
}
