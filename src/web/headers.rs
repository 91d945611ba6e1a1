//! What every answer of a page's server carries, and how it is packed.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use tower_http::compression::CompressionLayer;

/// The page loads from here only and runs nothing that a text could smuggle in.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

const ALWAYS: [(HeaderName, &str); 3] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Adds the headers that guard a page, to be mapped over all responses. What says nothing of caching is not cached.
pub async fn hardened(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Compresses what gets smaller by it. Streams of events stay as they are: each has to leave at once.
pub fn compressed() -> CompressionLayer {
    CompressionLayer::new()
}
