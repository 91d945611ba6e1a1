//! Ends a survey before its last question: stopped by the customer, blocked, or expired.

use super::{Loaded, arrival, closed, ended, enqueue_edit, repeat};
use crate::domain::ledger::{PartialEnd, State, Unanswered};
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::store::{self, Tx};
use crate::view::survey::Ended;

/// Who or what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    Stopped,
    Blocked,
    Expired,
}

/// Ends whatever is open in a person's chat. False if nothing was.
pub async fn end_open(
    tx: &mut Tx,
    ctx: &Context,
    person: i64,
    how: Leave,
    now: Timestamp,
) -> store::Result<bool> {
    let mut any = false;
    for row in tx.list_open_surveys(person).await? {
        // One that is just being sent is ended by the outcome of its sending.
        if let Some(loaded) = Loaded::from_row(tx, ctx, row).await? {
            any |= leave(tx, ctx, &loaded, how, None, now).await?;
        }
    }
    Ok(any)
}

/// Ends what has had its time; at most `limit` in this transaction. How many there were.
pub async fn expire(tx: &mut Tx, ctx: &Context, limit: i64, now: Timestamp) -> store::Result<usize> {
    let rows = tx.list_expired_surveys(now, limit).await?;
    let count = rows.len();
    for row in rows {
        let (id, state) = (row.id, row.state()?);
        match Loaded::from_row(tx, ctx, row).await {
            Ok(Some(loaded)) => {
                leave(tx, ctx, &loaded, Leave::Expired, None, now).await?;
            }
            Ok(None) => expire_unread(tx, id, state, now).await?,
            Err(error) if !error.is_transient() => {
                tracing::error!(survey = id, %error, "an expired survey cannot be read; it ends, and stays as it is in its chat");
                expire_unread(tx, id, state, now).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// Ends a survey that cannot be shown any more: it is not to stand in front of those that can.
async fn expire_unread(tx: &mut Tx, id: i64, state: State, now: Timestamp) -> store::Result<()> {
    let end = match state {
        State::Started => State::Partial(PartialEnd::Expired),
        _ => State::Expired(Unanswered::Untouched),
    };
    tx.move_survey(id, state, end, now)?;
    tx.end_survey(id, now).await
}

/// Moves the ledger to its end and takes the keyboard away. False if there was nothing to end.
async fn leave(
    tx: &mut Tx,
    ctx: &Context,
    loaded: &Loaded,
    how: Leave,
    message_id: Option<i64>,
    now: Timestamp,
) -> store::Result<bool> {
    let row = &loaded.row;
    let state = row.state()?;
    let end = match (state, how) {
        (State::Sent, Leave::Stopped) => State::Refused,
        (State::Sent, Leave::Blocked) => State::Expired(Unanswered::Blocked),
        (State::Sent, Leave::Expired) => State::Expired(Unanswered::Untouched),
        (State::Started, Leave::Stopped) => State::Partial(PartialEnd::Stopped),
        (State::Started, Leave::Blocked) => State::Partial(PartialEnd::Blocked),
        (State::Started, Leave::Expired) => State::Partial(PartialEnd::Expired),
        (State::Sending, Leave::Stopped) => return stop_sending(tx, ctx, loaded, now).await,
        (State::Completed, _) => return finish(tx, ctx, loaded, how, message_id, now).await,
        _ => return Ok(false),
    };
    tx.move_survey(row.id, state, end, now)?;
    finish(tx, ctx, loaded, how, message_id, now).await
}

/// Stops a survey by one of its buttons: a tap proves that it arrived, though the reply to our call is not here yet.
pub(super) async fn stop_by_tap(
    tx: &mut Tx,
    ctx: &Context,
    loaded: &Loaded,
    message_id: Option<i64>,
    now: Timestamp,
) -> store::Result<bool> {
    if loaded.row.state()? == State::Sending {
        return refuse_sending(tx, ctx, loaded, message_id, now).await;
    }
    leave(tx, ctx, loaded, Leave::Stopped, message_id, now).await
}

/// Stops a survey whose invitation is not known to have arrived: one that is not under way is not sent any more, and of
/// one that is the outcome decides.
async fn stop_sending(tx: &mut Tx, ctx: &Context, loaded: &Loaded, now: Timestamp) -> store::Result<bool> {
    let row = &loaded.row;
    if row.message_id.is_some() {
        return refuse_sending(tx, ctx, loaded, None, now).await;
    }
    if tx.give_up_invitation(row.id).await? {
        let mut stopped = row.clone();
        stopped.stopped_at = Some(now);
        arrival::never_arrived(tx, ctx, &stopped, now).await?;
    } else {
        tx.mark_survey_stopped(row.id, now).await?;
    }
    Ok(true)
}

/// The invitation did arrive, though the reply to our call is not here or came too late.
pub(super) async fn refuse_sending(
    tx: &mut Tx,
    ctx: &Context,
    loaded: &Loaded,
    message_id: Option<i64>,
    now: Timestamp,
) -> store::Result<bool> {
    let survey = loaded.row.id;
    tx.move_survey(survey, State::Sending, State::Sent, now)?;
    tx.move_survey(survey, State::Sent, State::Refused, now)?;
    tx.mark_survey_sent(survey, now, now, None).await?;
    finish(tx, ctx, loaded, Leave::Stopped, message_id, now).await
}

async fn finish(
    tx: &mut Tx,
    ctx: &Context,
    loaded: &Loaded,
    how: Leave,
    message_id: Option<i64>,
    now: Timestamp,
) -> store::Result<bool> {
    tx.end_survey(loaded.row.id, now).await?;
    repeat::overtake(tx, &loaded.row).await?;
    let completed = loaded.row.state()? == State::Completed;
    let view = match how {
        // Nobody there to read it.
        Leave::Blocked => return Ok(true),
        _ if completed => loaded.with_view(ctx, &loaded.dialogue, closed),
        Leave::Stopped => loaded.with_view(ctx, &loaded.dialogue, |c, s| ended(c, s, Ended::Stopped)),
        Leave::Expired => loaded.with_view(ctx, &loaded.dialogue, |c, s| ended(c, s, Ended::Expired)),
    };
    enqueue_edit(tx, loaded, &view, message_id, now).await?;
    Ok(true)
}
