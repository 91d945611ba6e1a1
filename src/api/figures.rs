//! `GET /v1/figures` and the reports beside it.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};

use super::media::wants_csv;
use super::refused::{Keyed, Refused};
use super::{Api, Problem, examples};
use crate::service::figures::reply::Figures;
use crate::service::figures::reports::agents::{self, AgentsReport};
use crate::service::figures::reports::bounds::{self, BoundsReport};
use crate::service::figures::reports::decomposition::{self, DecompositionReport};
use crate::service::figures::reports::drivers::{self, DriversReport};
use crate::service::figures::reports::importance::{self, ImportanceReport};
use crate::service::figures::reports::reasons::{self, ReasonsReport};
use crate::service::figures::reports::topics::{self, TopicsReport};
use crate::service::figures::request::Request;
use crate::service::figures::{self, FiguresError, flat};

/// The parameters, as names and values in the order in which they came. A name may come several times.
pub(super) type Pairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// The parameters of all reports, for the description. They are read by [`Request::parse`].
#[derive(Debug)]
pub(super) enum Parameters {}

/// The name of each parameter, whether it may come several times, and what it is for.
const PARAMETERS: &[(&str, bool, &str)] = &[
    (
        "script",
        true,
        "Only these scripts. As with every filter below: several values select any of them, several filters have to \
         match together, `NAME!=VALUE` leaves a value out, and `(none)` or an empty value stands for events without one.",
    ),
    ("question", true, "Only these questions, by key. Without it, every question by itself."),
    ("factor", true, "Only questions about these factors."),
    (
        "index",
        true,
        "Indices, separated by commas; `share_KEY` is the share of an option. Without it, the primary index of each \
         question with the shares of its bands, and all options of a choice.",
    ),
    ("version", true, "Only these versions of the script."),
    ("agent", true, "Only these agents, by ID."),
    ("team", true, "Only these teams."),
    ("store", true, "Only these stores."),
    ("channel", true, "Only these channels."),
    ("tag", true, "Only events with one of these tags."),
    ("segment", true, "Only events of customers in one of these segments."),
    ("automation", true, "Only events that these rules or templates answered."),
    ("kind", true, "Only these kinds of events: `purchase`, `ticket_closed`."),
    ("hook", true, "Only events that came in through these hooks."),
    ("tenure", true, "How long the agent had been in the job: `new`, `established`, `unknown`."),
    ("band", true, "Only answers in these bands. It selects answers and leaves the ledger as it is."),
    ("reason", true, "Only answers for which one of these reasons was given."),
    (
        "period",
        false,
        "`2026-11-21`, `2026-W47`, `2026-11`, `2026-Q4`, `2026`, or two of these like `2026-08..2026-10`, both \
         included. Without it, the newest settled month.",
    ),
    ("from", false, "The first day. Only with `to` and without `period`."),
    ("to", false, "The last day, included."),
    ("by", false, "A row for each value of a filter, or for each `day`, `week` or `month`."),
    ("compare", false, "`previous`, or a period to compare with."),
    ("reviewed", false, "`true` leaves out the answers that a confirmed dispute names."),
];

impl IntoParams for Parameters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = || ObjectBuilder::new().schema_type(Type::String).build();
        let described = PARAMETERS.iter().map(|(name, is_list, about)| {
            let parameter = ParameterBuilder::new().name(*name).parameter_in(ParameterIn::Query);
            let parameter = parameter.required(Required::False).description(Some(*about));
            if *is_list {
                parameter.schema(Some(ArrayBuilder::new().items(text()))).build()
            } else {
                parameter.schema(Some(text())).build()
            }
        });
        described.collect()
    }
}

/// Get figures
///
/// Every index with its number of answers and its interval, over any cut. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures",
    operation_id = "getFigures",
    security(("key" = ["read"])),
    params(Parameters),
    responses(
        (
            status = 200,
            description = "The figures, with the address of exactly these.",
            content(
                (Figures = "application/json", example = json!(examples::figures())),
                (String = "text/csv"),
            ),
        ),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn get(
    State(api): State<Api>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let mut tx = api.db.read().await?;
    let figures = figures::figures(&mut tx, &api.ctx, &request).await?;
    Ok(reply(&headers, &figures, || flat::figures(&figures)))
}

/// Compare agents
///
/// A ranking by shrunken means with at least eight agents, else each beside all other answers. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/agents",
    operation_id = "getAgents",
    security(("key" = ["read"])),
    params(Parameters),
    responses(
        (status = 200, description = "The report.", body = AgentsReport, example = json!(examples::agents())),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn agents(State(api): State<Api>, pairs: Pairs) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = agents::agents(&mut api.db.read().await?, &api.ctx, &request).await?;
    Ok(axum::Json(report).into_response())
}

/// Compare topics
///
/// Tags by how much they contribute to bad answers. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/topics",
    operation_id = "getTopics",
    security(("key" = ["read"])),
    params(Parameters),
    responses(
        (status = 200, description = "The report.", body = TopicsReport, example = json!(examples::topics())),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn topics(State(api): State<Api>, pairs: Pairs) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = topics::topics(&mut api.db.read().await?, &api.ctx, &request).await?;
    Ok(axum::Json(report).into_response())
}

/// Compare auto-reply rules
///
/// Rules by how much they contribute to bad answers. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/automations",
    operation_id = "getAutomations",
    security(("key" = ["read"])),
    params(Parameters),
    responses(
        (status = 200, description = "The report.", body = TopicsReport, example = json!(examples::topics())),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn automations(State(api): State<Api>, pairs: Pairs) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = topics::automations(&mut api.db.read().await?, &api.ctx, &request).await?;
    Ok(axum::Json(report).into_response())
}

/// List reasons
///
/// The reasons that customers chose after a low answer. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/reasons",
    operation_id = "getReasons",
    security(("key" = ["read"])),
    params(Parameters),
    responses(
        (status = 200, description = "The report.", body = ReasonsReport, example = json!(examples::reasons())),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn reasons(State(api): State<Api>, pairs: Pairs) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = reasons::reasons(&mut api.db.read().await?, &api.ctx, &request).await?;
    Ok(axum::Json(report).into_response())
}

/// Tell what the silent could change
///
/// The bounds of each primary index, and late answers beside the others. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/bounds",
    operation_id = "getBounds",
    security(("key" = ["read"])),
    params(Parameters),
    responses(
        (status = 200, description = "The report.", body = BoundsReport, example = json!(examples::bounds())),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn bounds(State(api): State<Api>, pairs: Pairs) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = bounds::bounds(&mut api.db.read().await?, &api.ctx, &request).await?;
    Ok(axum::Json(report).into_response())
}

/// Compare importance and satisfaction
///
/// For the factors about which a script asks both. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/importance",
    operation_id = "getImportance",
    security(("key" = ["read"])),
    params(Parameters),
    responses(
        (status = 200, description = "The report.", body = ImportanceReport, example = json!(examples::importance())),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn importance(State(api): State<Api>, pairs: Pairs) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = importance::importance(&mut api.db.read().await?, &api.ctx, &request).await?;
    Ok(axum::Json(report).into_response())
}

/// Tell what drives the overall score
///
/// How much of its variance each factor explains. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/drivers",
    operation_id = "getDrivers",
    security(("key" = ["read"])),
    params(Parameters),
    responses(
        (status = 200, description = "The report.", body = DriversReport, example = json!(examples::drivers())),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn drivers(State(api): State<Api>, pairs: Pairs) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = drivers::drivers(&mut api.db.read().await?, &api.ctx, &request).await?;
    Ok(axum::Json(report).into_response())
}

/// Divide up a change
///
/// How much of the change comes from the mix of groups, and how much from the groups. `by` is `tenure` unless it says otherwise, and `compare` is `previous`. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/decomposition",
    operation_id = "getDecomposition",
    security(("key" = ["read"])),
    params(Parameters),
    responses(
        (status = 200, description = "The report.", body = DecompositionReport, example = json!(examples::decomposition())),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn decomposition(State(api): State<Api>, pairs: Pairs) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = decomposition::decomposition(&mut api.db.read().await?, &api.ctx, &request).await?;
    Ok(axum::Json(report).into_response())
}

fn read(pairs: Pairs) -> Result<Request, Problem> {
    let Query(pairs) = pairs.map_err(|error| Problem::bad_request(error.body_text()))?;
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Request::parse(pairs).map_err(Problem::wrong_values)
}

/// The reply as JSON, or as a table if the caller wants one.
fn reply(headers: &HeaderMap, body: &impl Serialize, table: impl FnOnce() -> Vec<u8>) -> Response {
    if wants_csv(headers) {
        ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], table()).into_response()
    } else {
        axum::Json(body).into_response()
    }
}

impl From<FiguresError> for Problem {
    fn from(error: FiguresError) -> Self {
        match error {
            FiguresError::Wrong(errors) => Self::wrong_values(errors),
            FiguresError::Store(error) => error.into(),
        }
    }
}
