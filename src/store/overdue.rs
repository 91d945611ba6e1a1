//! Things whose time is up.

use super::{Result, Tx, on_engine, query, query_scalar};
use crate::domain::ids::SurveyKey;
use crate::domain::time::Timestamp;

impl Tx {
    /// Whether the time of anything is up, except for due surveys and repeated steps, which need room at the sender.
    /// Each part is one lookup in a partial index.
    pub async fn is_anything_overdue(&mut self, now: Timestamp) -> Result<bool> {
        let query = query_scalar::<bool>(
            "SELECT EXISTS (SELECT 1 FROM surveys WHERE state = 'waiting_for_link' AND stale_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE state IN ('sent', 'started') AND expires_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE closing_at IS NOT NULL AND ended_at IS NULL AND closing_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE holds_up = TRUE AND (ended_at IS NOT NULL OR person IS NULL)) \
             OR EXISTS (SELECT 1 FROM counters WHERE name = 'silence_ended_at' AND value > 0)",
        )
        .bind(now);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Ends at most `limit` completed surveys whose customer has said nothing more for a while. They end as of their
    /// `closing_at`.
    pub async fn close_quiet_surveys(&mut self, now: Timestamp, limit: i64) -> Result<u64> {
        let query = query(
            "UPDATE surveys SET ended_at = closing_at WHERE id IN (SELECT id FROM surveys \
             WHERE closing_at IS NOT NULL AND ended_at IS NULL AND closing_at <= $1 ORDER BY closing_at LIMIT $2)",
        )
        .bind(now)
        .bind(limit);
        Ok(on_engine!(self, execute, query)?)
    }

    /// Lists surveys that have waited for a link longer than the maximum age of their event.
    pub async fn list_never_linked(&mut self, now: Timestamp, limit: i64) -> Result<Vec<SurveyKey>> {
        let query = query_scalar(
            "SELECT id FROM surveys WHERE state = 'waiting_for_link' AND stale_at <= $1 ORDER BY stale_at LIMIT $2",
        )
        .bind(now)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists surveys whose event is too old by now and which no claim looks at, because their script is paused or they
    /// wait for an open survey. It scans the index of all such surveys, so do not use it in a transaction that writes.
    pub async fn list_held_too_long(&mut self, now: Timestamp, limit: i64) -> Result<Vec<SurveyKey>> {
        let query = query_scalar(
            "SELECT s.id FROM script_states t JOIN surveys s ON s.script = t.slug \
             WHERE t.paused_at IS NOT NULL AND s.state = 'scheduled' AND s.test = FALSE AND s.waits_for IS NULL \
             AND s.due_at <= $1 AND s.stale_at < $1 \
             UNION ALL SELECT id FROM surveys WHERE waits_for IS NOT NULL AND stale_at < $1 LIMIT $2",
        )
        .bind(now)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Returns those of these surveys that are still scheduled although their event is too old.
    pub async fn list_still_stale(&mut self, ids: &[SurveyKey], now: Timestamp) -> Result<Vec<SurveyKey>> {
        let text = |list: &str| {
            format!(
                "SELECT id, stale_at FROM surveys WHERE id IN {list} AND state = 'scheduled' AND test = FALSE"
            )
        };
        let rows: Vec<(SurveyKey, Timestamp)> = self.rows_of(ids, text).await?;
        Ok(rows.into_iter().filter(|(_, stale_at)| *stale_at < now).map(|(id, _)| id).collect())
    }
}
