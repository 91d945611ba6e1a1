//! The customers to be erased, and whom all their events go to: nobody.

use super::ErasableEvent;
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

/// Events erased at a time.
const PAGE: i64 = 100;

impl Tx {
    pub async fn find_customer(&mut self, customer_id: &str) -> Result<Option<i64>> {
        let query = query_scalar("SELECT id FROM customers WHERE customer_id = $1").bind(customer_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// ID and name of the customers that a person is.
    pub async fn list_customers_by_name(&mut self, person: i64) -> Result<Vec<(String, Option<String>)>> {
        let query =
            query_as("SELECT customer_id, name FROM customers WHERE person = $1 ORDER BY id").bind(person);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// The customer without an ID, who stands for all that were erased.
    pub async fn nobody(&mut self) -> Result<i64> {
        if let Some(nobody) = self.find_customer("").await? {
            return Ok(nobody);
        }
        let query = query_scalar(
            "INSERT INTO customers (id, customer_id, described_at) \
             SELECT COALESCE(MAX(id), 0) + 1, '', 0 FROM customers RETURNING id",
        );
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// The next events of a customer.
    pub async fn list_erasable_events(&mut self, customer: i64) -> Result<Vec<ErasableEvent>> {
        let query = query_as(
            "SELECT e.id, e.event_id, e.occurred_at, e.received_at, s.id AS survey FROM events e \
             LEFT JOIN surveys s ON s.id = e.id WHERE e.customer = $1 ORDER BY e.id LIMIT $2",
        )
        .bind(customer)
        .bind(PAGE);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// The next events that a person was asked about, whoever's they are.
    pub async fn list_erasable_events_asked(&mut self, person: i64) -> Result<Vec<ErasableEvent>> {
        let query = query_as(
            "SELECT e.id, e.event_id, e.occurred_at, e.received_at, s.id AS survey FROM surveys s \
             JOIN events e ON e.id = s.id WHERE s.person = $1 ORDER BY e.id LIMIT $2",
        )
        .bind(person)
        .bind(PAGE);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Everybody who is or was this customer.
    pub async fn list_persons_of(&mut self, customer: i64) -> Result<Vec<i64>> {
        let query = query_scalar(
            "SELECT person FROM customers WHERE id = $1 AND person IS NOT NULL \
             UNION SELECT person FROM links WHERE customer = $1 AND person IS NOT NULL \
             UNION SELECT s.person FROM surveys s JOIN events e ON e.id = s.id \
             WHERE e.customer = $1 AND s.person IS NOT NULL",
        )
        .bind(customer);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn list_tokens_of(&mut self, customer: i64) -> Result<Vec<String>> {
        let query = query_scalar("SELECT token FROM links WHERE customer = $1").bind(customer);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// A customer who has no events any more.
    pub async fn delete_customer(&mut self, customer: i64) -> Result<()> {
        on_engine!(self, execute, query("DELETE FROM links WHERE customer = $1").bind(customer))?;
        on_engine!(self, execute, query("DELETE FROM customers WHERE id = $1").bind(customer))?;
        Ok(())
    }
}
