//! What the migrations of both engines have in common.

use sqlx::migrate::{MigrateError, Migrator};

use super::{Error, Result};

/// Returns the newest schema version that this program knows.
pub(super) fn newest(migrator: &Migrator) -> i64 {
    migrator.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Counts the program's migrations that a database with the versions `applied` lacks. A database newer than the program
/// is refused.
pub(super) fn pending(migrator: &Migrator, applied: &[i64]) -> Result<usize> {
    let known = newest(migrator);
    match applied.iter().copied().max() {
        Some(found) if found > known => Err(Error::Newer { found, known }),
        _ => Ok(migrator.iter().filter(|migration| !applied.contains(&migration.version)).count()),
    }
}

/// Refuses a database whose schema is not exactly the one that this program expects.
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
