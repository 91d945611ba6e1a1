//! Erasures that take more than one transaction: which customers are still to be erased, and what has been erased so
//! far.

use sqlx::FromRow;

use crate::domain::ids::{CustomerKey, MessageId, PersonId};
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

/// Precedes the key of a customer who is being erased, in place of the ID. No real ID starts with it, because IDs
/// contain no control characters.
const PLACEHOLDER: char = '\u{1}';

/// How much was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Erased {
    pub events: i64,
    pub surveys: i64,
    /// Edited alerts in the leads' chats.
    pub alerts: i64,
    /// Deleted copies of files.
    pub copies: i64,
}

impl std::ops::AddAssign for Erased {
    fn add_assign(&mut self, more: Self) {
        self.events += more.events;
        self.surveys += more.surveys;
        self.alerts += more.alerts;
        self.copies += more.copies;
    }
}

/// An erasure that has begun.
#[derive(Clone, Debug, FromRow)]
pub struct ErasingRow {
    pub id: i64,
    /// The person who asked to be forgotten. Everything that they were asked is erased.
    pub person: Option<PersonId>,
    /// The message that tells the person about the progress, and its language.
    pub message_id: Option<MessageId>,
    pub locale: Option<String>,
    /// Whether the person had opted out; the opt-out is kept.
    pub opted_out: bool,
    pub done: bool,
    #[sqlx(flatten)]
    pub erased: Erased,
}

impl Tx {
    /// Begins an erasure, for the customer whose ID has this hash or for a person.
    pub async fn insert_erasing(
        &mut self,
        customer_hash: Option<&str>,
        person: Option<PersonId>,
        now: Timestamp,
    ) -> Result<i64> {
        let query = query_scalar(
            "INSERT INTO erasings (customer_hash, person, events, surveys, alerts, copies, begun_at) \
             VALUES ($1, $2, 0, 0, 0, 0, $3) RETURNING id",
        )
        .bind(customer_hash)
        .bind(person)
        .bind(now);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Stores which message tells the person that the erasure is done, and what it will say.
    pub async fn set_erasing_place(
        &mut self,
        id: i64,
        message_id: MessageId,
        locale: &str,
        opted_out: bool,
    ) -> Result<()> {
        let query = query("UPDATE erasings SET message_id = $2, locale = $3, opted_out = $4 WHERE id = $1")
            .bind(id)
            .bind(message_id)
            .bind(locale)
            .bind(opted_out);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn add_to_erasing(&mut self, id: i64, more: Erased) -> Result<()> {
        let query = query(
            "UPDATE erasings SET events = events + $2, surveys = surveys + $3, alerts = alerts + $4, \
             copies = copies + $5 WHERE id = $1",
        )
        .bind(id)
        .bind(more.events)
        .bind(more.surveys)
        .bind(more.alerts)
        .bind(more.copies);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Marks an erasure as done. Only the counts stay, for a caller that is still waiting for the result.
    pub async fn end_erasing(&mut self, id: i64, now: Timestamp) -> Result<()> {
        let query = query(
            "UPDATE erasings SET customer_hash = NULL, person = NULL, message_id = NULL, locale = NULL, \
             opted_out = FALSE, done_at = $2 WHERE id = $1",
        )
        .bind(id)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn find_erasing(&mut self, id: i64) -> Result<Option<ErasingRow>> {
        let query = query_as(
            "SELECT id, person, message_id, locale, opted_out, done_at IS NOT NULL AS done, events, surveys, alerts, \
             copies FROM erasings WHERE id = $1",
        )
        .bind(id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists the erasures that are not done, oldest first.
    pub async fn list_open_erasings(&mut self) -> Result<Vec<ErasingRow>> {
        let query = query_as(
            "SELECT id, person, message_id, locale, opted_out, FALSE AS done, events, surveys, alerts, copies \
             FROM erasings WHERE done_at IS NULL ORDER BY id",
        );
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Finds the open erasure of the customer whose ID has this hash.
    pub async fn find_erasing_of_customer(&mut self, customer_hash: &str) -> Result<Option<i64>> {
        let query = query_scalar(
            "SELECT id FROM erasings WHERE done_at IS NULL AND customer_hash = $1 ORDER BY id DESC LIMIT 1",
        )
        .bind(customer_hash);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds the open erasure that this person asked for.
    pub async fn find_erasing_of_person(&mut self, person: PersonId) -> Result<Option<i64>> {
        let query = query_scalar(
            "SELECT id FROM erasings WHERE done_at IS NULL AND person = $1 ORDER BY id DESC LIMIT 1",
        )
        .bind(person);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Deletes erasures that were finished before this moment.
    pub async fn delete_erasings_done(&mut self, before: Timestamp) -> Result<()> {
        on_engine!(self, execute, query("DELETE FROM erasings WHERE done_at < $1").bind(before))?;
        Ok(())
    }

    /// Removes everything that leads to this customer and says who it is. The events still belong to the row.
    pub async fn unlink_customer(&mut self, customer: CustomerKey) -> Result<()> {
        on_engine!(self, execute, query("DELETE FROM links WHERE customer = $1").bind(customer))?;
        let query = query(
            "UPDATE customers SET customer_id = $2, name = NULL, language = NULL, time_zone = NULL, phone = NULL, \
             person = NULL, former_person = NULL, moved = FALSE, linked_by = NULL, linked_at = NULL WHERE id = $1",
        )
        .bind(customer)
        .bind(format!("{PLACEHOLDER}{customer}"));
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Hides this customer's events from now on: they count as erased until they really are.
    pub async fn mark_customer_erasing(&mut self, customer: CustomerKey, erasing: i64) -> Result<()> {
        let query = query("UPDATE customers SET erasing = $2 WHERE id = $1").bind(customer).bind(erasing);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Lists the customers of an erasure that still have events.
    pub async fn list_customers_being_erased(&mut self, erasing: i64) -> Result<Vec<CustomerKey>> {
        let query = query_scalar("SELECT id FROM customers WHERE erasing = $1 ORDER BY id").bind(erasing);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
