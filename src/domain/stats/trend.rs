//! A trend over settled periods.

use super::interval::Interval;
use super::measure::{Measure, MinN};
use super::normal::{PValue, Z};
use super::number::float;

/// Fewer periods make no trend.
const LEAST_PERIODS: usize = 4;

/// What an index changes by from one period to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    pub slope: f64,
    pub se: f64,
    pub z: f64,
    pub p: PValue,
    pub interval: Interval,
}

/// One period: its place in the row, its value and how uncertain that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub t: f64,
    pub value: f64,
    pub se: f64,
}

/// The trend over periods that follow each other; `None` for one that is not settled or has no value, and it counts only with
/// n ≥ `min_n`. `None` with fewer than four that count, or if they are shown on different scales.
pub fn trend(periods: &[Option<Measure>], min_n: MinN) -> Option<Trend> {
    let shown = periods.iter().flatten().next()?.shown();
    if periods.iter().flatten().any(|measure| measure.shown() != shown) {
        return None;
    }
    let points: Vec<Point> = (0_u64..)
        .zip(periods)
        .filter_map(|(t, measure)| Some((t, (*measure)?)))
        .filter(|(_, measure)| measure.n() >= min_n.0)
        .map(|(t, measure)| Point {
            t: float(t),
            value: measure.value(),
            se: measure.interval().width() / (2.0 * Z),
        })
        .collect();
    (points.len() >= LEAST_PERIODS).then(|| weighted(&points))
}

/// Weighted least squares with w = 1/se²: b = Σw(t−t̄)(y−ȳ)/Σw(t−t̄)², `se_b = 1/√Σw(t−t̄)²`, with weighted means. The t of two
/// points differ.
pub(super) fn weighted(points: &[Point]) -> Trend {
    let weight = |point: &Point| 1.0 / (point.se * point.se);
    let whole: f64 = points.iter().map(weight).sum();
    let mean =
        |of: fn(&Point) -> f64| points.iter().map(|point| weight(point) * of(point)).sum::<f64>() / whole;
    let (t, y) = (mean(|point| point.t), mean(|point| point.value));
    let spread: f64 = points.iter().map(|point| weight(point) * (point.t - t).powi(2)).sum();
    let together: f64 = points.iter().map(|point| weight(point) * (point.t - t) * (point.value - y)).sum();
    let (slope, se) = (together / spread, 1.0 / spread.sqrt());
    let z = slope / se;
    Trend { slope, se, z, p: PValue::of_z(z), interval: Interval::around(slope, Z * se) }
}
