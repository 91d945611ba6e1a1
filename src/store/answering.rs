//! How long a database server may take to answer. A connection can die silently, because a machine is gone or a device between has
//! dropped it. Without a limit, a statement on it would never end.

use std::io;
use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Error};

/// What a transaction's statements are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Others wait for them. None of ours takes nearly as long.
    Work,
    /// They read, for an export, say.
    Reading,
}

impl Patience {
    pub(crate) const fn limit(self) -> Duration {
        match self {
            Self::Work => Duration::from_secs(15),
            Self::Reading => Duration::from_mins(10),
        }
    }
}

/// A question that costs the server nothing.
const PING: Duration = Duration::from_secs(1);

pub(crate) async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    tokio::time::timeout(limit, answer).await.unwrap_or_else(|_| {
        Err(Error::Io(io::Error::new(io::ErrorKind::TimedOut, "the database server does not answer")))
    })
}

/// Whether the connection still leads to the server. After an error the pool drops it without closing it properly.
pub(super) async fn ping(connection: &mut PgConnection) -> Result<bool, Error> {
    within(PING, connection.ping()).await.map(|()| true)
}
