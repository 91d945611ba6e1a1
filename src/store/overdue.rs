//! What is past its time.

use super::{Error, Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;

impl Tx {
    /// Whether anything is past its time but due surveys and repeated steps, which need room at the sender; each part is
    /// one look into a partial index.
    pub async fn is_anything_overdue(&mut self, now: Timestamp) -> Result<bool> {
        let query = query_scalar::<bool>(
            "SELECT EXISTS (SELECT 1 FROM surveys WHERE state = 'waiting_for_link' AND stale_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE state = 'scheduled' AND test = FALSE AND stale_at < $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE state IN ('sent', 'started') AND expires_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE closing_at IS NOT NULL AND ended_at IS NULL AND closing_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE holds_up = TRUE AND (ended_at IS NOT NULL OR person IS NULL)) \
             OR EXISTS (SELECT 1 FROM counters WHERE name = 'silence_ended_at' AND value > 0)",
        )
        .bind(now);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Completed surveys whose customer has said nothing more for a while end at that moment; at most `limit`.
    pub async fn close_quiet_surveys(&mut self, now: Timestamp, limit: i64) -> Result<u64> {
        let query = query(
            "UPDATE surveys SET ended_at = closing_at WHERE id IN (SELECT id FROM surveys \
             WHERE closing_at IS NOT NULL AND ended_at IS NULL AND closing_at <= $1 ORDER BY closing_at LIMIT $2)",
        )
        .bind(now)
        .bind(limit);
        Ok(on_engine!(self, execute, query)?)
    }

    /// Surveys that have waited longer than their event may be old: `(id, state, reason)`.
    pub async fn list_stale_surveys(&mut self, now: Timestamp, limit: i64) -> Result<Vec<(i64, State)>> {
        let query = query_as::<(i64, String)>(
            "SELECT id, state FROM surveys WHERE state = 'waiting_for_link' AND stale_at <= $1 \
             UNION ALL SELECT id, state FROM surveys WHERE state = 'scheduled' AND test = FALSE AND stale_at < $1 \
             LIMIT $2",
        )
        .bind(now)
        .bind(limit);
        let rows = on_engine!(self, fetch_all, query)?;
        rows.into_iter()
            .map(|(id, state)| {
                let parsed = State::parse(&state, None);
                parsed
                    .map(|state| (id, state))
                    .ok_or_else(|| Error::broken("surveys", format!("id {id}: {state}")))
            })
            .collect()
    }
}
