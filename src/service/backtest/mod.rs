//! Tries out a draft on past events: its decisions, next to those of the live scripts and to what really happened.
//! Nothing is written. The decisions are made by the code of [`events`](super::events) and [`due`](super::due).

mod overlap;
mod past;
mod replay;

use std::collections::BTreeMap;

use crate::domain::ledger::{State, Suppression, Unreachable};
use crate::domain::script::Script;
use crate::service::Context;
use crate::service::script_set::{Pauses, asks_about};

pub use overlap::{Overlaps, overlaps};
pub use past::{Past, lately, recorded, told};
use replay::Fate;

/// What happened to an event, as it is counted. The variants are in display order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Asked by the script that is tried out.
    Asked,
    AskedBy(String),
    /// The survey is not due yet.
    Scheduled,
    WaitingForLink,
    /// The number is the reason's position among all reasons.
    Suppressed(usize),
    Undeliverable(usize),
}

impl Outcome {
    fn of(state: State, script: Option<&str>, slug: &str) -> Self {
        let place = |found: Option<usize>| found.unwrap_or(usize::MAX);
        match state {
            State::Received | State::Scheduled | State::Recorded => Self::Scheduled,
            State::WaitingForLink => Self::WaitingForLink,
            State::Suppressed(reason) => {
                Self::Suppressed(place(Suppression::ALL.iter().position(|known| *known == reason)))
            }
            State::Undeliverable(reason) => {
                Self::Undeliverable(place(Unreachable::ALL.iter().position(|known| *known == reason)))
            }
            _ if script == Some(slug) => Self::Asked,
            _ => Self::AskedBy(script.unwrap_or("?").to_owned()),
        }
    }

    /// The name that the ledger uses.
    #[must_use]
    pub fn label(&self, slug: &str) -> String {
        match self {
            Self::Asked => format!("asked by {slug}"),
            Self::AskedBy(script) => format!("asked by {script}"),
            Self::Scheduled => State::Scheduled.to_string(),
            Self::WaitingForLink => State::WaitingForLink.to_string(),
            Self::Suppressed(place) => {
                let reason = Suppression::ALL.get(*place).copied();
                reason.map_or_else(String::new, |reason| State::Suppressed(reason).to_string())
            }
            Self::Undeliverable(place) => {
                let reason = Unreachable::ALL.get(*place).copied();
                reason.map_or_else(String::new, |reason| State::Undeliverable(reason).to_string())
            }
        }
    }
}

/// Numbers of events, side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// With the draft in place of its live version.
    pub draft: usize,
    /// With the live scripts.
    pub live: usize,
    /// As it really happened.
    pub ledger: usize,
}

type Column = fn(&mut Counts) -> &mut usize;

/// The result of a backtest.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Events that the script might ask about.
    pub events: usize,
    pub outcomes: BTreeMap<Outcome, Counts>,
    /// Surveys of the script by the hour at which they were sent, in the customers' local time.
    pub hours: BTreeMap<u32, Counts>,
}

/// Lets the script and, for comparison, the live scripts decide about past events.
#[must_use]
pub fn backtest(ctx: &Context, past: &Past, script: &Script) -> Report {
    let slug = script.slug.as_str();
    let with = |draft: Option<&Script>| Context {
        scripts: ctx.scripts.rehearsal(draft, Pauses::Lifted),
        ..ctx.clone()
    };
    let (draft, live) = (with(Some(script)), with(None));
    let columns: [(Vec<Option<Fate>>, Column); 3] = [
        (replay::replay(&draft, past), |counts| &mut counts.draft),
        (replay::replay(&live, past), |counts| &mut counts.live),
        (past.fates(ctx), |counts| &mut counts.ledger),
    ];
    let mut report = Report::default();
    for (place, past) in past.events.iter().enumerate() {
        if !asks_about(script, &past.event) {
            continue;
        }
        report.events += 1;
        for (fates, column) in &columns {
            let Some(Some(fate)) = fates.get(place) else { continue };
            let outcome = Outcome::of(fate.state, fate.script.as_deref(), slug);
            if let (Outcome::Asked, Some(hour)) = (&outcome, fate.hour) {
                *column(report.hours.entry(hour).or_default()) += 1;
            }
            *column(report.outcomes.entry(outcome).or_default()) += 1;
        }
    }
    report
}
