//! The only SQL. `Db` opens units of work, `Tx` is one: dropping it rolls back, queries are its methods.
//!
//! One SQL text serves every engine; `on_engine!` runs it on whichever holds the transaction.

use std::path::PathBuf;
use std::sync::Arc;

use sqlx::{Sqlite, SqlitePool};
use tokio::sync::watch;

pub mod alerts;
pub mod answers;
mod delivery;
mod error;
pub mod events;
pub mod export;
mod health;
mod intake;
pub mod keys;
mod outbox;
pub mod persons;
mod rows;
mod scripts;
mod sqlite;
pub mod staff;
pub mod surveys;

pub use error::{Error, Result};
pub use health::Backlog;
pub use outbox::{Claimed, Lane, Method, OutboxRow, Outgoing, Payload};
pub use rows::{chunks, padded, values};
pub use scripts::LiveScript;

/// Runs one query on the engine that holds the transaction:
/// `on_engine!(self, fetch_optional, sqlx::query_as::<_, Row>("SELECT …").bind(id))`.
macro_rules! on_engine {
    ($tx:expr, $method:ident, $query:expr) => {
        match &mut $tx.engine {
            $crate::store::Engine::Sqlite(conn) => $query.$method(&mut **conn).await,
        }
    };
}
pub(crate) use on_engine;

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    pools: Pools,
    outbox_grew: Arc<watch::Sender<u64>>,
}

#[derive(Clone, Debug)]
enum Pools {
    /// One writer, several readers.
    Sqlite { path: PathBuf, writer: SqlitePool, readers: SqlitePool },
}

pub(crate) enum Engine {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
}

/// One unit of work. Nothing is kept until [`Tx::commit`].
pub struct Tx {
    pub(crate) engine: Engine,
    outbox_grew: Option<Arc<watch::Sender<u64>>>,
    enqueued: bool,
    /// Of the answer that this transaction wrote last; see [`Tx::next_position`].
    answer_position: Option<i64>,
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tx")
    }
}

/// What [`Db::migrate`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    pub applied: usize,
    /// The copy that was made before, where there was anything to lose.
    pub copy: Option<PathBuf>,
}

impl Db {
    /// Opens (and with `create` makes) the database that `url` names; see [`Db::migrate`] for its tables.
    pub async fn open(url: &str, create: bool) -> Result<Self> {
        Ok(Self { pools: sqlite::open(url, create).await?, outbox_grew: Arc::new(watch::Sender::new(0)) })
    }

    /// A transaction that may write. There is one at a time: whoever comes later waits.
    pub async fn write(&self) -> Result<Tx> {
        let Pools::Sqlite { writer, .. } = &self.pools;
        let engine = Engine::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?);
        Ok(Tx {
            engine,
            outbox_grew: Some(Arc::clone(&self.outbox_grew)),
            enqueued: false,
            answer_position: None,
        })
    }

    /// A transaction that sees one state of the database and writes nothing.
    pub async fn read(&self) -> Result<Tx> {
        let Pools::Sqlite { readers, .. } = &self.pools;
        Ok(Tx {
            engine: Engine::Sqlite(readers.begin().await?),
            outbox_grew: None,
            enqueued: false,
            answer_position: None,
        })
    }

    /// Brings the schema up to this program's version, after a copy of the file if there is anything to lose.
    pub async fn migrate(&self) -> Result<Migrated> {
        let Pools::Sqlite { path, writer, .. } = &self.pools;
        sqlite::migrate(path, writer).await
    }

    /// Refuses a database that this program's version does not fit, without changing it.
    pub async fn verify_schema(&self) -> Result<()> {
        let Pools::Sqlite { writer, .. } = &self.pools;
        sqlite::verify_schema(writer).await
    }

    /// The file behind the database, where there is one.
    #[must_use]
    pub fn file(&self) -> Option<&std::path::Path> {
        let Pools::Sqlite { path, .. } = &self.pools;
        Some(path)
    }

    /// Counts the commits of this process that added to the outbox.
    #[must_use]
    pub fn outbox_grew(&self) -> watch::Receiver<u64> {
        self.outbox_grew.subscribe()
    }

    pub async fn close(&self) {
        let Pools::Sqlite { writer, readers, .. } = &self.pools;
        readers.close().await;
        writer.close().await;
    }
}

impl Tx {
    pub async fn commit(self) -> Result<()> {
        match self.engine {
            Engine::Sqlite(tx) => tx.commit().await?,
        }
        if let (true, Some(grew)) = (self.enqueued, self.outbox_grew) {
            grew.send_modify(|commits| *commits += 1);
        }
        Ok(())
    }

    /// To be called by whatever inserts into the outbox, so that the commit wakes the sender.
    pub fn mark_enqueued(&mut self) {
        self.enqueued = true;
    }
}
