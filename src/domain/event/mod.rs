//! An event: a fact from the company's systems, as the public API describes it. [`Event::parse`] creates an [`Event`]
//! only if every field is right, so nobody checks it again.

pub mod columns;
pub mod csv;
pub mod instant;
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
pub use rules::{MAX_ID, MAX_LABELS, MAX_NAME, is_unprintable};

use crate::domain::described::ZoneWord;
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;
use crate::domain::visible::revealed;

/// The most errors that one reply lists. A longer list would help nobody.
const MOST_ERRORS: usize = 100;

/// One wrong field and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, thiserror::Error)]
#[error("{field}{}{message}", if field.is_empty() { "" } else { ": " })]
pub struct FieldError {
    /// The field's dotted name, such as `customer.telegram_id`. Empty if the error is about the whole event.
    pub field: String,
    /// What is wrong, as a phrase that follows the field's name.
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
    description = "An event. null and an empty text count as an absent field. A field that is not listed here is \
                   refused by name."
)]
pub struct Event {
    #[schema(schema_with = schema::fields::event_id)]
    pub event_id: String,
    #[schema(schema_with = schema::kind)]
    pub kind: Kind,
    #[schema(schema_with = schema::occurred_at)]
    pub occurred_at: Timestamp,
    /// The customer whom the event is about.
    pub customer: Customer,
    /// The order or ticket that the event is about.
    #[serde(skip_serializing_if = "is_default")]
    #[schema(value_type = Option<Subject>)]
    pub subject: Subject,
    /// The agent who served the customer.
    #[serde(skip_serializing_if = "is_default")]
    #[schema(value_type = Option<Agent>)]
    pub agent: Agent,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::automation)]
    pub automation: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::store)]
    pub store: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::channel)]
    pub channel: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::tags)]
    pub tags: Vec<String>,
    /// Times and counts of the ticket.
    #[serde(skip_serializing_if = "is_default")]
    #[schema(value_type = Option<Metrics>)]
    pub metrics: Metrics,
    /// The slug of the script to use, regardless of the scripts' own conditions.
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::script)]
    pub script: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::extra)]
    pub extra: Extra,
    /// Whether the event is a test. Its survey is sent at once, also to staff, is visibly marked, and counts in no
    /// figure.
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

/// The customer whom an event is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventCustomer)]
pub struct Customer {
    #[schema(schema_with = schema::fields::customer_id)]
    pub id: String,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::telegram_id)]
    pub telegram_id: Option<PersonId>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::phone)]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::email)]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::customer_name)]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::language)]
    pub language: Option<String>,
    /// The customer's time zone, by its IANA name. Quiet hours follow it.
    #[serde(skip_serializing_if = "is_default", serialize_with = "zone_name")]
    #[schema(value_type = Option<ZoneWord>)]
    pub timezone: Option<Tz>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::segments)]
    pub segments: Vec<String>,
}

/// The order or ticket that an event is about. `id` is required for the kinds that cancel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventSubject)]
pub struct Subject {
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::subject_id)]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::title)]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::url)]
    pub url: Option<String>,
}

/// The agent who served the customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventAgent)]
pub struct Agent {
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::agent_id)]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::agent_name)]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::team)]
    pub team: Option<String>,
    /// The day the agent began.
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::since)]
    pub since: Option<NaiveDate>,
}

/// Times and counts of a ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventMetrics)]
pub struct Metrics {
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::opened_at)]
    pub opened_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::first_response)]
    pub first_response_s: Option<i64>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::resolution)]
    pub resolution_s: Option<i64>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::messages)]
    pub messages: Option<i64>,
    #[serde(skip_serializing_if = "is_default")]
    #[schema(schema_with = schema::fields::reopened)]
    pub reopened: Option<i64>,
    /// Whether the ticket broke its service level agreement.
    #[serde(skip_serializing_if = "is_default")]
    pub sla_breached: Option<bool>,
    /// Whether the ticket was resolved at the first contact.
    #[serde(skip_serializing_if = "is_default")]
    pub first_contact_resolution: Option<bool>,
}

impl Event {
    /// Reads one event. `now` is the time that `occurred_at` is compared with.
    pub fn parse(bytes: &[u8], now: Timestamp) -> Result<Self, ParseError> {
        Self::from_json(&Json::parse(bytes)?, now).map_err(ParseError::Fields)
    }

    /// Reads one event from well-formed JSON. The error lists every wrong field at once.
    pub fn from_json(json: &Json<'_>, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        read::event(json, now, MOST_ERRORS, Origin::Sent)
    }

    /// Does the same for callers that do not need to know what is wrong; finding that out costs more than reading the
    /// event.
    #[must_use]
    pub fn from_json_if_right(json: &Json<'_>, now: Timestamp) -> Option<Self> {
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
    /// The hook through which it came, by its name.
    hook: Option<String>,
}

impl Normalised {
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The same event, as it came through a hook.
    #[must_use]
    pub fn through(self, hook: &str) -> Self {
        Self { hook: Some(hook.to_owned()), ..self }
    }

    #[must_use]
    pub fn hook(&self) -> Option<&str> {
        self.hook.as_deref()
    }
}

impl From<Event> for Normalised {
    fn from(event: Event) -> Self {
        Self { json: event.to_json(), event, hook: None }
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

/// Whether this is an e-mail address that an event may have.
#[must_use]
pub fn is_email(text: &str) -> bool {
    rules::email(text).is_ok()
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
