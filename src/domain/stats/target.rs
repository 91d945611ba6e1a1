//! Targets: whether a number has the desired value.

use super::index::Better;
use super::interval::Interval;
use super::measure::{Measure, MinN, State};
use crate::domain::scale::written;

/// A target, on the scale on which the number is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    pub value: f64,
    pub better: Better,
}

written! {
    /// The verdict on a target.
    Reached {
        /// The whole interval is at or beyond the target.
        Met = "met",
        /// The whole interval falls short of the target.
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

    /// `None` if there are too few answers.
    pub fn reached_by(&self, measure: &Measure, min_n: MinN) -> Option<Reached> {
        (measure.state(min_n) != State::TooFew).then(|| self.reached(measure.interval()))
    }
}
