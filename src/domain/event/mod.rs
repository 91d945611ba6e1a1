//! An event: a fact from the company's systems, as the public API describes it. [`Event::parse`] creates an [`Event`]
//! only if every field is right, so nobody checks it again.

pub mod columns;
pub mod csv;
mod instant;
mod items;
mod json;
mod kind;
mod read;
mod rules;
mod same;
pub mod schema;

use std::ops::Deref;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::ToSchema;

pub use items::{Form, Items};
pub use json::{Json, Malformed};
pub use kind::{Family, Kind};
use rules::Origin;

use crate::domain::described::ZoneWord;
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;
use crate::domain::visible::revealed;

/// The most errors that one reply lists. A longer list would help nobody.
const MOST_ERRORS: usize = 100;

/// One wrong field: where it is (`customer.telegram_id`; empty for the whole), and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, thiserror::Error)]
#[error("{field}{}{message}", if field.is_empty() { "" } else { ": " })]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

impl FieldError {
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Fields(Vec<FieldError>),
}

/// An absent field, an empty list and `false` are all equal to a field that was never written. Tags and segments are
/// sets: sorted and without duplicates.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(
    description = "What is null is absent, and so is an empty text; a field that is not listed here is refused by name."
)]
pub struct Event {
    #[schema(schema_with = schema::event_id)]
    pub event_id: String,
    pub kind: Kind,
    #[schema(schema_with = schema::occurred_at)]
    pub occurred_at: Timestamp,
    pub customer: Customer,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(value_type = Option<Subject>)]
    pub subject: Subject,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(value_type = Option<Agent>)]
    pub agent: Agent,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::automation)]
    pub automation: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::id)]
    pub store: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::id)]
    pub channel: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::labels)]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(value_type = Option<Metrics>)]
    pub metrics: Metrics,
    /// The script to use, against the scripts' own conditions.
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::script)]
    pub script: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::extra)]
    pub extra: Extra,
    /// Sent at once, and in no figure.
    #[serde(skip_serializing_if = "is_default")]
    #[schema(value_type = Option<bool>)]
    pub test: bool,
}

/// The sender's own data, in its canonical form. A parsed tree would take a hundred times the memory of the text.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Extra(Option<Box<RawValue>>);

impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Extra {
    fn text(&self) -> Option<&str> {
        self.0.as_deref().map(RawValue::get)
    }
}

/// Whom the event is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventCustomer)]
pub struct Customer {
    #[schema(schema_with = schema::required_id)]
    pub id: String,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::telegram_id)]
    pub telegram_id: Option<PersonId>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::phone)]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::name)]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::language)]
    pub language: Option<String>,
    #[serde(skip_serializing_if = "is_default", serialize_with = "zone_name")]
    #[schema(value_type = Option<ZoneWord>)]
    pub timezone: Option<Tz>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::labels)]
    pub segments: Vec<String>,
}

/// What the event is about; `id` is required for the kinds that cancel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventSubject)]
pub struct Subject {
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::id)]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::name)]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::url)]
    pub url: Option<String>,
}

/// Who dealt with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventAgent)]
pub struct Agent {
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::id)]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::name)]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::id)]
    pub team: Option<String>,
    /// The day the agent began.
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::day)]
    pub since: Option<NaiveDate>,
}

/// How it went, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventMetrics)]
pub struct Metrics {
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::instant)]
    pub opened_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::count)]
    pub first_response_s: Option<i64>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::count)]
    pub resolution_s: Option<i64>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::count)]
    pub messages: Option<i64>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::count)]
    pub reopened: Option<i64>,
    #[serde(skip_serializing_if = "is_default")]
    pub sla_breached: Option<bool>,
    #[serde(skip_serializing_if = "is_default")]
    pub first_contact_resolution: Option<bool>,
}

impl Event {
    /// Reads one event. `now` is the time that `occurred_at` is compared with.
    pub fn parse(bytes: &[u8], now: Timestamp) -> Result<Self, ParseError> {
        Self::from_json(&Json::parse(bytes)?, now).map_err(ParseError::Fields)
    }

    /// Reads one event from well-formed JSON. The error lists every wrong field at once.
    pub fn from_json(json: &Json, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        read::event(json, now, MOST_ERRORS, Origin::Sent)
    }

    /// Does the same for callers that do not need to know what is wrong; finding that out costs more than reading the
    /// event.
    #[must_use]
    pub fn from_json_if_right(json: &Json, now: Timestamp) -> Option<Self> {
        read::event(json, now, 1, Origin::Sent).ok()
    }

    /// Reads back what [`Event::to_json`] of this version or an earlier one wrote.
    pub fn from_stored(text: &str) -> Result<Self, ParseError> {
        let json = Json::parse(text.as_bytes())?;
        let never = Timestamp::from_millis(i64::MAX);
        read::event(&json, never, MOST_ERRORS, Origin::Stored).map_err(ParseError::Fields)
    }

    /// Returns the canonical form of this content: two events are equal if and only if these texts are.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serializing an event cannot fail: every key is a text.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Returns the dotted names of the fields in which `self` and `other` differ, in the order of the API's
    /// description.
    #[must_use]
    pub fn differing_fields(&self, other: &Self) -> Vec<String> {
        same::differing_fields(self, other)
    }
}

/// An event with its canonical form, see [`Event::to_json`]. The text is made where the event is read, not in the task
/// that stores events while others wait for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalised {
    event: Event,
    json: String,
}

impl Normalised {
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }
}

impl From<Event> for Normalised {
    fn from(event: Event) -> Self {
        Self { json: event.to_json(), event }
    }
}

impl Deref for Normalised {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.event
    }
}

/// What is stored in place of an event that must be erased completely.
pub const ERASED: &str = "{}";

/// Reads the ID of a new customer given on its own, outside an event.
///
/// # Errors
/// Returns a sentence that completes "the ID …".
pub fn customer_id(text: &str) -> Result<String, String> {
    rules::id(text, Origin::Sent)
}

/// Does the same for a customer who is looked up: earlier versions accepted IDs that are refused now.
///
/// # Errors
/// Returns a sentence that completes "the ID …".
pub fn known_customer_id(text: &str) -> Result<String, String> {
    rules::id(text, Origin::Stored)
}

/// Reads an agent's ID given on its own, outside an event.
///
/// # Errors
/// Returns a sentence that completes "the ID …".
pub fn agent_id(text: &str) -> Result<String, String> {
    rules::id(text, Origin::Sent)
}

/// Prepares a text from outside for quoting in a message: makes invisible characters visible and cuts it after `most`
/// characters.
#[must_use]
pub fn shown(text: &str, most: usize) -> String {
    let end = text.char_indices().nth(most).map(|(at, _)| at);
    let mut shown = revealed(&text[..end.unwrap_or(text.len())]).into_owned();
    if end.is_some() {
        shown.push('…');
    }
    shown
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "what serialize_with asks for")]
fn zone_name<S: Serializer>(zone: &Option<Tz>, serializer: S) -> Result<S::Ok, S::Error> {
    match zone {
        Some(zone) => serializer.serialize_str(zone.name()),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests;
