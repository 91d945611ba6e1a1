//! The normal distribution: the quantiles used here, and the p-value of a z.

/// The 97.5 % quantile: an interval of ± `Z` standard errors has a coverage of 95 %.
pub const Z: f64 = 1.959_963_984_540_054;

/// The 80 % quantile, for the cautious end of a baseline (see [`super::control`]).
pub const Z80: f64 = 0.841_621_233_572_914_3;

/// The significance level of all verdicts.
pub const ALPHA: PValue = PValue(0.05);

/// A probability. It is always in [0, 1], so p-values can be ordered.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct PValue(f64);

impl PValue {
    pub const ZERO: Self = Self(0.0);
    pub const ONE: Self = Self(1.0);

    /// `None` if the number is not in [0, 1].
    pub fn new(p: f64) -> Option<Self> {
        (0.0..=1.0).contains(&p).then_some(Self(p))
    }

    /// The probability that a standard normal variable is at least this far from 0: erfc(|z|/√2).
    pub fn of_z(z: f64) -> Self {
        Self(libm::erfc(z.abs() / std::f64::consts::SQRT_2).clamp(0.0, 1.0))
    }

    pub const fn value(self) -> f64 {
        self.0
    }

    /// The p-value after a correction that multiplies it; at most 1.
    pub(super) fn times(self, factor: f64) -> Self {
        Self((self.0 * factor).clamp(0.0, 1.0))
    }
}

impl Eq for PValue {}

#[expect(clippy::derive_ord_xor_partial_ord, reason = "both are the order of numbers in [0, 1]")]
impl Ord for PValue {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}
