//! What the talk does with the case itself.

use crate::config::ChatTopic;
use crate::domain::case::{Act, Next, Refusal};
use crate::domain::happening::Happening;
use crate::domain::ids::PersonId;
use crate::service::{Unit, cases, person};
use crate::store;
use crate::store::cases::{CaseRow, NewStep};

/// Decides an act; `row` is the case after it. A refused act changes nothing. `place` is where a lead acts.
pub(super) async fn act(
    unit: &mut Unit<'_>,
    row: &mut CaseRow,
    act: Act,
    place: Option<ChatTopic>,
) -> store::Result<Result<Next, Refusal>> {
    let done = cases::act(unit, row.number, act, place).await?;
    if done.is_ok()
        && let Some(after) = unit.tx.find_case(row.number).await?
    {
        *row = after;
    }
    Ok(done)
}

/// Notes what somebody said, and has the posts say so.
pub(super) async fn step(
    unit: &mut Unit<'_>,
    row: &CaseRow,
    happening: Happening,
    actor: Option<PersonId>,
    words: Option<&str>,
) -> store::Result<()> {
    cases::show(unit, row.number);
    let step = NewStep { actor, words, ..NewStep::of(happening) };
    unit.tx.append_case_step(row.number, step, unit.now).await
}

/// The language of a person's own chat.
pub(super) async fn locale(unit: &mut Unit<'_>, id: PersonId) -> store::Result<&'static str> {
    let known = unit.tx.find_person(id).await?;
    Ok(known.map_or(unit.ctx.config.default_locale, |known| person::locale(unit.ctx, &known)))
}
