//! *Continue* under a survey that was stopped with its button.

use std::time::Duration;

use super::{Loaded, Tap, show_step, show_step_again, show_that_it_is_over};
use crate::domain::ledger::{PartialEnd, State};
use crate::service::Unit;
use crate::store;

/// How long after the stop a survey can be continued.
pub(super) const CONTINUES_FOR: Duration = Duration::from_mins(15);

/// Reopens the survey, unless its person has opted out or has another survey open.
pub(super) async fn by_tap(
    unit: &mut Unit<'_>,
    loaded: &Loaded,
    tap: &Tap,
) -> store::Result<Option<&'static str>> {
    let now = unit.now;
    let row = &loaded.row;
    let state = row.state()?;
    let before = match state {
        State::Refused => State::Sent,
        State::Partial(PartialEnd::Stopped) => State::Started,
        // This is a second tap.
        _ if loaded.takes_answers(now)? => {
            show_step_again(unit, loaded, tap).await?;
            return Ok(None);
        }
        _ => {
            show_that_it_is_over(unit, loaded, tap).await?;
            return Ok(Some("survey-toast-over"));
        }
    };
    let in_time = row.continue_until.is_some_and(|until| now < until)
        && row.expires_at.is_some_and(|expires_at| now < expires_at);
    let person = unit.tx.find_person(tap.person).await?;
    if !in_time || person.is_none_or(|person| person.opted_out_at.is_some()) {
        show_that_it_is_over(unit, loaded, tap).await?;
        return Ok(Some("survey-toast-over"));
    }
    if !row.test && unit.tx.has_open_survey(tap.person).await? {
        return Ok(Some("survey-toast-other-open"));
    }
    unit.tx.move_survey(row.id, state, before, now)?;
    unit.tx.reopen_survey(row.id).await?;
    if let (Some(message), Some(tapped)) = (row.message, tap.message_id) {
        unit.tx.set_message_id(message, tapped).await?;
    }
    show_step(unit, loaded, &loaded.dialogue, tap.message_id).await?;
    Ok(None)
}
