//! How much a topic or an auto-reply rule adds to the share of low ratings.

use super::against_rest::{Compared, Label};
use super::interval::Interval;
use super::number::float;

/// A topic or rule, with what the low share of all answers would fall by if its own were like that of the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Impact<K> {
    pub compared: Compared<K>,
    /// In points of the index; `None` where there is no difference to scale.
    pub impact: Option<Points>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Points {
    pub value: f64,
    pub interval: Interval,
}

impl<K> Impact<K> {
    /// More low ratings than without it, and not by chance: what a rule is flagged for.
    pub fn is_higher(&self) -> bool {
        self.compared.label == Label::Higher
    }
}

/// Impact = difference × n of the row / n of all; the largest first, ties by key, those without one last.
pub fn by_impact<K: Ord>(rows: Vec<Compared<K>>) -> Vec<Impact<K>> {
    let mut rows: Vec<Impact<K>> = rows.into_iter().map(of).collect();
    rows.sort_by(|a, b| {
        let order = |impact: &Impact<K>| impact.impact.map_or(f64::NEG_INFINITY, |points| points.value);
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
