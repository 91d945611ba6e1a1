//! Agents in one table: who differs by more than chance.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::{Head, Making, shown};
use crate::domain::counting::{Answers, Beside, Besides, Dimension, Filter, Selection, Tenure};
use crate::domain::stats::against_rest::{self, Row, compare_each};
use crate::domain::stats::clusters::Rho;
use crate::domain::stats::index::{Better, Index};
use crate::domain::stats::measure::{Measure, MinN, State};
use crate::domain::stats::normal::PValue;
use crate::domain::stats::ranking::{self, Agent, rank};
use crate::service::Context;
use crate::service::figures::FiguresError;
use crate::service::figures::agent_names::AgentNames;
use crate::service::figures::compute::cell;
use crate::service::figures::known::KnownQuestion;
use crate::service::figures::reply::{MeasureState, words};
use crate::service::figures::request::Request;
use crate::store::Tx;

pub const PATH: &str = "/v1/figures/agents";

words! {
    RankLabel(ranking::Label), "The verdict on an agent among all agents.";
    AgentLabel(against_rest::Label), "The verdict on an agent beside all other answers.";
}

/// All agents, question by question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentsReport {
    #[serde(flatten)]
    pub head: Head,
    pub questions: Vec<QuestionAgents>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuestionAgents {
    pub script: String,
    pub question: String,
    /// The index that is compared: the primary one of the question.
    pub index: String,
    /// Whether agents differ by more than chance. If not, the order of the ranking means nothing. Absent without a
    /// ranking.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub differ: Option<bool>,
    /// The mean towards which the values of the ranking are shrunk. Absent without a ranking.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = f64, required = false)]
    pub mean: Option<f64>,
    /// With at least eight agents that have enough answers: the best first. Answers given while an agent was new are
    /// left out.
    pub ranked: Vec<RankedAgent>,
    /// With fewer of them, each beside all other answers.
    pub compared: Vec<ComparedAgent>,
    /// New agents, and those with too few answers.
    pub unranked: Vec<UnrankedAgent>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RankedAgent {
    /// The agent's ID.
    pub key: String,
    /// The agent's newest name in the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub name: Option<String>,
    pub n: u64,
    /// How many answers were given while the agent was new. They are in no other number of the row.
    pub n_new: u64,
    /// The agent's own mean.
    pub raw: f64,
    /// The mean, shrunk towards that of all; the fewer answers, the more. Its limits are value ± 1.96 sd.
    pub value: f64,
    pub sd: f64,
    pub label: RankLabel,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ComparedAgent {
    /// The agent's ID.
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub name: Option<String>,
    pub n: u64,
    /// How many answers were given while the agent was new. They are in no other number of the row.
    pub n_new: u64,
    pub rest_n: u64,
    /// Whether the value may be shown.
    pub state: MeasureState,
    #[schema(required)]
    pub value: Option<f64>,
    #[schema(required)]
    pub lo: Option<f64>,
    #[schema(required)]
    pub hi: Option<f64>,
    /// The value of all other answers.
    #[schema(required)]
    pub rest: Option<f64>,
    #[schema(required)]
    pub q: Option<f64>,
    pub label: AgentLabel,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnrankedAgent {
    /// The agent's ID.
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub name: Option<String>,
    /// How many answers were given while the agent was new, and how many otherwise.
    pub n_new: u64,
    pub n: u64,
}

/// Ranks the agents of the first question that has a ranking, without names, and says nothing of new agents. It looks at one
/// script after the other, so it costs no more than it has to.
pub async fn first_ranking(
    tx: &mut Tx,
    ctx: &Context,
    request: &Request,
) -> Result<AgentsReport, FiguresError> {
    let making = Making::begin(tx, ctx, request, PATH).await?;
    let names = AgentNames::default();
    let scored: Vec<(&KnownQuestion, Rho)> = making.scored().collect();
    for of_script in scored.chunk_by(|(a, _), (b, _)| a.key.script == b.key.script) {
        let mut selection = of_tenure(&making.asked.selection(making.asked.period), true);
        let script = BTreeSet::from([of_script.first().map(|(about, _)| about.key.script.clone())]);
        selection.filters.push(Filter { dimension: Dimension::Script, values: script, is_left_out: false });
        let established = tx.count_besides(&selection, Dimension::Agent, &making.asked.keys()).await?;
        for (about, rho) in of_script {
            let (Some(index), Some(rows)) = (about.indices().next(), established.get(&about.key)) else {
                continue;
            };
            let table = Table { about, rho: *rho, index, names: &names, min_n: making.min_n() };
            let question = table.question(&rows.list(), &[]);
            if !question.ranked.is_empty() {
                return Ok(AgentsReport { head: making.head.clone(), questions: vec![question] });
            }
        }
    }
    Ok(AgentsReport { head: making.head.clone(), questions: Vec::new() })
}

/// Only answers about new agents, or only the others.
fn of_tenure(selection: &Selection, is_left_out: bool) -> Selection {
    let values = BTreeSet::from([Some(Tenure::New.to_string())]);
    let mut selection = selection.clone();
    selection.filters.push(Filter { dimension: Dimension::Tenure, values, is_left_out });
    selection
}

/// Compares the agents of every scored question.
pub async fn agents(tx: &mut Tx, ctx: &Context, request: &Request) -> Result<AgentsReport, FiguresError> {
    let making = Making::begin(tx, ctx, request, PATH).await?;
    let names = AgentNames::load(tx, ctx, making.asked.period.days(), request.naming).await?;
    let selection = making.asked.selection(making.asked.period);
    let keys = making.asked.keys();
    let established = tx.count_besides(&of_tenure(&selection, true), Dimension::Agent, &keys).await?;
    let new = tx.count_besides(&of_tenure(&selection, false), Dimension::Agent, &keys).await?;
    let mut questions = Vec::new();
    for (about, rho) in making.scored() {
        let Some(index) = about.indices().next() else { continue };
        let [rows, new] =
            [&established, &new].map(|of| of.get(&about.key).map(Besides::list).unwrap_or_default());
        if rows.is_empty() && new.is_empty() {
            continue;
        }
        let table = Table { about, rho, index, names: &names, min_n: making.min_n() };
        questions.push(table.question(&rows, &new));
    }
    Ok(AgentsReport { head: making.head, questions })
}

struct Table<'t> {
    about: &'t KnownQuestion,
    rho: Rho,
    index: Index,
    names: &'t AgentNames,
    min_n: MinN,
}

impl Table<'_> {
    fn measure(&self, answers: &Answers) -> Option<Measure> {
        cell(self.about, answers, self.rho)?.measure(self.index)
    }

    /// How many answers were given to an agent who was new.
    fn count_new(&self, new: &[Beside], key: &str) -> u64 {
        let own = new.iter().find(|row| row.value == key).and_then(|row| self.measure(&row.own));
        own.map_or(0, |own| own.n())
    }

    fn name(&self, key: &str) -> Option<String> {
        self.names.find(key).map(str::to_owned)
    }

    fn question(&self, rows: &[Beside], new: &[Beside]) -> QuestionAgents {
        let mut question = QuestionAgents {
            script: self.about.key.script.clone(),
            question: self.about.key.question.clone(),
            index: self.index.to_string(),
            differ: None,
            mean: None,
            ranked: Vec::new(),
            compared: Vec::new(),
            unranked: Vec::new(),
        };
        let measures: Vec<(String, Measure)> =
            rows.iter().filter_map(|row| Some((row.value.clone(), self.measure(&row.own)?))).collect();
        let agents: Vec<Agent<String>> =
            measures.iter().map(|(id, of)| Agent { id: id.clone(), sample: *of.sample() }).collect();
        let better = self.index.better().unwrap_or(Better::Higher);
        match (rank(&agents, better, self.min_n), measures.first().map(|(_, of)| of.shown())) {
            (Some(ranking), Some(shown)) => {
                question.differ = Some(ranking.tau2 > 0.0);
                question.mean = Some(shown.value(ranking.mean));
                question.ranked = ranking
                    .rows
                    .into_iter()
                    .map(|row| RankedAgent {
                        name: self.name(&row.id),
                        n: row.sample.n(),
                        n_new: self.count_new(new, &row.id),
                        raw: shown.value(row.sample.mean()),
                        value: shown.value(row.value),
                        sd: shown.span() * row.sd,
                        label: RankLabel(row.label),
                        key: row.id,
                    })
                    .collect();
            }
            _ => question.compared = self.compared(rows, new),
        }
        question.unranked = self.unranked(rows, new);
        question
    }

    fn compared(&self, rows: &[Beside], new: &[Beside]) -> Vec<ComparedAgent> {
        let rows = rows.iter().map(|row| Row {
            key: row.value.clone(),
            own: self.measure(&row.own),
            rest: self.measure(&row.rest),
        });
        let enough = rows.filter(|row| row.own.is_some_and(|own| own.n() >= self.min_n.0));
        let compared = compare_each(enough.collect(), self.min_n).into_iter().map(|compared| {
            let own = shown(compared.row.own.as_ref(), self.min_n);
            let rest = shown(compared.row.rest.as_ref(), self.min_n);
            ComparedAgent {
                name: self.name(&compared.row.key),
                n: compared.row.own.map_or(0, |own| own.n()),
                n_new: self.count_new(new, &compared.row.key),
                rest_n: compared.row.rest.map_or(0, |rest| rest.n()),
                state: MeasureState(compared.row.own.map_or(State::TooFew, |own| own.state(self.min_n))),
                value: own.map(Measure::value),
                lo: own.map(|own| own.interval().low()),
                hi: own.map(|own| own.interval().high()),
                rest: rest.map(Measure::value),
                q: compared.q.map(PValue::value),
                label: AgentLabel(compared.label),
                key: compared.row.key,
            }
        });
        compared.collect()
    }

    fn unranked(&self, rows: &[Beside], new: &[Beside]) -> Vec<UnrankedAgent> {
        let counted = |answers: &Answers| self.measure(answers).map_or(0, |of| of.n());
        let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for row in rows {
            counts.entry(&row.value).or_default().1 = counted(&row.own);
        }
        for row in new {
            counts.entry(&row.value).or_default().0 = counted(&row.own);
        }
        let few = counts.into_iter().filter(|(_, (_, n))| *n < self.min_n.0);
        few.map(|(key, (n_new, n))| UnrankedAgent { name: self.name(key), key: key.to_owned(), n_new, n })
            .collect()
    }
}
