//! A test survey sent to oneself.

use serde_json::json;

use crate::domain::event::{Event, Kind, ParseError};
use crate::domain::ids::PersonId;
use crate::domain::script::{Script, Trigger};
use crate::domain::time::Timestamp;
use crate::service::Context;

/// An event as a shop would send it, for a customer who exists only for tests.
pub fn trial(
    ctx: &Context,
    script: &Script,
    telegram_id: PersonId,
    now: Timestamp,
) -> Result<Event, ParseError> {
    let kind = match script.on {
        Trigger::Purchase => Kind::Purchase,
        _ => Kind::TicketClosed,
    };
    let json = json!({
        "event_id": format!("test-{}", ctx.entropy.id()),
        "kind": kind.as_str(),
        "occurred_at": now.to_rfc3339(),
        "customer": { "id": format!("test-{telegram_id}"), "telegram_id": telegram_id },
        "script": script.slug,
        "test": true,
    });
    Event::parse(json.to_string().as_bytes(), now)
}
