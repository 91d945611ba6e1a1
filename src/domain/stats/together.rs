//! Differences judged together: among many, some look certain by chance.

use super::difference::{Comparison, Verdict};
use super::normal::{ALPHA, PValue};
use super::number::float;

/// A comparison judged together with others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    pub comparison: Comparison,
    /// The adjusted p; `None` if it was not judged, because of too few answers or incomparable values.
    pub q: Option<PValue>,
    /// `up` or `down` only if q ≤ 0.05.
    pub verdict: Verdict,
}

/// Judges the primary indices of a report, or the rows of a table, together.
#[must_use]
pub fn judge(comparisons: &[Comparison]) -> Vec<Judged> {
    let p_of = |comparison: &Comparison| match comparison.verdict {
        Verdict::TooFew | Verdict::NotComparable => None,
        Verdict::Up | Verdict::Down | Verdict::NoChange => comparison.difference.map(|found| found.p),
    };
    let judged: Vec<PValue> = comparisons.iter().filter_map(p_of).collect();
    let mut adjusted = adjusted(&judged).into_iter();
    let judge = |comparison: &Comparison| {
        let q = p_of(comparison).and_then(|_| adjusted.next());
        let verdict = match (q, comparison.difference) {
            (Some(q), Some(found)) if q <= ALPHA && found.value > 0.0 => Verdict::Up,
            (Some(q), Some(found)) if q <= ALPHA && found.value < 0.0 => Verdict::Down,
            (Some(_), _) => Verdict::NoChange,
            (None, _) => comparison.verdict,
        };
        Judged { comparison: *comparison, q, verdict }
    };
    comparisons.iter().map(judge).collect()
}

/// Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57, 289: each p is multiplied by their number and divided by its rank,
/// and never exceeds the result for a larger p. Keeps the order of the input.
#[must_use]
pub fn adjusted(p: &[PValue]) -> Vec<PValue> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by_key(|place| p[*place]);
    let mut adjusted = p.to_vec();
    let mut least = PValue::ONE;
    for (rank, place) in order.into_iter().enumerate().rev() {
        least = least.min(p[place].times(float(p.len() as u64) / float(rank as u64 + 1)));
        adjusted[place] = least;
    }
    adjusted
}
