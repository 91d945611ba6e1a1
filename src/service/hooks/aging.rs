//! What is kept of deliveries, which hold personal data: a hundred a hook, for a week, and nothing of a customer who is
//! erased. A message in which `/hooks` shows one is edited when it goes.

use std::time::Duration;

use crate::service::{Context, Unit};
use crate::store::{self, Db, Lane, Outgoing, Payload};
use crate::view::hooks::gone;

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
        take_back(&mut unit, *id).await?;
        if *is_old {
            unit.tx.delete_delivery(*id).await?;
        } else {
            unit.tx.empty_delivery(*id).await?;
        }
    }
    unit.commit().await?;
    Ok(aged.len())
}

/// Forgets the deliveries of a customer who is erased. Returns how many.
pub async fn forget(unit: &mut Unit<'_>, customer: &str) -> store::Result<usize> {
    let deliveries = unit.tx.list_deliveries_of(customer).await?;
    for id in &deliveries {
        take_back(unit, *id).await?;
        unit.tx.empty_delivery(*id).await?;
        unit.tx.forget_delivery_event(*id).await?;
    }
    Ok(deliveries.len())
}

/// Edits the messages that show a delivery.
async fn take_back(unit: &mut Unit<'_>, delivery: i64) -> store::Result<()> {
    for shown in unit.tx.take_delivery_messages(delivery).await? {
        unit.tx.delete_outbox_of_message(shown.message).await?;
        let view = gone(&unit.ctx.catalogue, unit.ctx.config.default_locale);
        let payload = Payload::text(view.html.as_str());
        let edit = Outgoing::edit(Lane::CleanUp, shown.chat_id, shown.message, None, payload);
        unit.tx.enqueue(&edit, unit.now).await?;
    }
    Ok(())
}
