//! Repeated answers of the same customer: how much less they say than the same number of answers from different
//! customers.
//!
//! A cluster is a customer. An erased survey counts as a separate customer.

use std::collections::BTreeMap;

use super::number::{float, wide};
use super::sums::Sums;

/// The number of answers, from customers with two or more, that is needed to tell how alike a customer's answers are.
const LEAST_REPEATED: u64 = 100;

/// How alike the answers of one customer are: an intraclass correlation in [0, 1].
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rho(f64);

impl Rho {
    /// The default if there is too little data, and for choices and reasons.
    pub const USUAL: Self = Self(0.3);

    /// Clamps to [0, 1]; `None` for NaN.
    pub fn new(rho: f64) -> Option<Self> {
        (!rho.is_nan()).then(|| Self(rho.clamp(0.0, 1.0)))
    }

    /// The mean over several questions; the usual value if there are none.
    #[must_use]
    pub fn mean(of: &[Self]) -> Self {
        let sum: f64 = of.iter().map(|rho| rho.0).sum();
        if of.is_empty() { Self::USUAL } else { Self(sum / float(of.len() as u64)) }
    }

    pub const fn value(self) -> f64 {
        self.0
    }
}

/// A design effect: the factor by which repeated customers increase a variance. At least 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Deff(f64);

impl Deff {
    /// No design effect: nobody answers twice, or everything was counted.
    pub const NONE: Self = Self(1.0);

    /// Raises the value to at least 1; `None` if it is not finite.
    pub fn new(deff: f64) -> Option<Self> {
        deff.is_finite().then(|| Self(deff.max(1.0)))
    }

    pub const fn value(self) -> f64 {
        self.0
    }
}

/// `Σn_c` and `Σn_c²` over the customers of one cell. The sums of two cells must not be added, because the same
/// customer may be in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClusterSizes {
    answers: u64,
    squares: u64,
}

impl ClusterSizes {
    /// From the sums. The sum of squares is raised to the number of answers if it is smaller.
    #[must_use]
    pub fn new(answers: u64, squares: u64) -> Self {
        Self { answers, squares: squares.max(answers) }
    }

    /// From the number of answers of every customer.
    #[must_use]
    pub fn of(customers: impl IntoIterator<Item = u64>) -> Self {
        let add = |sums: Self, size: u64| Self {
            answers: sums.answers + size,
            squares: sums.squares + size * size,
        };
        customers.into_iter().fold(Self::default(), add)
    }

    /// `m* = Σn_c²/Σn_c`, the mean size of the cluster that an answer belongs to; 1 without answers.
    pub fn mean_size(&self) -> f64 {
        if self.answers == 0 { 1.0 } else { float(self.squares) / float(self.answers) }
    }

    /// deff = 1 + (m* − 1)·ρ: Kish 1987, Statistical Design for Research, §2.3.
    pub fn deff(&self, rho: Rho) -> Deff {
        Deff(1.0 + (self.mean_size() - 1.0) * rho.0)
    }
}

/// The data that a question's ρ is estimated from: all its answers in a year, by customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clusters {
    all: Sums,
    /// Customers grouped by their number of answers: how many they are, and Σ of their squared sums. Grouping makes the
    /// result independent of their order.
    by_size: BTreeMap<u64, OfSize>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct OfSize {
    customers: u64,
    squared_sums: u128,
}

impl Clusters {
    #[must_use]
    pub fn new(points: u64) -> Self {
        Self { all: Sums::new(points), by_size: BTreeMap::new() }
    }

    /// Adds the complete sums of one customer. Ignores empty sums, and sums with other points than those given to
    /// [`Clusters::new`].
    pub fn add(&mut self, customer: &Sums) {
        if customer.n() == 0 || customer.points() != self.all.points() {
            return;
        }
        self.all = self.all.merge(*customer);
        let of_size = self.by_size.entry(customer.n()).or_default();
        of_size.customers += 1;
        of_size.squared_sums += u128::from(customer.sum()).pow(2);
    }

    /// ρ of the question: [`Clusters::intraclass_correlation`], or the usual value if that is undefined or fewer than
    /// 100 answers come from customers with two or more.
    pub fn rho(&self) -> Rho {
        let repeated: u64 = self.by_size.range(2..).map(|(size, of_size)| size * of_size.customers).sum();
        self.intraclass_correlation().filter(|_| repeated >= LEAST_REPEATED).unwrap_or(Rho::USUAL)
    }

    /// The one-way ANOVA intraclass correlation (Donner & Koval 1980, Biometrics 36, 19), clamped to [0, 1]:
    /// ρ = (MSB − MSW)/(MSB + (n0 − 1)·MSW), 0 if the denominator is 0. `None` with fewer than two customers or if nobody
    /// answered twice.
    pub fn intraclass_correlation(&self) -> Option<Rho> {
        let customers: u64 = self.by_size.values().map(|of_size| of_size.customers).sum();
        let n = self.all.n();
        if customers < 2 || n == customers {
            return None;
        }
        let SumsOfSquares { between, within } = self.sums_of_squares();
        let squared_sizes: u64 = self.by_size.iter().map(|(size, of)| size * size * of.customers).sum();
        let freedom = float(customers - 1);
        let between = between / freedom;
        let within = within / float(n - customers);
        let size = (float(n) - float(squared_sizes) / float(n)) / freedom;
        let whole = between + (size - 1.0) * within;
        Some(if whole > 0.0 { Rho(((between - within) / whole).clamp(0.0, 1.0)) } else { Rho(0.0) })
    }

    /// `Σn_c(m_c − m)²` and `ΣΣ(v − m_c)²` in points. With `A = Σ(Σ_c v)²/n_c` they are `A − (Σv)²/n` and `Σv² − A`. A
    /// is kept as an integer and a fraction, so that the subtraction of large numbers is exact.
    fn sums_of_squares(&self) -> SumsOfSquares {
        let (mut whole, mut fraction) = (0_u128, 0.0);
        for (size, of_size) in &self.by_size {
            let size = u128::from(*size);
            whole += of_size.squared_sums / size;
            fraction += rest(of_size.squared_sums, size);
        }
        let (squared, n) = (u128::from(self.all.sum()).pow(2), u128::from(self.all.n()));
        let between = difference(whole, squared / n) + fraction - rest(squared, n);
        let within = difference(u128::from(self.all.squares()), whole) - fraction;
        SumsOfSquares { between: between.max(0.0), within: within.max(0.0) }
    }
}

/// The sums of squares between and within customers.
struct SumsOfSquares {
    between: f64,
    within: f64,
}

/// The fractional part of `a / b`.
fn rest(a: u128, b: u128) -> f64 {
    let [rest, b] = [a % b, b].map(|value| wide(i128::try_from(value).unwrap_or(i128::MAX)));
    rest / b
}

fn difference(a: u128, b: u128) -> f64 {
    let [a, b] = [a, b].map(|value| i128::try_from(value).unwrap_or(i128::MAX));
    wide(a - b)
}
