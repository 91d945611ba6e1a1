//! How long it takes until something is closed, including what is still open.
//!
//! Open tickets are the slow ones, so counting only closed ones makes the result look too good.

use super::durations::Quantile;
use super::number::float;

/// A duration, and whether it has ended; if not, it has lasted this long so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lasted {
    pub seconds: u64,
    pub is_closed: bool,
}

/// The share still open over time. It steps down whenever something was closed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survival {
    pub n: u64,
    pub closed: u64,
    pub steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub seconds: u64,
    /// The share still open after this time.
    pub open: f64,
}

/// The rounding error allowed in a product that should be exactly a half.
const ROUNDING: f64 = 1e-12;

impl Survival {
    /// The product-limit estimate (Kaplan & Meier 1958, J. Am. Stat. Assoc. 53, 457). If one duration is cut off
    /// exactly when another ends, it counts as still open at that time.
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

    /// The first time after which at most 1 − p is open; `None` if that is never reached.
    pub fn quantile(&self, quantile: Quantile) -> Option<u64> {
        let step = self.steps.iter().find(|step| step.open <= quantile.left() + ROUNDING);
        step.map(|step| step.seconds)
    }
}
