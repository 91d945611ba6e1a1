//! Why answers are low: the reasons that customers chose, in the order of a Pareto chart.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Head, Making};
use crate::domain::counting::ReasonCounts;
use crate::domain::stats::cell::share;
use crate::domain::stats::clusters::Rho;
use crate::domain::stats::measure::State;
use crate::service::Context;
use crate::service::figures::FiguresError;
use crate::service::figures::reply::MeasureState;
use crate::service::figures::request::Request;
use crate::store::Tx;

pub const PATH: &str = "/v1/figures/reasons";

/// The reasons of low answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReasonsReport {
    #[serde(flatten)]
    pub head: Head,
    pub questions: Vec<QuestionReasons>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuestionReasons {
    pub script: String,
    pub question: String,
    /// How many answers are low.
    pub low: u64,
    /// How many of them have reasons; the shares are of these.
    pub given: u64,
    /// The most frequent first.
    pub reasons: Vec<ReasonRow>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReasonRow {
    /// The reason's key.
    pub key: String,
    pub count: u64,
    /// Per cent of those who gave reasons; several may be given. `null` with too few of them, as are the limits.
    #[schema(required)]
    pub value: Option<f64>,
    #[schema(required)]
    pub lo: Option<f64>,
    #[schema(required)]
    pub hi: Option<f64>,
    pub state: MeasureState,
    /// Per cent of those who gave at least one of the reasons so far.
    #[schema(required)]
    pub together: Option<f64>,
    /// How many these are.
    #[serde(skip)]
    pub named: u64,
    /// The limits of `together`, where they are near enough for a headline.
    #[serde(skip)]
    pub together_limits: Option<[f64; 2]>,
}

/// Lists the reasons of every scored question.
pub async fn reasons(tx: &mut Tx, ctx: &Context, request: &Request) -> Result<ReasonsReport, FiguresError> {
    let making = Making::begin(tx, ctx, request, PATH).await?;
    let selection = making.asked.selection(making.asked.period);
    let counts = tx.count_reasons(&selection).await?;
    let min_n = making.min_n();
    let questions = making.scored().filter_map(|(about, _)| {
        let none = ReasonCounts::default();
        let counted = counts.get(&about.key).unwrap_or(&none);
        let (given, deff) = (counted.reasons.given(), counted.sizes.deff(Rho::USUAL));
        let rows = counted.reasons.pareto(deff).into_iter().map(|reason| {
            let together = share(reason.named, given, deff).filter(|of| of.state(min_n) == State::Ok);
            let state = reason.share.state(min_n);
            let is_shown = state != State::TooFew;
            let interval = reason.share.interval();
            ReasonRow {
                key: reason.key,
                count: reason.count,
                value: is_shown.then(|| reason.share.value()),
                lo: is_shown.then(|| interval.low()),
                hi: is_shown.then(|| interval.high()),
                state: MeasureState(state),
                together: is_shown.then_some(reason.together),
                named: reason.named,
                together_limits: together.map(|of| [of.interval().low(), of.interval().high()]),
            }
        });
        (about.is_live || counted.low > 0).then(|| QuestionReasons {
            script: about.key.script.clone(),
            question: about.key.question.clone(),
            low: counted.low,
            given: counted.reasons.given(),
            reasons: rows.collect(),
        })
    });
    let questions = questions.collect();
    Ok(ReasonsReport { head: making.head, questions })
}
