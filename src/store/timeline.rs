//! One customer, for a page about them: what happened, events with their surveys, and cases; and whether the bot reaches them.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query_as};
use crate::domain::ids::CustomerKey;
use crate::domain::time::Timestamp;

/// Something that happened to a customer.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Incident {
    /// Whether it is a case; else it is an event.
    pub is_case: bool,
    /// The number of the case, or the key of the event, which is that of its survey.
    pub key: i64,
    pub at: Timestamp,
    /// The kind of the event, or the status of the case.
    pub kind: String,
    pub subject: Option<String>,
    pub test: bool,
}

/// How much of it there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct IncidentCounts {
    pub events: i64,
    pub cases: i64,
}

/// What is known of the way to a customer.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Reach {
    /// Whether a Telegram account is the customer's.
    pub is_linked: bool,
    /// When the person first wrote to the bot.
    pub started_at: Option<Timestamp>,
    pub opted_out_at: Option<Timestamp>,
    /// Why the bot cannot write to them.
    pub unreachable: Option<String>,
}

impl Tx {
    pub async fn find_reach(&mut self, customer: CustomerKey) -> Result<Option<Reach>> {
        let query = query_as(
            "SELECT c.person IS NOT NULL AS is_linked, p.started_at, p.opted_out_at, p.unreachable \
             FROM customers c LEFT JOIN persons p ON p.id = c.person WHERE c.id = $1",
        )
        .bind(customer);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists what happened to a customer, newest first.
    pub async fn list_incidents(
        &mut self,
        customer: CustomerKey,
        (offset, limit): (i64, i64),
    ) -> Result<Vec<Incident>> {
        let query = query_as(
            "SELECT FALSE AS is_case, e.id AS key, e.occurred_at AS at, e.kind, e.subject_id AS subject, e.test \
             FROM events e WHERE e.customer = $1 UNION ALL \
             SELECT TRUE AS is_case, c.number AS key, c.opened_at AS at, c.status AS kind, \
             COALESCE(c.subject_title, c.subject_id) AS subject, c.test FROM cases c WHERE c.customer = $1 \
             ORDER BY at DESC, key DESC LIMIT $2 OFFSET $3",
        )
        .bind(customer)
        .bind(limit)
        .bind(offset);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn count_incidents(&mut self, customer: CustomerKey) -> Result<IncidentCounts> {
        let query = query_as(
            "SELECT (SELECT COUNT(*) FROM events WHERE customer = $1) AS events, \
             (SELECT COUNT(*) FROM cases WHERE customer = $1) AS cases",
        )
        .bind(customer);
        Ok(on_engine!(self, fetch_one, query)?)
    }
}
