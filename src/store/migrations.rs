//! What both engines' migrations have in common.

use sqlx::migrate::{MigrateError, Migrator};

use super::{Error, Result};

/// The schema that this program knows.
pub(super) fn newest(migrator: &Migrator) -> i64 {
    migrator.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// How many of the program's migrations a database with the versions `applied` lacks; a newer one is refused.
pub(super) fn pending(migrator: &Migrator, applied: &[i64]) -> Result<usize> {
    let known = newest(migrator);
    match applied.iter().copied().max() {
        Some(found) if found > known => Err(Error::Newer { found, known }),
        _ => Ok(migrator.iter().filter(|migration| !applied.contains(&migration.version)).count()),
    }
}

/// Refuses a database that is not just as this program has it.
pub(super) fn verify(migrator: &Migrator, applied: &[i64]) -> Result<()> {
    match pending(migrator, applied)? {
        0 => Ok(()),
        _ => Err(Error::NotMigrated),
    }
}

pub(super) fn failed(error: MigrateError) -> Error {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Error::from(error),
        other => Error::CannotOpen(format!("the schema could not be brought up to date: {other}")),
    }
}
