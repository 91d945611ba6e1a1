//! Counts what became of the rows.

use std::fmt;
use std::io::{self, Write};

use crate::domain::counted::counted;
use crate::domain::ledger::State;

#[derive(Clone, Debug, Default)]
pub struct Counts {
    pub rows: u64,
    pub accepted: u64,
    pub known: u64,
    pub rejected: u64,
    /// Rows of an export whose events were erased. They count in none of the other fields.
    pub erased: u64,
    /// The states of the accepted events on arrival, with their counts. There are only a handful of states.
    outcomes: Vec<(State, u64)>,
}

impl Counts {
    pub fn accept(&mut self, state: State) {
        self.accepted += 1;
        match self.outcomes.iter_mut().find(|(known, _)| *known == state) {
            Some((_, count)) => *count += 1,
            None => self.outcomes.push((state, 1)),
        }
    }

    /// Writes a line on the states of the accepted events, the most frequent first, and one on the skipped rows.
    pub fn write_outcomes(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut outcomes: Vec<(u64, String)> =
            self.outcomes.iter().map(|(state, count)| (*count, state.to_string())).collect();
        outcomes.sort_by(|(a, first), (b, second)| b.cmp(a).then_with(|| first.cmp(second)));
        if !outcomes.is_empty() {
            let told: Vec<String> =
                outcomes.iter().map(|(count, state)| format!("{count} {state}")).collect();
            writeln!(out, "of the accepted: {}", told.join(", "))?;
        }
        if self.erased > 0 {
            let (one, many) = (
                "row passed over: its event was erased before the export",
                "rows passed over: their events were erased before the export",
            );
            writeln!(out, "{}", counted(self.erased, one, many))?;
        }
        Ok(())
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, accepted, known, rejected, .. } = self;
        let events = counted(rows, "event", "events");
        write!(f, "{events}, {accepted} accepted, {known} known already, {rejected} rejected")
    }
}
