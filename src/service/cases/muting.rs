//! Muting: for a while, what somebody writes outside surveys is not passed on.

use std::time::Duration;

use crate::domain::happening::Happening;
use crate::domain::ids::PersonId;
use crate::domain::staff::Deed;
use crate::domain::time::Timestamp;
use crate::service::{Unit, staff_log};
use crate::store;
use crate::store::cases::{CaseRow, NewStep};

const MUTED: Duration = Duration::from_hours(30 * 24);

/// Mutes the person of a case. Returns until when; `None` if the person is erased.
pub(super) async fn mute(
    unit: &mut Unit<'_>,
    row: &CaseRow,
    by: PersonId,
) -> store::Result<Option<Timestamp>> {
    let Some(person) = row.person else { return Ok(None) };
    if let Some(until) = unit.tx.find_muted_until(person, unit.now).await? {
        return Ok(Some(until));
    }
    let until = unit.now.plus(MUTED);
    unit.tx.set_muted(person, Some((until, by))).await?;
    let step = NewStep { actor: Some(by), ..NewStep::of(Happening::Muted) };
    unit.tx.append_case_step(row.number, step, unit.now).await?;
    show_cases(unit, person).await?;
    let day = until.to_utc().with_timezone(&unit.ctx.zone()).date_naive().to_string();
    staff_log::detail(unit, Some(by), Deed::CaseMuted, Some(person), &day).await?;
    Ok(Some(until))
}

/// Undoes it.
pub async fn unmute(unit: &mut Unit<'_>, person: PersonId, by: PersonId) -> store::Result<()> {
    if !unit.tx.is_muted(person, unit.now).await? {
        return Ok(());
    }
    unit.tx.set_muted(person, None).await?;
    show_cases(unit, person).await?;
    staff_log::detail(unit, Some(by), Deed::CaseUnmuted, Some(person), "").await
}

/// A line and a button of the person's unresolved cases change.
async fn show_cases(unit: &mut Unit<'_>, person: PersonId) -> store::Result<()> {
    for row in unit.tx.list_cases_of(person).await? {
        if !row.case.status.is_resolved() {
            unit.noted.case(row.number);
        }
    }
    Ok(())
}
