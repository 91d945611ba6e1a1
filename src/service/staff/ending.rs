//! Ends what a person made with a role when that role ends, however it ends: taken away or lowered in Telegram or from
//! a shell, or no longer given by the environment.

use std::collections::BTreeSet;

use super::{Role, claims, invites, role};
use crate::domain::ids::PersonId;
use crate::service::{Context, Unit, alerts, cases, dashboard, sharing};
use crate::store::staff::Invite;
use crate::store::{self, Tx};

/// Ends everything that a person's current role would not let them make.
pub(super) async fn revoke_lost_rights(
    unit: &mut Unit<'_>,
    by: Option<PersonId>,
    person: PersonId,
) -> store::Result<()> {
    let has = role(&mut unit.tx, unit.ctx, person).await?;
    if has.is_none() {
        dashboard::end(unit, person).await?;
    }
    sharing::end(unit, by, person).await?;
    if !may_invite(has) {
        invites::end(unit, by, person).await?;
    }
    if !has.is_some_and(Role::may_route_alerts) {
        alerts::withdraw(unit, by, person).await?;
        cases::lead_lost_role(unit, person).await?;
    }
    Ok(())
}

fn may_invite(has: Option<Role>) -> bool {
    has == Some(Role::Admin)
}

/// Whether the maker of a link could no longer make it now.
pub(super) async fn is_ended(tx: &mut Tx, ctx: &Context, invite: &Invite) -> store::Result<bool> {
    match invite.created_by.filter(|_| invite.used_by.is_none()) {
        Some(maker) => Ok(!may_invite(role(tx, ctx, maker).await?)),
        None => Ok(false),
    }
}

/// Runs at start-up, because the environment may give roles to different people than before.
pub async fn revoke_at_start(unit: &mut Unit<'_>) -> store::Result<()> {
    claims::end_at_start(unit).await?;
    let mut entitled: BTreeSet<PersonId> = unit.tx.list_makers_of_open_invites().await?.into_iter().collect();
    for chat in unit.tx.audience().await?.chats.iter() {
        entitled.extend(chat.subscribed_by);
    }
    let sessions = unit.tx.list_dashboard_sessions(None, unit.now).await?;
    entitled.extend(sessions.into_iter().filter_map(|session| session.person));
    entitled.extend(unit.tx.list_makers_of_shared_pages().await?);
    for person in entitled {
        revoke_lost_rights(unit, None, person).await?;
    }
    cases::release_of_lost_leads(unit).await
}
