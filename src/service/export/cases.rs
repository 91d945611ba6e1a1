//! The table of cases, and cases as the API gives them to other programs.

use serde::Serialize;
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::cursor::{CaseCursor, WrongCursor};
use super::shape::{self, FLAG, INT, TEXT, TIME, word};
use super::table::{Column, Format, Table, Target, write_object};
use super::{ExportError, about, hide_ids};
use crate::domain::described::{BandWord, CaseStatusWord, CauseWord, SeverityWord, SourceWord};
use crate::domain::ids::CaseNumber;
use crate::domain::time::Timestamp;
use crate::store::cases::{CaseMessageRecord, ListedCase, Wanted};
use crate::store::export::Span;
use crate::store::{self, Tx};

pub(super) const COLUMNS: &[Column<ListedCase>] = &[
    ("case_number", INT.told(about::NUMBER), |row| row.number.get().into()),
    ("opened_at", TIME.told(about::OPENED_AT), |row| row.opened_at.into()),
    ("customer_id", TEXT.or_null().told(about::CASE_CUSTOMER_ID), |row| (&row.customer_id).into()),
    ("survey_id", TEXT.or_null().told(about::CASE_SURVEY_ID), |row| (&row.survey_id).into()),
    ("event_id", TEXT.or_null().told(about::CASE_EVENT_ID), |row| (&row.event_id).into()),
    ("severity", word::<SeverityWord>().told(about::SEVERITY), |row| (&row.severity).into()),
    ("category", TEXT.told(about::CATEGORY), |row| (&row.category).into()),
    ("status", word::<CaseStatusWord>().told(about::STATUS), |row| (&row.status).into()),
    ("owner", INT.or_null().told(about::OWNER), |row| {
        row.owner.map(crate::domain::ids::PersonId::get).into()
    }),
    ("first_contact_due_at", TIME.or_null().told(about::FIRST_CONTACT_DUE_AT), |row| {
        row.first_contact_due_at.into()
    }),
    ("first_contact_at", TIME.or_null().told(about::FIRST_CONTACT_AT), |row| row.first_contact_at.into()),
    ("resolution_due_at", TIME.or_null().told(about::RESOLUTION_DUE_AT), |row| row.resolution_due_at.into()),
    ("resolved_at", TIME.or_null().told(about::RESOLVED_AT), |row| row.resolved_at.into()),
    ("cause", word::<CauseWord>().or_null().told(about::CAUSE), |row| (&row.cause).into()),
    ("note", TEXT.or_null().told(about::NOTE), |row| (&row.note).into()),
    ("disputed", TEXT.or_null().told(about::DISPUTED), |_| None::<&str>.into()),
    ("recovery_value", INT.or_null().told(about::RECOVERY_VALUE), |row| row.recovery_value.into()),
    ("reopened", INT.told(about::REOPENED), |row| row.reopened.into()),
    ("source", word::<SourceWord>().told(about::SOURCE), |row| (&row.source).into()),
    ("subject_id", TEXT.or_null().told(about::CASE_SUBJECT_ID), |row| (&row.subject_id).into()),
    ("script", TEXT.or_null().told(about::CASE_SCRIPT), |row| (&row.script).into()),
    ("agent_id", TEXT.or_null().told(about::AGENT_ID), |row| (&row.agent_id).into()),
    ("team", TEXT.or_null().told(about::TEAM), |row| (&row.team).into()),
    ("store", TEXT.or_null().told(about::STORE), |row| (&row.store).into()),
    ("first_contact_how", TEXT.or_null().told(about::FIRST_CONTACT_HOW), |row| {
        (&row.first_contact_how).into()
    }),
    ("resolution_first_due_at", TIME.or_null().told(about::RESOLUTION_FIRST_DUE_AT), |row| {
        row.resolution_first_due_at.into()
    }),
    ("resolved_by", INT.or_null().told(about::RESOLVED_BY), |row| {
        row.resolved_by.map(crate::domain::ids::PersonId::get).into()
    }),
    ("recovery_band", word::<BandWord>().or_null().told(about::RECOVERY_BAND), |row| {
        (&row.recovery_band).into()
    }),
    ("joined_surveys", INT.told(about::JOINED_SURVEYS), |row| row.joined_surveys.into()),
    ("test", FLAG.told(about::TEST), |row| row.test.into()),
];

/// The columns of the API: those of the table, and the revision.
static API: [Column<ListedCase>; COLUMNS.len() + 1] = {
    let last: Column<ListedCase> = ("revision", INT.told(about::CASE_REVISION), revision);
    let mut columns = [last; COLUMNS.len() + 1];
    let mut place = 0;
    while place < COLUMNS.len() {
        columns[place] = COLUMNS[place];
        place += 1;
    }
    columns
};

fn revision(row: &ListedCase) -> super::table::Cell<'_> {
    row.revision.into()
}

/// A case, for the API's description. No value has this type: rows are written as they are read.
#[derive(Debug)]
pub enum Case {}

impl PartialSchema for Case {
    fn schema() -> RefOr<Schema> {
        shape::object(&API).description(Some(about::CASE)).into()
    }
}

impl ToSchema for Case {}

/// A case with its steps and messages, for the API's description.
#[derive(Debug)]
pub enum WholeCase {}

impl PartialSchema for WholeCase {
    fn schema() -> RefOr<Schema> {
        let list = |name: std::borrow::Cow<'static, str>, about| {
            ArrayBuilder::new().items(Ref::from_schema_name(name)).description(Some(about))
        };
        shape::object(&API)
            .description(Some(about::CASE))
            .property("steps", list(Step::name(), about::STEPS))
            .required("steps")
            .property("messages", list(CaseMessageRecord::name(), about::CASE_MESSAGES))
            .required("messages")
            .into()
    }
}

impl ToSchema for WholeCase {}

/// Something that was done with a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseStep)]
pub struct Step {
    /// What was done, such as `case_opened`, `taken` or `resolved`.
    kind: String,
    /// When it was done.
    at: Timestamp,
    /// The Telegram user ID of the member of staff who did it. null for the customer and the program.
    #[schema(required)]
    actor: Option<i64>,
    /// A word that says more, such as a severity or a cause. null if there is none.
    #[schema(required)]
    detail: Option<String>,
    /// What somebody wrote. null if there are no words, or once the customer is erased.
    #[schema(required)]
    words: Option<String>,
}

/// One page of changed cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CasePage {
    pub next: CaseCursor,
    /// Whether reading the next page now would return anything.
    pub more: bool,
}

pub(super) async fn write(tx: &mut Tx, span: &Span, target: Target<'_>) -> Result<u64, ExportError> {
    let mut table = Table::begin_at(COLUMNS, target)?;
    let mut after = CaseNumber::new(0);
    loop {
        let mut page = tx.list_exported_cases(span, after).await?;
        let Some(last) = page.last() else { break };
        after = last.number;
        hide(tx, &mut page).await?;
        for row in &page {
            table.row(row)?;
        }
    }
    Ok(table.finish()?)
}

/// If a customer is being erased, the event already has the ID that it will have afterwards.
pub(super) async fn hide(tx: &mut Tx, cases: &mut [ListedCase]) -> store::Result<()> {
    let hidden = cases.iter_mut().filter(|case| case.is_being_erased);
    hide_ids(tx, hidden.filter_map(|case| case.event_id.as_mut()).collect()).await
}

/// Writes the cases that changed after `since`, at most `limit`, as a JSON array.
pub async fn changed_cases(
    tx: &mut Tx,
    wanted: &Wanted,
    since: CaseCursor,
    limit: i64,
    now: Timestamp,
    out: &mut Vec<u8>,
) -> Result<Result<CasePage, WrongCursor>, ExportError> {
    if since.position() > tx.end_of_cases().await? {
        return Ok(Err(WrongCursor::Ahead));
    }
    let mut cases = tx.list_changed_cases(wanted, since.position(), now, limit + 1).await?;
    let kept = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = cases.len() > kept;
    cases.truncate(kept);
    let next = cases.last().map_or(since, |last| CaseCursor::at(last.position));
    hide(tx, &mut cases).await?;
    let mut table = Table::begin(&API, Format::Array, out)?;
    for case in &cases {
        table.row(case)?;
    }
    table.finish()?;
    Ok(Ok(CasePage { next, more }))
}

/// One case as JSON, with its steps and messages. Returns `None` if there is no such case.
pub async fn case(tx: &mut Tx, number: CaseNumber) -> Result<Option<Vec<u8>>, ExportError> {
    let mut found: Vec<ListedCase> = tx.find_listed_case(number).await?.into_iter().collect();
    hide(tx, &mut found).await?;
    let Some(case) = found.pop() else { return Ok(None) };
    let steps = tx.list_case_steps(number).await?.into_iter().map(|step| Step {
        kind: step.kind,
        at: step.at,
        actor: step.actor.map(crate::domain::ids::PersonId::get),
        detail: step.detail,
        words: step.words.filter(|_| !case.is_being_erased),
    });
    let steps: Vec<Step> = steps.collect();
    let mut messages = tx.list_case_message_records(number).await?;
    messages.retain(|_| !case.is_being_erased);
    let mut json = Vec::new();
    write_object(&API, &case, &mut json)?;
    json.pop();
    let text = |error: serde_json::Error| ExportError::Write(error.into());
    json.extend_from_slice(b",\"steps\":");
    serde_json::to_writer(&mut json, &steps).map_err(text)?;
    json.extend_from_slice(b",\"messages\":");
    serde_json::to_writer(&mut json, &messages).map_err(text)?;
    json.push(b'}');
    Ok(Some(json))
}
