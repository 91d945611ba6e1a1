//! Importance × satisfaction: what to improve first.

use super::clusters::{ClusterSizes, Deff, Rho};
use super::index::Oriented;
use super::interval::Interval;
use super::measure::Measure;
use super::normal::Z;
use super::number::float;
use super::products::{Products, Subtotal};
use super::sample::Sample;
use super::shown::Shown;
use super::silent::{Eligible, weighted_bounds};
use super::sums::Sums;
use crate::domain::scale::written;

/// Which of a factor's two questions is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Importance,
    Satisfaction,
}

/// The answers, customer by customer, about the factors for which a script asks both questions. Each part has one
/// scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportanceAnswers<K> {
    factors: Vec<K>,
    importance: Oriented,
    satisfaction: Oriented,
    /// By column: importance and satisfaction of the first factor, then of the second, and so on.
    sums: Vec<Sums>,
    products: Products,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Importance<K> {
    /// The mean satisfaction over the factors, on its scale.
    pub simple: f64,
    /// `Σ I_f·S_f/Σ I_f`, from means rather than customer by customer. This also works if other people answered the
    /// second part, and uses everybody who answered only one of them. `None` if nothing has any importance.
    pub weighted: Option<Measure>,
    pub customers: u64,
    pub mean_importance: f64,
    pub factors: Vec<Factor<K>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Factor<K> {
    pub key: K,
    pub importance: Measure,
    pub satisfaction: Measure,
    /// Its share of the total importance; 0 if nothing has any.
    pub weight: f64,
    pub gap: Gap,
    pub quadrant: Quadrant,
}

/// Satisfaction minus importance: in numbers of the scale, or in points of the range if the two parts have different
/// scales.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    pub value: f64,
    pub interval: Interval,
}

/// A factor's position relative to the others. High importance with low satisfaction is what to fix first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quadrant {
    pub importance: Level,
    pub satisfaction: Level,
}

written! {
    /// Whether the whole interval is above or below the mean over the factors.
    Level { High = "high", Low = "low", Undecided = "undecided" }
}

impl Level {
    fn of(measure: &Measure, mean: f64) -> Self {
        let interval = measure.interval();
        if interval.low() > mean {
            Self::High
        } else if interval.high() < mean {
            Self::Low
        } else {
            Self::Undecided
        }
    }
}

impl<K: Clone> ImportanceAnswers<K> {
    #[must_use]
    pub fn new(factors: Vec<K>, importance: Oriented, satisfaction: Oriented) -> Self {
        let sums = factors.iter().flat_map(|_| [importance, satisfaction]).map(|on| Sums::new(on.points()));
        let (sums, products) = (sums.collect(), Products::new(2 * factors.len()));
        Self { factors, importance, satisfaction, sums, products }
    }

    /// Adds all answers of one customer: factor (its index in [`ImportanceAnswers::new`]), part and value. Values off
    /// their scale and unknown factors are ignored.
    pub fn add(&mut self, customer: &[(usize, Part, i64)]) {
        let mut unit = vec![Subtotal::default(); self.sums.len()];
        for (factor, part, value) in customer {
            let (column, on) = match part {
                Part::Importance => (2 * factor, self.importance),
                Part::Satisfaction => (2 * factor + 1, self.satisfaction),
            };
            if let (Some(sums), Some(point)) = (self.sums.get_mut(column), on.point(*value)) {
                sums.add(point, 1);
                unit[column] = unit[column].plus(Subtotal::one(point));
            }
        }
        self.products.add(&unit);
    }

    /// Adds the answers of `other`, which must have the same factors and scales and no customer in common.
    pub fn merge(&mut self, other: &Self) {
        for (sums, more) in self.sums.iter_mut().zip(&other.sums) {
            *sums = sums.merge(*more);
        }
        self.products.merge(&other.products);
    }

    /// `None` until both questions of every factor have an answer.
    pub fn analysis(&self) -> Option<Importance<K>> {
        let columns: Vec<Measure> =
            (0..self.sums.len()).map(|column| self.measure(column)).collect::<Option<_>>()?;
        let pairs: Vec<[Measure; 2]> = columns.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
        if pairs.is_empty() {
            return None;
        }
        let mean = |part: usize| {
            pairs.iter().map(|pair| pair[part].value()).sum::<f64>() / float(pairs.len() as u64)
        };
        let (mean_importance, simple) = (mean(0), mean(1));
        let whole = pairs.iter().map(|[importance, _]| importance.value()).sum::<f64>();
        let factor = |(place, [importance, satisfaction]): (usize, &[Measure; 2])| Factor {
            key: self.factors[place].clone(),
            importance: *importance,
            satisfaction: *satisfaction,
            weight: if whole > 0.0 { importance.value() / whole } else { 0.0 },
            gap: self.gap(place, importance, satisfaction),
            quadrant: Quadrant {
                importance: Level::of(importance, mean_importance),
                satisfaction: Level::of(satisfaction, simple),
            },
        };
        Some(Importance {
            simple,
            weighted: self.weighted(&pairs, whole),
            customers: self.products.units(),
            mean_importance,
            factors: pairs.iter().enumerate().map(factor).collect(),
        })
    }

    /// The weighted satisfaction if everybody who did not answer had given the worst answers, and the best, with the
    /// importances as they were answered: `Σ I_f·bound(S_f)/Σ I_f` of so many who could have answered.
    pub fn weighted_bounds(&self, eligible: u64) -> Option<Interval> {
        let shown = self.satisfaction.shown();
        let part = |factor: usize| {
            let important = self.measure(2 * factor)?;
            let satisfied = Eligible::new(self.sums[2 * factor + 1], eligible)?;
            Some((important.value(), satisfied.bounds().map(|mean| shown.value(mean))))
        };
        weighted_bounds((0..self.factors.len()).map(part).collect::<Option<Vec<_>>>()?)
    }

    fn measure(&self, column: usize) -> Option<Measure> {
        let sums = &self.sums[column];
        let sizes = ClusterSizes::new(sums.n(), self.products.squared_sizes(column));
        let on = if column.is_multiple_of(2) { self.importance } else { self.satisfaction };
        Some(Measure::new(Sample::of(sums, sizes.deff(Rho::USUAL))?, on.shown()))
    }

    /// ± z√V with `u_c = Σ(o−S_f)/n_Sf − Σ(v−I_f)/n_If` over the customer's answers.
    fn gap(&self, factor: usize, importance: &Measure, satisfaction: &Measure) -> Gap {
        let is_one_scale = self.importance.scale == self.satisfaction.scale;
        let shown = |measure: &Measure| if is_one_scale { measure.shown() } else { Shown::PERCENT };
        let in_units = |measure: &Measure, column: usize| {
            let sums = &self.sums[column];
            (
                shown(measure).value(measure.sample().mean()),
                shown(measure).span() / float(sums.n() * sums.points()),
            )
        };
        let (important, by_importance) = in_units(importance, 2 * factor);
        let (satisfied, by_satisfaction) = in_units(satisfaction, 2 * factor + 1);
        let mut weights = vec![0.0; self.sums.len()];
        weights[2 * factor] = -by_importance;
        weights[2 * factor + 1] = by_satisfaction;
        let value = satisfied - important;
        Gap { value, interval: Interval::around(value, Z * self.products.variance(&weights).sqrt()) }
    }

    /// `u_c = Σ_f [I_f/ΣI·Σ(o−S_f)/n_Sf + (S_f−weighted)/ΣI·Σ(v−I_f)/n_If]` automatically pairs the two parts of each
    /// customer. The interval is that of [`Sample`] with n = G customers and s² = G·Σu².
    fn weighted(&self, pairs: &[[Measure; 2]], whole: f64) -> Option<Measure> {
        if whole <= 0.0 {
            return None;
        }
        let important = |pair: &[Measure; 2]| pair[0].value();
        let satisfied = |pair: &[Measure; 2]| pair[1].sample().mean();
        let weighted = pairs.iter().map(|pair| important(pair) * satisfied(pair)).sum::<f64>() / whole;
        let mut weights = Vec::with_capacity(self.sums.len());
        for (pair, sums) in pairs.iter().zip(self.sums.chunks_exact(2)) {
            weights.push((satisfied(pair) - weighted) / whole / float(sums[0].n()));
            weights.push(important(pair) / whole / float(sums[1].n() * sums[1].points()));
        }
        let customers = self.products.units();
        let variance = float(customers) * self.products.variance(&weights);
        let sample = Sample::new(customers, weighted, variance, Deff::NONE)?;
        Some(Measure::new(sample, self.satisfaction.shown()))
    }
}
