//! Customers who asked for a human: their requests, the messages that belong to a request, and the chats that were told
//! about it.

use sqlx::{AssertSqlSafe, FromRow};

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::{ChatId, MessageId, MessageKey, PersonId, SurveyKey, TopicId};
use crate::domain::time::Timestamp;

/// A request that still accepts messages.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct HumanRequest {
    pub id: i64,
    /// The survey that was open when the person asked, and its turn.
    pub survey: Option<SurveyKey>,
    pub turn: Option<i64>,
    pub heard_at: Option<Timestamp>,
    pub told: bool,
}

/// A request to be stored. `place` is the open survey and its turn.
#[derive(Clone, Copy, Debug)]
pub struct NewHumanRequest {
    pub person: PersonId,
    pub place: Option<(SurveyKey, i64)>,
    pub listens_until: Timestamp,
}

/// A chat that was told about a request.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct HumanAlert {
    pub chat_id: ChatId,
    pub thread_id: TopicId,
    /// The request's own message, or the message of the fold that lists it.
    pub message: MessageKey,
    pub fold: Option<i64>,
    /// Whether the message is the fold's.
    pub shared: bool,
    pub stranger: bool,
}

/// A chat that is about to be told about a request.
#[derive(Clone, Copy, Debug)]
pub struct NewHumanAlert {
    pub request: i64,
    pub chat_id: ChatId,
    pub thread_id: TopicId,
    pub message: MessageKey,
    pub fold: Option<i64>,
    pub stranger: bool,
}

/// Alerts about requests that were meant for a chat, or a topic of it, and never arrived.
const UNDELIVERED: &str = "FROM human_alerts a JOIN human_requests r ON r.id = a.request \
     JOIN messages m ON m.id = a.message WHERE a.chat_id = $1 \
     AND a.thread_id = COALESCE(CAST($2 AS BIGINT), a.thread_id) AND m.message_id IS NULL";

impl Tx {
    /// Finds the request that a person's messages belong to now.
    pub async fn find_human_request(
        &mut self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Option<HumanRequest>> {
        let query = query_as::<HumanRequest>(
            "SELECT id, survey, turn, heard_at, told_at IS NOT NULL AS told FROM human_requests \
             WHERE person = $1 AND listens_until > $2 ORDER BY id DESC LIMIT 1",
        )
        .bind(person)
        .bind(now);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    pub async fn insert_human_request(&mut self, new: &NewHumanRequest, now: Timestamp) -> Result<i64> {
        let query = query_scalar::<i64>(
            "INSERT INTO human_requests (person, survey, turn, asked_at, listens_until) \
             VALUES ($1, $2, $3, $4, $5) RETURNING id",
        )
        .bind(new.person)
        .bind(new.place.map(|(survey, _)| survey))
        .bind(new.place.map(|(_, turn)| turn))
        .bind(now)
        .bind(new.listens_until);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Updates a request because the person asked again.
    pub async fn extend_human_request(
        &mut self,
        id: i64,
        place: Option<(SurveyKey, i64)>,
        listens_until: Timestamp,
    ) -> Result<()> {
        let query =
            query("UPDATE human_requests SET survey = $2, turn = $3, listens_until = $4 WHERE id = $1")
                .bind(id)
                .bind(place.map(|(survey, _)| survey))
                .bind(place.map(|(_, turn)| turn))
                .bind(listens_until);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Updates a request because a message arrived.
    pub async fn hear_human_request(
        &mut self,
        id: i64,
        now: Timestamp,
        listens_until: Timestamp,
    ) -> Result<()> {
        let query = query(
            "UPDATE human_requests SET heard_at = COALESCE(heard_at, $2), listens_until = $3 WHERE id = $1",
        )
        .bind(id)
        .bind(now)
        .bind(listens_until);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Stores when somebody was told; `None` means that there is nobody to tell.
    pub async fn set_human_request_told(&mut self, id: i64, at: Option<Timestamp>) -> Result<()> {
        let query = query("UPDATE human_requests SET told_at = $2 WHERE id = $1").bind(id).bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Lists the requests that nobody was told about, and the people who made them.
    pub async fn list_waiting_human_requests(&mut self, limit: i64) -> Result<Vec<(i64, PersonId)>> {
        let query =
            query_as("SELECT id, person FROM human_requests WHERE told_at IS NULL ORDER BY id LIMIT $1")
                .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Returns false if the message was already stored.
    pub async fn insert_human_message(
        &mut self,
        person: PersonId,
        message_id: MessageId,
        request: i64,
    ) -> Result<bool> {
        let query = query(
            "INSERT INTO human_messages (person, message_id, request) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(person)
        .bind(message_id)
        .bind(request);
        Ok(on_engine!(self, execute, query)? > 0)
    }

    /// Finds the request that a message belongs to.
    pub async fn find_human_message(
        &mut self,
        person: PersonId,
        message_id: MessageId,
    ) -> Result<Option<i64>> {
        let query =
            query_scalar::<i64>("SELECT request FROM human_messages WHERE person = $1 AND message_id = $2")
                .bind(person)
                .bind(message_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    pub async fn list_human_messages(&mut self, request: i64) -> Result<Vec<MessageId>> {
        let query = query_scalar::<MessageId>(
            "SELECT message_id FROM human_messages WHERE request = $1 ORDER BY message_id",
        )
        .bind(request);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn insert_human_alert(&mut self, new: &NewHumanAlert, now: Timestamp) -> Result<()> {
        let query = query(
            "INSERT INTO human_alerts (request, chat_id, thread_id, message, fold, stranger, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (request, chat_id, thread_id) DO UPDATE SET \
             message = excluded.message, fold = excluded.fold, stranger = excluded.stranger, \
             created_at = excluded.created_at",
        )
        .bind(new.request)
        .bind(new.chat_id)
        .bind(new.thread_id)
        .bind(new.message)
        .bind(new.fold)
        .bind(new.stranger)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn list_human_alerts(&mut self, request: i64) -> Result<Vec<HumanAlert>> {
        let query = query_as::<HumanAlert>(
            "SELECT a.chat_id, a.thread_id, a.message, a.fold, f.id IS NOT NULL AS shared, a.stranger \
             FROM human_alerts a LEFT JOIN alert_folds f ON f.id = a.fold AND f.message = a.message \
             WHERE a.request = $1 ORDER BY a.chat_id, a.thread_id",
        )
        .bind(request);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Gives a request that is listed in a fold a message of its own, so that the person's words can be posted below
    /// it.
    pub async fn set_human_alert_message(
        &mut self,
        request: i64,
        alert: &HumanAlert,
        message: MessageKey,
    ) -> Result<()> {
        let query = query(
            "UPDATE human_alerts SET message = $4 WHERE request = $1 AND chat_id = $2 AND thread_id = $3",
        )
        .bind(request)
        .bind(alert.chat_id)
        .bind(alert.thread_id)
        .bind(message);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Returns the person who made a request.
    pub async fn find_human_asker(&mut self, request: i64) -> Result<Option<PersonId>> {
        let query = query_scalar::<PersonId>("SELECT person FROM human_requests WHERE id = $1").bind(request);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Whether a person is unknown: no event is about them, and they were never asked anything.
    pub async fn is_stranger(&mut self, person: PersonId) -> Result<bool> {
        let query = query_scalar::<bool>(
            "SELECT NOT EXISTS (SELECT 1 FROM customers WHERE person = $1) \
             AND NOT EXISTS (SELECT 1 FROM surveys WHERE person = $1)",
        )
        .bind(person);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    pub async fn count_human_messages(&mut self, request: i64) -> Result<i64> {
        let query = query_scalar("SELECT COUNT(*) FROM human_messages WHERE request = $1").bind(request);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    pub async fn list_human_requests_of(&mut self, person: PersonId) -> Result<Vec<i64>> {
        let query =
            query_scalar::<i64>("SELECT id FROM human_requests WHERE person = $1 ORDER BY id").bind(person);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the requests that stopped accepting messages before `before`, and the people who made them.
    pub async fn list_aged_human_requests(
        &mut self,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<(i64, PersonId)>> {
        let query =
            query_as("SELECT id, person FROM human_requests WHERE listens_until < $1 ORDER BY id LIMIT $2")
                .bind(before)
                .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn delete_human_request(&mut self, id: i64) -> Result<()> {
        for text in [
            "DELETE FROM human_alerts WHERE request = $1",
            "DELETE FROM human_messages WHERE request = $1",
            "DELETE FROM human_requests WHERE id = $1",
        ] {
            on_engine!(self, execute, query(text).bind(id))?;
        }
        Ok(())
    }

    /// Deletes the alerts about requests that were meant for a chat, or for this topic of it, and never arrived.
    /// Returns the requests and the people who made them.
    pub async fn delete_undelivered_human_alerts(
        &mut self,
        chat_id: ChatId,
        thread_id: Option<TopicId>,
    ) -> Result<Vec<(i64, PersonId)>> {
        let list = format!("SELECT r.id, r.person {UNDELIVERED} ORDER BY r.id");
        let list = query_as(AssertSqlSafe(list)).bind(chat_id).bind(thread_id);
        let requests: Vec<(i64, PersonId)> = on_engine!(self, fetch_all, list)?;
        if requests.is_empty() {
            return Ok(requests);
        }
        for text in [
            format!(
                "DELETE FROM outbox WHERE message IN (SELECT a.message {UNDELIVERED}) OR chat_id = $1 \
                 AND message IN (SELECT c.message FROM copies c JOIN human_requests r ON r.person = c.person \
                 WHERE c.survey IS NULL AND r.id IN (SELECT a.request {UNDELIVERED}))"
            ),
            format!("DELETE FROM human_alerts WHERE message IN (SELECT a.message {UNDELIVERED})"),
        ] {
            let query = query(AssertSqlSafe(text)).bind(chat_id).bind(thread_id);
            on_engine!(self, execute, query)?;
        }
        Ok(requests)
    }

    /// Finds the request whose words a copy shows, and the person who wrote them.
    pub async fn find_copied_words(&mut self, copy: MessageKey) -> Result<Option<(i64, PersonId)>> {
        let query = query_as(
            "SELECT h.request, h.person FROM copies c JOIN human_messages h ON h.person = c.person \
             AND h.message_id = c.source WHERE c.message = $1",
        )
        .bind(copy);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists ID and name of each customer that a person is.
    pub async fn list_customer_names(&mut self, person: PersonId) -> Result<Vec<(String, Option<String>)>> {
        let query =
            query_as("SELECT customer_id, name FROM customers WHERE person = $1 ORDER BY id").bind(person);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Returns the latest event with a subject, of any customer that the person is.
    pub async fn find_latest_event_body(&mut self, person: PersonId) -> Result<Option<String>> {
        let query = query_scalar::<String>(
            "SELECT e.body FROM events e JOIN customers c ON c.id = e.customer \
             WHERE c.person = $1 AND e.subject_id IS NOT NULL ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1",
        )
        .bind(person);
        Ok(on_engine!(self, fetch_optional, query)?)
    }
}
