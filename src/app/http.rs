//! The HTTP server, and its stand-in while the bot's name is unknown.

use std::future::IntoFuture as _;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::connections::{Bounded, Patience, Requests, Seats};
use crate::telegram::health::Health;

/// A head comes in one piece except over the worst of networks. A proxy may keep a connection open for minutes between
/// two requests. The answer to a large batch may take a while, and the caller is silent meanwhile, too. Bodies have
/// limits of their own, where they are read.
const PATIENCE: Patience = Patience {
    head: Duration::from_secs(20),
    taking: Duration::from_mins(1),
    silence: Duration::from_mins(5),
};
/// How long callers may take to finish after the stop. It is only a part of the time for stopping, because the parts
/// that wait for the callers need time, too.
const PARTING: Duration = Duration::from_secs(3);

/// Serves until `stop`, then finishes the requests in progress and cuts off slow callers.
pub(super) async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let cut = CancellationToken::new();
    let seats = Seats::of_this_process();
    let listener = Bounded { listener, patience: PATIENCE, seats, cut: cut.clone() };
    let serving =
        axum::serve(listener, Requests(router)).with_graceful_shutdown(stop.clone().cancelled_owned());
    let parting = async {
        stop.cancelled().await;
        tokio::time::sleep(PARTING).await;
        cut.cancel();
        std::future::pending().await
    };
    let served = tokio::select! {
        served = serving.into_future() => served,
        never = parting => never,
    };
    if let Err(error) = served {
        tracing::error!(%error, "the HTTP server failed");
    }
}

/// What is served while the bot's name is not known yet: the program is alive but not ready, and all other requests
/// should come again.
pub(super) fn waiting_room(health: Health) -> Router {
    let alive = || async { axum::Json(json!({ "status": "alive" })) };
    let ready = move || async move {
        let detail = health.problems().join("; ");
        let telegram = json!({ "ok": false, "detail": detail });
        let body = json!({ "status": "not ready", "checks": { "telegram": telegram } });
        (StatusCode::SERVICE_UNAVAILABLE, axum::Json(body))
    };
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).fallback(come_again)
}

async fn come_again() -> Response {
    let body = json!({
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "Telegram has not answered since the start, so there are no links yet; nothing was stored",
    });
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, axum::Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}
