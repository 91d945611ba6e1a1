//! A mean of values in [0, 1] with its dispersion, and the one interval that all indices use.

use super::clusters::Deff;
use super::interval::Interval;
use super::normal::Z;
use super::number::float;
use super::sums::Sums;

/// The number of pseudo-answers that shrink an observed dispersion towards that of yes/no answers.
const KAPPA: f64 = 2.0;

/// n answers (at least one) with values in [0, 1]: their mean, their variance (divisor n) and their design effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    n: u64,
    mean: f64,
    variance: f64,
    deff: Deff,
}

impl Sample {
    /// `None` without answers.
    pub fn of(sums: &Sums, deff: Deff) -> Option<Self> {
        Some(Self { n: sums.n(), mean: sums.mean()?, variance: sums.variance()?, deff })
    }

    /// From figures that were computed elsewhere. `None` unless n ≥ 1, the mean lies in [0, 1], and the variance is
    /// finite and not negative.
    pub fn new(n: u64, mean: f64, variance: f64, deff: Deff) -> Option<Self> {
        let is_sound = n > 0 && (0.0..=1.0).contains(&mean) && variance >= 0.0 && variance.is_finite();
        is_sound.then_some(Self { n, mean, variance, deff })
    }

    pub const fn n(&self) -> u64 {
        self.n
    }

    pub const fn mean(&self) -> f64 {
        self.mean
    }

    pub const fn variance(&self) -> f64 {
        self.variance
    }

    pub const fn deff(&self) -> Deff {
        self.deff
    }

    /// n/deff: the number of answers from customers who answer only once that would carry the same information.
    pub fn size(&self) -> f64 {
        float(self.n) / self.deff.value()
    }

    /// N = n/(φ̃·deff): the number of yes/no answers that would carry the same information.
    ///
    /// φ = s²/(m(1−m)) is the dispersion relative to that of yes/no answers. φ̃ = (nφ + κ)/(n + κ) is the same, shrunk
    /// towards 1 by κ = 2 pseudo-answers.
    pub fn effective_n(&self) -> f64 {
        let n = float(self.n);
        let phi = if self.is_at_an_end() { 1.0 } else { self.variance / (self.mean * (1.0 - self.mean)) };
        let drawn = (n * phi + KAPPA) / (n + KAPPA);
        n / (drawn * self.deff.value())
    }

    /// The 95 % interval of the mean: Wilson's, with the effective count.
    ///
    /// It is the score interval of quasi-binomial data: Wilson 1927, J. Am. Stat. Assoc. 22, 209; `McCullagh` & Nelder
    /// 1989, Generalized Linear Models, §4.5. Effective count: Korn & Graubard 1998, Survey Methodology 24, 193; Dean &
    /// Pagano 2015, J. Surv. Stat. Methodol. 3, 484 (`method = "wilson"` in R's survey package). For yes/no answers
    /// with deff 1 it is exactly Wilson's. It never leaves [0, 1] and never has width 0.
    pub fn interval(&self) -> Interval {
        self.interval_at(Z)
    }

    /// The same for any z: centre = (m + z²/2N)/(1 + z²/N), half = z/(1 + z²/N)·√(m(1−m)/N + z²/4N²).
    pub(super) fn interval_at(&self, z: f64) -> Interval {
        let (m, n) = (self.mean, self.effective_n());
        let squared = z * z / n;
        let centre = (m + squared / 2.0) / (1.0 + squared);
        let half = z / (1.0 + squared) * (m * (1.0 - m) / n + squared / (4.0 * n)).sqrt();
        let low = if m <= 0.0 { 0.0 } else { (centre - half).clamp(0.0, m) };
        let high = if m >= 1.0 { 1.0 } else { (centre + half).clamp(m, 1.0) };
        Interval::between(low, high)
    }

    fn is_at_an_end(&self) -> bool {
        self.mean <= 0.0 || self.mean >= 1.0
    }
}
