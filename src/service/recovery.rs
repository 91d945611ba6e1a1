//! The question after a resolved case: whether the solution helped. A script decides about it like about any other.

use crate::domain::case::{Cause, Membership};
use crate::domain::event::{Customer, ERASED, Event, Extra, Kind, Metrics, Normalised};
use crate::domain::happening::Happening;
use crate::domain::ids::CaseNumber;
use crate::domain::ledger::State;
use crate::domain::script::{Script, Trigger};
use crate::service::events::{self, Links};
use crate::service::{Unit, alerts};
use crate::store::cases::CaseRow;
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::recovery as view;

/// The slug of the shipped script.
const SHIPPED: &str = "recovery";
/// Set once the admins were told of the draft.
const OFFERED: &str = "recovery_offered";

/// Whether the admins are to be told of a draft that asks after resolved cases while no live script does. Earlier
/// versions of the program installed the script as a draft, because there were no cases.
pub async fn is_offer_due(tx: &mut Tx, ctx: &crate::service::Context) -> store::Result<bool> {
    let asks = |live: &crate::service::script_set::Live| live.script().on == Trigger::CaseResolved;
    Ok(!ctx.scripts.live().iter().any(asks)
        && tx.find_setting(OFFERED).await?.is_none()
        && tx.find_script_draft(SHIPPED).await?.is_some())
}

/// Tells the admins of the draft once, with a button that publishes it. While nobody can be told, nothing is done.
pub async fn offer(unit: &mut Unit<'_>) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    if !is_offer_due(&mut unit.tx, ctx).await? {
        return Ok(());
    }
    let Some(draft) = unit.tx.find_script_draft(SHIPPED).await? else { return Ok(()) };
    let Ok(script) = Script::read_published(&draft.source, &ctx.config.languages) else { return Ok(()) };
    let admins = alerts::open_admins(&mut unit.tx, ctx, now).await?;
    if admins.is_empty() {
        return Ok(());
    }
    for (chat, locale) in admins {
        let title = script.title.get(&locale);
        let view = view::offer(&ctx.catalogue, &locale, SHIPPED, title, draft.revision);
        let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
        unit.tx.enqueue(&Outgoing::send(Lane::Answers, chat, payload), now).await?;
    }
    unit.tx.set_setting(OFFERED, &now.to_rfc3339()).await
}

/// A case is asked about at most this many times, however often it is resolved.
const MOST: usize = 2;

/// Asks the customer of a resolved case whether the solution helped: makes an event of the program's own, about which
/// scripts decide like about any other. Returns whether a survey about it will be sent.
///
/// Nobody is asked without contact, or where there was nothing to solve. If no script asks, nothing was asked.
pub async fn ask(unit: &mut Unit<'_>, row: &CaseRow, cause: Cause) -> store::Result<bool> {
    let is_solved = !matches!(
        cause,
        Cause::NoReplyNeeded
            | Cause::NoAnswer
            | Cause::Corrected
            | Cause::Unfounded
            | Cause::Erased
            | Cause::Test
    );
    if !is_solved || row.case.contacted_at.is_none() || row.customer.is_none() {
        return Ok(false);
    }
    let asked = unit.tx.list_case_surveys(row.number).await?;
    let asked = asked.iter().filter(|(_, how)| *how == Membership::Recovery).count();
    if asked >= MOST {
        return Ok(false);
    }
    let Some(event) = event(unit, row).await? else { return Ok(false) };
    let event_id = event.event_id.clone();
    let accepted = events::accept(unit, &[Normalised::from(event)], Links::Omit).await?;
    let is_due = accepted.iter().flatten().any(|accepted| {
        !accepted.known && matches!(accepted.state, State::Scheduled | State::WaitingForLink)
    });
    if !is_due {
        return Ok(false);
    }
    if let Some(survey) = unit.tx.find_survey_of_event(&event_id).await? {
        unit.tx.insert_case_survey(row.number, survey, Membership::Recovery).await?;
    }
    Ok(true)
}

/// The ID of the event that a case is when it has been resolved so many times.
#[must_use]
pub fn event_id(case: CaseNumber, resolved: usize) -> String {
    format!("case-{case}-{}", resolved.max(1))
}

/// The event that a resolved case is: about the customer, subject, agent and store of the case's first event.
async fn event(unit: &mut Unit<'_>, row: &CaseRow) -> store::Result<Option<Event>> {
    let Some(first) = row.event else { return Ok(None) };
    let Some(body) = unit.tx.find_event_body(first).await?.filter(|body| body != ERASED) else {
        return Ok(None);
    };
    let first = Event::from_stored(&body)
        .map_err(|error| store::Error::broken("events", format!("of case {}: {error}", row.number)))?;
    let steps = unit.tx.list_case_steps(row.number).await?;
    let resolved = steps.iter().filter(|step| step.kind == Happening::Resolved.as_str()).count();
    Ok(Some(Event {
        // Which resolving this is, counting this one.
        event_id: event_id(row.number, resolved),
        kind: Kind::CaseResolved,
        occurred_at: unit.now,
        // The customer's account and number are known; an old event must not change them back.
        customer: Customer { telegram_id: None, phone: None, ..first.customer },
        automation: None,
        channel: None,
        tags: Vec::new(),
        metrics: Metrics::default(),
        script: None,
        extra: Extra::default(),
        test: row.test,
        ..first
    }))
}
