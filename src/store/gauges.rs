//! How things stand, for figures that are asked for every few seconds: every part is a look into a small table or a
//! partial index, and what could be many is counted up to an end.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query_as};
use crate::domain::time::Timestamp;

/// Counting ends here: more is "too many" all the same.
pub const MOST_COUNTED: i64 = 10_000;

/// What waits, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Gauges {
    /// Surveys whose moment has come, held back or not; at most [`MOST_COUNTED`].
    pub due: i64,
    /// When the first of those became due that no pause and no open survey holds back.
    pub due_since: Option<Timestamp>,
    /// Invitations that were claimed and not sent yet.
    pub sending: i64,
    pub alerts_waiting: i64,
    /// Chats that refuse alerts.
    pub lost_chats: i64,
    /// Messages of which nobody knows whether they arrived.
    pub unknown: i64,
    pub dead_updates: i64,
}

/// What a lane of the outbox holds.
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
             (SELECT COUNT(*) FROM alerts WHERE chat_id IS NULL) \
             + (SELECT COUNT(*) FROM human_requests WHERE told_at IS NULL) AS alerts_waiting, \
             (SELECT COUNT(*) FROM lost_chats) AS lost_chats, \
             (SELECT COUNT(*) FROM outbox WHERE unknown_at IS NOT NULL) AS unknown, \
             (SELECT COUNT(*) FROM dead_updates) AS dead_updates",
        )
        .bind(now)
        .bind(MOST_COUNTED);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// The lanes of the outbox that hold anything.
    pub async fn list_lane_gauges(&mut self) -> Result<Vec<LaneGauge>> {
        let query = query_as(
            "SELECT lane, COUNT(*) AS messages, MIN(created_at) AS oldest FROM outbox GROUP BY lane ORDER BY lane",
        );
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
