//! The link whose first tap makes the first admin, and another one where the operator asks for it.

use std::time::Duration;

use super::invites::Made;
use super::{Role, admins, deep_link, invites};
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::store::staff::NewInvite;
use crate::store::{self, Tx};

/// Whoever sees the terminal or the log later finds a link that is worth nothing.
const LIFE: Duration = Duration::from_hours(24);

/// While there has never been an admin: the link whose first tap makes one. The same link while it lives and nobody has
/// used it.
pub async fn claim_link(tx: &mut Tx, ctx: &Context, now: Timestamp) -> store::Result<Option<String>> {
    if tx.find_first_admin_at().await?.is_some() || !admins(tx, ctx).await?.is_empty() {
        return Ok(None);
    }
    match tx.find_claim_invite(now).await? {
        Some(token) => Ok(Some(deep_link(ctx, &token))),
        None => Ok(Some(make(tx, ctx, false, now).await?.link)),
    }
}

/// A new link in place of those that were made before, for an operator who asks for it. It serves beside the admins there
/// are: they may have lost their accounts.
pub async fn claim(tx: &mut Tx, ctx: &Context, now: Timestamp) -> store::Result<Made> {
    let beside_admins = !admins(tx, ctx).await?.is_empty();
    tx.spend_claim_invites(true, now).await?;
    let made = make(tx, ctx, beside_admins, now).await?;
    invites::note_made(tx, None, Role::Admin, now).await?;
    Ok(made)
}

async fn make(tx: &mut Tx, ctx: &Context, beside_admins: bool, now: Timestamp) -> store::Result<Made> {
    let (token, expires_at) = (ctx.entropy.token(), now.plus(LIFE));
    let role = Role::Admin.as_str();
    let invite = NewInvite { token: &token, role, created_by: None, beside_admins, expires_at };
    let id = tx.insert_invite(invite, now).await?;
    Ok(Made { id, link: deep_link(ctx, &token), expires_at })
}

/// Somebody is an admin now: every link that waited for one is worth nothing, for good.
pub(super) async fn end(tx: &mut Tx, now: Timestamp) -> store::Result<()> {
    tx.note_first_admin(now).await?;
    tx.spend_claim_invites(true, now).await
}

/// The environment may name an admin now: the links of the time when there was none end.
pub(super) async fn end_at_start(tx: &mut Tx, ctx: &Context, now: Timestamp) -> store::Result<()> {
    if admins(tx, ctx).await?.is_empty() {
        return Ok(());
    }
    tx.note_first_admin(now).await?;
    tx.spend_claim_invites(false, now).await
}
