//! What drives the overall score: how much of its variance each factor explains.
//!
//! Correlations are given as well, but the halo effect makes all of them high. Relative importance divides up what the
//! factors explain together.

mod lmg;
mod units;

pub use units::Group;

use self::lmg::Correlations;
use self::units::GROUPS;
use super::index::Oriented;
use super::interval::Interval;
use super::number::float;
use super::products::{Products, Subtotal};

/// 97.5 % quantile of Student's t with 19 degrees of freedom.
const T19: f64 = 2.093_024_054_408_263;

/// With fewer surveys that answered everything, the result is meaningless.
const LEAST_SURVEYS: u64 = 200;

/// The most factors used; later ones (by key) are left out, because 2^k regressions are needed.
pub const MOST_FACTORS: usize = 8;

/// Below this share of the variance, the verdict is "these factors explain little".
const LITTLE: f64 = 0.05;

/// The surveys that answered all factors and the outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriverAnswers<K> {
    factors: Vec<(K, Oriented)>,
    outcome: Oriented,
    /// One table per group of units, with a column for each factor and the outcome last.
    groups: Vec<Products>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Drivers<K> {
    TooFew {
        n: u64,
    },
    /// The outcome, or every factor, always got the same answer.
    Constant {
        n: u64,
    },
    Found(Found<K>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Found<K> {
    pub n: u64,
    /// The share of the outcome's variance that the factors explain together.
    pub r2: f64,
    /// By key; constant ones are left out.
    pub factors: Vec<Driver<K>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Driver<K> {
    pub key: K,
    /// Its contribution to R², averaged over all orders.
    pub lmg: f64,
    /// lmg/R².
    pub share: f64,
    pub se: f64,
    /// The interval of the share.
    pub interval: Interval,
    /// The correlation with the outcome.
    pub correlation: f64,
    /// The mean of its answers, in [0, 1].
    pub mean: f64,
}

impl<K> Found<K> {
    pub fn explains_little(&self) -> bool {
        self.r2 < LITTLE
    }
}

impl<K: Ord + Clone> DriverAnswers<K> {
    /// Uses the first eight factors by key, each with the scale of its question.
    #[must_use]
    pub fn new(mut factors: Vec<(K, Oriented)>, outcome: Oriented) -> Self {
        factors.sort_by(|a, b| a.0.cmp(&b.0));
        factors.truncate(MOST_FACTORS);
        let groups = vec![Products::new(factors.len() + 1); GROUPS];
        Self { factors, outcome, groups }
    }

    /// The factors in the order in which [`DriverAnswers::add`] expects their values.
    pub fn factors(&self) -> impl Iterator<Item = &K> {
        self.factors.iter().map(|(key, _)| key)
    }

    /// Adds a survey of a unit in this group. It counts only if each factor and the outcome have a value on their
    /// scale.
    pub fn add(&mut self, group: Group, values: &[Option<i64>], outcome: i64) {
        let of = |((_, on), value): (&(K, Oriented), &Option<i64>)| Some(Subtotal::one(on.point((*value)?)?));
        let unit: Option<Vec<Subtotal>> = self.factors.iter().zip(values).map(of).collect();
        let (Some(mut unit), Some(outcome)) = (unit, self.outcome.point(outcome)) else { return };
        if unit.len() == self.factors.len() {
            unit.push(Subtotal::one(outcome));
            self.groups[group.place()].add(&unit);
        }
    }

    /// Adds the answers of `other`, which must have the same factors.
    pub fn merge(&mut self, other: &Self) {
        for (group, more) in self.groups.iter_mut().zip(&other.groups) {
            group.merge(more);
        }
    }

    /// Each factor's gain in R², averaged over all orders (Lindeman, Merenda & Gold 1980). The interval is a jackknife
    /// that deletes each group of units in turn: se = √(19/20·Σ(share − mean)²), share ± t19·se, clipped to [0, 1].
    pub fn drivers(&self) -> Drivers<K> {
        let all = self.without(None);
        let n = all.units();
        if n < LEAST_SURVEYS {
            return Drivers::TooFew { n };
        }
        let columns: Vec<usize> =
            (0..self.factors.len()).filter(|factor| all.centred(*factor, *factor) > 0.0).collect();
        let correlations = Correlations::of(&all, &columns, self.factors.len());
        let lmg = correlations.relative_importance();
        let r2: f64 = lmg.iter().sum();
        if r2 <= 0.0 {
            return Drivers::Constant { n };
        }
        let errors = self.errors(&columns);
        let driver = |(place, factor): (usize, &usize)| {
            let (key, on) = &self.factors[*factor];
            let (share, se) = (lmg[place] / r2, errors[place]);
            let Subtotal { n, sum } = all.column(*factor);
            Driver {
                key: key.clone(),
                lmg: lmg[place],
                share,
                se,
                interval: Interval::around(share, T19 * se).within(0.0, 1.0),
                correlation: correlations.with_outcome(place),
                mean: float(sum) / float(n * on.points()),
            }
        };
        Drivers::Found(Found { n, r2, factors: columns.iter().enumerate().map(driver).collect() })
    }

    /// The standard error of each factor's share.
    fn errors(&self, columns: &[usize]) -> Vec<f64> {
        let shares: Vec<Vec<f64>> = (0..GROUPS)
            .map(|group| {
                let products = self.without(Some(group));
                let lmg = Correlations::of(&products, columns, self.factors.len()).relative_importance();
                let r2: f64 = lmg.iter().sum();
                lmg.into_iter().map(|lmg| if r2 > 0.0 { lmg / r2 } else { 0.0 }).collect()
            })
            .collect();
        let groups = float(GROUPS as u64);
        let error = |place: usize| {
            let mean = shares.iter().map(|shares| shares[place]).sum::<f64>() / groups;
            let squares: f64 = shares.iter().map(|shares| (shares[place] - mean).powi(2)).sum();
            ((groups - 1.0) / groups * squares).sqrt()
        };
        (0..columns.len()).map(error).collect()
    }

    fn without(&self, left_out: Option<usize>) -> Products {
        let mut sum = Products::new(self.factors.len() + 1);
        for (group, products) in self.groups.iter().enumerate() {
            if Some(group) != left_out {
                sum.merge(products);
            }
        }
        sum
    }
}
