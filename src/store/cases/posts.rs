//! Where a case is posted: the messages of ours that are about it.

use sqlx::{AssertSqlSafe, FromRow};

use crate::domain::ids::{AlertKey, CaseNumber, ChatId, MessageId, MessageKey, SurveyKey, TopicId};
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

/// A message of ours about a case.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct PostedIn {
    pub id: AlertKey,
    pub case_number: CaseNumber,
    /// `post`, `card`, `words`, `notice` or `prompt`.
    pub kind: String,
    pub survey: Option<SurveyKey>,
    pub chat_id: ChatId,
    pub thread_id: TopicId,
    /// The message itself, or that of the fold that lists it.
    pub message: MessageKey,
    pub fold: Option<i64>,
    /// The [`Deadline`](crate::domain::case::deadlines::Deadline) that a card tells of.
    pub overdue: Option<String>,
}

/// Which of our messages `m` a message `$3` in the chat `$2` may be that is known as none of ours: one that was sent, or may
/// have been. One whose own number is not known comes first, then the one that is nearest.
const MAY_BE: &str = "NOT EXISTS (SELECT 1 FROM messages k WHERE k.chat_id = $2 AND k.message_id = $3) \
    AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.message = m.id AND o.method = 'send' AND o.attempts = 0) \
    ORDER BY CASE WHEN m.message_id IS NULL THEN 0 ELSE 1 END, ABS(COALESCE(m.message_id, 0) - $3)";

impl Tx {
    /// Lists the posts of a case in all chats.
    pub async fn list_case_posts(&mut self, number: CaseNumber) -> Result<Vec<PostedIn>> {
        let query = query_as(
            "SELECT p.id, p.case_number, p.kind, p.survey, p.chat_id, p.thread_id, COALESCE(p.message, f.message) AS message, \
             p.fold, p.overdue FROM case_posts p LEFT JOIN alert_folds f ON f.id = p.fold \
             WHERE p.case_number = $1 AND p.chat_id IS NOT NULL AND COALESCE(p.message, f.message) IS NOT NULL ORDER BY p.id",
        )
        .bind(number);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Finds the post that a message in a chat is. The message of a fold is none.
    pub async fn find_case_post(&mut self, chat: ChatId, message_id: MessageId) -> Result<Option<PostedIn>> {
        let query = query_as(
            "SELECT p.id, p.case_number, p.kind, p.survey, p.chat_id, p.thread_id, p.message, p.fold, p.overdue \
             FROM messages m JOIN case_posts p ON p.message = m.id \
             WHERE m.chat_id = $1 AND m.message_id = $2 AND p.case_number IS NOT NULL AND p.chat_id IS NOT NULL LIMIT 1",
        )
        .bind(chat)
        .bind(message_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds the post of a case that a message in a chat has to be which nobody knows: the answer to the call that sent it
    /// was lost, or it is one of two copies. A post of which no message is known comes first, then the one whose message
    /// is nearest.
    pub async fn find_unknown_case_post(
        &mut self,
        number: CaseNumber,
        chat: ChatId,
        message_id: MessageId,
    ) -> Result<Option<PostedIn>> {
        let query = query_as(AssertSqlSafe(format!(
            "SELECT p.id, p.case_number, p.kind, p.survey, p.chat_id, p.thread_id, p.message, p.fold, p.overdue \
             FROM case_posts p JOIN messages m ON m.id = p.message \
             WHERE p.case_number = $1 AND p.chat_id = $2 AND p.kind IN ('post', 'card') AND {MAY_BE}, p.id DESC LIMIT 1"
        )))
        .bind(number)
        .bind(chat)
        .bind(message_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds the list with this case that a message in a chat has to be which nobody knows, as
    /// [`Tx::find_unknown_case_post`] finds a post. Returns its topic, too.
    pub async fn find_unknown_fold(
        &mut self,
        number: CaseNumber,
        chat: ChatId,
        message_id: MessageId,
    ) -> Result<Option<(MessageKey, TopicId)>> {
        let query = query_as(AssertSqlSafe(format!(
            "SELECT f.message, f.thread_id FROM case_posts p JOIN alert_folds f ON f.id = p.fold \
             JOIN messages m ON m.id = f.message WHERE p.case_number = $1 AND f.chat_id = $2 AND {MAY_BE}, f.id DESC LIMIT 1"
        )))
        .bind(number)
        .bind(chat)
        .bind(message_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds the text of the last words that a lead wrote to the customer and that arrived.
    pub async fn find_last_reply(
        &mut self,
        number: CaseNumber,
        lead: crate::domain::ids::PersonId,
    ) -> Result<Option<String>> {
        let query = query_scalar(
            "SELECT text FROM case_messages WHERE case_number = $1 AND side = 'staff' AND person = $2 \
             AND state = 'delivered' AND text IS NOT NULL ORDER BY id DESC LIMIT 1",
        )
        .bind(number)
        .bind(lead);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds which case a message in a chat is about, if it is a message of ours about one: a post, or a copy of what the
    /// customer said in its survey. The message of a fold is about many, and so about none.
    pub async fn find_case_of_message(
        &mut self,
        chat: ChatId,
        message_id: MessageId,
    ) -> Result<Option<CaseNumber>> {
        let query = query_scalar(
            "SELECT p.case_number FROM messages m JOIN case_posts p ON p.message = m.id \
             WHERE m.chat_id = $1 AND m.message_id = $2 AND p.case_number IS NOT NULL \
             UNION ALL SELECT s.case_number FROM messages m JOIN copies c ON c.message = m.id \
             JOIN case_surveys s ON s.survey = c.survey WHERE m.chat_id = $1 AND m.message_id = $2 LIMIT 1",
        )
        .bind(chat)
        .bind(message_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists the unresolved cases that stand in this chat and in no other that takes messages, nor wait for one. If `topic`
    /// is `None`, this covers all topics.
    pub async fn list_cases_only_in(
        &mut self,
        chat: ChatId,
        topic: Option<TopicId>,
        limit: i64,
    ) -> Result<Vec<CaseNumber>> {
        let query = query_scalar(
            "SELECT DISTINCT c.number FROM case_posts p JOIN cases c ON c.number = p.case_number \
             WHERE p.chat_id = $1 AND p.thread_id = COALESCE(CAST($2 AS BIGINT), p.thread_id) \
             AND p.kind IN ('post', 'card') AND c.status <> 'resolved' AND c.person IS NOT NULL AND NOT EXISTS \
             (SELECT 1 FROM case_posts o LEFT JOIN lost_chats l ON l.chat_id = o.chat_id AND l.thread_id = o.thread_id \
             WHERE o.case_number = c.number AND o.kind IN ('post', 'card') AND l.chat_id IS NULL \
             AND NOT (COALESCE(o.chat_id, 0) = $1 AND o.thread_id = COALESCE(CAST($2 AS BIGINT), o.thread_id))) \
             ORDER BY c.number LIMIT $3",
        )
        .bind(chat)
        .bind(topic)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the unresolved cases that were opened since then and stand in other chats, but not in this one.
    pub async fn list_cases_missed_in(
        &mut self,
        (chat, topic): (ChatId, TopicId),
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<CaseNumber>> {
        let query = query_scalar(
            "SELECT c.number FROM cases c WHERE c.opened_at >= $3 AND c.status <> 'resolved' AND c.person IS NOT NULL \
             AND EXISTS (SELECT 1 FROM case_posts p WHERE p.case_number = c.number AND p.kind = 'post' \
             AND p.chat_id IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM case_posts p WHERE p.case_number = c.number \
             AND p.kind IN ('post', 'card') AND p.chat_id = $1 AND p.thread_id = $2) ORDER BY c.number LIMIT $4",
        )
        .bind(chat)
        .bind(topic)
        .bind(since)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the cases that stand in this chat and of which something has happened since then.
    pub async fn list_cases_changed_in(
        &mut self,
        (chat, topic): (ChatId, TopicId),
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<CaseNumber>> {
        let query = query_scalar(
            "SELECT DISTINCT p.case_number FROM case_posts p JOIN case_steps s ON s.case_number = p.case_number \
             WHERE p.chat_id = $1 AND p.thread_id = $2 AND p.kind IN ('post', 'card') AND s.at >= $3 \
             ORDER BY p.case_number DESC LIMIT $4",
        )
        .bind(chat)
        .bind(topic)
        .bind(since)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the cases that stand in this chat and have customer's words that could be shown nowhere.
    pub async fn list_cases_with_kept_words_in(
        &mut self,
        (chat, topic): (ChatId, TopicId),
        limit: i64,
    ) -> Result<Vec<CaseNumber>> {
        let query = query_scalar(
            "SELECT DISTINCT w.case_number FROM case_messages w JOIN case_posts p ON p.case_number = w.case_number \
             WHERE w.state = 'kept' AND p.chat_id = $1 AND p.thread_id = $2 AND p.kind IN ('post', 'card') \
             ORDER BY w.case_number DESC LIMIT $3",
        )
        .bind(chat)
        .bind(topic)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Notes that a message of ours, other than its post, is about a case.
    pub async fn insert_case_message_post(
        &mut self,
        number: CaseNumber,
        kind: &str,
        (chat, topic): (ChatId, TopicId),
        message: MessageKey,
        now: Timestamp,
    ) -> Result<AlertKey> {
        let query = query_scalar(
            "INSERT INTO case_posts (case_number, kind, chat_id, thread_id, message, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        )
        .bind(number)
        .bind(kind)
        .bind(chat)
        .bind(topic)
        .bind(message)
        .bind(now);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Notes which case the posts about a survey belong to.
    pub async fn set_case_of_posts(&mut self, survey: SurveyKey, number: CaseNumber) -> Result<()> {
        let query = query("UPDATE case_posts SET case_number = $2 WHERE survey = $1 AND case_number IS NULL")
            .bind(survey)
            .bind(number);
        on_engine!(self, execute, query)?;
        Ok(())
    }
}
