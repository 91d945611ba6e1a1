//! Keeps what is shown under finished surveys true. The invitation to write more goes when words are no longer
//! accepted; a button goes when it no longer works. Nobody waits for these edits, so they are sent after everything
//! else.

use super::{Loaded, enqueue_edit_in, last_words};
use crate::domain::ids::{PersonId, SurveyKey};
use crate::domain::survey::Step;
use crate::service::Unit;
use crate::store::{self, Lane};
use crate::view::survey::step;

/// Ends completed surveys whose customer has said nothing more for a while, at most `limit` in this transaction.
/// Returns how many there were.
pub async fn close_quiet(unit: &mut Unit<'_>, limit: i64) -> store::Result<usize> {
    let closed = unit.tx.close_quiet_surveys(unit.now, limit).await?;
    unit.noted.ended.extend(&closed);
    for survey in unit.tx.list_worded(&closed).await? {
        if let Some(loaded) = Loaded::find_readable(unit, survey).await?
            && loaded.dialogue.step == Step::End
        {
            let view = loaded.with_view(unit.ctx, &loaded.dialogue, step);
            enqueue_edit_in(unit, Lane::CleanUp, &loaded, &view, None).await?;
        }
    }
    Ok(closed.len())
}

/// Removes the buttons whose time is up, at most `limit` of each kind in this transaction. Returns how many there were.
pub async fn take_buttons_away(unit: &mut Unit<'_>, limit: i64) -> store::Result<usize> {
    let mut over = unit.tx.end_changing(unit.now, limit).await?;
    over.extend(unit.tx.end_continuing(unit.now, limit).await?);
    show_last_words(unit, &over).await?;
    Ok(over.len())
}

/// Removes the option to continue from the surveys that a person has stopped.
pub(super) async fn end_continuing_of(unit: &mut Unit<'_>, person: PersonId) -> store::Result<()> {
    let over = unit.tx.end_continuing_of(person).await?;
    show_last_words(unit, &over).await
}

async fn show_last_words(unit: &mut Unit<'_>, over: &[SurveyKey]) -> store::Result<()> {
    for survey in over {
        if let Some(loaded) = Loaded::find_readable(unit, *survey).await? {
            let view = last_words(unit, &loaded);
            enqueue_edit_in(unit, Lane::CleanUp, &loaded, &view, None).await?;
        }
    }
    Ok(())
}
