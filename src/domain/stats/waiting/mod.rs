//! The critical waiting time: how long customers wait before the share of low ratings rises.
//!
//! This is an association, not a cause: slow tickets are also the hard ones.

mod bins;
mod models;

pub use bins::{Count, Edge, Waits};
pub use models::{Curve, Kind, Model};

use self::models::Fitted;
use super::cell::share;
use super::clusters::Deff;
use super::interval::Interval;
use super::measure::Measure;
use super::normal::{PValue, Z};
use crate::domain::scale::written;

/// −2·ln(1 − √0.95): the threshold for twice a difference in log-likelihood (Hansen 2000, Econometrica 68, 575). The
/// usual 3.84 would find a break in 30 % of straight lines.
pub const HANSEN: f64 = 7.352_276_694_155_739;

/// Log-likelihoods closer than this count as equal.
const SAME: f64 = 1e-9;

const LEAST_ANSWERS: u64 = 300;
/// The number of low answers needed, and also of other answers.
const LEAST_OF_EACH: u64 = 30;
const LEAST_EDGES: usize = 3;

written! {
    /// What the wait has to do with low ratings.
    Verdict {
        TooFew = "too_few", NoEffect = "none", Reverse = "reverse", Steady = "steady", Break = "break",
    }
}

/// The verdict on the waiting time, with what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub enum Waiting {
    TooFew,
    /// Low ratings do not depend on the wait.
    NoEffect(Effect),
    /// People who wait longer give better ratings.
    Reverse(Effect),
    /// The longer the wait, the worse the ratings, but no critical point is proved.
    Steady {
        effect: Effect,
        fitted: Fits,
        /// The factor by which doubling the wait multiplies the odds of a low rating.
        odds_ratio: f64,
    },
    Break {
        effect: Effect,
        fitted: Fits,
        found: Break,
    },
}

/// Whether there is any effect: the test for a trend in proportions by Cochran 1954, Biometrics 10, 417, and Armitage
/// 1955, Biometrics 11, 375.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    pub z: f64,
    pub p: PValue,
}

/// The models compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Fits {
    /// The model without any effect.
    pub null: Model,
    /// The model whose effect starts at the first second.
    pub line: Model,
    pub best: Model,
    /// All models: hinges by edge, of which the first is the line, then steps by edge.
    pub candidates: Vec<Model>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Break {
    pub at: Edge,
    /// The smallest and largest edge that fit equally well.
    pub from: Edge,
    pub to: Edge,
    /// In seconds.
    pub interval: Interval,
    /// The share of low ratings among those who waited less.
    pub before: Measure,
    /// The share of low ratings among those who waited this long or longer.
    pub after: Measure,
}

impl Waiting {
    pub const fn verdict(&self) -> Verdict {
        match self {
            Self::TooFew => Verdict::TooFew,
            Self::NoEffect(_) => Verdict::NoEffect,
            Self::Reverse(_) => Verdict::Reverse,
            Self::Steady { .. } => Verdict::Steady,
            Self::Break { .. } => Verdict::Break,
        }
    }
}

/// Compares the shapes that "no effect until …, then" can take, a hinge and a step, at every edge. Using both keeps the
/// interval honest if either is true. `deff` is the design effect of the customers' answers.
#[must_use]
pub fn critical_wait(waits: &Waits, deff: Deff) -> Waiting {
    let low = waits.low();
    let edges = waits.edges();
    let is_enough = waits.n() >= LEAST_ANSWERS && low.min(waits.n() - low) >= LEAST_OF_EACH;
    let (Some(effect), true) = (effect(waits, deff), is_enough && edges.len() >= LEAST_EDGES) else {
        return Waiting::TooFew;
    };
    if effect.z.abs() <= Z {
        return Waiting::NoEffect(effect);
    }
    if effect.z < 0.0 {
        return Waiting::Reverse(effect);
    }
    let fitted = fits(waits, &edges);
    let cut = HANSEN * deff.value();
    if 2.0 * (fitted.best.log_likelihood - fitted.line.log_likelihood) <= cut {
        let odds_ratio = fitted.line.odds_ratio().unwrap_or(1.0);
        return Waiting::Steady { effect, fitted, odds_ratio };
    }
    let fitting = || {
        let best = fitted.best.log_likelihood;
        fitted.candidates.iter().filter(move |model| 2.0 * (best - model.log_likelihood) <= cut)
    };
    let at = fitted.best.edge;
    let from = fitting().map(|model| model.edge).min().unwrap_or(at);
    let to = fitting().map(|model| model.edge).max().unwrap_or(at);
    let (below, above) = waits.split(at);
    let shares = (share(below.low, below.n, deff), share(above.low, above.n, deff));
    let (Some(before), Some(after)) = shares else { return Waiting::TooFew };
    let interval = Interval::between(from.seconds(), to.seconds());
    Waiting::Break { effect, fitted, found: Break { at, from, to, interval, before, after } }
}

/// `T = Σx(k − n·p̄)`, `V = p̄(1−p̄)(Σn·x² − (Σn·x)²/n)`, z = T/√(V·deff), where x is the wait in octaves. `None` if
/// all answers or all waits are the same.
fn effect(waits: &Waits, deff: Deff) -> Option<Effect> {
    let whole = waits.share()?;
    let n: f64 = waits.bins().map(|bin| bin.n).sum();
    let mean = waits.bins().map(|bin| bin.n * bin.octaves).sum::<f64>() / n;
    let slope: f64 = waits.bins().map(|bin| bin.octaves * (bin.low - bin.n * whole)).sum();
    let spread: f64 = waits.bins().map(|bin| bin.n * (bin.octaves - mean).powi(2)).sum();
    let variance = whole * (1.0 - whole) * spread * deff.value();
    let z = slope / variance.sqrt();
    (variance > 0.0).then(|| Effect { z, p: PValue::of_z(z) })
}

fn fits(waits: &Waits, edges: &[Edge]) -> Fits {
    let fitted = Fitted::to(waits);
    let line = fitted.line();
    let hinges = edges.iter().map(|edge| fitted.hinge(*edge));
    let steps = edges.iter().map(|edge| fitted.step(*edge));
    let candidates: Vec<Model> = std::iter::once(line).chain(hinges).chain(steps).collect();
    let largest = candidates.iter().map(|model| model.log_likelihood).fold(f64::NEG_INFINITY, f64::max);
    let best =
        candidates.iter().find(|model| model.log_likelihood >= largest - SAME).copied().unwrap_or(line);
    Fits { null: fitted.null(), line, best, candidates }
}
