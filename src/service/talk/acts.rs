//! What the talk does with the case itself.

use std::time::Duration;

use crate::config::ChatTopic;
use crate::domain::case::{Act, Effect, Next, Refusal, Rules, Status};
use crate::domain::happening::Happening;
use crate::domain::ids::PersonId;
use crate::service::{Unit, person};
use crate::store;
use crate::store::cases::{CaseRow, NewStep};

const RULES: Rules = Rules { reopen: Duration::from_hours(7 * 24) };

/// Decides an act and stores the case after it. A refused act changes nothing. `place` is where a lead acts.
pub(super) async fn act(
    unit: &mut Unit<'_>,
    row: &mut CaseRow,
    act: Act,
    place: Option<ChatTopic>,
) -> store::Result<Result<Next, Refusal>> {
    let next = match row.case.after(act, &RULES, unit.now) {
        Ok(next) => next,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (before, after) = (row.case, next.case);
    row.case = after;
    row.turn += 1;
    if next.effects.contains(&Effect::LeaveHome) {
        row.home = None;
    }
    let has_new_owner = after.status.owner().is_some() && after.status.owner() != before.status.owner();
    if let Some(place) = place.filter(|_| has_new_owner) {
        row.home = Some((place.chat, place.topic));
    }
    unit.tx.update_case(row).await?;
    if let Status::Taken(owner) = after.status
        && has_new_owner
    {
        step(unit, row, Happening::Taken, Some(owner), None).await?;
    }
    Ok(Ok(next))
}

/// Stores a case of which only times and facts changed.
pub(super) async fn store(unit: &mut Unit<'_>, row: &CaseRow) -> store::Result<()> {
    unit.tx.update_case(row).await
}

pub(super) async fn step(
    unit: &mut Unit<'_>,
    row: &CaseRow,
    happening: Happening,
    actor: Option<PersonId>,
    words: Option<&str>,
) -> store::Result<()> {
    let step = NewStep { actor, words, ..NewStep::of(happening) };
    unit.tx.append_case_step(row.number, step, unit.now).await
}

/// A member of staff as colleagues know them.
pub(super) async fn name(unit: &mut Unit<'_>, id: PersonId) -> store::Result<String> {
    let known = unit.tx.find_person(id).await?;
    Ok(known.and_then(|known| known.first_name).unwrap_or_else(|| id.to_string()))
}

/// The language of a person's own chat.
pub(super) async fn locale(unit: &mut Unit<'_>, id: PersonId) -> store::Result<&'static str> {
    let known = unit.tx.find_person(id).await?;
    Ok(known.map_or(unit.ctx.config.default_locale, |known| person::locale(unit.ctx, &known)))
}
