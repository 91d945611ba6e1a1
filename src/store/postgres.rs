//! Opening and migrating a PostgreSQL database.

use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions, PgSslMode, PgTransaction};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgPool};

use super::journal::filling;
use super::{Error, Migrated, Pools, Result, Term, migrations};
use crate::config::postgres::{Address, is_meant as is_postgres};
use pooler::Mode;
use rights::Work;

mod pooler;
mod rights;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

const READERS: u32 = 4;
/// A connection that has rested for longer is tried before it is used: the server may have been restarted.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// How long work waits for a connection, of this process or of the server, before it is put off.
const PATIENCE: Duration = Duration::from_secs(5);
/// For connections that write. A program that hangs in the middle of a transaction, or whose machine is gone, must not
/// keep the others from writing: the server ends its session. What they ask for is found through an index: a plan that
/// was made while a table was small, and kept, would read all of it; and compiling a plan takes longer than any of ours
/// runs.
const WRITES: &str = "SET idle_in_transaction_session_timeout = '10s'; SET lock_timeout = '5s'; \
     SET enable_seqscan = off; SET jit = off; \
     SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3; \
     SET client_min_messages = 'warning'";
/// For connections that read: an export may take its time.
const READS: &str = "SET client_min_messages = 'warning'";
/// For one transaction of them.
const LOOKS: &str = "SET LOCAL enable_seqscan = off; SET LOCAL jit = off";
/// Set here, as servers' defaults differ: a writer that has waited for its turn sees what the one before it wrote.
const WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// Transactions that write are one after the other, over all processes on the database, as on SQLite: each locks this
/// row first. Nobody else changes what it reads after that before it ends.
const LOCK: &str = "SELECT epoch FROM write_turn FOR UPDATE";
const READ_ONLY: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Whether this address names a PostgreSQL database.
pub(super) fn is_meant(url: &str) -> bool {
    is_postgres(url)
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
        let database = self.0.get_database().unwrap_or(self.0.get_username());
        let server = match self.folder() {
            Some(folder) => folder,
            None if self.0.get_host().contains(':') => {
                format!("[{}]:{}", self.0.get_host(), self.0.get_port())
            }
            None => format!("{}:{}", self.0.get_host(), self.0.get_port()),
        };
        format!("{database} on {server}")
    }

    /// The folder of the socket, if it is reached through one.
    fn folder(&self) -> Option<String> {
        let host = Some(self.0.get_host()).filter(|host| host.starts_with('/'));
        self.0.get_socket().map(|folder| folder.display().to_string()).or(host.map(str::to_owned))
    }

    /// Why there is no connection, for an operator.
    fn refusal(&self, error: &sqlx::Error) -> String {
        match error {
            sqlx::Error::Database(database) if rights::is_denied(error) => {
                let [name, user] =
                    [self.0.get_database().unwrap_or(self.0.get_username()), self.0.get_username()]
                        .map(|name| format!("\"{}\"", name.replace('"', "\"\"")));
                format!(
                    "{}: as its owner run `GRANT CONNECT ON DATABASE {name} TO {user};`",
                    database.message()
                )
            }
            sqlx::Error::Database(database)
                if database.message().contains("unsupported startup parameter") =>
            {
                format!(
                    "{}: leave it out of DATABASE_URL and PGOPTIONS, or add it to ignore_startup_parameters of pgbouncer",
                    database.message()
                )
            }
            sqlx::Error::Database(database) => database.message().to_owned(),
            sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::NotFound && self.folder().is_some() => {
                format!("there is no socket .s.PGSQL.{} in that folder", self.0.get_port())
            }
            error => error.to_string(),
        }
    }

    async fn connect(&self) -> std::result::Result<PgConnection, sqlx::Error> {
        match tokio::time::timeout(PATIENCE, PgConnection::connect_with(&self.0)).await {
            Ok(connected) => connected,
            Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
        }
    }

    /// A pool tries and tries until there is no more time, and does not say why it failed: this asks once more.
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

/// How the server is reached. What the address leaves out is taken from the variables that libpq has for it.
fn options(url: &str) -> Result<PgConnectOptions> {
    // The driver's own words may quote the address, and with it the password.
    let address =
        Address::parse(url).map_err(|problem| Error::CannotOpen(format!("DATABASE_URL {problem}")))?;
    let options: PgConnectOptions = address
        .for_driver()
        .parse()
        .map_err(|_| Error::CannotOpen("DATABASE_URL cannot be read".to_owned()))?;
    // As libpq, which never encrypts what stays on this machine.
    let is_socket = options.get_socket().is_some() || options.get_host().starts_with('/');
    let options = if is_socket { options.ssl_mode(PgSslMode::Disable) } else { options };
    Ok(options
        .application_name("afterword")
        // A pooler refuses what it does not know; since PostgreSQL 12 the server gives all digits without being asked.
        .extra_float_digits(None)
        // The default of 100 is fewer than the texts in use; a miss prepares the statement again.
        .statement_cache_capacity(512)
        .disable_statement_logging())
}

/// Refuses a server that cannot be reached, and a pooler that does not keep sessions.
async fn try_out(server: &Server) -> Result<()> {
    let name = server.name();
    let mut one = server.connect().await.map_err(|error| {
        let why = server.refusal(&error);
        Error::CannotOpen(format!("cannot open the PostgreSQL database {name}: {why}"))
    })?;
    // One more connection than there are to be had is found out when it is needed.
    if let Ok(mut other) = server.connect().await {
        let mode = tokio::time::timeout(PATIENCE, Mode::of(&mut one, &mut other)).await;
        drop(other.close().await);
        if let Some(trouble) =
            mode.ok().and_then(std::result::Result::ok).and_then(|mode| mode.trouble(&name))
        {
            return Err(Error::CannotOpen(trouble));
        }
    }
    drop(one.close().await);
    Ok(())
}

pub(super) async fn open(url: &str) -> Result<Pools> {
    let options = options(url)?;
    let server = Server(Box::new(options.clone()));
    try_out(&server).await?;
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
async fn applied(pool: &PgPool) -> std::result::Result<Vec<i64>, sqlx::Error> {
    let table: Option<String> =
        sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations')::text").fetch_one(pool).await?;
    if table.is_none() {
        return Ok(Vec::new());
    }
    sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(pool).await
}

pub(super) async fn verify_schema(server: &Server, pool: &PgPool) -> Result<()> {
    let applied = match applied(pool).await {
        Ok(applied) => applied,
        Err(error) => return Err(rights::explained(pool, &server.name(), Work::Rows, error).await),
    };
    migrations::verify(&MIGRATIONS, &applied)
}

/// Refuses a user who may not do what the program does all day.
pub(super) async fn check_rights(server: &Server, pool: &PgPool) -> Result<()> {
    rights::check(pool, &server.name(), Work::Rows).await
}

/// All up to where the program itself has to go on; see [`super::Db::migrate`]. Under an advisory lock, which sqlx
/// takes: of several programs that start together one migrates. No copy is made.
pub(super) async fn begin_migrating(server: &Server, pool: &PgPool) -> Result<Migrated> {
    let name = server.name();
    let before = match applied(pool).await {
        Ok(before) => before,
        Err(error) => return Err(rights::explained(pool, &name, Work::Rows, error).await),
    };
    let pending = migrations::pending(&MIGRATIONS, &before)?;
    if pending > 0 {
        rights::check(pool, &name, Work::Migrating).await?;
        run_to(filling::MADE, pool).await?;
    }
    Ok(Migrated { applied: pending, is_new: before.is_empty(), copy: None })
}

pub(super) async fn end_migrating(pool: &PgPool) -> Result<()> {
    run_to(i64::MAX, pool).await
}

/// The program that comes second waits until the first is done, and finds nothing left to do. The pool has one
/// connection.
async fn run_to(target: i64, pool: &PgPool) -> Result<()> {
    pool.execute("SET lock_timeout = 0").await?;
    MIGRATIONS.run_to(target, pool).await.map_err(migrations::failed)?;
    pool.execute(WRITES).await?;
    Ok(())
}
