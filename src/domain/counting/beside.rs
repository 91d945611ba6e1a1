//! Each value of a dimension beside all other answers to the same question.

use std::collections::BTreeMap;

use super::{ALLOCATED, Answers, Customers, Dimension, QuestionKey, Selection, SurveyFacts};
use crate::domain::ids::CustomerKey;
use crate::domain::scale::Band;
use crate::domain::stats::clusters::ClusterSizes;

/// Takes surveys in any order.
#[derive(Debug)]
pub struct BesideCounter<'s> {
    selection: &'s Selection,
    dimension: Dimension,
    questions: BTreeMap<QuestionKey, Question>,
}

#[derive(Debug, Default)]
struct Question {
    all: Side,
    values: BTreeMap<String, Side>,
}

#[derive(Debug, Default)]
struct Side {
    values: BTreeMap<Given, u64>,
    customers: Customers,
}

/// The answers with a value, and all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    pub value: String,
    pub own: Answers,
    pub rest: Answers,
}

/// How often something was given by all, or by some of them, and by how many customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GivenBy {
    pub sizes: ClusterSizes,
    pub customers: u64,
}

/// The values of a dimension beside the rest, in little room: thousands of them are kept. What was given without a value
/// follows from what all gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Besides {
    all: Box<[(Given, u64)]>,
    rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    value: Box<str>,
    /// How often each of `all` was given with the value.
    own: Box<[u64]>,
    own_by: GivenBy,
    rest_by: GivenBy,
}

impl Besides {
    /// Of what all gave.
    #[must_use]
    pub fn of(all: &BTreeMap<Given, u64>) -> Self {
        Self { all: all.iter().map(|(given, count)| (*given, *count)).collect(), rows: Vec::new() }
    }

    /// Adds a value. `own` says how often each was given with it.
    pub fn add(&mut self, value: String, own: impl Fn(Given) -> u64, (own_by, rest_by): (GivenBy, GivenBy)) {
        let own = self.all.iter().map(|(given, _)| own(*given)).collect();
        self.rows.push(Row { value: value.into(), own, own_by, rest_by });
    }

    /// Puts the values in order.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.rows.sort_by(|a, b| a.value.cmp(&b.value));
        self.rows.shrink_to_fit();
        self
    }

    /// Each value beside the rest.
    #[must_use]
    pub fn list(&self) -> Vec<Beside> {
        self.rows.iter().map(|row| self.beside(row)).collect()
    }

    fn beside(&self, row: &Row) -> Beside {
        let counts = self.all.iter().zip(&row.own);
        let answers = |values: BTreeMap<Given, u64>, by: GivenBy| Answers {
            values,
            options: BTreeMap::new(),
            sizes: by.sizes,
            customers: by.customers,
        };
        let own = counts.clone().map(|((given, _), own)| (*given, *own));
        let rest = counts.map(|((given, all), own)| (*given, all - own));
        let there = |(_, count): &(Given, u64)| *count > 0;
        Beside {
            value: row.value.to_string(),
            own: answers(own.filter(there).collect(), row.own_by),
            rest: answers(rest.filter(there).collect(), row.rest_by),
        }
    }

    /// About how many bytes they take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let row = |row: &Row| size_of::<Row>() + row.value.len() + size_of_val(&*row.own) + 2 * ALLOCATED;
        size_of::<Self>() + size_of_val(&*self.all) + self.rows.iter().map(row).sum::<usize>()
    }
}

impl<'s> BesideCounter<'s> {
    #[must_use]
    pub const fn new(selection: &'s Selection, dimension: Dimension) -> Self {
        Self { selection, dimension, questions: BTreeMap::new() }
    }

    /// Adds the scores of a survey.
    pub fn add(&mut self, survey: &SurveyFacts) {
        let Some(script) = &survey.script else { return };
        let values = survey.values(self.dimension);
        let answers = survey.answers.iter().filter(|answer| self.selection.counts(answer));
        for (answer, value) in answers.filter_map(|answer| Some((answer, answer.value?))) {
            let key = QuestionKey { script: script.clone(), question: answer.question.clone() };
            let question = self.questions.entry(key).or_default();
            question.all.add((value, answer.band), survey.customer);
            for name in values.iter().flatten() {
                question.values.entry(name.clone()).or_default().add((value, answer.band), survey.customer);
            }
        }
    }

    /// The values of every question, each beside the rest.
    #[must_use]
    pub fn finish(self) -> BTreeMap<QuestionKey, Besides> {
        let besides = |Question { all, values }: Question| {
            let mut besides = Besides::of(&all.values);
            for (value, own) in values {
                let count = |given| own.values.get(&given).copied().unwrap_or_default();
                let (sizes, customers) = all.customers.without(&own.customers);
                let own_by = GivenBy { sizes: own.customers.sizes(), customers: own.customers.count() };
                besides.add(value, count, (own_by, GivenBy { sizes, customers }));
            }
            besides.sorted()
        };
        self.questions.into_iter().map(|(key, question)| (key, besides(question))).collect()
    }
}

/// A value and the band stored with it.
pub type Given = (i64, Option<Band>);

impl Side {
    fn add(&mut self, given: Given, customer: Option<CustomerKey>) {
        *self.values.entry(given).or_default() += 1;
        self.customers.add(customer);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::NaiveDate;
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::counting::{
        AnswerFacts, Counter, Counting, Days, EventFacts, Filter, GroupKey, Grouping, Tenure,
    };
    use crate::domain::ids::SurveyKey;
    use crate::domain::ledger::State;
    use crate::domain::stats::drivers::Group;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 10, 1).unwrap()
    }

    fn survey((number, customer, tags, value): (i64, Option<i64>, BTreeSet<u8>, i64)) -> SurveyFacts {
        SurveyFacts {
            survey: SurveyKey::new(number),
            day: day(),
            script: Some("support".to_owned()),
            version: Some(1),
            state: State::Completed,
            is_delivered: true,
            is_late: false,
            customer: customer.map(CustomerKey::new),
            unit: Group::of_erased_survey(number),
            event: EventFacts {
                kind: "ticket_closed".to_owned(),
                agent: None,
                team: None,
                store: None,
                channel: None,
                automation: None,
                hook: None,
                tags: tags.iter().map(|tag| format!("t{tag}")).collect(),
                segments: Vec::new(),
                tenure: Tenure::Unknown,
            },
            first_response: None,
            resolution: None,
            messages: None,
            overdue: None,
            solved_at_once: None,
            answers: vec![AnswerFacts {
                question: "agent".to_owned(),
                value: Some(value),
                band: Some(if value < 3 { Band::Low } else { Band::High }),
                options: Vec::new(),
                reasons: None,
                is_disputed: false,
            }],
        }
    }

    /// The answers of the surveys with a tag, or of all without it, counted by themselves.
    fn counted(surveys: &[SurveyFacts], selection: &Selection, tag: &str, is_left_out: bool) -> Answers {
        let mut selection = selection.clone();
        let values = [Some(tag.to_owned())].into();
        selection.filters.push(Filter { dimension: Dimension::Tag, values, is_left_out });
        let counting = Counting { selection, questions: BTreeSet::new(), grouping: Grouping::None };
        let mut counter = Counter::new(&counting);
        for survey in surveys {
            counter.add(survey);
        }
        let group = counter.finish().groups.remove(&GroupKey::All).unwrap();
        group.questions.into_values().next().unwrap_or_default()
    }

    proptest! {
        #[test]
        fn each_side_is_what_it_would_be_counted_by_itself(
            given in prop::collection::vec(
                (1..99_i64, prop::option::of(1..6_i64), prop::collection::btree_set(0..4_u8, 0..3), 1..6_i64),
                1..60,
            ),
        ) {
            let surveys: Vec<SurveyFacts> = given.into_iter().map(survey).collect();
            let days = Days { from: day(), until: day().succ_opt().unwrap() };
            let selection = Selection::of(days, Tz::UTC, 90);
            let mut counter = BesideCounter::new(&selection, Dimension::Tag);
            for survey in &surveys {
                counter.add(survey);
            }
            for beside in counter.finish().into_values().flat_map(|of| of.list()) {
                prop_assert_eq!(&beside.own, &counted(&surveys, &selection, &beside.value, false));
                prop_assert_eq!(&beside.rest, &counted(&surveys, &selection, &beside.value, true));
            }
        }
    }
}
