//! What leaves the program as a table, page by page in the order of its keys, so that memory stays constant.

use sqlx::{AssertSqlSafe, FromRow};

use super::events::read_state;
use super::{Result, Tx, on_engine, padded, values};
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;

/// Rows a page.
const PAGE: i64 = 1000;

/// Which events' rows: `occurred_at` from the first instant inclusive to the second exclusive.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub from: Timestamp,
    pub until: Timestamp,
    pub tests: bool,
}

/// What event, survey and answer say together; the event's dimensions are those it arrived with.
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
    pub survey: i64,
    pub survey_id: String,
    pub script: Option<String>,
    pub script_version: Option<i64>,
    pub sent_at: Option<Timestamp>,
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
    pub text: Option<String>,
    pub band: Option<String>,
    pub revision: i64,
    pub answered_at: Timestamp,
    pub stored_at: Timestamp,
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

/// A file that belongs to a comment or to the answer to a text question.
#[derive(Clone, Debug, FromRow)]
pub struct Attachment {
    pub survey: i64,
    pub question: String,
    pub part: String,
    pub kind: String,
    pub duration_s: Option<i64>,
    pub file_size: Option<i64>,
    pub file_id: Option<String>,
}

const EVENT_COLUMNS: &str = "e.event_id, e.kind, e.occurred_at, e.segments, e.agent_id, e.agent_name, e.agent_since, \
     e.automation, e.team, e.store, e.channel, e.tags, e.subject_id, c.customer_id, s.id AS survey, s.survey_id, \
     s.script, s.script_version, s.sent_at";

impl Tx {
    /// The next current answers after `after`; what was skipped without a word is none.
    pub async fn list_exported_answers(&mut self, span: &Span, after: i64) -> Result<Vec<ExportedAnswer>> {
        // `test <= $4` reads "no test, unless tests are wanted" on every engine.
        let sql = format!(
            "SELECT a.id, {EVENT_COLUMNS}, a.question, a.part, a.value, a.options, a.text, a.band, a.revision, \
             a.answered_at, a.stored_at FROM answers a JOIN surveys s ON s.id = a.survey \
             JOIN events e ON e.id = s.event JOIN customers c ON c.id = s.customer \
             WHERE a.id > $1 AND e.occurred_at >= $2 AND e.occurred_at < $3 AND s.test <= $4 \
             AND a.withdrawn_at IS NULL AND (a.value IS NOT NULL OR a.options <> '' OR a.text IS NOT NULL \
             OR (a.part = 'answer' AND NOT a.skipped)) ORDER BY a.id LIMIT $5"
        );
        Ok(on_engine!(
            self,
            fetch_all,
            sqlx::query_as(AssertSqlSafe(sql.clone()))
                .bind(after)
                .bind(span.from)
                .bind(span.until)
                .bind(span.tests)
                .bind(PAGE)
        )?)
    }

    /// The files of these surveys, in the order in which they came.
    pub async fn list_attachments(&mut self, surveys: &[i64]) -> Result<Vec<Attachment>> {
        let mut attachments = Vec::new();
        for keys in padded(surveys) {
            let sql = format!(
                "SELECT survey, question, part, kind, duration_s, file_size, file_id FROM comment_messages \
                 WHERE survey IN {} AND kind IS NOT NULL AND replaced = 0 ORDER BY survey, message_id",
                values(1, keys.len())
            );
            let rows: Vec<Attachment> = on_engine!(self, fetch_all, {
                let query = sqlx::query_as(AssertSqlSafe(sql));
                keys.iter().fold(query, |query, key| query.bind(*key))
            })?;
            attachments.extend(rows);
        }
        Ok(attachments)
    }

    /// The next surveys after `after`: one for every event that could have asked.
    pub async fn list_exported_surveys(&mut self, span: &Span, after: i64) -> Result<Vec<ExportedSurvey>> {
        let sql = format!(
            "SELECT {EVENT_COLUMNS}, s.state, s.reason, s.due_at, s.started_at, s.completed_at, s.reminded_at, \
             s.ended_at FROM surveys s JOIN events e ON e.id = s.event JOIN customers c ON c.id = s.customer \
             WHERE s.id > $1 AND e.occurred_at >= $2 AND e.occurred_at < $3 AND s.test <= $4 \
             ORDER BY s.id LIMIT $5"
        );
        Ok(on_engine!(
            self,
            fetch_all,
            sqlx::query_as(AssertSqlSafe(sql.clone()))
                .bind(after)
                .bind(span.from)
                .bind(span.until)
                .bind(span.tests)
                .bind(PAGE)
        )?)
    }
}
