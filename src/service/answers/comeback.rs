//! Somebody comes back with `/start` or with their link and may have cleared the chat, of which Telegram tells nobody: the
//! question that waits for them is shown once more, below what they are answered.

use super::{Loaded, repeat};
use crate::domain::ids::{MessageKey, PersonId, SurveyKey, TopicId};
use crate::service::Unit;
use crate::store::repeats::Kind;
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::survey::{Again, step_again};

/// The survey of a person that waits for an answer of theirs, if there is one.
pub async fn open_question(unit: &mut Unit<'_>, person: PersonId) -> store::Result<Option<Loaded>> {
    match unit.tx.find_open_question(person, unit.now).await? {
        Some(row) => Loaded::from_row(&mut unit.tx, unit.ctx, row).await,
        None => Ok(None),
    }
}

/// Shows its question in a new message. Until that is known to be there the survey stays where it is.
pub async fn show_below(unit: &mut Unit<'_>, loaded: &Loaded) -> store::Result<()> {
    let now = unit.now;
    let row = &loaded.row;
    let (Some(person), Some(shown)) = (row.person, row.message) else { return Ok(()) };
    let message = if repeat::is_waiting(&mut unit.tx, row).await? {
        // It was not sent yet, and comes last now.
        if !unit.tx.take_back_message(shown).await? {
            return Ok(());
        }
        shown
    } else {
        if !is_free(&mut unit.tx, row.id, row.repeat).await? {
            return Ok(());
        }
        let message = unit.tx.insert_message(person.chat(), TopicId::NONE).await?;
        unit.tx.claim_repeat(row.id, Kind::Shown, message, now).await?;
        message
    };
    let view = loaded.with_view(unit.ctx, &loaded.dialogue, |catalogue, survey| {
        step_again(catalogue, survey, Again::Comeback)
    });
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    unit.tx
        .enqueue(&Outgoing::send(Lane::Answers, person.chat(), payload).message(message).survey(row.id), now)
        .await
}

/// Whether the step is not on its way once more already. What no call was made for makes room.
async fn is_free(tx: &mut Tx, survey: SurveyKey, on_its_way: Option<MessageKey>) -> store::Result<bool> {
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
        // Nobody knows whether it arrived; it must not keep the question away for ever.
        _ => {}
    }
    tx.drop_repeat(survey).await?;
    Ok(true)
}
