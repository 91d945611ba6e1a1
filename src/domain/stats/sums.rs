//! The sums from which a mean and its interval are computed.

use super::number::{float, wide};

/// Answers counted by their points: whole steps from the low end of the range (0) to the high end (`points`), so an
/// answer's value in [0, 1] is `point / points`. The sums are integers, so the order of merging never affects the
/// result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    points: u64,
    n: u64,
    sum: u64,
    squares: u64,
}

impl Sums {
    /// Empty sums. A range has at least one step.
    #[must_use]
    pub fn new(points: u64) -> Self {
        Self { points: points.max(1), n: 0, sum: 0, squares: 0 }
    }

    /// Answers that were added up elsewhere: their number, the sum of their points and that of the squared points.
    #[must_use]
    pub fn of(points: u64, n: u64, sum: u64, squares: u64) -> Self {
        Self { points: points.max(1), n, sum, squares }
    }

    /// `k` of `n`; a larger `k` counts as `n`.
    #[must_use]
    pub fn share(k: u64, n: u64) -> Self {
        let k = k.min(n);
        Self { points: 1, n, sum: k, squares: k }
    }

    /// Adds a number of answers with this point. A point beyond the range counts as its end.
    pub fn add(&mut self, point: u64, answers: u64) {
        let point = point.min(self.points);
        self.n += answers;
        self.sum += point * answers;
        self.squares += point * point * answers;
    }

    /// The sums of both. If the ranges differ (a factor whose questions have different scales), the points are
    /// converted to a common multiple, so nothing is rounded.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        if self.points == other.points {
            return self.plus(other);
        }
        let points = least_common_multiple(self.points, other.points);
        self.stretched(points).plus(other.stretched(points))
    }

    /// The sums of both, which have the same range.
    const fn plus(self, other: Self) -> Self {
        Self {
            points: self.points,
            n: self.n + other.n,
            sum: self.sum + other.sum,
            squares: self.squares + other.squares,
        }
    }

    fn stretched(self, points: u64) -> Self {
        let by = points / self.points;
        Self { points, n: self.n, sum: self.sum * by, squares: self.squares * by * by }
    }

    pub const fn points(&self) -> u64 {
        self.points
    }

    /// The number of answers.
    pub const fn n(&self) -> u64 {
        self.n
    }

    /// Σ of the points.
    pub const fn sum(&self) -> u64 {
        self.sum
    }

    /// Σ of the squared points.
    pub const fn squares(&self) -> u64 {
        self.squares
    }

    /// Σx, with x in [0, 1].
    pub fn total(&self) -> f64 {
        float(self.sum) / float(self.points)
    }

    /// Σx/n; `None` without answers. The result is exactly 0 or 1 at the ends.
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| float(self.sum) / float(self.n * self.points))
    }

    /// Σx²/n − m² (divisor n), computed from the exact integer n·Σv² − (Σv)²; `None` without answers.
    pub fn variance(&self) -> Option<f64> {
        let [n, sum, squares] = [self.n, self.sum, self.squares].map(i128::from);
        let whole = float(self.n * self.points);
        (self.n > 0).then(|| wide(n * squares - sum * sum) / whole / whole)
    }
}

fn least_common_multiple(a: u64, b: u64) -> u64 {
    let (mut divisor, mut rest) = (a, b);
    while rest > 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    a / divisor * b
}
