//! Whether a change comes from the mix of groups or from the groups themselves: "is it us, or the new ones?"

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::{Head, Making};
use crate::domain::counting::{self, Answers, Dimension, GroupKey, Grouping};
use crate::domain::event::FieldError;
use crate::domain::stats::clusters::Rho;
use crate::domain::stats::decomposition::{Decomposition, Group, Part, decompose};
use crate::domain::stats::index::Index;
use crate::domain::stats::measure::MinN;
use crate::domain::stats::sample::Sample;
use crate::domain::stats::shown::Shown;
use crate::service::Context;
use crate::service::figures::compute::{answers, cell};
use crate::service::figures::known::KnownQuestion;
use crate::service::figures::reply::PeriodFacts;
use crate::service::figures::request::{Compare, NONE, Request};
use crate::service::figures::{Counted, FiguresError};
use crate::store::Tx;

pub const PATH: &str = "/v1/figures/decomposition";

/// The change of every primary index, divided up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecompositionReport {
    #[serde(flatten)]
    pub head: Head,
    /// The period before.
    pub compare: PeriodFacts,
    /// What makes up the groups.
    #[schema(value_type = String)]
    pub by: &'static str,
    pub questions: Vec<QuestionParts>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuestionParts {
    pub script: String,
    pub question: String,
    /// The primary index of the question.
    pub index: String,
    /// Whether each value stands in the same band in both periods, as an index of bands needs it. If not, there are no
    /// numbers.
    pub comparable: bool,
    /// How many answers count, before and now. With too few in one of them there are no numbers.
    pub n_before: u64,
    pub n: u64,
    /// mix + rate.
    #[schema(required)]
    pub change: Option<f64>,
    /// The part that comes from the sizes of the groups; `null` without numbers.
    #[schema(value_type = Option<PartFigure>, required)]
    pub mix: Option<PartFigure>,
    /// The part that comes from the groups themselves.
    #[schema(value_type = Option<PartFigure>, required)]
    pub rate: Option<PartFigure>,
    pub groups: Vec<GroupRow>,
}

/// A part of a change with its limits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartFigure {
    pub value: f64,
    pub lo: f64,
    pub hi: f64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupRow {
    pub key: String,
    /// How many answers it has, before and now.
    pub n_before: u64,
    pub n: u64,
    /// Its share of the answers, before and now.
    pub share_before: f64,
    pub share: f64,
    /// What it adds to the two parts. `null` if it has too few answers in one of the periods.
    #[schema(required)]
    pub mix: Option<f64>,
    #[schema(required)]
    pub rate: Option<f64>,
}

/// Divides up the change from another period, by default the one before, by tenure or another dimension.
pub async fn decomposition(
    tx: &mut Tx,
    ctx: &Context,
    request: &Request,
) -> Result<DecompositionReport, FiguresError> {
    let dimension = match request.grouping {
        Grouping::None => Dimension::Tenure,
        Grouping::By(dimension) if !matches!(dimension, Dimension::Tag | Dimension::Segment) => dimension,
        _ => {
            let why = "must divide the events: tags and segments overlap, and periods are compared anyway";
            return Err(FiguresError::Wrong(vec![FieldError::new("by", why)]));
        }
    };
    let compare = request.compare.unwrap_or(Compare::Previous);
    let plain = Request { grouping: Grouping::None, compare: None, ..request.clone() };
    let mut making = Making::begin(tx, ctx, &plain, PATH).await?;
    let shown = Request { grouping: Grouping::By(dimension), compare: Some(compare), ..plain };
    making.head.url = shown.url(PATH, &making.asked.period);
    let period = compare.period(&making.asked.period);
    let now = Counted::count(tx, &making.asked, making.asked.period, Grouping::By(dimension)).await?;
    let before = Counted::count(tx, &making.asked, period, Grouping::By(dimension)).await?;
    let whole_before = Counted::of(tx, &making.asked, period, Grouping::None).await?;
    let mut questions = Vec::new();
    for (place, about) in making.asked.questions.iter().enumerate() {
        let Some(index) = about.indices().next().filter(|_| about.metric.is_scored()) else { continue };
        let of = |counted: &Counted| answers(about, counted.group(&GroupKey::All));
        let (all_now, all_before) = (of(&making.counted), of(&whole_before));
        if !about.is_live && all_now.n() + all_before.n() == 0 {
            continue;
        }
        let dividing = Dividing { about, index, min_n: making.asked.min_n };
        let now = (&now.groups, &all_now, making.counted.rhos[place]);
        let before = (&before.groups, &all_before, whole_before.rhos[place]);
        questions.push(dividing.question(now, before));
    }
    let compare = PeriodFacts::new(&period, making.asked.zone, &whole_before.ledger, making.asked.today);
    Ok(DecompositionReport { head: making.head, compare, by: dimension.as_str(), questions })
}

/// A period: its groups, all of its answers, and ρ.
type Period<'p> = (&'p BTreeMap<GroupKey, counting::Group>, &'p Answers, Rho);

struct Dividing<'d> {
    about: &'d KnownQuestion,
    index: Index,
    min_n: MinN,
}

impl Dividing<'_> {
    fn question(&self, now: Period<'_>, before: Period<'_>) -> QuestionParts {
        let names: BTreeSet<&GroupKey> = now.0.keys().chain(before.0.keys()).collect();
        let group = |key: &GroupKey| Group { before: self.sample(before, key), now: self.sample(now, key) };
        let groups: BTreeMap<String, Group> =
            names.into_iter().map(|key| (written(key), group(key))).collect();
        let is_enough = now.1.n().min(before.1.n()) >= self.min_n.0;
        let is_comparable = self.is_comparable(now, before);
        let found = decompose(&groups).filter(|_| is_enough && is_comparable);
        let shown = self.about.on.map_or(Shown::PERCENT, |on| self.index.shown(on));
        let part = |of: fn(&Decomposition<String>) -> Part| {
            let part = of(found.as_ref()?);
            let (span, interval) = (shown.span(), part.interval());
            Some(PartFigure {
                value: span * part.value,
                lo: span * interval.low(),
                hi: span * interval.high(),
            })
        };
        let rows = found.iter().flat_map(|found| &found.groups).map(|(key, parts)| {
            let n = |sample: Option<Sample>| sample.map_or(0, |sample| sample.n());
            let (n_before, n) = groups.get(key).map_or((0, 0), |group| (n(group.before), n(group.now)));
            let is_enough = n_before.min(n) >= self.min_n.0;
            let (mix, rate) = (shown.span() * parts.mix, shown.span() * parts.rate);
            GroupRow {
                key: key.clone(),
                n_before,
                n,
                share_before: parts.share_before,
                share: parts.share_now,
                mix: is_enough.then_some(mix),
                rate: is_enough.then_some(rate),
            }
        });
        QuestionParts {
            script: self.about.key.script.clone(),
            question: self.about.key.question.clone(),
            index: self.index.to_string(),
            comparable: is_comparable,
            n_before: before.1.n(),
            n: now.1.n(),
            change: found.as_ref().map(|found| shown.span() * found.change),
            mix: part(|found| found.mix),
            rate: part(|found| found.rate),
            groups: rows.collect(),
        }
    }

    fn is_comparable(&self, now: Period<'_>, before: Period<'_>) -> bool {
        let cells = cell(self.about, now.1, now.2).zip(cell(self.about, before.1, before.2));
        let has_same_bands =
            || cells.is_none_or(|(now, before)| now.histogram().has_same_bands(before.histogram()));
        !self.index.is_of_bands() || has_same_bands()
    }

    /// The answers of a group, with the design effect of the whole period.
    fn sample(&self, (groups, all, rho): Period<'_>, key: &GroupKey) -> Option<Sample> {
        let answers = groups.get(key)?.questions.get(&self.about.key)?;
        let cell = cell(self.about, answers, rho)?;
        Sample::of(&cell.histogram().sums(self.index), all.sizes.deff(rho))
    }
}

fn written(key: &GroupKey) -> String {
    match key {
        GroupKey::Value(Some(value)) => value.clone(),
        GroupKey::Value(None) | GroupKey::All => NONE.to_owned(),
        GroupKey::From(day) => day.to_string(),
    }
}
