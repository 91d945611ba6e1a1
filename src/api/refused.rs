//! The error replies in the API's description. The examples are made by the same code as the real errors.

use std::collections::BTreeMap;

use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Header, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema as _};

use super::Problem;
use super::body::ONE_LIMIT;
use crate::domain::event::FieldError;

type Responses = BTreeMap<String, RefOr<Response>>;

/// The error reply with this status.
#[derive(Debug)]
pub(super) enum Refused<const STATUS: u16> {}

/// The error replies that any address may give.
#[derive(Debug)]
pub(super) enum Anywhere {}

/// The error replies that any address that needs a key may give.
#[derive(Debug)]
pub(super) enum Keyed {}

impl<const STATUS: u16> IntoResponses for Refused<STATUS> {
    fn responses() -> Responses {
        of(&[STATUS])
    }
}

impl IntoResponses for Anywhere {
    fn responses() -> Responses {
        of(&[400, 500])
    }
}

impl IntoResponses for Keyed {
    fn responses() -> Responses {
        of(&[400, 401, 403, 429, 500, 503])
    }
}

fn of(statuses: &[u16]) -> Responses {
    statuses.iter().map(|status| (status.to_string(), response(*status).into())).collect()
}

fn response(status: u16) -> Response {
    let (about, example) = case(status);
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(Problem::name())))
        .example(serde_json::to_value(example).ok());
    let response =
        ResponseBuilder::new().description(about).content("application/problem+json", content.build());
    let header = |kind: Type, about: &str| {
        let mut header = Header::new(ObjectBuilder::new().schema_type(kind).build());
        header.description = Some(about.to_owned());
        header
    };
    match status {
        401 => response.header("WWW-Authenticate", header(Type::String, "Always `Bearer`.")),
        429 | 503 => response
            .header("Retry-After", header(Type::Integer, "How many seconds to wait before the next try.")),
        _ => response,
    }
    .build()
}

/// The description of a status, and an example.
fn case(status: u16) -> (&'static str, Problem) {
    let wrong = |field: &str, message: &str| vec![FieldError::new(field, message)];
    match status {
        400 => ("The request is malformed.", Problem::bad_request("the parameter name has a NUL in it")),
        401 => {
            ("The key is missing, wrong or revoked.", Problem::unauthorized("the key is wrong, or revoked"))
        }
        403 => (
            "The key's scope does not allow this call.",
            Problem::forbidden("the key has the scope 'read'; this takes 'admin'"),
        ),
        404 => (
            "Nothing was found under this ID or address.",
            Problem::not_found("there is nothing at this address"),
        ),
        408 => ("The body did not arrive in time.", Problem::timeout()),
        409 => (
            "An event with this `event_id` was accepted before with other content. `errors` names the fields that \
             differ.",
            Problem::conflict(
                "event_id 'order-1001' was accepted before with other content; different: store",
                wrong("store", "differs from the event accepted before"),
            ),
        ),
        413 => {
            ("The body is too large. `detail` states the limit.", Problem::too_large(ONE_LIMIT, "one event"))
        }
        415 => (
            "The media type is not supported, or the body is compressed.",
            Problem::unsupported("the body is compressed (Content-Encoding): send it as it is"),
        ),
        422 => (
            "Some values are wrong. `errors` names all of them.",
            Problem::wrong_values(wrong("customer.id", "must not be empty")),
        ),
        429 => (
            "Too many wrong keys came from this address. A call with a valid key never gets this reply.",
            Problem::too_many("too many wrong keys come from this address"),
        ),
        503 => (
            "Not available at the moment. Nothing was lost: send the same request again after `Retry-After` seconds.",
            Problem::unavailable("the database is not available; try again"),
        ),
        _ => ("An internal error. The server log has the cause.", Problem::internal()),
    }
}
