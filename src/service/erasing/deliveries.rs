//! What hooks received about somebody. A message in which `/hooks` shows a delivery is edited when it goes.

use crate::service::Unit;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::hooks::gone;

/// Forgets the deliveries of a customer who is erased. Returns how many.
pub(super) async fn forget(unit: &mut Unit<'_>, customer: &str) -> store::Result<usize> {
    let deliveries = unit.tx.list_deliveries_of(customer).await?;
    for id in &deliveries {
        take_back(unit, *id).await?;
        unit.tx.empty_delivery(*id).await?;
        unit.tx.forget_delivery_event(*id).await?;
    }
    Ok(deliveries.len())
}

/// Edits the messages that show a delivery.
pub async fn take_back(unit: &mut Unit<'_>, delivery: i64) -> store::Result<()> {
    for shown in unit.tx.take_delivery_messages(delivery).await? {
        unit.tx.delete_outbox_of_message(shown.message).await?;
        let view = gone(&unit.ctx.catalogue, unit.ctx.config.default_locale);
        let payload = Payload::text(view.html.as_str());
        let edit = Outgoing::edit(Lane::CleanUp, shown.chat_id, shown.message, None, payload);
        unit.tx.enqueue(&edit, unit.now).await?;
    }
    Ok(())
}
