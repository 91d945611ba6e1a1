//! How much a topic or an auto-reply rule contributes to the share of low ratings.

use super::against_rest::{Compared, Label};
use super::interval::Interval;
use super::number::float;

/// A topic or rule, with the amount by which the overall low share would fall if its own share were that of the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Impact<K> {
    pub compared: Compared<K>,
    /// In points of the index; `None` if there is no difference to scale.
    pub impact: Option<Points>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Points {
    pub value: f64,
    pub interval: Interval,
}

/// Impacts that differ by less are the same but for the rounding of their last digits, which must not order them.
const SAME: f64 = 1e-9;

impl<K> Impact<K> {
    /// Whether it has more low ratings than the rest, and not by chance. Rules are flagged for this.
    pub fn is_higher(&self) -> bool {
        self.compared.label == Label::Higher
    }
}

/// Impact = difference × n of the row / n of all. The largest comes first, ties are sorted by key, and rows without an
/// impact come last.
pub fn by_impact<K: Ord>(rows: Vec<Compared<K>>) -> Vec<Impact<K>> {
    let mut rows: Vec<Impact<K>> = rows.into_iter().map(of).collect();
    rows.sort_by(|a, b| {
        let order = |impact: &Impact<K>| {
            impact.impact.map_or(f64::NEG_INFINITY, |points| (points.value / SAME).round())
        };
        order(b).total_cmp(&order(a)).then_with(|| a.compared.row.key.cmp(&b.compared.row.key))
    });
    rows
}

fn of<K>(compared: Compared<K>) -> Impact<K> {
    let n = |measure: &Option<_>| measure.as_ref().map_or(0, super::measure::Measure::n);
    let (own, rest) = (n(&compared.row.own), n(&compared.row.rest));
    let impact = compared.comparison.difference.map(|difference| {
        let part = float(own) / float(own + rest);
        Points { value: part * difference.value, interval: difference.interval.map(|limit| part * limit) }
    });
    Impact { compared, impact }
}
