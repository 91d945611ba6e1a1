//! Carries out a request to be forgotten that nobody decided in time. Everything that came in up to the request is
//! erased, except what another person gave: the survey of an answered event with its answers, and the link of the
//! person who is the customer now. What came in later is not part of the request.

use super::posted::{Posted, Why};
use super::requests::{Outcome, close, close_about};
use super::retention::described;
use super::{Erasing, limit};
use crate::service::Unit;
use crate::store;
use crate::store::erasing::ForgetRequest;

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    Done,
    More,
    /// Somebody may still act on a survey. Its data is erased when it is over.
    Waits,
}

/// Erases as much as one transaction may.
pub(super) async fn erase(unit: &mut Unit<'_>, request: &ForgetRequest) -> store::Result<Rest> {
    let (customer, until) = (request.customer, request.covers_until);
    let mut erasing = Erasing::begin(unit).await?;
    erasing.persons.extend(unit.tx.take_former_person(customer).await?);
    for (person, token) in unit.tx.delete_former_links(customer, until).await? {
        erasing.persons.extend(person);
        erasing.tokens.push(token);
    }
    let had_links = !erasing.persons.is_empty() || !erasing.tokens.is_empty();
    let told = described(&mut unit.tx, customer, until).await?;
    unit.tx.keep_description(customer, told).await?;
    let unanswered = unit.tx.list_unanswered_events(customer, until, limit(erasing.room)).await?;
    let mut is_done = erasing.events(unit, &unanswered).await?;
    let mut stripped = 0;
    if is_done {
        let room = erasing.room;
        stripped = strip_answered(unit, &mut erasing, request).await?;
        is_done = stripped < room;
    }
    for person in std::mem::take(&mut erasing.persons) {
        if !unit.tx.is_person_needed(person, false).await? {
            erasing.persons.insert(person);
        }
    }
    erasing.finish(unit).await?;
    // A waiting request is checked again and again, and the disk need not be scrubbed each time.
    if had_links || !unanswered.is_empty() || stripped > 0 {
        unit.tx.mark_erasure().await?;
    }
    if !is_done {
        return Ok(Rest::More);
    }
    if unit.tx.has_details_until(customer, until).await? {
        return Ok(Rest::Waits);
    }
    tracing::info!(
        "a request to be forgotten was not decided in time: all but another person's answers is erased"
    );
    if unit.tx.is_customer_empty(customer).await? {
        close_about(unit, customer, Outcome::Ended).await?;
        unit.tx.delete_customer(customer).await?;
    } else {
        close(unit, request, Outcome::Ended).await?;
    }
    Ok(Rest::Done)
}

/// Strips the details of events that another person has answered, and removes them from the alerts too. Handles as many
/// as there is room for, and returns how many.
async fn strip_answered(
    unit: &mut Unit<'_>,
    erasing: &mut Erasing,
    request: &ForgetRequest,
) -> store::Result<usize> {
    let span = (request.covers_until, unit.now);
    let answered = unit.tx.list_answered_events(request.customer, span, limit(erasing.room)).await?;
    let mut posted = Posted::default();
    for event in &answered {
        posted.take_back_details(unit, event.survey()).await?;
        unit.tx.strip_event(*event).await?;
    }
    posted.show(unit, Why::Erased).await?;
    Ok(answered.len())
}
