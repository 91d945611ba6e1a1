//! Importance × satisfaction: what matters to customers and fails.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::{Head, Making};
use crate::domain::counting::{GroupKey, SurveyFacts};
use crate::domain::ids::CustomerKey;
use crate::domain::metric::Part as Asked;
use crate::domain::stats::importance::{self, Importance, ImportanceAnswers, Part};
use crate::domain::stats::measure::{Measure, MinN};
use crate::service::Context;
use crate::service::figures::compute::denominators;
use crate::service::figures::known::KnownQuestion;
use crate::service::figures::reply::{IndexFigure, words};
use crate::service::figures::request::Request;
use crate::service::figures::{FiguresError, source};
use crate::store::Tx;

pub const PATH: &str = "/v1/figures/importance";

words! {
    Level(importance::Level), "Whether the whole interval is above or below the mean over the factors.";
}

/// Importance and satisfaction of every script that asks both.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportanceReport {
    #[serde(flatten)]
    pub head: Head,
    pub scripts: Vec<ScriptImportance>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScriptImportance {
    pub script: String,
    pub customers: u64,
    /// The satisfaction weighted by importance; it is computed from the means, and its bounds with the importances as
    /// they were answered.
    pub weighted: IndexFigure,
    /// The mean satisfaction over the factors. `null` until every factor has enough answers to both questions.
    #[schema(required)]
    pub simple: Option<f64>,
    pub factors: Vec<FactorRow>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FactorRow {
    pub factor: String,
    /// How many answers each of the two means has.
    pub importance_n: u64,
    pub importance: IndexFigure,
    pub satisfaction_n: u64,
    pub satisfaction: IndexFigure,
    /// Its share of the importance of all factors.
    #[schema(required)]
    pub weight: Option<f64>,
    /// Satisfaction less importance, and its limits.
    #[schema(required)]
    pub gap: Option<f64>,
    #[schema(required)]
    pub gap_lo: Option<f64>,
    #[schema(required)]
    pub gap_hi: Option<f64>,
    /// Compared with the other factors. What is important and fails is what to mend first.
    pub important: Level,
    pub satisfied: Level,
}

/// A question of one of the two parts: the place of its factor, and which part it is.
type Places<'k> = BTreeMap<&'k str, (usize, Part)>;

struct Asking<'k> {
    /// Its first question, which has the denominators of all.
    about: &'k KnownQuestion,
    places: Places<'k>,
    customers: HashMap<CustomerKey, Vec<(usize, Part, i64)>>,
    answers: ImportanceAnswers<String>,
}

/// Compares importance and satisfaction for every script that asks both about a factor.
pub async fn importance(
    tx: &mut Tx,
    ctx: &Context,
    request: &Request,
) -> Result<ImportanceReport, FiguresError> {
    let making = Making::begin(tx, ctx, request, PATH).await?;
    let mut by_script: BTreeMap<&str, Vec<&KnownQuestion>> = BTreeMap::new();
    for question in &making.asked.questions {
        by_script.entry(&question.key.script).or_default().push(question);
    }
    let mut asking: BTreeMap<&str, Asking<'_>> = by_script
        .into_iter()
        .filter_map(|(script, questions)| Some((script, asked_by(&questions)?)))
        .collect();
    let selection = making.asked.selection(making.asked.period);
    let asked = asking.keys().map(|script| Some((*script).to_owned())).collect();
    source::visit(tx, &selection, &asked, |survey: &SurveyFacts| {
        let Some(asking) = survey.script.as_deref().and_then(|script| asking.get_mut(script)) else { return };
        let counted = survey.answers.iter().filter(|answer| selection.counts(answer));
        let given = counted.filter_map(|answer| {
            let (factor, part) = *asking.places.get(answer.question.as_str())?;
            Some((factor, part, answer.value?))
        });
        let given: Vec<(usize, Part, i64)> = given.collect();
        match survey.customer {
            Some(customer) => asking.customers.entry(customer).or_default().extend(given),
            None => asking.answers.add(&given),
        }
    })
    .await?;
    let min_n = making.min_n();
    let all = making.counted.group(&GroupKey::All);
    let scripts = asking.into_iter().map(|(script, asking)| {
        let bounded = Some(asking.about).filter(|about| about.has_coverage() && !request.selects_answers());
        asking.found(script, min_n, bounded.map(|about| denominators(about, all).eligible()))
    });
    let scripts = scripts.collect();
    Ok(ImportanceReport { head: making.head, scripts })
}

/// The factors for which the live script asks both questions. Each part has the scale of its first question.
fn asked_by<'k>(questions: &[&'k KnownQuestion]) -> Option<Asking<'k>> {
    let of = |part: Asked| {
        let live = questions.iter().copied().filter(|question| question.is_live);
        live.filter(move |question| question.metric.part() == part)
    };
    let pairs: Vec<(&KnownQuestion, &KnownQuestion)> = of(Asked::Importance)
        .filter_map(|important| {
            let satisfied = of(Asked::Factor).find(|question| question.factor == important.factor)?;
            Some((important, satisfied))
        })
        .collect();
    let (first_important, first_satisfied) = pairs.first()?;
    let (importance, satisfaction) = (first_important.on?, first_satisfied.on?);
    let is_alike = |(important, satisfied): &&(&KnownQuestion, &KnownQuestion)| {
        important.on == Some(importance) && satisfied.on == Some(satisfaction)
    };
    let (mut places, mut factors) = (Places::new(), Vec::new());
    for (important, satisfied) in pairs.iter().filter(is_alike) {
        places.insert(&important.key.question, (factors.len(), Part::Importance));
        places.insert(&satisfied.key.question, (factors.len(), Part::Satisfaction));
        factors.push(important.factor.clone());
    }
    let answers = ImportanceAnswers::new(factors, importance, satisfaction);
    Some(Asking { about: first_important, places, customers: HashMap::new(), answers })
}

impl Asking<'_> {
    /// What was found, with bounds if it is known how many could have answered.
    fn found(mut self, script: &str, min_n: MinN, eligible: Option<u64>) -> ScriptImportance {
        for given in self.customers.values() {
            self.answers.add(given);
        }
        let few = |analysis: &Importance<String>| {
            let fewest = analysis.factors.iter().map(|of| of.importance.n().min(of.satisfaction.n())).min();
            fewest.unwrap_or_default() < min_n.0
        };
        let analysis = self.answers.analysis();
        let enough = analysis.as_ref().filter(|analysis| !few(analysis));
        let figure = |measure: Option<Measure>| IndexFigure::of(measure, min_n);
        let rows = analysis.iter().flat_map(|analysis| &analysis.factors).map(|of| FactorRow {
            factor: of.key.clone(),
            importance_n: of.importance.n(),
            importance: figure(Some(of.importance)),
            satisfaction_n: of.satisfaction.n(),
            satisfaction: figure(Some(of.satisfaction)),
            weight: enough.map(|_| of.weight),
            gap: enough.map(|_| of.gap.value),
            gap_lo: enough.map(|_| of.gap.interval.low()),
            gap_hi: enough.map(|_| of.gap.interval.high()),
            important: Level(enough.map_or(importance::Level::Undecided, |_| of.quadrant.importance)),
            satisfied: Level(enough.map_or(importance::Level::Undecided, |_| of.quadrant.satisfaction)),
        });
        let bounds = eligible.filter(|_| enough.is_some()).and_then(|of| self.answers.weighted_bounds(of));
        let weighted = IndexFigure {
            bounds: bounds.map(|bounds| [bounds.low(), bounds.high()]),
            ..figure(enough.and_then(|analysis| analysis.weighted))
        };
        ScriptImportance {
            script: script.to_owned(),
            customers: analysis.as_ref().map_or(0, |analysis| analysis.customers),
            weighted,
            simple: enough.map(|analysis| analysis.simple),
            factors: rows.collect(),
        }
    }
}
