//! The note with a survey's answers, for the helpdesk.

use super::call;
use super::job::{Ready, Verdict};
use crate::domain::event::Event;
use crate::service::{Unit, alerts};
use crate::store;
use crate::store::write_backs::WriteBack;

/// Makes the note, in the installation's language.
pub(super) async fn verdict(
    unit: &mut Unit<'_>,
    write_back: &WriteBack,
    event: &Event,
) -> store::Result<Verdict> {
    let ctx = unit.ctx;
    let Some(desk) = ctx.config.helpdesk.as_ref().filter(|desk| desk.notes) else {
        return Ok(Verdict::Skip("not_configured"));
    };
    let Some(text) = alerts::answers_in_words(unit, write_back.survey).await? else {
        return Ok(Verdict::Skip("no_answers"));
    };
    Ok(match call::note(desk, event, &text) {
        Some(message) => Verdict::Send(Ready { message, recipient: None, token: None }),
        None => Verdict::Skip("not_configured"),
    })
}
