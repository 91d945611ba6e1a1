//! Reports beside the figures: the same filters, another question.

pub mod agents;
pub mod bounds;
pub mod decomposition;
pub mod drivers;
pub mod importance;
pub mod kpis;
pub mod reasons;
pub mod topics;
pub mod waiting;

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::known::KnownQuestion;
use super::reply::{Ledger, MeasureState, PeriodFacts};
use super::request::Request;
use super::{Asked, Counted, FiguresError};
use crate::domain::counting::Grouping;
use crate::domain::event::FieldError;
use crate::domain::stats::clusters::Rho;
use crate::domain::stats::coverage::Coverage;
use crate::domain::stats::index::Index;
use crate::domain::stats::measure::{Measure, MinN, State};
use crate::service::Context;
use crate::store::Tx;

/// What every report begins with.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReportHead)]
pub struct Head {
    pub period: PeriodFacts,
    /// The filters by name; a name with `!` leaves its values out.
    pub filter: BTreeMap<String, Vec<String>>,
    /// The address of exactly this report.
    pub url: String,
    pub ledger: Ledger,
}

impl Head {
    fn of(asked: &Asked, ledger: &Coverage, path: &str) -> Self {
        Self {
            period: PeriodFacts::new(&asked.period, asked.zone, ledger, asked.today),
            filter: super::filter_of(&asked.request),
            url: asked.request.url(path, &asked.period),
            ledger: Ledger::of(ledger),
        }
    }
}

/// So many of so many, as a share in per cent with its 95 % interval.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ShareFigure {
    pub count: u64,
    pub n: u64,
    /// `null` if `n` is less than `MIN_N`, as are the limits.
    #[schema(required)]
    pub value: Option<f64>,
    #[schema(required)]
    pub lo: Option<f64>,
    #[schema(required)]
    pub hi: Option<f64>,
    pub state: MeasureState,
}

impl ShareFigure {
    /// The share of `count`, if there is anything that it is a share of.
    fn of(count: u64, share: Option<&Measure>, min_n: MinN) -> Self {
        let of = shown(share, min_n);
        Self {
            count,
            n: share.map_or(0, Measure::n),
            value: of.map(Measure::value),
            lo: of.map(|of| of.interval().low()),
            hi: of.map(|of| of.interval().high()),
            state: MeasureState(share.map_or(State::TooFew, |share| share.state(min_n))),
        }
    }
}

/// A report that is being made.
struct Making {
    asked: Asked,
    counted: Counted,
    head: Head,
}

impl Making {
    /// Looks up what is asked about. A report has rows and comparisons of its own.
    async fn begin(tx: &mut Tx, ctx: &Context, request: &Request, path: &str) -> Result<Self, FiguresError> {
        let mut wrong = Vec::new();
        if request.grouping != Grouping::None {
            wrong.push(FieldError::new("by", "does not go with this report: it has rows of its own"));
        }
        if request.compare.is_some() {
            wrong.push(FieldError::new("compare", "does not go with this report"));
        }
        if !request.indices.is_empty() {
            wrong.push(FieldError::new("index", "does not go with this report: it has an index of its own"));
        }
        if !wrong.is_empty() {
            return Err(FiguresError::Wrong(wrong));
        }
        let asked = Asked::about(tx, ctx, request).await?;
        let counted = Counted::of(tx, &asked, asked.period, Grouping::None).await?;
        let head = Head::of(&asked, &counted.ledger, path);
        Ok(Self { asked, counted, head })
    }

    /// The questions with a scale and their ρ.
    fn scored(&self) -> impl Iterator<Item = (&KnownQuestion, Rho)> {
        let all = self.asked.questions.iter().zip(self.counted.rhos.iter().copied());
        all.filter(|(question, _)| question.metric.is_scored())
    }

    const fn min_n(&self) -> MinN {
        self.asked.min_n
    }
}

/// The index for bad answers: `low`, and for NPS the detractors.
fn low_index(about: &KnownQuestion) -> Option<Index> {
    about.indices().find(|index| matches!(index, Index::Low | Index::Detractors))
}

/// A value that may be shown.
fn shown(measure: Option<&Measure>, min_n: MinN) -> Option<&Measure> {
    measure.filter(|measure| measure.state(min_n) != State::TooFew)
}
