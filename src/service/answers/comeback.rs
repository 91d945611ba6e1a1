//! A person comes back with `/start` or with their link. They may have cleared the chat, which Telegram reports to
//! nobody. So the question that waits for them is shown again, below the reply to their message.

use super::{Loaded, below, repeat};
use crate::domain::ids::{PersonId, TopicId};
use crate::service::Unit;
use crate::store::repeats::Kind;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::survey::{Again, step_again};

/// The person's survey that waits for an answer, if there is one.
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

/// Shows the survey's question in a new message. The survey stays in its old message until the new one is known to have
/// arrived.
pub async fn show_below(unit: &mut Unit<'_>, loaded: &Loaded) -> store::Result<()> {
    let now = unit.now;
    let row = &loaded.row;
    let (Some(person), Some(shown)) = (row.person, row.message) else { return Ok(()) };
    let message = if repeat::is_waiting(&mut unit.tx, row).await? {
        // The message has not been sent yet. It is queued again, so that it comes last.
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
