//! The page's server: which handler serves which path.

use std::any::Any;
use std::io;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;

use super::page::Page;
use super::{acts, assets, dashboard, faults, guard, live, month, relay, time, tour};
use crate::web;

/// Serves the page until the future is dropped, because the streams to open windows never end by themselves.
///
/// # Errors
/// The listener failed.
pub async fn serve(page: Page, listener: TcpListener) -> io::Result<()> {
    axum::serve(listener, routes(page)).await
}

fn routes(page: Page) -> Router {
    let program = Router::new()
        .route("/v1/{*path}", get(relay::pass_on).post(relay::pass_on))
        .route("/q/{*path}", get(relay::pass_on));
    web::routes(assets::all(page.0.locale))
        .route("/live", get(live::stream))
        .route("/history", get(live::history))
        .route("/file/{id}", get(live::file))
        .route("/act", post(acts::act))
        .route("/time", post(time::pass))
        .route("/crowd", post(month::start))
        .route("/faults", post(faults::switch))
        .route("/crash", post(relay::crash))
        .route("/dashboard", get(dashboard::open))
        .route("/reason/{event}", get(relay::reason))
        .route("/tour", post(tour::wish))
        .route("/tour/{step}", get(tour::left))
        .route("/export/{file}", get(relay::export))
        .nest("/program", program)
        .fallback(|| async { (StatusCode::NOT_FOUND, "There is nothing here; the demo is at /\n") })
        .layer(CatchPanicLayer::custom(from_panic))
        .layer(from_fn(guard::only_from_here))
        .layer(map_response(web::hardened))
        .layer(web::compressed())
        .with_state(page)
}

/// The layer's default response would log the panic's message.
fn from_panic(_panic: Box<dyn Any + Send>) -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
