//! The only SQL. `Db` opens units of work, `Tx` is one: dropping it rolls back, queries are its methods.
//!
//! One SQL text serves every engine; `on_engine!` runs it on the one that holds the transaction.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool};
use tokio::sync::watch;

use crate::domain::ledger::State;
use crate::telemetry::metrics::{Family, Labels, Metrics, OUTCOMES};

mod ahead;
pub mod alert_chats;
pub mod alerts;
pub mod answers;
pub mod backtest;
pub mod backup;
pub mod comments;
pub mod copies;
mod delivery;
pub mod due;
pub mod editing;
pub mod erasing;
mod error;
pub mod events;
pub mod export;
pub mod folds;
pub mod followers;
pub mod gauges;
mod health;
pub mod humans;
mod intake;
pub mod journal;
pub mod keys;
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
mod rows;
pub mod scripts;
pub mod settings;
mod sqlite;
pub mod staff;
pub mod staff_log;
pub mod surveys;
mod taking_back;
mod unknown;
pub mod unshown;

pub use error::{Error, Result};
pub use health::Backlog;
pub use lane::Lane;
pub use lease::{Lease, Term};
pub use outbox::{Claimed, OutboxRow};
pub use outgoing::{Document, Method, Outgoing, Part, Payload};
pub use query::{Statement, Value, query, query_as, query_scalar};
pub use scripts::{DraftScript, LiveScript, ScriptVersion};
pub use sqlite::copies_beside;

use rows::{chunks, padded, values};

/// Runs one [`Statement`] on the engine that holds the transaction:
/// `on_engine!(self, fetch_optional, query_as::<Row>("SELECT …").bind(id))`; `execute` gives the number of rows.
macro_rules! on_engine {
    ($tx:expr, execute, $statement:expr) => {
        $crate::store::on_engine!(@ $tx, $statement, |query, conn| query.execute(conn).await.map(|done| done.rows_affected()))
    };
    ($tx:expr, $method:ident, $statement:expr) => {
        $crate::store::on_engine!(@ $tx, $statement, |query, conn| query.$method(conn).await)
    };
    (@ $tx:expr, $statement:expr, |$query:ident, $conn:ident| $run:expr) => {{
        let statement = $statement;
        $tx.ahead.drop_what_changes(|| statement.text());
        match $tx.flush_before(|| statement.text()).await {
            Err(error) => Err(error),
            Ok(()) => match &mut $tx.engine {
                $crate::store::Engine::Sqlite(tx) => match (statement.on_sqlite(), &mut **tx) {
                    (Ok($query), $conn) => $run,
                    (Err(error), _) => Err(error),
                },
                $crate::store::Engine::Postgres(tx) => match (statement.on_postgres(), &mut **tx) {
                    (Ok($query), $conn) => $run,
                    (Err(error), _) => Err(error),
                },
            }
            .map_err($crate::store::Error::from),
        }
    }};
}
pub(crate) use on_engine;

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    pools: Pools,
    grown: Arc<Grown>,
    writes: Arc<AtomicU64>,
    /// What this handle may be used during; see [`Db::during`].
    term: Option<Term>,
    metrics: Metrics,
}

#[derive(Clone, Debug)]
enum Pools {
    /// One writer, several readers.
    Sqlite { path: PathBuf, place: Arc<place::Place>, writer: SqlitePool, readers: SqlitePool },
    /// The same; the writers of several processes wait for each other at the server. Nothing that is busy keeps the
    /// lease from being renewed.
    Postgres { server: postgres::Server, writer: PgPool, readers: PgPool, lease: PgPool },
}

pub(crate) enum Engine {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// Commits of this process that somebody waits for.
#[derive(Debug, Default)]
struct Grown {
    outbox: watch::Sender<u64>,
    jobs: watch::Sender<u64>,
}

/// One unit of work. Nothing is kept until [`Tx::commit`].
pub struct Tx {
    pub(crate) engine: Engine,
    /// Where what is committed has to be.
    place: Option<Arc<place::Place>>,
    grown: Option<Arc<Grown>>,
    enqueued: bool,
    asked: bool,
    /// Rows of the outbox that are not written yet.
    outgoing: Vec<outbox::Unwritten>,
    moves: moves::Moves,
    pub(crate) ahead: ahead::ReadAhead,
    /// What counts once it is committed.
    counted: Vec<Counted>,
    metrics: Metrics,
}

/// A figure, its labels, and by how much it grows.
type Counted = (&'static Family, Vec<(&'static str, Cow<'static, str>)>, u64);

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tx")
    }
}

/// What [`Db::migrate`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    pub applied: usize,
    /// There was no schema before.
    pub is_new: bool,
    /// The copy that was made before, where there was anything to lose.
    pub copy: Option<PathBuf>,
}

impl Db {
    /// Opens (and with `create` makes, where it is a file) the database that `url` names; see [`Db::migrate`] for its
    /// tables.
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
            metrics: Metrics::default(),
        })
    }

    /// A transaction that may write. There is one at a time: later ones wait, in other processes too.
    pub async fn write(&self) -> Result<Tx> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        let engine = match &self.pools {
            Pools::Sqlite { place, writer, .. } => {
                place.check()?;
                Engine::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?)
            }
            Pools::Postgres { server, writer, .. } => {
                Engine::Postgres(postgres::write(server, writer, self.term.as_ref()).await?)
            }
        };
        let tx = Tx::new(engine, self.metrics.clone(), Some(Arc::clone(&self.grown)));
        Ok(Tx { place: self.pools.place(), ..tx })
    }

    /// How often [`Db::write`] was called, by those who still wait as well. None on a server, where other processes
    /// write unseen.
    #[must_use]
    pub fn writes(&self) -> Option<u64> {
        match &self.pools {
            Pools::Sqlite { .. } => Some(self.writes.load(Ordering::Relaxed)),
            Pools::Postgres { .. } => None,
        }
    }

    /// A transaction that sees one state of the database and writes nothing.
    pub async fn read(&self) -> Result<Tx> {
        let engine = match &self.pools {
            Pools::Sqlite { place, readers, .. } => {
                place.check()?;
                Engine::Sqlite(readers.begin().await?)
            }
            Pools::Postgres { server, readers, .. } => {
                Engine::Postgres(postgres::read(server, readers).await?)
            }
        };
        Ok(Tx::new(engine, self.metrics.clone(), None))
    }

    /// The same for a look that is taken again and again: on a server it goes by the indexes that were made for it, even
    /// while the server takes a table for empty.
    pub async fn look(&self) -> Result<Tx> {
        let Pools::Postgres { server, readers, .. } = &self.pools else { return self.read().await };
        let engine = Engine::Postgres(postgres::look(server, readers).await?);
        Ok(Tx::new(engine, self.metrics.clone(), None))
    }

    /// A new file in this folder.
    #[cfg(test)]
    pub(crate) async fn new_in(folder: &std::path::Path) -> Self {
        let db = Self::open(&format!("sqlite://{}", folder.join("t.db").display()), true).await.unwrap();
        db.migrate().await.unwrap();
        db
    }

    /// Brings the schema up to this program's version; a file is copied before, if there is anything to lose. The log
    /// tells how far it is.
    pub async fn migrate(&self) -> Result<Migrated> {
        self.migrate_telling(|progress| tracing::info!("{progress}")).await
    }

    /// The same, and `tell` is told how far it is, where there is so much that it takes a while.
    pub async fn migrate_telling(&self, mut tell: impl FnMut(&str)) -> Result<Migrated> {
        let migrated = match &self.pools {
            Pools::Sqlite { path, writer, .. } => sqlite::begin_migrating(path, writer).await?,
            Pools::Postgres { server, writer, .. } => postgres::begin_migrating(server, writer).await?,
        };
        // One who may not change the schema may start on a database that is up to date.
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

    /// Refuses a database that this program's version does not fit, without changing it.
    pub async fn verify_schema(&self) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => sqlite::verify_schema(writer).await,
            Pools::Postgres { server, writer, .. } => postgres::verify_schema(server, writer).await,
        }
    }

    /// Refuses a user of the server who lacks a right that the program needs, and names it.
    pub async fn check_rights(&self) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { .. } => Ok(()),
            Pools::Postgres { server, writer, .. } => postgres::check_rights(server, writer).await,
        }
    }

    /// Leaves nothing of what was deleted in the files beside the database. False if a reader is in the way: then it is
    /// to be tried again. On a server that is the server's own work.
    pub async fn scrub(&self) -> Result<bool> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => sqlite::scrub(writer).await,
            Pools::Postgres { .. } => Ok(true),
        }
    }

    /// Gives the writer of a file more memory and a longer log: where rows come in thousands, they touch pages all over
    /// the indexes.
    pub async fn expect_many_rows(&self) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => sqlite::expect_many_rows(writer).await,
            Pools::Postgres { .. } => Ok(()),
        }
    }

    /// Refuses a database whose files were taken away or replaced since it was opened. Every transaction does so.
    pub fn check_place(&self) -> Result<()> {
        self.pools.place().map_or(Ok(()), |place| place.check())
    }

    /// The file behind the database, where there is one.
    #[must_use]
    pub fn file(&self) -> Option<&std::path::Path> {
        match &self.pools {
            Pools::Sqlite { path, .. } => Some(path),
            Pools::Postgres { .. } => None,
        }
    }

    /// What this process counts. It is kept here because most of it counts when it is committed, and not before.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// What to call it before people: its file, or its name and server.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.pools {
            Pools::Sqlite { path, .. } => path.display().to_string(),
            Pools::Postgres { server, .. } => server.name(),
        }
    }

    /// Counts the commits of this process that added to the outbox.
    #[must_use]
    pub fn outbox_grew(&self) -> watch::Receiver<u64> {
        self.grown.outbox.subscribe()
    }

    /// Counts the commits of this process that asked for something to be done beside the updates.
    #[must_use]
    pub fn jobs_grew(&self) -> watch::Receiver<u64> {
        self.grown.jobs.subscribe()
    }

    pub async fn close(&self) {
        match &self.pools {
            // What is closed last deletes the log by its name, and that may be another database's by now.
            Pools::Sqlite { place, writer, readers, .. } if place.check().is_err() => {
                std::mem::forget((writer.clone(), readers.clone()));
            }
            Pools::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres { writer, readers, lease, .. } => {
                lease.close().await;
                readers.close().await;
                writer.close().await;
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
    fn new(engine: Engine, metrics: Metrics, grown: Option<Arc<Grown>>) -> Self {
        Self {
            engine,
            place: None,
            grown,
            enqueued: false,
            asked: false,
            outgoing: Vec::new(),
            moves: moves::Moves::default(),
            ahead: ahead::ReadAhead::default(),
            counted: Vec::new(),
            metrics,
        }
    }

    pub async fn commit(mut self) -> Result<()> {
        self.write_moves().await?;
        self.write_outgoing().await?;
        match self.engine {
            Engine::Sqlite(tx) => tx.commit().await?,
            Engine::Postgres(tx) => tx.commit().await?,
        }
        // Only now, for the file may have been taken away meanwhile.
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

    /// Counts something if and when this transaction is committed.
    pub fn count(&mut self, family: &'static Family, labels: Labels<'_>, count: u64) {
        self.counted.push((family, labels.to_vec(), count));
    }

    /// Counts a survey's way into a state.
    fn count_transition(&mut self, state: State, count: u64) {
        let reason = state.reason().unwrap_or_default();
        self.count(&OUTCOMES, &[("state", state.as_str().into()), ("reason", reason.into())], count);
    }

    /// The commit wakes the jobs.
    fn mark_asked(&mut self) {
        self.asked = true;
    }

    /// Call it after an insert into the outbox, so that the commit wakes the sender.
    pub fn mark_enqueued(&mut self) {
        self.enqueued = true;
    }
}
