//! The shapes that the share of low ratings may take as the wait grows: constant, a hinge or a step.

use super::bins::{Bin, Edge, Waits};
use crate::domain::scale::written;

/// Newton's method stops when its steps are this small, or after this many.
const CONVERGED: f64 = 1e-13;
const MOST_STEPS: usize = 100;
/// The most that rounding can take from a log-likelihood.
const ROUNDING: f64 = 1e-9;

written! {
    /// The shape of a model.
    Kind { Hinge = "hinge", Step = "step" }
}

/// A fitted model. Its log-likelihood omits the binomial constant, and covers the bins with one pseudo-answer added.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Model {
    pub kind: Kind,
    pub edge: Edge,
    pub curve: Curve,
    pub log_likelihood: f64,
}

/// The share of low ratings as a function of the wait.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Curve {
    Flat(f64),
    /// logit = `alpha` up to the edge; each further octave adds `beta`.
    Hinge {
        alpha: f64,
        beta: f64,
    },
    Step {
        before: f64,
        after: f64,
    },
}

impl Model {
    /// The factor by which doubling the wait multiplies the odds of a low rating beyond the edge; `None` for a step.
    pub fn odds_ratio(&self) -> Option<f64> {
        match (self.kind, self.curve) {
            (Kind::Step, _) | (_, Curve::Step { .. }) => None,
            (Kind::Hinge, Curve::Flat(_)) => Some(1.0),
            (Kind::Hinge, Curve::Hinge { beta, .. }) => Some(beta.exp()),
        }
    }

    /// The share of low ratings after this wait, for drawing the curve.
    pub fn low_share(&self, seconds: f64) -> f64 {
        let past = (1.0 + seconds.max(0.0)).log2() - self.edge.octaves();
        match self.curve {
            Curve::Flat(share) => share,
            Curve::Hinge { alpha, beta } => logistic(alpha + beta * past.max(0.0)),
            Curve::Step { before, after } => {
                if past < 0.0 {
                    before
                } else {
                    after
                }
            }
        }
    }
}

/// The change that one step of Newton's method makes to a hinge's parameters.
#[derive(Clone, Copy)]
struct By {
    alpha: f64,
    beta: f64,
}

impl By {
    fn size(self) -> f64 {
        self.alpha.abs().max(self.beta.abs())
    }
}

/// The bins of [`Waits`] with one pseudo-answer, distributed over them like the answers, which keeps the fits finite.
pub(super) struct Fitted {
    bins: Vec<Bin>,
    whole: f64,
}

impl Fitted {
    pub(super) fn to(waits: &Waits) -> Self {
        let whole = waits.share().unwrap_or_default();
        let n: f64 = waits.bins().map(|bin| bin.n).sum();
        let with_pseudo_answer =
            |bin: Bin| Bin { n: bin.n + bin.n / n, low: bin.low + whole * bin.n / n, ..bin };
        Self { bins: waits.bins().map(with_pseudo_answer).collect(), whole }
    }

    /// The model with the same share everywhere.
    pub(super) fn null(&self) -> Model {
        self.model(Kind::Hinge, self.lowest(), Curve::Flat(self.whole))
    }

    /// A hinge at the lowest bin, which is a straight line.
    pub(super) fn line(&self) -> Model {
        self.hinge(self.lowest())
    }

    fn lowest(&self) -> Edge {
        self.bins.first().map_or(Edge(0), |bin| bin.edge)
    }

    /// logit = α + β·max(0, x − edge) with β ≥ 0, fitted by Newton's method. A hinge that would improve ratings is
    /// replaced by the null model.
    pub(super) fn hinge(&self, edge: Edge) -> Model {
        let (mut alpha, mut beta) = ((self.whole / (1.0 - self.whole)).ln(), 0.0);
        let hinge = |alpha: f64, beta: f64| self.model(Kind::Hinge, edge, Curve::Hinge { alpha, beta });
        for _ in 0..MOST_STEPS {
            let reached = hinge(alpha, beta).log_likelihood;
            let mut by = self.newton(edge, alpha, beta);
            // A step that goes too far is halved. The likelihood is concave, so a short step can lower it only by
            // rounding.
            while hinge(alpha + by.alpha, beta + by.beta).log_likelihood < reached - ROUNDING
                && by.size() > CONVERGED
            {
                by = By { alpha: by.alpha / 2.0, beta: by.beta / 2.0 };
            }
            (alpha, beta) = (alpha + by.alpha, beta + by.beta);
            if by.size() <= CONVERGED {
                break;
            }
        }
        if beta > 0.0 { hinge(alpha, beta) } else { self.flat(Kind::Hinge, edge) }
    }

    /// One step of Newton's method: the gradient over the Hessian of the log-likelihood.
    fn newton(&self, edge: Edge, alpha: f64, beta: f64) -> By {
        let (mut g0, mut g1, mut h00, mut h01, mut h11) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for bin in &self.bins {
            let past = (bin.octaves - edge.octaves()).max(0.0);
            let share = logistic(alpha + beta * past);
            let (residual, weight) = (bin.low - bin.n * share, bin.n * share * (1.0 - share));
            g0 += residual;
            g1 += past * residual;
            h00 += weight;
            h01 += past * weight;
            h11 += past * past * weight;
        }
        let determinant = h00 * h11 - h01 * h01;
        if determinant > 0.0 {
            By { alpha: (h11 * g0 - h01 * g1) / determinant, beta: (h00 * g1 - h01 * g0) / determinant }
        } else {
            By { alpha: 0.0, beta: 0.0 }
        }
    }

    /// Two shares, one below the edge and one from it on. A step that would improve ratings is replaced by the null
    /// model.
    pub(super) fn step(&self, edge: Edge) -> Model {
        let share = |is_meant: &dyn Fn(&Bin) -> bool| {
            let bins = || self.bins.iter().filter(|bin| is_meant(bin));
            bins().map(|bin| bin.low).sum::<f64>() / bins().map(|bin| bin.n).sum::<f64>()
        };
        let (before, after) = (share(&|bin| bin.edge < edge), share(&|bin| bin.edge >= edge));
        if after > before {
            self.model(Kind::Step, edge, Curve::Step { before, after })
        } else {
            self.flat(Kind::Step, edge)
        }
    }

    fn flat(&self, kind: Kind, edge: Edge) -> Model {
        self.model(kind, edge, Curve::Flat(self.whole))
    }

    fn model(&self, kind: Kind, edge: Edge, curve: Curve) -> Model {
        let mut model = Model { kind, edge, curve, log_likelihood: 0.0 };
        model.log_likelihood = self.bins.iter().map(|bin| log_likelihood(bin, model.share_of(bin))).sum();
        model
    }
}

impl Model {
    /// The share for a bin: evaluated at its centre, and on the side of a step on which the whole bin lies.
    fn share_of(&self, bin: &Bin) -> f64 {
        self.low_share(bin.octaves.exp2() - 1.0)
    }
}

fn logistic(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// k·ln p + (n−k)·ln(1−p), with 0·ln 0 = 0.
fn log_likelihood(bin: &Bin, share: f64) -> f64 {
    let term = |count: f64, share: f64| if count > 0.0 { count * share.ln() } else { 0.0 };
    term(bin.low, share) + term(bin.n - bin.low, 1.0 - share)
}
