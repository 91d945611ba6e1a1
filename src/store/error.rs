//! Database errors, grouped by what the caller can do about them.

use sqlx::postgres::PgDatabaseError;

/// The result of every store function.
pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Never the fault of the item that was processed: wait and try again.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// This program may no longer talk to Telegram; the work now belongs to another program.
    #[error("another program on this database has taken over")]
    TakenOver,
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
    /// True for errors that pass by themselves or with the operator's help: busy, full, read-only, disconnected.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::TakenOver)
    }

    /// A stored value that cannot be parsed, and where it is.
    pub fn broken(table: &'static str, what: impl Into<String>) -> Self {
        Self::Broken { table, what: what.into() }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                let code = database.code();
                let why = match code.as_deref() {
                    // The server names the table or schema to which it denied access.
                    Some("42501") => {
                        let why = "; `afterword check` names the GRANT that mends it";
                        return Self::Unavailable(format!("{}{why}", database.message()));
                    }
                    Some(state) if database.try_downcast_ref::<PgDatabaseError>().is_some() => {
                        postgres(state)
                    }
                    Some(code) => sqlite(code),
                    None => None,
                };
                why.map_or(Self::Sqlx(error), |why| Self::Unavailable(why.to_owned()))
            }
            sqlx::Error::Io(io) => Self::Unavailable(format!("the connection fails: {io}")),
            sqlx::Error::PoolTimedOut => Self::Unavailable(
                "no connection became free in time: the database is busy, does not answer, or has none to spare"
                    .to_owned(),
            ),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable("the connection is closed".to_owned())
            }
            _ => Self::Sqlx(error),
        }
    }
}

/// Explains why SQLite is unavailable, by its primary result code: BUSY 5, LOCKED 6, READONLY 8, IOERR 10, CORRUPT 11,
/// FULL 13, CANTOPEN 14, NOTADB 26.
fn sqlite(code: &str) -> Option<&'static str> {
    let code = code.parse::<i32>().ok()?;
    Some(match code & 0xff {
        5 | 6 => "it is locked by another program",
        8 => "it is read-only",
        10 => "the disk reports an error",
        // If the file was overwritten, no item is at fault.
        11 => "its file is damaged, or was written over while it was open: restore a backup",
        26 => "its file is not a database",
        13 => "the disk is full",
        14 => {
            "its file, or one beside it, cannot be opened; both the file and its folder have to be writable"
        }
        _ => return None,
    })
}

/// The error after a pooler was put in front of the server while the program was running.
const LOST_STATEMENTS: &str = "prepared statements are lost, or somebody else's: a pooler that keeps no sessions stands between \
     (pgbouncer: set pool_mode = session)";

/// Explains why PostgreSQL is unavailable, by its SQLSTATE.
fn postgres(state: &str) -> Option<&'static str> {
    Some(match state {
        "40001" | "40P01" => "two transactions were in each other's way",
        "55P03" => "it is locked by another program",
        "25006" => "it is read-only",
        "25P03" => "the server ended a transaction that took too long",
        "26000" | "42P05" => LOST_STATEMENTS,
        "53100" => "the disk is full",
        "53200" => "the server is out of memory",
        "53300" => "the server has no connection to spare",
        "57014" => "the server cancelled the statement",
        _ => match state.get(..2)? {
            "08" => "the connection is lost",
            "28" => "the server refuses the user or the password",
            "3D" => "there is no such database",
            "53" => "the server is out of resources",
            "57" => "the server is starting or stopping",
            "58" => "the server reports an error of its system",
            _ => return None,
        },
    })
}
