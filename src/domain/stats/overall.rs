//! The overall CSI of a script: the mean of its factors' means, with equal weights.
//!
//! Pooling all answers would give the first question the most weight, because people drop out along the way.

use super::clusters::Deff;
use super::index::Oriented;
use super::measure::Measure;
use super::number::float;
use super::products::{Products, Subtotal};
use super::sample::Sample;
use super::shown::Shown;

/// The answers to one script's factors, survey by survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorAnswers {
    factors: Vec<Oriented>,
    products: Products,
}

impl FactorAnswers {
    /// One scale for each factor.
    #[must_use]
    pub fn new(factors: Vec<Oriented>) -> Self {
        let products = Products::new(factors.len());
        Self { factors, products }
    }

    /// Adds all answers of one survey: factor (its index in [`FactorAnswers::new`]) and value. Values off their scale
    /// and unknown factors are ignored.
    pub fn add(&mut self, survey: &[(usize, i64)]) {
        let mut unit = vec![Subtotal::default(); self.factors.len()];
        for (factor, value) in survey {
            let point = self.factors.get(*factor).and_then(|on| on.point(*value));
            if let Some(point) = point {
                unit[*factor] = unit[*factor].plus(Subtotal::one(point));
            }
        }
        self.products.add(&unit);
    }

    pub fn merge(&mut self, other: &Self) {
        self.products.merge(&other.products);
    }

    /// `N_s`: the number of surveys with at least one of the answers.
    pub const fn surveys(&self) -> u64 {
        self.products.units()
    }

    /// The index with its interval: on the factors' scale, or in per cent of the range if their scales differ. `None`
    /// until every factor has an answer. `deff` is the design effect of the customers' surveys, computed with the mean
    /// ρ of the questions.
    ///
    /// With `u_i = Σ(x_if − m_f)/(F·n_f)` over the factors that survey i answered, `s² = N_s·Σu_i²`.
    pub fn measure(&self, deff: Deff) -> Option<Measure> {
        let parts = float(self.factors.len() as u64);
        let mut sum = 0.0;
        let mut weights = Vec::with_capacity(self.factors.len());
        for (column, on) in self.factors.iter().enumerate() {
            let Subtotal { n, sum: points } = self.products.column(column);
            if n == 0 {
                return None;
            }
            sum += float(points) / float(n * on.points());
            weights.push(1.0 / (parts * float(n) * float(on.points())));
        }
        let surveys = self.surveys();
        let variance = float(surveys) * self.products.variance(&weights);
        Some(Measure::new(Sample::new(surveys, sum / parts, variance, deff)?, self.shown()?))
    }

    fn shown(&self) -> Option<Shown> {
        let first = self.factors.first()?;
        let is_one_scale = self.factors.iter().all(|on| on.scale == first.scale);
        Some(if is_one_scale { first.shown() } else { Shown::PERCENT })
    }
}
