//! `GET /v1/answers` and `GET /v1/surveys/{survey_id}`.

use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::{IntoParams, ToSchema};

use super::media::wants_csv;
use super::refused::{Keyed, Refused};
use super::{Api, Problem, examples};
use crate::domain::event::FieldError;
use crate::service::export::{self, Answer, Cursor, Format, Survey, changed_answers};
use crate::store;

const USUAL: i64 = 1000;
const MOST: i64 = 10_000;

/// All parameters are read as text, so that the errors about wrong values are in our own words.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[param(schema_with = since)]
    since: Option<String>,
    #[param(schema_with = limit)]
    limit: Option<String>,
    /// Whether to list answers of test surveys, too.
    #[param(value_type = bool, default = false, required = false)]
    tests: Option<String>,
}

fn cursor(about: &str) -> Object {
    let text = ObjectBuilder::new().schema_type(Type::String).description(Some(about));
    text.pattern(Some(Cursor::SHAPE)).build()
}

fn since() -> Object {
    cursor("The cursor from the previous call's `next`. Without it, the list starts with the first answer.")
}

fn next() -> Object {
    cursor("The cursor for the next call: pass it as `since`.")
}

fn limit() -> Object {
    let about = "The most answers to return. There may be fewer if they are long.";
    let number = ObjectBuilder::new().schema_type(Type::Integer).default(Some(USUAL.into()));
    number.minimum(Some(1)).maximum(Some(MOST)).description(Some(about)).build()
}

/// One page of answers and the cursor of the next page.
#[derive(ToSchema)]
#[schema(as = Answers)]
#[expect(dead_code, reason = "a page is written row by row; this is what it is")]
struct Page {
    /// The answers, oldest change first.
    answers: Vec<Answer>,
    #[schema(schema_with = next)]
    next: String,
    /// Whether the next call would return answers now.
    more: bool,
}

/// List answers
///
/// Lists the answers in the order in which they were stored or changed. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/answers",
    operation_id = "listAnswers",
    security(("key" = ["read"])),
    params(Asked),
    responses(
        (
            status = 200,
            description = "The answers that were stored or changed after the cursor. A changed answer comes again \
                           under its `answer_id` with a higher `revision`.",
            headers(("Next-Cursor" = String, description = "The same cursor as `next`. A CSV has it only here.")),
            content(
                (Page = "application/json", example = json!(examples::answers())),
                (String = "text/csv"),
            ),
        ),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn list(
    State(api): State<Api>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked.map_err(|error| {
        // The library's prefix does not help the caller, so it is cut off.
        let why = error.body_text();
        Problem::bad_request(why.rsplit_once("query string: ").map_or(why.as_str(), |(_, why)| why))
    })?;
    let (since, limit, tests) = asked.read()?;
    let csv = wants_csv(&headers);
    let format = if csv { Format::CSV } else { Format::Array };
    let mut tx = api.db.read().await?;
    let mut body = Vec::new();
    if !csv {
        body.extend_from_slice(b"{\"answers\":");
    }
    let page = changed_answers(&mut tx, &api.ctx, since, limit, tests, format, &mut body).await;
    let page = page
        .map_err(store::Error::from)?
        .map_err(|wrong| Problem::wrong_values(vec![FieldError::new("since", wrong.to_string())]))?;
    let next = page.next.to_string();
    let media = if csv {
        "text/csv; charset=utf-8"
    } else {
        body.extend_from_slice(format!(",\"next\":\"{next}\",\"more\":{}}}", page.more).as_bytes());
        "application/json"
    };
    let next = HeaderValue::from_str(&next).map_err(|_| Problem::internal())?;
    let mut response = Body::from(body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    response.headers_mut().insert("next-cursor", next);
    Ok(response)
}

impl Asked {
    fn read(&self) -> Result<(Cursor, i64, bool), Problem> {
        let mut errors = Vec::new();
        let since = self.since.as_deref().map_or(Ok(Cursor::default()), Cursor::parse);
        let since = since.unwrap_or_else(|wrong| {
            errors.push(FieldError::new("since", wrong.to_string()));
            Cursor::default()
        });
        let limit = self.limit.as_deref().map_or(Some(USUAL), |limit| limit.parse().ok());
        let limit = limit.filter(|limit| (1..=MOST).contains(limit)).unwrap_or_else(|| {
            errors.push(FieldError::new("limit", format!("must be a whole number from 1 to {MOST}")));
            USUAL
        });
        let tests = match self.tests.as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                errors.push(FieldError::new("tests", "must be true or false"));
                false
            }
        };
        if errors.is_empty() { Ok((since, limit, tests)) } else { Err(Problem::wrong_values(errors)) }
    }
}

/// Get a survey with its answers
///
/// Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/surveys/{survey_id}",
    operation_id = "getSurvey",
    security(("key" = ["read"])),
    params(("survey_id" = String, Path, description = "The survey's ID from the event's receipt.")),
    responses(
        (status = 200, description = "The survey and its answers.", body = Survey, example = json!(examples::survey())),
        Keyed, Refused<404>,
    ),
)]
pub(super) async fn survey(
    State(api): State<Api>,
    survey_id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let Path(survey_id) =
        survey_id.map_err(|_| Problem::bad_request("the survey's ID in the address is not UTF-8"))?;
    let mut tx = api.db.read().await?;
    let survey = export::survey(&mut tx, &api.ctx, &survey_id).await.map_err(store::Error::from)?;
    let survey = survey.ok_or_else(|| Problem::not_found("there is no survey with this ID"))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], survey).into_response())
}
