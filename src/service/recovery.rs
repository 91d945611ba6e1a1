//! The question after a resolved case: whether the solution helped. A script decides about it like about any other.

use crate::domain::script::{Script, Trigger};
use crate::service::{Unit, alerts};
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::recovery as view;

/// The slug of the shipped script.
const SHIPPED: &str = "recovery";
/// Set once the admins were told of the draft.
const OFFERED: &str = "recovery_offered";

/// Whether the admins are to be told of a draft that asks after resolved cases while no live script does. Earlier
/// versions of the program installed the script as a draft, because there were no cases.
pub async fn is_offer_due(tx: &mut Tx, ctx: &crate::service::Context) -> store::Result<bool> {
    let asks = |live: &crate::service::script_set::Live| live.script().on == Trigger::CaseResolved;
    Ok(!ctx.scripts.live().iter().any(asks)
        && tx.find_setting(OFFERED).await?.is_none()
        && tx.find_script_draft(SHIPPED).await?.is_some())
}

/// Tells the admins of the draft once, with a button that publishes it. While nobody can be told, nothing is done.
pub async fn offer(unit: &mut Unit<'_>) -> store::Result<()> {
    let Unit { ctx, now, .. } = *unit;
    if !is_offer_due(&mut unit.tx, ctx).await? {
        return Ok(());
    }
    let Some(draft) = unit.tx.find_script_draft(SHIPPED).await? else { return Ok(()) };
    let Ok(script) = Script::read_published(&draft.source, &ctx.config.languages) else { return Ok(()) };
    let admins = alerts::open_admins(&mut unit.tx, ctx, now).await?;
    if admins.is_empty() {
        return Ok(());
    }
    for (chat, locale) in admins {
        let title = script.title.get(&locale);
        let view = view::offer(&ctx.catalogue, &locale, SHIPPED, title, draft.revision);
        let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
        unit.tx.enqueue(&Outgoing::send(Lane::Answers, chat, payload), now).await?;
    }
    unit.tx.set_setting(OFFERED, &now.to_rfc3339()).await
}
