//! Opening and migrating an SQLite file.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqlitePool};

use super::{Error, Migrated, Pools, Result};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

const READERS: u32 = 3;

pub(super) async fn open(url: &str, create: bool) -> Result<Pools> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| Error::CannotOpen(format!("'{url}' is not a database address: {error}")))?
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        // The default of 100 is fewer than the texts in use; a miss prepares the statement again.
        .statement_cache_capacity(512)
        .disable_statement_logging();
    let path = options.get_filename().to_path_buf();
    let pool =
        || SqlitePoolOptions::new().test_before_acquire(false).acquire_timeout(Duration::from_secs(30));
    let writer = pool().max_connections(1).connect_with(options.clone()).await.map_err(|error| {
        Error::CannotOpen(format!("cannot open the database file {}: {}", path.display(), Error::from(error)))
    })?;
    let readers = pool().max_connections(READERS).connect_lazy_with(options);
    Ok(Pools::Sqlite { path, writer, readers })
}

fn known() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// The versions that the file has, none for a new file.
async fn applied(writer: &SqlitePool) -> Result<Vec<i64>> {
    let table: Option<(String,)> =
        sqlx::query_as("SELECT name FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'")
            .fetch_optional(writer)
            .await?;
    if table.is_none() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64,)> =
        sqlx::query_as("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(writer).await?;
    Ok(rows.into_iter().map(|(version,)| version).collect())
}

pub(super) async fn verify_schema(writer: &SqlitePool) -> Result<()> {
    match applied(writer).await?.last().copied() {
        Some(found) if found > known() => Err(Error::Newer { found, known: known() }),
        Some(found) if found == known() => Ok(()),
        _ => Err(Error::NotMigrated),
    }
}

pub(super) async fn migrate(path: &Path, writer: &SqlitePool) -> Result<Migrated> {
    let before = applied(writer).await?;
    if let Some(found) = before.last().copied().filter(|found| *found > known()) {
        return Err(Error::Newer { found, known: known() });
    }
    let pending = MIGRATIONS.iter().filter(|migration| !before.contains(&migration.version)).count();
    if pending == 0 {
        return Ok(Migrated { applied: 0, copy: None });
    }
    let copy = match before.last() {
        Some(version) => Some(copy_beside(path, *version, writer).await?),
        None => None,
    };
    MIGRATIONS.run(writer).await.map_err(from_migrate)?;
    Ok(Migrated { applied: pending, copy })
}

async fn copy_beside(path: &Path, version: i64, writer: &SqlitePool) -> Result<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".schema-{version:04}"));
    let copy = PathBuf::from(name);
    if !copy.exists() {
        sqlx::query("VACUUM INTO $1").bind(copy.to_string_lossy().into_owned()).execute(writer).await?;
    }
    Ok(copy)
}

fn from_migrate(error: sqlx::migrate::MigrateError) -> Error {
    match error {
        sqlx::migrate::MigrateError::Execute(error)
        | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => Error::from(error),
        other => Error::CannotOpen(format!("the schema could not be brought up to date: {other}")),
    }
}
