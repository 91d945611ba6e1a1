//! Finds data that is older than it may be kept, by the day of its arrival and page by page.

use sqlx::FromRow;

use crate::domain::ids::{CustomerKey, EventKey, SurveyKey};
use crate::domain::time::Timestamp;
use crate::store::events::arrival_day;
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

/// An event whose details have been kept for the full retention time.
#[derive(Clone, Debug, FromRow)]
pub struct AgedEvent {
    pub id: EventKey,
    pub customer: CustomerKey,
    pub survey: Option<SurveyKey>,
    /// Whether it is finished: its survey is over, and no message can still belong to it.
    pub over: bool,
}

/// A run of consecutive events that arrived on the same day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Run {
    pub first_event: EventKey,
    day: i64,
    /// The first event after the run.
    pub end_event: EventKey,
}

impl Run {
    /// Whether all of the run arrived before this moment.
    pub const fn is_before(&self, before: Timestamp) -> bool {
        self.day < arrival_day(before)
    }
}

/// The parts of a customer's description that some remaining event still states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a flag a column")]
pub struct Description {
    pub name: bool,
    pub language: bool,
    pub time_zone: bool,
    pub phone: bool,
}

impl Tx {
    /// Finds the first run with events after `after` that may contain events that arrived before `before`.
    pub async fn find_aged_run(&mut self, after: EventKey, before: Timestamp) -> Result<Option<Run>> {
        let query = query_as(
            "SELECT first_event, day, end_event FROM (SELECT r.first_event, r.day, COALESCE((SELECT MIN(n.first_event) \
             FROM arrival_days n WHERE n.first_event > r.first_event), (SELECT COALESCE(MAX(id), 0) + 1 FROM events)) \
             AS end_event FROM arrival_days r WHERE r.day <= $1) a WHERE end_event > $2 + 1 \
             ORDER BY first_event LIMIT 1",
        )
        .bind(arrival_day(before))
        .bind(after);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists at most `limit` events after `after`, up to and including `last`, that arrived before `before` and still
    /// have details.
    pub async fn list_aged_events(
        &mut self,
        (after, last): (EventKey, EventKey),
        before: Timestamp,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<AgedEvent>> {
        let query = query_as(
            "SELECT e.id, e.customer, s.id AS survey, (s.id IS NULL OR (s.state NOT IN ('scheduled', \
             'waiting_for_link', 'sending', 'sent', 'started') AND (s.state <> 'completed' OR s.ended_at IS NOT NULL) \
             AND (s.expires_at IS NULL OR s.expires_at <= $2))) AS over \
             FROM events e LEFT JOIN surveys s ON s.id = e.id WHERE e.id > $4 AND e.id <= $5 \
             AND e.received_at < $1 AND e.body <> '{}' ORDER BY e.id LIMIT $3",
        )
        .bind(before)
        .bind(now)
        .bind(limit)
        .bind(after)
        .bind(last);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Notes that no event of a run has details any more.
    pub async fn end_run(&mut self, first_event: EventKey) -> Result<()> {
        let query = query("UPDATE arrival_days SET day = NULL WHERE first_event = $1").bind(first_event);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Deletes an event's details. That it happened, to whom, and how it went is kept.
    pub async fn strip_event(&mut self, event: EventKey) -> Result<()> {
        let query = query("UPDATE events SET subject_id = NULL, body = '{}' WHERE id = $1").bind(event);
        on_engine!(self, execute, query)?;
        self.strip_cases(event).await
    }

    /// Lists the bodies of a customer's events that arrived after this moment, newest first, at most 100.
    pub async fn list_kept_bodies(&mut self, customer: CustomerKey, after: Timestamp) -> Result<Vec<String>> {
        let query = query_scalar(
            "SELECT body FROM events WHERE customer = $1 AND received_at > $2 AND body <> '{}' \
             ORDER BY id DESC LIMIT 100",
        )
        .bind(customer)
        .bind(after);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Keeps those parts of a customer's description that are true in `kept` and clears the others. The ID and the chat
    /// stay.
    pub async fn keep_description(&mut self, customer: CustomerKey, kept: Description) -> Result<()> {
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
