//! Durations: quantiles with their intervals.
//!
//! The median comes first, because a single weekend dominates a mean of waiting times. No logarithm is taken, because
//! durations can be zero.

use super::cell::share;
use super::clusters::Deff;
use super::measure::Measure;
use super::normal::Z;
use super::number::{float, floor, wide};

/// A quantile: the share of all durations at or below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantile {
    Median,
    P90,
}

impl Quantile {
    const fn percent(self) -> u64 {
        match self {
            Self::Median => 50,
            Self::P90 => 90,
        }
    }

    /// 1 − p: the share that is left when the quantile is reached.
    pub(super) fn left(self) -> f64 {
        float(100 - self.percent()) / 100.0
    }
}

/// A duration in seconds, with the order statistics that bound it; a bound beyond either end is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderStatistic {
    pub value: u64,
    pub low: Option<u64>,
    pub high: Option<u64>,
}

/// The durations of the tickets closed in a period (first response, handling time), or the ages of a backlog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    sorted: Vec<u64>,
    missing: u64,
}

impl Durations {
    /// Takes seconds in any order, and the number of tickets that do not state a duration.
    #[must_use]
    pub fn new(mut seconds: Vec<u64>, missing: u64) -> Self {
        seconds.sort_unstable();
        Self { sorted: seconds, missing }
    }

    pub fn n(&self) -> u64 {
        self.sorted.len() as u64
    }

    pub const fn missing(&self) -> u64 {
        self.missing
    }

    /// The ⌈np⌉-th smallest. Its interval runs from the ⌊np − z√(np(1−p))⌋-th to the (⌈np + z√(np(1−p))⌉+1)-th (David &
    /// Nagaraja 2003, Order Statistics, §7.1; coverage ≥ 0.957). `None` without durations.
    pub fn quantile(&self, quantile: Quantile) -> Option<OrderStatistic> {
        let (n, percent) = (self.n(), quantile.percent());
        let middle = float(n * percent) / 100.0;
        let around = Z * (float(n * percent * (100 - percent)) / 10_000.0).sqrt();
        Some(OrderStatistic {
            value: self.smallest((n * percent).div_ceil(100))?,
            low: self.smallest(floor(middle - around)),
            high: self.smallest(floor((middle + around).ceil()) + 1),
        })
    }

    /// `None` without durations.
    pub fn mean(&self) -> Option<f64> {
        let sum: i128 = self.sorted.iter().map(|seconds| i128::from(*seconds)).sum();
        (!self.sorted.is_empty()).then(|| wide(sum) / float(self.n()))
    }

    /// How many of the stated durations are within the target.
    pub fn count_within(&self, target: u64) -> u64 {
        self.sorted.partition_point(|seconds| *seconds <= target) as u64
    }

    /// Their share.
    pub fn within(&self, target: u64) -> Option<Measure> {
        share(self.count_within(target), self.n(), Deff::NONE)
    }

    /// The `rank`-th smallest duration, counted from 1.
    fn smallest(&self, rank: u64) -> Option<u64> {
        self.sorted.get(usize::try_from(rank.checked_sub(1)?).ok()?).copied()
    }
}
