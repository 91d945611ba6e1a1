//! Trying out: what a delivery gives, field by field, and what would become of the event. Nothing is stored.

pub use super::taking::delivery;
use super::taking::{is_closed_already, try_out};
use super::{Hook, State};
use crate::domain::event::{Event, Normalised};
use crate::domain::hook::mapping::{Delivery, Opened};
use crate::domain::hook::{Mapped, Missing, Skip, Trial};
use crate::domain::ledger;
use crate::domain::time::Timestamp;
use crate::service::events::{self, Links};
use crate::service::{Context, Unit};
use crate::store::deliveries::DeliveryRow;
use crate::store::hooks::HookRow;
use crate::store::{self, Db, Tx};

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

/// A delivery, or one of its elements, that was tried out.
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

/// Tries a delivery out with a hook's mapping: gives one result, or one for each element.
pub async fn try_delivery(
    db: &Db,
    ctx: &Context,
    hook: &Hook,
    delivery: &Delivery,
) -> store::Result<Vec<Tried>> {
    let trials = try_out(&mut db.read().await?, hook, delivery).await?;
    // It is never committed.
    let mut unit = Unit::begin(db, ctx).await?;
    let mut tried = Vec::with_capacity(trials.len());
    for mut trial in trials {
        let mut foreseen = None;
        if let Mapped::Event(event) = &trial.mapped {
            if is_closed_already(&mut unit, hook, event).await? {
                trial.mapped = Mapped::Skipped(Skip::AlreadyClosed);
            } else {
                foreseen = foresee(&mut unit, event).await?;
            }
        }
        tried.push(Tried { trial, foreseen });
    }
    Ok(tried)
}

/// The names in a preset's expressions for which a delivery has nothing.
#[must_use]
pub fn missing(hook: &Hook, delivery: &Delivery) -> Vec<Missing> {
    let all = Opened::all(&hook.preset, &hook.settings, delivery).unwrap_or_default();
    all.first().map(Opened::missing).unwrap_or_default()
}

/// Tries a stored delivery out.
pub async fn try_row(db: &Db, ctx: &Context, hook: &Hook, row: &DeliveryRow) -> store::Result<Vec<Tried>> {
    try_delivery(db, ctx, hook, &delivery(row)).await
}

/// Accepts the event in a unit that must not be committed.
async fn foresee(unit: &mut Unit<'_>, event: &Event) -> store::Result<Option<Foreseen>> {
    let events = [Normalised::from(event.clone())];
    let accepted = events::accept(unit, &events, Links::Omit).await?.into_iter().next();
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
pub async fn differences(tx: &mut Tx, before: &HookRow, after: &HookRow) -> store::Result<Vec<Difference>> {
    let (Some(old), Some(new)) = (Hook::of(before), Hook::of(after)) else { return Ok(Vec::new()) };
    let rows = tx.list_deliveries(before.id, COMPARED).await?;
    let mut differences = Vec::new();
    for row in rows.iter().filter(|row| !row.headers.is_empty()) {
        let delivery = delivery(row);
        let (before, after) = (try_out(tx, &old, &delivery).await?, try_out(tx, &new, &delivery).await?);
        for at in 0..before.len().max(after.len()) {
            let mapped = |trials: &[Trial]| trials.get(at).map(|trial| trial.mapped.clone());
            let (before, after) = (mapped(&before), mapped(&after));
            if before != after {
                let (before, after) = told(before.as_ref(), after.as_ref());
                differences.push(Difference { delivery: row.id, before, after });
            }
        }
    }
    Ok(differences)
}

/// Two results that differ, each in a few words.
fn told(before: Option<&Mapped>, after: Option<&Mapped>) -> (String, String) {
    if let (Some(Mapped::Event(old)), Some(Mapped::Event(new))) = (before, after) {
        let fields = new.differing_fields(old);
        let fields = if fields.is_empty() { String::new() } else { format!(" ({})", fields.join(", ")) };
        return (old.event_id.clone(), format!("{}{fields}", new.event_id));
    }
    let word = |mapped: Option<&Mapped>| mapped.map_or_else(|| "nothing".to_owned(), word);
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

/// Whether one of a hook's newest deliveries was mapped to an event.
pub async fn has_seen_one(db: &Db, row: &HookRow) -> store::Result<bool> {
    let rows = db.read().await?.list_deliveries(row.id, COMPARED).await?;
    let is_live = row.state == State::Live.as_str();
    Ok(is_live || rows.iter().any(|row| matches!(row.state.as_str(), "watched" | "event" | "known")))
}
