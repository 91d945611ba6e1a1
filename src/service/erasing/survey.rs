//! Ends the survey of an erased customer. What was not asked is not asked any more, and an open survey ends in the
//! customer's chat.

use crate::domain::ids::{MessageId, PersonId, SurveyKey};
use crate::domain::ledger::{PartialEnd, State, Suppression};
use crate::service::answers::Loaded;
use crate::service::{Context, Unit};
use crate::store::erasing::ErasableEvent;
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::survey::{Ended, ended};

const ERASED: State = State::Suppressed(Suppression::Erased);

/// Moves the ledger to its final state. Returns what the customer is to see in place of the survey, if the survey is
/// visible.
pub(super) async fn end(unit: &mut Unit<'_>, event: &ErasableEvent) -> store::Result<Option<Outgoing>> {
    let Unit { ctx, now, .. } = *unit;
    let (Some(survey), Some(state)) = (event.survey, event.state()?) else { return Ok(None) };
    if matches!(state, State::Received | State::Scheduled | State::WaitingForLink) {
        unit.tx.move_survey(survey, state, ERASED, now)?;
        return Ok(None);
    }
    if state != State::Sending && !is_answerable(state) {
        return Ok(None);
    }
    let Some(row) = unit.tx.find_survey(survey).await? else { return Ok(None) };
    let last_words = match (row.message_id, event.person) {
        (Some(message_id), Some(person))
            if is_answerable(state) && row.expires_at.is_none_or(|at| now < at) =>
        {
            last_words(&mut unit.tx, ctx, survey, person, message_id).await?
        }
        _ => None,
    };
    match state {
        State::Sending if unit.tx.give_up_invitation(survey).await? => {
            unit.tx.release_survey(survey, row.due_at.unwrap_or(now)).await?;
            unit.tx.move_survey(survey, state, ERASED, now)?;
        }
        // The call is in progress, so the message may have arrived; it is then deleted. The outcome of the call
        // decides.
        State::Sending => unit.tx.mark_survey_stopped(survey, now).await?,
        State::Sent => unit.tx.move_survey(survey, state, State::Refused, now)?,
        State::Started => {
            unit.tx.move_survey(survey, state, State::Partial(PartialEnd::Stopped), now)?;
        }
        _ => {}
    }
    Ok(last_words)
}

/// Withdraws an invitation whose call has not started, so that it can go to the person who is the customer then.
/// Returns false if it is too late for that.
pub(super) async fn take_back(unit: &mut Unit<'_>, event: &ErasableEvent) -> store::Result<bool> {
    let now = unit.now;
    let (Some(survey), Some(State::Sending)) = (event.survey, event.state()?) else { return Ok(false) };
    if !unit.tx.take_back_invitation(survey).await? {
        return Ok(false);
    }
    let due_at = unit.tx.find_survey(survey).await?.and_then(|row| row.due_at);
    unit.tx.move_survey(survey, State::Sending, State::Scheduled, now)?;
    unit.tx.release_survey(survey, due_at.unwrap_or(now)).await?;
    Ok(true)
}

const fn is_answerable(state: State) -> bool {
    matches!(state, State::Sent | State::Started | State::Completed)
}

async fn last_words(
    tx: &mut Tx,
    ctx: &Context,
    survey: SurveyKey,
    person: PersonId,
    message_id: MessageId,
) -> store::Result<Option<Outgoing>> {
    let Some(loaded) = Loaded::find(tx, ctx, survey).await? else { return Ok(None) };
    let view =
        loaded.with_view(ctx, &loaded.dialogue, |catalogue, survey| ended(catalogue, survey, Ended::Erased));
    Ok(Some(Outgoing::edit_shown(
        Lane::Answers,
        person.chat(),
        message_id,
        Payload::text(view.html.as_str()),
    )))
}
