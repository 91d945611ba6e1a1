//! The outbox of messages to Telegram. The transaction that causes a message writes it; the sender reads, claims and
//! deletes it.

use sqlx::{AssertSqlSafe, FromRow};

use super::lane::Lane;
use super::outgoing::{Method, Outgoing, Payload};
use super::{Error, Result, Tx, on_engine, padded, query, query_as, query_scalar, values};
use crate::domain::ids::{AlertKey, ChatId, MessageId, MessageKey, PersonId, SurveyKey, TopicId};
use crate::domain::time::Timestamp;

/// A row that the transaction has not written yet.
#[derive(Debug)]
pub(super) struct Unwritten {
    /// Without its payload, which is kept in `payload` as JSON.
    row: Outgoing,
    payload: String,
    created_at: Timestamp,
}

/// The most unwritten rows, so that a long transaction does not collect all its messages in memory.
const MOST_UNWRITTEN: usize = 256;

/// A row as the sender holds it. The payload comes with the claim, except for edits and deletions: they need no claim,
/// so their payload is in `edit`.
#[derive(Clone, Debug)]
pub struct OutboxRow {
    pub id: i64,
    pub lane: Lane,
    pub chat_id: ChatId,
    pub thread_id: TopicId,
    pub method: Method,
    pub message: Option<MessageKey>,
    /// Telegram's ID of the logical message, if it is known.
    pub message_id: Option<MessageId>,
    pub survey: Option<SurveyKey>,
    pub first: bool,
    pub alert: Option<AlertKey>,
    /// The number of calls that were or may have been made and whose outcome is unknown.
    pub attempts: i64,
    pub not_after: Option<Timestamp>,
    /// Since when the outcome of a call has been unknown.
    pub unknown_at: Option<Timestamp>,
    pub edit: Option<Box<str>>,
    /// The customer who wrote the message that this is a copy of.
    pub author: Option<PersonId>,
}

#[derive(FromRow)]
pub(super) struct Stored {
    id: i64,
    lane: i64,
    chat_id: ChatId,
    thread_id: TopicId,
    method: String,
    message: Option<MessageKey>,
    message_id: Option<MessageId>,
    survey: Option<SurveyKey>,
    first: bool,
    alert: Option<AlertKey>,
    attempts: i64,
    not_after: Option<Timestamp>,
    unknown_at: Option<Timestamp>,
    edit: Option<String>,
    author: Option<PersonId>,
}

macro_rules! outbox_row {
    ($rest:literal) => {
        concat!(
            "SELECT o.id, o.lane, o.chat_id, o.thread_id, o.method, o.message, \
             COALESCE(m.message_id, o.message_id) AS message_id, o.survey, o.first, o.alert, o.attempts, \
             o.not_after, o.unknown_at, CASE WHEN o.method IN ('edit', 'delete') THEN o.payload END AS edit, \
             c.person AS author FROM outbox o LEFT JOIN messages m ON m.id = o.message \
             LEFT JOIN copies c ON c.message = o.message ",
            $rest
        )
    };
}
pub(super) use outbox_row;

impl TryFrom<Stored> for OutboxRow {
    type Error = Error;

    fn try_from(row: Stored) -> Result<Self> {
        let broken = |what: &str| Error::broken("outbox", format!("row {}: {what}", row.id));
        let method = match row.method.as_str() {
            "send" => Method::Send,
            "edit" => Method::Edit,
            "copy" => Method::Copy,
            "delete" => Method::Delete,
            _ => return Err(broken("method")),
        };
        Ok(Self {
            id: row.id,
            lane: lane(row.lane, method).ok_or_else(|| broken("lane"))?,
            chat_id: row.chat_id,
            thread_id: row.thread_id,
            method,
            message: row.message,
            message_id: row.message_id,
            survey: row.survey,
            first: row.first,
            alert: row.alert,
            attempts: row.attempts,
            not_after: row.not_after,
            unknown_at: row.unknown_at,
            edit: row.edit.map(String::into_boxed_str),
            author: row.author,
        })
    }
}

/// Earlier versions had only the first four lanes; this assigns their rows to today's lanes.
fn lane(code: i64, method: Method) -> Option<Lane> {
    let lane = Lane::from_code(code)?;
    Some(match (lane, method) {
        (Lane::Alerts, Method::Copy) => Lane::Words,
        (Lane::Alerts, Method::Edit) => Lane::Edits,
        (Lane::Digests, Method::Edit | Method::Delete) => Lane::CleanUp,
        _ => lane,
    })
}

/// The payload of a claimed row.
#[derive(Debug, FromRow)]
pub struct Claimed {
    pub id: i64,
    pub payload: String,
}

impl Tx {
    /// Creates a logical message of ours, to be sent to this chat.
    pub async fn insert_message(&mut self, chat_id: ChatId, thread_id: TopicId) -> Result<MessageKey> {
        let query = query_scalar("INSERT INTO messages (chat_id, thread_id) VALUES ($1, $2) RETURNING id")
            .bind(chat_id)
            .bind(thread_id);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Stores Telegram's ID of a logical message, from a delivery or from a tap on one of its copies. Returns false if
    /// the message has been erased meanwhile.
    pub async fn set_message_id(&mut self, message: MessageKey, message_id: MessageId) -> Result<bool> {
        let query = query("UPDATE messages SET message_id = $2 WHERE id = $1 AND chat_id <> 0")
            .bind(message)
            .bind(message_id);
        Ok(on_engine!(self, execute, query)? == 1)
    }

    /// The same for a message whose ID is not known. One that is known stays as it is.
    pub async fn learn_message_id(&mut self, message: MessageKey, message_id: MessageId) -> Result<()> {
        let query = query(
            "UPDATE messages SET message_id = $2 WHERE id = $1 AND chat_id <> 0 AND message_id IS NULL",
        )
        .bind(message)
        .bind(message_id);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn find_message_id(&mut self, message: MessageKey) -> Result<Option<MessageId>> {
        let query = query_scalar("SELECT message_id FROM messages WHERE id = $1").bind(message);
        let found: Option<Option<MessageId>> = on_engine!(self, fetch_optional, query)?;
        Ok(found.flatten())
    }

    /// Whether a message in a chat is one of ours whose ID is known.
    pub async fn is_message_known(&mut self, chat_id: ChatId, message_id: MessageId) -> Result<bool> {
        let query =
            query_scalar("SELECT EXISTS (SELECT 1 FROM messages WHERE chat_id = $1 AND message_id = $2)")
                .bind(chat_id)
                .bind(message_id);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Returns how many calls were or may have been made for a message whose arrival is not known; `None` once the
    /// sender is done with it.
    pub async fn find_attempts(&mut self, message: MessageKey) -> Result<Option<i64>> {
        let query = query_scalar(
            "SELECT attempts FROM outbox WHERE message = $1 AND method = 'send' AND first = FALSE",
        )
        .bind(message);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Queues a message. The messages of one transaction are written together, at its end or before a statement reads
    /// the outbox.
    pub async fn enqueue(&mut self, row: &Outgoing, now: Timestamp) -> Result<()> {
        let payload = serde_json::to_string(&row.payload)
            .map_err(|error| Error::broken("outbox", format!("payload: {error}")))?;
        let row = Outgoing { payload: Payload::default(), ..row.clone() };
        self.outgoing.push(Unwritten { row, payload, created_at: now });
        self.mark_enqueued();
        if self.outgoing.len() < MOST_UNWRITTEN { Ok(()) } else { self.write_outgoing().await }
    }

    pub(super) async fn write_outgoing(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.outgoing);
        let text = |values: &str| {
            format!(
                "INSERT INTO outbox (lane, chat_id, thread_id, method, message, message_id, survey, first, alert, \
                 payload, not_after, created_at) VALUES {values}"
            )
        };
        self.insert_rows(&rows, 12, text, |query, Unwritten { row, payload, created_at }| {
            query
                .bind(row.lane.code())
                .bind(row.chat_id)
                .bind(row.thread_id)
                .bind(row.method.as_str())
                .bind(row.message)
                .bind(row.message_id)
                .bind(row.survey)
                .bind(row.first)
                .bind(row.alert)
                .bind(payload)
                .bind(row.not_after)
                .bind(*created_at)
        })
        .await
    }

    /// Lists the rows after `id`, oldest first.
    pub async fn list_outbox_after(&mut self, id: i64, limit: i64) -> Result<Vec<OutboxRow>> {
        let query =
            query_as::<Stored>(outbox_row!("WHERE o.id > $1 ORDER BY o.id LIMIT $2")).bind(id).bind(limit);
        on_engine!(self, fetch_all, query)?.into_iter().map(OutboxRow::try_from).collect()
    }

    /// Adds one to each row's attempts, before the call is made. Rows that no longer exist are not returned.
    pub async fn claim_outbox(&mut self, ids: &[i64]) -> Result<Vec<Claimed>> {
        let text = |list: &str| {
            format!("UPDATE outbox SET attempts = attempts + 1 WHERE id IN {list} RETURNING id, payload")
        };
        self.rows_of(ids, text).await
    }

    /// The content of a row that has not been deleted yet.
    pub async fn find_outbox_payload(&mut self, id: i64) -> Result<Option<Payload>> {
        let query = query_scalar("SELECT payload FROM outbox WHERE id = $1").bind(id);
        let found: Option<String> = on_engine!(self, fetch_optional, query)?;
        let read = |payload: String| {
            serde_json::from_str(&payload)
                .map_err(|error| Error::broken("outbox", format!("row {id}: payload: {error}")))
        };
        found.map(read).transpose()
    }

    /// Releases a claim whose call certainly had no effect.
    pub async fn release_outbox(&mut self, id: i64) -> Result<()> {
        let query =
            query("UPDATE outbox SET attempts = attempts - 1 WHERE id = $1 AND attempts > 0").bind(id);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Sends the content of an edit as a new message, because the message to be edited no longer exists.
    pub async fn turn_edit_into_send(&mut self, id: i64, message: Option<MessageKey>) -> Result<()> {
        let edit = query("UPDATE outbox SET method = 'send', attempts = 0, message_id = NULL WHERE id = $1")
            .bind(id);
        on_engine!(self, execute, edit)?;
        let message = query("UPDATE messages SET message_id = NULL WHERE id = $1").bind(message);
        on_engine!(self, execute, message)?;
        Ok(())
    }

    pub async fn delete_outbox(&mut self, ids: &[i64]) -> Result<()> {
        for ids in padded(ids) {
            let text = format!("DELETE FROM outbox WHERE id IN {}", values(1, ids.len()));
            let mut query = query(AssertSqlSafe(text));
            for id in ids {
                query = query.bind(id);
            }
            on_engine!(self, execute, query)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_former_version_queued_goes_where_it_belongs_now() {
        assert_eq!(lane(1, Method::Send), Some(Lane::Alerts));
        assert_eq!(lane(1, Method::Copy), Some(Lane::Words));
        assert_eq!(lane(1, Method::Edit), Some(Lane::Edits));
        assert_eq!(lane(3, Method::Delete), Some(Lane::CleanUp));
        assert_eq!(lane(9, Method::Send), None);
    }
}
