//! Shows the current step again in a new message below: as a reminder, after an outage of ours that may have lost a
//! tap, or for somebody who comes back. An edit would not do: it makes no sound, and with the same content it changes
//! nothing.
//!
//! The survey stays in its old message until the new one is known to have arrived. Then the old one loses its buttons.
//! Both carry the same turn, so until then a tap on either one counts.

use std::time::Duration;

use super::{Loaded, Tap, enqueue_edit, last_words};
use crate::domain::ids::{MessageId, MessageKey, PersonId, SurveyKey, TopicId};
use crate::domain::ledger::State;
use crate::domain::schedule::{allowed_through, first_allowed};
use crate::domain::survey::Dialogue;
use crate::domain::time::Timestamp;
use crate::service::{Unit, held_surveys, roles};
use crate::store::repeats::Kind;
use crate::store::surveys::SurveyRow;
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::survey::{Again, left_behind, step, step_again};

/// A person who taps within this time after an outage need not be told of it.
const AFTER_SILENCE: Duration = Duration::from_secs(10);

/// Repeats the steps that are due to be shown again, at most `limit` in this transaction. Returns how many surveys it
/// handled.
pub async fn repeat_due(unit: &mut Unit<'_>, limit: i64) -> store::Result<usize> {
    let due = unit.tx.list_due_repeats(unit.now, limit).await?;
    for (survey, kind) in &due {
        match Loaded::find_readable(unit, *survey).await? {
            Some(loaded) => send_or_put_off(unit, &loaded, *kind).await?,
            None => put_off(&mut unit.tx, *survey, *kind, None).await?,
        }
    }
    Ok(due.len())
}

/// The program did not ask Telegram for updates for longer than Telegram keeps taps, so everything open is shown again,
/// once. This only records that, however much it is; [`show_again_next`] does the work.
pub async fn show_again_after_silence(unit: &mut Unit<'_>) -> store::Result<()> {
    unit.tx.begin_showing_again(unit.now).await
}

/// Schedules the next surveys, about `limit`, to be shown again after an outage. Returns `None` when all are done.
pub async fn show_again_next(unit: &mut Unit<'_>, limit: i64) -> store::Result<Option<u64>> {
    unit.tx.show_open_surveys_again(unit.now, AFTER_SILENCE, limit).await
}

async fn send_or_put_off(unit: &mut Unit<'_>, loaded: &Loaded, kind: Kind) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    let survey = loaded.row.id;
    let Some(person) = wanted_by(unit, loaded, kind).await? else {
        return put_off(&mut unit.tx, survey, kind, None).await;
    };
    if kind == Kind::Reminder
        && let Some(held) = held_surveys::holding(&mut unit.tx, person, now).await?
    {
        let until =
            loaded.row.expires_at.is_none_or(|expires_at| held.until < expires_at).then_some(held.until);
        return put_off(&mut unit.tx, survey, kind, until).await;
    }
    let sending = loaded.published.script.send.resolve(&ctx.config.sending);
    let zone = loaded.zone(ctx);
    let last = loaded.row.expires_at.map_or(now, |expires_at| expires_at.plus_millis(-1));
    match first_allowed(now, last, &sending, zone) {
        Some(at) if at == now => {
            let not_after = allowed_through(now, last, &sending, zone);
            send(unit, loaded, kind, person, not_after).await
        }
        at => put_off(&mut unit.tx, survey, kind, at).await,
    }
}

/// The person who should see the step again, if anybody should.
async fn wanted_by(unit: &mut Unit<'_>, loaded: &Loaded, kind: Kind) -> store::Result<Option<PersonId>> {
    let ctx = unit.ctx;
    let row = &loaded.row;
    let open = matches!(row.state()?, State::Sent | State::Started) && loaded.takes_answers(unit.now)?;
    // One repeat in progress is enough, and a message that was not sent yet need not be sent twice.
    let shown = row.message.is_some() && !is_waiting(&mut unit.tx, row).await?;
    let Some(person) = row.person.filter(|_| open && shown && row.repeat.is_none()) else { return Ok(None) };
    let reachable = unit.tx.find_person(person).await?.is_some_and(|person| person.unreachable.is_none());
    let wanted = match kind {
        Kind::Reminder => {
            let paused = ctx.scripts.find(&loaded.published.script.slug).is_none_or(|live| live.paused);
            is_untouched(loaded)?
                && !row.test
                && !paused
                && roles::role(&mut unit.tx, ctx, person).await?.is_none()
        }
        Kind::Shown | Kind::Late => true,
    };
    Ok(Some(person).filter(|_| wanted && reachable))
}

/// Whether no call has been made yet for the message that the survey lives in.
pub(super) async fn is_waiting(tx: &mut Tx, row: &SurveyRow) -> store::Result<bool> {
    match row.message.filter(|_| row.message_id.is_none()) {
        Some(message) => tx.is_unsent(message).await,
        None => Ok(false),
    }
}

fn is_untouched(loaded: &Loaded) -> store::Result<bool> {
    Ok(loaded.row.state()? == State::Sent && loaded.dialogue == Dialogue::begin())
}

async fn put_off(tx: &mut Tx, survey: SurveyKey, kind: Kind, at: Option<Timestamp>) -> store::Result<()> {
    match kind {
        Kind::Reminder => tx.set_remind_at(survey, at).await,
        Kind::Shown | Kind::Late => tx.set_show_again_at(survey, at).await,
    }
}

async fn send(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    kind: Kind,
    person: PersonId,
    not_after: Timestamp,
) -> store::Result<()> {
    let now = unit.now;
    let survey = loaded.row.id;
    let message = unit.tx.insert_message(person.chat(), TopicId::NONE).await?;
    unit.tx.claim_repeat(survey, kind, message, now).await?;
    let why = if kind == Kind::Reminder { Again::Reminder } else { Again::Silence };
    let view =
        loaded.with_view(unit.ctx, &loaded.dialogue, |catalogue, survey| step_again(catalogue, survey, why));
    let mut payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    // The outage was our fault and no reason to disturb anybody.
    payload.silent = kind != Kind::Reminder;
    let mut row = Outgoing::send(Lane::Surveys, person.chat(), payload).message(message).survey(survey);
    row.not_after = Some(not_after);
    unit.tx.enqueue(&row, now).await?;
    Ok(())
}

/// A message of a survey was delivered. If it repeats the step, the survey continues in it.
pub async fn arrived(unit: &mut Unit<'_>, survey: SurveyKey, message: MessageKey) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    let Some(kind) = unit.tx.find_repeat(survey, message).await? else { return Ok(()) };
    // Without a message ID, nobody knows whether it arrived. A tap will tell.
    let Some(message_id) = unit.tx.find_message_id(message).await? else { return Ok(()) };
    let Some(loaded) = Loaded::find(&mut unit.tx, ctx, survey).await? else { return Ok(()) };
    // The question for words remains after a completed survey has ended.
    let is_asking = loaded.row.ended_at.is_none() || loaded.dialogue.step.question().is_some();
    let open = loaded.takes_answers(now)? && is_asking;
    let is_last = loaded.row.message_id.is_some_and(|before| before < message_id);
    let view = match kind {
        _ if !open => last_words(unit, &loaded),
        Kind::Reminder | Kind::Shown => return adopt(unit, &loaded).await,
        Kind::Late if is_last => {
            adopt(unit, &loaded).await?;
            loaded.with_view(ctx, &loaded.dialogue, step)
        }
        // This is a copy of a message that already stands below it.
        Kind::Late => {
            unit.tx.drop_repeat(survey).await?;
            return take_away(unit, &loaded, (message, message_id)).await;
        }
    };
    unit.tx.drop_repeat(survey).await?;
    let Some(person) = loaded.row.person else { return Ok(()) };
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    unit.tx
        .enqueue(&Outgoing::edit(Lane::Answers, person.chat(), message, None, payload).survey(survey), now)
        .await?;
    Ok(())
}

/// Continues the survey in the repeated message. The previous message loses its buttons; if the customer's words stand
/// between the two, it is deleted.
async fn adopt(unit: &mut Unit<'_>, loaded: &Loaded) -> store::Result<()> {
    let words = unit.tx.find_latest_words(loaded.row.id).await?;
    match loaded.row.message.zip(loaded.row.message_id) {
        Some(old) if words.is_some_and(|words| old.1 < words) => take_away(unit, loaded, old).await?,
        _ => {
            let old = loaded.with_view(unit.ctx, &loaded.dialogue, left_behind);
            enqueue_edit(unit, loaded, &old, None).await?;
        }
    }
    unit.tx.adopt_repeat(loaded.row.id).await
}

/// Deletes a message that shows the same as a newer one. If it is too old to be deleted, it loses its buttons.
pub(super) async fn take_away(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    (message, message_id): (MessageKey, MessageId),
) -> store::Result<()> {
    let Some(person) = loaded.row.person else { return Ok(()) };
    let old = loaded.with_view(unit.ctx, &loaded.dialogue, left_behind);
    let delete =
        Outgoing::delete(Lane::Answers, person.chat(), Some(message_id), Payload::text(old.html.as_str()));
    unit.tx.enqueue(&delete.message(message).survey(loaded.row.id), unit.now).await
}

/// A tap may show that the repeated message arrived before the reply to our call does.
pub(super) async fn recognise(unit: &mut Unit<'_>, loaded: &mut Loaded, tap: &Tap) -> store::Result<()> {
    let tapped = tap.message_id.filter(|tapped| loaded.row.message_id.is_some_and(|known| known != *tapped));
    let repeat = loaded.row.repeat.filter(|_| tap.turn == loaded.dialogue.turn);
    let (Some(repeat), Some(tapped)) = (repeat, tapped) else { return Ok(()) };
    adopt(unit, loaded).await?;
    unit.tx.set_message_id(repeat, tapped).await?;
    loaded.row.message = Some(repeat);
    loaded.row.message_id = Some(tapped);
    loaded.row.repeat = None;
    Ok(())
}

/// The customer acted first. A repeat in progress is withdrawn or, if it is too late for that, edited on arrival to
/// show the then current state.
pub(super) async fn overtake(tx: &mut Tx, row: &SurveyRow) -> store::Result<()> {
    let Some(message) = row.repeat else { return Ok(()) };
    if tx.take_back_message(message).await? {
        tx.drop_repeat(row.id).await
    } else {
        tx.set_repeat_late(row.id).await
    }
}

/// The message's sending window ended before the call was made, so the repeat is decided on again.
pub async fn given_back(unit: &mut Unit<'_>, survey: SurveyKey, message: MessageKey) -> store::Result<()> {
    let Some(kind) = unit.tx.find_repeat(survey, message).await? else { return Ok(()) };
    unit.tx.drop_repeat(survey).await?;
    if kind == Kind::Reminder {
        unit.tx.forget_reminder(survey).await?;
    }
    if kind == Kind::Late { Ok(()) } else { put_off(&mut unit.tx, survey, kind, Some(unit.now)).await }
}

/// Telegram refuses the message, so the survey stays where it is.
pub async fn refused(tx: &mut Tx, survey: SurveyKey, message: MessageKey) -> store::Result<()> {
    match tx.find_repeat(survey, message).await? {
        Some(Kind::Reminder) => {
            tx.drop_repeat(survey).await?;
            tx.forget_reminder(survey).await
        }
        Some(_) => tx.drop_repeat(survey).await,
        None => Ok(()),
    }
}

/// Whether the step may be shown again because no other repeat is in progress. A repeat for which no call was made yet
/// is withdrawn to make room.
pub(super) async fn is_free(
    tx: &mut Tx,
    survey: SurveyKey,
    on_its_way: Option<MessageKey>,
) -> store::Result<bool> {
    let Some(message) = on_its_way else { return Ok(true) };
    match tx.find_attempts(message).await? {
        Some(0) => {
            let is_reminder = tx.find_repeat(survey, message).await? == Some(Kind::Reminder);
            if !tx.take_back_message(message).await? {
                return Ok(false);
            }
            if is_reminder {
                tx.forget_reminder(survey).await?;
            }
        }
        Some(1) => return Ok(false),
        // Nobody knows whether it arrived. It must not block the question for ever.
        _ => {}
    }
    tx.drop_repeat(survey).await?;
    Ok(true)
}
