//! The link whose first tap makes the first admin, and another one that an operator can ask for.

use std::time::Duration;

use super::invites::Made;
use super::{Role, admins, deep_link, invites};
use crate::service::Unit;
use crate::store;
use crate::store::staff::NewInvite;

/// How long a link lives, so that somebody who sees the terminal or the log later finds a worthless link.
const LIFE: Duration = Duration::from_hours(24);

/// The link whose first tap makes the first admin. It stays the same until it expires or is used. Returns `None` once
/// there has been an admin.
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

/// Makes a new link for an operator who asks for it, replacing earlier ones. It works even if there are admins, because
/// they may have lost their accounts.
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

/// There is an admin now, so every link that waited for one becomes invalid for good.
pub(super) async fn end(unit: &mut Unit<'_>) -> store::Result<()> {
    let now = unit.now;
    unit.tx.note_first_admin(now).await?;
    unit.tx.spend_claim_invites(true, now).await
}

/// The environment may name an admin now. If there is one, the links made while there was none become invalid.
pub(super) async fn end_at_start(unit: &mut Unit<'_>) -> store::Result<()> {
    let now = unit.now;
    if admins(&mut unit.tx, unit.ctx).await?.is_empty() {
        return Ok(());
    }
    unit.tx.note_first_admin(now).await?;
    unit.tx.spend_claim_invites(false, now).await
}
