//! What is noted about deliveries that were taken.

use super::mapped::Prepared;
use crate::domain::event::Event;
use crate::domain::hook::{Mapped, Trial};
use crate::service::{Unit, events};
use crate::store::deliveries::{DeliveryPart, Settled};
use crate::store::{self, Tx};
use crate::telemetry::metrics::DELIVERIES;

/// What elements of a delivery become. The first of these that one of them became is the delivery's own outcome.
const STATES: [&str; 5] = ["failed", "event", "watched", "known", "skipped"];

/// What is noted about a delivery, or about one of its elements.
pub(super) struct Settlement {
    state: &'static str,
    reason: Option<String>,
    event_id: Option<String>,
    /// Whom it is about, also if no event is made of it: erasing them empties the delivery.
    customer: Option<String>,
}

pub(super) fn of_event(event: &Event, accepted: &Result<events::Accepted, events::Conflict>) -> Settlement {
    match accepted {
        Ok(accepted) if !accepted.known => Settlement::of(event, "event"),
        Ok(_) => Settlement::of(event, "known"),
        // Systems that repeat a fact with every edit send other content under one ID. The first one holds.
        Err(conflict) => {
            Settlement { reason: Some(conflict.fields.join(", ")), ..Settlement::of(event, "known") }
        }
    }
}

impl Settlement {
    pub fn of(event: &Event, state: &'static str) -> Self {
        let (event_id, customer) = (Some(event.event_id.clone()), Some(event.customer.id.clone()));
        Self { state, reason: None, event_id, customer }
    }

    pub fn without(state: &'static str, reason: Option<String>, trial: &Trial) -> Self {
        let customer = match &trial.mapped {
            Mapped::Event(event) => Some(event.customer.id.clone()),
            Mapped::Failed(_) => trial.customer.clone(),
            Mapped::Skipped(_) => None,
        };
        Self { state, reason, event_id: None, customer }
    }
}

/// Notes what became of a delivery, and returns it for the delivery's own row. One with several elements is summed up,
/// and each of them is noted by itself.
pub(super) async fn note(
    unit: &mut Unit<'_>,
    one: &Prepared,
    mut settled: Vec<Settlement>,
) -> store::Result<(i64, Settled)> {
    let name = name(&mut unit.tx, one).await?;
    for part in &settled {
        let labels = [("hook", name.clone().into()), ("outcome", part.state.into())];
        unit.tx.count(&DELIVERIES, &labels, 1);
    }
    note_former_customers(&mut unit.tx, one, &settled).await?;
    let delivery_id = one.delivery_id().map(str::to_owned);
    let only = if one.is_split() || settled.len() > 1 { None } else { settled.pop() };
    let Some(Settlement { state, reason, event_id, customer }) = only else {
        return Ok((one.row.id, note_parts(unit, one, &settled).await?));
    };
    Ok((one.row.id, Settled { state, reason, event_id, customer, delivery_id }))
}

/// Keeps whom a delivery that is replayed was about before: they are still in its body.
async fn note_former_customers(tx: &mut Tx, one: &Prepared, settled: &[Settlement]) -> store::Result<()> {
    let is_first = one.row.customer.is_none() && one.row.reason.is_none();
    if is_first {
        return Ok(());
    }
    let parts = tx.list_delivery_parts(one.row.id).await?.into_iter().filter_map(|part| part.customer);
    let mut former: Vec<String> = one.row.customer.clone().into_iter().chain(parts).collect();
    former.retain(|customer| settled.iter().all(|part| part.customer.as_ref() != Some(customer)));
    tx.note_former_customers(one.row.id, &former).await
}

/// The hook's name, also of one that was revoked meanwhile.
async fn name(tx: &mut Tx, one: &Prepared) -> store::Result<String> {
    if let Some(hook) = &one.hook {
        return Ok(hook.settings.name.clone());
    }
    Ok(tx.find_hook_by_id(one.row.hook).await?.map(|hook| hook.name).unwrap_or_default())
}

async fn note_parts(unit: &mut Unit<'_>, one: &Prepared, settled: &[Settlement]) -> store::Result<Settled> {
    let parts = settled.iter().zip(1..).map(|(part, number)| DeliveryPart {
        part: number,
        state: part.state.to_owned(),
        reason: part.reason.clone(),
        event_id: part.event_id.clone(),
        customer: part.customer.clone(),
    });
    let parts: Vec<DeliveryPart> = parts.collect();
    unit.tx.set_delivery_parts(one.row.id, &parts).await?;
    let count = |state: &str| settled.iter().filter(|part| part.state == state).count();
    let told: Vec<String> = STATES
        .iter()
        .map(|state| (state, count(state)))
        .filter(|(_, count)| *count > 0)
        .map(|(state, count)| format!("{state} {count}"))
        .collect();
    let state = STATES.into_iter().find(|state| count(state) > 0).unwrap_or("skipped");
    let delivery_id = one.delivery_id().map(str::to_owned);
    Ok(Settled { state, reason: Some(told.join(", ")), event_id: None, customer: None, delivery_id })
}
