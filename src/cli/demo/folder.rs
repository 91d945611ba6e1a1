//! Where the demo's database is.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::entropy::Entropy;

/// A folder of its own that goes with the demo.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub fn make(entropy: &Entropy) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("afterword-demo-{}", entropy.id()));
        std::fs::create_dir(&path).with_context(|| {
            format!("the folder {} for the demo's database cannot be made", path.display())
        })?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own clean-up of temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
