//! What drives the overall score: how much of it each factor of a script explains.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Head, Making};
use crate::domain::counting::SurveyFacts;
use crate::domain::event::FieldError;
use crate::domain::script::whole::Whole;
use crate::domain::stats::drivers::{DriverAnswers, Drivers};
use crate::service::Context;
use crate::service::figures::known::KnownQuestion;
use crate::service::figures::request::Request;
use crate::service::figures::{FiguresError, source};
use crate::store::Tx;

pub const PATH: &str = "/v1/figures/drivers";

/// The drivers of every script.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DriversReport {
    #[serde(flatten)]
    pub head: Head,
    pub scripts: Vec<ScriptDrivers>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScriptDrivers {
    pub script: String,
    /// The question about the whole; `null` if the script asks none.
    #[schema(required)]
    pub outcome: Option<String>,
    /// `found`; `too_few` surveys that answered everything; `constant` if an answer never differs; `no_outcome` or
    /// `no_factors` if the script does not ask what is needed.
    #[schema(value_type = String)]
    pub state: &'static str,
    /// How many surveys answered all of the questions.
    pub n: u64,
    /// The share of the outcome's variance that the factors explain together.
    #[schema(required)]
    pub r2: Option<f64>,
    /// Whether that is less than 5 %.
    pub explains_little: bool,
    pub factors: Vec<DriverRow>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DriverRow {
    /// The key of the question.
    pub question: String,
    pub factor: String,
    /// The factor's share of what is explained, and its limits.
    pub share: f64,
    pub lo: f64,
    pub hi: f64,
    /// The correlation with the outcome. The halo makes all of them high.
    pub correlation: f64,
    /// The mean of its answers, from 0 to 1.
    pub mean: f64,
}

/// A script with what is needed for its drivers.
struct Asking<'k> {
    outcome: &'k KnownQuestion,
    factors: Vec<&'k KnownQuestion>,
    answers: DriverAnswers<String>,
}

/// Tells what drives the overall score of every script.
pub async fn drivers(tx: &mut Tx, ctx: &Context, request: &Request) -> Result<DriversReport, FiguresError> {
    let narrowing = [("question", &request.questions), ("factor", &request.factors)];
    let wrong: Vec<FieldError> = narrowing
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(name, _)| {
            FieldError::new(name, "does not go with this report: it needs all questions of a script")
        })
        .collect();
    if !wrong.is_empty() {
        return Err(FiguresError::Wrong(wrong));
    }
    let making = Making::begin(tx, ctx, request, PATH).await?;
    let mut by_script: BTreeMap<&str, Vec<&KnownQuestion>> = BTreeMap::new();
    for question in &making.asked.questions {
        by_script.entry(&question.key.script).or_default().push(question);
    }
    let mut scripts = Vec::new();
    let mut asking: BTreeMap<&str, Asking<'_>> = BTreeMap::new();
    for (script, questions) in &by_script {
        match asked_by(questions) {
            Ok(found) => drop(asking.insert(script, found)),
            Err((outcome, state)) => scripts.push(without(script, outcome, state)),
        }
    }
    let selection = making.asked.selection(making.asked.period);
    let asked = asking.keys().map(|script| Some((*script).to_owned())).collect();
    source::visit(tx, &selection, &asked, |survey: &SurveyFacts| {
        let Some(asking) = survey.script.as_deref().and_then(|script| asking.get_mut(script)) else { return };
        let value = |key: &str| {
            let mut answers = survey.answers.iter().filter(|answer| selection.counts(answer));
            answers.find(|answer| answer.question == key)?.value
        };
        let Some(outcome) = value(&asking.outcome.key.question) else { return };
        let values: Vec<Option<i64>> = asking.answers.factors().map(|key| value(key)).collect();
        asking.answers.add(survey.unit, &values, outcome);
    })
    .await?;
    scripts.extend(asking.into_iter().map(|(script, asking)| asking.found(script)));
    scripts.sort_by(|a, b| a.script.cmp(&b.script));
    Ok(DriversReport { head: making.head, scripts })
}

/// The outcome and the factors of a script's live questions, or what is missing.
fn asked_by<'k>(
    questions: &[&'k KnownQuestion],
) -> Result<Asking<'k>, (Option<&'k KnownQuestion>, &'static str)> {
    let live = questions.iter().copied().filter(|question| question.is_live && question.on.is_some());
    let asked = live.map(|question| (question, question.metric, question.factor.as_str()));
    let Whole { outcome, factors } = Whole::of(asked);
    let Some(outcome) = outcome else { return Err((None, "no_outcome")) };
    let on = |question: &&KnownQuestion| Some((question.key.question.clone(), question.on?));
    match (factors.is_empty(), outcome.on) {
        (false, Some(outcome_on)) => {
            let answers = DriverAnswers::new(factors.iter().filter_map(on).collect(), outcome_on);
            Ok(Asking { outcome, factors, answers })
        }
        _ => Err((Some(outcome), "no_factors")),
    }
}

fn without(script: &str, outcome: Option<&KnownQuestion>, state: &'static str) -> ScriptDrivers {
    ScriptDrivers {
        script: script.to_owned(),
        outcome: outcome.map(|question| question.key.question.clone()),
        state,
        n: 0,
        r2: None,
        explains_little: false,
        factors: Vec::new(),
    }
}

impl Asking<'_> {
    fn found(self, script: &str) -> ScriptDrivers {
        let bare = without(script, Some(self.outcome), "too_few");
        match self.answers.drivers() {
            Drivers::TooFew { n } => ScriptDrivers { n, ..bare },
            Drivers::Constant { n } => ScriptDrivers { n, state: "constant", ..bare },
            Drivers::Found(found) => {
                let explains_little = found.explains_little();
                let factor = |key: &str| {
                    let known = self.factors.iter().find(|question| question.key.question == key);
                    known.map_or_else(|| key.to_owned(), |question| question.factor.clone())
                };
                let rows = found.factors.iter().map(|driver| DriverRow {
                    factor: factor(&driver.key),
                    question: driver.key.clone(),
                    share: driver.share,
                    lo: driver.interval.low(),
                    hi: driver.interval.high(),
                    correlation: driver.correlation,
                    mean: driver.mean,
                });
                let factors = rows.collect();
                ScriptDrivers {
                    n: found.n,
                    state: "found",
                    r2: Some(found.r2),
                    explains_little,
                    factors,
                    ..bare
                }
            }
        }
    }
}
