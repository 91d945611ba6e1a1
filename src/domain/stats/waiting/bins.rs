//! Waiting times in bins of an eighth of an octave of 1 + seconds. The histograms of several days can be added up.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::domain::stats::number::{float, floor, ratio};

const PER_OCTAVE: u16 = 8;
/// The answers needed on each side of an edge.
const LEAST_BESIDE: u64 = 20;

/// The lower edge of a bin: `8·log₂(1 + seconds)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge(pub u16);

impl Edge {
    /// The lower edge of the bin that contains this wait.
    #[must_use]
    pub fn of(seconds: u64) -> Self {
        let more = seconds.saturating_add(1);
        let octave = more.ilog2();
        // The value is in [1, 2), and exactly 1 at the start of an octave, so rounding never moves a wait across an
        // edge.
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

    /// The next edge, where this bin ends.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The wait at the middle of the bin, in seconds.
    pub fn middle(self) -> f64 {
        (self.octaves() + 0.5 / f64::from(PER_OCTAVE)).exp2() - 1.0
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

/// A bin as the models use it: its centre in octaves, its answers and its low answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bin {
    pub edge: Edge,
    pub octaves: f64,
    pub n: f64,
    pub low: f64,
}

/// The answers to a ticket's question, by how long the customer waited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    bins: BTreeMap<Edge, Count>,
}

impl Waits {
    /// Adds answers after the same wait; `low` is limited to `answers`.
    pub fn add(&mut self, seconds: u64, answers: u64, low: u64) {
        self.add_to(Edge::of(seconds), Count { n: answers, low: low.min(answers) });
    }

    /// Adds answers to the bin with this lower edge.
    pub fn add_to(&mut self, edge: Edge, more: Count) {
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

    /// The counts below an edge, and those from the edge on.
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

    /// The answers of every bin that has some, by its lower edge, the shortest waits first.
    pub fn counts(&self) -> impl Iterator<Item = (Edge, Count)> {
        self.bins.iter().map(|(edge, count)| (*edge, *count))
    }

    /// The bins with answers from the 1st to the 99th hundredth of the waits. Beyond them a fitted curve says nothing.
    pub fn middle_bins(&self) -> impl Iterator<Item = Edge> {
        let n = self.n();
        let mut below = 0;
        self.counts().filter_map(move |(edge, count)| {
            let (before, after) = (below, n - below - count.n);
            below += count.n;
            // A bin that holds the hundredth itself is in the middle.
            (100 * (before + count.n) >= n && 100 * (after + count.n) >= n).then_some(edge)
        })
    }

    /// The possible break points: edges of non-empty bins with at least a tenth of all answers, and at least 20, on
    /// each side.
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
