//! The HTTP API. The layer is thin: it parses the request, calls one use case, and turns the result into JSON. Errors
//! become problem documents in one place.

mod address;
mod answers;
mod auth;
mod batch;
mod body;
mod cases;
mod customers;
mod events;
mod examples;
mod figures;
mod health;
pub mod hooks;
mod links;
mod measure;
mod media;
mod openapi;
mod problem;
mod queue;
mod reading;
mod receipt;
mod refused;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

pub use problem::Problem;
pub use queue::{EventQueue, EventQueueWorker, event_queue};

use crate::service::Context;
use crate::service::guesses::Guesses;
use crate::service::keys::KeySet;
use crate::store::Db;
use crate::telegram::health::Health;

/// What the handlers need. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Api {
    pub db: Db,
    pub ctx: Context,
    pub health: Health,
    pub events: EventQueue,
}

/// All routes of the API.
pub fn router(api: Api) -> Router {
    let guesses = Guesses::new(api.ctx.clock.clone(), api.db.metrics().clone());
    router_beside(Router::new(), api, guesses)
}

/// The API's routes together with others, which are measured and protected in the same way.
pub fn router_beside(others: Router<Api>, api: Api, guesses: Guesses) -> Router {
    let (set, clock) = (KeySet::new(&api.ctx.config), api.ctx.clock.clone());
    let keys = auth::Keys { set, db: api.db.clone(), clock, guesses };
    let counted = Router::new()
        .route("/v1/figures", get(figures::get))
        .route("/v1/figures/agents", get(figures::agents))
        .route("/v1/figures/topics", get(figures::topics))
        .route("/v1/figures/automations", get(figures::automations))
        .route("/v1/figures/reasons", get(figures::reasons))
        .route("/v1/figures/bounds", get(figures::bounds))
        .route("/v1/figures/importance", get(figures::importance))
        .route("/v1/figures/drivers", get(figures::drivers))
        .route("/v1/figures/decomposition", get(figures::decomposition))
        .route("/v1/figures/waiting", get(figures::waiting))
        .route("/v1/figures/kpis", get(figures::kpis))
        .route_layer(from_fn_with_state(figures::Turns::of_this_machine(), figures::wait_for_turn));
    let protected = Router::new()
        .route("/v1/events", post(events::post))
        .route("/v1/events/{event_id}", get(events::get))
        .route("/v1/answers", get(answers::list))
        .route("/v1/cases", get(cases::list))
        .route("/v1/cases/{number}", get(cases::get))
        .route("/v1/customers/{id}", get(customers::get).delete(customers::delete))
        .route("/v1/customers/{id}/link", post(links::post))
        .route("/v1/surveys/{survey_id}", get(answers::survey))
        .merge(counted)
        .route_layer(from_fn_with_state(keys, auth::require_key));
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(measure::metrics))
        .route("/q/{file}", get(links::picture))
        .merge(openapi::router())
        .merge(protected)
        .merge(others)
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(from_fn(address::refuse_nul))
        .layer(CatchPanicLayer::custom(problem::from_panic))
        .layer(from_fn_with_state(api.db.metrics().clone(), measure::request))
        .with_state(api)
}
