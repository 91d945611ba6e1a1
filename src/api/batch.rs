//! A batch of events. It is read slice by slice outside the handlers, stored part by part, and answered item by item.
//! The first rejected items get a full list of what is wrong with them; the others are only counted.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::ONE_LIMIT;
use super::queue::{Outcome, Waiting};
use super::reading::Held;
use super::receipt::{Receipt, status};
use super::{Api, Problem};
use crate::domain::event::{Event, FieldError, Form, Items, Json, Malformed, Normalised, ParseError, shown};
use crate::domain::time::Timestamp;

/// How many rejected items get a full list of what is wrong with them.
const TOLD: usize = 100;
/// A slice ends after this many bytes, or when it has as many events as may be stored at once.
const SLICE_BYTES: usize = 4 << 20;
/// How many characters are shown of an ID that may not be valid.
const SHOWN: usize = 128;

/// A batch as it came in, and how far it has been read.
struct Batch {
    text: Vec<u8>,
    items: Items,
    /// How many items have been read.
    count: usize,
    /// How many of them could not be read.
    unreadable: usize,
    is_read: bool,
    _held: Option<Held>,
}

/// The result of reading one slice.
#[derive(Default)]
struct Slice {
    events: Vec<Normalised>,
    verdicts: Vec<Verdict>,
}

/// The position of an item.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// The index among the items, from 0.
    index: usize,
    /// The line of the body, from 1, if the items are lines.
    line: Option<usize>,
}

/// What is known of an item before anything is stored.
enum Verdict {
    /// The item is the next of the slice's events; its position in the batch.
    Stored(Place),
    Told(Box<BatchResult>),
    /// This many rejected items in a row that are only counted.
    LeftOut(usize),
}

/// A slice that was handed in to be stored.
struct Part {
    verdicts: Vec<Verdict>,
    /// The IDs of the events that wait to be stored.
    ids: Vec<String>,
    stored: Option<Waiting>,
}

/// What became of one item.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum BatchResult {
    Taken(Taken),
    Rejected(Rejected),
}

/// An event of the batch that was accepted or known already.
#[derive(Debug, Serialize, ToSchema)]
struct Taken {
    /// The HTTP status that the event would have got on its own: 202 if it is new, 200 if it was known already.
    #[schema(minimum = 200, maximum = 202)]
    status: u16,
    #[serde(flatten)]
    receipt: Receipt,
}

/// An item of the batch that was rejected, and what is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
struct Rejected {
    /// The HTTP status that the event would have got on its own.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// The item's position in the batch, from 0.
    index: usize,
    /// The item's line in the body, from 1. Blank lines count. Only present for NDJSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1)]
    line: Option<usize>,
    /// The event's ID. Absent if it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    event_id: Option<String>,
    /// What is wrong, in one sentence.
    detail: String,
    /// Every wrong field. Empty if the problem is not about fields.
    errors: Vec<FieldError>,
}

/// What became of a batch. A batch is not atomic: each event is accepted or rejected on its own.
// The reply is built while later parts are being stored.
#[derive(Default, ToSchema)]
pub(super) struct BatchReply {
    /// How many events are new and were stored.
    accepted: usize,
    /// How many events were known already with the same content.
    known: usize,
    /// How many items were rejected, including those that were left out.
    rejected: usize,
    /// How many rejected items have no result. Only the first 100 rejected items have one.
    left_out: usize,
    /// One result per item, in the order of the batch, without the items that were left out.
    // The JSON objects, separated by commas, after the name of their list.
    #[schema(value_type = Vec<BatchResult>)]
    results: Vec<u8>,
}

/// Answers a batch. The next part is read while the previous one is being stored.
pub(super) async fn post(
    api: &Api,
    text: Vec<u8>,
    form: Form,
    held: Option<Held>,
) -> Result<Response, Problem> {
    let mut batch = api.events.reading().run(move || Batch::of(text, form, held)).await??;
    let mut reply = BatchReply::new();
    let mut waiting: Option<Part> = None;
    while !batch.is_read {
        let (most, now) = (api.events.part(), api.ctx.clock.now());
        let slice;
        (batch, slice) = api.events.reading().run(move || batch.read(most, now)).await?;
        let part = hand_in(api, slice)?;
        if let Some(before) = waiting.replace(part) {
            reply.add(before).await?;
        }
    }
    // The batch is dropped early because the reply to a large batch is as large as the batch.
    drop(batch);
    if let Some(last) = waiting {
        reply.add(last).await?;
    }
    Ok(reply.into_response())
}

fn hand_in(api: &Api, slice: Slice) -> Result<Part, Problem> {
    let Slice { events, verdicts } = slice;
    let ids = events.iter().map(|event| event.event_id.clone()).collect();
    let stored = if events.is_empty() { None } else { Some(api.events.hand_in(events)?) };
    Ok(Part { verdicts, ids, stored })
}

impl Batch {
    fn of(text: Vec<u8>, form: Form, held: Option<Held>) -> Result<Self, Problem> {
        let items = Items::of(&text, form)?;
        Ok(Self { text, items, count: 0, unreadable: 0, is_read: false, _held: held })
    }

    /// Reads on until there are `most` events or the slice is long enough.
    fn read(mut self, most: usize, now: Timestamp) -> (Self, Slice) {
        let mut slice = Slice::default();
        let end = self.items.position() + SLICE_BYTES;
        while slice.events.len() < most && self.items.position() < end {
            let Some(item) = self.items.next(&self.text) else {
                self.is_read = true;
                break;
            };
            let place = Place { index: self.count, line: self.items.line() };
            self.count += 1;
            if self.unreadable >= TOLD {
                match read_if_right(item, now) {
                    Some(event) => slice.store(event, place),
                    None => slice.leave_out(),
                }
                continue;
            }
            match read_item(item, place, now) {
                Ok(event) => slice.store(event, place),
                Err(unreadable) => {
                    self.unreadable += 1;
                    slice.verdicts.push(Verdict::Told(Box::new(unreadable.into_result(place))));
                }
            }
        }
        (self, slice)
    }
}

impl Slice {
    fn store(&mut self, event: Event, place: Place) {
        self.verdicts.push(Verdict::Stored(place));
        self.events.push(Normalised::from(event));
    }

    fn leave_out(&mut self) {
        if let Some(Verdict::LeftOut(count)) = self.verdicts.last_mut() {
            *count += 1;
        } else {
            self.verdicts.push(Verdict::LeftOut(1));
        }
    }
}

/// An item that is not a valid event, with its ID if that could be read.
struct Unreadable {
    event_id: Option<String>,
    problem: Problem,
}

fn read_item(item: &[u8], place: Place, now: Timestamp) -> Result<Event, Unreadable> {
    let unreadable = |event_id: Option<&str>, problem: Problem| {
        let event_id = event_id.map(|id| shown(id, SHOWN));
        Unreadable { event_id, problem }
    };
    if item.len() > ONE_LIMIT {
        return Err(unreadable(None, Problem::too_large(ONE_LIMIT, "one event")));
    }
    let json = Json::parse(item).map_err(|error| {
        // The error names the line in the whole body, not in the item.
        let line = place.line.unwrap_or(error.line);
        unreadable(None, Malformed { line, ..error }.into())
    })?;
    Event::from_json(&json, now)
        .map_err(|errors| unreadable(json.member_text("event_id"), ParseError::Fields(errors).into()))
}

fn read_if_right(item: &[u8], now: Timestamp) -> Option<Event> {
    if item.len() > ONE_LIMIT {
        return None;
    }
    Event::from_json_if_right(&Json::parse(item).ok()?, now)
}

impl Unreadable {
    fn into_result(self, place: Place) -> BatchResult {
        BatchResult::rejected(place, self.event_id, &self.problem)
    }
}

impl BatchReply {
    fn new() -> Self {
        Self { results: br#"{"results":["#.to_vec(), ..Self::default() }
    }

    /// Waits until a part is on disk, and adds its results.
    async fn add(&mut self, part: Part) -> Result<(), Problem> {
        let outcomes = match part.stored {
            Some(stored) => stored.outcomes().await?,
            None => Vec::new(),
        };
        let mut stored = outcomes.into_iter().zip(part.ids);
        for verdict in part.verdicts {
            match verdict {
                Verdict::Told(result) => self.push(&result)?,
                Verdict::LeftOut(count) => {
                    self.rejected += count;
                    self.left_out += count;
                }
                Verdict::Stored(place) => {
                    let (outcome, id) = stored.next().ok_or_else(Problem::internal)?;
                    self.push(&BatchResult::of(outcome, id, place))?;
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, result: &BatchResult) -> Result<(), Problem> {
        match result {
            BatchResult::Taken(Taken { status: 202, .. }) => self.accepted += 1,
            BatchResult::Taken(_) => self.known += 1,
            BatchResult::Rejected(_) => self.rejected += 1,
        }
        if matches!(result, BatchResult::Rejected(_)) && self.rejected - self.left_out > TOLD {
            self.left_out += 1;
            return Ok(());
        }
        if !self.results.ends_with(b"[") {
            self.results.push(b',');
        }
        serde_json::to_writer(&mut self.results, result).map_err(|_| Problem::internal())
    }

    fn into_response(self) -> Response {
        let Self { accepted, known, rejected, left_out, results: mut body } = self;
        let counts = format!(
            r#"],"accepted":{accepted},"known":{known},"rejected":{rejected},"left_out":{left_out}}}"#
        );
        body.extend_from_slice(counts.as_bytes());
        ([(CONTENT_TYPE, "application/json")], body).into_response()
    }
}

impl BatchResult {
    fn of(outcome: Outcome, event_id: String, place: Place) -> Self {
        match outcome {
            Ok(accepted) => {
                let status = status(&accepted).as_u16();
                Self::Taken(Taken { status, receipt: Receipt::from(accepted) })
            }
            Err(refused) => Self::rejected(place, Some(event_id), &Problem::from(refused)),
        }
    }

    fn rejected(place: Place, event_id: Option<String>, problem: &Problem) -> Self {
        let (detail, errors) = (problem.detail().to_owned(), problem.errors().to_vec());
        let Place { index, line } = place;
        let status = problem.status().as_u16();
        Self::Rejected(Rejected { status, index, line, event_id, detail, errors })
    }
}
