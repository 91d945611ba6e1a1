//! The only SQL in the program. `Db` opens units of work and `Tx` is one. Dropping a `Tx` rolls it back; the queries
//! are its methods.
//!
//! One SQL text serves both engines; `on_engine!` runs it on the engine that holds the transaction.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::domain::ledger::State;
use crate::telemetry::metrics::{Family, Labels, Metrics, OUTCOMES};

mod ahead;
pub mod alert_chats;
pub mod alerts;
mod answering;
pub mod answers;
pub mod audience;
pub mod backtest;
pub mod backup;
pub mod cases;
pub mod comments;
pub mod copies;
pub mod dashboard;
pub mod deliveries;
mod delivery;
pub mod due;
pub mod editing;
pub mod erasing;
mod error;
pub mod events;
pub mod explore;
pub mod export;
pub mod folds;
pub mod followers;
pub mod gauges;
mod health;
pub mod hooks;
mod intake;
pub mod journal;
pub mod keys;
pub mod kpis;
pub mod lane;
mod lease;
pub mod lost_chats;
mod migrations;
mod moves;
mod moving;
mod outbox;
mod outgoing;
mod overdue;
pub mod persons;
mod place;
mod postgres;
mod profile;
mod query;
pub mod record;
pub mod repeats;
pub mod reports;
pub mod routing;
mod rows;
pub mod scripts;
pub mod segments;
pub mod settings;
pub mod shared_pages;
pub mod shared_words;
mod sqlite;
pub mod staff;
pub mod staff_log;
pub mod surveys;
mod taking_back;
pub mod tickets;
pub mod timeline;
mod turn;
mod unknown;
pub mod unshown;
pub mod write_backs;

pub use error::{Error, Result};
pub use health::Backlog;
pub use lane::Lane;
pub use lease::{Lease, Term};
pub use outbox::{Claimed, OutboxRow};
pub use outgoing::{AlbumPart, Document, Method, Outgoing, Part, Payload};
pub use query::{Statement, Value, query, query_as, query_scalar};
pub use scripts::{DraftScript, LiveScript, ScriptVersion};
pub use sqlite::copies_beside;

use rows::{chunks, padded, values};

/// Runs one [`Statement`] on the engine that holds the transaction: `on_engine!(self, fetch_optional,
/// query_as::<Row>("SELECT …").bind(id))`. With `execute` it returns the number of affected rows.
macro_rules! on_engine {
    ($tx:expr, execute, $statement:expr) => {
        $crate::store::on_engine!(@ $tx, $statement, |query, conn| query.execute(conn).await.map(|done| done.rows_affected()))
    };
    ($tx:expr, $method:ident, $statement:expr) => {
        $crate::store::on_engine!(@ $tx, $statement, |query, conn| query.$method(conn).await)
    };
    (@ $tx:expr, $statement:expr, |$query:ident, $conn:ident| $run:expr) => {{
        let statement = $statement;
        let patience = $tx.patience;
        $tx.ahead.drop_what_changes(|| statement.text());
        match $tx.flush_before(|| statement.text()).await {
            Err(error) => Err(error),
            Ok(()) => match &mut $tx.engine {
                $crate::store::Engine::Sqlite(tx) => match (statement.on_sqlite(), &mut **tx) {
                    (Ok($query), $conn) => $run,
                    (Err(error), _) => Err(error),
                },
                $crate::store::Engine::Postgres(tx) => match (statement.on_postgres(), &mut **tx) {
                    (Ok($query), $conn) => $crate::store::within(patience.limit(), Box::pin(async { $run })).await,
                    (Err(error), _) => Err(error),
                },
            }
            .map_err($crate::store::Error::from),
        }
    }};
}
pub(crate) use answering::{Patience, within};
pub(crate) use on_engine;

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    pools: Pools,
    grown: Arc<Grown>,
    writes: Arc<AtomicU64>,
    /// The term during which this handle may be used; see [`Db::during`].
    term: Option<Term>,
    turns: turn::Turns,
    /// Whether those who write through this handle let others pass; see [`Db::in_background`].
    is_background: bool,
    /// Whether this handle reads for work that gives way; see [`Db::giving_way`].
    gives_way: bool,
    metrics: Metrics,
    counts: Arc<segments::KeptCounts>,
    audience: Arc<audience::KeptAudience>,
    /// Who may read for long.
    long_reads: Arc<Semaphore>,
}

/// So many transactions at a time may read for long. The others of their connections are for what pages look up besides.
const LONG_READS: usize = 2;
/// The connections of work that gives way.
const GIVING_WAY: u32 = 4;
/// How long a server's connections may take to close.
const CLOSING: Duration = Duration::from_secs(2);

#[derive(Clone, Debug)]
enum Pools {
    /// One writer and several readers, and others for work that gives way; see [`Db::giving_way`].
    Sqlite {
        path: PathBuf,
        place: Arc<place::Place>,
        writer: SqlitePool,
        readers: SqlitePool,
        giving_way: SqlitePool,
    },
    /// The same. The writers of several processes wait for each other at the server. The lease has a connection of its
    /// own, so that no other work delays its renewal.
    Postgres { server: postgres::Server, writer: PgPool, readers: PgPool, giving_way: PgPool, lease: PgPool },
}

pub(crate) enum Engine {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// Counts this process's commits that other tasks wait for.
#[derive(Debug, Default)]
struct Grown {
    outbox: watch::Sender<u64>,
    jobs: watch::Sender<u64>,
}

/// A unit of work. Nothing is stored until [`Tx::commit`].
pub struct Tx {
    pub(crate) engine: Engine,
    /// The files that must still be in place when the transaction commits.
    place: Option<Arc<place::Place>>,
    grown: Option<Arc<Grown>>,
    enqueued: bool,
    asked: bool,
    /// Outbox rows that have not been written yet.
    outgoing: Vec<outbox::Unwritten>,
    moves: moves::Moves,
    pub(crate) ahead: ahead::ReadAhead,
    /// Held until the transaction ends, if it writes.
    turn: Option<turn::Turn>,
    /// Counts that are added to the metrics on commit.
    counted: Vec<Counted>,
    metrics: Metrics,
    /// The counts that are kept. Only a transaction that sees one state of the database has them.
    counts: Option<Arc<segments::KeptCounts>>,
    /// What such a transaction has seen of the segments.
    seen: Option<Arc<segments::Seen>>,
    read_pending: segments::ReadPending,
    audience: Arc<audience::KeptAudience>,
    /// The permit to read for long.
    long_read: Option<OwnedSemaphorePermit>,
    /// How long a server may take to answer a statement.
    pub(crate) patience: Patience,
}

/// A metric, its labels, and the amount to add.
type Counted = (&'static Family, Vec<(&'static str, Cow<'static, str>)>, u64);

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tx")
    }
}

/// The result of [`Db::migrate`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    pub applied: usize,
    /// Whether there was no schema before.
    pub is_new: bool,
    /// The copy made before the migration, if there was anything to lose.
    pub copy: Option<PathBuf>,
}

impl Db {
    /// Opens the database at `url`. With `create`, a missing file is created. [`Db::migrate`] creates the tables.
    pub async fn open(url: &str, create: bool) -> Result<Self> {
        let pools = if postgres::is_meant(url) {
            postgres::open(url).await?
        } else {
            sqlite::open(url, create).await?
        };
        Ok(Self {
            pools,
            grown: Arc::default(),
            writes: Arc::default(),
            term: None,
            turns: turn::Turns::default(),
            is_background: false,
            gives_way: false,
            metrics: Metrics::default(),
            counts: Arc::default(),
            audience: Arc::default(),
            long_reads: Arc::new(Semaphore::new(LONG_READS)),
        })
    }

    /// Returns a handle for work that nobody waits for. Before it writes, it lets taps, and whatever else people wait
    /// for, pass; and only one of all such transactions of this process can be ahead of them.
    #[must_use]
    pub fn in_background(&self) -> Self {
        Self { is_background: true, ..self.clone() }
    }

    /// Returns a handle for what people read at leisure: pages and figures. It reads through connections of its own, so that
    /// lookups for updates never wait for them, nor for a thread of lower priority.
    #[must_use]
    pub fn giving_way(&self) -> Self {
        Self { gives_way: true, ..self.clone() }
    }

    /// Begins a transaction that may write. There is only one at a time, across all processes; others wait.
    pub async fn write(&self) -> Result<Tx> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        let turn = if self.is_background { self.turns.background().await } else { self.turns.first() };
        let engine = match &self.pools {
            Pools::Sqlite { place, writer, .. } => {
                place.check()?;
                Engine::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?)
            }
            Pools::Postgres { server, writer, .. } => {
                Engine::Postgres(postgres::write(server, writer, self.term.as_ref()).await?)
            }
        };
        let tx = Tx::new(engine, self, Some(Arc::clone(&self.grown)));
        Ok(Tx { place: self.pools.place(), turn: Some(turn), ..tx })
    }

    /// How often [`Db::write`] has been called, including by callers that are still waiting. `None` on a server, where
    /// other processes write without our knowledge.
    #[must_use]
    pub fn writes(&self) -> Option<u64> {
        match &self.pools {
            Pools::Sqlite { .. } => Some(self.writes.load(Ordering::Relaxed)),
            Pools::Postgres { .. } => None,
        }
    }

    /// Begins a read-only transaction that sees one consistent state of the database.
    pub async fn read(&self) -> Result<Tx> {
        let engine = match &self.pools {
            Pools::Sqlite { place, readers, giving_way, .. } => {
                place.check()?;
                Engine::Sqlite(if self.gives_way { giving_way } else { readers }.begin().await?)
            }
            Pools::Postgres { server, readers, giving_way, .. } => {
                let readers = if self.gives_way { giving_way } else { readers };
                Engine::Postgres(postgres::read(server, readers).await?)
            }
        };
        let counts = Some(Arc::clone(&self.counts));
        Ok(Tx { counts, patience: Patience::Reading, ..Tx::new(engine, self, None) })
    }

    /// The same for what may read for long, such as figures. Only a few do so at a time; others wait here, without a
    /// connection. Do not begin one while holding another: both might wait for ever.
    pub async fn read_at_length(&self) -> Result<Tx> {
        // Nobody closes it, so it is never refused.
        let permit = Arc::clone(&self.long_reads).acquire_owned().await.ok();
        Ok(Tx { long_read: permit, ..self.giving_way().read().await? })
    }

    /// The same for lookups that are repeated all the time. On a server it forces the use of the indexes made for them,
    /// even while the server believes a table to be empty.
    pub async fn look(&self) -> Result<Tx> {
        let Pools::Postgres { server, readers, .. } = &self.pools else { return self.read().await };
        let engine = Engine::Postgres(postgres::look(server, readers).await?);
        Ok(Tx::new(engine, self, None))
    }

    /// Creates a new database file in this folder.
    #[cfg(test)]
    pub(crate) async fn new_in(folder: &std::path::Path) -> Self {
        let db = Self::open(&format!("sqlite://{}", folder.join("t.db").display()), true).await.unwrap();
        db.migrate().await.unwrap();
        db
    }

    /// Migrates the schema to this program's version. A file is copied first if there is anything to lose. Progress is
    /// written to the log.
    pub async fn migrate(&self) -> Result<Migrated> {
        self.migrate_telling(|progress| tracing::info!("{progress}")).await
    }

    /// The same, but reports progress to `tell` if there is enough data for it to take a while.
    pub async fn migrate_telling(&self, mut tell: impl FnMut(&str)) -> Result<Migrated> {
        let migrated = match &self.pools {
            Pools::Sqlite { path, writer, .. } => sqlite::begin_migrating(path, writer).await?,
            Pools::Postgres { server, writer, .. } => postgres::begin_migrating(server, writer).await?,
        };
        // Only if something is pending: a user who may not change the schema can start on an up-to-date database.
        if migrated.applied > 0 {
            self.fill_journal(&mut tell).await?;
            match &self.pools {
                Pools::Sqlite { writer, .. } => sqlite::end_migrating(writer).await?,
                Pools::Postgres { writer, .. } => postgres::end_migrating(writer).await?,
            }
        }
        self.check_rights().await?;
        Ok(migrated)
    }

    /// Refuses a database whose schema does not fit this program's version. Changes nothing.
    pub async fn verify_schema(&self) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => sqlite::verify_schema(writer).await,
            Pools::Postgres { server, writer, .. } => postgres::verify_schema(server, writer).await,
        }
    }

    /// Refuses a database user who lacks a right that the program needs, and names the right.
    pub async fn check_rights(&self) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { .. } => Ok(()),
            Pools::Postgres { server, writer, .. } => postgres::check_rights(server, writer).await,
        }
    }

    /// Removes all traces of deleted data from the files beside the database. Returns false if a reader was in the way,
    /// and should then be called again. On a server, this is the server's own job.
    pub async fn scrub(&self) -> Result<bool> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => sqlite::scrub(writer).await,
            Pools::Postgres { .. } => Ok(true),
        }
    }

    /// Gives the writer of a file more cache and a longer log. Rows that arrive by the thousand touch pages all over
    /// the indexes.
    pub async fn expect_many_rows(&self) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => sqlite::expect_many_rows(writer).await,
            Pools::Postgres { .. } => Ok(()),
        }
    }

    /// Refuses a database whose files were removed or replaced since it was opened. Every transaction checks this.
    pub fn check_place(&self) -> Result<()> {
        self.pools.place().map_or(Ok(()), |place| place.check())
    }

    /// The database file, if it is a file.
    #[must_use]
    pub fn file(&self) -> Option<&std::path::Path> {
        match &self.pools {
            Pools::Sqlite { path, .. } => Some(path),
            Pools::Postgres { .. } => None,
        }
    }

    /// The metrics of this process. They are kept here because most of them count only what is committed.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The database's name for people: the file, or the database name and its server.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.pools {
            Pools::Sqlite { path, .. } => path.display().to_string(),
            Pools::Postgres { server, .. } => server.name(),
        }
    }

    /// Counts this process's commits that added to the outbox.
    #[must_use]
    pub fn outbox_grew(&self) -> watch::Receiver<u64> {
        self.grown.outbox.subscribe()
    }

    /// Counts this process's commits that queued a job.
    #[must_use]
    pub fn jobs_grew(&self) -> watch::Receiver<u64> {
        self.grown.jobs.subscribe()
    }

    pub async fn close(&self) {
        match &self.pools {
            // The last connection to close deletes the log by name. By now, that name may belong to another database's
            // log.
            Pools::Sqlite { place, writer, readers, giving_way, .. } if place.check().is_err() => {
                std::mem::forget((writer.clone(), readers.clone(), giving_way.clone()));
            }
            Pools::Sqlite { writer, readers, giving_way, .. } => {
                giving_way.close().await;
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres { writer, readers, giving_way, lease, .. } => {
                let closed = async {
                    tokio::join!(lease.close(), giving_way.close(), readers.close(), writer.close())
                };
                // A server that does not answer sees by itself that the connections are gone.
                drop(tokio::time::timeout(CLOSING, closed).await);
            }
        }
    }
}

impl Pools {
    fn place(&self) -> Option<Arc<place::Place>> {
        match self {
            Self::Sqlite { place, .. } => Some(Arc::clone(place)),
            Self::Postgres { .. } => None,
        }
    }
}

impl Tx {
    fn new(engine: Engine, db: &Db, grown: Option<Arc<Grown>>) -> Self {
        Self {
            engine,
            place: None,
            grown,
            enqueued: false,
            asked: false,
            outgoing: Vec::new(),
            moves: moves::Moves::default(),
            ahead: ahead::ReadAhead::default(),
            turn: None,
            counted: Vec::new(),
            metrics: db.metrics.clone(),
            counts: None,
            seen: None,
            read_pending: segments::ReadPending::default(),
            audience: Arc::clone(&db.audience),
            long_read: None,
            patience: Patience::Work,
        }
    }

    pub async fn commit(mut self) -> Result<()> {
        self.write_moves().await?;
        self.write_outgoing().await?;
        match self.engine {
            Engine::Sqlite(tx) => tx.commit().await?,
            Engine::Postgres(tx) => within(self.patience.limit(), tx.commit()).await?,
        }
        drop((self.turn, self.long_read));
        // Checked only after the commit, because the file may have been removed meanwhile.
        self.place.map_or(Ok(()), |place| place.check())?;
        for (family, labels, count) in &self.counted {
            self.metrics.add(family, labels, *count);
        }
        if let Some(grown) = self.grown {
            for (_, grew) in
                [(self.enqueued, &grown.outbox), (self.asked, &grown.jobs)].iter().filter(|(is, _)| *is)
            {
                grew.send_modify(|commits| *commits += 1);
            }
        }
        Ok(())
    }

    /// Adds to a metric if and when this transaction is committed.
    pub fn count(&mut self, family: &'static Family, labels: Labels<'_>, count: u64) {
        self.counted.push((family, labels.to_vec(), count));
    }

    /// Counts a survey's move to a state.
    fn count_transition(&mut self, state: State, count: u64) {
        let reason = state.reason().unwrap_or_default();
        self.count(&OUTCOMES, &[("state", state.as_str().into()), ("reason", reason.into())], count);
    }

    /// Makes the commit wake the jobs.
    fn mark_asked(&mut self) {
        self.asked = true;
    }

    /// Makes the commit wake the sender. Call it after an insert into the outbox.
    pub fn mark_enqueued(&mut self) {
        self.enqueued = true;
    }
}
