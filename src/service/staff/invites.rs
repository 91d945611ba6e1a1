//! Links that give a role to the first person who taps them.

use std::time::Duration;

use super::deep_link;
use crate::domain::ids::PersonId;
use crate::domain::staff::{Deed, Role};
use crate::domain::time::Timestamp;
use crate::service::{Unit, person};
use crate::store;
use crate::store::persons::Person;
use crate::store::staff::NewInvite;
use crate::store::staff_log::NewLogEntry;
use crate::view::team::Team;

/// How long a link lives: long enough to be read, short enough for a forgotten one to be harmless.
const LIFE: Duration = Duration::from_hours(48);

/// A link that was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub id: i64,
    pub link: String,
    pub expires_at: Timestamp,
}

pub async fn make(unit: &mut Unit<'_>, by: PersonId, role: Role) -> store::Result<Made> {
    let Unit { ctx, now, .. } = *unit;
    let (token, expires_at) = (ctx.entropy.token(), now.plus(LIFE));
    let (created_by, beside_admins) = (Some(by), true);
    let invite = NewInvite { token: &token, role: role.as_str(), created_by, beside_admins, expires_at };
    let id = unit.tx.insert_invite(invite, now).await?;
    note_made(unit, Some(by), role).await?;
    Ok(Made { id, link: deep_link(ctx, &token), expires_at })
}

/// Somebody has used a link. Tells its maker who that was, because a link may have been forwarded to anybody.
pub(super) async fn tell_maker(
    unit: &mut Unit<'_>,
    maker: PersonId,
    person: &Person,
    role: Role,
) -> store::Result<()> {
    let ctx = unit.ctx;
    let maker = unit.tx.find_person(maker).await?;
    let reachable = |maker: &Person| maker.started_at.is_some() && maker.unreachable.is_none();
    let Some(maker) = maker.filter(reachable) else { return Ok(()) };
    let locale = person::locale(ctx, &maker);
    let team = Team { catalogue: &ctx.catalogue, locale, zone: ctx.zone() };
    person::say(unit, maker.id, &team.invite_used((person.id, person.first_name.as_deref()), role)).await
}

/// Revokes a link. Returns false if somebody has used it, or if it is gone.
pub async fn withdraw(unit: &mut Unit<'_>, by: PersonId, id: i64) -> store::Result<bool> {
    let Some(role) = unit.tx.delete_open_invite(id).await? else { return Ok(false) };
    note(unit, Some(by), Deed::InviteWithdrawn, None, &role).await?;
    Ok(true)
}

/// Revokes all unused links that somebody has made, because their role no longer lets them make any.
pub(super) async fn end(unit: &mut Unit<'_>, by: Option<PersonId>, maker: PersonId) -> store::Result<()> {
    for role in unit.tx.delete_open_invites_by(maker).await? {
        note(unit, by, Deed::InviteWithdrawn, Some(maker), &role).await?;
    }
    Ok(())
}

pub(super) async fn note_made(unit: &mut Unit<'_>, by: Option<PersonId>, role: Role) -> store::Result<()> {
    note(unit, by, Deed::InviteMade, None, role.as_str()).await
}

async fn note(
    unit: &mut Unit<'_>,
    by: Option<PersonId>,
    deed: Deed,
    maker: Option<PersonId>,
    role: &str,
) -> store::Result<()> {
    let (act, role) = (deed.as_str(), Some(role));
    let entry = NewLogEntry { actor: by, act, person: maker, role, ..NewLogEntry::default() };
    unit.tx.insert_log_entry(&entry, unit.now).await
}
