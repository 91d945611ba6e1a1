//! Decides which requests to accept. Another site that is open in the same browser can reach this server, too.

use axum::http::{HeaderMap, HeaderName, Method, header};

/// Returns whether a `Host` header, with or without a port, is an address of this page.
pub type Host = fn(&str) -> bool;

/// Whether a request comes from the page itself. It refuses a foreign host name that was made to point here. A request
/// that changes something must come from the page and be JSON. Requests by which other sites embed or fetch something
/// are refused, but a link from anywhere may be followed.
pub fn is_own(method: &Method, headers: &HeaderMap, scheme: &str, is_own_host: Host) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(header::HOST).filter(|host| is_own_host(host)) else { return false };
    let own_origin = text(header::ORIGIN).is_none_or(|origin| origin == format!("{scheme}://{host}"));
    let own_site = text(FETCH_SITE).is_none_or(|site| ["same-origin", "none"].contains(&site));
    let is_followed = method == Method::GET && text(FETCH_MODE) == Some("navigate");
    let is_json = text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/json"));
    own_origin && (own_site || is_followed) && (method == Method::GET || method == Method::HEAD || is_json)
}

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(method: &Method, headers: &[(&'static str, &'static str)]) -> bool {
        let named = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        is_own(method, &named.collect(), "http", |host| host == "127.0.0.1:8080")
    }

    #[test]
    fn the_page_may_ask_and_other_sites_may_not() {
        let (host, json) = (("host", "127.0.0.1:8080"), ("content-type", "application/json"));
        let (get, post) = (Method::GET, Method::POST);
        assert!(asks(&get, &[host]));
        assert!(asks(&post, &[host, ("origin", "http://127.0.0.1:8080"), json]));
        let embeds = ("sec-fetch-site", "cross-site");
        assert!(!asks(&get, &[host, embeds, ("sec-fetch-mode", "no-cors")]));
        assert!(asks(&get, &[host, embeds, ("sec-fetch-mode", "navigate")]), "a link may be followed");
        assert!(!asks(&post, &[host, embeds, ("sec-fetch-mode", "navigate"), json]));
        assert!(!asks(&get, &[]));
        assert!(!asks(&get, &[("host", "rebound.example:8080")]));
        assert!(!asks(&post, &[host, ("origin", "https://evil.example"), json]));
        assert!(!asks(&post, &[host, ("origin", "https://127.0.0.1:8080"), json]), "another scheme");
        assert!(!asks(&post, &[host, ("content-type", "text/plain")]));
    }
}
