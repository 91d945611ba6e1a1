//! `GET /v1/figures` and the reports beside it.

mod examples;
mod parameters;
mod turns;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use self::parameters::{OfDecomposition, OfDrivers, OfFigures, OfKpis, OfReport, OfWaiting};
pub(super) use self::turns::{Turns, wait_for_turn};
use super::media::wants_csv;
use super::refused::{Keyed, Refused};
use super::{Api, Problem};
use crate::domain::event::FieldError;
use crate::service::figures::flat::{self, Flat};
use crate::service::figures::reply::Figures;
use crate::service::figures::reports::agents::{self, AgentsReport};
use crate::service::figures::reports::bounds::{self, BoundsReport};
use crate::service::figures::reports::decomposition::{self, DecompositionReport};
use crate::service::figures::reports::drivers::{self, DriversReport};
use crate::service::figures::reports::importance::{self, ImportanceReport};
use crate::service::figures::reports::kpis::{self, KpisReport, KpisRequest};
use crate::service::figures::reports::reasons::{self, ReasonsReport};
use crate::service::figures::reports::topics::{self, TopicsReport};
use crate::service::figures::reports::waiting::{self, WaitingReport};
use crate::service::figures::request::Request;
use crate::service::figures::{self, FiguresError};

/// The parameters, as names and values in the order in which they came. A name may come several times.
pub(super) type Pairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// Get figures
///
/// Every index with its number of answers and its interval, over any cut. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures",
    operation_id = "getFigures",
    security(("key" = ["read"])),
    params(OfFigures),
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
    let mut tx = api.db.read_at_length().await?;
    let figures = figures::figures(&mut tx, &api.ctx, &request).await?;
    Ok(reply(&headers, &figures))
}

/// Compare agents
///
/// A ranking by shrunken means with at least eight agents, else each beside all other answers. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/agents",
    operation_id = "getAgents",
    security(("key" = ["read"])),
    params(OfReport),
    responses(
        (
            status = 200,
            description = "The report.",
            content((AgentsReport = "application/json", example = json!(examples::agents())), (String = "text/csv")),
        ),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn agents(
    State(api): State<Api>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = agents::agents(&mut api.db.read_at_length().await?, &api.ctx, &request).await?;
    Ok(reply(&headers, &report))
}

/// Compare topics
///
/// Tags by how much they contribute to bad answers. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/topics",
    operation_id = "getTopics",
    security(("key" = ["read"])),
    params(OfReport),
    responses(
        (
            status = 200,
            description = "The report.",
            content((TopicsReport = "application/json", example = json!(examples::topics())), (String = "text/csv")),
        ),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn topics(
    State(api): State<Api>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = topics::topics(&mut api.db.read_at_length().await?, &api.ctx, &request).await?;
    Ok(reply(&headers, &report))
}

/// Compare auto-reply rules
///
/// Rules by how much they contribute to bad answers. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/automations",
    operation_id = "getAutomations",
    security(("key" = ["read"])),
    params(OfReport),
    responses(
        (
            status = 200,
            description = "The report.",
            content((TopicsReport = "application/json", example = json!(examples::topics())), (String = "text/csv")),
        ),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn automations(
    State(api): State<Api>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = topics::automations(&mut api.db.read_at_length().await?, &api.ctx, &request).await?;
    Ok(reply(&headers, &report))
}

/// List reasons
///
/// The reasons that customers chose after a low answer. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/reasons",
    operation_id = "getReasons",
    security(("key" = ["read"])),
    params(OfReport),
    responses(
        (
            status = 200,
            description = "The report.",
            content((ReasonsReport = "application/json", example = json!(examples::reasons())), (String = "text/csv")),
        ),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn reasons(
    State(api): State<Api>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = reasons::reasons(&mut api.db.read_at_length().await?, &api.ctx, &request).await?;
    Ok(reply(&headers, &report))
}

/// Tell what missing answers could change
///
/// The bounds of each primary index, and late answers beside the others. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/bounds",
    operation_id = "getBounds",
    security(("key" = ["read"])),
    params(OfReport),
    responses(
        (
            status = 200,
            description = "The report.",
            content((BoundsReport = "application/json", example = json!(examples::bounds())), (String = "text/csv")),
        ),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn bounds(
    State(api): State<Api>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = bounds::bounds(&mut api.db.read_at_length().await?, &api.ctx, &request).await?;
    Ok(reply(&headers, &report))
}

/// Compare importance and satisfaction
///
/// For the factors about which a script asks both. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/importance",
    operation_id = "getImportance",
    security(("key" = ["read"])),
    params(OfReport),
    responses(
        (
            status = 200,
            description = "The report.",
            content((ImportanceReport = "application/json", example = json!(examples::importance())), (String = "text/csv")),
        ),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn importance(
    State(api): State<Api>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = importance::importance(&mut api.db.read_at_length().await?, &api.ctx, &request).await?;
    Ok(reply(&headers, &report))
}

/// Tell what drives the overall score
///
/// How much of its variance each factor explains. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/drivers",
    operation_id = "getDrivers",
    security(("key" = ["read"])),
    params(OfDrivers),
    responses(
        (
            status = 200,
            description = "The report.",
            content((DriversReport = "application/json", example = json!(examples::drivers())), (String = "text/csv")),
        ),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn drivers(
    State(api): State<Api>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = drivers::drivers(&mut api.db.read_at_length().await?, &api.ctx, &request).await?;
    Ok(reply(&headers, &report))
}

/// Divide up a change
///
/// How much of the change comes from the mix of groups, and how much from the groups. `by` is `tenure` unless it says otherwise, and `compare` is `previous`. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/decomposition",
    operation_id = "getDecomposition",
    security(("key" = ["read"])),
    params(OfDecomposition),
    responses(
        (
            status = 200,
            description = "The report.",
            content((DecompositionReport = "application/json", example = json!(examples::decomposition())), (String = "text/csv")),
        ),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn decomposition(
    State(api): State<Api>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report =
        decomposition::decomposition(&mut api.db.read_at_length().await?, &api.ctx, &request).await?;
    Ok(reply(&headers, &report))
}

/// Find the critical wait
///
/// How long customers wait before the share of bad ratings rises, for the first response and for the resolution. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/waiting",
    operation_id = "getWaiting",
    security(("key" = ["read"])),
    params(OfWaiting),
    responses(
        (
            status = 200,
            description = "The report.",
            content((WaitingReport = "application/json", example = json!(examples::waiting())), (String = "text/csv")),
        ),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn waiting(
    State(api): State<Api>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    let request = read(pairs)?;
    let report = waiting::waiting(&mut api.db.read_at_length().await?, &api.ctx, &request).await?;
    Ok(reply(&headers, &report))
}

/// Get the KPIs of support and cases
///
/// Complete counts of the events of tickets and of cases. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/figures/kpis",
    operation_id = "getKpis",
    security(("key" = ["read"])),
    params(OfKpis),
    responses(
        (
            status = 200,
            description = "The report.",
            content((KpisReport = "application/json", example = json!(examples::kpis())), (String = "text/csv")),
        ),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn kpis(
    State(api): State<Api>,
    headers: HeaderMap,
    pairs: Pairs,
) -> Result<Response, Problem> {
    let request = read_as(pairs, |pairs| KpisRequest::parse(pairs.iter().copied()))?;
    let report = kpis::kpis(&mut api.db.read_at_length().await?, &api.ctx, &request).await?;
    Ok(reply(&headers, &report))
}

fn read(pairs: Pairs) -> Result<Request, Problem> {
    read_as(pairs, |pairs| Request::parse(pairs.iter().copied()))
}

fn read_as<T>(
    pairs: Pairs,
    parse: impl FnOnce(&[(&str, &str)]) -> Result<T, Vec<FieldError>>,
) -> Result<T, Problem> {
    let Query(pairs) = pairs.map_err(|error| Problem::bad_request(error.body_text()))?;
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    parse(&pairs).map_err(Problem::wrong_values)
}

/// The reply as JSON, or as a table if the caller wants one.
fn reply(headers: &HeaderMap, body: &(impl Serialize + Flat)) -> Response {
    if wants_csv(headers) {
        ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], flat::csv(body)).into_response()
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
