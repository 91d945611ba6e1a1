//! The log of what staff did. Entries are written in the transaction of the action, and admins read them.

use crate::domain::ids::PersonId;
use crate::domain::staff::{Deed, Role};
use crate::service::Unit;
use crate::store;
use crate::store::staff_log::NewLogEntry;

pub(super) async fn role(
    unit: &mut Unit<'_>,
    by: Option<PersonId>,
    deed: Deed,
    person: PersonId,
    role: Option<Role>,
    before: Option<Role>,
) -> store::Result<()> {
    let entry = NewLogEntry {
        actor: by,
        act: deed.as_str(),
        person: Some(person),
        role: role.map(Role::as_str),
        former_role: before.map(Role::as_str),
        ..NewLogEntry::default()
    };
    unit.tx.insert_log_entry(&entry, unit.now).await
}

/// Logs what somebody did to a script. `None` means that it was done from a shell.
pub async fn script(
    unit: &mut Unit<'_>,
    by: Option<PersonId>,
    deed: Deed,
    slug: &str,
    version: Option<i64>,
) -> store::Result<()> {
    let (act, script) = (deed.as_str(), Some(slug));
    unit.tx
        .insert_log_entry(
            &NewLogEntry { actor: by, act, script, version, ..NewLogEntry::default() },
            unit.now,
        )
        .await
}

/// Logs what an admin set, for a person or for the whole program.
pub(super) async fn detail(
    unit: &mut Unit<'_>,
    by: Option<PersonId>,
    deed: Deed,
    person: Option<PersonId>,
    detail: &str,
) -> store::Result<()> {
    let (actor, act, detail) = (by, deed.as_str(), Some(detail).filter(|detail| !detail.is_empty()));
    unit.tx
        .insert_log_entry(&NewLogEntry { actor, act, person, detail, ..NewLogEntry::default() }, unit.now)
        .await
}

/// Logs an admin's decision without naming the person it concerns.
pub(super) async fn act(unit: &mut Unit<'_>, by: PersonId, deed: Deed) -> store::Result<()> {
    unit.tx
        .insert_log_entry(
            &NewLogEntry { actor: Some(by), act: deed.as_str(), ..NewLogEntry::default() },
            unit.now,
        )
        .await
}
