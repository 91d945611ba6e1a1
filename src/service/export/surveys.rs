//! The table of surveys: one row for every event that could have asked, a suppressed one too.

use std::io::Write;

use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::answers::Answer;
use super::shape::{self, FLAG, INT, LIST, TEXT, TIME, word};
use super::table::{Cell, Column, Format, Table};
use super::{ExportError, hide_ids};
use crate::domain::described::{ReasonWord, StateWord};
use crate::domain::event::Kind;
use crate::domain::ids::SurveyKey;
use crate::domain::ledger::State;
use crate::store::export::{ExportedSurvey, Span};
use crate::store::{self, Tx};

pub(super) const COLUMNS: &[Column<Row>] = &[
    ("survey_id", TEXT, |row| (&row.survey.event.survey_id).into()),
    ("event_id", TEXT, |row| (&row.survey.event.event_id).into()),
    ("event_kind", word::<Kind>(), |row| (&row.survey.event.kind).into()),
    ("script", TEXT.or_null(), |row| (&row.survey.event.script).into()),
    ("script_version", INT.or_null(), |row| row.survey.event.script_version.into()),
    ("customer_id", TEXT.told("Empty once the customer is erased."), |row| {
        (&row.survey.event.customer_id).into()
    }),
    ("state", word::<StateWord>(), |row| row.state.as_str().into()),
    ("reason", word::<ReasonWord>().or_null(), |row| row.state.reason().into()),
    ("agent_id", TEXT.or_null(), |row| (&row.survey.event.agent_id).into()),
    ("team", TEXT.or_null(), |row| (&row.survey.event.team).into()),
    ("store", TEXT.or_null(), |row| (&row.survey.event.store).into()),
    ("channel", TEXT.or_null(), |row| (&row.survey.event.channel).into()),
    ("tags", LIST, |row| Cell::list(&row.survey.event.tags)),
    ("occurred_at", TIME, |row| row.survey.event.occurred_at.into()),
    ("due_at", TIME.or_null(), |row| row.survey.due_at.into()),
    ("sent_at", TIME.or_null(), |row| row.survey.event.sent_at.into()),
    ("started_at", TIME.or_null(), |row| row.survey.started_at.into()),
    ("completed_at", TIME.or_null(), |row| row.survey.completed_at.into()),
    ("reminded_at", TIME.or_null(), |row| row.survey.reminded_at.into()),
    ("ended_at", TIME.or_null(), |row| row.survey.ended_at.into()),
    ("segments", LIST, |row| Cell::list(&row.survey.event.segments)),
    ("agent_since", TEXT.or_null(), |row| (&row.survey.event.agent_since).into()),
    ("automation", TEXT.or_null(), |row| (&row.survey.event.automation).into()),
    ("test", FLAG.told("A test: in no figure."), |row| row.survey.event.test.into()),
];

/// A row of this table with its answers, as it is described. Nothing is of this type: rows are written as they are read.
#[derive(Debug)]
pub enum Survey {}

impl PartialSchema for Survey {
    fn schema() -> RefOr<Schema> {
        let answers = ArrayBuilder::new().items(Ref::from_schema_name(Answer::name()));
        shape::object(COLUMNS).property("answers", answers).required("answers").into()
    }
}

impl ToSchema for Survey {}

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
