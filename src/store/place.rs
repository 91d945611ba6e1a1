//! Checks that the files of an SQLite database are still those that were opened. If they were removed or replaced,
//! anything written would end up in a file that nobody can find.

use std::ffi::OsString;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Error, Result};

/// A file's device and inode number.
type Identity = (u64, u64);

/// The paths and identities of a database's files. They are never opened here: closing one would release SQLite's locks
/// on it.
#[derive(Debug)]
pub(super) struct Place {
    file: PathBuf,
    identity: Identity,
    /// The write-ahead log and its index.
    beside: [PathBuf; 2],
    log: Arc<Log>,
}

/// The identities of the log and its index, once they exist.
#[derive(Debug, Default)]
pub(super) struct Log(Mutex<[Option<Identity>; 2]>);

impl Log {
    /// Forgets them, because the connection that kept them is gone and they may be other files from now on.
    pub fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = [None; 2];
    }
}

impl Place {
    /// The place of a database that has just been opened.
    pub fn of(database: &Path, log: Arc<Log>) -> io::Result<Self> {
        // SQLite follows symbolic links and puts the log beside their target.
        let file = std::fs::canonicalize(database)?;
        let beside = ["-wal", "-shm"].map(|ending| {
            let mut name = OsString::from(&file);
            name.push(ending);
            PathBuf::from(name)
        });
        let identity = identity(&file)?;
        Ok(Self { file, identity, beside, log })
    }

    /// Fails if the files are not the ones that were opened.
    pub fn check(&self) -> Result<()> {
        if identity(&self.file).ok() != Some(self.identity) {
            return Err(lost(&self.file));
        }
        let mut known = self.log.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (known, file) in known.iter_mut().zip(&self.beside) {
            let found = identity(file).ok();
            if known.is_some() && *known != found {
                return Err(lost(file));
            }
            *known = found;
        }
        Ok(())
    }
}

fn identity(file: &Path) -> io::Result<Identity> {
    std::fs::metadata(file).map(|about| (about.dev(), about.ino()))
}

fn lost(file: &Path) -> Error {
    Error::Unavailable(format!(
        "its file {} was taken away or replaced while the program runs: put the same file back, or stop the program and \
         start it again",
        file.display()
    ))
}

#[cfg(test)]
mod tests {
    use crate::store::Db;

    #[tokio::test]
    async fn nothing_is_committed_to_a_file_that_is_not_there_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::new_in(folder.path()).await;
        let (file, away) = (folder.path().join("t.db"), folder.path().join("away.db"));
        let tx = db.write().await.unwrap();
        std::fs::rename(&file, &away).unwrap();
        let refused = tx.commit().await.unwrap_err();
        assert!(refused.is_transient() && refused.to_string().contains("t.db was taken away"), "{refused}");
        assert!(db.write().await.is_err() && db.read().await.is_err());
        std::fs::copy(&away, &file).unwrap();
        assert!(db.write().await.is_err(), "another file in its place");
        std::fs::rename(&away, &file).unwrap();
        db.write().await.unwrap().commit().await.unwrap();
    }

    #[tokio::test]
    async fn nothing_is_committed_without_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::new_in(folder.path()).await;
        db.write().await.unwrap().commit().await.unwrap();
        std::fs::remove_file(folder.path().join("t.db-wal")).unwrap();
        let refused = db.write().await.unwrap_err();
        assert!(refused.to_string().contains("t.db-wal was taken away"), "{refused}");
    }
}
