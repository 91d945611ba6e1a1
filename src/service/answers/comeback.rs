//! Somebody comes back with `/start` or with their link and may have cleared the chat, of which Telegram tells nobody: the
//! question that waits for them is shown once more, below what they are answered.

use super::{Loaded, below, repeat};
use crate::domain::ids::{PersonId, TopicId};
use crate::service::Unit;
use crate::store::repeats::Kind;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::survey::{Again, step_again};

/// The survey of a person that waits for an answer of theirs, if there is one.
pub async fn open_question(unit: &mut Unit<'_>, person: PersonId) -> store::Result<Option<Loaded>> {
    let Some(row) = unit.tx.find_open_question(person, unit.now).await? else { return Ok(None) };
    let has_just_written = row.go_on_at.is_some();
    let Some(loaded) = Loaded::from_row(&mut unit.tx, unit.ctx, row).await? else { return Ok(None) };
    if !has_just_written {
        return Ok(Some(loaded));
    }
    below::go_on_or_wait(unit, &loaded).await?;
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
        if !repeat::is_free(&mut unit.tx, row.id, row.repeat).await? {
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
