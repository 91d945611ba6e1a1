//! Questions that wait for somebody's words, and first taps that wait for the second.

use sqlx::FromRow;

use crate::domain::ids::{CaseNumber, ChatId, MessageId, MessageKey, PersonId};
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

/// A question that waits, or the first of two taps.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Prompt {
    pub chat_id: ChatId,
    pub person: PersonId,
    pub kind: String,
    pub case_number: CaseNumber,
    pub argument: Option<String>,
    pub message: Option<MessageKey>,
    pub expires_at: Timestamp,
}

/// A question to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewPrompt<'a> {
    pub chat_id: ChatId,
    pub person: PersonId,
    pub kind: &'a str,
    pub case_number: CaseNumber,
    pub argument: Option<&'a str>,
    pub message: Option<MessageKey>,
    pub expires_at: Timestamp,
}

const PROMPT: &str = "chat_id, person, kind, case_number, argument, message, expires_at";

impl Tx {
    /// Stores a prompt. It replaces the one of the same kind that the person had in the same chat.
    pub async fn put_case_prompt(&mut self, prompt: &NewPrompt<'_>) -> Result<()> {
        let query = query(
            "INSERT INTO case_prompts (chat_id, person, kind, case_number, argument, message, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (chat_id, person, kind) DO UPDATE SET \
             case_number = excluded.case_number, argument = excluded.argument, message = excluded.message, \
             expires_at = excluded.expires_at",
        )
        .bind(prompt.chat_id)
        .bind(prompt.person)
        .bind(prompt.kind)
        .bind(prompt.case_number)
        .bind(prompt.argument)
        .bind(prompt.message)
        .bind(prompt.expires_at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Finds a person's prompt of this kind in a chat, whether or not it has expired.
    pub async fn find_case_prompt(
        &mut self,
        chat: ChatId,
        person: PersonId,
        kind: &str,
    ) -> Result<Option<Prompt>> {
        let text = sqlx::AssertSqlSafe(format!(
            "SELECT {PROMPT} FROM case_prompts WHERE chat_id = $1 AND person = $2 AND kind = $3"
        ));
        let query = query_as(text).bind(chat).bind(person).bind(kind);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds out for whom the question of this kind waits that a message asks.
    pub async fn find_asked(
        &mut self,
        (chat, message_id): (ChatId, MessageId),
        kind: &str,
        now: Timestamp,
    ) -> Result<Option<PersonId>> {
        let query = query_scalar(
            "SELECT p.person FROM messages m JOIN case_prompts p ON p.message = m.id \
             WHERE m.chat_id = $1 AND m.message_id = $2 AND p.kind = $3 AND p.expires_at > $4",
        )
        .bind(chat)
        .bind(message_id)
        .bind(kind)
        .bind(now);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Removes and returns a person's prompt of this kind in a chat, whether or not it has expired.
    pub async fn take_case_prompt(
        &mut self,
        chat: ChatId,
        person: PersonId,
        kind: &str,
    ) -> Result<Option<Prompt>> {
        let text = sqlx::AssertSqlSafe(format!(
            "DELETE FROM case_prompts WHERE chat_id = $1 AND person = $2 AND kind = $3 RETURNING {PROMPT}"
        ));
        let query = query_as(text).bind(chat).bind(person).bind(kind);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Removes and returns the albums of a person that are being gathered in a chat, but for one.
    pub async fn take_case_albums(
        &mut self,
        chat: ChatId,
        person: PersonId,
        but_for: &str,
    ) -> Result<Vec<Prompt>> {
        let text = sqlx::AssertSqlSafe(format!(
            "DELETE FROM case_prompts WHERE chat_id = $1 AND person = $2 AND kind LIKE 'album:%' AND kind <> $3 \
             RETURNING {PROMPT}"
        ));
        let query = query_as(text).bind(chat).bind(person).bind(but_for);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Counts a customer's message that was not kept. The count stands with what they were told about it, for this case.
    pub async fn count_dropped_word(&mut self, number: CaseNumber, chat: ChatId, kind: &str) -> Result<()> {
        let query = query(
            "UPDATE case_prompts SET case_number = $1, argument = CAST(CASE WHEN case_number = $1 \
             THEN COALESCE(CAST(argument AS BIGINT), 0) ELSE 0 END + 1 AS TEXT) WHERE chat_id = $2 AND kind = $3",
        )
        .bind(number)
        .bind(chat)
        .bind(kind);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// How many messages of a case's customer were not kept.
    pub async fn count_dropped_words(&mut self, number: CaseNumber) -> Result<i64> {
        let query = query_scalar::<Option<String>>(
            "SELECT argument FROM case_prompts WHERE case_number = $1 AND kind = 'said:case-hold'",
        )
        .bind(number);
        let counted = on_engine!(self, fetch_optional, query)?.flatten();
        Ok(counted.and_then(|count| count.parse().ok()).unwrap_or(0))
    }

    /// Removes and returns the prompts that have expired, oldest first.
    pub async fn take_expired_case_prompts(&mut self, now: Timestamp, limit: i64) -> Result<Vec<Prompt>> {
        let text = sqlx::AssertSqlSafe(format!(
            "DELETE FROM case_prompts WHERE (chat_id, person, kind) IN (SELECT chat_id, person, kind FROM case_prompts \
             WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2) RETURNING {PROMPT}"
        ));
        let query = query_as(text).bind(now).bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
