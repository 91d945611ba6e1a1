//! The description of the API as `OpenAPI` 3.1. It is generated from the types that are served and from the comments on
//! the handlers.

mod tidy;

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use serde_json::{Value, json};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::refused::Anywhere;
use super::{answers, cases, customers, events, figures, health, links, measure};
use crate::domain::described;
use crate::domain::event::Kind;
use crate::service::export::{Attachment, Step};
use crate::store::cases::CaseMessageRecord;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Afterword",
        version = env!("CARGO_PKG_VERSION"),
        description = "Takes events and returns answers. Errors are RFC 9457 problem documents that name every wrong \
                       field at once.",
    ),
    servers((url = "/")),
    paths(
        events::post, events::get, answers::list, answers::survey, cases::list, cases::get, customers::get, customers::delete, links::post,
        links::picture, links::vector, figures::get, figures::agents,
        figures::topics, figures::automations, figures::reasons, figures::bounds, figures::importance,
        figures::drivers, figures::decomposition, figures::waiting, figures::kpis, health::alive, health::ready, measure::metrics, described_here,
    ),
    components(schemas(
        super::Problem, Attachment, Step, CaseMessageRecord, Kind, described::StateWord, described::ReasonWord, described::BandWord,
        described::ScaleWord, described::MetricWord, described::SeverityWord, described::CaseStatusWord,
        described::CauseWord, described::SourceWord,
    )),
    modifiers(&Key),
)]
struct Description;

struct Key;

impl Modify for Key {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let mut key = Http::new(HttpAuthScheme::Bearer);
        key.description = Some(
            "`API_KEY` from the environment, which has every scope, or a key made by `afterword key add`. POST needs \
             the scope `events`, GET needs `read`, and DELETE needs `admin`, which includes the other two."
                .to_owned(),
        );
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(key));
    }
}

/// Get this description
///
/// Needs no key.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "getDescription",
    security(()),
    responses((status = 200, description = "This description as OpenAPI 3.1.", body = Object), Anywhere),
)]
#[expect(dead_code, reason = "a closure with the text in it serves; this describes it")]
const fn described_here() {}

/// The description as JSON.
fn description() -> Value {
    let mut document = json!(Description::openapi());
    tidy::tidy(&mut document);
    let cancelling: Vec<&str> =
        Kind::REPORTED.into_iter().filter(|kind| kind.cancels()).map(Kind::as_str).collect();
    let event = &mut document["components"]["schemas"]["Event"];
    event["if"] = json!({"properties": {"kind": {"enum": cancelling}}});
    event["then"] = json!({
        "required": ["subject"],
        "properties": {"subject": {"type": "object", "required": ["id"],
                                   "properties": {"id": {"type": "string", "minLength": 1}}}},
    });
    document
}

/// Serves the description. It is made when it is first requested, so that it does not delay the start.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let made = Arc::new(OnceLock::new());
    let serve = || async move {
        let text: &Bytes = made.get_or_init(|| description().to_string().into());
        ([(CONTENT_TYPE, "application/json")], text.clone())
    };
    Router::new().route("/openapi.json", get(serve))
}
