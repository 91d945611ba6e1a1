//! The table of events: their own fields with dots, as a CSV to be imported has them, and what became of them.

use std::io::Write;

use serde_json::Value;

use super::table::{Cell, Format, Table};
use super::{ExportError, hide_ids, listed};
use crate::store::export::{ExportedEvent, Span};
use crate::store::{self, Tx};

pub(super) const COLUMNS: &[&str] = &[
    "event_id",
    "kind",
    "occurred_at",
    "customer.id",
    "customer.telegram_id",
    "customer.phone",
    "customer.name",
    "customer.language",
    "customer.timezone",
    "customer.segments",
    "subject.id",
    "subject.title",
    "subject.url",
    "agent.id",
    "agent.name",
    "agent.team",
    "agent.since",
    "automation",
    "store",
    "channel",
    "tags",
    "metrics.opened_at",
    "metrics.first_response_s",
    "metrics.resolution_s",
    "metrics.messages",
    "metrics.reopened",
    "metrics.sla_breached",
    "metrics.first_contact_resolution",
    "script",
    "extra",
    "test",
    "state",
    "reason",
];

pub(super) async fn write(
    tx: &mut Tx,
    span: &Span,
    format: Format,
    out: &mut dyn Write,
) -> Result<u64, ExportError> {
    let mut table = Table::begin(COLUMNS, format, out)?;
    let mut after = 0;
    loop {
        let mut page = tx.list_exported_events(span, after).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let hidden = page.iter_mut().filter(|event| event.is_being_erased);
        hide_ids(tx, hidden.map(|event| &mut event.event_id).collect()).await?;
        for event in page {
            table.row(&row(event)?)?;
        }
    }
    Ok(table.finish()?)
}

fn row(event: ExportedEvent) -> store::Result<Vec<Cell>> {
    let state = event.state()?;
    let body: Value = serde_json::from_str(&event.body)
        .map_err(|error| store::Error::broken("events", format!("{}: body: {error}", event.event_id)))?;
    let inner = |section: &str, field: &str| body.get(section).and_then(|section| section.get(field));
    let text = |section, field| Cell::from(inner(section, field).and_then(Value::as_str));
    let plain = |section, field| Cell::Json(inner(section, field).cloned());
    Ok(vec![
        event.event_id.into(),
        event.kind.into(),
        event.occurred_at.into(),
        event.customer_id.into(),
        plain("customer", "telegram_id"),
        text("customer", "phone"),
        text("customer", "name"),
        text("customer", "language"),
        text("customer", "timezone"),
        listed(&event.segments).into(),
        event.subject_id.into(),
        text("subject", "title"),
        text("subject", "url"),
        event.agent_id.into(),
        event.agent_name.into(),
        event.team.into(),
        event.agent_since.into(),
        event.automation.into(),
        event.store.into(),
        event.channel.into(),
        listed(&event.tags).into(),
        text("metrics", "opened_at"),
        plain("metrics", "first_response_s"),
        plain("metrics", "resolution_s"),
        plain("metrics", "messages"),
        plain("metrics", "reopened"),
        plain("metrics", "sla_breached"),
        plain("metrics", "first_contact_resolution"),
        Cell::from(body.get("script").and_then(Value::as_str)),
        Cell::Json(body.get("extra").cloned()),
        Cell::Bool(event.test),
        state.as_str().into(),
        state.reason().into(),
    ])
}
