//! A composite index: several indices and measures combined, each with a weight.

use super::interval::Interval;
use super::measure::{Measure, MinN, State};
use super::shown::Shown;
use crate::domain::scale::written;

/// A positive number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weight(f64);

impl Weight {
    /// `None` if the number is not positive and finite.
    pub fn new(weight: f64) -> Option<Self> {
        (weight > 0.0 && weight.is_finite()).then_some(Self(weight))
    }
}

/// A value in 0…100 with its limits; for a measure, both limits equal the value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Valued {
    pub value: f64,
    pub interval: Interval,
}

impl Valued {
    /// An index in per cent: a share or `percent_of_range`. `None` if it has too few answers or another unit.
    pub fn index(measure: &Measure, min_n: MinN) -> Option<Self> {
        let is_fit = measure.state(min_n) != State::TooFew && measure.shown() == Shown::PERCENT;
        is_fit.then(|| Self { value: measure.value(), interval: measure.interval() })
    }

    /// A measure given for the period, computed by its rule.
    pub fn measure(rule: Rule, a: f64, b: f64) -> Option<Self> {
        let value = rule.value(a, b)?;
        Some(Self { value, interval: Interval::between(value, value) })
    }
}

written! {
    /// How a measure is computed from two numbers.
    Rule {
        /// `100·min(1, a/b)`: price level (competitor's/own), clients (current/previous).
        Ratio = "ratio",
        /// `100·(1 − a/b)`: defects, shortage.
        Complement = "complement",
    }
}

impl Rule {
    /// `None` if the numbers do not give a measure in 0…100: one is negative, the divisor is zero, or there are more
    /// defects than goods.
    pub fn value(self, a: f64, b: f64) -> Option<f64> {
        let part = a / b;
        if !(a >= 0.0 && b > 0.0 && part.is_finite()) {
            return None;
        }
        match self {
            Self::Ratio => Some(100.0 * part.min(1.0)),
            Self::Complement => (part <= 1.0).then_some(100.0 * (1.0 - part)),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Part<K> {
    pub key: K,
    pub weight: Weight,
    /// `None` if it is missing or based on too few answers.
    pub value: Option<Valued>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Composite<K> {
    Index(Valued),
    /// These parts are missing. There is no index unless all parts are present, and none without any parts, so that
    /// weights never shift silently.
    Missing(Vec<K>),
}

/// `Σw·v/Σw`, with the lower limit `value − √Σ(w·(v−lo))²/Σw` and the upper limit likewise.
pub fn composite<K: Clone>(parts: &[Part<K>]) -> Composite<K> {
    let missing: Vec<K> =
        parts.iter().filter(|part| part.value.is_none()).map(|part| part.key.clone()).collect();
    if !missing.is_empty() || parts.is_empty() {
        return Composite::Missing(missing);
    }
    let valued: Vec<(f64, Valued)> =
        parts.iter().filter_map(|part| Some((part.weight.0, part.value?))).collect();
    let sum =
        |of: fn(f64, &Valued) -> f64| valued.iter().map(|(weight, part)| of(*weight, part)).sum::<f64>();
    let whole = sum(|weight, _| weight);
    let value = sum(|weight, part| weight * part.value) / whole;
    let below = sum(|weight, part| (weight * (part.value - part.interval.low())).powi(2)).sqrt() / whole;
    let above = sum(|weight, part| (weight * (part.interval.high() - part.value)).powi(2)).sqrt() / whole;
    Composite::Index(Valued { value, interval: Interval::between(value - below, value + above) })
}
