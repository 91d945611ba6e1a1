//! Things whose time is up.

use std::time::Duration;

use super::{Result, Tx, on_engine, query, query_scalar};
use crate::domain::ids::{PersonId, SurveyKey};
use crate::domain::time::Timestamp;

impl Tx {
    /// Whether the time of anything is up, except for due surveys and repeated steps, which need room at the sender.
    /// Each part is one lookup in a partial index. `pause` is that of [`Tx::list_due_to_go_on`].
    pub async fn is_anything_overdue(&mut self, now: Timestamp, pause: Duration) -> Result<bool> {
        let query = query_scalar::<bool>(
            "SELECT EXISTS (SELECT 1 FROM surveys WHERE state = 'waiting_for_link' AND stale_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE state IN ('sent', 'started') AND expires_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE closing_at IS NOT NULL AND ended_at IS NULL AND closing_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE holds_up = TRUE AND (ended_at IS NOT NULL OR person IS NULL)) \
             OR EXISTS (SELECT 1 FROM counters WHERE name = 'silence_ended_at' AND value > 0) \
             OR EXISTS (SELECT 1 FROM surveys WHERE go_on_at IS NOT NULL AND (go_on_at <= $1 OR go_on_at > $2))",
        )
        .bind(now)
        .bind(now.plus(pause));
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Surveys whose customer has written nothing for a `pause`, longest first. A moment further ahead than that was set
    /// by a clock that has been put back since.
    pub async fn list_due_to_go_on(
        &mut self,
        now: Timestamp,
        pause: Duration,
        limit: i64,
    ) -> Result<Vec<SurveyKey>> {
        let query = query_scalar(
            "SELECT id FROM surveys WHERE go_on_at IS NOT NULL AND (go_on_at <= $1 OR go_on_at > $2) \
             ORDER BY go_on_at LIMIT $3",
        )
        .bind(now)
        .bind(now.plus(pause))
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// When a dialogue goes on below the customer's words; `None` for not by itself.
    pub async fn set_go_on_at(&mut self, survey: SurveyKey, at: Option<Timestamp>) -> Result<()> {
        let query = query("UPDATE surveys SET go_on_at = $2 WHERE id = $1").bind(survey).bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Completed surveys whose customer has said nothing more for a while end at that moment; at most `limit`. Which.
    pub async fn close_quiet_surveys(&mut self, now: Timestamp, limit: i64) -> Result<Vec<SurveyKey>> {
        let query = query_scalar(
            "UPDATE surveys SET ended_at = closing_at WHERE id IN (SELECT id FROM surveys \
             WHERE closing_at IS NOT NULL AND ended_at IS NULL AND closing_at <= $1 ORDER BY closing_at LIMIT $2) RETURNING id",
        )
        .bind(now)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Those of these surveys to which there is a comment in the customer's words.
    pub async fn list_worded(&mut self, surveys: &[SurveyKey]) -> Result<Vec<SurveyKey>> {
        let text = |list: &str| {
            format!(
                "SELECT DISTINCT survey FROM answers WHERE survey IN {list} AND part = 'comment' AND words = TRUE \
                 AND withdrawn_at IS NULL"
            )
        };
        let rows: Vec<(SurveyKey,)> = self.rows_of(surveys, text).await?;
        Ok(rows.into_iter().map(|(survey,)| survey).collect())
    }

    /// Whether any button under a survey that is over has had its time.
    pub async fn is_any_button_over(&mut self, now: Timestamp) -> Result<bool> {
        let query = query_scalar(
            "SELECT EXISTS (SELECT 1 FROM surveys WHERE changeable = TRUE AND expires_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE continue_until <= $1)",
        )
        .bind(now);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Ends the time for changing answers of at most `limit` completed surveys, oldest first, and returns the surveys.
    pub async fn end_changing(&mut self, now: Timestamp, limit: i64) -> Result<Vec<SurveyKey>> {
        let query = query_scalar(
            "UPDATE surveys SET changeable = FALSE WHERE id IN (SELECT id FROM surveys WHERE changeable = TRUE \
             AND expires_at <= $1 ORDER BY expires_at LIMIT $2) RETURNING id",
        )
        .bind(now)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Ends the time for continuing of at most `limit` stopped surveys, oldest first, and returns the surveys.
    pub async fn end_continuing(&mut self, now: Timestamp, limit: i64) -> Result<Vec<SurveyKey>> {
        let query = query_scalar(
            "UPDATE surveys SET continue_until = NULL WHERE id IN (SELECT id FROM surveys \
             WHERE continue_until <= $1 ORDER BY continue_until LIMIT $2) RETURNING id",
        )
        .bind(now)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Ends the time for continuing of every stopped survey of one person.
    pub async fn end_continuing_of(&mut self, person: PersonId) -> Result<Vec<SurveyKey>> {
        let query = query_scalar(
            "UPDATE surveys SET continue_until = NULL WHERE person = $1 AND continue_until IS NOT NULL RETURNING id",
        )
        .bind(person);
        Ok(on_engine!(self, fetch_all, query)?)
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
