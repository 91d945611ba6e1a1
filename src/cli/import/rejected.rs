//! Writes the rejected rows to a separate file, where they can be corrected and then imported again.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;

use crate::files;

/// The file `FILE.rejected.jsonl` or `.csv`. It is created when the first row is written to it.
#[derive(Debug)]
pub struct Rejected {
    path: PathBuf,
    /// The first line, if it is a table.
    header: Option<Vec<u8>>,
    file: Option<BufWriter<File>>,
}

impl Rejected {
    /// With a header, the file is a table like the one being imported.
    pub fn beside(name: &str, header: Option<Vec<u8>>) -> Self {
        let extension = if header.is_some() { "csv" } else { "jsonl" };
        Self { path: PathBuf::from(format!("{name}.rejected.{extension}")), header, file: None }
    }

    pub fn write(&mut self, line: &[u8]) -> anyhow::Result<()> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        self.put(|file| {
            file.write_all(line)?;
            file.write_all(b"\n")
        })
    }

    /// Writes a part of a row that is too long to hold in memory. After the last part, `write(b"")` ends the row.
    pub fn write_part(&mut self, part: &[u8]) -> anyhow::Result<()> {
        self.put(|file| file.write_all(part))
    }

    fn put(&mut self, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> anyhow::Result<()> {
        let done = match &mut self.file {
            Some(file) => write(file),
            None => files::replace(&self.path).and_then(|file| {
                let file = self.file.insert(BufWriter::new(file));
                if let Some(header) = &self.header {
                    file.write_all(header.trim_ascii_end())?;
                    file.write_all(b"\n")?;
                }
                write(file)
            }),
        };
        done.with_context(|| format!("{}: cannot be written", self.path.display()))
    }

    /// The file's path, if anything was written to it.
    pub fn finish(self) -> io::Result<Option<PathBuf>> {
        match self.file {
            None => Ok(None),
            Some(mut file) => {
                file.flush()?;
                Ok(Some(self.path))
            }
        }
    }
}
