//! Roles: who may do what, and how the first admin is made.

mod claims;
mod ending;
pub mod invites;
pub mod team;

use crate::domain::ids::PersonId;
use crate::domain::staff::{Deed, Role};
use crate::service::roles::{admins, parse, role};
use crate::service::{Context, Unit, alerts, staff_log};
use crate::store::persons::Person;
use crate::store::staff_log::NewLogEntry;
use crate::store::{self, Tx};

pub use claims::{claim, claim_link};
pub use ending::revoke_at_start;

/// The result of tapping a one-time link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    Now(Role),
    /// The same person used it before, or already has a role that is at least as high. In the latter case the link
    /// stays unused.
    Already(Role),
    Used,
    Expired,
    /// The operator's link for the first admin has expired.
    ClaimExpired,
}

/// Why a role is not given or not taken away.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    #[error("{0} is the only admin: make somebody else an admin first")]
    LastAdmin(PersonId),
    #[error("{0} is an admin because ADMIN_IDS names them: take the ID out of there, and start serve again")]
    Configured(PersonId),
    #[error("the agent '{agent_id}' is {person} already: remove that one first")]
    AgentTaken { agent_id: String, person: PersonId },
    #[error("{0} has no role: give one first")]
    NoRole(PersonId),
    #[error(transparent)]
    Store(#[from] store::Error),
}

fn deep_link(ctx: &Context, token: &str) -> String {
    format!("https://t.me/{}?start={token}", ctx.bot_username)
}

/// Accepts a one-time link. Returns `None` if this is no such link.
pub async fn accept_invite(
    unit: &mut Unit<'_>,
    person: &Person,
    token: &str,
) -> store::Result<Option<Invited>> {
    let Unit { ctx, now, .. } = *unit;
    let Some(invite) = unit.tx.find_invite(token).await? else { return Ok(None) };
    if ending::is_ended(&mut unit.tx, ctx, &invite).await? {
        return Ok(None);
    }
    let offered = parse(&invite.role)?;
    let has = role(&mut unit.tx, ctx, person.id).await?;
    if invite.used_by.is_some() {
        let mine = has.filter(|_| invite.used_by == Some(person.id));
        return Ok(Some(mine.map_or(Invited::Used, Invited::Already)));
    }
    if let Some(has) = has.filter(|has| *has >= offered) {
        return Ok(Some(Invited::Already(has)));
    }
    // A link printed while there was no admin becomes invalid once there is one.
    if !invite.beside_admins && !admins(&mut unit.tx, ctx).await?.is_empty() {
        return Ok(Some(has.map_or(Invited::Used, Invited::Already)));
    }
    if invite.expires_at.is_some_and(|expires_at| expires_at <= now) {
        let expired = if invite.created_by.is_none() { Invited::ClaimExpired } else { Invited::Expired };
        return Ok(Some(expired));
    }
    unit.tx.use_invite(token, person.id, now).await?;
    unit.tx.upsert_staff(person.id, offered.as_str(), now).await?;
    if offered == Role::Admin {
        claims::end(unit).await?;
    }
    let entry = NewLogEntry {
        actor: Some(person.id),
        act: Deed::InviteUsed.as_str(),
        person: Some(person.id),
        role: Some(offered.as_str()),
        former_role: has.map(Role::as_str),
        ..NewLogEntry::default()
    };
    unit.tx.insert_log_entry(&entry, now).await?;
    tracing::info!(person = person.id.get(), role = offered.as_str(), "a one-time link gave a role");
    if let Some(maker) = invite.created_by {
        invites::tell_maker(unit, maker, person, offered).await?;
    }
    if offered.may_route_alerts() {
        alerts::send_waiting(unit).await?;
    }
    Ok(Some(Invited::Now(offered)))
}

/// Gives a person a role and returns the one they had before. An agent ID stays until another is given. `by` is the
/// admin who does it; `None` means that it was done from a shell.
pub async fn give(
    unit: &mut Unit<'_>,
    by: Option<PersonId>,
    person: PersonId,
    given: Role,
    agent_id: Option<&str>,
) -> Result<Option<Role>, RoleError> {
    let before = unit.tx.find_role(person).await?.map(|role| parse(&role)).transpose()?;
    if given != Role::Admin {
        may_end_being_admin(&mut unit.tx, unit.ctx, person).await?;
    }
    if let Some(agent_id) = agent_id {
        must_be_free(&mut unit.tx, agent_id, person).await?;
    }
    unit.tx.upsert_staff(person, given.as_str(), unit.now).await?;
    if agent_id.is_some() {
        set_agent(unit, by, person, agent_id).await?;
    }
    if before != Some(given) {
        staff_log::role(unit, by, Deed::RoleGiven, person, Some(given), before).await?;
    }
    if given == Role::Admin {
        claims::end(unit).await?;
    }
    ending::revoke_lost_rights(unit, by, person).await?;
    if given.may_route_alerts() {
        alerts::send_waiting(unit).await?;
    }
    Ok(before)
}

/// Sets which agent of the events this person is. `None` means that they are no agent.
pub async fn set_agent(
    unit: &mut Unit<'_>,
    by: Option<PersonId>,
    person: PersonId,
    agent_id: Option<&str>,
) -> Result<(), RoleError> {
    let Some(before) = unit.tx.find_agent_id(person).await? else { return Err(RoleError::NoRole(person)) };
    if before.as_deref() == agent_id {
        return Ok(());
    }
    if let Some(agent_id) = agent_id {
        must_be_free(&mut unit.tx, agent_id, person).await?;
    }
    unit.tx.set_agent_id(person, agent_id).await?;
    let (deed, detail) = match (agent_id, before.as_deref()) {
        (Some(given), _) => (Deed::AgentIdGiven, given),
        (None, taken) => (Deed::AgentIdTaken, taken.unwrap_or_default()),
    };
    Ok(staff_log::detail(unit, by, deed, Some(person), detail).await?)
}

async fn must_be_free(tx: &mut Tx, agent_id: &str, person: PersonId) -> Result<(), RoleError> {
    match tx.find_staff_with_agent_id(agent_id).await?.filter(|other| *other != person) {
        Some(person) => Err(RoleError::AgentTaken { agent_id: agent_id.to_owned(), person }),
        None => Ok(()),
    }
}

/// Takes a person's role away and returns it. Everything that the role let them see and make ends with it.
pub async fn take(
    unit: &mut Unit<'_>,
    by: Option<PersonId>,
    person: PersonId,
) -> Result<Option<Role>, RoleError> {
    let before = unit.tx.find_role(person).await?.map(|role| parse(&role)).transpose()?;
    may_end_being_admin(&mut unit.tx, unit.ctx, person).await?;
    if before.is_some() {
        unit.tx.delete_staff(person).await?;
        staff_log::role(unit, by, Deed::RoleTaken, person, None, before).await?;
        ending::revoke_lost_rights(unit, by, person).await?;
    }
    Ok(before)
}

async fn may_end_being_admin(tx: &mut Tx, ctx: &Context, person: PersonId) -> Result<(), RoleError> {
    if ctx.config.admin_ids.contains(&person) {
        return Err(RoleError::Configured(person));
    }
    if admins(tx, ctx).await? == [person] {
        return Err(RoleError::LastAdmin(person));
    }
    Ok(())
}
