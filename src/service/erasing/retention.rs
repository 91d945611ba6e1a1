//! `RETENTION`: deletes comments and the details of events once they have been kept long enough. Whose they were stays
//! known, and so do the answers.

use std::collections::BTreeSet;

use crate::domain::event::Event;
use crate::domain::ids::{CustomerKey, EventKey};
use crate::domain::time::Timestamp;
use crate::service::Unit;
use crate::service::erasing::posted::{Posted, Why};
use crate::store::erasing::{AgedEvent, Description, Run};
use crate::store::{self, Error, Tx};

/// How many events one look examines, with details or without.
const PAGE: i64 = 1000;

/// How far the search through the events has come.
#[derive(Clone, Copy, Debug)]
pub struct Aged {
    /// The last event that was examined.
    after: EventKey,
    /// The run of events being examined.
    run: Option<Run>,
    /// Whether an event of the run keeps its details for now.
    keeps: bool,
    /// Whether there may be more.
    pub more: bool,
}

/// What a look has found that needs writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Nothing,
    /// Events that can be stripped.
    Over,
    /// No event of this run has details any more.
    Done(Run),
}

impl Default for Aged {
    /// Starts with the oldest event.
    fn default() -> Self {
        Self { after: EventKey::NONE, run: None, keeps: false, more: true }
    }
}

impl Aged {
    /// Examines the next page of events that arrived before `before`, and skips those that cannot be stripped yet.
    pub async fn look(
        &mut self,
        tx: &mut Tx,
        before: Timestamp,
        limit: i64,
        now: Timestamp,
    ) -> store::Result<Found> {
        if self.run.is_none() {
            self.run = tx.find_aged_run(self.after, before).await?;
            self.keeps = false;
        }
        let Some(run) = self.run else {
            self.more = false;
            return Ok(Found::Nothing);
        };
        self.after = self.after.max(run.first_event.plus(-1));
        let events = tx.list_aged_events(self.page(run), before, now, limit).await?;
        if events.iter().any(|event| event.over) {
            return Ok(Found::Over);
        }
        self.pass(run, &events, limit);
        if self.after.plus(1) < run.end_event {
            return Ok(Found::Nothing);
        }
        self.run = None;
        let is_done = run.is_before(before) && !self.keeps;
        Ok(if is_done { Found::Done(run) } else { Found::Nothing })
    }

    /// The event after which the next page starts, and the last event of that page.
    fn page(&self, run: Run) -> (EventKey, EventKey) {
        (self.after, self.after.plus(PAGE).min(run.end_event.plus(-1)))
    }

    /// Moves past these events of the page.
    fn pass(&mut self, run: Run, events: &[AgedEvent], limit: i64) {
        let (_, last) = self.page(run);
        let is_cut = i64::try_from(events.len()).is_ok_and(|count| count >= limit);
        self.after = events.last().filter(|_| is_cut).map_or(last, |event| event.id);
        self.keeps |= events.iter().any(|event| !event.over);
    }
}

/// Marks a run as having no details any more, if it has not changed since a look found it.
pub async fn end_aged_run(tx: &mut Tx, run: Run, before: Timestamp) -> store::Result<()> {
    if tx.find_aged_run(run.first_event.plus(-1), before).await? == Some(run) {
        tx.end_run(run.first_event).await?;
    }
    Ok(())
}

/// Strips what a look has found, at most `limit` events. Returns how many there were.
pub async fn erase_aged_events(
    unit: &mut Unit<'_>,
    aged: &mut Aged,
    before: Timestamp,
    limit: i64,
) -> store::Result<usize> {
    let now = unit.now;
    let Some(run) = aged.run else { return Ok(0) };
    let events = unit.tx.list_aged_events(aged.page(run), before, now, limit).await?;
    aged.pass(run, &events, limit);
    let mut posted = Posted::default();
    let mut stripped = 0;
    let mut customers = BTreeSet::new();
    for AgedEvent { id, customer, survey, .. } in events.into_iter().filter(|event| event.over) {
        if let Some(survey) = survey {
            posted.take_back_details(unit, survey).await?;
            unit.tx.erase_words(&[survey], None, now).await?;
        }
        unit.tx.strip_event(id).await?;
        customers.insert(customer);
        stripped += 1;
    }
    for customer in customers {
        let kept = described(&mut unit.tx, customer, Timestamp::from_millis(i64::MIN)).await?;
        unit.tx.keep_description(customer, kept).await?;
    }
    if stripped > 0 {
        posted.show(unit, Why::Aged).await?;
        unit.tx.mark_erasure().await?;
    }
    Ok(stripped)
}

/// Which details of the customer are given by events that are kept and came in after `after`.
pub(super) async fn described(
    tx: &mut Tx,
    customer: CustomerKey,
    after: Timestamp,
) -> store::Result<Description> {
    let mut told = Description::default();
    for body in tx.list_kept_bodies(customer, after).await? {
        let event = Event::from_stored(&body)
            .map_err(|error| Error::broken("events", format!("of customer {customer}: {error}")))?;
        told.name |= event.customer.name.is_some();
        told.language |= event.customer.language.is_some();
        told.time_zone |= event.customer.timezone.is_some();
        told.phone |= event.customer.phone.is_some();
    }
    Ok(told)
}

/// Erases what was said in cases that were resolved before `before`, and their posts that show no survey. Handles at most
/// `limit` cases.
pub async fn erase_aged_cases(unit: &mut Unit<'_>, before: Timestamp, limit: i64) -> store::Result<()> {
    let mut posted = Posted::default();
    let cases = unit.tx.list_aged_cases(before, limit).await?;
    for number in &cases {
        posted.take_back_case(unit, *number).await?;
        unit.tx.strip_case(*number).await?;
    }
    if !cases.is_empty() {
        posted.show(unit, Why::Aged).await?;
        unit.tx.mark_erasure().await?;
    }
    Ok(())
}

/// Deletes updates that were set aside before `before`, at most `limit`.
pub async fn erase_aged_updates(tx: &mut Tx, before: Timestamp, limit: i64) -> store::Result<()> {
    if tx.delete_dead_updates_before(before, limit).await? > 0 {
        tx.mark_erasure().await?;
    }
    Ok(())
}
