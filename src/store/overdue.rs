//! What is past its time.

use super::{Error, Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;

impl Tx {
    /// Whether anything is past its time; each part is one look into a partial index.
    pub async fn has_work(&mut self, now: Timestamp) -> Result<bool> {
        let query = query_scalar::<bool>(
            "SELECT EXISTS (SELECT 1 FROM surveys WHERE state = 'scheduled' AND due_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE state = 'waiting_for_link' AND stale_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE state IN ('sent', 'started') AND expires_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE remind_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE show_again_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE closing_at IS NOT NULL AND ended_at IS NULL AND closing_at <= $1)",
        )
        .bind(now);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Completed surveys whose customer has said nothing more for a while end at that moment.
    pub async fn close_quiet_surveys(&mut self, now: Timestamp) -> Result<u64> {
        let query =
            query("UPDATE surveys SET ended_at = closing_at WHERE closing_at <= $1 AND ended_at IS NULL")
                .bind(now);
        Ok(on_engine!(self, execute, query)?)
    }

    /// Surveys that have waited longer than their event may be old: `(id, state, reason)`.
    pub async fn list_stale_surveys(&mut self, now: Timestamp, limit: i64) -> Result<Vec<(i64, State)>> {
        let query = query_as::<(i64, String)>(
            "SELECT id, state FROM surveys WHERE state = 'waiting_for_link' AND stale_at <= $1 \
             UNION ALL SELECT id, state FROM surveys WHERE state = 'scheduled' AND test = FALSE AND due_at <= $1 \
             AND stale_at < $1 LIMIT $2",
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
