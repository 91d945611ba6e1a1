//! The current state as figures that are read every few seconds. Each figure comes from a small table or a partial
//! index, and what may be numerous is counted only up to a limit.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query_as};
use crate::domain::time::Timestamp;

/// Counting stops here: any higher number is just as much "too many".
pub const MOST_COUNTED: i64 = 10_000;

/// What is waiting, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Gauges {
    /// Surveys that are due, whether held back or not; at most [`MOST_COUNTED`].
    pub due: i64,
    /// When the first survey that neither a pause nor an open survey holds back became due.
    pub due_since: Option<Timestamp>,
    /// Invitations that have been claimed and not sent yet.
    pub sending: i64,
    pub alerts_waiting: i64,
    /// Unresolved cases that stand in no chat, because none takes them.
    pub cases_waiting: i64,
    /// Chats that refuse alerts.
    pub lost_chats: i64,
    /// Messages whose arrival is unknown.
    pub unknown: i64,
    pub dead_updates: i64,
}

/// The content of one lane of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct LaneGauge {
    pub lane: i64,
    pub messages: i64,
    pub oldest: Timestamp,
}

impl Tx {
    pub async fn gauges(&mut self, now: Timestamp) -> Result<Gauges> {
        let query = query_as(
            "SELECT (SELECT COUNT(*) FROM (SELECT s.id FROM script_states t CROSS JOIN surveys s WHERE s.script = t.slug \
             AND s.state = 'scheduled' AND s.test = FALSE AND s.waits_for IS NULL AND s.due_at <= $1 \
             UNION ALL SELECT id FROM surveys WHERE waits_for IS NOT NULL AND state = 'scheduled' \
             UNION ALL SELECT id FROM surveys WHERE state = 'scheduled' AND test = TRUE AND due_at <= $1 \
             LIMIT $2) AS due) AS due, \
             (SELECT MIN(d.due_at) FROM (SELECT (SELECT MIN(s.due_at) FROM surveys s WHERE s.script = t.slug \
             AND s.state = 'scheduled' AND s.test = FALSE AND s.waits_for IS NULL AND s.due_at <= $1) AS due_at \
             FROM script_states t WHERE t.paused_at IS NULL UNION ALL SELECT MIN(due_at) FROM surveys \
             WHERE state = 'scheduled' AND test = TRUE AND due_at <= $1) AS d) AS due_since, \
             (SELECT COUNT(*) FROM surveys WHERE state = 'sending') AS sending, \
             (SELECT COUNT(*) FROM case_posts WHERE chat_id IS NULL) AS alerts_waiting, \
             (SELECT COUNT(DISTINCT c.number) FROM case_posts p LEFT JOIN case_surveys s ON s.survey = p.survey \
             JOIN cases c ON c.number = COALESCE(p.case_number, s.case_number) \
             WHERE p.chat_id IS NULL AND c.status <> 'resolved') AS cases_waiting, \
             (SELECT COUNT(*) FROM lost_chats) AS lost_chats, \
             (SELECT COUNT(*) FROM outbox WHERE unknown_at IS NOT NULL) AS unknown, \
             (SELECT COUNT(*) FROM dead_updates) AS dead_updates",
        )
        .bind(now)
        .bind(MOST_COUNTED);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Lists the lanes of the outbox that are not empty.
    pub async fn list_lane_gauges(&mut self) -> Result<Vec<LaneGauge>> {
        let query = query_as(
            "SELECT lane, COUNT(*) AS messages, MIN(created_at) AS oldest FROM outbox GROUP BY lane ORDER BY lane",
        );
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
