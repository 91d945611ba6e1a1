//! The input for the indices of one question in one cut and period: its histogram, and how often customers repeat.

use super::clusters::{ClusterSizes, Deff, Rho};
use super::histogram::Histogram;
use super::index::Index;
use super::measure::Measure;
use super::sample::Sample;
use super::shown::Shown;
use super::sums::Sums;

#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    histogram: Histogram,
    deff: Deff,
}

impl Cell {
    /// `sizes` counts the customers' answers in this cell; ρ belongs to the question and is estimated over a year
    /// without any cut.
    #[must_use]
    pub fn new(histogram: Histogram, sizes: ClusterSizes, rho: Rho) -> Self {
        Self { histogram, deff: sizes.deff(rho) }
    }

    pub const fn histogram(&self) -> &Histogram {
        &self.histogram
    }

    pub const fn deff(&self) -> Deff {
        self.deff
    }

    /// An index with its interval. `None` without answers, and for an index that does not exist on the question's
    /// scale.
    pub fn measure(&self, index: Index) -> Option<Measure> {
        let on = self.histogram.on();
        if !index.is_on(on.scale) {
            return None;
        }
        let sample = Sample::of(&self.histogram.sums(index), self.deff)?;
        Some(Measure::new(sample, index.shown(on)))
    }
}

/// The share of an option, in per cent: `k` of the `n` who answered the question. `None` if nobody did.
pub fn share(k: u64, n: u64, deff: Deff) -> Option<Measure> {
    Some(Measure::new(Sample::of(&Sums::share(k, n), deff)?, Shown::PERCENT))
}
