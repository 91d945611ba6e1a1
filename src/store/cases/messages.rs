//! What customers and leads say to each other about a case.

use sqlx::FromRow;

use crate::domain::case::{Side, WordState};
use crate::domain::ids::{
    CaseMessageKey, CaseNumber, ChatId, MessageId, MessageKey, PersonId, SurveyKey, TopicId,
};
use crate::domain::time::Timestamp;
use crate::store::{Error, Result, Tx, on_engine, query, query_as, query_scalar};

/// One message, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseMessage {
    pub id: CaseMessageKey,
    pub case_number: CaseNumber,
    pub side: Side,
    /// Who wrote it.
    pub person: PersonId,
    /// Where it was written.
    pub chat_id: ChatId,
    pub message_id: MessageId,
    pub media_group: Option<String>,
    pub text: Option<String>,
    /// Whether it is a text. Everything else is copied, and `text` is the caption.
    pub is_text: bool,
    pub reply_to: Option<CaseMessageKey>,
    pub state: WordState,
    pub written_at: Timestamp,
    /// The message of ours that shows a lead's message to the customer.
    pub copy: Option<MessageKey>,
}

/// What became of a lead's message.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct SettledReply {
    pub person: PersonId,
    /// Why it did not arrive; `None` if it did.
    pub reason: Option<String>,
    pub settled_at: Timestamp,
}

/// A message to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewCaseMessage<'a> {
    pub case_number: CaseNumber,
    pub side: Side,
    pub person: PersonId,
    pub chat_id: ChatId,
    pub message_id: MessageId,
    pub media_group: Option<&'a str>,
    /// The kind of attachment; `None` for a text.
    pub kind: Option<&'a str>,
    pub text: Option<&'a str>,
    pub file_id: Option<&'a str>,
    pub file_size: Option<i64>,
    pub reply_to: Option<CaseMessageKey>,
    pub state: WordState,
}

#[derive(Debug, FromRow)]
struct Stored {
    id: CaseMessageKey,
    case_number: CaseNumber,
    side: String,
    person: PersonId,
    chat_id: ChatId,
    message_id: MessageId,
    media_group: Option<String>,
    kind: Option<String>,
    text: Option<String>,
    reply_to: Option<CaseMessageKey>,
    state: String,
    written_at: Timestamp,
    copy: Option<MessageKey>,
}

impl Stored {
    fn read(self) -> Result<CaseMessage> {
        let broken = |column: &str| Error::broken("case_messages", format!("id {}: {column}", self.id));
        Ok(CaseMessage {
            id: self.id,
            case_number: self.case_number,
            side: self.side.parse().map_err(|_| broken("side"))?,
            person: self.person,
            chat_id: self.chat_id,
            message_id: self.message_id,
            media_group: self.media_group,
            text: self.text,
            is_text: self.kind.is_none(),
            reply_to: self.reply_to,
            state: self.state.parse().map_err(|_| broken("state"))?,
            written_at: self.written_at,
            copy: self.copy,
        })
    }
}

macro_rules! case_message {
    ($rest:literal) => {
        concat!(
            "SELECT w.id, w.case_number, w.side, w.person, w.chat_id, w.message_id, w.media_group, w.kind, w.text, \
             w.reply_to, w.state, w.written_at, w.copy FROM case_messages w ",
            $rest
        )
    };
}

impl Tx {
    /// Stores a message. Returns `None` if it is known already.
    pub async fn insert_case_message(
        &mut self,
        new: &NewCaseMessage<'_>,
        now: Timestamp,
    ) -> Result<Option<CaseMessageKey>> {
        let query = query_scalar(
            "INSERT INTO case_messages (case_number, side, person, chat_id, message_id, media_group, kind, text, \
             file_id, file_size, reply_to, state, written_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING RETURNING id",
        )
        .bind(new.case_number)
        .bind(new.side.as_str())
        .bind(new.person)
        .bind(new.chat_id)
        .bind(new.message_id)
        .bind(new.media_group)
        .bind(new.kind)
        .bind(new.text)
        .bind(new.file_id)
        .bind(new.file_size)
        .bind(new.reply_to)
        .bind(new.state.as_str())
        .bind(now);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    pub async fn find_case_message(&mut self, id: CaseMessageKey) -> Result<Option<CaseMessage>> {
        let query = query_as::<Stored>(case_message!("WHERE w.id = $1")).bind(id);
        on_engine!(self, fetch_optional, query)?.map(Stored::read).transpose()
    }

    /// The lead who wrote the last message before this one that went, or is going, to the customer.
    pub async fn find_case_author_before(
        &mut self,
        number: CaseNumber,
        message: CaseMessageKey,
    ) -> Result<Option<PersonId>> {
        let query = query_scalar(
            "SELECT person FROM case_messages WHERE case_number = $1 AND id < $2 AND side = 'staff' \
             AND state IN ('waiting', 'delivered') ORDER BY id DESC LIMIT 1",
        )
        .bind(number)
        .bind(message);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// When the last message was written that went, or is going, to the customer.
    pub async fn find_last_reply_written_at(&mut self, number: CaseNumber) -> Result<Option<Timestamp>> {
        let query = query_scalar(
            "SELECT MAX(written_at) FROM case_messages WHERE case_number = $1 AND side = 'staff' \
             AND state IN ('waiting', 'delivered')",
        )
        .bind(number);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Finds what somebody wrote, by where they wrote it.
    pub async fn find_case_message_at(
        &mut self,
        chat: ChatId,
        message_id: MessageId,
    ) -> Result<Option<CaseMessage>> {
        let query = query_as::<Stored>(case_message!("WHERE w.chat_id = $1 AND w.message_id = $2"))
            .bind(chat)
            .bind(message_id);
        on_engine!(self, fetch_optional, query)?.map(Stored::read).transpose()
    }

    /// Finds the lead's message that a message of ours shows to the customer.
    pub async fn find_case_message_of_copy(&mut self, copy: MessageKey) -> Result<Option<CaseMessage>> {
        let query = query_as::<Stored>(case_message!("WHERE w.copy = $1")).bind(copy);
        on_engine!(self, fetch_optional, query)?.map(Stored::read).transpose()
    }

    /// Finds the lead's message that the customer sees under this ID.
    pub async fn find_case_message_shown(
        &mut self,
        chat: ChatId,
        message_id: MessageId,
    ) -> Result<Option<CaseMessage>> {
        let query = query_as::<Stored>(case_message!(
            "JOIN messages m ON m.id = w.copy WHERE m.chat_id = $1 AND m.message_id = $2"
        ))
        .bind(chat)
        .bind(message_id);
        on_engine!(self, fetch_optional, query)?.map(Stored::read).transpose()
    }

    /// Finds the newest of the customer's messages that a message of ours shows in the leads' chats.
    pub async fn find_case_message_passed_on(
        &mut self,
        chat: ChatId,
        message_id: MessageId,
    ) -> Result<Option<CaseMessage>> {
        let query = query_as::<Stored>(case_message!(
            "JOIN copy_parts p ON p.person = w.person AND p.message_id = w.message_id \
             JOIN messages m ON m.id = p.message \
             WHERE m.chat_id = $1 AND m.message_id = $2 AND w.side = 'customer' AND w.chat_id = w.person \
             ORDER BY w.id DESC LIMIT 1"
        ))
        .bind(chat)
        .bind(message_id);
        on_engine!(self, fetch_optional, query)?.map(Stored::read).transpose()
    }

    /// Lists the parts of an album in the order in which they came.
    pub async fn list_case_album(&mut self, chat: ChatId, media_group: &str) -> Result<Vec<CaseMessage>> {
        let query = query_as::<Stored>(case_message!(
            "WHERE w.chat_id = $1 AND w.media_group = $2 ORDER BY w.message_id"
        ))
        .bind(chat)
        .bind(media_group);
        on_engine!(self, fetch_all, query)?.into_iter().map(Stored::read).collect()
    }

    /// Lists the customer's messages that the leads have not been shown, oldest first.
    pub async fn list_kept_case_messages(&mut self, number: CaseNumber) -> Result<Vec<CaseMessage>> {
        let query = query_as::<Stored>(case_message!(
            "WHERE w.case_number = $1 AND w.side = 'customer' AND w.state = 'kept' ORDER BY w.id"
        ))
        .bind(number);
        on_engine!(self, fetch_all, query)?.into_iter().map(Stored::read).collect()
    }

    pub async fn set_case_message_state(
        &mut self,
        id: CaseMessageKey,
        state: WordState,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        let query = query("UPDATE case_messages SET state = $2, reason = $3, settled_at = $4 WHERE id = $1")
            .bind(id)
            .bind(state.as_str())
            .bind(reason)
            .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Notes which message of ours will show a lead's message to the customer.
    pub async fn set_case_message_copy(&mut self, id: CaseMessageKey, copy: MessageKey) -> Result<()> {
        let query = query("UPDATE case_messages SET copy = $2 WHERE id = $1").bind(id).bind(copy);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn set_case_message_text(&mut self, id: CaseMessageKey, text: Option<&str>) -> Result<()> {
        let query = query("UPDATE case_messages SET text = $2 WHERE id = $1").bind(id).bind(text);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Stores the file that a message has now. Returns whether it is another one than before.
    pub async fn replace_case_file(
        &mut self,
        id: CaseMessageKey,
        (kind, file_id): (&str, &str),
        file_size: Option<i64>,
    ) -> Result<bool> {
        let query = query(
            "UPDATE case_messages SET kind = $2, file_id = $3, file_size = $4 \
             WHERE id = $1 AND (file_id IS NULL OR file_id <> $3)",
        )
        .bind(id)
        .bind(kind)
        .bind(file_id)
        .bind(file_size);
        Ok(on_engine!(self, execute, query)? > 0)
    }

    /// Finds the first of the customer's messages that a message of ours shows, if it has not arrived.
    pub async fn find_waiting_case_words(&mut self, message: MessageKey) -> Result<Option<CaseMessage>> {
        let query = query_as::<Stored>(case_message!(
            "JOIN copy_parts p ON p.person = w.person AND p.message_id = w.message_id \
             WHERE p.message = $1 AND w.side = 'customer' AND w.state = 'waiting' ORDER BY w.id LIMIT 1"
        ))
        .bind(message);
        on_engine!(self, fetch_optional, query)?.map(Stored::read).transpose()
    }

    /// Lists the customer's messages that a message of ours shows, that have arrived in no chat, and that no other message
    /// of ours is about to show.
    pub async fn list_case_words_lost_with(&mut self, message: MessageKey) -> Result<Vec<CaseMessage>> {
        let query = query_as::<Stored>(case_message!(
            "JOIN copy_parts p ON p.person = w.person AND p.message_id = w.message_id \
             WHERE p.message = $1 AND w.side = 'customer' AND w.state = 'waiting' AND NOT EXISTS \
             (SELECT 1 FROM copy_parts o JOIN outbox q ON q.message = o.message WHERE o.person = p.person \
             AND o.message_id = p.message_id AND o.message <> p.message) ORDER BY w.id"
        ))
        .bind(message);
        on_engine!(self, fetch_all, query)?.into_iter().map(Stored::read).collect()
    }

    /// Moves a customer's message to the case that it is about.
    pub async fn set_case_of_message(&mut self, id: CaseMessageKey, number: CaseNumber) -> Result<()> {
        let query = query("UPDATE case_messages SET case_number = $2 WHERE id = $1").bind(id).bind(number);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Lists the last replies to a customer that were written since then and can be taken back, newest first.
    pub async fn list_replies_since(
        &mut self,
        number: CaseNumber,
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<CaseMessage>> {
        let query = query_as::<Stored>(case_message!(
            "WHERE w.case_number = $1 AND w.side = 'staff' AND w.state IN ('waiting', 'delivered') AND w.written_at > $2 \
             ORDER BY w.id DESC LIMIT $3"
        ))
        .bind(number)
        .bind(since)
        .bind(limit);
        on_engine!(self, fetch_all, query)?.into_iter().map(Stored::read).collect()
    }

    /// Finds what became of the last words that a lead wrote to the customer, once that is known.
    pub async fn find_last_settled_reply(&mut self, number: CaseNumber) -> Result<Option<SettledReply>> {
        let query = query_as(
            "SELECT person, reason, settled_at FROM case_messages WHERE case_number = $1 AND side = 'staff' \
             AND state IN ('delivered', 'undeliverable') AND settled_at IS NOT NULL ORDER BY settled_at DESC, id DESC \
             LIMIT 1",
        )
        .bind(number);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds the topic of a message of ours that lists several cases.
    pub async fn find_fold_place(&mut self, chat: ChatId, message_id: MessageId) -> Result<Option<TopicId>> {
        let query = query_scalar(
            "SELECT f.thread_id FROM alert_folds f JOIN messages m ON m.id = f.message \
             WHERE m.chat_id = $1 AND m.message_id = $2",
        )
        .bind(chat)
        .bind(message_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds the topic of a message of ours.
    pub async fn find_message_topic(&mut self, message: MessageKey) -> Result<Option<TopicId>> {
        let query = query_scalar("SELECT thread_id FROM messages WHERE id = $1").bind(message);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Deletes a message that waits and for which no call was made. Returns whether there was one.
    pub async fn delete_uncalled(&mut self, message: MessageKey) -> Result<bool> {
        let query =
            query("DELETE FROM outbox WHERE message = $1 AND method IN ('send', 'copy') AND attempts = 0")
                .bind(message);
        Ok(on_engine!(self, execute, query)? > 0)
    }

    /// Whether the time of any prompt is over.
    pub async fn is_any_case_prompt_over(&mut self, now: Timestamp) -> Result<bool> {
        let query =
            query_scalar("SELECT EXISTS (SELECT 1 FROM case_prompts WHERE expires_at <= $1)").bind(now);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// When a survey last moved, or was last answered.
    pub async fn find_survey_moved_at(&mut self, survey: SurveyKey) -> Result<Option<Timestamp>> {
        let query = query_scalar("SELECT MAX(at) FROM journal WHERE survey = $1").bind(survey);
        Ok(on_engine!(self, fetch_one, query)?)
    }
}
