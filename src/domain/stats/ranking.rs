//! Many agents in one table: whose ratings differ by more than chance.

use super::index::Better;
use super::measure::MinN;
use super::normal::Z;
use super::number::float;
use super::sample::Sample;
use crate::domain::scale::written;

/// With fewer agents their spread cannot be estimated; compare each with the others instead ([`super::against_rest`]).
const LEAST_AGENTS: usize = 8;

/// A variance between agents below this (a millionth of the range, squared) is only rounding error.
const ROUNDING: f64 = 1e-12;

/// An agent with their answers, excluding those given while the agent was new.
#[derive(Clone, Debug, PartialEq)]
pub struct Agent<K> {
    pub id: K,
    pub sample: Sample,
}

written! {
    /// The table's verdict on an agent. It says nothing about the cause.
    Label { Better = "better", Worse = "worse", NoDifference = "no_difference" }
}

/// An agent in the table. Values are in [0, 1], like those of the sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked<K> {
    pub id: K,
    /// The agent's own answers; their raw mean and n are shown beside the value.
    pub sample: Sample,
    /// The agent's mean, shrunk towards the overall mean; the fewer answers there are, the more it shrinks.
    pub value: f64,
    pub sd: f64,
    /// The weight of the agent's own mean in the value.
    pub weight: f64,
    pub label: Label,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Ranking<K> {
    /// The mean towards which the agents are shrunk.
    pub mean: f64,
    /// The variance between agents. If it is 0, they differ no more than by chance, and the order of the rows means
    /// nothing.
    pub tau2: f64,
    /// The variance of a single answer within an agent.
    pub sigma2: f64,
    /// The best first; ties are sorted by ID.
    pub rows: Vec<Ranked<K>>,
}

/// Ranks the agents with n ≥ `min_n` by Bühlmann–Straub shrinkage (Bühlmann & Straub 1970, Bull. Swiss Assoc. Actuaries
/// 70, 111). `None` if there are fewer than eight, or if they have no more answers than there are agents.
pub fn rank<K: Ord + Clone>(agents: &[Agent<K>], better: Better, min_n: MinN) -> Option<Ranking<K>> {
    let mut agents: Vec<&Agent<K>> = agents.iter().filter(|agent| agent.sample.n() >= min_n.0).collect();
    if agents.len() < LEAST_AGENTS {
        return None;
    }
    // Floating-point sums depend on their order; sorting by ID makes it always the same.
    agents.sort_by(|a, b| a.id.cmp(&b.id));
    let spread = Spread::of(&agents)?;
    let mut rows: Vec<Ranked<K>> = agents.iter().map(|agent| spread.row(agent, better)).collect();
    if spread.tau2 > 0.0 {
        rows.sort_by(|a, b| match better {
            Better::Higher => b.value.total_cmp(&a.value),
            Better::Lower => a.value.total_cmp(&b.value),
        });
    }
    Some(Ranking { mean: spread.mean, tau2: spread.tau2, sigma2: spread.sigma2, rows })
}

/// What all agents have in common.
struct Spread {
    mean: f64,
    tau2: f64,
    sigma2: f64,
    /// The variance of [`Spread::mean`].
    of_mean: f64,
}

impl Spread {
    /// With `n_i` = answers/deff, T their sum, K agents: `σ² = Σn_i·s_i²/(T−K)`, `n0 = (T − Σn_i²/T)/(K−1)`,
    /// `τ² = max(0, (Σn_i(m_i−grand)²/(K−1) − σ²)/n0)`. `None` for T ≤ K.
    fn of<K>(agents: &[&Agent<K>]) -> Option<Self> {
        let sum = |of: &dyn Fn(&Sample) -> f64| agents.iter().map(|agent| of(&agent.sample)).sum::<f64>();
        let number = float(agents.len() as u64);
        let total = sum(&Sample::size);
        if total <= number {
            return None;
        }
        let grand = sum(&|of| of.size() * of.mean()) / total;
        let sigma2 = sum(&|of| of.size() * of.variance()) / (total - number);
        let usual_size = (total - sum(&|of| of.size().powi(2)) / total) / (number - 1.0);
        let between = sum(&|of| of.size() * (of.mean() - grand).powi(2)) / (number - 1.0);
        let tau2 = (between - sigma2) / usual_size;
        if tau2 < ROUNDING {
            return Some(Self { mean: grand, tau2: 0.0, sigma2, of_mean: sigma2 / total });
        }
        let weight = |of: &Sample| weight(of, sigma2, tau2);
        let weights = sum(&weight);
        let mean = sum(&|of| weight(of) * of.mean()) / weights;
        Some(Self { mean, tau2, sigma2, of_mean: tau2 / weights })
    }

    /// `value_i = w_i·m_i + (1−w_i)·μ`, `sd_i = √(τ²(1−w_i) + (1−w_i)²τ²/Σw_i)`. An agent gets a label if the value is
    /// more than z·sd away from μ.
    fn row<K: Clone>(&self, agent: &Agent<K>, better: Better) -> Ranked<K> {
        let weight = if self.tau2 > 0.0 { weight(&agent.sample, self.sigma2, self.tau2) } else { 0.0 };
        let value = weight * agent.sample.mean() + (1.0 - weight) * self.mean;
        let sd = (self.tau2 * (1.0 - weight) + (1.0 - weight).powi(2) * self.of_mean).sqrt();
        let off = value - self.mean;
        let label = if off.abs() <= Z * sd || self.tau2 <= 0.0 {
            Label::NoDifference
        } else if (off > 0.0) == (better == Better::Higher) {
            Label::Better
        } else {
            Label::Worse
        };
        Ranked { id: agent.id.clone(), sample: agent.sample, value, sd, weight, label }
    }
}

/// `w_i = n_i/(n_i + σ²/τ²)`.
fn weight(sample: &Sample, sigma2: f64, tau2: f64) -> f64 {
    sample.size() / (sample.size() + sigma2 / tau2)
}
