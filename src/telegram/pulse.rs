//! Watches whether the parts that run on their own still make progress. Each part announces by when it will have taken
//! its next step, and `/readyz` names a part that is late. Times are [`Instant`]s, so that no step of the wall clock
//! hides a part that hangs.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::clock::Instant;

/// How late a part may be before it counts as stuck.
const ALLOWANCE: Duration = Duration::from_mins(1);

/// A part that must keep moving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Sender,
    Jobs,
    ScriptJobs,
    Reports,
}

impl Part {
    const ALL: [Self; 4] = [Self::Sender, Self::Jobs, Self::ScriptJobs, Self::Reports];

    const fn name(self) -> &'static str {
        match self {
            Self::Sender => "the sender",
            Self::Jobs => "the background work",
            Self::ScriptJobs => "the work that admins asked for",
            Self::Reports => "the reports that staff asked for",
        }
    }
}

/// When each part is expected to move next. Cheap to clone; all clones share one state.
#[derive(Clone, Debug)]
pub struct Pulse(Arc<[AtomicI64; Part::ALL.len()]>);

impl Default for Pulse {
    fn default() -> Self {
        Self(Arc::new([const { AtomicI64::new(Instant::NEVER.millis()) }; Part::ALL.len()]))
    }
}

impl Pulse {
    /// Announces the part's next step: now if it is working, or the `instant` for which it waits.
    pub fn expect(&self, part: Part, instant: Instant) {
        self.0[part as usize].store(instant.millis(), Ordering::Relaxed);
    }

    /// Announces that the part waits for something other than time.
    pub fn rests(&self, part: Part) {
        self.expect(part, Instant::NEVER);
    }

    /// Announces that no part runs.
    pub fn clear(&self) {
        for part in Part::ALL {
            self.rests(part);
        }
    }

    /// A sentence for each part that is stuck.
    pub fn stuck(&self, now: Instant) -> Vec<String> {
        let late =
            |part: Part| now.since(Instant::from_millis(self.0[part as usize].load(Ordering::Relaxed)));
        let stuck = Part::ALL.into_iter().filter(|part| late(*part) > ALLOWANCE);
        stuck
            .map(|part| {
                format!(
                    "{} has not moved for {} s: restart the program, and look into its log",
                    part.name(),
                    late(part).as_secs()
                )
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_stuck_a_minute_after_it_should_have_moved_and_at_rest_never() {
        let pulse = Pulse::default();
        let at = |seconds: u64| Instant::from_millis(0).plus(Duration::from_secs(seconds));
        assert_eq!(pulse.stuck(at(1_000_000)), Vec::<String>::new());
        pulse.expect(Part::Jobs, at(10));
        assert_eq!(pulse.stuck(at(70)), Vec::<String>::new());
        let told = pulse.stuck(at(75));
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with("the background work has not moved for 65 s"), "{told:?}");
        pulse.rests(Part::Jobs);
        assert_eq!(pulse.stuck(at(75)), Vec::<String>::new());
    }
}
