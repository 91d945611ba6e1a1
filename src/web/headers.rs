//! The headers and the compression of every response that a page's server sends.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use tower_http::compression::CompressionLayer;

/// The page loads from its own server only, and runs no script that a text could inject.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

const ALWAYS: [(HeaderName, &str); 3] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Adds the headers that protect a page. Meant to be mapped over all responses. A response without `Cache-Control` is
/// not cached.
pub async fn hardened(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Compresses responses that get smaller by it. Event streams stay uncompressed because each event must be sent at
/// once.
pub fn compressed() -> CompressionLayer {
    CompressionLayer::new()
}
