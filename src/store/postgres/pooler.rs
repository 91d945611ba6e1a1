//! Whether a session is one. A pooler such as pgbouncer may give every transaction, or every statement, another session of
//! the server; settings, prepared statements and locks of a session are then lost, or somebody else's.

use sqlx::postgres::PgConnection;
use sqlx::{Executor as _, Row as _};

/// In one message, for prepared statements are the first thing to be lost. A number of a process alone could be that of
/// another process on another server.
const SESSION: &str = "SELECT pid::text || ' ' || COALESCE(backend_start::text, '') FROM pg_stat_activity \
     WHERE pid = pg_backend_pid()";
/// Other users of the pooler may take the session that we have just had; hardly every time.
const ROUNDS: usize = 4;

/// How long a pooler leaves a session of the server with its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// As without a pooler.
    Session,
    Transaction,
    Statement,
}

impl Mode {
    /// Compares what two connections, both open, have on the server. Without a pooler, and with one that keeps sessions,
    /// each has a session of its own all the time.
    pub(super) async fn of(
        one: &mut PgConnection,
        other: &mut PgConnection,
    ) -> std::result::Result<Self, sqlx::Error> {
        let first = session(one).await?;
        for _ in 0..ROUNDS {
            if session(other).await? == first || session(one).await? != first {
                // Where statements are given out one by one there are no transactions.
                let has_transactions = one.execute("BEGIN").await.is_ok();
                return Ok(if has_transactions { Self::Transaction } else { Self::Statement });
            }
        }
        Ok(Self::Session)
    }

    /// The sentence for an operator; `None` where nothing is wrong.
    pub(super) fn trouble(self, database: &str) -> Option<String> {
        let mode = match self {
            Self::Session => return None,
            Self::Transaction => "transaction",
            Self::Statement => "statement",
        };
        Some(format!(
            "{database}: between this program and the PostgreSQL server stands a pooler in {mode} mode, which keeps no \
             sessions: set pool_mode = session for this database (pgbouncer.ini), or name the server itself in DATABASE_URL"
        ))
    }
}

async fn session(connection: &mut PgConnection) -> std::result::Result<String, sqlx::Error> {
    connection.fetch_one(SESSION).await?.try_get(0)
}
