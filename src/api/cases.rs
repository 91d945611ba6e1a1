//! `GET /v1/cases` and `GET /v1/cases/{number}`.

use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::{IntoParams, ToSchema};

use super::refused::{Keyed, Refused};
use super::{Api, Problem, examples};
use crate::domain::case::StatusName;
use crate::domain::described::CaseStatusWord;
use crate::domain::event::FieldError;
use crate::domain::ids::{CaseNumber, PersonId};
use crate::service::export::{self, Case, CaseCursor, WholeCase, changed_cases};
use crate::store;
use crate::store::cases::{Owner, Wanted};

const USUAL: i64 = 100;
const MOST: i64 = 1000;

/// All parameters are read as text, so that the errors about wrong values are in our own words.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[param(schema_with = since)]
    since: Option<String>,
    #[param(schema_with = limit)]
    limit: Option<String>,
    /// Only cases with this status.
    #[param(value_type = Option<CaseStatusWord>, required = false)]
    status: Option<String>,
    /// Only cases that this lead has, by their Telegram user ID, or `none` for those that nobody has.
    owner: Option<String>,
    /// Whether to list only unresolved cases that are past their nearest deadline.
    #[param(value_type = bool, default = false, required = false)]
    overdue: Option<String>,
    /// Only cases of this customer.
    customer_id: Option<String>,
    /// Whether to list test cases, too.
    #[param(value_type = bool, default = false, required = false)]
    tests: Option<String>,
}

fn cursor(about: &str) -> Object {
    let text = ObjectBuilder::new().schema_type(Type::String).description(Some(about));
    text.pattern(Some(CaseCursor::SHAPE)).build()
}

fn since() -> Object {
    cursor("The cursor from the previous call's `next`. Without it, the list starts with the first case.")
}

fn next() -> Object {
    cursor("The cursor for the next call: pass it as `since`.")
}

fn limit() -> Object {
    let number = ObjectBuilder::new().schema_type(Type::Integer).default(Some(USUAL.into()));
    number.minimum(Some(1)).maximum(Some(MOST)).description(Some("The most cases to return.")).build()
}

/// One page of cases and the cursor of the next page.
#[derive(ToSchema)]
#[schema(as = Cases)]
#[expect(dead_code, reason = "a page is written row by row; this is what it is")]
struct Page {
    /// The cases, oldest change first.
    cases: Vec<Case>,
    #[schema(schema_with = next)]
    next: String,
    /// Whether the next call would return cases now.
    more: bool,
}

/// List cases
///
/// Lists the cases in the order in which they last changed. Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/cases",
    operation_id = "listCases",
    security(("key" = ["read"])),
    params(Asked),
    responses(
        (
            status = 200,
            description = "The cases that changed after the cursor. A case that changes comes again under its number \
                           with a higher `revision`.",
            body = Page,
            example = json!(examples::cases()),
        ),
        Keyed, Refused<422>,
    ),
)]
pub(super) async fn list(
    State(api): State<Api>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked.map_err(|error| {
        // The library's prefix does not help the caller, so it is cut off.
        let why = error.body_text();
        Problem::bad_request(why.rsplit_once("query string: ").map_or(why.as_str(), |(_, why)| why))
    })?;
    let (since, limit, wanted) = asked.read()?;
    let mut tx = api.db.read().await?;
    let mut body = b"{\"cases\":".to_vec();
    let page = changed_cases(&mut tx, &wanted, since, limit, api.ctx.clock.now(), &mut body).await;
    let page = page
        .map_err(store::Error::from)?
        .map_err(|wrong| Problem::wrong_values(vec![FieldError::new("since", wrong.to_string())]))?;
    body.extend_from_slice(format!(",\"next\":\"{}\",\"more\":{}}}", page.next, page.more).as_bytes());
    Ok(([(CONTENT_TYPE, "application/json")], Body::from(body)).into_response())
}

/// Get a case with its steps and messages
///
/// Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/cases/{number}",
    operation_id = "getCase",
    security(("key" = ["read"])),
    params(("number" = i64, Path, description = "The case's number.", example = 101)),
    responses(
        (status = 200, description = "The case.", body = WholeCase, example = json!(examples::case())),
        Keyed, Refused<404>,
    ),
)]
pub(super) async fn get(
    State(api): State<Api>,
    number: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let Path(number) =
        number.map_err(|_| Problem::bad_request("the case's number in the address is not UTF-8"))?;
    let missing = || Problem::not_found(format!("case {number}: there is no such case"));
    let number = number.parse().map(CaseNumber::new).map_err(|_| missing())?;
    let mut tx = api.db.read().await?;
    let case = export::case(&mut tx, number).await.map_err(store::Error::from)?.ok_or_else(missing)?;
    Ok(([(CONTENT_TYPE, "application/json")], case).into_response())
}

impl Asked {
    fn read(self) -> Result<(CaseCursor, i64, Wanted), Problem> {
        let mut errors = Vec::new();
        let since = self.since.as_deref().map_or(Ok(CaseCursor::default()), CaseCursor::parse);
        let since = since.unwrap_or_else(|wrong| {
            errors.push(FieldError::new("since", wrong.to_string()));
            CaseCursor::default()
        });
        let limit = self.limit.as_deref().map_or(Some(USUAL), |limit| limit.parse().ok());
        let limit = limit.filter(|limit| (1..=MOST).contains(limit)).unwrap_or_else(|| {
            errors.push(FieldError::new("limit", format!("must be a whole number from 1 to {MOST}")));
            USUAL
        });
        let status = self.status.as_deref().and_then(|status| {
            let known = status.parse::<StatusName>().ok();
            if known.is_none() {
                let names: Vec<&str> = StatusName::ALL.iter().map(|name| name.as_str()).collect();
                errors.push(FieldError::new("status", format!("must be one of {}", names.join(", "))));
            }
            known
        });
        let owner = self.owner.as_deref().and_then(|owner| match owner {
            "none" => Some(Owner::Nobody),
            id => {
                let person = id.parse().ok().map(|id| Owner::Person(PersonId::new(id)));
                if person.is_none() {
                    errors.push(FieldError::new("owner", "must be a Telegram user ID or none"));
                }
                person
            }
        });
        let mut flag = |name: &str, text: Option<&str>| match text {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                errors.push(FieldError::new(name, "must be true or false"));
                false
            }
        };
        let (overdue, tests) =
            (flag("overdue", self.overdue.as_deref()), flag("tests", self.tests.as_deref()));
        if !errors.is_empty() {
            return Err(Problem::wrong_values(errors));
        }
        Ok((since, limit, Wanted { status, owner, overdue, customer_id: self.customer_id, tests }))
    }
}
