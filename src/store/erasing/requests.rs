//! Requests to be forgotten that an admin has to decide: the customers they concern, the messages that ask the admins,
//! and what belongs to another person.

use sqlx::FromRow;

use super::ErasableEvent;
use crate::domain::ids::{ChatId, CustomerKey, EventKey, MessageKey, PersonId};
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

/// A customer with whom a person is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Claim {
    pub customer: CustomerKey,
    /// Whether another person is connected too: they were asked, or they are or were the customer's chat.
    pub shared: bool,
}

/// A request that waits for an admin's decision.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ForgetRequest {
    pub id: i64,
    pub customer: CustomerKey,
    /// The person who asked and will be told the result.
    pub person: PersonId,
    pub locale: String,
    pub asked_at: Timestamp,
    /// The request does not cover events that arrived later.
    pub covers_until: Timestamp,
}

/// The message that asks one admin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct ForgetQuestion {
    pub request: i64,
    pub chat_id: ChatId,
    pub message: MessageKey,
    pub asked_at: Timestamp,
}

/// How much data there is about a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Extent {
    pub events: i64,
    /// The number of surveys with answers.
    pub answered: i64,
}

/// Whether a survey's person may still act on it.
macro_rules! is_open {
    () => {
        "(s.state IN ('sending', 'sent', 'started') OR (s.state = 'completed' AND s.ended_at IS NULL))"
    };
}

macro_rules! request {
    ($rest:literal) => {
        concat!("SELECT id, customer, person, locale, asked_at, covers_until FROM forget_requests ", $rest)
    };
}

impl Tx {
    /// Lists the customers that a person is or was, and those for whom they answered.
    pub async fn list_claims_of(&mut self, person: PersonId) -> Result<Vec<Claim>> {
        let query = query_as(
            "SELECT c.id AS customer, (\
             (c.person IS NOT NULL AND c.person <> $1) \
             OR (c.former_person IS NOT NULL AND c.former_person <> $1) \
             OR EXISTS (SELECT 1 FROM links l WHERE l.customer = c.id AND l.person <> $1) \
             OR EXISTS (SELECT 1 FROM persons p WHERE p.phone = c.phone AND p.id <> $1) \
             OR (c.moved = TRUE AND EXISTS (SELECT 1 FROM events e JOIN surveys s ON s.id = e.id \
             WHERE e.customer = c.id AND s.person <> $1))) AS shared \
             FROM customers c WHERE c.customer_id <> '' AND c.erasing IS NULL AND c.id IN (\
             SELECT id FROM customers WHERE person = $1 \
             UNION SELECT id FROM customers WHERE former_person = $1 \
             UNION SELECT customer FROM links WHERE person = $1 \
             UNION SELECT o.id FROM customers o JOIN persons p ON p.phone = o.phone WHERE p.id = $1 \
             UNION SELECT e.customer FROM surveys s JOIN events e ON e.id = s.id WHERE s.person = $1 \
             AND EXISTS (SELECT 1 FROM answers a WHERE a.survey = s.id)) ORDER BY c.id",
        )
        .bind(person);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Removes every link between a person and a customer, present and former. Another person may still be the
    /// customer.
    pub async fn unlink_person(&mut self, customer: CustomerKey, person: PersonId) -> Result<()> {
        for text in [
            "DELETE FROM links WHERE customer = $1 AND person = $2",
            "UPDATE customers SET person = NULL, linked_by = NULL, linked_at = NULL, moved = TRUE \
             WHERE id = $1 AND person = $2",
            "UPDATE customers SET former_person = NULL WHERE id = $1 AND former_person = $2",
        ] {
            on_engine!(self, execute, query(text).bind(customer).bind(person))?;
        }
        Ok(())
    }

    /// Stores a request. A repeated request also covers what has arrived since; its deadline does not change.
    pub async fn upsert_forget_request(
        &mut self,
        (customer, person): (CustomerKey, PersonId),
        locale: &str,
        now: Timestamp,
    ) -> Result<()> {
        let query = query(
            "INSERT INTO forget_requests (customer, person, locale, asked_at, covers_until) \
             VALUES ($1, $2, $3, $4, $4) ON CONFLICT (customer, person) \
             DO UPDATE SET locale = excluded.locale, covers_until = excluded.covers_until",
        )
        .bind(customer)
        .bind(person)
        .bind(locale)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn find_forget_request(&mut self, id: i64) -> Result<Option<ForgetRequest>> {
        Ok(on_engine!(self, fetch_optional, query_as(request!("WHERE id = $1")).bind(id))?)
    }

    /// Lists the waiting requests, oldest first.
    pub async fn list_forget_requests(&mut self) -> Result<Vec<ForgetRequest>> {
        Ok(on_engine!(self, fetch_all, query_as(request!("ORDER BY asked_at, id")))?)
    }

    pub async fn list_forget_requests_about(&mut self, customer: CustomerKey) -> Result<Vec<ForgetRequest>> {
        let query = query_as(request!("WHERE customer = $1 ORDER BY id")).bind(customer);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Counts the waiting requests of a person.
    pub async fn count_forget_requests_of(&mut self, person: PersonId) -> Result<i64> {
        let query = query_scalar("SELECT COUNT(*) FROM forget_requests WHERE person = $1").bind(person);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Corrects requests made while the clock was ahead: their time counts from now.
    pub async fn hasten_forget_requests(&mut self, now: Timestamp) -> Result<()> {
        let query = query("UPDATE forget_requests SET asked_at = $1 WHERE asked_at > $1").bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Deletes a request that is over. Its questions must be gone already.
    pub async fn delete_forget_request(&mut self, id: i64) -> Result<()> {
        on_engine!(self, execute, query("DELETE FROM forget_requests WHERE id = $1").bind(id))?;
        Ok(())
    }

    pub async fn list_forget_questions(&mut self) -> Result<Vec<ForgetQuestion>> {
        let query = query_as(
            "SELECT request, chat_id, message, asked_at FROM forget_questions ORDER BY request, chat_id",
        );
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn take_forget_questions(&mut self, request: i64) -> Result<Vec<ForgetQuestion>> {
        let query = query_as(
            "DELETE FROM forget_questions WHERE request = $1 RETURNING request, chat_id, message, asked_at",
        )
        .bind(request);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Stores the newest message that asks an admin. There is one per admin and request.
    pub async fn upsert_forget_question(&mut self, question: ForgetQuestion) -> Result<()> {
        let query = query(
            "INSERT INTO forget_questions (request, chat_id, message, asked_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (request, chat_id) DO UPDATE SET message = excluded.message, asked_at = excluded.asked_at",
        )
        .bind(question.request)
        .bind(question.chat_id)
        .bind(question.message)
        .bind(question.asked_at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Whether a question has not arrived and is not on its way, for example because the admin had not started the bot.
    pub async fn is_forget_question_lost(&mut self, message: MessageKey) -> Result<bool> {
        let query = query_scalar(
            "SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE message = $1) \
             AND NOT EXISTS (SELECT 1 FROM messages WHERE id = $1 AND message_id IS NOT NULL)",
        )
        .bind(message);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    pub async fn delete_forget_question(&mut self, request: i64, chat_id: ChatId) -> Result<()> {
        let query = query("DELETE FROM forget_questions WHERE request = $1 AND chat_id = $2")
            .bind(request)
            .bind(chat_id);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Returns the customer's public ID.
    pub async fn find_customer_id(&mut self, customer: CustomerKey) -> Result<Option<String>> {
        let query = query_scalar("SELECT customer_id FROM customers WHERE id = $1").bind(customer);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    pub async fn measure_customer(&mut self, customer: CustomerKey) -> Result<Extent> {
        let query = query_as(
            "SELECT COUNT(*) AS events, COUNT(CASE WHEN EXISTS (SELECT 1 FROM answers a WHERE a.survey = e.id) \
             THEN 1 END) AS answered FROM events e WHERE e.customer = $1",
        )
        .bind(customer);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Deletes those of a customer's links that can go although other people gave answers: links tapped by somebody who
    /// is not the customer now, and untapped links that no later event needs. Returns who tapped each link, and its
    /// token.
    pub async fn delete_former_links(
        &mut self,
        customer: CustomerKey,
        until: Timestamp,
    ) -> Result<Vec<(Option<PersonId>, String)>> {
        let query = query_as(
            "DELETE FROM links WHERE customer = $1 AND created_at <= $2 \
             AND (CASE WHEN person IS NOT NULL THEN person <> COALESCE((SELECT c.person FROM customers c \
             WHERE c.id = $1), 0) ELSE NOT EXISTS (SELECT 1 FROM events e WHERE e.customer = $1 \
             AND e.received_at > $2) END) RETURNING person, token",
        )
        .bind(customer)
        .bind(until);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Removes and returns the person who was this customer before somebody tapped a link.
    pub async fn take_former_person(&mut self, customer: CustomerKey) -> Result<Option<PersonId>> {
        let find = query_scalar::<Option<PersonId>>("SELECT former_person FROM customers WHERE id = $1")
            .bind(customer);
        let former = on_engine!(self, fetch_optional, find)?.flatten();
        if former.is_some() {
            let forget = query("UPDATE customers SET former_person = NULL WHERE id = $1").bind(customer);
            on_engine!(self, execute, forget)?;
        }
        Ok(former)
    }

    /// Lists a customer's events up to this moment that nobody has answered and nobody can answer any more.
    pub async fn list_unanswered_events(
        &mut self,
        customer: CustomerKey,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<ErasableEvent>> {
        let query = query_as(concat!(
            "SELECT e.id, e.event_id, e.customer, e.occurred_at, e.received_at, e.tags, e.segments, s.id AS survey, \
             s.state, s.reason, s.person FROM events e LEFT JOIN surveys s ON s.id = e.id WHERE e.customer = $1 AND e.received_at <= $2 \
             AND (s.id IS NULL OR (NOT ",
            is_open!(),
            " AND NOT EXISTS (SELECT 1 FROM answers a WHERE a.survey = s.id))) LIMIT $3"
        ))
        .bind(customer)
        .bind(until)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists a customer's answered events up to this moment that still have details although nothing needs them any
    /// more.
    pub async fn list_answered_events(
        &mut self,
        customer: CustomerKey,
        (until, now): (Timestamp, Timestamp),
        limit: i64,
    ) -> Result<Vec<EventKey>> {
        let query = query_scalar(concat!(
            "SELECT e.id FROM events e JOIN surveys s ON s.id = e.id WHERE e.customer = $1 AND e.received_at <= $2 \
             AND e.body <> '{}' AND EXISTS (SELECT 1 FROM answers a WHERE a.survey = s.id) AND NOT ",
            is_open!(),
            " AND (s.expires_at IS NULL OR s.expires_at <= $3) LIMIT $4"
        ))
        .bind(customer)
        .bind(until)
        .bind(now)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Whether a customer has events up to this moment that still have details.
    pub async fn has_details_until(&mut self, customer: CustomerKey, until: Timestamp) -> Result<bool> {
        let query = query_scalar(
            "SELECT EXISTS (SELECT 1 FROM events WHERE customer = $1 AND received_at <= $2 AND body <> '{}')",
        )
        .bind(customer)
        .bind(until);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Whether nothing refers to a customer any more and no person is that customer.
    pub async fn is_customer_empty(&mut self, customer: CustomerKey) -> Result<bool> {
        let query = query_scalar(
            "SELECT EXISTS (SELECT 1 FROM customers c WHERE c.id = $1 AND c.person IS NULL \
             AND NOT EXISTS (SELECT 1 FROM events e WHERE e.customer = $1) \
             AND NOT EXISTS (SELECT 1 FROM links l WHERE l.customer = $1))",
        )
        .bind(customer);
        Ok(on_engine!(self, fetch_one, query)?)
    }
}
