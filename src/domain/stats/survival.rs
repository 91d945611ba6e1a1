//! How long it takes until something is closed, with what is still open.
//!
//! Open tickets are the slow ones: the closed alone flatter.

use super::durations::Quantile;
use super::number::float;

/// A duration, and whether it has come to its end; else it has lasted that long until now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lasted {
    pub seconds: u64,
    pub is_closed: bool,
}

/// The share that is still open, by time: it steps down where something was closed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survival {
    pub n: u64,
    pub closed: u64,
    pub steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub seconds: u64,
    /// Still open after this time.
    pub open: f64,
}

/// What rounding may add to a product that should be exactly a half.
const ROUNDING: f64 = 1e-12;

impl Survival {
    /// The product-limit estimate (Kaplan & Meier 1958, J. Am. Stat. Assoc. 53, 457). What is still open when something else is
    /// closed counts as open at that time.
    #[must_use]
    pub fn of(mut lasted: Vec<Lasted>) -> Self {
        lasted.sort_unstable();
        let n = lasted.len() as u64;
        let (mut at_risk, mut closed, mut open) = (n, 0, 1.0);
        let mut steps = Vec::new();
        for same in lasted.chunk_by(|a, b| a.seconds == b.seconds) {
            let ended = same.iter().filter(|lasted| lasted.is_closed).count() as u64;
            if ended > 0 {
                open *= float(at_risk - ended) / float(at_risk);
                closed += ended;
                steps.push(Step { seconds: same[0].seconds, open });
            }
            at_risk -= same.len() as u64;
        }
        Self { n, closed, steps }
    }

    /// The first time after which no more than 1 − p is open; `None` if that is not reached.
    pub fn quantile(&self, quantile: Quantile) -> Option<u64> {
        let step = self.steps.iter().find(|step| step.open <= quantile.left() + ROUNDING);
        step.map(|step| step.seconds)
    }
}
