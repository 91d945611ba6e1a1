//! `RETENTION`: comments and the details of events go when they have been kept long enough. Whose they were stays known,
//! and so does what was answered.

use std::collections::BTreeSet;

use crate::domain::event::Event;
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::service::erasing::posted::{Posted, Why};
use crate::store::erasing::{AgedEvent, Description};
use crate::store::{self, Error, Tx};

/// How far a look through the events has come.
#[derive(Clone, Copy, Debug)]
pub struct Aged {
    after: (Timestamp, i64),
    /// There may be more.
    pub more: bool,
}

impl Default for Aged {
    /// From the oldest on.
    fn default() -> Self {
        Self { after: (Timestamp::from_millis(0), 0), more: true }
    }
}

impl Aged {
    /// Whether any of the next events, at most `limit`, can be stripped; if none can, they are passed over. Only reads.
    pub async fn look(
        &mut self,
        tx: &mut Tx,
        before: Timestamp,
        limit: i64,
        now: Timestamp,
    ) -> store::Result<bool> {
        let events = tx.list_aged_events(self.after, before, now, limit).await?;
        let is_any_over = events.iter().any(|event| event.over);
        if !is_any_over {
            self.pass(&events, limit);
        }
        Ok(is_any_over)
    }

    fn pass(&mut self, events: &[AgedEvent], limit: i64) {
        self.more = i64::try_from(events.len()).is_ok_and(|count| count == limit);
        if let Some(last) = events.last() {
            self.after = (last.received_at, last.id);
        }
    }
}

/// Strips the next events that arrived before `before`, at most `limit`. How many there were.
pub async fn erase_aged_events(
    tx: &mut Tx,
    ctx: &Context,
    aged: &mut Aged,
    before: Timestamp,
    limit: i64,
    now: Timestamp,
) -> store::Result<usize> {
    let events = tx.list_aged_events(aged.after, before, now, limit).await?;
    aged.pass(&events, limit);
    let mut posted = Posted::default();
    let mut stripped = 0;
    let mut customers = BTreeSet::new();
    for AgedEvent { id, customer, survey, .. } in events.into_iter().filter(|event| event.over) {
        if let Some(survey) = survey {
            posted.take_back(tx, ctx, survey).await?;
            tx.erase_words(&[survey], None, now).await?;
        }
        tx.strip_event(id).await?;
        customers.insert(customer);
        stripped += 1;
    }
    for customer in customers {
        let kept = described(tx, customer).await?;
        tx.keep_description(customer, kept).await?;
    }
    if stripped > 0 {
        posted.show(tx, ctx, Why::Aged, now).await?;
        tx.mark_erasure().await?;
    }
    Ok(stripped)
}

/// What the events that are kept tell of their customer.
async fn described(tx: &mut Tx, customer: i64) -> store::Result<Description> {
    let mut told = Description::default();
    for body in tx.list_kept_bodies(customer).await? {
        let event = Event::from_stored(&body)
            .map_err(|error| Error::broken("events", format!("of customer {customer}: {error}")))?;
        told.name |= event.customer.name.is_some();
        told.language |= event.customer.language.is_some();
        told.time_zone |= event.customer.timezone.is_some();
        told.phone |= event.customer.phone.is_some();
    }
    Ok(told)
}

/// What was told because somebody asked for a human, before `before`; at most `limit` requests.
pub async fn erase_aged_requests(
    tx: &mut Tx,
    ctx: &Context,
    before: Timestamp,
    limit: i64,
    now: Timestamp,
) -> store::Result<()> {
    let mut posted = Posted::default();
    let requests = tx.list_aged_human_requests(before, limit).await?;
    for (request, person) in &requests {
        posted.take_back_requests(tx, ctx, &[*request], *person).await?;
    }
    if !requests.is_empty() {
        posted.show(tx, ctx, Why::Aged, now).await?;
        tx.mark_erasure().await?;
    }
    Ok(())
}

/// Deletes updates that were put aside before `before`, at most `limit`.
pub async fn erase_aged_updates(tx: &mut Tx, before: Timestamp, limit: i64) -> store::Result<()> {
    if tx.delete_dead_updates_before(before, limit).await? > 0 {
        tx.mark_erasure().await?;
    }
    Ok(())
}
