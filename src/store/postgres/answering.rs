//! How long the server may take to answer. A connection that has died without a word, because a machine is gone or something
//! between has forgotten it, would otherwise hold up for ever whoever waits for it.

use std::io;
use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Error};

/// A statement of work that others wait for. None of ours takes nearly as long.
pub(in crate::store) const STATEMENT: Duration = Duration::from_secs(15);
/// A statement that reads, of an export, say.
pub(in crate::store) const READING: Duration = Duration::from_mins(10);
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

/// Whether the connection still leads to the server. After an error it is dropped without a farewell.
pub(super) async fn ping(connection: &mut PgConnection) -> Result<bool, Error> {
    within(PING, connection.ping()).await.map(|()| true)
}
