//! Counts surveys one by one. It is the plain way: it needs every survey, and memory for every customer.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days as ChronoDays, NaiveDate};

use super::{Answers, Counting, Counts, Customers, Group, GroupKey, Grouping, QuestionKey, SurveyFacts};

/// Takes surveys in any order.
#[derive(Debug)]
pub struct Counter<'c> {
    counting: &'c Counting,
    groups: BTreeMap<GroupKey, Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    group: Group,
    customers: BTreeMap<QuestionKey, Customers>,
}

impl<'c> Counter<'c> {
    #[must_use]
    pub fn new(counting: &'c Counting) -> Self {
        let mut groups = BTreeMap::new();
        if counting.grouping == Grouping::None {
            groups.insert(GroupKey::All, Tally::default());
        }
        Self { counting, groups }
    }

    /// Adds a survey if it is selected.
    pub fn add(&mut self, survey: &SurveyFacts) {
        if self.counting.selection.takes(survey) {
            for key in self.counting.grouping.keys(survey) {
                self.groups.entry(key).or_default().add(survey, self.counting);
            }
        }
    }

    #[must_use]
    pub fn finish(self) -> Counts {
        Counts { groups: self.groups.into_iter().map(|(key, tally)| (key, tally.finish())).collect() }
    }
}

impl Tally {
    fn add(&mut self, survey: &SurveyFacts, counting: &Counting) {
        self.group.coverage.entry(survey.script.clone()).or_default().add(survey.surveyed(), 1);
        let Some(script) = &survey.script else { return };
        for answer in &survey.answers {
            let is_asked_for = counting.questions.is_empty() || counting.questions.contains(&answer.question);
            let is_in_words = answer.value.is_none() && answer.options.is_empty();
            if !is_asked_for || is_in_words || !counting.selection.counts(answer) {
                continue;
            }
            let key = QuestionKey { script: script.clone(), question: answer.question.clone() };
            let answers = self.group.questions.entry(key.clone()).or_default();
            match answer.value {
                Some(value) => *answers.values.entry((value, answer.band)).or_default() += 1,
                None => *answers.options.entry(answer.options.join("|")).or_default() += 1,
            }
            self.customers.entry(key).or_default().add(survey.customer);
        }
    }

    fn finish(mut self) -> Group {
        for (key, customers) in self.customers {
            let answers: &mut Answers = self.group.questions.entry(key).or_default();
            answers.sizes = customers.sizes();
            answers.customers = customers.count();
        }
        self.group
    }
}

impl Grouping {
    /// The rows in which a survey counts.
    fn keys(self, survey: &SurveyFacts) -> Vec<GroupKey> {
        match self {
            Self::None => vec![GroupKey::All],
            Self::By(dimension) => survey.values(dimension).into_iter().map(GroupKey::Value).collect(),
            Self::Day | Self::Week | Self::Month => vec![GroupKey::From(self.start_of(survey.day))],
        }
    }

    /// The first day of the day, week or month that a day belongs to.
    #[must_use]
    pub fn start_of(self, day: NaiveDate) -> NaiveDate {
        let back = match self {
            Self::None | Self::By(_) | Self::Day => 0,
            Self::Week => day.weekday().num_days_from_monday(),
            Self::Month => day.day0(),
        };
        day.checked_sub_days(ChronoDays::new(back.into())).unwrap_or(day)
    }
}
