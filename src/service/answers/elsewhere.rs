//! Shows an open survey in another language or in another chat.

use super::{Loaded, enqueue_edit, repeat};
use crate::domain::ids::{PersonId, TopicId};
use crate::domain::ledger::State;
use crate::service::Unit;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::survey::{Ended, ended, step};

/// Sets the language of all surveys of this person from now on. Open surveys change at once.
pub async fn speak(unit: &mut Unit<'_>, person: PersonId, locale: &str) -> store::Result<()> {
    let ctx = unit.ctx;
    unit.tx.set_survey_language(person, locale).await?;
    for row in unit.tx.list_open_surveys(person).await? {
        if let Some(loaded) = Loaded::from_row(&mut unit.tx, ctx, row).await?
            && matches!(loaded.row.state()?, State::Sending | State::Sent | State::Started | State::Completed)
        {
            let view = loaded.with_view(ctx, &loaded.dialogue, step);
            enqueue_edit(unit, &loaded, &view, None).await?;
        }
    }
    Ok(())
}

/// Moves an untouched survey to another person's chat. The former message says that it moved.
pub async fn show_elsewhere(
    unit: &mut Unit<'_>,
    loaded: Loaded,
    to: PersonId,
    locale: &str,
) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    repeat::overtake(&mut unit.tx, &loaded.row).await?;
    let moved = loaded.with_view(ctx, &loaded.dialogue, |c, s| ended(c, s, Ended::Moved));
    enqueue_edit(unit, &loaded, &moved, None).await?;
    let message = unit.tx.insert_message(to.chat(), TopicId::NONE).await?;
    unit.tx.move_survey_to(loaded.row.id, to, message, locale, now).await?;
    let there = loaded.in_language(ctx, locale);
    let view = there.with_view(ctx, &there.dialogue, step);
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    let send = Outgoing::send(Lane::Answers, to.chat(), payload).message(message).survey(there.row.id);
    unit.tx.enqueue(&send, now).await?;
    Ok(())
}
