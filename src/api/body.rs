//! Reading the body of an event or of a batch: its first character says which, and thereby how long it may be.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use futures_util::StreamExt as _;

use super::Problem;

const ONE_LIMIT: usize = 1 << 20;
const BATCH_LIMIT: usize = 64 << 20;
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) enum Payload {
    One(Vec<u8>),
    Batch(Vec<u8>),
}

pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Payload, Problem> {
    require_json(headers)?;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > BATCH_LIMIT) {
        return Err(Problem::too_large(BATCH_LIMIT, "a batch"));
    }
    tokio::time::timeout(PATIENCE, collect(body)).await.map_err(|_| Problem::timeout())?
}

fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let essence = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    if essence.eq_ignore_ascii_case(b"application/json") {
        return Ok(());
    }
    Err(Problem::unsupported("events are taken as application/json: one object, or an array of them"))
}

async fn collect(body: Body) -> Result<Payload, Problem> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut is_batch = None;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::bad_request("the body broke off"))?;
        bytes.extend_from_slice(&chunk);
        is_batch = is_batch.or_else(|| first_character(&bytes).map(|first| first == b'['));
        let (limit, what) =
            if is_batch == Some(true) { (BATCH_LIMIT, "a batch") } else { (ONE_LIMIT, "one event") };
        if bytes.len() > limit {
            return Err(Problem::too_large(limit, what));
        }
    }
    Ok(if is_batch == Some(true) { Payload::Batch(bytes) } else { Payload::One(bytes) })
}

fn first_character(bytes: &[u8]) -> Option<u8> {
    const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start().first().copied()
}
