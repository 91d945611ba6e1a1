//! `POST /v1/events` and `GET /v1/events/{event_id}`.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::body::{self, Payload};
use super::receipt::{Receipt, status};
use super::{Api, Problem, batch};
use crate::domain::event::Event;
use crate::domain::ledger::State as LedgerState;
use crate::domain::time::Timestamp;
use crate::service::events::{Ledger, find};

/// An event of so many bytes is read where it comes in: handing it over would cost more.
const AT_ONCE: usize = 16 << 10;

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

/// The ledger's page about one event.
#[derive(Debug, Serialize)]
struct LedgerReply {
    event_id: String,
    kind: String,
    occurred_at: Timestamp,
    received_at: Timestamp,
    customer_id: String,
    test: bool,
    survey_id: Option<String>,
    script: Option<String>,
    script_version: Option<i64>,
    state: &'static str,
    reason: Option<&'static str>,
    /// State and reason, once nothing can follow.
    outcome: Option<String>,
    due_at: Option<Timestamp>,
    transitions: Vec<TransitionReply>,
}

#[derive(Debug, Serialize)]
struct TransitionReply {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    at: Timestamp,
}

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
