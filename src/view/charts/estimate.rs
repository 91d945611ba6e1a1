//! A value with its interval, and how sure it is.

/// A value and its 95 % interval, on the scale on which they are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
    pub certainty: Certainty,
}

/// How an estimate is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// Filled.
    Settled,
    /// Late answers can change it: hollow and dashed.
    Preliminary,
    /// The interval is wider than 30 % of the range: grey.
    Wide,
}

impl Estimate {
    /// Without a value there is nothing to draw.
    #[must_use]
    pub fn of(value: Option<f64>, low: Option<f64>, high: Option<f64>, certainty: Certainty) -> Option<Self> {
        Some(Self { value: value?, low: low?, high: high?, certainty })
    }
}
