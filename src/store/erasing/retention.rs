//! What is older than it may be kept: found in the order in which it arrived, a page at a time.

use sqlx::FromRow;

use crate::domain::time::Timestamp;
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

/// An event whose details have been kept long enough.
#[derive(Clone, Debug, FromRow)]
pub struct AgedEvent {
    pub id: i64,
    pub received_at: Timestamp,
    pub customer: i64,
    pub survey: Option<i64>,
    /// It is done with: its survey is over, and nothing that is still said belongs to it.
    pub over: bool,
}

/// Which parts of a customer's description some event still tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a flag a column")]
pub struct Description {
    pub name: bool,
    pub language: bool,
    pub time_zone: bool,
    pub phone: bool,
}

impl Tx {
    /// The next events behind this moment and key that arrived before `before` and still have details.
    pub async fn list_aged_events(
        &mut self,
        (after, after_id): (Timestamp, i64),
        before: Timestamp,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<AgedEvent>> {
        let query = query_as(
            "SELECT e.id, e.received_at, e.customer, s.id AS survey, (s.id IS NULL OR (s.state NOT IN ('scheduled', \
             'waiting_for_link', 'sending', 'sent', 'started') AND (s.state <> 'completed' OR s.ended_at IS NOT NULL) \
             AND (s.expires_at IS NULL OR s.expires_at <= $2))) AS over \
             FROM events e LEFT JOIN surveys s ON s.id = e.id WHERE e.received_at < $1 AND e.body <> '{}' \
             AND (e.received_at, e.id) > ($4, $5) ORDER BY e.received_at, e.id LIMIT $3",
        )
        .bind(before)
        .bind(now)
        .bind(limit)
        .bind(after)
        .bind(after_id);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// The event's own words go; that it was, whose and how it went stays.
    pub async fn strip_event(&mut self, event: i64) -> Result<()> {
        let query = query("UPDATE events SET subject_id = NULL, body = '{}' WHERE id = $1").bind(event);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// What is kept of a customer's events, newest first; of very many the newest.
    pub async fn list_kept_bodies(&mut self, customer: i64) -> Result<Vec<String>> {
        let query = query_scalar(
            "SELECT body FROM events WHERE customer = $1 AND body <> '{}' ORDER BY id DESC LIMIT 100",
        )
        .bind(customer);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Keeps of a customer's description what is true; ID and chat stay.
    pub async fn keep_description(&mut self, customer: i64, kept: Description) -> Result<()> {
        let query = query(
            "UPDATE customers SET name = CASE WHEN $2 = TRUE THEN name END, \
             language = CASE WHEN $3 = TRUE THEN language END, \
             time_zone = CASE WHEN $4 = TRUE THEN time_zone END, \
             phone = CASE WHEN $5 = TRUE THEN phone END WHERE id = $1",
        )
        .bind(customer)
        .bind(kept.name)
        .bind(kept.language)
        .bind(kept.time_zone)
        .bind(kept.phone);
        on_engine!(self, execute, query)?;
        Ok(())
    }
}
