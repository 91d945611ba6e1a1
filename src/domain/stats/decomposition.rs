//! "Is it us, or the new ones?": how much of a change comes from the mix of groups, and how much from the groups
//! themselves.

use std::collections::BTreeMap;

use super::interval::Interval;
use super::normal::Z;
use super::sample::Sample;

/// The answers of one group in two settled periods; a period without any is `None`. Groups are mutually exclusive, and
/// the samples of a period share that period's design effect.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Group {
    pub before: Option<Sample>,
    pub now: Option<Sample>,
}

/// One part of the change, with its standard error, in the samples' unit of [0, 1].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    pub value: f64,
    pub se: f64,
}

impl Part {
    pub fn interval(self) -> Interval {
        Interval::around(self.value, Z * self.se)
    }
}

/// The contribution of one group to both parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupParts {
    pub share_before: f64,
    pub share_now: f64,
    /// The means; a group that is absent in one period gets its mean from the other.
    pub before: f64,
    pub now: f64,
    pub mix: f64,
    pub rate: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Decomposition<K> {
    /// mix + rate.
    pub change: f64,
    /// "Because there are more new people": `Σ(wB − wA)·r̄`.
    pub mix: Part,
    /// "Because everybody got better": `Σw̄·δ`.
    pub rate: Part,
    pub groups: BTreeMap<K, GroupParts>,
}

/// Kitagawa 1955, J. Am. Stat. Assoc. 50, 1168. The shares of the groups in periods A and B are w, their means are r,
/// `δ = rB − rA`, and w̄, r̄ are the averages of the two periods. `None` if a period has no answers.
pub fn decompose<K: Ord + Clone>(groups: &BTreeMap<K, Group>) -> Option<Decomposition<K>> {
    let size = |of: fn(&Group) -> Option<Sample>| -> f64 {
        groups.values().filter_map(of).map(|sample| sample.size()).sum()
    };
    let (size_before, size_now) = (size(|group| group.before), size(|group| group.now));
    if size_before <= 0.0 || size_now <= 0.0 {
        return None;
    }
    let two: Vec<TwoPeriods> =
        groups.values().filter_map(|group| TwoPeriods::of(group, size_before, size_now)).collect();
    let keys = groups.iter().filter(|(_, group)| group.before.or(group.now).is_some()).map(|(key, _)| key);
    let parts: BTreeMap<K, GroupParts> = keys.cloned().zip(two.iter().map(TwoPeriods::parts)).collect();
    let mix = parts.values().map(|part| part.mix).sum::<f64>();
    let rate = parts.values().map(|part| part.rate).sum::<f64>();
    let error = |now: fn(&TwoPeriods) -> Terms, before: fn(&TwoPeriods) -> Terms| {
        (variance(two.iter().map(now), size_now) + variance(two.iter().map(before), size_before)).sqrt()
    };
    let se_mix = error(|two| two.mix(Side::Now), |two| two.mix(Side::Before));
    let se_rate = error(|two| two.rate(Side::Now), |two| two.rate(Side::Before));
    Some(Decomposition {
        change: mix + rate,
        mix: Part { value: mix, se: se_mix },
        rate: Part { value: rate, se: se_rate },
        groups: parts,
    })
}

#[derive(Clone, Copy)]
enum Side {
    Before,
    Now,
}

/// A group in one period: its share w, its mean r and its variance s².
#[derive(Clone, Copy)]
struct Period {
    share: f64,
    mean: f64,
    variance: f64,
}

#[derive(Clone, Copy)]
struct TwoPeriods {
    before: Period,
    now: Period,
}

/// A group's input to the variance of a part: `w`, the slope `a` with respect to its mean, and the slope `h` with
/// respect to its share.
struct Terms {
    share: f64,
    variance: f64,
    by_mean: f64,
    by_share: f64,
}

impl TwoPeriods {
    /// `None` for a group that is in neither period.
    fn of(group: &Group, size_before: f64, size_now: f64) -> Option<Self> {
        let (before, now) = (group.before.or(group.now)?, group.now.or(group.before)?);
        let share = |sample: Option<Sample>, size: f64| sample.map_or(0.0, |sample| sample.size() / size);
        let period = |of: Sample, share| Period { share, mean: of.mean(), variance: of.variance() };
        Some(Self {
            before: period(before, share(group.before, size_before)),
            now: period(now, share(group.now, size_now)),
        })
    }

    fn mean(&self) -> f64 {
        f64::midpoint(self.before.mean, self.now.mean)
    }

    fn share(&self) -> f64 {
        f64::midpoint(self.before.share, self.now.share)
    }

    fn parts(&self) -> GroupParts {
        let (before, now) = (self.before, self.now);
        GroupParts {
            share_before: before.share,
            share_now: now.share,
            before: before.mean,
            now: now.mean,
            mix: (now.share - before.share) * self.mean(),
            rate: self.share() * (now.mean - before.mean),
        }
    }

    /// a = (wB−wA)/2w, h = ±r̄.
    fn mix(&self, side: Side) -> Terms {
        let half = (self.now.share - self.before.share) / 2.0;
        match side {
            Side::Now => Terms::new(self.now, half, self.mean()),
            Side::Before => Terms::new(self.before, half, -self.mean()),
        }
    }

    /// a = ±w̄/w, h = δ/2.
    fn rate(&self, side: Side) -> Terms {
        let half = (self.now.mean - self.before.mean) / 2.0;
        match side {
            Side::Now => Terms::new(self.now, self.share(), half),
            Side::Before => Terms::new(self.before, -self.share(), half),
        }
    }
}

impl Terms {
    /// `a_times_share` is a·w. A group with w = 0 contributes nothing.
    fn new(period: Period, a_times_share: f64, by_share: f64) -> Self {
        let by_mean = if period.share > 0.0 { a_times_share / period.share } else { 0.0 };
        Self { share: period.share, variance: period.variance, by_mean, by_share }
    }
}

/// V(w; a, h, n) = `(Σw·a²·s² + Σw·h² − (Σw·h)²)/n`.
fn variance(terms: impl Iterator<Item = Terms>, size: f64) -> f64 {
    let (mut means, mut squares, mut shares) = (0.0, 0.0, 0.0);
    for term in terms {
        means += term.share * term.by_mean * term.by_mean * term.variance;
        squares += term.share * term.by_share * term.by_share;
        shares += term.share * term.by_share;
    }
    (means + (squares - shares * shares).max(0.0)) / size
}
