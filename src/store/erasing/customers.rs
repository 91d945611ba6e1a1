//! The customers to be erased, and the nameless customer to whom all their events are moved.

use super::ErasableEvent;
use crate::domain::ids::{CustomerKey, PersonId};
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

macro_rules! erasable {
    ($from:literal) => {
        concat!(
            "SELECT e.id, e.event_id, e.customer, e.occurred_at, e.received_at, e.tags, e.segments, s.id AS survey, \
             s.state, s.reason, s.person FROM ",
            $from
        )
    };
}

impl Tx {
    pub async fn find_customer(&mut self, customer_id: &str) -> Result<Option<CustomerKey>> {
        let query = query_scalar("SELECT id FROM customers WHERE customer_id = $1").bind(customer_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Returns the customer without an ID, who stands for everybody who was erased.
    pub async fn nobody(&mut self) -> Result<CustomerKey> {
        if let Some(nobody) = self.find_customer("").await? {
            return Ok(nobody);
        }
        let query = query_scalar(
            "INSERT INTO customers (id, customer_id, described_at) \
             SELECT COALESCE(MAX(id), 0) + 1, '', 0 FROM customers RETURNING id",
        );
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Lists some events of a customer in no particular order. With an order, every look would have to sort all events,
    /// and there may be very many.
    pub async fn list_erasable_events(
        &mut self,
        customer: CustomerKey,
        limit: i64,
    ) -> Result<Vec<ErasableEvent>> {
        let query =
            query_as(erasable!("events e LEFT JOIN surveys s ON s.id = e.id WHERE e.customer = $1 LIMIT $2"))
                .bind(customer)
                .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the events of a customer that a person was asked about, newest first.
    pub async fn list_erasable_events_of(
        &mut self,
        customer: CustomerKey,
        person: PersonId,
        limit: i64,
    ) -> Result<Vec<ErasableEvent>> {
        let query = query_as(erasable!(
            "surveys s JOIN events e ON e.id = s.id WHERE s.person = $1 AND e.customer = $2 \
             ORDER BY s.sent_at DESC, s.id DESC LIMIT $3"
        ))
        .bind(person)
        .bind(customer)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the events that a person has answered questions about, whichever customer they belong to, newest first.
    pub async fn list_erasable_events_answered(
        &mut self,
        person: PersonId,
        limit: i64,
    ) -> Result<Vec<ErasableEvent>> {
        let query = query_as(erasable!(
            "surveys s JOIN events e ON e.id = s.id WHERE s.person = $1 \
             AND EXISTS (SELECT 1 FROM answers a WHERE a.survey = s.id) \
             ORDER BY s.sent_at DESC, s.id DESC LIMIT $2"
        ))
        .bind(person)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the events that a person was asked about and has not answered.
    pub async fn list_events_unanswered_by(
        &mut self,
        person: PersonId,
        limit: i64,
    ) -> Result<Vec<ErasableEvent>> {
        let query = query_as(erasable!(
            "surveys s JOIN events e ON e.id = s.id WHERE s.person = $1 \
             AND NOT EXISTS (SELECT 1 FROM answers a WHERE a.survey = s.id) LIMIT $2"
        ))
        .bind(person)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the persons who are or were this customer through a link or an event. Others who were asked are found
    /// through the surveys.
    pub async fn list_persons_of(&mut self, customer: CustomerKey) -> Result<Vec<PersonId>> {
        let query = query_scalar(
            "SELECT person FROM customers WHERE id = $1 AND person IS NOT NULL \
             UNION SELECT former_person FROM customers WHERE id = $1 AND former_person IS NOT NULL \
             UNION SELECT person FROM links WHERE customer = $1 AND person IS NOT NULL",
        )
        .bind(customer);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn list_tokens_of(&mut self, customer: CustomerKey) -> Result<Vec<String>> {
        let query = query_scalar("SELECT token FROM links WHERE customer = $1").bind(customer);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Deletes a customer who has no events and no links left. A case of theirs that another person was asked about stays
    /// with that person.
    pub async fn delete_customer(&mut self, customer: CustomerKey) -> Result<()> {
        let cases = query("UPDATE cases SET customer = NULL WHERE customer = $1").bind(customer);
        on_engine!(self, execute, cases)?;
        let words = query("DELETE FROM rare_words WHERE customer = $1").bind(customer);
        on_engine!(self, execute, words)?;
        on_engine!(self, execute, query("DELETE FROM customers WHERE id = $1").bind(customer))?;
        Ok(())
    }
}
