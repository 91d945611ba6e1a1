//! Opens and migrates an SQLite file.

use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqlitePool};

use super::journal::filling;
use super::place::{Log, Place};
use super::{Error, Migrated, Pools, Result, migrations};
use crate::files;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

const READERS: u32 = 3;

/// The writer's page cache, in KiB. An event touches half a dozen pages anywhere in the indexes. With the default of 2
/// MiB, pages that were evicted in the meantime are read again, and are written twice when a transaction outgrows the
/// cache.
const WRITER_CACHE_KIB: u32 = 8 * 1024;
/// The cache for transactions with thousands of rows.
const CACHE_FOR_MANY_ROWS_KIB: u32 = 32 * 1024;
/// How many pages the log may hold before they are copied to the database file. A page changes many times in the log
/// but is copied only once.
const LOG_PAGES: u32 = 4000;
/// The same for transactions with thousands of rows.
const LOG_PAGES_FOR_MANY_ROWS: u32 = 16_000;

pub(super) async fn open(url: &str, create: bool) -> Result<Pools> {
    let options = options(url, create)?;
    let path = options.get_filename().to_path_buf();
    keep_private(&path, create);
    let for_writing = options
        .clone()
        .pragma("cache_size", format!("-{WRITER_CACHE_KIB}"))
        .pragma("wal_autocheckpoint", LOG_PAGES.to_string());
    let log = Arc::new(Log::default());
    let writer = for_the_writer(&log).connect_with(for_writing).await.map_err(|error| {
        Error::CannotOpen(if create || path.exists() {
            format!("cannot open the database file {}: {}", path.display(), Error::from(error))
        } else {
            // Most likely the working directory is not the expected one.
            let path = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
            format!(
                "there is no database file {} (DATABASE_URL): if it is to be a new one, 'afterword migrate' or 'afterword \
                 serve' makes it",
                path.display()
            )
        })
    })?;
    let giving_way = pool().max_connections(super::GIVING_WAY).connect_lazy_with(options.clone());
    let readers = pool().max_connections(READERS).connect_lazy_with(options);
    let place = Place::of(&path, log)
        .map_err(|error| Error::CannotOpen(format!("cannot look at {}: {error}", path.display())))?;
    Ok(Pools::Sqlite { path, place: Arc::new(place), writer, readers, giving_way })
}

fn options(url: &str, create: bool) -> Result<SqliteConnectOptions> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| Error::CannotOpen(format!("DATABASE_URL is not a database address: {error}")))?
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        // Deleted content is overwritten: an erased customer's words must not remain in free pages.
        .pragma("secure_delete", "ON")
        // SQLite keeps the former content of rows until a statement is certain to succeed. In files, that content would
        // be written once more, which takes a tenth of an event's time and needs space beside the database.
        .pragma("temp_store", "MEMORY")
        // Rows come from SQLite's own thread. With the default of 50 buffered rows, the thread would stall more than it
        // runs.
        .row_buffer_size(1024)
        // The default of 100 is less than the number of statements in use, and a miss prepares the statement again.
        .statement_cache_capacity(512)
        .disable_statement_logging();
    Ok(options)
}

fn pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .test_before_acquire(false)
        // SQLite ends a transaction by itself when the disk is full or fails. sqlx then counts it as open forever, so
        // the connection can no longer be used.
        .before_acquire(|conn, _| Box::pin(async move { Ok(!conn.is_in_transaction()) }))
        .acquire_timeout(Duration::from_secs(30))
}

/// A pool of one connection that stays open as long as the program runs. As long as it is open, the log remains the
/// same file.
fn for_the_writer(log: &Arc<Log>) -> SqlitePoolOptions {
    let [closes, opens] = [(); 2].map(|()| Arc::clone(log));
    pool()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .before_acquire(move |conn, _| {
            let is_usable = !conn.is_in_transaction();
            if !is_usable {
                closes.forget();
            }
            Box::pin(async move { Ok(is_usable) })
        })
        .after_connect(move |_, _| {
            opens.forget();
            Box::pin(async { Ok(()) })
        })
}

/// Makes sure that only the owner can read the database. A new file is created with those permissions, and SQLite gives
/// the files beside it the same ones. From existing files, the permissions of others are removed. If the file cannot be
/// created, SQLite reports the reason better, so that error is ignored.
fn keep_private(path: &Path, create: bool) {
    if create {
        drop(files::create(path));
    }
    let file = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let beside = ["-wal", "-shm", "-journal"].map(|ending| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    });
    let copies = copies_beside(&file);
    for file in std::iter::once(&file).chain(&beside).chain(&copies) {
        match files::close_to_others(file) {
            Ok(false) => {}
            Ok(true) => {
                tracing::warn!(file = %file.display(), "others could read this file; now only its owner may");
            }
            Err(error) => {
                tracing::warn!(file = %file.display(), %error, "others can read this file: its owner should chmod 600 it");
            }
        }
    }
}

/// Lists the copies of a file that were made before its schema was changed.
#[must_use]
pub fn copies_beside(file: &Path) -> Vec<PathBuf> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let prefix = format!("{}.schema-", file.file_name().unwrap_or_default().to_string_lossy());
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut copies: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
        .map(|entry| entry.path())
        .collect();
    copies.sort();
    copies
}

/// Changes the settings of the pool's only connection for as long as it exists.
pub(super) async fn expect_many_rows(writer: &SqlitePool) -> Result<()> {
    let pragmas = format!(
        "PRAGMA cache_size = -{CACHE_FOR_MANY_ROWS_KIB}; PRAGMA wal_autocheckpoint = {LOG_PAGES_FOR_MANY_ROWS}"
    );
    sqlx::raw_sql(AssertSqlSafe(pragmas)).execute(writer).await?;
    Ok(())
}

/// Copies the whole log to the database file, where deleted content is overwritten, and truncates the log.
pub(super) async fn scrub(writer: &SqlitePool) -> Result<bool> {
    let mut conn = writer.acquire().await?;
    // Writers have to wait meanwhile, so this does not wait for a long reader.
    sqlx::query("PRAGMA busy_timeout = 200").execute(&mut *conn).await?;
    let done =
        sqlx::query_as::<_, (i64, i64, i64)>("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *conn).await;
    sqlx::query("PRAGMA busy_timeout = 5000").execute(&mut *conn).await?;
    let (is_busy, _, _) = done?;
    Ok(is_busy == 0)
}

/// Returns the schema versions that have been applied; none for a new file.
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
    migrations::verify(&MIGRATIONS, &applied(writer).await?)
}

/// Refuses a file that does not have our tables. Any schema version will do.
pub(super) async fn require_schema(pool: &SqlitePool) -> Result<()> {
    if applied(pool).await?.is_empty() { Err(Error::NotMigrated) } else { Ok(()) }
}

/// Runs all migrations up to the point where the program itself has to continue; see [`super::Db::migrate`].
pub(super) async fn begin_migrating(path: &Path, writer: &SqlitePool) -> Result<Migrated> {
    migrate_to(&MIGRATIONS, filling::MADE, path, writer).await
}

pub(super) async fn end_migrating(writer: &SqlitePool) -> Result<()> {
    MIGRATIONS.run(writer).await.map_err(migrations::failed)
}

/// Migrates up to this version. The number of migrations in the result includes all that were pending.
async fn migrate_to(migrator: &Migrator, target: i64, path: &Path, writer: &SqlitePool) -> Result<Migrated> {
    let before = applied(writer).await?;
    let pending = migrations::pending(migrator, &before)?;
    if pending == 0 {
        return Ok(Migrated { applied: 0, is_new: false, copy: None });
    }
    let copy = match before.last() {
        // An earlier migration was killed half way; the copy from before it exists already.
        Some(version) if *version == filling::MADE => None,
        Some(version) => Some(copy_beside(path, *version, writer).await?),
        None => None,
    };
    migrator.run_to(target, writer).await.map_err(migrations::failed)?;
    Ok(Migrated { applied: pending, is_new: before.is_empty(), copy })
}

async fn copy_beside(path: &Path, version: i64, writer: &SqlitePool) -> Result<PathBuf> {
    let beside = |ending: String| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let (copy, part) = (beside(format!(".schema-{version:04}")), beside(".schema-part".to_owned()));
    let failed =
        |error: io::Error| Error::Unavailable(format!("{} cannot be written: {error}", copy.display()));
    // It gets its final name only when it is complete, so that half a copy cannot be taken for a whole one, nor an old
    // copy for this one. SQLite writes to an existing file if it is empty.
    drop(files::replace(&part).map_err(failed)?);
    sqlx::query("VACUUM INTO $1").bind(part.to_string_lossy().into_owned()).execute(writer).await?;
    std::fs::File::open(&part).and_then(|file| file.sync_all()).map_err(failed)?;
    std::fs::rename(&part, &copy).map_err(failed)?;
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use sqlx::migrate::{Migration, MigrationType};

    use super::*;

    /// Creates migrations that each create a table.
    fn made_of(tables: &[&'static str]) -> Migrator {
        let migration = |(version, sql): (i64, &&'static str)| {
            let sql = sqlx::SqlSafeStr::into_sql_str(*sql);
            Migration::new(version, "a table".into(), MigrationType::Simple, sql, false)
        };
        Migrator::with_migrations((1..).zip(tables).map(migration).collect())
    }

    const ALL: i64 = i64::MAX;
    const FIRST: &str = "CREATE TABLE first (n INTEGER) STRICT; INSERT INTO first VALUES (7)";
    const SECOND: &str = "CREATE TABLE second (n INTEGER) STRICT; DELETE FROM first";

    async fn opened(path: &Path, create: bool) -> (PathBuf, SqlitePool) {
        match open(&format!("sqlite://{}", path.display()), create).await.unwrap() {
            Pools::Sqlite { path, writer, .. } => (path, writer),
            Pools::Postgres { .. } => unreachable!("asked for SQLite"),
        }
    }

    async fn numbers(path: &Path) -> i64 {
        let (_, writer) = opened(path, false).await;
        sqlx::query_as::<_, (i64,)>("SELECT COUNT(*) FROM first").fetch_one(&writer).await.unwrap().0
    }

    #[tokio::test]
    async fn what_was_there_before_a_migration_is_kept_in_a_whole_copy() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.db");
        let (path, writer) = opened(&file, true).await;
        let made = migrate_to(&made_of(&[FIRST]), ALL, &path, &writer).await.unwrap();
        assert_eq!(made, Migrated { applied: 1, is_new: true, copy: None });
        // Leftovers of a start that was killed while copying, and the copy of an earlier attempt.
        std::os::unix::fs::symlink("letter", folder.path().join("t.db.schema-part")).unwrap();
        std::fs::write(folder.path().join("letter"), "half").unwrap();
        std::fs::write(folder.path().join("t.db.schema-0001"), "old").unwrap();
        let copy = folder.path().join("t.db.schema-0001");
        let both = made_of(&[FIRST, SECOND]);
        let migrated = migrate_to(&both, ALL, &path, &writer).await.unwrap();
        assert_eq!(migrated, Migrated { applied: 1, is_new: false, copy: Some(copy.clone()) });
        let rights = std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777;
        assert_eq!(rights, 0o600, "there are customers in it");
        assert_eq!((numbers(&file).await, numbers(&copy).await), (0, 1));
        assert!(!folder.path().join("t.db.schema-part").exists());
        assert_eq!(std::fs::read_to_string(folder.path().join("letter")).unwrap(), "half");
        let again = migrate_to(&both, ALL, &path, &writer).await.unwrap();
        assert_eq!(again, Migrated { applied: 0, is_new: false, copy: None });
    }

    #[tokio::test]
    async fn a_migration_that_fails_leaves_all_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.db");
        let (path, writer) = opened(&file, true).await;
        migrate_to(&made_of(&[FIRST]), ALL, &path, &writer).await.unwrap();
        let broken = made_of(&[FIRST, "DELETE FROM first; CREATE TABLE first (n INTEGER)"]);
        assert!(migrate_to(&broken, ALL, &path, &writer).await.is_err());
        assert_eq!((numbers(&file).await, applied(&writer).await.unwrap()), (1, vec![1]));
    }
}
