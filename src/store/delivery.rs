//! What becomes of surveys, persons and alert chats when a message arrives or cannot.

use super::{Result, Tx, on_engine};
use crate::domain::time::Timestamp;

impl Tx {
    /// Whether this survey's customer was named by a `telegram_id` and has never tapped a link.
    pub async fn is_linked_by_id(&mut self, survey: i64) -> Result<bool> {
        let query = sqlx::query_scalar::<_, i64>(
            "SELECT s.id FROM surveys s JOIN customers c ON c.id = s.customer \
             WHERE s.id = $1 AND c.linked_by = 'telegram_id'",
        )
        .bind(survey);
        Ok(on_engine!(self, fetch_optional, query)?.is_some())
    }

    /// Whether `message` is the one in which this open survey is shown.
    pub async fn is_current_message(&mut self, survey: i64, message: i64) -> Result<bool> {
        let query = sqlx::query_scalar::<_, i64>(
            "SELECT id FROM surveys WHERE id = $1 AND message = $2 AND ended_at IS NULL \
             AND state IN ('sent', 'started', 'completed')",
        )
        .bind(survey)
        .bind(message);
        Ok(on_engine!(self, fetch_optional, query)?.is_some())
    }

    /// Notes why a person cannot be written to; somebody who never wrote is not made known by it.
    pub async fn set_unreachable(&mut self, person: i64, why: &str, at: Timestamp) -> Result<()> {
        let query = sqlx::query("UPDATE persons SET unreachable = $2, unreachable_at = $3 WHERE id = $1")
            .bind(person)
            .bind(why)
            .bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn find_outbox_payload(&mut self, id: i64) -> Result<Option<String>> {
        let query = sqlx::query_scalar("SELECT payload FROM outbox WHERE id = $1").bind(id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// The chat, with all its topics, gets no alerts any more.
    pub async fn set_alert_chat_gone(&mut self, chat_id: i64, at: Timestamp) -> Result<()> {
        let query = sqlx::query("UPDATE alert_chats SET gone_at = $2 WHERE chat_id = $1 AND gone_at IS NULL")
            .bind(chat_id)
            .bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Admins who do not have the alert of this survey yet, `except` the chat that just refused it.
    pub async fn list_admins_without_alert(&mut self, alert: i64, except: i64) -> Result<Vec<i64>> {
        let query = sqlx::query_scalar(
            "SELECT person FROM staff WHERE role = 'admin' AND person <> $2 AND NOT EXISTS \
             (SELECT 1 FROM alerts a JOIN alerts mine ON mine.survey = a.survey \
              WHERE mine.id = $1 AND a.chat_id = staff.person) ORDER BY person",
        )
        .bind(alert)
        .bind(except);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// The same alert in one more chat; gives its key.
    pub async fn copy_alert(
        &mut self,
        alert: i64,
        chat_id: i64,
        message: i64,
        now: Timestamp,
    ) -> Result<i64> {
        let query = sqlx::query_scalar(
            "INSERT INTO alerts (survey, chat_id, message, ringing, created_at) \
             SELECT survey, $2, $3, ringing, $4 FROM alerts WHERE id = $1 RETURNING id",
        )
        .bind(alert)
        .bind(chat_id)
        .bind(message)
        .bind(now);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Takes an alert out of its chat: it waits until there is somebody to tell.
    pub async fn unplace_alert(&mut self, alert: i64) -> Result<()> {
        let query = sqlx::query(
            "UPDATE alerts SET chat_id = NULL, thread_id = 0, message = NULL, fold = NULL WHERE id = $1",
        )
        .bind(alert);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Whether the survey of this alert has an alert in another chat.
    pub async fn has_other_alert(&mut self, alert: i64) -> Result<bool> {
        let query = sqlx::query_scalar::<_, i64>(
            "SELECT a.id FROM alerts a JOIN alerts mine ON mine.survey = a.survey AND mine.id <> a.id \
             WHERE mine.id = $1 AND a.chat_id IS NOT NULL LIMIT 1",
        )
        .bind(alert);
        Ok(on_engine!(self, fetch_optional, query)?.is_some())
    }
}
