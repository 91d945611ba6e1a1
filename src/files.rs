//! Files that only their owner may read. They get these permissions when they are made, whatever the umask, and they
//! are never opened through a symbolic link that somebody has put in their place.

use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

const OWNER_ONLY: u32 = 0o600;
const OTHERS: u32 = 0o077;

/// Creates a file. Fails if anything is there already, even a symbolic link.
pub fn create(path: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).mode(OWNER_ONLY).open(path)
}

/// Creates a file in place of another. A symbolic link is removed; its target stays.
pub fn replace(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    create(path)
}

/// Opens a file for writing without truncating it, or creates it.
pub fn open(path: &Path) -> io::Result<File> {
    File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(OWNER_ONLY)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)
        .map_err(explained)
}

/// Opens something that exists and is not a regular file, such as a pipe or a device.
pub fn open_stream(path: &Path) -> io::Result<File> {
    File::options().append(true).custom_flags(libc::O_NOFOLLOW).open(path).map_err(explained)
}

fn explained(error: io::Error) -> io::Error {
    if error.raw_os_error() == Some(libc::ELOOP) {
        io::Error::other("it is a symbolic link, which is not followed")
    } else {
        error
    }
}

/// Creates a folder and its missing parents.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Removes group and other permissions from a file. Returns whether there were any; a missing file is not an error.
pub fn close_to_others(path: &Path) -> io::Result<bool> {
    let mode = match fs::symlink_metadata(path) {
        Ok(about) if about.is_file() => about.mode(),
        Ok(_) => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if mode & OTHERS == 0 {
        return Ok(false);
    }
    fs::set_permissions(path, Permissions::from_mode(mode & 0o700))?;
    Ok(true)
}

/// A file that is still being written, next to its final place. It is deleted unless it is moved there.
#[derive(Debug)]
pub struct Part {
    path: PathBuf,
    /// Holds the lock that keeps a second writer away.
    file: File,
    is_placed: bool,
}

/// Why a file cannot be started.
#[derive(Debug)]
pub enum ClaimError {
    UnderWay,
    Place(io::Error),
}

impl Part {
    /// Starts a file that will get the name `wanted`. Reuses the unfinished file of a process that was killed.
    pub fn claim(wanted: &Path) -> Result<Self, ClaimError> {
        let mut name = wanted.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let path = wanted.with_file_name(name);
        let file = open(&path).map_err(ClaimError::Place)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ClaimError::UnderWay),
            Err(TryLockError::Error(error)) => return Err(ClaimError::Place(error)),
        }
        let about = |about: fs::Metadata| (about.dev(), about.ino());
        // The other writer may have finished since the file was opened. Then the open file is the one it wrote.
        if file.metadata().map(about).ok() != fs::symlink_metadata(&path).map(about).ok() {
            return Err(ClaimError::UnderWay);
        }
        let part = Self { path, file, is_placed: false };
        let begun = part.file.set_permissions(Permissions::from_mode(OWNER_ONLY));
        begun.and_then(|()| part.file.set_len(0)).map_err(ClaimError::Place)?;
        Ok(part)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn file(&self) -> &File {
        &self.file
    }

    /// Gives the file its name. An existing file of that name is replaced; if it is a symbolic link, its target stays.
    pub fn put_at(mut self, wanted: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, wanted)?;
        self.is_placed = true;
        // The new name should survive a power cut, too. If the folder cannot be synced, nothing more can be done.
        let folder =
            wanted.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Ok(folder) = File::open(folder) {
            drop(folder.sync_all());
        }
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_placed {
            drop(fs::remove_file(&self.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn a_link_is_replaced_or_refused_and_what_it_leads_to_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("letter"), "as it was").unwrap();
        for name in ["replaced", "opened", "part.part"] {
            symlink("letter", at(name)).unwrap();
        }
        symlink("nowhere", at("created")).unwrap();
        drop(replace(&at("replaced")).unwrap());
        assert!(open(&at("opened")).unwrap_err().to_string().contains("symbolic link"));
        assert!(open_stream(&at("opened")).is_err() && create(&at("created")).is_err());
        assert!(matches!(Part::claim(&at("part")), Err(ClaimError::Place(_))));
        assert_eq!(fs::read_to_string(at("letter")).unwrap(), "as it was");
        assert!(!at("nowhere").exists());
        assert_eq!((mode(&at("replaced")), at("replaced").is_symlink()), (0o600, false));
    }

    #[test]
    fn what_a_killed_process_left_open_to_all_is_closed_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let (wanted, left) = (folder.path().join("a.csv"), folder.path().join("a.csv.part"));
        fs::write(&left, "half").unwrap();
        fs::set_permissions(&left, Permissions::from_mode(0o666)).unwrap();
        let part = Part::claim(&wanted).unwrap();
        assert_eq!((mode(&left), part.file().metadata().unwrap().len()), (0o600, 0));
        assert!(matches!(Part::claim(&wanted), Err(ClaimError::UnderWay)));
        part.put_at(&wanted).unwrap();
        assert_eq!((mode(&wanted), left.exists()), (0o600, false));
    }

    #[test]
    fn others_lose_their_rights_to_a_file_and_the_owner_keeps_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.db");
        assert!(!close_to_others(&file).unwrap());
        fs::write(&file, "").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o664)).unwrap();
        assert!(close_to_others(&file).unwrap() && !close_to_others(&file).unwrap());
        assert_eq!(mode(&file), 0o600);
        make_folder(&folder.path().join("a/b")).unwrap();
        assert_eq!(mode(&folder.path().join("a/b")), 0o700);
    }
}
