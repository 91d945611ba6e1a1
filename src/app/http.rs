//! The HTTP server, and the waiting room before there is anything to serve.

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::telegram::health::Health;

/// Serves until `stop`, then finishes what is under way.
pub(super) async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await {
        tracing::error!(%error, "the HTTP server failed");
    }
}

/// What is answered while the bot's name is not known yet: alive, not ready, come again.
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
