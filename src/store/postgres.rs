//! Opens and migrates a PostgreSQL database.

use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions, PgSslMode, PgTransaction};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgPool};

use super::answering::{self, within};
use super::journal::filling;
use super::{Error, Migrated, Pools, Result, Term, migrations};
use crate::config::postgres::{Address, is_meant as is_postgres};
use pooler::Mode;
use rights::Work;

mod pooler;
mod rights;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

const READERS: u32 = 3;
/// A connection that was idle for longer than this is tested before use, because the server may have been restarted.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// How long work waits for a connection, of the pool or of the server, before it is postponed.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same with the answer to the first statement, which follows at once.
const BEGIN: Duration = Duration::from_secs(6);
/// Settings for connections that write. If a program hangs in the middle of a transaction, or its machine is gone, the
/// server ends its session, so that it does not keep others from writing. Sequential scans are off because a plan that
/// was made and kept while a table was small would read the whole table. JIT is off because compiling a plan takes
/// longer than any of our statements.
const WRITES: &str = "SET idle_in_transaction_session_timeout = '10s'; SET lock_timeout = '5s'; \
     SET enable_seqscan = off; SET jit = off; \
     SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3; \
     SET client_min_messages = 'warning'";
/// Settings for connections that read. They have no timeouts, because an export may take long.
const READS: &str = "SET client_min_messages = 'warning'";
/// Additional settings for one reading transaction.
const LOOKS: &str = "SET LOCAL enable_seqscan = off; SET LOCAL jit = off";
/// Set explicitly because servers' defaults differ. A writer that has waited for its turn must see what the previous
/// one wrote.
const WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// Every writing transaction locks this row first, so that all writing transactions on the database run one after the
/// other, across processes, as on SQLite. After that, nobody else changes what the transaction reads until it ends.
const LOCK: &str = "SELECT epoch FROM write_turn FOR UPDATE";
const READ_ONLY: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Whether this URL names a PostgreSQL database.
pub(super) fn is_meant(url: &str) -> bool {
    is_postgres(url)
}

/// The connection options of the database.
#[derive(Clone)]
pub(super) struct Server(Box<PgConnectOptions>);

/// Prints the server without its password.
impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name())
    }
}

impl Server {
    /// The address without the password and anything else that may be secret.
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

    /// The socket's folder, if the server is reached through a socket.
    fn folder(&self) -> Option<String> {
        let host = Some(self.0.get_host()).filter(|host| host.starts_with('/'));
        self.0.get_socket().map(|folder| folder.display().to_string()).or(host.map(str::to_owned))
    }

    /// Explains to an operator why the connection failed.
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

    /// Finds out why there is no connection. A pool keeps trying until its time is up and does not say why it failed,
    /// so this tries once more.
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

/// Reads the connection options from the URL. What it leaves out comes from libpq's environment variables.
fn options(url: &str) -> Result<PgConnectOptions> {
    // The driver's own error messages may quote the URL, including the password.
    let address =
        Address::parse(url).map_err(|problem| Error::CannotOpen(format!("DATABASE_URL {problem}")))?;
    let options: PgConnectOptions = address
        .for_driver()
        .parse()
        .map_err(|_| Error::CannotOpen("DATABASE_URL cannot be read".to_owned()))?;
    // Like libpq, which never encrypts connections through a socket on the same machine.
    let is_socket = options.get_socket().is_some() || options.get_host().starts_with('/');
    let options = if is_socket { options.ssl_mode(PgSslMode::Disable) } else { options };
    Ok(options
        .application_name("afterword")
        // A pooler refuses parameters that it does not know. Since PostgreSQL 12, the server returns all digits by
        // default.
        .extra_float_digits(None)
        // The default of 100 is less than the number of statements in use, and a miss prepares the statement again.
        .statement_cache_capacity(512)
        .disable_statement_logging())
}

/// Refuses a server that cannot be reached and a pooler that does not keep sessions.
async fn try_out(server: &Server) -> Result<()> {
    let name = server.name();
    let mut one = server.connect().await.map_err(|error| {
        let why = server.refusal(&error);
        Error::CannotOpen(format!("cannot open the PostgreSQL database {name}: {why}"))
    })?;
    let encoding =
        within(PATIENCE, sqlx::query_scalar::<_, String>("SHOW server_encoding").fetch_one(&mut one)).await;
    if let Some(encoding) = encoding.ok().filter(|encoding| encoding != "UTF8") {
        return Err(Error::CannotOpen(format!(
            "the PostgreSQL database {name} is encoded in {encoding}, which cannot hold every text: make one with \
             `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`"
        )));
    }
    // If the server has no second connection to spare, we skip this check; the shortage shows when a connection is
    // needed.
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
                Box::pin(async move {
                    if meta.idle_for < TRUSTED_FOR { Ok(true) } else { answering::ping(connection).await }
                })
            })
            // A transaction that was given up leaves a statement or a rollback that is not answered yet.
            .after_release(|connection, _| Box::pin(answering::ping(connection)))
    };
    let writer = pool(WRITES).max_connections(1).connect_lazy_with(options.clone());
    let lease = pool(WRITES).max_connections(1).connect_lazy_with(options.clone());
    let giving_way = pool(READS).max_connections(super::GIVING_WAY).connect_lazy_with(options.clone());
    let readers = pool(READS).max_connections(READERS).connect_lazy_with(options);
    Ok(Pools::Postgres { server, writer, readers, giving_way, lease })
}

/// Begins a transaction that may write. With a `term`, it is refused unless that term is still the current one.
pub(super) async fn write(
    server: &Server,
    writer: &PgPool,
    term: Option<&Term>,
) -> Result<PgTransaction<'static>> {
    let mut tx = match within(BEGIN, writer.begin_with(WRITE)).await {
        Ok(tx) => tx,
        Err(error) => return Err(server.why(error).await),
    };
    // The server gives up first if others keep writing.
    let epoch: i64 = within(BEGIN, sqlx::query_scalar(LOCK).fetch_one(&mut *tx)).await?;
    match term {
        Some(term) if term.epoch() != epoch => Err(Error::TakenOver),
        _ => Ok(tx),
    }
}

pub(super) async fn read(server: &Server, readers: &PgPool) -> Result<PgTransaction<'static>> {
    match within(BEGIN, readers.begin_with(READ_ONLY)).await {
        Ok(tx) => Ok(tx),
        Err(error) => Err(server.why(error).await),
    }
}

/// Like [`read`], but uses only indexes, as writers do. Otherwise the server would read a whole table as long as it
/// believes the table to be empty.
pub(super) async fn look(server: &Server, readers: &PgPool) -> Result<PgTransaction<'static>> {
    let mut tx = read(server, readers).await?;
    within(BEGIN, (&mut *tx).execute(LOOKS)).await?;
    Ok(tx)
}

/// Returns the schema versions that have been applied; none for a new database.
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

/// Refuses a user who lacks the rights for the program's everyday work.
pub(super) async fn check_rights(server: &Server, pool: &PgPool) -> Result<()> {
    rights::check(pool, &server.name(), Work::Rows).await
}

/// Runs all migrations up to the point where the program itself has to continue; see [`super::Db::migrate`]. sqlx takes
/// an advisory lock, so if several programs start together, only one migrates. No copy is made.
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

/// Runs the migrations. A second program waits without a timeout until the first is done, and then finds nothing left
/// to do. The settings apply to the pool's only connection.
async fn run_to(target: i64, pool: &PgPool) -> Result<()> {
    pool.execute("SET lock_timeout = 0").await?;
    MIGRATIONS.run_to(target, pool).await.map_err(migrations::failed)?;
    pool.execute(WRITES).await?;
    Ok(())
}
