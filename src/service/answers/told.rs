//! The number of a case under the last text of its survey.

use super::{Loaded, enqueue_edit, last_words};
use crate::domain::ids::SurveyKey;
use crate::domain::survey::Step;
use crate::service::Unit;
use crate::store;
use crate::view::survey::step;

/// Whether the survey's last text stands in its message, or is on its way there. While the customer is still being
/// asked, or the text is on its way to another message, it does not.
pub async fn last_text_stands(unit: &mut Unit<'_>, survey: SurveyKey) -> store::Result<bool> {
    let Some(loaded) = Loaded::find_readable(unit, survey).await? else { return Ok(false) };
    let is_over = loaded.dialogue.step == Step::End || !loaded.takes_answers(unit.now)?;
    Ok(is_over && loaded.row.message.is_some() && loaded.row.repeat.is_none() && loaded.row.person.is_some())
}

/// Shows the last text of a survey again: its case is to be told under it.
pub async fn show_case(unit: &mut Unit<'_>, survey: SurveyKey) -> store::Result<()> {
    let Some(loaded) = Loaded::find_readable(unit, survey).await? else { return Ok(()) };
    let view = if loaded.takes_answers(unit.now)? {
        loaded.with_view(unit.ctx, &loaded.dialogue, step)
    } else {
        last_words(unit, &loaded)
    };
    enqueue_edit(unit, &loaded, &view, None).await
}
