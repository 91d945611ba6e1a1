//! `GET /v1/customers/{id}` returns everything that is stored about a customer. `DELETE` erases it.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::refused::{Keyed, Refused};
use super::{Api, Problem, examples};
use crate::domain::event::schema::KnownCustomerId;
use crate::domain::event::{FieldError, known_customer_id};
use crate::jobs::erasing;
use crate::service::keys::Scope;
use crate::service::record::{Customer, Record, Tokens};

/// How much was erased.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Erased)]
struct ErasedReply {
    /// How many events were erased.
    events: i64,
    /// How many surveys were erased.
    surveys: i64,
    /// How many alerts in chats are being edited.
    alerts: i64,
    /// How many copies of the customer's messages in chats are being deleted.
    copies: i64,
}

/// Get everything that is stored about a customer
///
/// Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/customers/{id}",
    operation_id = "getCustomer",
    security(("key" = ["read"])),
    params((
        "id" = inline(KnownCustomerId), Path,
        description = "The customer's ID, `customer.id` in events.", example = "C-42"
    )),
    responses(
        (status = 200, description = "The customer's record.", body = Customer, example = json!(examples::customer())),
        Keyed, Refused<404>, Refused<422>,
    ),
)]
pub(super) async fn get(
    State(api): State<Api>,
    Extension(scope): Extension<Scope>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let id = read(id)?;
    // The first person who taps a link becomes the customer. So its token is shown only to keys that may make links
    // themselves.
    let tokens = if scope.includes(Scope::Events) { Tokens::Shown } else { Tokens::Hidden };
    let mut tx = api.db.read().await?;
    let (record, head) = Record::begin(&mut tx, &id, tokens).await?.ok_or_else(nobody)?;
    drop(tx);
    let body = Body::from_stream(record.pieces(api.db, head));
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}

/// Erase a customer
///
/// Scores, chosen options, agent, team, store, tags and the day are kept. Names, words, files, the events' JSON,
/// subjects and IDs are deleted, also from alerts in chats. A repeated event is still recognised. Needs a key with the
/// scope `admin`.
#[utoipa::path(
    delete,
    path = "/v1/customers/{id}",
    operation_id = "deleteCustomer",
    security(("key" = ["admin"])),
    params((
        "id" = inline(KnownCustomerId), Path,
        description = "The customer's ID, `customer.id` in events.", example = "C-42"
    )),
    responses(
        (
            status = 200,
            description = "How much was erased. Erasing the same customer again is a 404.",
            body = ErasedReply,
            example = json!(examples::erased()),
        ),
        Keyed, Refused<404>, Refused<422>,
    ),
)]
pub(super) async fn delete(
    State(api): State<Api>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<impl Serialize>, Problem> {
    let id = read(id)?;
    let erased = erasing::customer(&api.db, &api.ctx, &id).await?.ok_or_else(nobody)?;
    Ok(Json(ErasedReply {
        events: erased.events,
        surveys: erased.surveys,
        alerts: erased.alerts,
        copies: erased.copies,
    }))
}

fn read(id: Result<Path<String>, PathRejection>) -> Result<String, Problem> {
    let Path(id) = id.map_err(|_| Problem::bad_request("the customer's ID in the address is not UTF-8"))?;
    known_customer_id(&id)
        .map_err(|message| Problem::wrong_values(vec![FieldError::new("customer.id", message)]))
}

fn nobody() -> Problem {
    Problem::not_found("nothing is stored about a customer with this ID")
}
