//! Which person has which role.

use crate::config::Config;
use crate::domain::ids::PersonId;
use crate::domain::staff::Role;
use crate::service::Context;
use crate::store::audience::Audience;
use crate::store::{self, Error, Tx};

/// A person's role. A person named by the environment is an admin.
pub async fn role(tx: &mut Tx, ctx: &Context, person: PersonId) -> store::Result<Option<Role>> {
    if ctx.config.admin_ids.contains(&person) {
        return Ok(Some(Role::Admin));
    }
    tx.find_role(person).await?.map(|role| parse(&role)).transpose()
}

pub(super) fn parse(role: &str) -> store::Result<Role> {
    role.parse().map_err(|problem| Error::broken("staff", format!("role: {problem}")))
}

/// Everybody who is an admin, by role or through the environment.
pub async fn admins(tx: &mut Tx, ctx: &Context) -> store::Result<Vec<PersonId>> {
    Ok(admins_among(&*tx.audience().await?, &ctx.config))
}

/// The same, where the audience is known.
pub(super) fn admins_among(audience: &Audience, config: &Config) -> Vec<PersonId> {
    let mut admins = audience.admins.clone();
    admins.extend(&config.admin_ids);
    admins.sort_unstable();
    admins.dedup();
    admins
}
