//! A customer's words about cases: how many there are, and whether the leads have been shown them.

use crate::domain::case::WordState;
use crate::domain::ids::{CaseNumber, ChatId, MessageId, MessageKey, PersonId, TopicId};
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

impl Tx {
    /// How many of the customer's messages the leads have not been shown, and the first text among them. `None` if there
    /// are none.
    pub async fn find_kept_words(&mut self, number: CaseNumber) -> Result<Option<(i64, Option<String>)>> {
        let query = query_as::<(i64, Option<String>)>(
            "SELECT COUNT(*), (SELECT f.text FROM case_messages f WHERE f.case_number = $1 AND f.side = 'customer' \
             AND f.state = 'kept' AND f.text IS NOT NULL ORDER BY f.id LIMIT 1) FROM case_messages w \
             WHERE w.case_number = $1 AND w.side = 'customer' AND w.state = 'kept'",
        )
        .bind(number);
        Ok(on_engine!(self, fetch_optional, query)?.filter(|(count, _)| *count > 0))
    }

    /// How many messages of the customer, and how many characters, wait until a lead takes the case. The parts of an
    /// album that is being gathered count.
    pub async fn measure_kept_words(&mut self, number: CaseNumber) -> Result<(i64, i64)> {
        let query = query_as(
            "SELECT COUNT(*), COALESCE(SUM(LENGTH(text)), 0) FROM case_messages \
             WHERE case_number = $1 AND side = 'customer' AND state IN ('kept', 'waiting')",
        )
        .bind(number);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Whether the customer has written about a case since then.
    pub async fn has_customer_written_since(
        &mut self,
        number: CaseNumber,
        since: Option<Timestamp>,
    ) -> Result<bool> {
        let query = query_scalar(
            "SELECT EXISTS (SELECT 1 FROM case_messages WHERE case_number = $1 AND side = 'customer' \
             AND written_at > $2)",
        )
        .bind(number)
        .bind(since.unwrap_or(Timestamp::from_millis(0)));
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Sets what has become of the customer's words that a message of ours shows, and of the other parts of their
    /// albums, which go in the same call. Words that have arrived in some chat stay delivered.
    pub async fn settle_case_words(
        &mut self,
        message: MessageKey,
        state: WordState,
        now: Timestamp,
    ) -> Result<()> {
        let query = query(
            "UPDATE case_messages SET state = $2, settled_at = $3 WHERE side = 'customer' \
             AND state IN ('kept', 'waiting') AND id IN (SELECT w.id FROM copy_parts p \
             JOIN case_messages s ON s.chat_id = p.person AND s.message_id = p.message_id \
             JOIN case_messages w ON w.id = s.id OR (w.chat_id = s.chat_id AND w.media_group = s.media_group) \
             WHERE p.message = $1)",
        )
        .bind(message)
        .bind(state.as_str())
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Whether a message of ours shows, or will show, this message of a customer to the leads.
    pub async fn is_shown_to_leads(&mut self, person: PersonId, message_id: MessageId) -> Result<bool> {
        let query =
            query_scalar("SELECT EXISTS (SELECT 1 FROM copy_parts WHERE person = $1 AND message_id = $2)")
                .bind(person)
                .bind(message_id);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Counts what a customer has written about cases since then.
    pub async fn count_case_words_since(&mut self, person: PersonId, since: Timestamp) -> Result<i64> {
        let query = query_scalar(
            "SELECT COUNT(*) FROM case_messages WHERE chat_id = $1 AND side = 'customer' AND written_at > $2",
        )
        .bind(person.chat())
        .bind(since);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Notes that a message of ours shows words about a case, so that a reply to it is found.
    pub async fn note_case_words(
        &mut self,
        number: CaseNumber,
        (chat, topic): (ChatId, TopicId),
        message: MessageKey,
        now: Timestamp,
    ) -> Result<()> {
        let query = query(
            "INSERT INTO case_posts (case_number, kind, chat_id, thread_id, message, created_at) \
             SELECT $1, 'words', $2, $3, $4, $5 WHERE NOT EXISTS (SELECT 1 FROM case_posts WHERE message = $4)",
        )
        .bind(number)
        .bind(chat)
        .bind(topic)
        .bind(message)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Lists the messages in a chat, not older than `since`, that show a text with which `text` begins: the case, the
    /// message and the text's author. Only those that may have been sent.
    pub async fn list_shown_words(
        &mut self,
        (chat, since): (ChatId, Timestamp),
        text: &str,
    ) -> Result<Vec<(CaseNumber, MessageKey, PersonId)>> {
        let query = query_as(
            "SELECT DISTINCT k.case_number, k.message, p.person FROM case_posts k \
             JOIN copy_parts p ON p.message = k.message \
             JOIN case_messages w ON w.chat_id = p.person AND w.message_id = p.message_id \
             WHERE k.chat_id = $1 AND k.created_at > $2 AND k.kind = 'words' AND k.case_number IS NOT NULL \
             AND w.side = 'customer' AND w.kind IS NULL AND SUBSTR(CAST($3 AS TEXT), 1, LENGTH(w.text)) = w.text \
             AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.message = k.message AND o.attempts = 0 \
             AND o.method IN ('send', 'copy'))",
        )
        .bind(chat)
        .bind(since)
        .bind(text);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the messages in a chat that show such a file of a customer, with the case: of its talk, not older than
    /// `since`, and of its surveys.
    pub async fn list_shown_files(
        &mut self,
        (chat, since): (ChatId, Timestamp),
        (kind, size, caption): (&str, i64, &str),
    ) -> Result<Vec<(CaseNumber, MessageKey)>> {
        let query = query_as(
            "SELECT k.case_number, k.message FROM case_posts k JOIN copy_parts p ON p.message = k.message \
             JOIN case_messages w ON w.chat_id = p.person AND w.message_id = p.message_id \
             WHERE k.chat_id = $1 AND k.created_at > $2 AND k.kind = 'words' AND k.case_number IS NOT NULL \
             AND w.side = 'customer' AND w.kind = $3 AND w.file_size = $4 AND COALESCE(w.text, '') = $5 \
             UNION SELECT s.case_number, c.message FROM messages m JOIN copies c ON c.message = m.id \
             JOIN comment_messages w ON w.person = c.person AND w.message_id = c.source \
             JOIN case_surveys s ON s.survey = c.survey \
             WHERE m.chat_id = $1 AND w.kind = $3 AND w.file_size = $4 AND COALESCE(w.text, '') = $5",
        )
        .bind(chat)
        .bind(since)
        .bind(kind)
        .bind(size)
        .bind(caption);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the messages of ours in a chat, not older than `since`, that ask for a reply about a case or stand above an
    /// album, and of which nobody knows whether they arrived.
    pub async fn list_unknown_headings(
        &mut self,
        chat: ChatId,
        since: Timestamp,
    ) -> Result<Vec<(CaseNumber, MessageKey)>> {
        let query = query_as(
            "SELECT k.case_number, k.message FROM case_posts k JOIN messages m ON m.id = k.message \
             WHERE k.chat_id = $1 AND k.created_at > $2 AND k.kind IN ('words', 'prompt') \
             AND k.case_number IS NOT NULL AND m.message_id IS NULL \
             AND NOT EXISTS (SELECT 1 FROM copy_parts p WHERE p.message = k.message)",
        )
        .bind(chat)
        .bind(since);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
