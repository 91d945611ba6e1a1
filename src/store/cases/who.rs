//! Who is behind a case that no score opened, and what it is about.

use sqlx::FromRow;

use crate::domain::ids::{CaseNumber, CustomerKey, EventKey, PersonId};
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

/// The newest event of a person, of any customer that they are.
#[derive(Clone, Debug, FromRow)]
pub struct NewestEvent {
    pub id: EventKey,
    pub customer: CustomerKey,
    pub body: String,
}

impl Tx {
    /// Whether a person is unknown: no event is about them, and they were never asked anything.
    pub async fn is_stranger(&mut self, person: PersonId) -> Result<bool> {
        let query = query_scalar::<bool>(
            "SELECT NOT EXISTS (SELECT 1 FROM customers WHERE person = $1) \
             AND NOT EXISTS (SELECT 1 FROM surveys WHERE person = $1)",
        )
        .bind(person);
        Ok(on_engine!(self, fetch_one, query)?)
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

    /// Returns the newest event that happened after `since`, of any customer that the person is. Events of cases are
    /// ours, and are left out.
    pub async fn find_newest_event_of(
        &mut self,
        person: PersonId,
        since: Timestamp,
    ) -> Result<Option<NewestEvent>> {
        let query = query_as(
            "SELECT e.id, e.customer, e.body FROM events e JOIN customers c ON c.id = e.customer \
             WHERE c.person = $1 AND e.occurred_at > $2 AND e.kind <> 'case_resolved' \
             ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1",
        )
        .bind(person)
        .bind(since);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Counts the cases that strangers have opened since then.
    pub async fn count_cases_of_strangers(&mut self, since: Timestamp) -> Result<i64> {
        let query =
            query_scalar("SELECT COUNT(*) FROM cases WHERE stranger = TRUE AND opened_at > $1").bind(since);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Notes that the admins are told now that very many strangers write. Returns false if they were told after `since`.
    pub async fn mark_strangers_told(&mut self, now: Timestamp, since: Timestamp) -> Result<bool> {
        let query = query(
            "UPDATE counters SET value = $1 WHERE name = 'strangers_told_at' AND (value <= $2 OR value > $1)",
        )
        .bind(now)
        .bind(since);
        Ok(on_engine!(self, execute, query)? > 0)
    }

    /// Lists the numbers of a person's unresolved cases.
    pub async fn list_unresolved_case_numbers(&mut self, person: PersonId) -> Result<Vec<CaseNumber>> {
        let query = query_scalar(
            "SELECT number FROM cases WHERE person = $1 AND status <> 'resolved' ORDER BY number",
        )
        .bind(person);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the cases that are about this customer, or that one of these people opened before anybody knew them.
    pub async fn list_case_numbers(
        &mut self,
        customer: CustomerKey,
        persons: &[PersonId],
    ) -> Result<Vec<CaseNumber>> {
        let query =
            query_scalar("SELECT number FROM cases WHERE customer = $1 ORDER BY number").bind(customer);
        let mut numbers: Vec<CaseNumber> = on_engine!(self, fetch_all, query)?;
        let text = |list: &str| {
            format!("SELECT number FROM cases WHERE customer IS NULL AND person IN {list} ORDER BY number")
        };
        let rows: Vec<(CaseNumber,)> = self.rows_of(persons, text).await?;
        numbers.extend(rows.into_iter().map(|(number,)| number));
        Ok(numbers)
    }
}
