//! The table of surveys: one row for every event that could have asked, a suppressed one too.

use std::io::Write;

use super::table::{Cell, Column, Format, Table};
use super::{ExportError, hide_ids};
use crate::domain::ids::SurveyKey;
use crate::domain::ledger::State;
use crate::store::export::{ExportedSurvey, Span};
use crate::store::{self, Tx};

pub(super) const COLUMNS: &[Column<Row>] = &[
    ("survey_id", |row| (&row.survey.event.survey_id).into()),
    ("event_id", |row| (&row.survey.event.event_id).into()),
    ("event_kind", |row| (&row.survey.event.kind).into()),
    ("script", |row| (&row.survey.event.script).into()),
    ("script_version", |row| row.survey.event.script_version.into()),
    ("customer_id", |row| (&row.survey.event.customer_id).into()),
    ("state", |row| row.state.as_str().into()),
    ("reason", |row| row.state.reason().into()),
    ("agent_id", |row| (&row.survey.event.agent_id).into()),
    ("team", |row| (&row.survey.event.team).into()),
    ("store", |row| (&row.survey.event.store).into()),
    ("channel", |row| (&row.survey.event.channel).into()),
    ("tags", |row| Cell::list(&row.survey.event.tags)),
    ("occurred_at", |row| row.survey.event.occurred_at.into()),
    ("due_at", |row| row.survey.due_at.into()),
    ("sent_at", |row| row.survey.event.sent_at.into()),
    ("started_at", |row| row.survey.started_at.into()),
    ("completed_at", |row| row.survey.completed_at.into()),
    ("reminded_at", |row| row.survey.reminded_at.into()),
    ("ended_at", |row| row.survey.ended_at.into()),
    ("segments", |row| Cell::list(&row.survey.event.segments)),
    ("agent_since", |row| (&row.survey.event.agent_since).into()),
    ("automation", |row| (&row.survey.event.automation).into()),
    ("test", |row| row.survey.event.test.into()),
];

pub(super) struct Row {
    pub(super) survey: ExportedSurvey,
    state: State,
}

pub(super) async fn write(
    tx: &mut Tx,
    span: &Span,
    format: Format,
    out: &mut dyn Write,
) -> Result<u64, ExportError> {
    let mut table = Table::begin(COLUMNS, format, out)?;
    let mut after = SurveyKey::NONE;
    loop {
        let page = tx.list_exported_surveys(span, after).await?;
        let Some(last) = page.last() else { break };
        after = last.event.survey;
        for row in rows(tx, page).await? {
            table.row(&row)?;
        }
    }
    Ok(table.finish()?)
}

/// The rows of some surveys, in their order; where a customer is being erased, with the event's ID that it will have.
pub(super) async fn rows(tx: &mut Tx, mut surveys: Vec<ExportedSurvey>) -> store::Result<Vec<Row>> {
    let events = surveys.iter_mut().map(|survey| &mut survey.event);
    let hidden = events.filter(|event| event.is_being_erased).map(|event| &mut event.event_id);
    hide_ids(tx, hidden.collect()).await?;
    surveys.into_iter().map(|survey| Ok(Row { state: survey.state()?, survey })).collect()
}
