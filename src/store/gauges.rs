//! How things stand, for figures that are asked for every few seconds: every part is a look into a small table or a
//! partial index, and what could be many is counted up to an end.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query_as};
use crate::domain::time::Timestamp;

/// Counting ends here: more is "too many" all the same.
pub const MOST_COUNTED: i64 = 10_000;
/// So many of the longest due are looked at for the first that nothing holds back.
const LOOKED_AT: i64 = 1000;

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
            "SELECT (SELECT COUNT(*) FROM (SELECT id FROM surveys WHERE state = 'scheduled' AND due_at <= $1 \
             LIMIT $2) AS due) AS due, \
             (SELECT MIN(d.due_at) FROM (SELECT id, due_at, script FROM surveys WHERE state = 'scheduled' \
             AND due_at <= $1 ORDER BY due_at LIMIT $3) AS d JOIN events e ON e.id = d.id JOIN customers c ON c.id = e.customer \
             WHERE NOT EXISTS (SELECT 1 FROM script_states t WHERE t.slug = d.script AND t.paused_at IS NOT NULL) \
             AND NOT EXISTS (SELECT 1 FROM surveys o WHERE o.person = c.person AND o.ended_at IS NULL \
             AND o.test = FALSE)) AS due_since, \
             (SELECT COUNT(*) FROM surveys WHERE state = 'sending') AS sending, \
             (SELECT COUNT(*) FROM alerts WHERE chat_id IS NULL) \
             + (SELECT COUNT(*) FROM human_requests WHERE told_at IS NULL) AS alerts_waiting, \
             (SELECT COUNT(*) FROM lost_chats) AS lost_chats, \
             (SELECT COUNT(*) FROM dead_updates) AS dead_updates",
        )
        .bind(now)
        .bind(MOST_COUNTED)
        .bind(LOOKED_AT);
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
