//! `POST /v1/events` and `GET /v1/events/{event_id}`.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::batch::BatchReply;
use super::body::{self, Payload};
use super::examples;
use super::receipt::{Receipt, status};
use super::refused::{Keyed, Refused};
use super::{Api, Problem, batch};
use crate::domain::described::{OutcomeWord, ReasonWord, StateWord};
use crate::domain::event::{Event, Kind};
use crate::domain::ledger::State as LedgerState;
use crate::domain::time::Timestamp;
use crate::service::events::{Ledger, find};

/// An event of at most this many bytes is read in the handler itself: moving it to another thread would cost more.
const AT_ONCE: usize = 16 << 10;

/// The body of a call: one event or an array of events.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "bodies are read piece by piece; this is what they are")]
enum Events {
    One(Box<Event>),
    Batch(Vec<Event>),
}

/// The body of a reply with status 200: the receipt of a known event, or the results of a batch.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the answers are written apart")]
enum Received {
    Known(Receipt),
    Batch(BatchReply),
}

/// Post events
///
/// Takes one event, an array of events, or NDJSON with one event per line. An event with a 2xx status is on disk. Needs
/// a key with the scope `events`.
#[utoipa::path(
    post,
    path = "/v1/events",
    operation_id = "postEvents",
    security(("key" = ["events"])),
    request_body(
        description = body::limits(),
        content(
            (Events = "application/json", examples(
                ("purchase" = (summary = "A purchase", value = json!(examples::purchase()))),
                ("ticket" = (summary = "A closed ticket", value = json!(examples::ticket()))),
                ("cancellation" = (summary = "A cancelled purchase", value = json!(examples::cancellation()))),
                ("batch" = (summary = "A batch", value = json!([examples::ticket(), examples::cancellation()]))),
            )),
            (String = "application/x-ndjson", example = json!(examples::lines())),
        ),
    ),
    responses(
        (
            status = 200,
            description = "The event was known already with the same content; or the results of a batch, which is not \
                           atomic.",
            body = Received,
            examples(
                ("known" = (summary = "An event that was known already", value = json!(examples::receipt()))),
                ("batch" = (summary = "The results of a batch", value = json!(examples::batch_reply()))),
            ),
        ),
        (
            status = 202,
            description = "The event is new and on disk.",
            body = Receipt,
            example = json!(examples::receipt()),
        ),
        Keyed, Refused<408>, Refused<409>, Refused<413>, Refused<415>, Refused<422>,
    ),
)]
pub(super) async fn post(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    match body::read(&headers, body, api.events.reading()).await? {
        Payload::One(bytes) => post_one(&api, bytes).await,
        Payload::Batch { text, form, held } => batch::post(&api, text, form, held).await,
    }
}

async fn post_one(api: &Api, bytes: Vec<u8>) -> Result<Response, Problem> {
    let now = api.ctx.clock.now();
    let event = if bytes.len() <= AT_ONCE {
        Event::parse(&bytes, now)
    } else {
        api.events.reading().run(move || Event::parse(&bytes, now)).await?
    };
    let outcome = api.events.submit(vec![event?.into()]).await?.pop().ok_or_else(Problem::internal)?;
    let accepted = outcome.map_err(Problem::from)?;
    Ok((status(&accepted), Json(Receipt::from(accepted))).into_response())
}

/// What became of an event, step by step.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ledger)]
struct LedgerReply {
    /// The event's ID. Once the customer is erased, a keyed hash of it.
    event_id: String,
    /// The event's kind.
    #[schema(value_type = Kind)]
    kind: String,
    /// When the event happened, as its sender reported.
    occurred_at: Timestamp,
    /// When the event was received.
    received_at: Timestamp,
    /// The customer's ID. Empty once the customer is erased.
    customer_id: String,
    /// Whether the event is a test. Tests count in no figure.
    test: bool,
    /// The hook through which the event came. null if it came another way.
    #[schema(required)]
    hook: Option<String>,
    /// The ID of the survey that the event led to. null for the kinds that never ask.
    #[schema(required)]
    survey_id: Option<String>,
    /// The slug of the survey's script. null if no script was chosen.
    #[schema(required)]
    script: Option<String>,
    /// The version of the script. null until the survey is sent.
    #[schema(required)]
    script_version: Option<i64>,
    /// The current state.
    #[schema(value_type = StateWord)]
    state: &'static str,
    /// The reason for the state. null for states without reasons.
    #[schema(value_type = Option<ReasonWord>, required)]
    reason: Option<&'static str>,
    /// The final outcome. null as long as another state can follow.
    #[schema(value_type = Option<OutcomeWord>, required)]
    outcome: Option<String>,
    /// When the survey is or was due to be sent. null if it has not been scheduled.
    #[schema(required)]
    due_at: Option<Timestamp>,
    /// Every state the event has been in, oldest first.
    transitions: Vec<TransitionReply>,
}

/// The move into one state.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transition)]
struct TransitionReply {
    /// The state that was entered.
    #[schema(value_type = StateWord)]
    state: &'static str,
    /// The reason for the state. Absent for states without reasons.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ReasonWord, required = false)]
    reason: Option<&'static str>,
    /// When the state was entered.
    at: Timestamp,
}

/// Get what became of an event
///
/// Needs a key with the scope `read`.
#[utoipa::path(
    get,
    path = "/v1/events/{event_id}",
    operation_id = "getEvent",
    security(("key" = ["read"])),
    params(("event_id" = String, Path, description = "The event's ID as it was posted.", example = "order-1001")),
    responses(
        (
            status = 200,
            description = "The state, its reason, and every transition with its time.",
            body = LedgerReply,
            example = json!(examples::ledger()),
        ),
        Keyed, Refused<404>,
    ),
)]
pub(super) async fn get(
    State(api): State<Api>,
    event_id: Result<Path<String>, PathRejection>,
) -> Result<Json<impl Serialize>, Problem> {
    let Path(event_id) =
        event_id.map_err(|_| Problem::bad_request("the event's ID in the address is not UTF-8"))?;
    let mut tx = api.db.read().await?;
    let ledger = find(&mut tx, &event_id).await?;
    ledger
        .map(|ledger| Json(LedgerReply::from(ledger)))
        .ok_or_else(|| Problem::not_found("no event with this ID was ever accepted"))
}

impl From<Ledger> for LedgerReply {
    fn from(ledger: Ledger) -> Self {
        let state = ledger.state();
        let event = ledger.event;
        let transition = |(state, at): (LedgerState, Timestamp)| TransitionReply {
            state: state.as_str(),
            reason: state.reason(),
            at,
        };
        Self {
            event_id: event.event_id,
            kind: event.kind,
            occurred_at: event.occurred_at,
            received_at: event.received_at,
            customer_id: event.customer_id,
            test: event.test,
            hook: event.hook,
            survey_id: event.survey_id,
            script: event.script,
            script_version: event.script_version,
            state: state.as_str(),
            reason: state.reason(),
            outcome: state.is_final().then(|| state.to_string()),
            due_at: event.due_at,
            transitions: ledger.transitions.into_iter().map(transition).collect(),
        }
    }
}
