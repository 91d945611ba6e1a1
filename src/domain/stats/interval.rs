//! The range in which a number may lie.

/// A 95 % interval; `low` is never greater than `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    low: f64,
    high: f64,
}

impl Interval {
    /// The interval between two limits, in either order.
    #[must_use]
    pub fn between(one: f64, other: f64) -> Self {
        Self { low: one.min(other), high: one.max(other) }
    }

    /// The interval that extends equally to both sides of the value.
    #[must_use]
    pub fn around(value: f64, half: f64) -> Self {
        Self::between(value - half, value + half)
    }

    pub const fn low(self) -> f64 {
        self.low
    }

    pub const fn high(self) -> f64 {
        self.high
    }

    pub fn width(self) -> f64 {
        self.high - self.low
    }

    pub fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// The interval clamped to a scale.
    #[must_use]
    pub fn within(self, low: f64, high: f64) -> Self {
        Self { low: self.low.clamp(low, high), high: self.high.clamp(low, high) }
    }

    /// Applies a linear map to both limits.
    #[must_use]
    pub fn map(self, map: impl Fn(f64) -> f64) -> Self {
        Self::between(map(self.low), map(self.high))
    }
}
