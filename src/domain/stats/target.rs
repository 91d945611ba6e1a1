//! Targets: whether a number is where it should be.

use super::index::Better;
use super::interval::Interval;
use super::measure::{Measure, MinN, State};
use crate::domain::scale::written;

/// Where a number should be, on the scale it is shown on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    pub value: f64,
    pub better: Better,
}

written! {
    /// What is said of a target.
    Reached {
        /// The whole interval is at the target or beyond.
        Met = "met",
        /// The whole interval is short of it.
        Missed = "missed",
        Open = "open",
    }
}

impl Target {
    pub fn reached(&self, interval: Interval) -> Reached {
        let (is_met, is_missed) = match self.better {
            Better::Higher => (interval.low() >= self.value, interval.high() < self.value),
            Better::Lower => (interval.high() <= self.value, interval.low() > self.value),
        };
        match (is_met, is_missed) {
            (true, _) => Reached::Met,
            (false, true) => Reached::Missed,
            (false, false) => Reached::Open,
        }
    }

    /// `None` with too few answers.
    pub fn reached_by(&self, measure: &Measure, min_n: MinN) -> Option<Reached> {
        (measure.state(min_n) != State::TooFew).then(|| self.reached(measure.interval()))
    }
}
