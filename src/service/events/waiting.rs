//! Schedules surveys that waited for their customer, once the bot can write to the customer.

use chrono_tz::Tz;

use crate::domain::ids::CustomerKey;
use crate::domain::ledger::{State, Suppression};
use crate::domain::schedule::{Moment, counts_from, moment};
use crate::domain::sending::SendOverrides;
use crate::domain::time::Timestamp;
use crate::service::{Context, Unit};
use crate::store;
use crate::store::events::WaitingRow;

/// Schedules the waiting surveys of these customers. Call it whenever a customer gets a chat.
pub async fn schedule_waiting(unit: &mut Unit<'_>, customers: &[CustomerKey]) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    if customers.is_empty() {
        return Ok(());
    }
    let mut transitions = Vec::new();
    for waiting in unit.tx.list_waiting(customers).await? {
        if waiting.held {
            // The new chat may have no open survey, so the survey need not wait any more.
            unit.tx.let_survey_go(waiting.survey).await?;
            continue;
        }
        let state = match due(ctx, &waiting, now) {
            Moment::At(due_at) => {
                unit.tx.schedule_survey(waiting.survey, due_at).await?;
                State::Scheduled
            }
            Moment::Stale => {
                let stale = State::Suppressed(Suppression::Stale);
                unit.tx.update_survey_states(&[waiting.survey], stale).await?;
                stale
            }
        };
        transitions.push((waiting.survey, state));
    }
    unit.tx.record_transitions(&transitions, now);
    Ok(())
}

/// When it is due, now that the bot can write to its customer.
pub(in crate::service) fn due(ctx: &Context, waiting: &WaitingRow, now: Timestamp) -> Moment {
    if waiting.test {
        return Moment::At(now);
    }
    let live = waiting.script.as_deref().and_then(|slug| ctx.scripts.find(slug));
    let defaults = SendOverrides::default();
    let overrides = live.as_ref().map_or(&defaults, |live| &live.script().send);
    let zone: Option<Tz> = waiting.time_zone.as_deref().and_then(|name| name.parse().ok());
    let sending = overrides.resolve(&ctx.config.sending);
    moment(counts_from(waiting.occurred_at, now), now, &sending, zone.unwrap_or(ctx.zone()))
}
