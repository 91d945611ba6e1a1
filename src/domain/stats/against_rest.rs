//! Compares each row of a table with all other answers. Used for small numbers of agents, for overlapping groups
//! (teams, stores, topics), and for lists of suspects (auto-reply rules).

use super::difference::{Comparison, Verdict, compare};
use super::measure::{Measure, MinN};
use super::normal::PValue;
use super::together::judge;
use crate::domain::scale::written;

/// A row and the rest: all other answers to the same question in the same period. The rest is counted separately,
/// because the same customer may be in both. A side without answers is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<K> {
    pub key: K,
    pub own: Option<Measure>,
    pub rest: Option<Measure>,
}

written! {
    /// The table's verdict on a row.
    Label {
        Higher = "higher",
        Lower = "lower",
        NoDifference = "no_difference",
        TooFew = "too_few",
        NotComparable = "not_comparable",
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Compared<K> {
    pub row: Row<K>,
    pub comparison: Comparison,
    /// The adjusted p; only for rows with enough answers on both sides.
    pub q: Option<PValue>,
    pub label: Label,
}

/// Compares every row with its rest. The label is `higher` or `lower` if q ≤ 0.05 among all rows. Keeps the order of
/// the input.
pub fn compare_each<K>(rows: Vec<Row<K>>, min_n: MinN) -> Vec<Compared<K>> {
    let comparisons: Vec<Comparison> =
        rows.iter().map(|row| compare(row.own.as_ref(), row.rest.as_ref(), min_n)).collect();
    let judged = judge(&comparisons);
    let compared = rows.into_iter().zip(judged).map(|(row, judged)| Compared {
        row,
        comparison: judged.comparison,
        q: judged.q,
        label: match judged.verdict {
            Verdict::Up => Label::Higher,
            Verdict::Down => Label::Lower,
            Verdict::NoChange => Label::NoDifference,
            Verdict::TooFew => Label::TooFew,
            Verdict::NotComparable => Label::NotComparable,
        },
    });
    compared.collect()
}
