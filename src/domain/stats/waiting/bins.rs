//! Waits in eighths of an octave of 1 + seconds: histograms that add up over days.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::domain::stats::number::{float, floor, ratio};

const PER_OCTAVE: u16 = 8;
/// Both sides of an edge have so many answers.
const LEAST_BESIDE: u64 = 20;

/// Where a bin begins: `8·log₂(1 + seconds)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge(pub u16);

impl Edge {
    /// The bin that a wait is in, by where it begins.
    #[must_use]
    pub fn of(seconds: u64) -> Self {
        let more = seconds.saturating_add(1);
        let octave = more.ilog2();
        // In [1, 2), and 1 exactly where an octave begins: no rounding moves a wait over an edge.
        let within = float(more) / float(1 << octave);
        let eighth = floor((f64::from(PER_OCTAVE) * within.log2()).min(7.0));
        Self(
            PER_OCTAVE * u16::try_from(octave).unwrap_or(u16::MAX / PER_OCTAVE)
                + u16::try_from(eighth).unwrap_or(0),
        )
    }

    pub fn seconds(self) -> f64 {
        self.octaves().exp2() - 1.0
    }

    pub(super) fn octaves(self) -> f64 {
        f64::from(self.0) / f64::from(PER_OCTAVE)
    }
}

/// Answers, and how many of them are low.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub n: u64,
    pub low: u64,
}

/// A bin as the models see it: its centre in octaves, its answers and its low ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bin {
    pub edge: Edge,
    pub octaves: f64,
    pub n: f64,
    pub low: f64,
}

/// The answers to a ticket's question by how long it took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    bins: BTreeMap<Edge, Count>,
}

impl Waits {
    /// Answers after the same wait; no more of them are low than there are.
    pub fn add(&mut self, seconds: u64, answers: u64, low: u64) {
        self.add_to(Edge::of(seconds), Count { n: answers, low: low.min(answers) });
    }

    fn add_to(&mut self, edge: Edge, more: Count) {
        if more.n > 0 {
            let count = self.bins.entry(edge).or_default();
            *count = Count { n: count.n + more.n, low: count.low + more.low };
        }
    }

    pub fn merge(&mut self, other: &Self) {
        for (edge, count) in &other.bins {
            self.add_to(*edge, *count);
        }
    }

    pub fn n(&self) -> u64 {
        self.bins.values().map(|count| count.n).sum()
    }

    pub fn low(&self) -> u64 {
        self.bins.values().map(|count| count.low).sum()
    }

    /// p̄, the share of low answers; `None` without answers.
    pub(super) fn share(&self) -> Option<f64> {
        ratio(self.low(), self.n())
    }

    /// What lies below an edge, and what from it on.
    pub fn split(&self, edge: Edge) -> (Count, Count) {
        let sum = |counts: &mut dyn Iterator<Item = &Count>| {
            counts.fold(Count::default(), |sum, count| Count { n: sum.n + count.n, low: sum.low + count.low })
        };
        let (below, above): (Range<Edge>, _) = (Edge(0)..edge, edge..);
        (
            sum(&mut self.bins.range(below).map(|(_, count)| count)),
            sum(&mut self.bins.range(above).map(|(_, count)| count)),
        )
    }

    /// Where a break is looked for: edges of non-empty bins with a tenth of all answers, and 20, on both sides.
    #[must_use]
    pub fn edges(&self) -> Vec<Edge> {
        let n = self.n();
        let is_enough = |beside: u64| 10 * beside >= n && beside >= LEAST_BESIDE;
        let mut below = 0;
        let mut edges = Vec::new();
        for (edge, count) in &self.bins {
            if is_enough(below) && is_enough(n - below) {
                edges.push(*edge);
            }
            below += count.n;
        }
        edges
    }

    pub(super) fn bins(&self) -> impl Iterator<Item = Bin> {
        self.bins.iter().map(|(edge, count)| Bin {
            edge: *edge,
            octaves: edge.octaves() + 0.5 / f64::from(PER_OCTAVE),
            n: float(count.n),
            low: float(count.low),
        })
    }
}
