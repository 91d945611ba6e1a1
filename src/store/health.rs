//! What waits, counted for the health checks.

use sqlx::{AssertSqlSafe, FromRow};

use super::{Lane, Result, Tx, on_engine, query_as};
use crate::domain::time::Timestamp;

/// What waits to be sent, and for whom.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Backlog {
    pub outgoing: i64,
    /// Of the urgent lanes.
    pub oldest_outgoing: Option<Timestamp>,
    /// Messages of which nobody knows whether they arrived, and the first moment of that.
    pub unknown: i64,
    pub unknown_since: Option<Timestamp>,
    /// Alerts, and requests for a human, that nobody could be told.
    pub alerts_waiting: i64,
    /// Those of them whose text Telegram refuses.
    pub alerts_refused: i64,
}

impl Tx {
    pub async fn backlog(&mut self) -> Result<Backlog> {
        let query = query_as(AssertSqlSafe(format!(
            "SELECT (SELECT COUNT(*) FROM outbox) AS outgoing, \
             (SELECT MIN(created_at) FROM outbox WHERE lane IN ({})) AS oldest_outgoing, \
             (SELECT COUNT(*) FROM outbox WHERE unknown_at IS NOT NULL) AS unknown, \
             (SELECT MIN(unknown_at) FROM outbox WHERE unknown_at IS NOT NULL) AS unknown_since, \
             (SELECT COUNT(*) FROM alerts WHERE chat_id IS NULL) \
             + (SELECT COUNT(*) FROM human_requests WHERE told_at IS NULL) AS alerts_waiting, \
             (SELECT COUNT(*) FROM alerts WHERE chat_id IS NULL AND refused IS NOT NULL) AS alerts_refused",
            Lane::codes(|lane| lane.is_urgent)
        )));
        Ok(on_engine!(self, fetch_one, query)?)
    }
}
