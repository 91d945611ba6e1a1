//! An event as a flat list of fields with dotted names: the columns of a table of events, and the members of a line
//! that `export events` writes. A row is turned into the JSON of the same event, so that the same rules read and check
//! it.

use std::borrow::Cow;

use super::{Event, FieldError, Json, Kind, shown};
use crate::domain::nearest::nearest;
use crate::domain::time::Timestamp;

/// How a field is written in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An ID that is compared with those of other systems, so it must not have been altered on the way.
    Id,
    Text,
    Number,
    Flag,
    /// Separated by `|`.
    Labels,
    Json,
}

pub type Field = (&'static str, Form);

pub const FIELDS: [Field; 32] = [
    ("event_id", Form::Id),
    ("kind", Form::Text),
    ("occurred_at", Form::Text),
    (CUSTOMER, Form::Id),
    ("customer.telegram_id", Form::Number),
    ("customer.phone", Form::Text),
    ("customer.email", Form::Text),
    ("customer.name", Form::Text),
    ("customer.language", Form::Text),
    ("customer.timezone", Form::Text),
    ("customer.segments", Form::Labels),
    ("subject.id", Form::Id),
    ("subject.title", Form::Text),
    ("subject.url", Form::Text),
    ("agent.id", Form::Id),
    ("agent.name", Form::Text),
    ("agent.team", Form::Text),
    ("agent.since", Form::Text),
    ("automation", Form::Text),
    ("store", Form::Text),
    ("channel", Form::Text),
    ("tags", Form::Labels),
    ("metrics.opened_at", Form::Text),
    ("metrics.first_response_s", Form::Number),
    ("metrics.resolution_s", Form::Number),
    ("metrics.messages", Form::Number),
    ("metrics.reopened", Form::Number),
    ("metrics.sla_breached", Form::Flag),
    ("metrics.first_contact_resolution", Form::Flag),
    ("script", Form::Text),
    ("extra", Form::Json),
    ("test", Form::Flag),
];

/// No row can be an event without these fields.
pub const REQUIRED: [&str; 4] = ["event_id", "kind", "occurred_at", CUSTOMER];

/// The columns that every export of events has after the fields. They tell the reader what became of the event and are
/// not part of it.
const OUTCOME: [&str; 2] = ["state", "reason"];

/// What an export of events has beside the fields. None of it is taken in again.
pub const ADDED: [&str; 3] = ["state", "reason", "hook"];

const CUSTOMER: &str = "customer.id";

/// What a row turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    Event(Box<Event>),
    /// A row of an export whose event was erased, completely or except for its customer. No event can be made of it.
    Erased,
}

/// A row that is being assembled.
#[derive(Debug, Default)]
pub struct Members<'a> {
    members: Vec<(Cow<'a, str>, Json<'a>)>,
    /// What was wrong before there was an event to read.
    errors: Vec<FieldError>,
}

impl<'a> Members<'a> {
    pub fn put(&mut self, name: &'a str, value: Json<'a>) {
        let Some((section, field)) = name.split_once('.') else {
            self.members.push((name.into(), value));
            return;
        };
        let known = self.members.iter_mut().find(|(known, _)| known == section);
        if let Some((_, Json::Object(inner))) = known {
            inner.push((field.into(), value));
        } else {
            self.members.push((section.into(), Json::Object(vec![(field.into(), value)])));
        }
    }

    pub fn wrong(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// Reads the event.
    ///
    /// # Errors
    /// Returns every wrong field once.
    pub fn read(self, is_exported: bool, now: Timestamp) -> Result<Row, Vec<FieldError>> {
        let Self { members, mut errors } = self;
        let json = Json::Object(members);
        if is_exported && errors.is_empty() && is_erased(&json) {
            return Ok(Row::Erased);
        }
        match Event::from_json(&json, now) {
            Ok(event) if errors.is_empty() => Ok(Row::Event(Box::new(event))),
            Ok(_) => Err(errors),
            Err(found) => {
                let told: Vec<String> = errors.iter().map(|error| error.field.clone()).collect();
                // A mistake in `tags` is not reported again for `tags[0]`.
                let is_new =
                    |error: &FieldError| !told.iter().any(|told| error.field.split('[').next() == Some(told));
                errors.extend(found.into_iter().filter(is_new));
                Err(errors)
            }
        }
    }
}

/// Whether a row of an export stands for an erased event. An export shows the events of an erased customer without the
/// customer. Once `RETENTION` has taken the details of an old cancellation, it no longer shows what that cancelled.
fn is_erased(json: &Json<'_>) -> bool {
    let is_absent = |section: &str| {
        let id = json.member(section).and_then(|section| section.member("id"));
        id.is_none_or(Json::is_absent)
    };
    let cancels = || json.member_text("kind").and_then(Kind::parse).is_some_and(Kind::cancels);
    is_absent("customer") || (cancels() && is_absent("subject"))
}

/// Whether an object is a flat row rather than an event as the API defines it.
#[must_use]
pub fn is_row(json: &Json<'_>) -> bool {
    json.member(CUSTOMER).is_some()
}

/// Whether a table or row was exported, by the names that it has.
pub(super) fn is_exported(has: impl Fn(&str) -> bool) -> bool {
    OUTCOME.iter().all(|name| has(name))
}

/// Reads an object that has each field under its full dotted name.
///
/// # Errors
/// Returns every wrong field.
pub fn read(row: Json<'_>, now: Timestamp) -> Result<Row, Vec<FieldError>> {
    let is_exported = is_exported(|name| row.member(name).is_some());
    let Json::Object(fields) = row else { return Err(vec![FieldError::new("", "is no object")]) };
    let mut members = Members::default();
    for (name, value) in fields {
        match FIELDS.iter().find(|(field, _)| *field == name) {
            Some((field, _)) => members.put(field, value),
            None if is_exported && ADDED.contains(&&*name) => {}
            None => members.wrong(unknown(&name)),
        }
    }
    members.read(is_exported, now)
}

/// The error for a name that no field has.
#[must_use]
pub fn unknown(name: &str) -> FieldError {
    let shown = shown(name, 64);
    let message = match nearest(&shown, FIELDS.iter().map(|(field, _)| *field)) {
        Some(meant) => format!("is not a field of an event; did you mean {meant}?"),
        None => "is not a field of an event".to_owned(),
    };
    FieldError::new(shown, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_251_600_000);

    fn row(text: &str) -> Result<Row, String> {
        let json = Json::parse(text.as_bytes()).unwrap();
        assert!(is_row(&json));
        read(json, NOW)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn a_line_of_an_export_is_the_event_that_was_exported() {
        let line = r#"{"event_id":"e","kind":"purchase","occurred_at":"2026-11-21T08:00:00Z","customer.id":"C",
            "customer.telegram_id":7,"customer.phone":null,"customer.segments":[],"subject.id":null,"tags":["a"],
            "metrics.messages":null,"extra":{"n":1},"test":false,"state":"suppressed","reason":"stale"}"#;
        let event = r#"{"event_id":"e","kind":"purchase","occurred_at":"2026-11-21T08:00:00Z",
            "customer":{"id":"C","telegram_id":7},"tags":["a"],"extra":{"n":1}}"#;
        let event = Event::parse(event.as_bytes(), NOW).unwrap();
        assert_eq!(row(line), Ok(Row::Event(Box::new(event))));
    }

    #[test]
    fn what_is_erased_is_no_event_any_more() {
        let erased = r#"{"event_id":"erased:x","kind":"purchase","occurred_at":"2026-11-21T00:00:00Z","customer.id":"",
            "state":"completed","reason":null}"#;
        assert_eq!(row(erased), Ok(Row::Erased));
        let aged = r#"{"event_id":"e","kind":"ticket_reopened","occurred_at":"2026-11-21T00:00:00Z","customer.id":"C",
            "subject.id":null,"state":"recorded","reason":null}"#;
        assert_eq!(row(aged), Ok(Row::Erased));
        // Without the columns of an export, a missing customer is an error.
        let told =
            row(&erased.replace(",\n            \"state\":\"completed\",\"reason\":null", "")).unwrap_err();
        assert_eq!(told, "customer.id: is required");
    }

    #[test]
    fn a_name_that_is_no_fields_is_refused_and_so_is_one_that_stands_twice() {
        let told =
            row(r#"{"event_id":"e","kind":"purchase","occurred_at":"2026-11-21T08:00:00Z","customer.id":"C",
            "customer.id":"D","customer":{"id":"C"},"customer.nmae":"x","state":"sent"}"#);
        assert_eq!(
            told.unwrap_err(),
            "customer: is not a field of an event; customer.nmae: is not a field of an event; did you mean customer.name?; state: \
             is not a field of an event; customer.id: stands twice"
        );
    }

    #[test]
    fn every_field_of_the_contract_has_a_column() {
        let sections = crate::domain::event::same::SECTIONS;
        let names: Vec<String> = sections
            .iter()
            .flat_map(|(section, fields)| match *fields {
                [] => vec![(*section).to_owned()],
                fields => fields.iter().map(|field| format!("{section}.{field}")).collect(),
            })
            .collect();
        let columns: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
        assert_eq!(columns.len(), names.len());
        assert!(names.iter().all(|name| columns.contains(&name.as_str())), "{names:?}");
    }
}
