//! The table of events: their own fields as dotted columns, as in a CSV for import, and what happened to the events.

use serde_json::Value;

use super::shape::{FLAG, INT, JSON, LIST, TEXT, TIME};
use super::table::{Cell, Column, Table, Target};
use super::{ExportError, Hidden, hide};
use crate::domain::ids::EventKey;
use crate::domain::ledger::State;
use crate::store::export::{ExportedEvent, Span};
use crate::store::{self, Tx};

pub(super) const COLUMNS: &[Column<Row>] = &[
    ("event_id", TEXT, |row| (&row.event.event_id).into()),
    ("kind", TEXT, |row| (&row.event.kind).into()),
    ("occurred_at", TIME, |row| row.event.occurred_at.into()),
    ("customer.id", TEXT, |row| (&row.event.customer_id).into()),
    ("customer.telegram_id", JSON, |row| row.json("customer", "telegram_id")),
    ("customer.phone", TEXT.or_null(), |row| row.text("customer", "phone")),
    ("customer.email", TEXT.or_null(), |row| row.text("customer", "email")),
    ("customer.name", TEXT.or_null(), |row| row.text("customer", "name")),
    ("customer.language", TEXT.or_null(), |row| row.text("customer", "language")),
    ("customer.timezone", TEXT.or_null(), |row| row.text("customer", "timezone")),
    ("customer.segments", LIST, |row| Cell::list(&row.event.segments)),
    ("subject.id", TEXT.or_null(), |row| (&row.event.subject_id).into()),
    ("subject.title", TEXT.or_null(), |row| row.text("subject", "title")),
    ("subject.url", TEXT.or_null(), |row| row.text("subject", "url")),
    ("agent.id", TEXT.or_null(), |row| (&row.event.agent_id).into()),
    ("agent.name", TEXT.or_null(), |row| (&row.event.agent_name).into()),
    ("agent.team", TEXT.or_null(), |row| (&row.event.team).into()),
    ("agent.since", TEXT.or_null(), |row| (&row.event.agent_since).into()),
    ("automation", TEXT.or_null(), |row| (&row.event.automation).into()),
    ("store", TEXT.or_null(), |row| (&row.event.store).into()),
    ("channel", TEXT.or_null(), |row| (&row.event.channel).into()),
    ("tags", LIST, |row| Cell::list(&row.event.tags)),
    ("metrics.opened_at", TEXT.or_null(), |row| row.text("metrics", "opened_at")),
    ("metrics.first_response_s", INT.or_null(), |row| row.event.first_response_s.into()),
    ("metrics.resolution_s", INT.or_null(), |row| row.event.resolution_s.into()),
    ("metrics.messages", INT.or_null(), |row| row.event.messages.into()),
    ("metrics.reopened", INT.or_null(), |row| row.event.reopened.into()),
    ("metrics.sla_breached", JSON, |row| flag(row.event.sla_breached)),
    ("metrics.first_contact_resolution", JSON, |row| flag(row.event.first_contact_resolution)),
    ("script", TEXT.or_null(), |row| row.body.get("script").and_then(Value::as_str).into()),
    ("extra", JSON, |row| Cell::Json(row.body.get("extra"))),
    ("test", FLAG, |row| row.event.test.into()),
    ("state", TEXT, |row| row.state.as_str().into()),
    ("reason", TEXT.or_null(), |row| row.state.reason().into()),
    ("hook", TEXT.or_null(), |row| (&row.event.hook).into()),
];

static FLAGS: [Value; 2] = [Value::Bool(false), Value::Bool(true)];

/// A flag that may be unknown.
fn flag(flag: Option<bool>) -> Cell<'static> {
    Cell::Json(flag.map(|flag| &FLAGS[usize::from(flag)]))
}

pub(super) struct Row {
    event: ExportedEvent,
    state: State,
    /// The event as stored JSON.
    body: Value,
}

impl Row {
    fn read(event: ExportedEvent) -> store::Result<Self> {
        let state = event.state()?;
        let body = serde_json::from_str(&event.body)
            .map_err(|error| store::Error::broken("events", format!("{}: body: {error}", event.event_id)))?;
        Ok(Self { event, state, body })
    }

    fn inner(&self, section: &str, field: &str) -> Option<&Value> {
        self.body.get(section).and_then(|section| section.get(field))
    }

    fn text(&self, section: &str, field: &str) -> Cell<'_> {
        self.inner(section, field).and_then(Value::as_str).into()
    }

    /// Reads a number or a flag.
    fn json(&self, section: &str, field: &str) -> Cell<'_> {
        Cell::Json(self.inner(section, field))
    }
}

pub(super) async fn write(tx: &mut Tx, span: &Span, target: Target<'_>) -> Result<u64, ExportError> {
    let mut table = Table::begin_at(COLUMNS, target)?;
    let mut after = EventKey::NONE;
    loop {
        let mut page = tx.list_exported_events(span, after).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let hidden = page.iter_mut().filter(|event| event.is_being_erased);
        let hidden = hidden.map(|event| Hidden {
            event_id: &mut event.event_id,
            tags: &mut event.tags,
            segments: &mut event.segments,
        });
        hide(tx, hidden.collect()).await?;
        for event in page {
            table.row(&Row::read(event)?)?;
        }
    }
    Ok(table.finish()?)
}
