//! What is certain although not everybody has answered.
//!
//! People who answered only after the reminder are the closest thing in the data to silent customers (Armstrong &
//! Overton 1977, J. Mark. Res. 14, 396). Compare them with everybody else by [`super::difference::compare_cells`],
//! leaving out erased surveys.

use super::interval::Interval;
use super::number::float;
use super::sums::Sums;

/// The answers to a question, and the number of people who could have answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Eligible {
    answers: Sums,
    eligible: u64,
}

/// What the silent would have to say for the target to be missed or reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tipping {
    /// The target is missed if the mean of the silent, in [0, 1], is below this.
    At(f64),
    /// The silent are too few to change the result, or there are none.
    CannotTurn,
}

impl Eligible {
    /// `None` if nobody was eligible. Those who answered always count as eligible.
    pub fn new(answers: Sums, eligible: u64) -> Option<Self> {
        let eligible = eligible.max(answers.n());
        (eligible > 0).then_some(Self { answers, eligible })
    }

    /// Σx/E … (Σx + E − n)/E, in [0, 1]: all silent people at the worst end, and all at the best (Manski 1989, J. Human
    /// Resources 24, 343).
    pub fn bounds(&self) -> Interval {
        let (total, eligible) = (self.answers.total(), float(self.eligible));
        Interval::between(total / eligible, (total + self.silent()) / eligible)
    }

    /// (T·E − Σx)/(E − n) for a target T in [0, 1]; if that is outside [0, 1], the silent cannot change the result.
    pub fn tipping(&self, target: f64) -> Tipping {
        let at = (target * float(self.eligible) - self.answers.total()) / self.silent();
        if self.silent() > 0.0 && (0.0..=1.0).contains(&at) { Tipping::At(at) } else { Tipping::CannotTurn }
    }

    fn silent(&self) -> f64 {
        float(self.eligible - self.answers.n())
    }
}

/// The bounds of a weighted mean of several questions (a weighted CSI) with fixed weights. Weights that are not
/// positive numbers are ignored; `None` if no weight is left.
pub fn weighted_bounds(parts: impl IntoIterator<Item = (f64, Interval)>) -> Option<Interval> {
    let (mut weights, mut low, mut high) = (0.0, 0.0, 0.0);
    for (weight, bounds) in parts.into_iter().filter(|(weight, _)| *weight > 0.0 && weight.is_finite()) {
        weights += weight;
        low += weight * bounds.low();
        high += weight * bounds.high();
    }
    (weights > 0.0).then(|| Interval::between(low / weights, high / weights))
}
