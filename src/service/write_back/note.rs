//! The note with a survey's answers, for the helpdesk.

use super::call;
use super::job::{Ready, Verdict};
use super::plan::ends_at;
use crate::domain::event::Event;
use crate::domain::write::On;
use crate::service::hooks::ways::Desk;
use crate::service::{Unit, alerts};
use crate::store;
use crate::store::write_backs::{WriteBack, WriteBackSurvey};

/// Makes the note, in the installation's language, once no more answers and words will come.
pub(super) async fn verdict(
    unit: &mut Unit<'_>,
    write_back: &WriteBack,
    row: &WriteBackSurvey,
    event: &Event,
) -> store::Result<Verdict> {
    let ctx = unit.ctx;
    if let Some(at) = ends_at(row, row.state()?, unit.now) {
        return Ok(Verdict::PutOff(at));
    }
    let desk = Desk::find(&mut unit.tx, ctx.config.helpdesk.as_ref(), row.hook.as_deref()).await?;
    let Some(desk) = desk.filter(|desk| desk.takes_note(&event.into()) && desk.is_at(&write_back.host))
    else {
        return Ok(Verdict::Skip("not_configured"));
    };
    let Some(text) = alerts::answers_in_words(unit, row.survey).await? else {
        return Ok(Verdict::Skip("no_answers"));
    };
    Ok(match call::call(&desk, On::Ended, event, &text, None) {
        Some(message) => Verdict::Send(Ready { message, recipient: None, token: None }),
        None => Verdict::Skip("not_configured"),
    })
}
