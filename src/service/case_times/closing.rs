//! What follows when a case is resolved: the customer is told, is asked later whether the solution helped, and surveys
//! that waited for the end of the talk go on.

use crate::domain::case::{Cause, Status};
use crate::domain::ids::CaseNumber;
use crate::service::cases::promise::{next_allowed, reader};
use crate::service::{Unit, held_surveys, person, recovery};
use crate::store;
use crate::store::cases::{CaseRow, Untold};
use crate::view::View;
use crate::view::deadlines as view;

/// A case was resolved.
pub async fn closed(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<()> {
    let Some(row) = unit.tx.find_case(number).await? else { return Ok(()) };
    let Status::Resolved(cause) = row.case.status else { return Ok(()) };
    let asks = recovery::ask(unit, &row, cause).await?;
    held_surveys::let_go(unit, row.number, asks).await?;
    if is_told(&row, cause) {
        let closing_at = Some(next_allowed(unit, row.number).await?);
        unit.tx.set_untold(row.number, Untold { closing_at, tell_at: None }).await?;
        tell_if_due(unit, row.number).await?;
    }
    Ok(())
}

/// The customer is told if they had been told of the case, had written, or had been written to.
fn is_told(row: &CaseRow, cause: Cause) -> bool {
    let is_silent = matches!(cause, Cause::Corrected | Cause::Erased | Cause::Test | Cause::NoReplyNeeded);
    let knows = row.told.told_at.is_some() || row.last_in_at.is_some() || row.last_out_at.is_some();
    knows && !is_silent && !row.case.erased
}

/// Tells the customer that the case is resolved, if the time for that has come.
pub(super) async fn tell_if_due(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    let untold = unit.tx.find_untold(number).await?;
    if untold.closing_at.is_none_or(|at| now < at) {
        return Ok(());
    }
    let Some(row) = unit.tx.find_case(number).await? else { return Ok(()) };
    if let (Status::Resolved(cause), Some(person)) = (row.case.status, reader(unit, &row).await?) {
        let text = view::closed(&ctx.catalogue, person::locale(ctx, &person), number, cause);
        person::say(unit, person.id, &View::text(text)).await?;
    }
    unit.tx.set_untold(number, Untold { closing_at: None, ..untold }).await?;
    unit.noted.case(number);
    Ok(())
}
