//! Detects poolers that do not keep sessions. A pooler such as pgbouncer may use another server session for every
//! transaction or every statement. The session's settings, prepared statements and locks are then lost, or belong to
//! somebody else.

use sqlx::postgres::PgConnection;
use sqlx::{Executor as _, Row as _};

/// Identifies the server session. It is sent as a simple query, because prepared statements are the first thing to be
/// lost. The process ID alone is not enough: it could belong to a process on another server.
const SESSION: &str = "SELECT pid::text || ' ' || COALESCE(backend_start::text, '') FROM pg_stat_activity \
     WHERE pid = pg_backend_pid()";
/// Another user of the pooler may happen to take the session that we just had, but hardly in every round.
const ROUNDS: usize = 4;

/// How long a pooler keeps a server session for one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// The same as without a pooler.
    Session,
    Transaction,
    Statement,
}

impl Mode {
    /// Compares the server sessions of two open connections. Without a pooler, or with one that keeps sessions, each
    /// connection always has its own session.
    pub(super) async fn of(
        one: &mut PgConnection,
        other: &mut PgConnection,
    ) -> std::result::Result<Self, sqlx::Error> {
        let first = session(one).await?;
        for _ in 0..ROUNDS {
            if session(other).await? == first || session(one).await? != first {
                // In statement mode, there are no transactions.
                let has_transactions = one.execute("BEGIN").await.is_ok();
                return Ok(if has_transactions { Self::Transaction } else { Self::Statement });
            }
        }
        Ok(Self::Session)
    }

    /// Returns a sentence for the operator, or `None` if nothing is wrong.
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
