//! Topics (tags) and auto-reply rules by how much they contribute to low ratings.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Head, Making, low_index, shown};
use crate::domain::counting::{Answers, Besides, Counting, Dimension, GroupKey, QuestionKey};
use crate::domain::stats::against_rest::{self, Row, compare_each};
use crate::domain::stats::impact::{Impact, by_impact};
use crate::domain::stats::measure::{Measure, MinN, State};
use crate::domain::stats::normal::PValue;
use crate::service::Context;
use crate::service::figures::FiguresError;
use crate::service::figures::compute::{answers, cell};
use crate::service::figures::known::KnownQuestion;
use crate::service::figures::reply::{MeasureState, RestLabel};
use crate::service::figures::request::Request;
use crate::store::Tx;

pub const TOPICS: &str = "/v1/figures/topics";
pub const AUTOMATIONS: &str = "/v1/figures/automations";

/// Topics or rules, each beside all other answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TopicsReport {
    #[serde(flatten)]
    pub head: Head,
    pub questions: Vec<QuestionTopics>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuestionTopics {
    pub script: String,
    pub question: String,
    /// The share of bad answers that is compared: `low`, or `detractors` for NPS.
    pub index: String,
    /// The largest impact first. Those without one follow in the order of their keys.
    pub rows: Vec<TopicRow>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TopicRow {
    /// The tag or the rule.
    pub key: String,
    /// How many answers have it, and how many do not.
    pub n: u64,
    pub rest_n: u64,
    /// Whether the share with it may be shown.
    pub state: MeasureState,
    /// The share of bad answers with it, and its limits. `null` with too few answers.
    #[schema(required)]
    pub value: Option<f64>,
    #[schema(required)]
    pub lo: Option<f64>,
    #[schema(required)]
    pub hi: Option<f64>,
    /// The share of bad answers without it.
    #[schema(required)]
    pub rest: Option<f64>,
    /// Points by which the share of all would fall if it were like the rest.
    #[schema(required)]
    pub impact: Option<f64>,
    #[schema(required)]
    pub impact_lo: Option<f64>,
    #[schema(required)]
    pub impact_hi: Option<f64>,
    /// The p of the difference, adjusted for all rows.
    #[schema(required)]
    pub q: Option<f64>,
    pub label: RestLabel,
}

/// Lists topics by impact.
pub async fn topics(tx: &mut Tx, ctx: &Context, request: &Request) -> Result<TopicsReport, FiguresError> {
    by(tx, ctx, request, Dimension::Tag, TOPICS).await
}

/// Lists auto-reply rules by impact.
pub async fn automations(
    tx: &mut Tx,
    ctx: &Context,
    request: &Request,
) -> Result<TopicsReport, FiguresError> {
    by(tx, ctx, request, Dimension::Automation, AUTOMATIONS).await
}

/// The question with the most answers among the scripts whose events have topics or rules.
pub async fn most_answered(
    tx: &mut Tx,
    ctx: &Context,
    request: &Request,
) -> Result<Option<QuestionKey>, FiguresError> {
    let making = Making::begin(tx, ctx, request, TOPICS).await?;
    let mut scripts = BTreeSet::new();
    for dimension in [Dimension::Tag, Dimension::Automation] {
        let counting = Counting::of_surveys(making.asked.selection(making.asked.period), dimension);
        let counts = tx.count_surveys(&counting).await?;
        let named = counts.groups.iter().filter(|(key, _)| matches!(key, GroupKey::Value(Some(_))));
        scripts.extend(named.flat_map(|(_, group)| group.coverage.keys().flatten().cloned()));
    }
    let all = making.counted.group(&GroupKey::All);
    let count = |about: &KnownQuestion| answers(about, all).values.values().sum::<u64>();
    let questions = making.scored().map(|(about, _)| about).filter(|about| low_index(about).is_some());
    let counted = questions.map(|about| (count(about), about));
    let most = counted.filter(|(n, about)| *n > 0 && scripts.contains(&about.key.script));
    Ok(most.max_by_key(|(n, _)| *n).map(|(_, about)| about.key.clone()))
}

async fn by(
    tx: &mut Tx,
    ctx: &Context,
    request: &Request,
    dimension: Dimension,
    path: &str,
) -> Result<TopicsReport, FiguresError> {
    let making = Making::begin(tx, ctx, request, path).await?;
    let selection = making.asked.selection(making.asked.period);
    let by_question = tx.count_besides(&selection, dimension, &making.asked.keys()).await?;
    let min_n = making.min_n();
    let mut questions = Vec::new();
    for (about, rho) in making.scored() {
        let Some(index) = low_index(about) else { continue };
        let besides = by_question.get(&about.key).map(Besides::list).unwrap_or_default();
        if besides.is_empty() && !about.is_live {
            continue;
        }
        let measure = |answers: &Answers| cell(about, answers, rho)?.measure(index);
        let rows = besides.iter().map(|beside| Row {
            own: measure(&beside.own),
            rest: measure(&beside.rest),
            key: beside.value.clone(),
        });
        let impacts = by_impact(compare_each(rows.collect(), min_n));
        let mut rows: Vec<TopicRow> = impacts.into_iter().map(|impact| row(impact, min_n)).collect();
        // Too few answers have no rank, so they do not stand in the order of an impact that is not shown.
        rows.sort_by(|a, b| match (a.impact, b.impact) {
            (None, None) => a.key.cmp(&b.key),
            _ => a.impact.is_none().cmp(&b.impact.is_none()),
        });
        questions.push(QuestionTopics {
            script: about.key.script.clone(),
            question: about.key.question.clone(),
            index: index.to_string(),
            rows,
        });
    }
    Ok(TopicsReport { head: making.head, questions })
}

fn row(of: Impact<String>, min_n: MinN) -> TopicRow {
    use against_rest::Label::{NotComparable, TooFew};
    let compared = of.compared;
    let points = of.impact.filter(|_| !matches!(compared.label, TooFew | NotComparable));
    let own = shown(compared.row.own.as_ref(), min_n);
    let rest = shown(compared.row.rest.as_ref(), min_n);
    TopicRow {
        n: compared.row.own.map_or(0, |measure| measure.n()),
        rest_n: compared.row.rest.map_or(0, |measure| measure.n()),
        state: MeasureState(compared.row.own.map_or(State::TooFew, |own| own.state(min_n))),
        value: own.map(Measure::value),
        lo: own.map(|measure| measure.interval().low()),
        hi: own.map(|measure| measure.interval().high()),
        rest: rest.map(Measure::value),
        impact: points.map(|points| points.value),
        impact_lo: points.map(|points| points.interval.low()),
        impact_hi: points.map(|points| points.interval.high()),
        q: compared.q.map(PValue::value),
        label: RestLabel(compared.label),
        key: compared.row.key,
    }
}
