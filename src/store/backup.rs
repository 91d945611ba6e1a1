//! Copies the SQLite file while it is in use: one consistent state of the whole database, which is checked and gets its
//! final name only when it is complete.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, SqlitePool};

use super::{Db, Error, Pools, sqlite};
use crate::files::{ClaimError, Part};

/// What a finished copy contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    pub bytes: u64,
    pub events: i64,
    pub answers: i64,
}

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{} is there already and is not overwritten: choose another name", .0.display())]
    Exists(PathBuf),
    #[error("{} cannot be written: {}", .0.display(), .1)]
    Place(PathBuf, String),
    #[error("another backup to {} is under way", .0.display())]
    UnderWay(PathBuf),
    #[error("{} could not be finished, and nothing of it is left: {}", .0.display(), .1)]
    Unfinished(PathBuf, String),
    #[error(
        "the database is damaged, so there is no copy: {0}; go back to the last backup, and look at the disk"
    )]
    Damaged(String),
    #[error("the database is not a file")]
    NotAFile,
    #[error(transparent)]
    Store(#[from] Error),
}

impl Db {
    /// Copies the database to a file that does not exist yet. Writers are not blocked, and what they write meanwhile is
    /// not in the copy. If the backup fails, it leaves no file.
    pub async fn backup(&self, file: &Path) -> Result<Backup, BackupError> {
        let Pools::Sqlite { readers, .. } = &self.pools else { return Err(BackupError::NotAFile) };
        // SQLite would take a name that starts with "file:" for a URI.
        let file = std::path::absolute(file).map_err(|error| place(file, &error))?;
        refuse_existing(&file)?;
        sqlite::require_schema(readers).await?;
        // Only the owner may read it, because it contains customers' data.
        let part = claim(&file)?;
        copy(readers, &part, &file).await?;
        let backup = check(&part, &file).await?;
        refuse_existing(&file)?;
        part.put_at(&file).map_err(|error| unfinished(&file, &error))?;
        Ok(backup)
    }
}

fn place(file: &Path, error: &io::Error) -> BackupError {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "its folder does not exist".to_owned(),
        io::ErrorKind::StorageFull => return unfinished(file, error),
        _ => error.to_string(),
    };
    BackupError::Place(file.to_owned(), why)
}

fn unfinished(file: &Path, error: &io::Error) -> BackupError {
    BackupError::Unfinished(file.to_owned(), error.to_string())
}

fn refuse_existing(file: &Path) -> Result<(), BackupError> {
    match fs::symlink_metadata(file) {
        Ok(_) => Err(BackupError::Exists(file.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(place(file, &error)),
    }
}

fn claim(wanted: &Path) -> Result<Part, BackupError> {
    Part::claim(wanted).map_err(|error| match error {
        ClaimError::UnderWay => BackupError::UnderWay(wanted.to_owned()),
        ClaimError::Place(error) => place(wanted, &error),
    })
}

async fn copy(readers: &SqlitePool, part: &Part, wanted: &Path) -> Result<(), BackupError> {
    let Some(path) = part.path().to_str() else {
        return Err(BackupError::Place(wanted.to_owned(), "its name is not UTF-8".to_owned()));
    };
    match sqlx::query("VACUUM INTO $1").bind(path.to_owned()).execute(readers).await {
        Ok(_) => Ok(()),
        Err(error) => Err(failed(wanted, error)),
    }
}

/// Maps SQLite's primary result codes: READONLY 8, IOERR 10, CORRUPT 11, FULL 13, CANTOPEN 14, NOTADB 26.
fn failed(wanted: &Path, error: sqlx::Error) -> BackupError {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
    match (code.map(|code| code & 0xff), Error::from(error)) {
        (Some(8 | 10 | 13 | 14), Error::Unavailable(why)) => BackupError::Unfinished(wanted.to_owned(), why),
        (Some(11 | 26), error) => BackupError::Damaged(error.to_string()),
        (_, error) => error.into(),
    }
}

/// Reads the whole copy, as a restore would.
async fn check(part: &Part, wanted: &Path) -> Result<Backup, BackupError> {
    let options = SqliteConnectOptions::new().filename(part.path()).read_only(true).immutable(true);
    let connect = options.disable_statement_logging().connect().await;
    let mut connection = connect.map_err(|error| failed(wanted, error))?;
    let read = read_all(&mut connection).await.map_err(|error| failed(wanted, error));
    drop(connection.close().await);
    let (found, (events, answers)) = read?;
    if found != ["ok"] {
        return Err(BackupError::Damaged(found.join("; ")));
    }
    let bytes = part.file().metadata().map_err(|error| unfinished(wanted, &error))?.len();
    Ok(Backup { bytes, events, answers })
}

async fn read_all(connection: &mut SqliteConnection) -> sqlx::Result<(Vec<String>, (i64, i64))> {
    let found = sqlx::query_scalar("PRAGMA integrity_check(3)").fetch_all(&mut *connection).await?;
    let counted =
        "SELECT (SELECT COUNT(*) FROM events), (SELECT COUNT(*) FROM answers WHERE withdrawn_at IS NULL)";
    Ok((found, sqlx::query_as(counted).fetch_one(connection).await?))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_copy_is_made_beside_a_transaction_that_writes_and_only_its_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let (db, copies) = (Db::new_in(folder.path()).await, tempfile::tempdir().unwrap());
        let writing = db.write().await.unwrap();
        let file = copies.path().join("copy.db");
        let backup = db.backup(&file).await.unwrap();
        drop(writing);
        let about = fs::metadata(&file).unwrap();
        assert_eq!((backup.bytes, about.mode() & 0o777), (about.len(), 0o600));
        assert_eq!(names(copies.path()), ["copy.db"]);
        assert!(matches!(db.backup(&file).await, Err(BackupError::Exists(_))));
        assert_eq!(names(copies.path()), ["copy.db"]);
    }

    #[tokio::test]
    async fn what_a_killed_backup_left_is_used_and_what_another_writes_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (db, copies) = (Db::new_in(folder.path()).await, tempfile::tempdir().unwrap());
        let file = copies.path().join("copy.db");
        fs::write(copies.path().join("copy.db.part"), vec![7; 100_000]).unwrap();
        let other = claim(&file).unwrap();
        assert!(matches!(db.backup(&file).await, Err(BackupError::UnderWay(_))));
        assert_eq!(names(copies.path()), ["copy.db.part"]);
        drop(other);
        fs::write(copies.path().join("copy.db.part"), vec![7; 100_000]).unwrap();
        db.backup(&file).await.unwrap();
        assert_eq!(names(copies.path()), ["copy.db"]);
    }

    #[tokio::test]
    async fn a_backup_that_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.db");
        let part = claim(&file).unwrap();
        assert_eq!(names(folder.path()), ["copy.db.part"]);
        drop(part);
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[tokio::test]
    async fn a_file_without_our_tables_is_not_worth_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("t.db").display());
        let db = Db::open(&url, true).await.unwrap();
        let refused = db.backup(&folder.path().join("copy.db")).await;
        assert!(matches!(refused, Err(BackupError::Store(Error::NotMigrated))), "{refused:?}");
    }
}
