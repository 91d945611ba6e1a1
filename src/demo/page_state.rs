//! What the page knows beside the world, and shows: who plays, what was posted, what is switched to fail, how the program is.

use serde::{Deserialize, Serialize};

use super::cast::Players;
use super::crowd::Progress;
use super::outcome::Outcome;
use super::steps::Tour;
use super::surveys::Line;
use crate::domain::time::Timestamp;

#[derive(Debug, Default)]
pub(super) struct PageState {
    pub(super) players: Players,
    pub(super) faults: Switches,
    /// Events that were posted, oldest first: the reply's `event_id`, and what it was about.
    pub(super) events: Vec<Posted>,
    pub(super) report: Option<Report>,
    pub(super) crowd: Option<CrowdView>,
    /// How many there have been.
    pub(super) crowds: u32,
    pub(super) tour: Option<Tour>,
    pub(super) status: Status,
}

/// What of it is remembered from one demo to the next.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Kept {
    pub(super) events: Vec<Posted>,
    pub(super) crowds: u32,
}

/// An event that was posted from the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Posted {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) customer: String,
    pub(super) subject: Option<String>,
    pub(super) at: Timestamp,
}

/// How far the crowd is, and what came of its month.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct CrowdView {
    pub(super) running: bool,
    pub(super) failed: Option<String>,
    pub(super) progress: Progress,
    /// Once it is over.
    pub(super) outcome: Option<Outcome>,
}

/// How the program is, seen from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Status {
    /// The program runs.
    pub(super) up: bool,
    /// Updates that it has not confirmed.
    pub(super) updates: usize,
    /// Messages that it has not sent.
    pub(super) outgoing: i64,
    /// What it says is wrong.
    pub(super) problems: Vec<String>,
    /// How often it was killed.
    pub(super) crashes: u32,
    /// Calls that were refused or cut off so far.
    pub(super) failed_calls: u64,
}

/// What is switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Switches {
    /// Telegram asks to come again later.
    pub(super) too_many: bool,
    /// Telegram's servers answer with errors.
    pub(super) errors: bool,
    /// No connection holds.
    pub(super) network: bool,
}

impl Switches {
    pub(super) fn any(self) -> bool {
        self != Self::default()
    }
}

/// What a jump has brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Report {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    /// All that was due has happened; otherwise something of it is still under way.
    pub(super) settled: bool,
    /// Surveys whose state has changed, or that still wait.
    pub(super) surveys: Vec<Line>,
    /// More of them than are listed.
    pub(super) more: usize,
}

/// The names of the switches in the page's catalogue.
#[cfg(test)]
pub(super) fn switches() -> String {
    let switches = serde_json::json!(Switches::default());
    let names = switches.as_object().into_iter().flatten();
    let words = names.map(|(name, _)| format!("\"fault.{name}\" \"fault.{name}.why\""));
    words.collect::<Vec<_>>().join(" ")
}
