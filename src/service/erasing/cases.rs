//! The cases of people who are erased: they are resolved, and their owners are told.

use super::posted::Posted;
use crate::domain::case::Act;
use crate::domain::ids::{CaseNumber, CustomerKey};
use crate::domain::schedule::day_of;
use crate::service::{Unit, cases, person};
use crate::store;
use crate::store::erasing::Erased;
use crate::view::View;

/// Resolves a case because its customer is erased, and removes everything that says who it was.
pub(super) async fn erase(
    unit: &mut Unit<'_>,
    number: CaseNumber,
    nobody: CustomerKey,
    posted: &mut Posted,
) -> store::Result<Erased> {
    let owner = unit.tx.find_case(number).await?.and_then(|row| row.case.status.owner());
    let _ = cases::act(unit, number, Act::CustomerErased, None).await?;
    let Some(row) = unit.tx.find_case(number).await?.filter(|row| row.person.is_some()) else {
        return Ok(Erased::default());
    };
    let taken_back = posted.take_back_case(unit, number).await?;
    let zone = unit.ctx.zone();
    unit.tx.erase_case(row, nobody, &move |at| day_of(at, zone)).await?;
    let Some(owner) = owner else { return Ok(taken_back) };
    let ctx = unit.ctx;
    let reader = unit.tx.find_person(owner).await?;
    if let Some(reader) = reader.filter(|owner| owner.started_at.is_some() && owner.unreachable.is_none()) {
        let values = [("n", number.to_string().into())];
        let text = ctx.catalogue.with(person::locale(ctx, &reader), "case-customer-erased", &values);
        person::say(unit, owner, &View::text(text)).await?;
    }
    Ok(taken_back)
}
