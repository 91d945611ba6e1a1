//! Restricts the page to the machine it runs on, because it has no key and no password.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::web;

pub(super) async fn only_from_here(request: Request, next: Next) -> Response {
    if web::is_own(request.method(), request.headers(), "http", is_loopback) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "Only the page itself may ask for this, at its loopback address.\n")
            .into_response()
    }
}

/// Whether a `Host` header, with or without a port, names this machine.
fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_at_home_here() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:8080",
            "localhost:8080",
            "127.0.0.2:8080",
            "[::1]:8080",
            "[::1]",
            "LocalHost:1",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "rebound.example:8080",
            "rebound.example",
            "192.168.0.7:8080",
            "127.0.0.1.example:80",
            "[::2]:80",
            "",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
