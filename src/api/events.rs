//! `POST /v1/events` and `GET /v1/events/{event_id}`.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::body::{self, Payload};
use super::queue::{Outcome, Refused, Unavailable, Waiting};
use super::{Api, Problem};
use crate::domain::event::{Event, FieldError, Json as Written, Normalised, ParseError, split_array};
use crate::domain::ledger::State as LedgerState;
use crate::domain::time::Timestamp;
use crate::service::events::{Accepted, Ledger, find};

/// What became of an event, as the caller reads it.
#[derive(Debug, Serialize)]
struct Receipt {
    event_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    survey_id: Option<String>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

/// One result of a batch: the HTTP status it would have had alone, and the receipt or what is wrong.
#[derive(Debug, Serialize)]
struct BatchResult {
    status: u16,
    #[serde(flatten)]
    receipt: Option<Receipt>,
    #[serde(flatten)]
    rejection: Option<Rejection>,
}

#[derive(Debug, Serialize)]
struct Rejection {
    /// Where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<String>,
    detail: String,
    errors: Vec<FieldError>,
}

/// `{"accepted", "known", "rejected", "results"}`; the results are written down while later parts are being stored.
#[derive(Debug, Default)]
struct BatchReply {
    accepted: usize,
    known: usize,
    rejected: usize,
    /// JSON objects with commas between them.
    results: Vec<u8>,
}

pub(super) async fn post(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    match body::read(&headers, body).await? {
        Payload::One(bytes) => post_one(&api, &bytes).await,
        Payload::Batch(bytes) => {
            let items: Vec<&[u8]> = split_array(&bytes)?.into_iter().map(str::as_bytes).collect();
            post_batch(&api, &items).await
        }
        Payload::Lines(bytes) => {
            let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
            let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
            post_batch(&api, &lines.collect::<Vec<_>>()).await
        }
    }
}

async fn post_one(api: &Api, bytes: &[u8]) -> Result<Response, Problem> {
    let event = Event::parse(bytes, api.ctx.clock.now())?;
    let outcome = api.events.submit(vec![event.into()]).await?.pop().ok_or_else(Problem::internal)?;
    let accepted = outcome.map_err(Problem::from)?;
    Ok((status(&accepted), Json(Receipt::from(accepted))).into_response())
}

/// While one part is being stored, the next one is read.
async fn post_batch(api: &Api, mut items: &[&[u8]]) -> Result<Response, Problem> {
    let mut reply = BatchReply::default();
    let mut waiting: Option<Part> = None;
    while !items.is_empty() {
        let (these, later) = items.split_at(items.len().min(api.events.part()));
        items = later;
        let part = hand_in(api, these)?;
        if let Some(before) = waiting.replace(part) {
            reply.add(before).await?;
        }
    }
    if let Some(last) = waiting {
        reply.add(last).await?;
    }
    Ok(reply.into_response())
}

/// A part of a batch that was handed in.
struct Part {
    /// Of every item; `None` for those that wait to be stored.
    results: Vec<Option<BatchResult>>,
    /// Of those that wait.
    ids: Vec<String>,
    stored: Option<Waiting>,
}

fn hand_in(api: &Api, items: &[&[u8]]) -> Result<Part, Problem> {
    let now = api.ctx.clock.now();
    let mut results = Vec::with_capacity(items.len());
    let mut events = Vec::with_capacity(items.len());
    for item in items {
        match read_item(item, now) {
            Ok(event) => {
                results.push(None);
                events.push(Normalised::from(event));
            }
            Err(unreadable) => results.push(Some(BatchResult::from(unreadable))),
        }
    }
    let ids = events.iter().map(|event| event.event_id.clone()).collect();
    let stored = if events.is_empty() { None } else { Some(api.events.hand_in(events)?) };
    Ok(Part { results, ids, stored })
}

/// An item that is not an event, with its ID where that could be read.
struct Unreadable {
    event_id: Option<String>,
    error: ParseError,
}

fn read_item(item: &[u8], now: Timestamp) -> Result<Event, Unreadable> {
    let json = Written::parse(item)
        .map_err(|error| Unreadable { event_id: None, error: ParseError::Malformed(error) })?;
    Event::from_json(&json, now).map_err(|errors| Unreadable {
        event_id: json.member_text("event_id").map(str::to_owned),
        error: ParseError::Fields(errors),
    })
}

impl BatchReply {
    /// Waits until a part is on disk.
    async fn add(&mut self, part: Part) -> Result<(), Problem> {
        let outcomes = match part.stored {
            Some(stored) => stored.outcomes().await?,
            None => Vec::new(),
        };
        let mut stored = outcomes.into_iter().zip(part.ids).map(|(outcome, id)| BatchResult::of(outcome, id));
        for rejected in part.results {
            let result = rejected.or_else(|| stored.next()).ok_or_else(Problem::internal)?;
            match result.status {
                202 => self.accepted += 1,
                200 => self.known += 1,
                _ => self.rejected += 1,
            }
            if !self.results.is_empty() {
                self.results.push(b',');
            }
            serde_json::to_writer(&mut self.results, &result).map_err(|_| Problem::internal())?;
        }
        Ok(())
    }

    fn into_response(self) -> Response {
        let Self { accepted, known, rejected, results } = self;
        let counts = format!(r#"{{"accepted":{accepted},"known":{known},"rejected":{rejected},"results":["#);
        let body = [counts.as_bytes(), &results, b"]}"].concat();
        ([(CONTENT_TYPE, "application/json")], body).into_response()
    }
}

impl BatchResult {
    fn of(outcome: Outcome, event_id: String) -> Self {
        match outcome {
            Ok(accepted) => Self {
                status: status(&accepted).as_u16(),
                receipt: Some(Receipt::from(accepted)),
                rejection: None,
            },
            Err(refused) => Self::rejected(Some(event_id), &Problem::from(refused)),
        }
    }

    fn rejected(event_id: Option<String>, problem: &Problem) -> Self {
        let rejection =
            Rejection { event_id, detail: problem.detail().to_owned(), errors: problem.errors().to_vec() };
        Self { status: problem.status().as_u16(), receipt: None, rejection: Some(rejection) }
    }
}

impl From<Unreadable> for BatchResult {
    fn from(unreadable: Unreadable) -> Self {
        Self::rejected(unreadable.event_id, &Problem::from(unreadable.error))
    }
}

fn status(accepted: &Accepted) -> StatusCode {
    if accepted.known { StatusCode::OK } else { StatusCode::ACCEPTED }
}

impl From<Accepted> for Receipt {
    fn from(accepted: Accepted) -> Self {
        Self {
            event_id: accepted.event_id,
            survey_id: accepted.survey_id,
            state: accepted.state.as_str(),
            reason: accepted.state.reason(),
            due_at: accepted.due_at,
            link: accepted.link,
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Conflict(conflict) => conflict.into(),
            Refused::Internal => Self::internal(),
        }
    }
}

impl From<Unavailable> for Problem {
    fn from(unavailable: Unavailable) -> Self {
        Self::unavailable(match unavailable {
            Unavailable::Overload => "more events are waiting than can be stored at once; try again",
            Unavailable::Database => "the database is not available; nothing was lost or stored: try again",
        })
    }
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
