//! Lets only one `serve` run on a database file. The operating system releases the lock when the process ends, however
//! it ends.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::files;

/// Holds the lock until it is dropped.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "the open file is the lock")] File);

#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error(
        "another `afterword serve` runs on the database {0}: stop it first, or give this one a DATABASE_URL of its own"
    )]
    Taken(PathBuf),
    #[error("the lock file {0} cannot be used: {1}; serve needs to write into the database's folder")]
    Unusable(PathBuf, io::Error),
}

/// How often the lock is tried, and how long to wait between tries. A check whether it is held also holds the lock for
/// a moment.
const TRIES: u32 = 5;
const APART: Duration = Duration::from_millis(20);

/// Takes the lock beside a database file.
pub(super) fn take(database: &Path) -> Result<Lock, LockError> {
    let path = path_of(database);
    let file = match files::open(&path) {
        Ok(file) => file,
        Err(error) => return Err(LockError::Unusable(path, error)),
    };
    for _ in 1..TRIES {
        if !matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            break;
        }
        std::thread::sleep(APART);
    }
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(LockError::Taken(database.to_owned())),
        Err(TryLockError::Error(error)) => Err(LockError::Unusable(path, error)),
    }
}

/// Whether a `serve` runs on this database file, as far as that can be told.
#[must_use]
pub fn is_served(database: &Path) -> bool {
    // There is no lock file, so nobody ever served this database.
    let Ok(file) = File::options().write(true).open(path_of(database)) else { return false };
    file.try_lock().is_err()
}

fn path_of(database: &Path) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(".lock");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_served_once_and_again_when_the_first_has_gone() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("afterword.db");
        assert!(!is_served(&database));
        let first = take(&database).unwrap();
        assert!(is_served(&database));
        assert!(matches!(take(&database), Err(LockError::Taken(path)) if path == database));
        drop(first);
        assert!(!is_served(&database));
        take(&database).unwrap();
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = take(Path::new("/nowhere/afterword.db")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/afterword.db.lock"), "{error}");
    }
}
