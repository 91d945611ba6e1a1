//! Figures: one request, one answer. Everything that shows a number prints this answer; nothing is computed beside it.

pub mod agent_names;
mod beside;
mod compute;
pub mod drawn;
pub mod flat;
pub mod reply;
pub mod reports;
pub mod request;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use self::agent_names::AgentNames;
use self::compute::Computing;
use self::reply::{Figures, Ledger, PeriodFacts};
use self::request::{Request, Wanted};
use crate::domain::counting::{
    Counting, Counts, Dimension, Filter, Group, GroupKey, Grouping, Selection, Series,
};
use crate::domain::event::FieldError;
use crate::domain::period::Period;
use crate::domain::script::Trigger;
use crate::domain::stats::clusters::Rho;
use crate::domain::stats::coverage::Coverage;
use crate::domain::stats::index::Index;
use crate::domain::stats::measure::MinN;
use crate::domain::time::Timestamp;
use crate::service::Context;
pub use crate::service::known::{self, Known, KnownQuestion};
use crate::store::{self, Tx};

/// The address of the figures.
pub const PATH: &str = "/v1/figures";

/// How many months back the newest settled one is looked for.
const LOOKED_AT: usize = 3;

#[derive(Debug, thiserror::Error)]
pub enum FiguresError {
    /// The request names something that does not exist.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Wrong(Vec<FieldError>),
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Computes what was asked for, in one snapshot of the database.
pub async fn figures(tx: &mut Tx, ctx: &Context, request: &Request) -> Result<Figures, FiguresError> {
    let asked = Asked::about(tx, ctx, request).await?;
    let now = Counted::of(tx, &asked, asked.period, request.grouping).await?;
    let before = match request.compare {
        None => None,
        Some(compare) => {
            let period = compare.period(&asked.period);
            Some((period, Counted::of(tx, &asked, period, request.grouping).await?))
        }
    };
    let names = match request.grouping {
        Grouping::By(Dimension::Agent) => {
            AgentNames::load(tx, ctx, asked.period.days(), request.naming).await?
        }
        _ => AgentNames::default(),
    };
    let facts = |period: &Period, counted: &Counted| {
        PeriodFacts::new(period, asked.zone, &counted.ledger, asked.today)
    };
    let computing =
        Computing { asked: &asked, request, now: &now, before: before.as_ref().map(|(_, of)| of) };
    let mut questions = computing.questions(&names);
    if let Some(dimension) = request.beside() {
        beside::add(tx, (&asked, &now), dimension, &mut questions).await?;
    }
    Ok(Figures {
        period: facts(&asked.period, &now),
        compare: before.as_ref().map(|(period, counted)| facts(period, counted)),
        filter: filter_of(request),
        url: request.url(PATH, &asked.period),
        ledger: Ledger::of(&now.ledger),
        is_beside: request.beside().is_some(),
        questions,
    })
}

/// The period of a request without one: the newest settled month of what it asks about.
pub async fn usual_period(tx: &mut Tx, ctx: &Context, request: &Request) -> Result<Period, FiguresError> {
    Ok(Asked::about(tx, ctx, request).await?.period)
}

/// The versions of a script, each with the day on which it was published.
pub async fn published(tx: &mut Tx, ctx: &Context, slug: &str) -> store::Result<Vec<(i64, NaiveDate)>> {
    let day = |at: Timestamp| at.to_utc().with_timezone(&ctx.zone()).date_naive();
    let versions = tx.list_script_versions(slug).await?.into_iter();
    Ok(versions.map(|version| (version.version, day(version.published_at))).collect())
}

/// The filters by name. A script that is named is what is asked about, like a question.
fn filter_of(request: &Request) -> BTreeMap<String, Vec<String>> {
    let mut filter: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in request.named_filters().into_iter().filter(|(name, _)| name != "script") {
        filter.entry(name).or_default().push(value);
    }
    filter
}

/// A request whose names were looked up.
struct Asked {
    period: Period,
    zone: chrono_tz::Tz,
    today: NaiveDate,
    new_agent_days: u32,
    min_n: MinN,
    /// The questions asked about.
    questions: Vec<KnownQuestion>,
    /// The scripts that ask about cases; what they ask has no coverage.
    of_cases: BTreeSet<String>,
    request: Request,
}

impl Asked {
    async fn about(tx: &mut Tx, ctx: &Context, request: &Request) -> Result<Self, FiguresError> {
        let known = ctx.scripts.known_questions(tx).await?;
        let zone = ctx.zone();
        let today = ctx.clock.now().to_utc().with_timezone(&zone).date_naive();
        let questions = chosen(&known, request).map_err(FiguresError::Wrong)?;
        let of_cases = known.scripts.iter().filter(|(_, asks_on)| **asks_on == Trigger::CaseResolved);
        let mut asked = Self {
            period: request.period.unwrap_or_else(|| Period::month_of(today)),
            zone,
            today,
            new_agent_days: ctx.config.new_agent_days,
            min_n: ctx.config.min_n,
            questions,
            of_cases: of_cases.map(|(slug, _)| slug.clone()).collect(),
            request: request.clone(),
        };
        if request.period.is_none() {
            asked.period = newest_settled(tx, &asked).await?;
        }
        if asked.period.days().from > today {
            let message = format!("{} has not begun yet", asked.period);
            return Err(FiguresError::Wrong(vec![FieldError::new("period", message)]));
        }
        Ok(asked)
    }

    /// The keys of the questions that are counted.
    fn keys(&self) -> BTreeSet<String> {
        self.questions.iter().map(|question| question.key.question.clone()).collect()
    }

    fn selection(&self, period: Period) -> Selection {
        Selection {
            filters: self.request.filters.clone(),
            is_reviewed: self.request.is_reviewed,
            bands: self.request.bands.clone(),
            reasons: self.request.reasons.clone(),
            ..Selection::of(period.days(), self.zone, self.new_agent_days)
        }
    }

    /// The denominators of all rows together, without what was asked about cases.
    fn coverage(&self, counts: &Counts) -> Coverage {
        let mut coverage = Coverage::default();
        for (script, of_script) in counts.groups.values().flat_map(|group| &group.coverage) {
            if script.as_ref().is_none_or(|script| !self.of_cases.contains(script)) {
                coverage.merge(of_script);
            }
        }
        coverage
    }
}

/// The questions that a request asks about.
fn chosen(known: &Known, request: &Request) -> Result<Vec<KnownQuestion>, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut refuse = |field: &str, message: String| errors.push(FieldError::new(field, message));
    let list = |names: Vec<&str>| names.join(", ");
    for script in request.scripts().filter(|script| !known.scripts.contains_key(*script)) {
        let names = known.scripts.keys().map(String::as_str).collect();
        refuse("script", format!("there is no script '{script}'; there are {}", list(names)));
    }
    let scripts = |question: &&KnownQuestion| {
        let is_of = |filter: &Filter| {
            let is_one = filter.values.contains(&Some(question.key.script.clone()));
            filter.dimension != Dimension::Script || is_one != filter.is_left_out
        };
        request.filters.iter().all(is_of)
    };
    let of_scripts: Vec<&KnownQuestion> = known.questions.iter().filter(scripts).collect();
    for key in &request.questions {
        if of_scripts.iter().all(|question| question.key.question != *key) {
            let names: BTreeSet<&str> =
                of_scripts.iter().map(|question| question.key.question.as_str()).collect();
            refuse(
                "question",
                format!("there is no question '{key}'; there are {}", list(names.into_iter().collect())),
            );
        }
    }
    for factor in &request.factors {
        if of_scripts.iter().all(|question| question.factor != *factor) {
            let names: BTreeSet<&str> = of_scripts.iter().map(|question| question.factor.as_str()).collect();
            refuse(
                "factor",
                format!("there is no factor '{factor}'; there are {}", list(names.into_iter().collect())),
            );
        }
    }
    let is_asked_for = |question: &&KnownQuestion| {
        (request.questions.is_empty() || request.questions.contains(&question.key.question))
            && (request.factors.is_empty() || request.factors.contains(&question.factor))
    };
    let questions: Vec<KnownQuestion> = of_scripts.into_iter().filter(is_asked_for).cloned().collect();
    for wanted in &request.indices {
        let has = |question: &KnownQuestion| match wanted {
            Wanted::Index(index) => question.indices().any(|known| known == *index),
            Wanted::Share(option) => question.options.iter().any(|known| known.key == *option),
        };
        if !questions.is_empty() && !questions.iter().any(has) {
            refuse("index", format!("'{wanted}' does not exist for any of these questions"));
        }
    }
    if errors.is_empty() { Ok(questions) } else { Err(errors) }
}

/// The newest calendar month of which everything is counted; while there is none, the present month.
async fn newest_settled(tx: &mut Tx, asked: &Asked) -> store::Result<Period> {
    let present = Period::month_of(asked.today);
    let mut month = present;
    for _ in 0..LOOKED_AT {
        month = month.previous();
        let counts = Counted::count(tx, asked, month, Grouping::None).await?;
        let coverage = asked.coverage(&counts);
        if coverage.events() > 0 && coverage.is_settled() {
            return Ok(month);
        }
    }
    Ok(present)
}

/// What was counted in one period.
struct Counted {
    of: Arc<Counts>,
    /// The denominators of all rows together.
    ledger: Coverage,
    /// By question, in the order of [`Asked::questions`].
    rhos: Vec<Rho>,
}

impl Counted {
    async fn of(tx: &mut Tx, asked: &Asked, period: Period, grouping: Grouping) -> store::Result<Self> {
        let of = Self::count(tx, asked, period, grouping).await?;
        let all = match grouping {
            // An event may be in several of these rows.
            Grouping::By(Dimension::Tag | Dimension::Segment) => {
                Self::count(tx, asked, period, Grouping::None).await?
            }
            _ => Arc::clone(&of),
        };
        let ledger = asked.coverage(&all);
        let selection = asked.selection(period);
        let series: Vec<Series> = asked.questions.iter().filter_map(series).collect();
        let mut found = source::rhos(tx, &series, period.year_to_its_end(), &selection).await?.into_iter();
        let rho = |question: &KnownQuestion| {
            if question.on.is_some() { found.next().unwrap_or(Rho::USUAL) } else { Rho::USUAL }
        };
        Ok(Self { of, ledger, rhos: asked.questions.iter().map(rho).collect() })
    }

    async fn count(
        tx: &mut Tx,
        asked: &Asked,
        period: Period,
        grouping: Grouping,
    ) -> store::Result<Arc<Counts>> {
        let counting = Counting { selection: asked.selection(period), questions: asked.keys(), grouping };
        source::count(tx, &counting).await
    }

    /// The row with this key.
    fn group(&self, key: &GroupKey) -> Option<&Group> {
        self.of.groups.get(key)
    }
}

/// The series that a question's ρ is estimated from; a choice has none. ρ is that of the values, for NPS that of its
/// thirds.
fn series(question: &KnownQuestion) -> Option<Series> {
    let is_nps = question.indices().next()? == Index::Nps;
    let index = if is_nps { Index::Nps } else { Index::Mean };
    Some(Series { key: question.key.clone(), on: question.on?, index })
}
