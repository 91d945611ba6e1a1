//! Sums of products between columns: from them follows the variance of anything that is made of several means.
//!
//! A row is a unit (a survey, or a customer), a column a question or factor. Units are independent, columns are not: one
//! customer's answers go together, whether they gave all of them or some.

use super::number::{float, wide};

/// What a unit's answers in one column add up to, in points.
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

/// Integers, so they merge in any order to the last digit. Every unit is added once and whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Products {
    units: u64,
    columns: Vec<Subtotal>,
    /// A row for each column, with a pair for it and each later one.
    pairs: Vec<Vec<Pair>>,
}

impl Products {
    #[must_use]
    pub fn new(columns: usize) -> Self {
        let pairs = (0..columns).map(|first| vec![Pair::default(); columns - first]).collect();
        Self { units: 0, columns: vec![Subtotal::default(); columns], pairs }
    }

    /// One unit: a subtotal for each column, in order. Columns that are not given are empty, further ones do not count.
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

    /// Both together, column by column.
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

    /// Units with an answer in at least one column.
    pub const fn units(&self) -> u64 {
        self.units
    }

    pub fn column(&self, column: usize) -> Subtotal {
        self.columns[column]
    }

    /// `Σ n_u²` of a column: what its design effect is made of.
    pub fn squared_sizes(&self, column: usize) -> u64 {
        self.pairs[column][0].counts
    }

    /// Σ over units of `(s_a − n_a·m_a)(s_b − n_b·m_b)`, with the columns' means m: exact until the division. 0 for an empty column.
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

    /// Σu² with u = Σ over columns of `weight`·(s − n·m): the variance of a sum of means by linearisation (Woodruff 1971,
    /// J. Am. Stat. Assoc. 66, 411). One weight for each column.
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
