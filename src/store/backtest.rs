//! What a backtest reads: past events, their outcomes, and what is known about the persons.

use sqlx::FromRow;

use super::events::{LastSent, read_state};
use super::{Result, Tx, on_engine, query_as, query_scalar};
use crate::domain::ids::{EventKey, PersonId};
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;

/// Rows per page.
const PAGE: i64 = 1000;

/// An event and its outcome. Events of a kind that never asks have none.
#[derive(Clone, Debug, FromRow)]
pub struct PastEventRow {
    pub id: EventKey,
    /// The event as normalised JSON; empty for a customer who is being erased.
    pub body: String,
    pub received_at: Timestamp,
    pub survey_id: Option<String>,
    state: Option<String>,
    reason: Option<String>,
    pub script: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

impl PastEventRow {
    /// The survey's state, if there is a survey.
    pub fn state(&self) -> Result<Option<State>> {
        let read = |state: &String| read_state("surveys", self.id, state, self.reason.as_deref());
        self.state.as_ref().map(read).transpose()
    }
}

/// What decides whether a person can be asked, and since when each fact has been true.
#[derive(Clone, Debug, FromRow)]
pub struct PastPersonRow {
    pub id: PersonId,
    pub started_at: Option<Timestamp>,
    pub opted_out_at: Option<Timestamp>,
    pub unreachable: Option<String>,
    pub unreachable_at: Option<Timestamp>,
}

impl Tx {
    /// Lists the next events after `after` that happened at `from` or later, in order of arrival and without tests.
    pub async fn list_past_events(&mut self, from: Timestamp, after: EventKey) -> Result<Vec<PastEventRow>> {
        let query = query_as(
            "SELECT e.id, CASE WHEN c.erasing IS NULL THEN e.body ELSE '{}' END AS body, e.received_at, s.survey_id, \
             s.state, s.reason, s.script, s.sent_at, s.ended_at FROM events e \
             JOIN customers c ON c.id = e.customer LEFT JOIN surveys s ON s.id = e.id \
             WHERE e.id > $1 AND e.occurred_at >= $2 AND e.test = FALSE ORDER BY e.id LIMIT $3",
        );
        Ok(on_engine!(self, fetch_all, query.bind(after).bind(from).bind(PAGE))?)
    }

    pub async fn find_newest_event(&mut self) -> Result<EventKey> {
        Ok(on_engine!(self, fetch_one, query_scalar("SELECT COALESCE(MAX(id), 0) FROM events"))?)
    }

    pub async fn list_past_persons(&mut self, ids: &[PersonId]) -> Result<Vec<PastPersonRow>> {
        let text = |list: &str| {
            format!(
                "SELECT id, started_at, opted_out_at, unreachable, unreachable_at FROM persons WHERE id IN {list}"
            )
        };
        self.rows_of(ids, text).await
    }

    /// For each person and script, returns the last time between two moments that the person was asked. Tests do not count.
    pub async fn list_last_sent_between(&mut self, from: Timestamp, to: Timestamp) -> Result<Vec<LastSent>> {
        let query = query_as(
            "SELECT person, script, MAX(sent_at) AS sent_at FROM surveys WHERE sent_at >= $1 AND sent_at < $2 \
             AND person IS NOT NULL AND script IS NOT NULL AND test = FALSE GROUP BY person, script",
        );
        Ok(on_engine!(self, fetch_all, query.bind(from).bind(to))?)
    }
}
