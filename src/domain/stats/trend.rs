//! A trend over settled periods.

use super::interval::Interval;
use super::measure::{Measure, MinN};
use super::normal::{PValue, Z};
use super::number::float;

/// A trend needs at least this many periods.
const LEAST_PERIODS: usize = 4;

/// The change of an index from one period to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    pub slope: f64,
    pub se: f64,
    pub z: f64,
    pub p: PValue,
    pub interval: Interval,
}

/// One period: its index in the sequence, its value and the standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub t: f64,
    pub value: f64,
    pub se: f64,
}

/// The trend over consecutive periods. A period is `None` if it is not settled or has no value, and it counts only with
/// n ≥ `min_n`. Returns `None` if fewer than four periods count, or if they are shown on different scales.
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

/// Weighted least squares with w = 1/se²: b = Σw(t−t̄)(y−ȳ)/Σw(t−t̄)², `se_b = 1/√Σw(t−t̄)²`, with weighted means. At
/// least two points must have different t.
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
