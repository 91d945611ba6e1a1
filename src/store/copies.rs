//! Customers' messages that are shown in the leads' chats: which message of ours shows which of theirs, and which ones
//! are still waiting and may be merged or changed.

use sqlx::{AssertSqlSafe, FromRow};

use super::{Error, Lane, Payload, Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::{AlertKey, CaseNumber, ChatId, MessageId, MessageKey, PersonId, SurveyKey, TopicId};
use crate::domain::time::Timestamp;

/// A message with a customer's words that waits to be sent, with its [`WaitingRow::payload`].
#[derive(Clone, Debug, FromRow)]
pub struct WaitingRow {
    /// The row's ID in the outbox.
    pub id: i64,
    pub message: MessageKey,
    payload: String,
}

impl WaitingRow {
    /// # Errors
    /// Fails if the stored payload cannot be read.
    pub fn payload(&self) -> Result<Payload> {
        serde_json::from_str(&self.payload)
            .map_err(|error| Error::broken("outbox", format!("row {}: payload: {error}", self.id)))
    }
}

/// The message of ours that shows a customer's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Shown {
    pub message: MessageKey,
    /// How many of the customer's messages it shows.
    pub parts: i64,
}

impl Tx {
    /// Notes that a message of ours will be a copy of a person's message.
    pub async fn insert_copy(
        &mut self,
        message: MessageKey,
        (person, source): (PersonId, MessageId),
        survey: Option<SurveyKey>,
    ) -> Result<()> {
        let query = query("INSERT INTO copies (message, person, source, survey) VALUES ($1, $2, $3, $4)")
            .bind(message)
            .bind(person)
            .bind(source)
            .bind(survey);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Notes that a message of ours shows this message of a customer.
    pub async fn insert_copy_part(
        &mut self,
        message: MessageKey,
        person: PersonId,
        message_id: MessageId,
    ) -> Result<()> {
        let query = query(
            "INSERT INTO copy_parts (message, person, message_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(message)
        .bind(person)
        .bind(message_id);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Notes that a message of ours will not show this message of a customer after all.
    pub async fn delete_copy_part(
        &mut self,
        message: MessageKey,
        person: PersonId,
        message_id: MessageId,
    ) -> Result<()> {
        let query = query("DELETE FROM copy_parts WHERE message = $1 AND person = $2 AND message_id = $3")
            .bind(message)
            .bind(person)
            .bind(message_id);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Finds the newest message of ours in this chat or topic that shows a customer's message.
    pub async fn find_shown(
        &mut self,
        (chat_id, thread_id): (ChatId, TopicId),
        person: PersonId,
        message_id: MessageId,
    ) -> Result<Option<Shown>> {
        let query = query_as(
            "SELECT p.message, (SELECT COUNT(*) FROM copy_parts o WHERE o.message = p.message) AS parts \
             FROM copy_parts p JOIN messages m ON m.id = p.message \
             WHERE p.person = $1 AND p.message_id = $2 AND m.chat_id = $3 AND m.thread_id = $4 \
             ORDER BY p.message DESC LIMIT 1",
        )
        .bind(person)
        .bind(message_id)
        .bind(chat_id)
        .bind(thread_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists the messages of a customer that a message of ours shows, in the order in which they came, with their texts
    /// where these are kept.
    pub async fn list_shown_texts(
        &mut self,
        message: MessageKey,
        person: PersonId,
    ) -> Result<Vec<(MessageId, Option<String>)>> {
        let query = query_as(
            "SELECT p.message_id, c.text FROM copy_parts p LEFT JOIN case_messages c ON c.chat_id = p.person \
             AND c.message_id = p.message_id AND c.side = 'customer' AND c.kind IS NULL \
             WHERE p.message = $1 AND p.person = $2 ORDER BY p.message_id",
        )
        .bind(message)
        .bind(person);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Finds the newest message with a person's words or files that waits for this chat or topic, if it consists of texts
    /// and no attempt was made to send it. Behind a file that waits, nothing may join the texts before it.
    pub async fn find_waiting_words(
        &mut self,
        (chat_id, thread_id): (ChatId, TopicId),
        person: PersonId,
    ) -> Result<Option<WaitingRow>> {
        let query = query_as(AssertSqlSafe(format!(
            "SELECT id, message, payload FROM outbox WHERE id = (SELECT MAX(o.id) FROM outbox o \
             JOIN copies c ON c.message = o.message WHERE o.lane = {} AND o.chat_id = $1 AND o.thread_id = $2 \
             AND c.person = $3) AND method = 'send' AND attempts = 0",
            Lane::Words.code()
        )))
        .bind(chat_id)
        .bind(thread_id)
        .bind(person);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds the waiting message of ours that shows words or files, if no attempt was made to send it.
    pub async fn find_waiting_copy(
        &mut self,
        chat_id: ChatId,
        message: MessageKey,
    ) -> Result<Option<WaitingRow>> {
        let query = query_as(AssertSqlSafe(format!(
            "SELECT id, message, payload FROM outbox WHERE lane = {} AND chat_id = $1 AND message = $2 \
             AND method IN ('send', 'copy') AND attempts = 0",
            Lane::Words.code()
        )))
        .bind(chat_id)
        .bind(message);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds the waiting ring of an alert, if no attempt was made to send it. A warning, which must not go late, is none.
    pub async fn find_waiting_ring(&mut self, alert: AlertKey) -> Result<Option<i64>> {
        let query = query_scalar(AssertSqlSafe(format!(
            "SELECT id FROM outbox WHERE lane = {} AND alert = $1 AND attempts = 0 AND not_after IS NULL",
            Lane::Rings.code()
        )))
        .bind(alert);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Deletes the warnings of a case that wait and have not been tried, but for those about these deadlines. A case has
    /// two deadlines at most.
    pub async fn delete_waiting_warnings(&mut self, case: CaseNumber, standing: &[Timestamp]) -> Result<()> {
        let never = Timestamp::from_millis(0);
        let standing = [0, 1].map(|index| standing.get(index).copied().unwrap_or(never));
        let query = query(AssertSqlSafe(format!(
            "DELETE FROM outbox WHERE lane = {} AND attempts = 0 AND not_after <> $2 AND not_after <> $3 \
             AND alert IN (SELECT id FROM case_posts WHERE case_number = $1)",
            Lane::Rings.code()
        )))
        .bind(case)
        .bind(standing[0])
        .bind(standing[1]);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Changes the content of a waiting message. The sender reads the content when it claims the message, so it does
    /// not have to be told.
    pub async fn set_waiting_payload(&mut self, id: i64, payload: &Payload) -> Result<()> {
        let payload = serde_json::to_string(payload)
            .map_err(|error| Error::broken("outbox", format!("payload: {error}")))?;
        let query = query("UPDATE outbox SET payload = $2 WHERE id = $1").bind(id).bind(payload);
        on_engine!(self, execute, query)?;
        Ok(())
    }
}
