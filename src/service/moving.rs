//! A customer has a different chat now: a newer link was tapped elsewhere, or the phone number belongs to another
//! account.
//!
//! Everything that is still to be sent goes to the new chat automatically. A survey that nobody has touched moves too,
//! if the new chat has no open survey and its person may be asked. A survey that was started stays with the person who
//! started it, because nobody may read another person's answers.

use crate::domain::ids::{CustomerKey, PersonId};
use crate::domain::ledger::State;
use crate::domain::survey::Dialogue;
use crate::service::answers::{self, Loaded};
use crate::service::{Unit, person, roles};
use crate::store;

/// A customer who was linked to a new person, and the previous person.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    pub customer: CustomerKey,
    pub from: Option<PersonId>,
}

/// Moves a customer's surveys to the new person.
pub async fn follow(unit: &mut Unit<'_>, moved: Moved, to: PersonId) -> store::Result<()> {
    let Some(from) = moved.from.filter(|from| *from != to) else { return Ok(()) };
    for survey in unit.tx.list_open_surveys_of_customer(moved.customer, from).await? {
        if let Some(loaded) = Loaded::find(&mut unit.tx, unit.ctx, survey).await? {
            move_survey(unit, loaded, to).await?;
        }
    }
    Ok(())
}

async fn move_survey(unit: &mut Unit<'_>, loaded: Loaded, to: PersonId) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    let row = &loaded.row;
    match row.state()? {
        State::Sending if unit.tx.take_back_invitation(row.id).await? => {
            unit.tx.move_survey(row.id, State::Sending, State::Scheduled, now)?;
            unit.tx.release_survey(row.id, row.due_at.unwrap_or(now)).await
        }
        State::Sent if loaded.dialogue == Dialogue::begin() && loaded.takes_answers(now)? => {
            let Some(person) = unit.tx.find_person(to).await? else { return Ok(()) };
            let may_be_asked = row.test
                || person.opted_out_at.is_none()
                    && roles::role(&mut unit.tx, ctx, to).await?.is_none()
                    && !unit.tx.has_open_survey(to).await?;
            if !may_be_asked || person.unreachable.is_some() {
                return Ok(());
            }
            let tags = [&person.chosen_language, &person.language_code].map(Option::as_deref);
            let locale = person::asked_in(ctx, &loaded.published.script, tags);
            answers::show_elsewhere(unit, loaded, to, locale).await
        }
        _ => Ok(()),
    }
}
