//! Trying out: what a delivery gives, field by field, and what would become of the event. Nothing is stored.

use super::taking::{delivery, try_out};
use super::{Hook, State};
use crate::domain::event::{Event, Normalised};
use crate::domain::hook::mapping::Delivery;
use crate::domain::hook::{Mapped, Trial};
use crate::domain::ledger;
use crate::domain::time::Timestamp;
use crate::service::events::{self, Links};
use crate::service::{Context, Unit};
use crate::store::deliveries::DeliveryRow;
use crate::store::hooks::HookRow;
use crate::store::{self, Db};

/// How many deliveries a changed mapping is compared over.
pub const COMPARED: i64 = 20;

/// What would become of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    pub state: ledger::State,
    pub due_at: Option<Timestamp>,
    /// It was accepted before, and nothing would change.
    pub known: bool,
}

/// A delivery that was tried out.
#[derive(Clone, Debug)]
pub struct Tried {
    pub trial: Trial,
    /// `None` if there is no event, or one with its ID and other content is known.
    pub foreseen: Option<Foreseen>,
}

impl Tried {
    #[must_use]
    pub const fn is_failed(&self) -> bool {
        matches!(self.trial.mapped, Mapped::Failed(_))
    }
}

/// Tries a delivery out with a hook's mapping.
pub async fn try_delivery(db: &Db, ctx: &Context, hook: &Hook, delivery: &Delivery) -> store::Result<Tried> {
    let trial = try_out(&mut db.read().await?, hook, delivery).await?;
    let foreseen = match &trial.mapped {
        Mapped::Event(event) => foresee(db, ctx, event).await?,
        _ => None,
    };
    Ok(Tried { trial, foreseen })
}

/// Tries a stored delivery out.
pub async fn try_row(db: &Db, ctx: &Context, hook: &Hook, row: &DeliveryRow) -> store::Result<Tried> {
    try_delivery(db, ctx, hook, &delivery(row)).await
}

/// Accepts the event in a unit that is never committed.
async fn foresee(db: &Db, ctx: &Context, event: &Event) -> store::Result<Option<Foreseen>> {
    let mut unit = Unit::begin(db, ctx).await?;
    let events = [Normalised::from(event.clone())];
    let accepted = events::accept(&mut unit, &events, Links::Omit).await?.into_iter().next();
    Ok(accepted.and_then(Result::ok).map(|accepted| Foreseen {
        state: accepted.state,
        due_at: accepted.due_at,
        known: accepted.known,
    }))
}

/// How a changed mapping takes one delivery differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub delivery: i64,
    pub before: String,
    pub after: String,
}

/// Compares two mappings over a hook's newest deliveries.
pub async fn differences(db: &Db, before: &HookRow, after: &HookRow) -> store::Result<Vec<Difference>> {
    let (Some(old), Some(new)) = (Hook::of(before), Hook::of(after)) else { return Ok(Vec::new()) };
    let mut tx = db.read().await?;
    let rows = tx.list_deliveries(before.id, COMPARED).await?;
    let mut differences = Vec::new();
    for row in rows.iter().filter(|row| !row.headers.is_empty()) {
        let delivery = delivery(row);
        let (before, after) =
            (try_out(&mut tx, &old, &delivery).await?, try_out(&mut tx, &new, &delivery).await?);
        if before.mapped != after.mapped {
            let (before, after) = told(&before.mapped, &after.mapped);
            differences.push(Difference { delivery: row.id, before, after });
        }
    }
    Ok(differences)
}

/// Two results that differ, each in a few words.
fn told(before: &Mapped, after: &Mapped) -> (String, String) {
    if let (Mapped::Event(old), Mapped::Event(new)) = (before, after) {
        let fields = new.differing_fields(old).join(", ");
        return (old.event_id.clone(), format!("{} ({fields})", new.event_id));
    }
    (word(before), word(after))
}

/// A result in a few words.
#[must_use]
pub fn word(mapped: &Mapped) -> String {
    match mapped {
        Mapped::Event(event) => event.event_id.clone(),
        Mapped::Skipped(skip) => format!("skipped({skip})"),
        Mapped::Failed(failure) => format!("failed({failure})"),
    }
}

/// Whether an admin may let a hook go: once it has mapped a delivery to an event.
pub async fn has_seen_one(db: &Db, row: &HookRow) -> store::Result<bool> {
    let rows = db.read().await?.list_deliveries(row.id, COMPARED).await?;
    let is_live = row.state == State::Live.as_str();
    Ok(is_live || rows.iter().any(|row| matches!(row.state.as_str(), "watched" | "event" | "known")))
}
