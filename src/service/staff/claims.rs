//! The link whose first tap makes the first admin, and another one where the operator asks for it.

use std::time::Duration;

use super::invites::Made;
use super::{Role, admins, deep_link, invites};
use crate::service::Unit;
use crate::store;
use crate::store::staff::NewInvite;

/// Somebody who sees the terminal or the log later finds a link that is worth nothing.
const LIFE: Duration = Duration::from_hours(24);

/// While there has never been an admin: the link whose first tap makes one. The same link while it lives and nobody has
/// used it.
pub async fn claim_link(unit: &mut Unit<'_>) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    if unit.tx.find_first_admin_at().await?.is_some() || !admins(&mut unit.tx, ctx).await?.is_empty() {
        return Ok(None);
    }
    match unit.tx.find_claim_invite(unit.now).await? {
        Some(token) => Ok(Some(deep_link(ctx, &token))),
        None => Ok(Some(make(unit, false).await?.link)),
    }
}

/// A new link in place of those that were made before, for an operator who asks for it. It serves beside the admins
/// there are: they may have lost their accounts.
pub async fn claim(unit: &mut Unit<'_>) -> store::Result<Made> {
    let beside_admins = !admins(&mut unit.tx, unit.ctx).await?.is_empty();
    unit.tx.spend_claim_invites(true, unit.now).await?;
    let made = make(unit, beside_admins).await?;
    invites::note_made(unit, None, Role::Admin).await?;
    Ok(made)
}

async fn make(unit: &mut Unit<'_>, beside_admins: bool) -> store::Result<Made> {
    let Unit { ctx, now, .. } = *unit;
    let (token, expires_at) = (ctx.entropy.token(), now.plus(LIFE));
    let role = Role::Admin.as_str();
    let invite = NewInvite { token: &token, role, created_by: None, beside_admins, expires_at };
    let id = unit.tx.insert_invite(invite, now).await?;
    Ok(Made { id, link: deep_link(ctx, &token), expires_at })
}

/// Somebody is an admin now: every link that waited for one is worth nothing, for good.
pub(super) async fn end(unit: &mut Unit<'_>) -> store::Result<()> {
    let now = unit.now;
    unit.tx.note_first_admin(now).await?;
    unit.tx.spend_claim_invites(true, now).await
}

/// The environment may name an admin now: the links of the time when there was none end.
pub(super) async fn end_at_start(unit: &mut Unit<'_>) -> store::Result<()> {
    let now = unit.now;
    if admins(&mut unit.tx, unit.ctx).await?.is_empty() {
        return Ok(());
    }
    unit.tx.note_first_admin(now).await?;
    unit.tx.spend_claim_invites(false, now).await
}
