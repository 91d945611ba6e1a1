//! The table of surveys: one row for every event that could lead to a survey, including the suppressed ones.

use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::answers::Answer;
use super::shape::{self, FLAG, INT, LIST, TEXT, TIME, word};
use super::table::{Cell, Column, Table, Target};
use super::{ExportError, Hidden, about, hide};
use crate::domain::described::{ReasonWord, StateWord};
use crate::domain::event::Kind;
use crate::domain::ids::SurveyKey;
use crate::domain::ledger::State;
use crate::store::export::{ExportedSurvey, Span};
use crate::store::{self, Tx};

pub(super) const COLUMNS: &[Column<Row>] = &[
    ("survey_id", TEXT.told(about::SURVEY_ID), |row| (&row.survey.event.survey_id).into()),
    ("event_id", TEXT.told(about::EVENT_ID), |row| (&row.survey.event.event_id).into()),
    ("event_kind", word::<Kind>().told(about::EVENT_KIND), |row| (&row.survey.event.kind).into()),
    ("script", TEXT.or_null().told(about::SCRIPT), |row| (&row.survey.event.script).into()),
    ("script_version", INT.or_null().told(about::SCRIPT_VERSION), |row| {
        row.survey.event.script_version.into()
    }),
    ("customer_id", TEXT.told(about::CUSTOMER_ID), |row| (&row.survey.event.customer_id).into()),
    ("state", word::<StateWord>().told(about::STATE), |row| row.state.as_str().into()),
    ("reason", word::<ReasonWord>().or_null().told(about::REASON), |row| row.state.reason().into()),
    ("agent_id", TEXT.or_null().told(about::AGENT_ID), |row| (&row.survey.event.agent_id).into()),
    ("team", TEXT.or_null().told(about::TEAM), |row| (&row.survey.event.team).into()),
    ("store", TEXT.or_null().told(about::STORE), |row| (&row.survey.event.store).into()),
    ("channel", TEXT.or_null().told(about::CHANNEL), |row| (&row.survey.event.channel).into()),
    ("tags", LIST.told(about::TAGS), |row| Cell::list(&row.survey.event.tags)),
    ("occurred_at", TIME.told(about::OCCURRED_AT), |row| row.survey.event.occurred_at.into()),
    ("due_at", TIME.or_null().told(about::DUE_AT), |row| row.survey.due_at.into()),
    ("sent_at", TIME.or_null().told(about::SENT_AT), |row| row.survey.event.sent_at.into()),
    ("started_at", TIME.or_null().told(about::STARTED_AT), |row| row.survey.started_at.into()),
    ("completed_at", TIME.or_null().told(about::COMPLETED_AT), |row| row.survey.completed_at.into()),
    ("reminded_at", TIME.or_null().told(about::REMINDED_AT), |row| row.survey.reminded_at.into()),
    ("ended_at", TIME.or_null().told(about::ENDED_AT), |row| row.survey.ended_at.into()),
    ("segments", LIST.told(about::SEGMENTS), |row| Cell::list(&row.survey.event.segments)),
    ("agent_since", TEXT.or_null().told(about::AGENT_SINCE), |row| (&row.survey.event.agent_since).into()),
    ("automation", TEXT.or_null().told(about::AUTOMATION), |row| (&row.survey.event.automation).into()),
    ("test", FLAG.told(about::TEST), |row| row.survey.event.test.into()),
    ("hook", TEXT.or_null().told(about::HOOK), |row| (&row.survey.event.hook).into()),
];

/// A row of this table with its answers, for the API's description. No value has this type: rows are written as they
/// are read.
#[derive(Debug)]
pub enum Survey {}

impl PartialSchema for Survey {
    fn schema() -> RefOr<Schema> {
        let answers = ArrayBuilder::new().items(Ref::from_schema_name(Answer::name()));
        let answers = answers.description(Some(about::ANSWERS));
        let survey = shape::object(COLUMNS).description(Some(about::SURVEY));
        survey.property("answers", answers).required("answers").into()
    }
}

impl ToSchema for Survey {}

pub(super) struct Row {
    pub(super) survey: ExportedSurvey,
    state: State,
}

pub(super) async fn write(tx: &mut Tx, span: &Span, target: Target<'_>) -> Result<u64, ExportError> {
    let mut table = Table::begin_at(COLUMNS, target)?;
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

/// Returns the rows of these surveys, in the same order. If a customer is being erased, the event already has the ID
/// that it will have afterwards.
pub(super) async fn rows(tx: &mut Tx, mut surveys: Vec<ExportedSurvey>) -> store::Result<Vec<Row>> {
    let events = surveys.iter_mut().map(|survey| &mut survey.event);
    let hidden = events.filter(|event| event.is_being_erased).map(Hidden::of);
    hide(tx, hidden.collect()).await?;
    surveys.into_iter().map(|survey| Ok(Row { state: survey.state()?, survey })).collect()
}
