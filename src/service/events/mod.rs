//! Accepts events: idempotently, a whole batch in a handful of statements, with a stated outcome for every event.

mod batch;
mod customer;
mod decide;
mod ledger;
mod links;
mod waiting;

use crate::domain::event::Normalised;
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;
use crate::service::{Context, Unit};
use crate::store;

pub(super) use batch::Batch;
pub use ledger::{Ledger, find};
pub use links::{Link, NoLink, find_link, personal_link};
pub(super) use waiting::due as waiting_due;
pub use waiting::schedule_waiting;

/// What happened to an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub event_id: String,
    /// The event had been accepted before, and nothing changed.
    pub known: bool,
    /// `None` for the kinds that never ask.
    pub survey_id: Option<String>,
    pub state: State,
    pub due_at: Option<Timestamp>,
    /// Set for a customer who may have to tap it before the bot can write to them.
    pub link: Option<String>,
}

/// The event's ID is already used by an event with different content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event_id '{event_id}' was accepted before with other content; different: {}", .fields.join(", "))]
pub struct Conflict {
    pub event_id: String,
    /// The names of the fields that differ, as dotted paths.
    pub fields: Vec<String>,
}

/// Whether replies contain personal links. Nobody reads the replies to an imported file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    Give,
    Omit,
}

/// Accepts events in the given order, and returns the results in the same order. The events are on disk once the caller
/// has committed.
pub async fn accept(
    unit: &mut Unit<'_>,
    events: &[Normalised],
    links: Links,
) -> store::Result<Vec<Result<Accepted, Conflict>>> {
    let ctx = unit.ctx;
    accept_by(unit, ctx, events, links).await
}

/// The same with the caller's own context, for a unit that may have published a script and might still be rolled back.
pub async fn accept_by(
    unit: &mut Unit<'_>,
    ctx: &Context,
    events: &[Normalised],
    links: Links,
) -> store::Result<Vec<Result<Accepted, Conflict>>> {
    ctx.scripts.refresh(&mut unit.tx).await?;
    let mut batch = batch::Batch::load(unit, ctx, events).await?;
    let verdicts: Vec<_> = events.iter().map(|event| batch.take(event)).collect::<store::Result<_>>()?;
    batch.store(unit).await?;
    let mut results = batch.results(verdicts);
    if links == Links::Give {
        links::attach(unit, &batch, events, &mut results).await?;
    }
    Ok(results)
}

#[cfg(test)]
mod tests;
