//! The folder of the demo's database.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Misuse;
use crate::entropy::Entropy;
use crate::files;

/// Either a temporary folder that is removed with the demo, or one that is kept.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    kept: bool,
}

impl Folder {
    pub fn make(entropy: &Entropy) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("afterword-demo-{}", entropy.id()));
        files::make_folder(&path).with_context(|| {
            format!("the folder {} for the demo's database cannot be made", path.display())
        })?;
        Ok(Self { path, kept: false })
    }

    /// Uses a folder that is kept. Creates it if it does not exist.
    pub fn keep(path: &Path) -> anyhow::Result<Self> {
        if path.is_file() {
            let what =
                format!("--keep={}: this is a file; name a folder, which may be a new one", path.display());
            return Err(Misuse(what).into());
        }
        files::make_folder(path)
            .with_context(|| format!("the folder {} of --keep cannot be made", path.display()))?;
        Ok(Self { path: path.to_owned(), kept: true })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn is_kept(&self) -> bool {
        self.kept
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.kept {
            // The system's clean-up of temporary files takes care of what cannot be removed here.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
