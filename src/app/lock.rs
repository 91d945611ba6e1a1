//! One `serve` a database file. The operating system drops the lock when the process ends, however it ends.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

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

/// Takes the lock beside a database file.
pub(super) fn take(database: &Path) -> Result<Lock, LockError> {
    let mut name = OsString::from(database);
    name.push(".lock");
    let path = PathBuf::from(name);
    let file = match File::options().write(true).create(true).truncate(false).open(&path) {
        Ok(file) => file,
        Err(error) => return Err(LockError::Unusable(path, error)),
    };
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(LockError::Taken(database.to_owned())),
        Err(TryLockError::Error(error)) => Err(LockError::Unusable(path, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_served_once_and_again_when_the_first_has_gone() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("afterword.db");
        let first = take(&database).unwrap();
        assert!(matches!(take(&database), Err(LockError::Taken(path)) if path == database));
        drop(first);
        take(&database).unwrap();
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = take(Path::new("/nowhere/afterword.db")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/afterword.db.lock"), "{error}");
    }
}
