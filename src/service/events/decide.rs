//! What an event that may ask leads to on arrival. Throttling is not judged here but when the survey is claimed.

use std::sync::Arc;

use chrono_tz::Tz;

use super::batch::Batch;
use super::customer::Customer;
use crate::domain::event::Event;
use crate::domain::ids::PersonId;
use crate::domain::ledger::{State, Suppression};
use crate::domain::schedule::{Moment, counts_from, moment, stale_after};
use crate::domain::time::Timestamp;
use crate::service::script_set::Published;

#[derive(Debug)]
pub(in crate::service) struct Outcome {
    pub survey_id: String,
    pub script: Option<String>,
    pub state: State,
    pub due_at: Option<Timestamp>,
    pub stale_at: Option<Timestamp>,
}

/// The order matters for the figures: what makes an event not eligible comes before what leaves it uncovered.
pub(super) fn outcome(batch: &Batch<'_>, event: &Event) -> Outcome {
    let mut outcome = Outcome {
        survey_id: batch.ctx.entropy.id_at(batch.now),
        script: None,
        state: State::Received,
        due_at: None,
        stale_at: None,
    };
    outcome.state = match judge(batch, event, &mut outcome) {
        Ok(state) => state,
        Err(reason) => State::Suppressed(reason),
    };
    if outcome.state != State::Scheduled {
        outcome.due_at = None;
    }
    outcome
}

fn judge(batch: &Batch<'_>, event: &Event, outcome: &mut Outcome) -> Result<State, Suppression> {
    let customer = batch.customer(event);
    let person = customer.and_then(|customer| customer.row.person);
    if batch.is_cancelled(event) {
        return Err(Suppression::Cancelled);
    }
    if !event.test && person.is_some_and(|person| batch.staff.contains(&person)) {
        return Err(Suppression::IsStaff);
    }
    let candidates = batch.ctx.scripts.choose(event).map_err(|none| {
        outcome.script = none.script;
        none.why
    })?;
    let zone = customer.map_or(batch.ctx.zone(), |customer| time_zone(batch, customer));
    let chosen = first_not_blocked(batch, event, &candidates, person, zone);
    let Some((script, moment)) = chosen else { return Err(Suppression::NoScript) };
    outcome.script = Some(script.script.slug.clone());
    let sending = script.script.send.resolve(&batch.ctx.config.sending);
    // A test is sent at once, however old its event is.
    outcome.stale_at = Some(stale_after(if event.test { batch.now } else { event.occurred_at }, &sending));
    if customer.and_then(|customer| batch.person(customer)).is_some_and(|p| p.opted_out_at.is_some()) {
        return Err(Suppression::OptedOut);
    }
    match moment {
        Moment::Stale => Err(Suppression::Stale),
        Moment::At(due_at) => {
            outcome.due_at = Some(due_at);
            let has_chat = customer.is_some_and(|customer| batch.has_chat(customer));
            Ok(if has_chat { State::Scheduled } else { State::WaitingForLink })
        }
    }
}

/// The best candidate that, at its moment, will not have asked this person too recently. If all of them have, returns
/// the best one; the throttle will judge it when it is due.
fn first_not_blocked<'s>(
    batch: &Batch<'_>,
    event: &Event,
    candidates: &'s [Arc<Published>],
    person: Option<PersonId>,
    zone: Tz,
) -> Option<(&'s Published, Moment)> {
    let timed = |published: &'s Arc<Published>| {
        let sending = published.script.send.resolve(&batch.ctx.config.sending);
        let moment = if event.test {
            Moment::At(batch.now)
        } else {
            moment(counts_from(event.occurred_at, batch.now), batch.now, &sending, zone)
        };
        let last = person.and_then(|person| batch.last_sent.get(&(person, published.script.slug.clone())));
        let blocked = match (moment, sending.min_gap_same, last) {
            (Moment::At(due_at), Some(gap), Some(last)) => due_at < last.plus(gap),
            _ => false,
        };
        (published.as_ref(), moment, blocked)
    };
    let free = candidates.iter().map(timed).find(|(_, _, blocked)| !blocked);
    let best = || candidates.first().map(timed);
    free.or_else(best).map(|(published, moment, _)| (published, moment))
}

fn time_zone(batch: &Batch<'_>, customer: &Customer) -> Tz {
    let named = customer.row.time_zone.as_deref().and_then(|name| name.parse().ok());
    named.unwrap_or(batch.ctx.zone())
}
