//! Whoever is not the page itself is turned away: another site that is open in the same browser can reach loopback, too.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
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
/// page, which says JSON; what another site embeds or fetches is not for it.
fn is_from_here(method: &Method, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(header::HOST).filter(|host| is_loopback(host)) else { return false };
    let own_origin = text(header::ORIGIN).is_none_or(|origin| origin == format!("http://{host}"));
    let own_site = text(FETCH_SITE).is_none_or(|site| ["same-origin", "none"].contains(&site));
    let is_followed = method == Method::GET && text(FETCH_MODE) == Some("navigate");
    let is_json = text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/json"));
    own_origin && (own_site || is_followed) && (method == Method::GET || method == Method::HEAD || is_json)
}

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Of a `Host`, with a port or without.
fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
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
        for host in ["127.0.0.1", "127.0.0.2:8080", "[::1]:8080", "[::1]", "LocalHost:1"] {
            assert!(asks(&get, &[("host", host)]), "{host}");
        }
        for host in [
            "rebound.example:8080",
            "rebound.example",
            "192.168.0.7:8080",
            "127.0.0.1.example:80",
            "[::2]:80",
            "",
        ] {
            assert!(!asks(&get, &[("host", host)]), "{host}");
        }
        let (here, embeds) = (("host", "127.0.0.1:8080"), ("sec-fetch-site", "cross-site"));
        assert!(!asks(&get, &[here, embeds, ("sec-fetch-mode", "no-cors")]));
        assert!(asks(&get, &[here, embeds, ("sec-fetch-mode", "navigate")]), "a link may be followed");
        assert!(!asks(&post, &[here, embeds, ("sec-fetch-mode", "navigate"), json]));
        assert!(!asks(&get, &[]));
        assert!(!asks(&post, &[("host", "127.0.0.1:8080"), ("origin", "https://evil.example"), json]));
        assert!(!asks(&post, &[("host", "127.0.0.1:8080"), ("content-type", "text/plain")]));
    }
}
