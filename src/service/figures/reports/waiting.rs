//! How long customers wait before the share of low ratings rises.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Head, Making, ShareFigure, low_index};
use crate::domain::counting::{Series, Waited};
use crate::domain::event::FieldError;
use crate::domain::script::Trigger;
use crate::domain::stats::clusters::{Deff, Rho};
use crate::domain::stats::measure::MinN;
use crate::domain::stats::waiting::{self, Curve, Effect, Model, Waits, critical_wait};
use crate::service::Context;
use crate::service::figures::FiguresError;
use crate::service::figures::known::KnownQuestion;
use crate::service::figures::reply::words;
use crate::service::figures::request::Request;
use crate::store::Tx;

pub const PATH: &str = "/v1/figures/waiting";

words! {
    WaitingVerdict(waiting::Verdict), "What the wait has to do with bad ratings: `break` names the critical wait, `steady` \
        says that ratings get worse with every doubling, `none` that they do not depend on the wait, `reverse` that they \
        get better.";
    WaitingShape(waiting::Kind), "How bad ratings rise: from the critical wait on, or at once.";
}

/// The waits of every ticket question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaitingReport {
    #[serde(flatten)]
    pub head: Head,
    pub questions: Vec<QuestionWaiting>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuestionWaiting {
    pub script: String,
    pub question: String,
    /// The share of bad answers: `low`, or `detractors` for NPS.
    pub index: String,
    /// By the time to the first response.
    pub first_response: WaitFigures,
    /// By the time to the resolution.
    pub resolution: WaitFigures,
}

/// What one wait has to do with bad ratings. It is an association: slow tickets are also the hard ones.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaitFigures {
    /// How many answers have a wait, and how many of them are bad.
    pub n: u64,
    pub low: u64,
    /// How many answers have none.
    pub missing: u64,
    /// How much repeated customers increase the variance.
    pub deff: f64,
    /// How many waits could be the critical one. Three are needed, with 300 answers of which 30 are bad and 30 are not.
    pub edges: u64,
    pub verdict: WaitingVerdict,
    /// The test for any effect: positive where longer waits have worse ratings. `null` with too few answers.
    #[schema(required)]
    pub trend_z: Option<f64>,
    #[schema(required)]
    pub trend_p: Option<f64>,
    /// The factor by which doubling the wait multiplies the odds of a bad rating; with `break`, beyond the critical
    /// wait. `null` where there is none.
    #[schema(required)]
    pub odds_ratio: Option<f64>,
    /// The critical wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = CriticalWait, required = false)]
    pub critical: Option<CriticalWait>,
    /// The answers by wait, in eighths of an octave of 1 + seconds. A bin without answers is left out.
    pub bins: Vec<WaitBin>,
    /// The fitted share at the middle of each bin, from the 1st to the 99th hundredth of the waits. Empty without a
    /// model.
    pub curve: Vec<WaitPoint>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CriticalWait {
    pub seconds: f64,
    /// The waits that fit equally well.
    pub lo: f64,
    pub hi: f64,
    pub shape: WaitingShape,
    /// The share of bad answers below the critical wait.
    pub before: ShareFigure,
    /// The share from it on.
    pub after: ShareFigure,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaitBin {
    /// The waits from this one, in seconds, up to but not including the next.
    pub from: f64,
    pub until: f64,
    pub n: u64,
    pub low: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaitPoint {
    pub seconds: f64,
    /// Per cent of bad answers.
    pub low: f64,
}

/// Finds the critical wait of every question that is asked after a ticket.
pub async fn waiting(tx: &mut Tx, ctx: &Context, request: &Request) -> Result<WaitingReport, FiguresError> {
    if request.selects_answers() {
        let message = "does not go with this report: it compares bad answers with all others";
        let chosen = [("band", request.bands.is_empty()), ("reason", request.reasons.is_empty())];
        let wrong = chosen.iter().filter(|(_, is_empty)| !is_empty);
        return Err(FiguresError::Wrong(wrong.map(|(name, _)| FieldError::new(*name, message)).collect()));
    }
    let making = Making::begin(tx, ctx, request, PATH).await?;
    let selection = making.asked.selection(making.asked.period);
    let of_tickets = making.scored().filter(|(about, _)| about.on_event == Trigger::TicketClosed);
    let asked: Vec<(&KnownQuestion, Rho, Series)> = of_tickets
        .filter_map(|(about, rho)| {
            let (on, index) = about.on.zip(low_index(about))?;
            Some((about, rho, Series { key: about.key.clone(), on, index }))
        })
        .collect();
    let series: Vec<Series> = asked.iter().map(|(_, _, series)| series.clone()).collect();
    let counts = tx.count_waits(&selection, &series).await?;
    let mut questions = Vec::new();
    for ((about, rho, series), counted) in asked.iter().zip(counts.iter()) {
        let is_empty = |of: &Waited| of.waits.n() + of.missing == 0;
        if is_empty(&counted.first_response) && !about.is_live {
            continue;
        }
        questions.push(QuestionWaiting {
            script: about.key.script.clone(),
            question: about.key.question.clone(),
            index: series.index.to_string(),
            first_response: figures(&counted.first_response, *rho, making.min_n()),
            resolution: figures(&counted.resolution, *rho, making.min_n()),
        });
    }
    Ok(WaitingReport { head: making.head, questions })
}

fn figures(side: &Waited, rho: Rho, min_n: MinN) -> WaitFigures {
    let deff = side.sizes.deff(rho);
    let found = critical_wait(&side.waits, deff);
    let (effect, model) = (effect(&found), model(&found));
    WaitFigures {
        n: side.waits.n(),
        low: side.waits.low(),
        missing: side.missing,
        deff: Deff::value(deff),
        edges: side.waits.edges().len() as u64,
        verdict: WaitingVerdict(found.verdict()),
        trend_z: effect.map(|effect| effect.z),
        trend_p: effect.map(|effect| effect.p.value()),
        odds_ratio: model.and_then(Model::odds_ratio),
        critical: critical(&side.waits, &found, min_n),
        bins: bins(&side.waits),
        curve: model.map(|model| curve(&side.waits, model)).unwrap_or_default(),
    }
}

const fn effect(found: &waiting::Waiting) -> Option<&Effect> {
    use waiting::Waiting::{Break, NoEffect, Reverse, Steady, TooFew};
    match found {
        TooFew => None,
        NoEffect(effect) | Reverse(effect) | Steady { effect, .. } | Break { effect, .. } => Some(effect),
    }
}

/// The model that is shown: the straight line where no critical wait is proved.
const fn model(found: &waiting::Waiting) -> Option<&Model> {
    use waiting::Waiting::{Break, NoEffect, Reverse, Steady, TooFew};
    match found {
        TooFew | NoEffect(_) | Reverse(_) => None,
        Steady { fitted, .. } => Some(&fitted.line),
        Break { fitted, .. } => Some(&fitted.best),
    }
}

fn critical(waits: &Waits, found: &waiting::Waiting, min_n: MinN) -> Option<CriticalWait> {
    let waiting::Waiting::Break { fitted, found, .. } = found else { return None };
    let (before, after) = waits.split(found.at);
    Some(CriticalWait {
        seconds: found.at.seconds(),
        lo: found.interval.low(),
        hi: found.interval.high(),
        shape: WaitingShape(fitted.best.kind),
        before: ShareFigure::of(before.low, Some(&found.before), min_n),
        after: ShareFigure::of(after.low, Some(&found.after), min_n),
    })
}

fn bins(waits: &Waits) -> Vec<WaitBin> {
    let bins = waits.counts().map(|(edge, count)| WaitBin {
        from: edge.seconds(),
        until: edge.next().seconds(),
        n: count.n,
        low: count.low,
    });
    bins.collect()
}

fn curve(waits: &Waits, model: &Model) -> Vec<WaitPoint> {
    let points = waits.middle_bins().map(|edge| {
        let seconds = edge.middle();
        WaitPoint { seconds, low: 100.0 * share_at(model, edge) }
    });
    points.collect()
}

/// The fitted share of a bin. A step lies between bins, so each bin is wholly on one side of it.
fn share_at(model: &Model, edge: waiting::Edge) -> f64 {
    match model.curve {
        Curve::Step { before, after } => {
            if edge < model.edge {
                before
            } else {
                after
            }
        }
        Curve::Flat(_) | Curve::Hinge { .. } => model.low_share(edge.middle()),
    }
}
