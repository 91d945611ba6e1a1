//! What a role let somebody make ends with the role, however that ends: taken or lowered in Telegram or from a shell, or no
//! longer given by the environment.

use std::collections::BTreeSet;

use super::{Role, claims, invites, role};
use crate::domain::time::Timestamp;
use crate::service::{Context, alerts};
use crate::store::staff::Invite;
use crate::store::{self, Tx};

/// Ends what the role that a person has now would not let them make.
pub(super) async fn settle(
    tx: &mut Tx,
    ctx: &Context,
    by: Option<i64>,
    person: i64,
    now: Timestamp,
) -> store::Result<()> {
    let has = role(tx, ctx, person).await?;
    if !may_invite(has) {
        invites::end(tx, by, person, now).await?;
    }
    if !has.is_some_and(Role::may_route_alerts) {
        alerts::withdraw(tx, ctx, by, person, now).await?;
    }
    Ok(())
}

fn may_invite(has: Option<Role>) -> bool {
    has == Some(Role::Admin)
}

/// Whether whoever made a link could not make it now.
pub(super) async fn is_ended(tx: &mut Tx, ctx: &Context, invite: &Invite) -> store::Result<bool> {
    match invite.created_by.filter(|_| invite.used_by.is_none()) {
        Some(maker) => Ok(!may_invite(role(tx, ctx, maker).await?)),
        None => Ok(false),
    }
}

/// At a start: the environment may give roles to others than before.
pub async fn settle_at_start(tx: &mut Tx, ctx: &Context, now: Timestamp) -> store::Result<()> {
    claims::end_at_start(tx, ctx, now).await?;
    let mut makers: BTreeSet<i64> = tx.list_makers_of_open_invites().await?.into_iter().collect();
    for chat in tx.list_alert_chats().await? {
        makers.extend(chat.subscribed_by);
    }
    for person in makers {
        settle(tx, ctx, None, person, now).await?;
    }
    Ok(())
}
