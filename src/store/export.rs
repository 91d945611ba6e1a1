//! Rows for exports, read page by page in the order of their keys, so that memory use stays constant.

use sqlx::{AssertSqlSafe, FromRow};

use super::events::read_state;
use super::{Result, Tx, on_engine, query_as};
use crate::domain::ids::{CaseNumber, EventKey, SurveyKey};
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;

/// Rows per page.
const PAGE: i64 = 1000;

/// Selects rows by the event's `occurred_at`: `from` is inclusive, `until` is exclusive.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub from: Timestamp,
    pub until: Timestamp,
    pub tests: bool,
}

/// The columns from event and survey that exports share. The event's dimensions are those it arrived with.
#[derive(Clone, Debug, FromRow)]
pub struct EventColumns {
    pub event_id: String,
    pub kind: String,
    pub occurred_at: Timestamp,
    pub segments: String,
    pub agent_id: Option<String>,
    pub agent_name: Option<String>,
    pub agent_since: Option<String>,
    pub automation: Option<String>,
    pub team: Option<String>,
    pub store: Option<String>,
    pub channel: Option<String>,
    pub tags: String,
    pub subject_id: Option<String>,
    pub customer_id: String,
    pub survey: SurveyKey,
    pub survey_id: String,
    pub script: Option<String>,
    pub script_version: Option<i64>,
    pub sent_at: Option<Timestamp>,
    pub test: bool,
    pub hook: Option<String>,
    /// Whether the customer is being erased while the event still has its original ID.
    pub is_being_erased: bool,
}

#[derive(Clone, Debug, FromRow)]
pub struct ExportedAnswer {
    pub id: i64,
    #[sqlx(flatten)]
    pub event: EventColumns,
    pub question: String,
    pub part: String,
    pub value: Option<i64>,
    pub options: String,
    /// Whether messages of the customer belong to it.
    pub words: bool,
    pub band: Option<String>,
    pub revision: i64,
    pub answered_at: Timestamp,
    pub stored_at: Timestamp,
    withdrawn_at: Option<Timestamp>,
    skipped: bool,
    /// The case that the survey belongs to.
    pub case_number: Option<CaseNumber>,
}

/// An answer and the position of the last thing that happened to it.
#[derive(Clone, Debug, FromRow)]
pub struct ChangedAnswer {
    pub position: i64,
    #[sqlx(flatten)]
    pub answer: ExportedAnswer,
}

impl ExportedAnswer {
    /// Whether it does not count in figures: it is no longer on the customer's path, or was withdrawn and not replaced.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        let empty = self.value.is_none() && self.options.is_empty() && !self.words;
        self.withdrawn_at.is_some() || (empty && (self.part != "answer" || self.skipped))
    }
}

#[derive(Clone, Debug, FromRow)]
pub struct ExportedSurvey {
    #[sqlx(flatten)]
    pub event: EventColumns,
    state: String,
    reason: Option<String>,
    pub due_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub reminded_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

impl ExportedSurvey {
    pub fn state(&self) -> Result<State> {
        read_state("surveys", &self.event.survey_id, &self.state, self.reason.as_deref())
    }
}

/// An event as it was reported, and its outcome.
#[derive(Clone, Debug, FromRow)]
pub struct ExportedEvent {
    pub id: EventKey,
    pub event_id: String,
    pub kind: String,
    pub occurred_at: Timestamp,
    pub customer_id: String,
    pub segments: String,
    pub subject_id: Option<String>,
    pub agent_id: Option<String>,
    pub agent_name: Option<String>,
    pub team: Option<String>,
    pub agent_since: Option<String>,
    pub automation: Option<String>,
    pub store: Option<String>,
    pub channel: Option<String>,
    pub tags: String,
    pub first_response_s: Option<i64>,
    pub resolution_s: Option<i64>,
    pub messages: Option<i64>,
    pub reopened: Option<i64>,
    pub sla_breached: Option<bool>,
    pub first_contact_resolution: Option<bool>,
    pub test: bool,
    /// The hook through which it came.
    pub hook: Option<String>,
    /// The remaining fields as JSON; empty for an erased customer's event.
    pub body: String,
    /// Whether the customer is being erased while the event still has its original ID.
    pub is_being_erased: bool,
    state: Option<String>,
    reason: Option<String>,
}

impl ExportedEvent {
    /// The survey's state; `recorded` for kinds that never ask.
    pub fn state(&self) -> Result<State> {
        match &self.state {
            None => Ok(State::Recorded),
            Some(state) => read_state("surveys", &self.event_id, state, self.reason.as_deref()),
        }
    }
}

/// For a customer who is being erased, these columns show only what will be kept; `service::export` leaves that of the
/// event's ID, tags and segments.
const EVENT_COLUMNS: &str = "e.event_id, e.kind, e.occurred_at, e.agent_id, e.agent_name, e.agent_since, \
     e.automation, e.team, e.store, e.channel, e.hook, e.tags, e.segments, c.erasing IS NOT NULL AS is_being_erased, \
     CASE WHEN c.erasing IS NULL THEN c.customer_id ELSE '' END AS customer_id, \
     CASE WHEN c.erasing IS NULL THEN e.subject_id END AS subject_id, \
     s.id AS survey, s.survey_id, s.script, s.script_version, s.sent_at, s.test";

const ANSWER_COLUMNS: &str = "a.question, a.part, a.value, a.options, \
     CASE WHEN c.erasing IS NULL THEN a.words ELSE FALSE END AS words, a.band, a.revision, a.answered_at, \
     a.stored_at, a.withdrawn_at, a.skipped, \
     (SELECT k.case_number FROM case_surveys k WHERE k.survey = a.survey) AS case_number";
const ANSWER_JOINS: &str =
    "JOIN surveys s ON s.id = a.survey JOIN events e ON e.id = s.id JOIN customers c ON c.id = e.customer";
/// A question that was skipped without any words has no answer.
const HAS_CONTENT: &str = "(a.value IS NOT NULL OR a.options <> '' OR (a.words = TRUE AND c.erasing IS NULL) \
     OR (a.part = 'answer' AND a.skipped = FALSE))";
const SURVEY_COLUMNS: &str =
    "s.state, s.reason, s.due_at, s.started_at, s.completed_at, s.reminded_at, s.ended_at";
const SURVEY_TABLES: &str = "surveys s JOIN events e ON e.id = s.id JOIN customers c ON c.id = e.customer";

impl Tx {
    /// Lists the next current answers after `after`. Questions skipped without any words are not listed.
    pub async fn list_exported_answers(&mut self, span: &Span, after: i64) -> Result<Vec<ExportedAnswer>> {
        // `test <= $4` means "no tests, unless tests are wanted", and works on every engine.
        let sql = format!(
            "SELECT a.id, {EVENT_COLUMNS}, {ANSWER_COLUMNS} FROM answers a {ANSWER_JOINS} \
             WHERE a.id > $1 AND e.occurred_at >= $2 AND e.occurred_at < $3 AND s.test <= $4 \
             AND a.withdrawn_at IS NULL AND {HAS_CONTENT} ORDER BY a.id LIMIT $5"
        );
        Ok(on_engine!(
            self,
            fetch_all,
            query_as(AssertSqlSafe(sql.clone()))
                .bind(after)
                .bind(span.from)
                .bind(span.until)
                .bind(span.tests)
                .bind(PAGE)
        )?)
    }

    /// Lists the next surveys after `after`: one for every event of a kind that asks.
    pub async fn list_exported_surveys(
        &mut self,
        span: &Span,
        after: SurveyKey,
    ) -> Result<Vec<ExportedSurvey>> {
        let sql = format!(
            "SELECT {EVENT_COLUMNS}, {SURVEY_COLUMNS} FROM {SURVEY_TABLES} \
             WHERE s.id > $1 AND e.occurred_at >= $2 AND e.occurred_at < $3 AND s.test <= $4 \
             ORDER BY s.id LIMIT $5"
        );
        Ok(on_engine!(
            self,
            fetch_all,
            query_as(AssertSqlSafe(sql.clone()))
                .bind(after)
                .bind(span.from)
                .bind(span.until)
                .bind(span.tests)
                .bind(PAGE)
        )?)
    }

    /// Lists the next answers, including withdrawn ones, in the order in which they were last stored or changed.
    /// Answers that never had any content are left out.
    pub async fn list_changed_answers(
        &mut self,
        after: i64,
        tests: bool,
        limit: i64,
    ) -> Result<Vec<ChangedAnswer>> {
        let sql = format!(
            "SELECT j.position, a.id, {EVENT_COLUMNS}, {ANSWER_COLUMNS} FROM journal j \
             JOIN answers a ON a.id = j.answer {ANSWER_JOINS} \
             WHERE j.position > $1 AND j.answer IS NOT NULL AND s.test <= $2 AND (a.revision > 1 OR {HAS_CONTENT}) \
             AND NOT EXISTS (SELECT 1 FROM journal later WHERE later.survey = j.survey AND later.answer = j.answer \
             AND later.position > j.position) ORDER BY j.position LIMIT $3"
        );
        Ok(on_engine!(
            self,
            fetch_all,
            query_as(AssertSqlSafe(sql.clone())).bind(after).bind(tests).bind(limit)
        )?)
    }

    pub async fn find_exported_survey(&mut self, survey_id: &str) -> Result<Option<ExportedSurvey>> {
        let sql =
            format!("SELECT {EVENT_COLUMNS}, {SURVEY_COLUMNS} FROM {SURVEY_TABLES} WHERE s.survey_id = $1");
        Ok(on_engine!(self, fetch_optional, query_as(AssertSqlSafe(sql.clone())).bind(survey_id))?)
    }

    /// Lists these surveys, in no order.
    pub async fn list_exported_surveys_of(&mut self, surveys: &[SurveyKey]) -> Result<Vec<ExportedSurvey>> {
        let text = |list: &str| {
            format!("SELECT {EVENT_COLUMNS}, {SURVEY_COLUMNS} FROM {SURVEY_TABLES} WHERE s.id IN {list}")
        };
        self.rows_of(surveys, text).await
    }

    /// Lists the current answers of these surveys with all their parts.
    pub async fn list_exported_answers_of(&mut self, surveys: &[SurveyKey]) -> Result<Vec<ExportedAnswer>> {
        let text = |list: &str| {
            format!(
                "SELECT a.id, {EVENT_COLUMNS}, {ANSWER_COLUMNS} FROM answers a {ANSWER_JOINS} \
                 WHERE a.survey IN {list} AND a.withdrawn_at IS NULL AND {HAS_CONTENT}"
            )
        };
        self.rows_of(surveys, text).await
    }

    /// Lists all answers of a survey, including withdrawn ones, in the order in which they were first given.
    pub async fn list_answers_of_survey(&mut self, survey: SurveyKey) -> Result<Vec<ExportedAnswer>> {
        let sql = format!(
            "SELECT a.id, {EVENT_COLUMNS}, {ANSWER_COLUMNS} FROM answers a {ANSWER_JOINS} \
             WHERE a.survey = $1 AND (a.revision > 1 OR {HAS_CONTENT}) ORDER BY a.id"
        );
        Ok(on_engine!(self, fetch_all, query_as(AssertSqlSafe(sql.clone())).bind(survey))?)
    }

    /// Lists the next events that a sender reported after `after`: those that the program itself made could not be
    /// imported again.
    pub async fn list_exported_events(&mut self, span: &Span, after: EventKey) -> Result<Vec<ExportedEvent>> {
        Ok(on_engine!(
            self,
            fetch_all,
            query_as(
                "SELECT e.id, e.event_id, e.kind, e.occurred_at, e.agent_id, e.agent_name, e.team, e.agent_since, \
                 e.automation, e.store, e.channel, e.tags, e.segments, e.first_response_s, e.resolution_s, e.messages, e.reopened, \
                 e.sla_breached, e.first_contact_resolution, e.test, e.hook, s.state, s.reason, c.erasing IS NOT NULL AS is_being_erased, \
                 CASE WHEN c.erasing IS NULL THEN c.customer_id ELSE '' END AS customer_id, \
                 CASE WHEN c.erasing IS NULL THEN e.subject_id END AS subject_id, \
                 CASE WHEN c.erasing IS NULL THEN e.body ELSE '{}' END AS body FROM events e JOIN customers c ON c.id = e.customer \
                 LEFT JOIN surveys s ON s.id = e.id \
                 WHERE e.id > $1 AND e.occurred_at >= $2 AND e.occurred_at < $3 AND e.test <= $4 \
                 AND e.kind <> 'case_resolved' ORDER BY e.id LIMIT $5"
            )
            .bind(after)
            .bind(span.from)
            .bind(span.until)
            .bind(span.tests)
            .bind(PAGE)
        )?)
    }
}
