//! What is waiting, counted for the health checks.

use sqlx::{AssertSqlSafe, FromRow};

use super::{Lane, Result, Tx, on_engine, query_as};
use crate::domain::time::Timestamp;

/// Messages and alerts that are waiting to be sent.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Backlog {
    pub outgoing: i64,
    /// The oldest message in an urgent lane.
    pub oldest_outgoing: Option<Timestamp>,
    /// How many messages there are whose arrival is unknown, and since when there have been any.
    pub unknown: i64,
    pub unknown_since: Option<Timestamp>,
    /// Alerts and other new cases that could not be delivered to anybody.
    pub alerts_waiting: i64,
    /// Unresolved cases among them.
    pub cases_waiting: i64,
    /// How many of the alerts have a text that Telegram refuses.
    pub alerts_refused: i64,
}

impl Tx {
    pub async fn backlog(&mut self) -> Result<Backlog> {
        let query = query_as(AssertSqlSafe(format!(
            "SELECT (SELECT COUNT(*) FROM outbox) AS outgoing, \
             (SELECT MIN(created_at) FROM outbox WHERE lane IN ({})) AS oldest_outgoing, \
             (SELECT COUNT(*) FROM outbox WHERE unknown_at IS NOT NULL) AS unknown, \
             (SELECT MIN(unknown_at) FROM outbox WHERE unknown_at IS NOT NULL) AS unknown_since, \
             (SELECT COUNT(*) FROM case_posts WHERE chat_id IS NULL) AS alerts_waiting, \
             (SELECT COUNT(DISTINCT c.number) FROM case_posts p LEFT JOIN case_surveys s ON s.survey = p.survey \
             JOIN cases c ON c.number = COALESCE(p.case_number, s.case_number) \
             WHERE p.chat_id IS NULL AND c.status <> 'resolved') AS cases_waiting, \
             (SELECT COUNT(*) FROM case_posts WHERE chat_id IS NULL AND refused IS NOT NULL) AS alerts_refused",
            Lane::codes(|lane| lane.is_urgent)
        )));
        Ok(on_engine!(self, fetch_one, query)?)
    }
}
