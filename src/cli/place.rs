//! Where a command writes a table: a file that appears whole, a pipe, or standard output.

use std::fs::File;
use std::io::{Read as _, Write};
use std::path::Path;

use anyhow::Context as _;

use super::{Misuse, Output};
use crate::domain::counted::counted;
use crate::files::{self, ClaimError, Part};

/// The names of our own standard output.
const OUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
/// Paths that lead to files which this process inherited open.
const DESCRIPTORS: [&str; 3] = ["/dev/fd", "/proc/self/fd", "/dev/stderr"];

/// Where to write a table.
pub(super) enum Place {
    /// A regular file. It is written under another name and then renamed, so that nobody takes half a table for a whole
    /// one.
    File(Part),
    /// A pipe or a device.
    Stream(File),
    /// Our own standard output, under one of its names.
    Out,
}

impl Place {
    /// Opens the target. A symbolic link is not followed, because its maker may want us to overwrite a file that
    /// they cannot write themselves.
    pub(super) fn of(path: &Path) -> Result<Self, Misuse> {
        let cannot =
            |why: &dyn std::fmt::Display| Misuse(format!("{}: cannot be written: {why}", path.display()));
        if OUT.iter().any(|name| path == Path::new(name)) {
            return Ok(Self::Out);
        }
        if DESCRIPTORS.iter().any(|folder| path.starts_with(folder)) {
            let opened = File::options().append(true).open(path);
            return opened.map(Self::Stream).map_err(|error| cannot(&error));
        }
        match std::fs::symlink_metadata(path) {
            Ok(about) if !about.is_file() => {
                files::open_stream(path).map(Self::Stream).map_err(|error| cannot(&error))
            }
            _ if is_ours(path) => Err(cannot(
                &"it holds what the program lives by, and a table would replace it; choose another name",
            )),
            _ => Part::claim(path).map(Self::File).map_err(|error| match error {
                ClaimError::UnderWay => cannot(&"another export to it is under way"),
                ClaimError::Place(error) => cannot(&error),
            }),
        }
    }
}

/// How a file of SQLite begins, and its write-ahead log in either byte order.
const SQLITE: [&[u8]; 3] = [b"SQLite format 3\0", &[0x37, 0x7f, 0x06, 0x82], &[0x37, 0x7f, 0x06, 0x83]];
/// What SQLite and `serve` keep beside a database.
const BESIDE: [&str; 3] = ["-wal", "-shm", ".lock"];

/// Whether this is a database or a file that belongs to one, or holds settings: nobody means to write a table over it.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let belongs_to = |ending: &&str| name.strip_suffix(*ending).map(|database| path.with_file_name(database));
    is_database(path)
        || (name.starts_with(".env") && path.exists())
        || BESIDE.iter().filter_map(belongs_to).any(|database| is_database(&database))
}

fn is_database(path: &Path) -> bool {
    let mut begin = Vec::new();
    let read = File::open(path).and_then(|file| file.take(16).read_to_end(&mut begin));
    read.is_ok() && SQLITE.iter().any(|magic| begin.starts_with(magic))
}

/// Writes to `path`, or to standard output without one. `write` returns how many rows it wrote, which is told if the
/// target is a file.
pub(super) async fn write_to<'o>(
    path: Option<&Path>,
    to: &mut Output<'o>,
    write: impl AsyncFnOnce(&mut dyn Write) -> anyhow::Result<u64>,
) -> anyhow::Result<()> {
    let Some(path) = path else {
        write(to.out).await?;
        return Ok(());
    };
    match Place::of(path)? {
        Place::Out => {
            write(to.out).await?;
        }
        Place::Stream(mut file) => {
            write(&mut file).await.with_context(|| path.display().to_string())?;
        }
        Place::File(part) => {
            let written = write(&mut part.file()).await;
            let rows = written.with_context(|| path.display().to_string())?;
            part.put_at(path).with_context(|| format!("{}: cannot be written", path.display()))?;
            writeln!(to.err, "{}: {}", path.display(), counted(rows, "row", "rows"))?;
        }
    }
    Ok(())
}
