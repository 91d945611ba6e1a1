//! What follows for a survey once it is known, or given up finding out, whether its invitation arrived.

use super::{Loaded, leave};
use crate::domain::ids::PersonId;
use crate::domain::ledger::{State, Suppression, Unanswered, Unreachable};
use crate::domain::schedule::{day_of, first_allowed};
use crate::domain::time::Timestamp;
use crate::service::{Context, Unit};
use crate::store::surveys::SurveyRow;
use crate::store::{Error, Result, Tx};

/// An invitation arrived in its chat. Its survey becomes sent, unless a tap came first or its customer no longer wants
/// it.
pub async fn invitation_arrived(unit: &mut Unit<'_>, survey: &SurveyRow) -> Result<()> {
    let now = unit.now;
    match survey.state()? {
        State::Sending if is_unwanted(survey) => return arrived_unwanted(unit, survey).await,
        state @ State::Sending => unit.tx.move_survey(survey.id, state, State::Sent, now)?,
        State::Undeliverable(Unreachable::Unconfirmed) => return reopen(unit, survey).await,
        State::Suppressed(_) | State::Undeliverable(_) => return Ok(()),
        state if state.is_pending() => return Ok(()),
        _ => {}
    }
    // A survey cannot be started before it was sent, but a tap may be handled before the reply to our call.
    let sent_at = survey.started_at.map_or(now, |started_at| started_at.min(now));
    mark_sent(&mut unit.tx, unit.ctx, survey, sent_at).await?;
    match survey.person {
        Some(person) if has_blocked(&mut unit.tx, person).await? => leave::end_blocked(unit, survey.id).await,
        _ => Ok(()),
    }
}

/// Whether a person blocked the bot, perhaps while their invitation was on its way.
async fn has_blocked(tx: &mut Tx, person: PersonId) -> Result<bool> {
    let person = tx.find_person(person).await?;
    Ok(person.is_some_and(|person| person.unreachable.as_deref() == Some("blocked")))
}

/// Ends the survey of an invitation that definitely did not arrive and that nobody wants any more. Returns false if it
/// is still wanted.
pub async fn never_arrived(unit: &mut Unit<'_>, survey: &SurveyRow) -> Result<bool> {
    let now = unit.now;
    if survey.state()? != State::Sending || !is_unwanted(survey) {
        return Ok(false);
    }
    let (reason, at) = if survey.person.is_none() {
        (Suppression::Erased, day_of(now, unit.ctx.zone()))
    } else {
        unit.tx.release_survey(survey.id, survey.due_at.unwrap_or(now)).await?;
        (Suppression::OptedOut, now)
    };
    unit.tx.forget_survey_stop(survey.id).await?;
    unit.tx.move_survey(survey.id, State::Sending, State::Suppressed(reason), at)?;
    Ok(true)
}

/// Nothing has shown that an invitation arrived, and there will be no further attempt to send it.
pub async fn unconfirmed(unit: &mut Unit<'_>, survey: &SurveyRow) -> Result<()> {
    let now = unit.now;
    if survey.state()? != State::Sending || never_arrived(unit, survey).await? {
        return Ok(());
    }
    unit.tx.move_survey(survey.id, State::Sending, State::Undeliverable(Unreachable::Unconfirmed), now)?;
    unit.tx.end_survey(survey.id, now).await
}

/// Whether the survey was stopped or erased while its call was in progress. (A survey gets its person with the claim,
/// and only erasure removes the person.)
const fn is_unwanted(survey: &SurveyRow) -> bool {
    survey.stopped_at.is_some() || survey.person.is_none()
}

async fn arrived_unwanted(unit: &mut Unit<'_>, survey: &SurveyRow) -> Result<()> {
    let ctx = unit.ctx;
    unit.tx.forget_survey_stop(survey.id).await?;
    if survey.person.is_some() {
        let Some(loaded) = Loaded::find(&mut unit.tx, ctx, survey.id).await? else { return Ok(()) };
        leave::refuse_sending(unit, &loaded, None).await?;
        return Ok(());
    }
    // The sender deletes the message itself.
    let day = day_of(unit.now, ctx.zone());
    unit.tx.move_survey(survey.id, State::Sending, State::Sent, day)?;
    unit.tx.move_survey(survey.id, State::Sent, State::Refused, day)?;
    unit.tx.mark_survey_sent(survey.id, day, day, None).await
}

/// The survey was given up as unconfirmed, but arrived after all. It is reopened unless its person has opted out or has
/// another survey open.
async fn reopen(unit: &mut Unit<'_>, survey: &SurveyRow) -> Result<()> {
    let now = unit.now;
    let Some(person) = survey.person else { return Ok(()) };
    let has_stopped = unit.tx.find_person(person).await?.is_none_or(|person| person.opted_out_at.is_some());
    let is_free = survey.test || !unit.tx.has_open_survey(person).await?;
    unit.tx.move_survey(survey.id, State::Undeliverable(Unreachable::Unconfirmed), State::Sent, now)?;
    if has_stopped && !survey.test {
        unit.tx.move_survey(survey.id, State::Sent, State::Refused, now)?;
    } else if !is_free {
        unit.tx.move_survey(survey.id, State::Sent, State::Expired(Unanswered::Untouched), now)?;
    } else {
        unit.tx.reopen_survey(survey.id).await?;
    }
    mark_sent(&mut unit.tx, unit.ctx, survey, now).await
}

/// Marks the survey as sent. The reminder, the expiry and the throttle count from this time.
async fn mark_sent(tx: &mut Tx, ctx: &Context, survey: &SurveyRow, sent_at: Timestamp) -> Result<()> {
    let (expires_at, remind_at) = later_moments(tx, ctx, survey, sent_at).await?;
    tx.mark_survey_sent(survey.id, sent_at, expires_at, remind_at).await
}

/// Returns when the survey expires, and when its customer is reminded.
async fn later_moments(
    tx: &mut Tx,
    ctx: &Context,
    survey: &SurveyRow,
    sent_at: Timestamp,
) -> Result<(Timestamp, Option<Timestamp>)> {
    let pinned = survey.script.as_deref().zip(survey.script_version);
    let (slug, version) =
        pinned.ok_or_else(|| Error::broken("surveys", format!("id {}: sent without a script", survey.id)))?;
    let published = ctx.scripts.version(tx, slug, version).await?;
    let sending = published.script.send.resolve(&ctx.config.sending);
    let expires_at = sent_at.plus(sending.expires_after);
    let named = survey.time_zone.as_deref().and_then(|zone| zone.parse().ok());
    let zone = named.unwrap_or(ctx.zone());
    // There is no reminder for a test, nor for a survey that the customer has started.
    let untouched = !survey.test && survey.started_at.is_none();
    let remind_at = sending
        .remind_after
        .filter(|_| untouched)
        .and_then(|after| first_allowed(sent_at.plus(after), expires_at.plus_millis(-1), &sending, zone));
    Ok((expires_at, remind_at))
}
