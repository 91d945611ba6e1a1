//! Differences between two cells of separate people or periods: one rule for the interval, the p-value and the verdict.

use super::cell::Cell;
use super::index::Index;
use super::interval::Interval;
use super::measure::{Measure, MinN};
use super::normal::{PValue, Z};
use super::sample::Sample;
use crate::domain::scale::written;

/// The largest z tried; if the difference still excludes 0 there, its p is 0.
const FURTHEST: f64 = 40.0;

written! {
    /// The verdict on a difference.
    Verdict {
        Up = "up",
        Down = "down",
        NoChange = "no_change",
        TooFew = "too_few",
        /// The two do not measure the same thing: a value belongs to different bands, or they are shown on different
        /// scales.
        NotComparable = "not_comparable",
    }
}

/// The first minus the second, in the unit in which both are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    pub value: f64,
    pub interval: Interval,
    pub p: PValue,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// `None` if one of the two has no value, or they are not comparable. It may be present even if the verdict is
    /// `too_few`; it is then for exports and must not be shown.
    pub difference: Option<Difference>,
    pub verdict: Verdict,
}

/// Compares an index of one question in two cells.
#[must_use]
pub fn compare_cells(index: Index, now: &Cell, before: &Cell, min_n: MinN) -> Comparison {
    if index.is_of_bands() && !now.histogram().has_same_bands(before.histogram()) {
        return Comparison { difference: None, verdict: Verdict::NotComparable };
    }
    compare(now.measure(index).as_ref(), before.measure(index).as_ref(), min_n)
}

/// Compares two measures of the same thing. If some customers are in both, the result errs on the cautious side.
#[must_use]
pub fn compare(now: Option<&Measure>, before: Option<&Measure>, min_n: MinN) -> Comparison {
    let (Some(now), Some(before)) = (now, before) else {
        return Comparison { difference: None, verdict: Verdict::TooFew };
    };
    if now.shown() != before.shown() {
        return Comparison { difference: None, verdict: Verdict::NotComparable };
    }
    let apart = Apart { now: now.sample(), before: before.sample() };
    let span = now.shown().span();
    let interval = apart.interval_at(Z);
    let verdict = if now.n().min(before.n()) < min_n.0 { Verdict::TooFew } else { said_of(interval) };
    let difference = Difference {
        value: span * apart.difference(),
        interval: interval.map(|limit| span * limit),
        p: apart.p(),
    };
    Comparison { difference: Some(difference), verdict }
}

fn said_of(interval: Interval) -> Verdict {
    if interval.low() > 0.0 {
        Verdict::Up
    } else if interval.high() < 0.0 {
        Verdict::Down
    } else {
        Verdict::NoChange
    }
}

/// Two samples, in [0, 1].
struct Apart<'s> {
    now: &'s Sample,
    before: &'s Sample,
}

impl Apart<'_> {
    fn difference(&self) -> f64 {
        self.now.mean() - self.before.mean()
    }

    /// The square-and-add interval: from `d − √((m₁−lo₁)² + (hi₂−m₂)²)` to `d + √((hi₁−m₁)² + (m₂−lo₂)²)`. Newcombe
    /// 1998, Stat. Med. 17, 873, method 10; generalised to any interval by Zou & Donner 2008, Stat. Med. 27, 1693.
    fn interval_at(&self, z: f64) -> Interval {
        let (now, before) = (self.now.interval_at(z), self.before.interval_at(z));
        let below = (self.now.mean() - now.low()).hypot(before.high() - self.before.mean());
        let above = (now.high() - self.now.mean()).hypot(self.before.mean() - before.low());
        Interval::between(self.difference() - below, self.difference() + above)
    }

    /// The p of the z at which the interval just touches 0, found by bisection. This way interval, verdict and p always
    /// agree.
    fn p(&self) -> PValue {
        if self.now.mean() <= self.before.mean() && self.now.mean() >= self.before.mean() {
            return PValue::ONE;
        }
        let is_apart = |z: f64| !self.interval_at(z).contains(0.0);
        if is_apart(FURTHEST) {
            return PValue::ZERO;
        }
        let (mut apart, mut touching) = (0.0, FURTHEST);
        loop {
            let middle = f64::midpoint(apart, touching);
            if middle <= apart || middle >= touching {
                return PValue::of_z(touching);
            }
            if is_apart(middle) {
                apart = middle;
            } else {
                touching = middle;
            }
        }
    }
}
