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
