//! How a mean in [0, 1] is shown: on the question's scale, in per cent, or as NPS.

/// A linear map, given by its values at 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    zero: f64,
    one: f64,
}

impl Shown {
    /// Unchanged, in [0, 1].
    pub const FRACTION: Self = Self { zero: 0.0, one: 1.0 };
    pub const PERCENT: Self = Self { zero: 0.0, one: 100.0 };
    /// High minus low, in points: for NPS and the net index.
    pub const NET: Self = Self { zero: -100.0, one: 100.0 };

    /// From one end of a scale to the other.
    pub(super) const fn between(zero: f64, one: f64) -> Self {
        Self { zero, one }
    }

    pub fn value(self, mean: f64) -> f64 {
        self.zero + self.span() * mean
    }

    /// The inverse: the mean in [0, 1] that is shown as this value.
    pub fn mean(self, value: f64) -> f64 {
        (value - self.zero) / self.span()
    }

    /// The size at which the whole range, or a difference of 1, is shown.
    pub fn span(self) -> f64 {
        self.one - self.zero
    }
}
