//! "Something is wrong right now": a control chart over the answers in order, which may be checked after every answer.
//!
//! It is a Bernoulli CUSUM (Page 1954, Biometrika 41, 100; Reynolds & Stoumbos 1999, J. Qual. Technol. 31, 87): a low
//! answer adds m − 1 points, and any other subtracts one, but never below 0. At h points there is an alarm. Checking
//! all the time does no harm, because h is chosen for a given false-alarm rate.

mod run_length;

pub use run_length::run_length;

use super::normal::Z80;
use super::number::{float, floor};

/// The answers that a baseline needs; with fewer there is no chart.
const LEAST_ANSWERS: u64 = 500;
/// The smallest and greatest share of low answers for which a chart is made.
const LEAST_SHARE: f64 = 0.005;
const GREATEST_SHARE: f64 = 0.5;
/// The least number of answers between two false alarms.
const LEAST_TARGET: f64 = 1000.0;
/// The periods that a baseline may cover, in days before its day. The first one with enough answers is used.
pub const BASELINE_DAYS: [u32; 3] = [90, 180, 365];

/// The answers of the previous days on which a chart is based: `low` of `n` were low.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Baseline {
    pub n: u64,
    pub low: u64,
    pub days: u32,
}

impl Baseline {
    /// The first candidate with enough answers; `None` means no chart.
    #[must_use]
    pub fn choose(candidates: &[Self]) -> Option<Self> {
        candidates.iter().copied().find(Self::is_enough)
    }

    fn is_enough(&self) -> bool {
        self.n >= LEAST_ANSWERS && self.days > 0
    }

    /// The number of answers in a year at this rate.
    pub fn answers_a_year(&self) -> f64 {
        float(self.n) * 365.0 / f64::from(self.days.max(1))
    }

    /// The usual share of low answers.
    pub fn share(&self) -> f64 {
        float(self.low.min(self.n)) / float(self.n.max(1))
    }

    /// p0, the share that the chart is designed for: the cautious end of an 80 % interval, because the baseline itself
    /// is uncertain.
    pub fn cautious_share(&self) -> f64 {
        let (share, n) = (self.share(), float(self.n.max(1)));
        let squared = Z80 * Z80 / n;
        let half = Z80 * (share * (1.0 - share) / n + squared / (4.0 * n)).sqrt();
        ((share + squared / 2.0 + half) / (1.0 + squared)).clamp(LEAST_SHARE, GREATEST_SHARE)
    }
}

/// The least average number of answers between two false alarms, which gives one false alarm a year over all series
/// with a chart.
pub fn target(answers_a_year: f64, series: u32) -> f64 {
    (f64::from(series) * answers_a_year).max(LEAST_TARGET)
}

/// The parameters of a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Design {
    /// The share of low answers that the chart is designed for.
    pub p0: f64,
    /// A low answer adds m − 1 points.
    pub m: u64,
    /// The number of points that raises the alarm.
    pub h: u64,
    /// The average number of answers until a false alarm.
    pub run_length: f64,
}

impl Design {
    /// Designed to detect doubled odds: `m = max(2, ⌊ln 2/ln(1+p0) + ½⌋)`, and the least h whose run length reaches
    /// `target`. `None` means no chart.
    pub fn new(baseline: &Baseline, target: f64) -> Option<Self> {
        if !baseline.is_enough() || !target.is_finite() {
            return None;
        }
        let p0 = baseline.cautious_share();
        let m = floor(std::f64::consts::LN_2 / p0.ln_1p() + 0.5).max(2);
        let is_enough = |h: u64| run_length(m, h, p0) >= target;
        let mut enough = 1;
        while !is_enough(enough) {
            enough *= 2;
        }
        let mut too_low = enough / 2;
        while enough - too_low > 1 {
            let middle = u64::midpoint(too_low, enough);
            if is_enough(middle) {
                enough = middle;
            } else {
                too_low = middle;
            }
        }
        Some(Self { p0, m, h: enough, run_length: run_length(m, enough, p0) })
    }
}

/// The state of a chart: at 0, or in a run that began with a low answer. `A` identifies an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chart<A> {
    pub run: Option<Run<A>>,
}

/// The answers since the points were last 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run<A> {
    /// At least 1.
    pub points: u64,
    /// The first low answer.
    pub since: A,
    pub n: u64,
    pub low: u64,
}

impl<A> Default for Chart<A> {
    fn default() -> Self {
        Self { run: None }
    }
}

impl<A: Clone> Chart<A> {
    pub fn points(&self) -> u64 {
        self.run.as_ref().map_or(0, |run| run.points)
    }

    /// Adds the next answer. Returns the run if it raises the alarm, after which the chart starts over.
    pub fn step(&mut self, design: &Design, answer: A, is_low: bool) -> Option<Run<A>> {
        let before = self.run.take();
        let points = before.as_ref().map_or(0, |run| run.points);
        let points = if is_low { points + design.m - 1 } else { points.saturating_sub(1) };
        if points == 0 {
            return None;
        }
        let before = before.unwrap_or(Run { points: 0, since: answer, n: 0, low: 0 });
        let run = Run { points, n: before.n + 1, low: before.low + u64::from(is_low), ..before };
        if points >= design.h {
            return Some(run);
        }
        self.run = Some(run);
        None
    }

    /// Converts the state to a new design: `⌊s·h_new/h_old⌋` points. A run with no points left ends.
    #[must_use]
    pub fn carried(self, from: &Design, to: &Design) -> Self {
        let run = self.run.map(|run| Run { points: run.points * to.h / from.h.max(1), ..run });
        Self { run: run.filter(|run| run.points > 0) }
    }
}
