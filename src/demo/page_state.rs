//! What the page knows and shows besides the world: who plays, what was posted, which faults are on, and the program's
//! status.

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
    /// The events posted so far, oldest first: the response's `event_id`, and what the event was about.
    pub(super) events: Vec<Posted>,
    pub(super) report: Option<Report>,
    pub(super) crowd: Option<CrowdView>,
    /// The number of crowds so far.
    pub(super) crowds: u32,
    pub(super) tour: Option<Tour>,
    pub(super) status: Status,
}

/// The part of the state that is kept from one demo to the next.
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

/// The crowd's progress, and the outcome of its month.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct CrowdView {
    pub(super) running: bool,
    pub(super) failed: Option<String>,
    pub(super) progress: Progress,
    /// Set once the month is over.
    pub(super) outcome: Option<Outcome>,
}

/// The program's status, as seen from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Status {
    /// Whether the program is running.
    pub(super) up: bool,
    /// The number of updates it has not confirmed yet.
    pub(super) updates: usize,
    /// The number of messages it has not sent yet.
    pub(super) outgoing: i64,
    /// The problems it reports.
    pub(super) problems: Vec<String>,
    /// How often it was killed.
    pub(super) crashes: u32,
    /// The number of calls refused or cut off so far.
    pub(super) failed_calls: u64,
}

/// The faults that are switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Switches {
    /// Telegram asks the program to retry later.
    pub(super) too_many: bool,
    /// Telegram's servers answer with errors.
    pub(super) errors: bool,
    /// Every connection is cut off.
    pub(super) network: bool,
}

impl Switches {
    pub(super) fn any(self) -> bool {
        self != Self::default()
    }
}

/// What a jump of the clock changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Report {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    /// Whether everything that was due has happened; if not, some of it is still in progress.
    pub(super) settled: bool,
    /// Surveys whose state has changed, or that are still waiting.
    pub(super) surveys: Vec<Line>,
    /// How many more there are than are listed.
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
