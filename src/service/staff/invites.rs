//! Links that give a role to whoever taps them first.

use std::time::Duration;

use super::deep_link;
use crate::domain::staff::{Deed, Role};
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::store::staff::NewInvite;
use crate::store::staff_log::NewLogEntry;
use crate::store::{self, Tx};

/// Long enough to be read, short enough to be forgotten.
const LIFE: Duration = Duration::from_hours(48);

/// A link that was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub id: i64,
    pub link: String,
    pub expires_at: Timestamp,
}

pub async fn make(tx: &mut Tx, ctx: &Context, by: i64, role: Role, now: Timestamp) -> store::Result<Made> {
    let (token, expires_at) = (ctx.entropy.token(), now.plus(LIFE));
    let (created_by, beside_admins) = (Some(by), true);
    let invite = NewInvite { token: &token, role: role.as_str(), created_by, beside_admins, expires_at };
    let id = tx.insert_invite(invite, now).await?;
    note_made(tx, Some(by), role, now).await?;
    Ok(Made { id, link: deep_link(ctx, &token), expires_at })
}

/// Takes a link back. False if somebody has used it, or it is gone.
pub async fn withdraw(tx: &mut Tx, by: i64, id: i64, now: Timestamp) -> store::Result<bool> {
    let Some(role) = tx.delete_open_invite(id).await? else { return Ok(false) };
    note(tx, Some(by), Deed::InviteWithdrawn, (None, &role), now).await?;
    Ok(true)
}

/// Takes all links back that somebody has made and nobody has used: their role does not let them make any more.
pub(super) async fn end(tx: &mut Tx, by: Option<i64>, maker: i64, now: Timestamp) -> store::Result<()> {
    for role in tx.delete_open_invites_by(maker).await? {
        note(tx, by, Deed::InviteWithdrawn, (Some(maker), &role), now).await?;
    }
    Ok(())
}

pub(super) async fn note_made(tx: &mut Tx, by: Option<i64>, role: Role, now: Timestamp) -> store::Result<()> {
    note(tx, by, Deed::InviteMade, (None, role.as_str()), now).await
}

async fn note(
    tx: &mut Tx,
    by: Option<i64>,
    deed: Deed,
    (maker, role): (Option<i64>, &str),
    now: Timestamp,
) -> store::Result<()> {
    let (act, role) = (deed.as_str(), Some(role));
    let entry = NewLogEntry { actor: by, act, person: maker, role, ..NewLogEntry::default() };
    tx.insert_log_entry(&entry, now).await
}
