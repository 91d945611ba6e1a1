//! The table of surveys: one row for every event that could have asked, a suppressed one too.

use std::io::Write;

use super::table::{Cell, Format, Table};
use super::{ExportError, hide_ids, listed};
use crate::store::export::{ExportedSurvey, Span};
use crate::store::{self, Tx};

pub(super) const COLUMNS: &[&str] = &[
    "survey_id",
    "event_id",
    "event_kind",
    "script",
    "script_version",
    "customer_id",
    "state",
    "reason",
    "agent_id",
    "team",
    "store",
    "channel",
    "tags",
    "occurred_at",
    "due_at",
    "sent_at",
    "started_at",
    "completed_at",
    "reminded_at",
    "ended_at",
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
        let mut page = tx.list_exported_surveys(span, after).await?;
        let Some(last) = page.last() else { break };
        after = last.event.survey;
        hide(tx, &mut page).await?;
        for survey in page {
            table.row(&row(survey)?)?;
        }
    }
    Ok(table.finish()?)
}

/// Gives surveys of customers who are being erased the events' IDs that they will have.
pub(super) async fn hide(tx: &mut Tx, surveys: &mut [ExportedSurvey]) -> store::Result<()> {
    let events = surveys.iter_mut().map(|survey| &mut survey.event);
    let hidden = events.filter(|event| event.is_being_erased).map(|event| &mut event.event_id);
    hide_ids(tx, hidden.collect()).await
}

pub(super) fn row(survey: ExportedSurvey) -> store::Result<Vec<Cell>> {
    let state = survey.state()?;
    let event = survey.event;
    Ok(vec![
        event.survey_id.into(),
        event.event_id.into(),
        event.kind.into(),
        event.script.into(),
        event.script_version.into(),
        event.customer_id.into(),
        state.as_str().into(),
        state.reason().into(),
        event.agent_id.into(),
        event.team.into(),
        event.store.into(),
        event.channel.into(),
        listed(&event.tags).into(),
        event.occurred_at.into(),
        survey.due_at.into(),
        event.sent_at.into(),
        survey.started_at.into(),
        survey.completed_at.into(),
        survey.reminded_at.into(),
        survey.ended_at.into(),
    ])
}
