//! What can go wrong with the database, sorted by what the caller can do about it.

/// The result of every store function.
pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Never the item's fault: wait and do the same again.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    #[error("{0}")]
    CannotOpen(String),
    #[error(
        "the database was written by a newer version of Afterword (schema {found}, this version knows {known}): \
         install that version again, or restore the copy it made before it migrated"
    )]
    Newer { found: i64, known: i64 },
    #[error("the database has no Afterword schema yet, or an older one: run `afterword migrate`")]
    NotMigrated,
    /// A row that this program cannot have written.
    #[error("broken row in {table}, {what}")]
    Broken { table: &'static str, what: String },
    #[error("database error: {0}")]
    Sqlx(#[source] sqlx::Error),
}

impl Error {
    /// True for what passes by itself or with the operator's help: busy, full, read-only, disconnected.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// A stored value that does not parse, with its address.
    pub fn broken(table: &'static str, what: impl Into<String>) -> Self {
        Self::Broken { table, what: what.into() }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                // SQLite's primary result codes: BUSY 5, LOCKED 6, READONLY 8, IOERR 10, FULL 13, CANTOPEN 14.
                let code = database.code().and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff);
                let why = match code {
                    Some(5 | 6) => "it is locked by another program",
                    Some(8) => "it is read-only",
                    Some(10) => "the disk reports an error",
                    Some(13) => "the disk is full",
                    Some(14) => {
                        "its file, or one beside it, cannot be opened; both the file and its folder have to be writable"
                    }
                    _ => return Self::Sqlx(error),
                };
                Self::Unavailable(why.to_owned())
            }
            sqlx::Error::Io(io) => Self::Unavailable(io.to_string()),
            sqlx::Error::PoolTimedOut => Self::Unavailable("no connection became free in time".to_owned()),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable("the connection is closed".to_owned())
            }
            _ => Self::Sqlx(error),
        }
    }
}
