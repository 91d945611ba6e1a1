//! Customers' messages that a chat refused to show.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::{CaseNumber, ChatId, MessageKey, SurveyKey, TopicId};

/// A customer's message with a file that is not shown in a chat that has the alert.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct UnshownRow {
    /// The kind of attachment.
    pub kind: Option<String>,
    pub duration_s: Option<i64>,
    /// The reason in Telegram's words.
    pub reason: String,
    /// Another chat in which it is shown.
    pub shown_in: Option<ChatId>,
}

impl Tx {
    /// Notes that a chat refused to show a customer's message. Returns false if the message is no longer meant to be
    /// shown.
    pub async fn set_copy_refused(&mut self, message: MessageKey, reason: &str) -> Result<bool> {
        let query = query("UPDATE copies SET refused = $2 WHERE message = $1").bind(message).bind(reason);
        Ok(on_engine!(self, execute, query)? > 0)
    }

    /// Lists what belongs to a survey and is not shown under its alert in this chat or topic.
    pub async fn list_unshown(
        &mut self,
        survey: SurveyKey,
        (chat_id, thread_id): (ChatId, TopicId),
    ) -> Result<Vec<UnshownRow>> {
        let query = query_as(
            "SELECT w.kind, w.duration_s, c.refused AS reason, (SELECT MIN(om.chat_id) FROM copies o \
             JOIN messages om ON om.id = o.message WHERE o.person = c.person AND o.source = c.source \
             AND om.message_id IS NOT NULL AND om.chat_id <> m.chat_id) AS shown_in \
             FROM copies c JOIN messages m ON m.id = c.message \
             LEFT JOIN comment_messages w ON w.person = c.person AND w.message_id = c.source \
             WHERE c.survey = $1 AND m.chat_id = $2 AND m.thread_id = $3 AND c.refused IS NOT NULL \
             ORDER BY c.message",
        )
        .bind(survey)
        .bind(chat_id)
        .bind(thread_id);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Counts the customer's messages about a case that are not shown in this chat or topic.
    pub async fn count_unshown_words(
        &mut self,
        number: CaseNumber,
        (chat_id, thread_id): (ChatId, TopicId),
    ) -> Result<i64> {
        let query = query_scalar(
            "SELECT COUNT(*) FROM copies c JOIN messages m ON m.id = c.message \
             JOIN case_messages w ON w.person = c.person AND w.message_id = c.source AND w.side = 'customer' \
             WHERE w.case_number = $1 AND m.chat_id = $2 AND m.thread_id = $3 AND c.refused IS NOT NULL",
        )
        .bind(number)
        .bind(chat_id)
        .bind(thread_id);
        Ok(on_engine!(self, fetch_one, query)?)
    }
}
