//! The demo's state in a folder: the program's database, and beside it the world it talks to.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::cast::Players;
use super::page::Page;
use super::page_state::Kept;
use crate::{files, sandbox};

const FILE: &str = "world.json";

/// The content of such a folder.
#[derive(Debug, Deserialize)]
pub struct Bundle {
    pub world: sandbox::Kept,
    pub players: Players,
    #[serde(rename = "desk")]
    pub shown: Kept,
}

#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error("{0} cannot be read ({1}): choose another folder with --keep, or empty this one to start over")]
    Broken(PathBuf, String),
    #[error("{0} cannot be written: {1}")]
    Write(PathBuf, io::Error),
}

impl Bundle {
    /// Reads the folder; returns `None` if nothing was saved there.
    pub fn read(folder: &Path) -> Result<Option<Self>, KeepError> {
        let path = folder.join(FILE);
        let broken = |why: &dyn std::fmt::Display| KeepError::Broken(path.clone(), why.to_string());
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| broken(&error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(broken(&error)),
        }
    }
}

impl Page {
    /// Saves the state, if it is to be kept. A partly written file never replaces a complete one.
    pub fn save(&self) -> Result<(), KeepError> {
        let Some(folder) = &self.0.keep else { return Ok(()) };
        let (players, shown) = {
            let shown = self.shown();
            (shown.players.clone(), Kept { events: shown.events.clone(), crowds: shown.crowds })
        };
        let bundle = serde_json::json!({ "world": self.0.world.keep(), "players": players, "desk": shown });
        let (path, begun) = (folder.join(FILE), folder.join(format!("{FILE}.begun")));
        let written = files::replace(&begun)
            .and_then(|mut file| file.write_all(bundle.to_string().as_bytes()))
            .and_then(|()| std::fs::rename(&begun, &path));
        written.map_err(|error| KeepError::Write(path, error))
    }
}
