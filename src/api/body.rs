//! Reads the body of one event or of a batch. The media type or the first character tells which of the two it is, and
//! so how long it may be.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use futures_util::StreamExt as _;

use super::Problem;
use super::reading::{Held, Reading};
use crate::domain::event::Form;

pub(super) const ONE_LIMIT: usize = 1 << 20;
const BATCH_LIMIT: usize = 64 << 20;
const PATIENCE: Duration = Duration::from_mins(1);

/// The limits on a body, as the API's description states them.
pub(super) fn limits() -> String {
    let (one, batch) = (ONE_LIMIT >> 20, BATCH_LIMIT >> 20);
    format!(
        "One event of at most {one} MiB, or a batch of at most {batch} MiB with items of at most {one} MiB."
    )
}

#[derive(Debug)]
pub(super) enum Payload {
    One(Vec<u8>),
    Batch {
        text: Vec<u8>,
        form: Form,
        /// Present if the text is larger than one event may be.
        held: Option<Held>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Media {
    Json,
    Lines,
}

pub(super) async fn read(headers: &HeaderMap, body: Body, reading: &Reading) -> Result<Payload, Problem> {
    let media = media(headers)?;
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Err(Problem::unsupported("the body is compressed (Content-Encoding): send it as it is"));
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > BATCH_LIMIT) {
        return Err(Problem::too_large(BATCH_LIMIT, "a batch"));
    }
    tokio::time::timeout(PATIENCE, collect(body, media, reading)).await.map_err(|_| Problem::timeout())?
}

fn media(headers: &HeaderMap) -> Result<Media, Problem> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(Media::Json) };
    let essence = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    match essence.to_ascii_lowercase().as_slice() {
        b"application/json" => Ok(Media::Json),
        b"application/x-ndjson" | b"application/ndjson" | b"application/jsonl" => Ok(Media::Lines),
        _ => Err(Problem::unsupported(
            "set the header Content-Type: events are taken as application/json, one object or an array of them, or as \
             application/x-ndjson, one object a line",
        )),
    }
}

async fn collect(body: Body, media: Media, reading: &Reading) -> Result<Payload, Problem> {
    let mut chunks = body.into_data_stream();
    let mut text = Vec::new();
    let mut is_batch = (media == Media::Lines).then_some(true);
    let mut held = None;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::bad_request("the body broke off"))?;
        text.extend_from_slice(&chunk);
        is_batch = is_batch.or_else(|| first_character(&text).map(|first| first == b'['));
        let (limit, what) =
            if is_batch == Some(true) { (BATCH_LIMIT, "a batch") } else { (ONE_LIMIT, "one event") };
        if text.len() > limit {
            return Err(Problem::too_large(limit, what));
        }
        if text.len() > ONE_LIMIT {
            let mut more = held.map_or_else(|| reading.hold(), Ok)?;
            more.grow_to(text.len())?;
            held = Some(more);
        }
    }
    Ok(match (media, is_batch) {
        (Media::Lines, _) => Payload::Batch { text, form: Form::Lines, held },
        (Media::Json, Some(true)) => Payload::Batch { text, form: Form::Array, held },
        (Media::Json, _) => Payload::One(text),
    })
}

fn first_character(bytes: &[u8]) -> Option<u8> {
    const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start().first().copied()
}
