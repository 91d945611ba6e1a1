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
    let invite =
        NewInvite { token: &token, role: role.as_str(), created_by: Some(by), expires_at: Some(expires_at) };
    let id = tx.insert_invite(invite, now).await?;
    note(tx, by, Deed::InviteMade, role.as_str(), now).await?;
    Ok(Made { id, link: deep_link(ctx, &token), expires_at })
}

/// Takes a link back. False if somebody has used it, or it is gone.
pub async fn withdraw(tx: &mut Tx, by: i64, id: i64, now: Timestamp) -> store::Result<bool> {
    let Some(role) = tx.delete_open_invite(id).await? else { return Ok(false) };
    note(tx, by, Deed::InviteWithdrawn, &role, now).await?;
    Ok(true)
}

async fn note(tx: &mut Tx, by: i64, deed: Deed, role: &str, now: Timestamp) -> store::Result<()> {
    let act = deed.as_str();
    let entry = NewLogEntry { actor: Some(by), act, role: Some(role), ..NewLogEntry::default() };
    tx.insert_log_entry(&entry, now).await
}
