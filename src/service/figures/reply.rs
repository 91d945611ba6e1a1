//! The answer to a request. Everything that shows a number prints this.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::known::KnownQuestion;
use crate::domain::described::{MetricWord, ScaleWord};
use crate::domain::ledger::State as SurveyState;
use crate::domain::period::Period;
use crate::domain::stats::against_rest::{Compared, Label};
use crate::domain::stats::coverage::Coverage;
use crate::domain::stats::difference::Comparison;
use crate::domain::stats::index::Index;
use crate::domain::stats::measure::{Measure, MinN, State};
use crate::domain::stats::normal::PValue;

/// Figures of one period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Figures {
    pub period: PeriodFacts,
    /// The period it is compared with. Absent without a comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = PeriodFacts, required = false)]
    pub compare: Option<PeriodFacts>,
    /// The filters by name; a name with `!` leaves its values out.
    pub filter: BTreeMap<String, Vec<String>>,
    /// The address of exactly these figures.
    pub url: String,
    pub ledger: Ledger,
    pub questions: Vec<QuestionFigures>,
    /// Whether each row is compared with all other answers.
    #[serde(skip)]
    #[schema(ignore)]
    pub is_beside: bool,
}

/// A period, and whether its figures can still change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PeriodFacts {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: NaiveDate,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub to: NaiveDate,
    /// The time zone of the days.
    pub zone: String,
    /// Whether the period is over and none of its surveys can still get a first answer.
    pub settled: bool,
    /// How many surveys can still get a first answer.
    pub open: u64,
    #[serde(skip)]
    #[schema(ignore)]
    pub name: String,
}

impl PeriodFacts {
    pub(super) fn new(period: &Period, zone: chrono_tz::Tz, coverage: &Coverage, today: NaiveDate) -> Self {
        let days = period.days();
        Self {
            from: days.from,
            to: days.until.pred_opt().unwrap_or(days.from),
            zone: zone.name().to_owned(),
            settled: days.until <= today && coverage.is_settled(),
            open: coverage.open(),
            name: period.to_string(),
        }
    }
}

/// What became of the events: the denominators.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = FiguresLedger)]
pub struct Ledger {
    /// All events that could have asked.
    pub events: u64,
    /// Events less those that were never meant to ask.
    pub eligible: u64,
    /// Surveys that were sent.
    pub delivered: u64,
    /// Surveys with at least one current answer.
    pub answered: u64,
    pub completed: u64,
    /// Surveys that can still get a first answer.
    pub open: u64,
    /// answered/delivered.
    #[schema(required)]
    pub response_rate: Option<f64>,
    /// answered/eligible.
    #[schema(required)]
    pub coverage: Option<f64>,
    /// Every state with its reason; they add up to the events.
    pub states: BTreeMap<String, u64>,
    /// The states of the answered surveys.
    #[serde(skip)]
    #[schema(ignore)]
    pub answered_states: Vec<(SurveyState, u64)>,
}

impl Ledger {
    pub(super) fn of(coverage: &Coverage) -> Self {
        Self {
            events: coverage.events(),
            eligible: coverage.eligible(),
            delivered: coverage.delivered(),
            answered: coverage.answered(),
            completed: coverage.completed(),
            open: coverage.open(),
            response_rate: coverage.response_rate(),
            coverage: coverage.coverage(),
            states: coverage.states().map(|(state, surveys)| (state.to_string(), surveys)).collect(),
            answered_states: coverage.answered_states().collect(),
        }
    }
}

/// The figures of one question of one script, all versions together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuestionFigures {
    pub script: String,
    pub question: String,
    #[schema(value_type = MetricWord)]
    pub metric: &'static str,
    /// `null` for a choice.
    #[schema(value_type = Option<ScaleWord>, required)]
    pub scale: Option<&'static str>,
    /// What the question is about.
    pub factor: String,
    /// How alike the answers of one customer are.
    pub rho: f64,
    pub rows: Vec<Row>,
    #[serde(skip)]
    #[schema(ignore)]
    pub about: Box<KnownQuestion>,
}

/// One cut of a question.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FiguresRow)]
pub struct Row {
    /// The value of the grouping, `(none)` for events without one; `null` without a grouping.
    #[schema(required)]
    pub key: Option<String>,
    /// The newest name of the agent. Only when grouped by agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub name: Option<String>,
    /// The denominators of this row: those of the question's script.
    pub ledger: Ledger,
    /// Whether each value stands in the same band as in the row before. If not, a version has moved the bands, and the
    /// shares of bands cannot be compared. Only by day, week or month.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub same_bands: Option<bool>,
    /// How many answers count.
    pub n: u64,
    /// How many customers gave them; each erased survey counts as one.
    pub customers: u64,
    /// How much repeated customers increase the variance.
    pub deff: f64,
    /// How often each value, or each option, was chosen.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub values: Named<u64>,
    /// By name.
    #[schema(value_type = BTreeMap<String, IndexFigure>)]
    pub indices: Named<IndexFigure>,
}

/// An index with its 95 % interval.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IndexFigure {
    /// `null` with too few answers, as are the limits.
    #[schema(required)]
    pub value: Option<f64>,
    #[schema(required)]
    pub lo: Option<f64>,
    #[schema(required)]
    pub hi: Option<f64>,
    pub state: MeasureState,
    /// The value if everybody who did not answer had given the worst answer, and the best. Only for the primary index
    /// and the satisfaction weighted by importance, and not with too few answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = [f64; 2], required = false)]
    pub bounds: Option<[f64; 2]>,
    /// The comparison with the other period.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = CompareFigure, required = false)]
    pub compare: Option<CompareFigure>,
    /// This row beside all other answers to the question. Only with `by` for parts, which have a value; agents have a
    /// report of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = RestFigure, required = false)]
    pub rest: Option<RestFigure>,
}

impl Row {
    /// Whether an index may be compared with that of the row before.
    #[must_use]
    pub fn continues(&self, index: &str) -> bool {
        self.same_bands != Some(false) || !index.parse::<Index>().is_ok_and(Index::is_of_bands)
    }
}

impl IndexFigure {
    pub(super) fn of(measure: Option<Measure>, min_n: MinN) -> Self {
        let state = measure.as_ref().map_or(State::TooFew, |measure| measure.state(min_n));
        let shown = measure.filter(|_| state != State::TooFew);
        Self {
            value: shown.map(|measure| measure.value()),
            lo: shown.map(|measure| measure.interval().low()),
            hi: shown.map(|measure| measure.interval().high()),
            state: MeasureState(state),
            bounds: None,
            compare: None,
            rest: None,
        }
    }
}

/// All other answers to the question, and how a row differs from them: the row less the others.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RestFigure {
    /// How many answers the others are.
    pub n: u64,
    #[schema(required)]
    pub value: Option<f64>,
    /// `null` if one of the two has too few answers, as are the limits.
    #[schema(required)]
    pub diff: Option<f64>,
    #[schema(required)]
    pub lo: Option<f64>,
    #[schema(required)]
    pub hi: Option<f64>,
    /// The p of the difference, adjusted for all rows.
    #[schema(required)]
    pub q: Option<f64>,
    pub label: RestLabel,
}

impl RestFigure {
    pub(super) fn of<K>(compared: &Compared<K>, min_n: MinN) -> Self {
        let may_be_shown = !matches!(compared.label, Label::TooFew | Label::NotComparable);
        let difference = compared.comparison.difference.filter(|_| may_be_shown);
        let rest = compared.row.rest.as_ref();
        Self {
            n: rest.map_or(0, Measure::n),
            value: rest.filter(|rest| rest.state(min_n) != State::TooFew).map(Measure::value),
            diff: difference.map(|found| found.value),
            lo: difference.map(|found| found.interval.low()),
            hi: difference.map(|found| found.interval.high()),
            q: compared.q.map(PValue::value),
            label: RestLabel(compared.label),
        }
    }
}

/// An index of the other period, and the difference to it: this period less the other.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CompareFigure {
    /// How many answers count in the other period.
    pub n: u64,
    #[schema(required)]
    pub value: Option<f64>,
    /// `null` if one of the two has too few answers, or they are not comparable.
    #[schema(required)]
    pub diff: Option<f64>,
    #[schema(required)]
    pub lo: Option<f64>,
    #[schema(required)]
    pub hi: Option<f64>,
    #[schema(required)]
    pub p: Option<f64>,
    /// The p adjusted for all primary indices of this reply. Absent if there is only one, and for other indices.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = f64, required = false)]
    pub q: Option<f64>,
    pub verdict: Verdict,
    #[serde(skip)]
    #[schema(ignore)]
    pub comparison: Comparison,
}

macro_rules! words {
    ($($name:ident($of:ty), $about:literal;)+) => {$(
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub $of);

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.as_str())
            }
        }

        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::Schema> {
                use ::utoipa::openapi::schema::{ObjectBuilder, Type};
                let words = <$of>::ALL.iter().map(|word| word.as_str());
                let text = ObjectBuilder::new().schema_type(Type::String).description(Some($about));
                text.enum_values(Some(words)).into()
            }
        }

        impl ::utoipa::ToSchema for $name {}
    )+};
}
pub(super) use words;

words! {
    MeasureState(State), "Whether a number may be shown: `wide` only in grey, with `too_few` only counts.";
    Verdict(crate::domain::stats::difference::Verdict), "The verdict on a difference.";
    RestLabel(Label), "The verdict on a row beside all other answers.";
}

/// Values by name, in an order that means something.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T>(pub Vec<(String, T)>);

impl<T> Named<T> {
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
