//! What is kept of deliveries, which hold personal data: a hundred a hook, for a week.

use std::time::Duration;

use crate::service::{Context, Unit, erasing};
use crate::store::{self, Db};

/// How many deliveries a hook keeps with their content.
const KEPT: i64 = 100;
const KEPT_FOR: Duration = Duration::from_hours(7 * 24);
/// How many go in one transaction.
const PAGE: i64 = 100;

/// Forgets deliveries that were kept long enough. Returns how many; there may be more.
pub async fn age(db: &Db, ctx: &Context) -> store::Result<usize> {
    let before = ctx.clock.now().minus(KEPT_FOR);
    let aged = db.look().await?.list_aged_deliveries(before, KEPT, PAGE).await?;
    if aged.is_empty() {
        return Ok(0);
    }
    let mut unit = Unit::begin(db, ctx).await?;
    for (id, is_old) in &aged {
        erasing::take_back(&mut unit, *id).await?;
        if *is_old {
            unit.tx.delete_delivery(*id).await?;
        } else {
            unit.tx.empty_delivery(*id).await?;
        }
    }
    unit.commit().await?;
    Ok(aged.len())
}
