//! Takes messages back before any call has been made for them.

use sqlx::AssertSqlSafe;

use super::{Lane, Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::{AlertKey, ChatId, MessageKey, SurveyKey, TopicId};

impl Tx {
    /// Takes back an invitation for which no call has been made. Returns false if it is too late.
    pub async fn take_back_invitation(&mut self, survey: SurveyKey) -> Result<bool> {
        let query =
            query("DELETE FROM outbox WHERE survey = $1 AND first = TRUE AND attempts = 0").bind(survey);
        Ok(on_engine!(self, execute, query)? > 0)
    }

    /// Takes back an invitation that is not being sent right now, even though an earlier call may have delivered it.
    /// Returns false if a call is in progress, or if both calls have been made.
    pub async fn give_up_invitation(&mut self, survey: SurveyKey) -> Result<bool> {
        let query = query(
            "DELETE FROM outbox WHERE survey = $1 AND first = TRUE \
             AND (attempts = 0 OR (attempts = 1 AND unknown_at IS NOT NULL))",
        )
        .bind(survey);
        Ok(on_engine!(self, execute, query)? > 0)
    }

    /// Whether no call has been made for a message.
    pub async fn is_unsent(&mut self, message: MessageKey) -> Result<bool> {
        let query = query_scalar::<i64>(
            "SELECT COUNT(*) FROM outbox WHERE message = $1 AND method = 'send' AND attempts = 0",
        )
        .bind(message);
        Ok(on_engine!(self, fetch_one, query)? > 0)
    }

    /// Takes back a message and its edits if no call has been made for it. Returns false if it is too late.
    pub async fn take_back_message(&mut self, message: MessageKey) -> Result<bool> {
        let send = query(
            "DELETE FROM outbox WHERE message = $1 AND method = 'send' AND first = FALSE AND attempts = 0",
        )
        .bind(message);
        if on_engine!(self, execute, send)? == 0 {
            return Ok(false);
        }
        let edits = query("DELETE FROM outbox WHERE message = $1").bind(message);
        on_engine!(self, execute, edits)?;
        Ok(true)
    }

    /// Takes back what was meant for the leads in a chat, or in this topic of it, if no call has been made for it.
    /// Returns the alert and the message of each. Edits stay queued, because they change what is already shown.
    pub async fn take_back_for_leads(
        &mut self,
        chat_id: ChatId,
        thread_id: Option<TopicId>,
    ) -> Result<Vec<(Option<AlertKey>, Option<MessageKey>)>> {
        let query = query_as(AssertSqlSafe(format!(
            "DELETE FROM outbox WHERE chat_id = $1 AND thread_id = COALESCE(CAST($2 AS BIGINT), thread_id) \
             AND lane IN ({}) AND method IN ('send', 'copy') AND attempts = 0 RETURNING alert, message",
            Lane::codes(|lane| lane.is_for_leads)
        )))
        .bind(chat_id)
        .bind(thread_id);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
