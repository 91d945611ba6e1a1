//! Opening and migrating a PostgreSQL database.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions, PgTransaction};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgPool};

use super::{Error, Migrated, Pools, Result, Term, migrations};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

const READERS: u32 = 4;
/// A connection that has rested for longer is tried before it is used: the server may have been restarted.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// How long work waits for a connection, of this process or of the server, before it is put off.
const PATIENCE: Duration = Duration::from_secs(5);
/// For connections that write. A program that hangs in the middle of a transaction, or whose machine is gone, must not
/// keep the others from writing: the server ends its session. What they ask for is found through an index: a plan that was
/// made while a table was small, and kept, would read all of it; and compiling a plan takes longer than any of ours runs.
const WRITES: &str = "SET idle_in_transaction_session_timeout = '10s'; SET lock_timeout = '5s'; \
     SET enable_seqscan = off; SET jit = off; \
     SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3; \
     SET client_min_messages = 'warning'";
/// For connections that read: an export may take its time.
const READS: &str = "SET client_min_messages = 'warning'";
/// For one transaction of them.
const LOOKS: &str = "SET LOCAL enable_seqscan = off; SET LOCAL jit = off";
/// Whatever the server's default: a writer that has waited for its turn sees what the one before it wrote.
const WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// Transactions that write are one after the other, over all processes on the database, as on SQLite: each locks this
/// row first. Whatever it reads after that, nobody else changes before it ends.
const LOCK: &str = "SELECT epoch FROM write_turn FOR UPDATE";
const READ_ONLY: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Whether this address names a PostgreSQL database.
pub(super) fn is_meant(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

/// How the database is reached.
#[derive(Clone)]
pub(super) struct Server(Box<PgConnectOptions>);

/// Without the password.
impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name())
    }
}

impl Server {
    /// The address without its password and without what else may be secret.
    pub(super) fn name(&self) -> String {
        let database = self.0.get_database().unwrap_or("(no name)");
        let server = self.0.get_socket().map_or_else(
            || format!("{}:{}", self.0.get_host(), self.0.get_port()),
            |socket| socket.display().to_string(),
        );
        format!("{database} on {server}")
    }

    async fn connect(&self) -> std::result::Result<PgConnection, sqlx::Error> {
        match tokio::time::timeout(PATIENCE, PgConnection::connect_with(&self.0)).await {
            Ok(connected) => connected,
            Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
        }
    }

    /// A pool tries and tries until there is no more time, and does not say why it was in vain: this asks once more.
    async fn why(&self, error: sqlx::Error) -> Error {
        match error {
            sqlx::Error::PoolTimedOut => match self.connect().await {
                Ok(connection) => {
                    drop(connection.close().await);
                    error.into()
                }
                Err(why) => why.into(),
            },
            error => error.into(),
        }
    }
}

pub(super) async fn open(url: &str) -> Result<Pools> {
    // The parser's own words may quote the address, and with it the password.
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| Error::CannotOpen("DATABASE_URL is not a PostgreSQL address".to_owned()))?
        .application_name("afterword")
        // The default of 100 is fewer than the texts in use; a miss prepares the statement again.
        .statement_cache_capacity(512)
        .disable_statement_logging();
    let server = Server(Box::new(options.clone()));
    match server.connect().await {
        Ok(connection) => drop(connection.close().await),
        Err(error) => {
            let why = match &error {
                sqlx::Error::Database(error) => error.message().to_owned(),
                error => error.to_string(),
            };
            let name = server.name();
            return Err(Error::CannotOpen(format!("cannot open the PostgreSQL database {name}: {why}")));
        }
    }
    let pool = |session: &'static str| {
        PgPoolOptions::new()
            .test_before_acquire(false)
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection, _| {
                Box::pin(async move { connection.execute(session).await.map(drop) })
            })
            .before_acquire(|connection, meta| {
                Box::pin(async move { Ok(meta.idle_for < TRUSTED_FOR || connection.ping().await.is_ok()) })
            })
    };
    let writer = pool(WRITES).max_connections(1).connect_lazy_with(options.clone());
    let lease = pool(WRITES).max_connections(1).connect_lazy_with(options.clone());
    let readers = pool(READS).max_connections(READERS).connect_lazy_with(options);
    Ok(Pools::Postgres { server, writer, readers, lease })
}

/// A transaction that may write, and during `term` only, if one is named.
pub(super) async fn write(
    server: &Server,
    writer: &PgPool,
    term: Option<&Term>,
) -> Result<PgTransaction<'static>> {
    let mut tx = match writer.begin_with(WRITE).await {
        Ok(tx) => tx,
        Err(error) => return Err(server.why(error).await),
    };
    let epoch: i64 = sqlx::query_scalar(LOCK).fetch_one(&mut *tx).await?;
    match term {
        Some(term) if term.epoch() != epoch => Err(Error::TakenOver),
        _ => Ok(tx),
    }
}

pub(super) async fn read(server: &Server, readers: &PgPool) -> Result<PgTransaction<'static>> {
    match readers.begin_with(READ_ONLY).await {
        Ok(tx) => Ok(tx),
        Err(error) => Err(server.why(error).await),
    }
}

/// As [`read`], by indexes alone, as writers do: while the server takes a table for empty it would read all of it.
pub(super) async fn look(server: &Server, readers: &PgPool) -> Result<PgTransaction<'static>> {
    let mut tx = read(server, readers).await?;
    (&mut *tx).execute(LOOKS).await?;
    Ok(tx)
}

/// The versions that the database has, none for a new one.
async fn applied(pool: &PgPool) -> Result<Vec<i64>> {
    let table: Option<String> =
        sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations')::text").fetch_one(pool).await?;
    if table.is_none() {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(pool).await?)
}

pub(super) async fn verify_schema(pool: &PgPool) -> Result<()> {
    migrations::verify(&MIGRATIONS, &applied(pool).await?)
}

/// Under an advisory lock, which sqlx takes: of several programs that start together one migrates. No copy is made.
pub(super) async fn migrate(pool: &PgPool) -> Result<Migrated> {
    let before = applied(pool).await?;
    let pending = migrations::pending(&MIGRATIONS, &before)?;
    if pending > 0 {
        // Whoever comes second waits until the first is done, and finds nothing left to do. The pool has one connection.
        pool.execute("SET lock_timeout = 0").await?;
        MIGRATIONS.run(pool).await.map_err(migrations::failed)?;
        pool.execute(WRITES).await?;
    }
    Ok(Migrated { applied: pending, is_new: before.is_empty(), copy: None })
}
