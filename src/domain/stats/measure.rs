//! A number in the form in which it is shown: its value, its interval, and whether it may be shown at all.

use super::interval::Interval;
use super::number::float;
use super::sample::Sample;
use super::shown::Shown;
use crate::domain::scale::written;

/// Numbers whose interval is wider than this share of the range are kept out of headlines and lists of best and worst
/// (NCHS Data Presentation Standards for Proportions, 2017).
const WIDE: f64 = 0.30;

/// How many answers a number needs before it may be shown. A setting of the installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinN(pub u64);

impl Default for MinN {
    fn default() -> Self {
        Self(10)
    }
}

written! {
    /// Whether a number may be shown.
    State {
        Ok = "ok",
        /// Shown in grey, and never in a headline or a list of best and worst.
        Wide = "wide",
        /// Only counts are shown: no value, no rank, no verdict.
        TooFew = "too_few",
    }
}

/// An index in one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    sample: Sample,
    shown: Shown,
}

impl Measure {
    #[must_use]
    pub const fn new(sample: Sample, shown: Shown) -> Self {
        Self { sample, shown }
    }

    pub const fn sample(&self) -> &Sample {
        &self.sample
    }

    pub const fn shown(&self) -> Shown {
        self.shown
    }

    pub const fn n(&self) -> u64 {
        self.sample.n()
    }

    pub fn value(&self) -> f64 {
        self.shown.value(self.sample.mean())
    }

    /// The 95 % interval, mapped in the same way as the value.
    pub fn interval(&self) -> Interval {
        self.sample.interval().map(|limit| self.shown.value(limit))
    }

    /// The standard error without any correction, s/√n; for NPS that is 100·√((p + d − (p − d)²)/n).
    pub fn raw_se(&self) -> f64 {
        self.shown.span() * (self.sample.variance() / float(self.n())).sqrt()
    }

    pub fn state(&self, min_n: MinN) -> State {
        if self.n() < min_n.0 {
            State::TooFew
        } else if self.sample.interval().width() > WIDE {
            State::Wide
        } else {
            State::Ok
        }
    }
}
