//! Sums of products between columns. They give the variance of anything that is built from several means.
//!
//! A row is a unit (a survey or a customer), and a column is a question or factor. Units are independent but columns
//! are not: a customer's answers belong together, whether they gave all of them or only some.

use super::number::{float, wide};

/// The sum of a unit's answers in one column, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subtotal {
    pub n: u64,
    pub sum: u64,
}

impl Subtotal {
    pub const fn one(point: u64) -> Self {
        Self { n: 1, sum: point }
    }

    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { n: self.n + other.n, sum: self.sum + other.sum }
    }
}

/// Σ over units of the products of two columns' subtotals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Pair {
    counts: u64,
    sum_by_count: u64,
    count_by_sum: u64,
    sums: u64,
}

/// Integers, so the order of merging never affects the result. Every unit must be added once and as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Products {
    units: u64,
    columns: Vec<Subtotal>,
    /// One row per column, with a pair for that column and each later one.
    pairs: Vec<Vec<Pair>>,
}

impl Products {
    #[must_use]
    pub fn new(columns: usize) -> Self {
        let pairs = (0..columns).map(|first| vec![Pair::default(); columns - first]).collect();
        Self { units: 0, columns: vec![Subtotal::default(); columns], pairs }
    }

    /// Adds one unit: a subtotal for each column, in order. Missing columns are empty, and surplus ones are ignored.
    pub fn add(&mut self, unit: &[Subtotal]) {
        let given: Vec<(usize, Subtotal)> =
            unit.iter().copied().enumerate().take(self.columns.len()).filter(|(_, of)| of.n > 0).collect();
        self.units += u64::from(!given.is_empty());
        for (place, (first, a)) in given.iter().enumerate() {
            self.columns[*first] = self.columns[*first].plus(*a);
            for (second, b) in &given[place..] {
                let pair = &mut self.pairs[*first][*second - *first];
                pair.counts += a.n * b.n;
                pair.sum_by_count += a.sum * b.n;
                pair.count_by_sum += a.n * b.sum;
                pair.sums += a.sum * b.sum;
            }
        }
    }

    /// Adds `other`, column by column.
    pub fn merge(&mut self, other: &Self) {
        self.units += other.units;
        for (column, more) in self.columns.iter_mut().zip(&other.columns) {
            *column = column.plus(*more);
        }
        for (pair, more) in self.pairs.iter_mut().flatten().zip(other.pairs.iter().flatten()) {
            pair.counts += more.counts;
            pair.sum_by_count += more.sum_by_count;
            pair.count_by_sum += more.count_by_sum;
            pair.sums += more.sums;
        }
    }

    /// The number of units with an answer in at least one column.
    pub const fn units(&self) -> u64 {
        self.units
    }

    pub fn column(&self, column: usize) -> Subtotal {
        self.columns[column]
    }

    /// `Σ n_u²` of a column, which its design effect is computed from.
    pub fn squared_sizes(&self, column: usize) -> u64 {
        self.pairs[column][0].counts
    }

    /// Σ over units of `(s_a − n_a·m_a)(s_b − n_b·m_b)`, where m are the columns' means. Exact up to the division; 0
    /// for an empty column.
    pub fn centred(&self, a: usize, b: usize) -> f64 {
        let (a, b) = (a.min(b), a.max(b));
        let pair = &self.pairs[a][b - a];
        let (first, second) = (self.columns[a], self.columns[b]);
        if first.n == 0 || second.n == 0 {
            return 0.0;
        }
        let [n_a, s_a, n_b, s_b] = [first.n, first.sum, second.n, second.sum].map(i128::from);
        let [counts, sum_by_count, count_by_sum, sums] =
            [pair.counts, pair.sum_by_count, pair.count_by_sum, pair.sums].map(i128::from);
        let exact =
            sums * n_a * n_b - sum_by_count * n_a * s_b - count_by_sum * s_a * n_b + counts * s_a * s_b;
        wide(exact) / float(first.n) / float(second.n)
    }

    /// Σu² with u = Σ over columns of `weight`·(s − n·m): the variance of a sum of means by linearisation (Woodruff
    /// 1971, J. Am. Stat. Assoc. 66, 411). Takes one weight per column.
    pub fn variance(&self, weights: &[f64]) -> f64 {
        let mut variance = 0.0;
        for (a, weight) in weights.iter().enumerate().take(self.columns.len()) {
            variance += weight * weight * self.centred(a, a);
            for (b, other) in weights.iter().enumerate().take(self.columns.len()).skip(a + 1) {
                variance += 2.0 * weight * other * self.centred(a, b);
            }
        }
        variance.max(0.0)
    }
}
