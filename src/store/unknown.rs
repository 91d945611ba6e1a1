//! Calls whose reply was lost: the messages whose arrival is unknown, and which of them can be resolved.

use super::outbox::{Stored, outbox_row};
use super::{Lane, OutboxRow, Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::SurveyKey;
use crate::domain::time::Timestamp;

impl Tx {
    /// Notes that the outcome of the last call for this row is unknown. If an earlier outcome was unknown too, its time
    /// is kept.
    pub async fn mark_outbox_unknown(&mut self, id: i64, at: Timestamp) -> Result<()> {
        let query =
            query("UPDATE outbox SET unknown_at = COALESCE(unknown_at, $2) WHERE id = $1").bind(id).bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Lists rows with an unknown outcome for which there is nothing more to wait for: either the message is known to
    /// have arrived, or no further call will be made and the last chance of a proof, `since`, has passed; for an alert,
    /// `alerts_since`.
    pub async fn list_resolvable_unknown(
        &mut self,
        since: Timestamp,
        alerts_since: Timestamp,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<OutboxRow>> {
        let query = query_as::<Stored>(outbox_row!(
            "WHERE o.unknown_at IS NOT NULL AND (m.message_id IS NOT NULL \
             OR ((o.unknown_at <= $1 OR (o.unknown_at <= $2 AND o.lane = $3)) \
             AND (o.attempts >= 2 OR o.not_after < $4))) ORDER BY o.id LIMIT $5"
        ))
        .bind(since)
        .bind(alerts_since)
        .bind(Lane::Alerts.code())
        .bind(now)
        .bind(limit);
        on_engine!(self, fetch_all, query)?.into_iter().map(OutboxRow::try_from).collect()
    }

    /// Lists surveys that were claimed before `since` and are still being sent, although the outbox holds nothing that
    /// could tell how that ended. Returns when each was claimed.
    pub async fn list_forgotten_invitations(
        &mut self,
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<(SurveyKey, Timestamp)>> {
        let query = query_as(
            "SELECT f.id, f.at FROM (SELECT s.id, s.stopped_at, (SELECT MAX(t.at) FROM journal t \
             WHERE t.survey = s.id AND t.kind = 'sending') AS at FROM surveys s WHERE s.state = 'sending') AS f \
             WHERE COALESCE(f.stopped_at, f.at) <= $1 \
             AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.survey = f.id AND o.first = TRUE) \
             ORDER BY f.id LIMIT $2",
        )
        .bind(since)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Notes that the customer no longer wants this survey while the call that delivers it is in progress. The outcome
    /// of the call decides how the survey ends.
    pub async fn mark_survey_stopped(&mut self, id: SurveyKey, at: Timestamp) -> Result<()> {
        let query =
            query("UPDATE surveys SET stopped_at = COALESCE(stopped_at, $2) WHERE id = $1").bind(id).bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn forget_survey_stop(&mut self, id: SurveyKey) -> Result<()> {
        on_engine!(self, execute, query("UPDATE surveys SET stopped_at = NULL WHERE id = $1").bind(id))?;
        Ok(())
    }

    /// Whether this survey was stopped while being sent, and its invitation has not arrived as far as is known.
    pub async fn is_survey_stopped(&mut self, id: SurveyKey) -> Result<bool> {
        let query = query_scalar::<SurveyKey>(
            "SELECT id FROM surveys WHERE id = $1 AND state = 'sending' AND stopped_at IS NOT NULL",
        )
        .bind(id);
        Ok(on_engine!(self, fetch_optional, query)?.is_some())
    }

    /// Reopens a survey: it has arrived after all although nobody knew, or its customer continues it.
    pub async fn reopen_survey(&mut self, id: SurveyKey) -> Result<()> {
        on_engine!(
            self,
            execute,
            query("UPDATE surveys SET ended_at = NULL, continue_until = NULL WHERE id = $1").bind(id)
        )?;
        Ok(())
    }
}
