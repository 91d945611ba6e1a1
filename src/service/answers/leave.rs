//! Ends a survey before its last question: stopped by the customer, blocked, or expired.

use super::resume::CONTINUES_FOR;
use super::{Loaded, arrival, closed, ended, enqueue_edit, over, repeat, stopped};
use crate::domain::ids::{MessageId, PersonId, SurveyKey};
use crate::domain::ledger::{PartialEnd, State, Unanswered};
use crate::service::Unit;
use crate::store;
use crate::view::survey::Ended;

/// Why it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// The customer tapped the survey's stop button, and can undo that for a while.
    Stopped,
    /// The customer stopped all surveys.
    OptedOut,
    Blocked,
    Expired,
}

/// Ends the open surveys in a person's chat. Returns false if there were none.
pub async fn end_open(unit: &mut Unit<'_>, person: PersonId, how: Leave) -> store::Result<bool> {
    let mut any = false;
    if how == Leave::OptedOut {
        over::end_continuing_of(unit, person).await?;
    }
    for row in unit.tx.list_open_surveys(person).await? {
        // If a survey is just being sent, the outcome of the sending ends it.
        if let Some(loaded) = Loaded::from_row(&mut unit.tx, unit.ctx, row).await? {
            any |= leave(unit, &loaded, how, None).await?;
        }
    }
    Ok(any)
}

/// Ends expired surveys, at most `limit` in this transaction. Returns how many there were.
pub async fn expire(unit: &mut Unit<'_>, limit: i64) -> store::Result<usize> {
    let rows = unit.tx.list_expired_surveys(unit.now, limit).await?;
    let count = rows.len();
    for row in rows {
        let (id, state) = (row.id, row.state()?);
        match Loaded::from_row(&mut unit.tx, unit.ctx, row).await {
            Ok(Some(loaded)) => {
                leave(unit, &loaded, Leave::Expired, None).await?;
            }
            Ok(None) => expire_unread(unit, id, state).await?,
            Err(error) if !error.is_transient() => {
                tracing::error!(survey = id.get(), %error, "an expired survey cannot be read; it ends, and stays as it is in its chat");
                expire_unread(unit, id, state).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// Ends a survey that can no longer be shown, so that it does not hold up the others.
async fn expire_unread(unit: &mut Unit<'_>, id: SurveyKey, state: State) -> store::Result<()> {
    let now = unit.now;
    let end = match state {
        State::Started => State::Partial(PartialEnd::Expired),
        _ => State::Expired(Unanswered::Untouched),
    };
    unit.tx.move_survey(id, state, end, now)?;
    unit.noted.ended.push(id);
    unit.tx.end_survey(id, now).await
}

/// Ends a survey that arrived though its customer has blocked the bot since.
pub(super) async fn end_blocked(unit: &mut Unit<'_>, survey: SurveyKey) -> store::Result<()> {
    if let Some(loaded) = Loaded::find(&mut unit.tx, unit.ctx, survey).await? {
        leave(unit, &loaded, Leave::Blocked, None).await?;
    }
    Ok(())
}

/// Moves the ledger to its final state and removes the keyboard. Returns false if there was nothing to end.
async fn leave(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    how: Leave,
    message_id: Option<MessageId>,
) -> store::Result<bool> {
    let now = unit.now;
    let row = &loaded.row;
    let state = row.state()?;
    let end = match (state, how) {
        (State::Sent, Leave::Stopped | Leave::OptedOut) => State::Refused,
        (State::Sent, Leave::Blocked) => State::Expired(Unanswered::Blocked),
        (State::Sent, Leave::Expired) => State::Expired(Unanswered::Untouched),
        (State::Started, Leave::Stopped | Leave::OptedOut) => State::Partial(PartialEnd::Stopped),
        (State::Started, Leave::Blocked) => State::Partial(PartialEnd::Blocked),
        (State::Started, Leave::Expired) => State::Partial(PartialEnd::Expired),
        (State::Sending, Leave::OptedOut) => return stop_sending(unit, loaded).await,
        (State::Completed, _) => return finish(unit, loaded, how, message_id).await,
        _ => return Ok(false),
    };
    unit.tx.move_survey(row.id, state, end, now)?;
    finish(unit, loaded, how, message_id).await
}

/// Stops a survey because its button was tapped. The tap proves that the invitation arrived, even if the reply to our
/// call is still missing.
pub(super) async fn stop_by_tap(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    message_id: Option<MessageId>,
) -> store::Result<bool> {
    if loaded.row.state()? != State::Sending {
        return leave(unit, loaded, Leave::Stopped, message_id).await;
    }
    arrival::invitation_arrived(unit, &loaded.row).await?;
    match Loaded::find(&mut unit.tx, unit.ctx, loaded.row.id).await? {
        Some(arrived) => leave(unit, &arrived, Leave::Stopped, message_id).await,
        None => Ok(false),
    }
}

/// Stops a survey whose invitation is not known to have arrived. If its call has not started, it is not sent; otherwise
/// the outcome of the call decides.
async fn stop_sending(unit: &mut Unit<'_>, loaded: &Loaded) -> store::Result<bool> {
    let now = unit.now;
    let row = &loaded.row;
    if row.message_id.is_some() {
        return refuse_sending(unit, loaded, None).await;
    }
    if unit.tx.give_up_invitation(row.id).await? {
        let mut stopped = row.clone();
        stopped.stopped_at = Some(now);
        arrival::never_arrived(unit, &stopped).await?;
    } else {
        unit.tx.mark_survey_stopped(row.id, now).await?;
    }
    Ok(true)
}

/// Refuses a survey whose invitation did arrive, although the reply to our call is missing or came too late.
pub(super) async fn refuse_sending(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    message_id: Option<MessageId>,
) -> store::Result<bool> {
    let now = unit.now;
    let survey = loaded.row.id;
    unit.tx.move_survey(survey, State::Sending, State::Sent, now)?;
    unit.tx.move_survey(survey, State::Sent, State::Refused, now)?;
    unit.tx.mark_survey_sent(survey, now, now, None).await?;
    finish(unit, loaded, Leave::OptedOut, message_id).await
}

async fn finish(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    how: Leave,
    message_id: Option<MessageId>,
) -> store::Result<bool> {
    let ctx = unit.ctx;
    unit.noted.ended.push(loaded.row.id);
    unit.tx.end_survey(loaded.row.id, unit.now).await?;
    repeat::overtake(&mut unit.tx, &loaded.row).await?;
    let completed = loaded.row.state()? == State::Completed;
    let view = match how {
        // Nobody is there to read it.
        Leave::Blocked => return Ok(true),
        _ if completed => loaded.with_view(ctx, &loaded.dialogue, closed),
        Leave::Stopped => {
            unit.tx.set_continue_until(loaded.row.id, unit.now.plus(CONTINUES_FOR)).await?;
            loaded.with_view(ctx, &loaded.dialogue, stopped)
        }
        Leave::OptedOut => loaded.with_view(ctx, &loaded.dialogue, |c, s| ended(c, s, Ended::Stopped)),
        Leave::Expired => loaded.with_view(ctx, &loaded.dialogue, |c, s| ended(c, s, Ended::Expired)),
    };
    enqueue_edit(unit, loaded, &view, message_id).await?;
    if loaded.reaches_alert_level(&loaded.dialogue) {
        unit.noted.moved.insert(loaded.row.id);
    }
    Ok(true)
}
