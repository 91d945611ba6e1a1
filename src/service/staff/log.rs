//! What staff did: noted in the transaction that does it, read by admins.

use crate::domain::staff::{Deed, Role};
use crate::domain::time::Timestamp;
use crate::store::staff_log::NewLogEntry;
use crate::store::{self, Tx};

pub(super) async fn role(
    tx: &mut Tx,
    by: Option<i64>,
    deed: Deed,
    (person, role, before): (i64, Option<Role>, Option<Role>),
    now: Timestamp,
) -> store::Result<()> {
    let entry = NewLogEntry {
        actor: by,
        act: deed.as_str(),
        person: Some(person),
        role: role.map(Role::as_str),
        former_role: before.map(Role::as_str),
        ..NewLogEntry::default()
    };
    tx.insert_log_entry(&entry, now).await
}

/// Notes what somebody did to a script; nobody by name does it from a shell.
pub async fn script(
    tx: &mut Tx,
    by: Option<i64>,
    deed: Deed,
    (slug, version): (&str, Option<i64>),
    now: Timestamp,
) -> store::Result<()> {
    let (act, script) = (deed.as_str(), Some(slug));
    tx.insert_log_entry(&NewLogEntry { actor: by, act, script, version, ..NewLogEntry::default() }, now).await
}

/// Notes what an admin set, for a person or for the whole program.
pub(in crate::service) async fn detail(
    tx: &mut Tx,
    by: Option<i64>,
    deed: Deed,
    (person, detail): (Option<i64>, &str),
    now: Timestamp,
) -> store::Result<()> {
    let (actor, act, detail) = (by, deed.as_str(), Some(detail));
    tx.insert_log_entry(&NewLogEntry { actor, act, person, detail, ..NewLogEntry::default() }, now).await
}

/// Notes a decision of an admin that must not name whom it concerns.
pub(in crate::service) async fn act(tx: &mut Tx, by: i64, deed: Deed, now: Timestamp) -> store::Result<()> {
    tx.insert_log_entry(&NewLogEntry { actor: Some(by), act: deed.as_str(), ..NewLogEntry::default() }, now)
        .await
}
