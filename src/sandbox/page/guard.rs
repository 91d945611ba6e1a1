//! Whoever is not the page itself is turned away: another site that is open in the same browser can reach loopback, too.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

pub(super) async fn only_from_here(request: Request, next: Next) -> Response {
    if is_from_here(request.method(), request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "Only the page itself may ask for this, at its loopback address.\n")
            .into_response()
    }
}

/// A name that was made to point at loopback is not the page's address; what changes something must be asked by the
/// page, which says JSON.
fn is_from_here(method: &Method, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(header::HOST) else { return false };
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if !["127.0.0.1", "localhost", "[::1]"].contains(&name) {
        return false;
    }
    let own_origin = text(header::ORIGIN).is_none_or(|origin| origin == format!("http://{host}"));
    let is_json = text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/json"));
    own_origin && (method == Method::GET || method == Method::HEAD || is_json)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(method: &Method, headers: &[(&'static str, &'static str)]) -> bool {
        let named = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        is_from_here(method, &named.collect())
    }

    #[test]
    fn the_page_may_ask_and_other_sites_may_not() {
        let json = ("content-type", "application/json");
        let (get, post) = (Method::GET, Method::POST);
        assert!(asks(&get, &[("host", "127.0.0.1:8080")]));
        assert!(asks(&post, &[("host", "localhost:8080"), ("origin", "http://localhost:8080"), json]));
        assert!(!asks(&get, &[("host", "rebound.example:8080")]));
        assert!(!asks(&get, &[]));
        assert!(!asks(&post, &[("host", "127.0.0.1:8080"), ("origin", "https://evil.example"), json]));
        assert!(!asks(&post, &[("host", "127.0.0.1:8080"), ("content-type", "text/plain")]));
    }
}
