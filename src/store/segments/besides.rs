//! Counts each value of a dimension beside all other answers, column by column. It comes to what
//! [`crate::domain::counting::BesideCounter`] comes to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::column::Column;
use super::dictionary::Dictionary;
use super::groups::Grouper;
use super::parts::Part;
use super::reading::DayCounter;
use super::row::Answer;
use super::selecting::Selecting;
use super::sizes::Sizes;
use super::tally::{Tally, question_key};
use crate::domain::counting::{Answers, Beside, Dimension, GroupKey, Grouping, QuestionKey, Selection};
use crate::domain::scale::Band;
use crate::domain::stats::clusters::ClusterSizes;

/// A count under way. Days may come in any order, and in parts.
#[derive(Debug)]
pub(super) struct BesideScan {
    selecting: Selecting,
    grouper: Grouper,
    questions: HashMap<u32, Question>,
}

#[derive(Debug, Default)]
struct Question {
    all: Tally,
    /// By value; group 0 is of those without one.
    own: Tally,
}

/// No key: all questions are counted.
const ALL: &BTreeSet<String> = &BTreeSet::new();

impl BesideScan {
    /// `None` if there may be too many values for columns.
    pub(super) fn new(selection: &Selection, dimension: Dimension, words: &mut Dictionary) -> Option<Self> {
        Some(Self {
            grouper: Grouper::new(Grouping::By(dimension), words)?,
            selecting: Selecting::new(selection, words),
            questions: HashMap::new(),
        })
    }
}

impl DayCounter for BesideScan {
    type Counts = BTreeMap<QuestionKey, Vec<Beside>>;

    fn columns(&self, words: &Dictionary) -> Vec<Column> {
        let slots = self.selecting.questions(ALL, words).into_values().flatten().map(Column::of_slot);
        self.selecting.columns().into_iter().chain(self.grouper.column()).chain(slots).collect()
    }

    fn add(&mut self, part: &Part, words: &Dictionary) -> Option<()> {
        let day = self.selecting.day(part, words)?;
        let groups = self.grouper.groups(part.date, &day)?;
        for (script, slots) in self.selecting.questions(ALL, words) {
            for slot in slots {
                let question = self.questions.entry(slot).or_default();
                self.selecting.each_answer(&day, (script, slot), |row, code, customer| {
                    if matches!(Answer::of_code(code), Some(Answer::Value { .. })) {
                        question.all.add(code, 0, customer);
                        groups.each(row, |group| question.own.add(code, group, customer));
                    }
                })?;
            }
        }
        Some(())
    }

    fn finish(self, words: &Dictionary) -> Option<Self::Counts> {
        let grouper = self.grouper;
        let name = |group: u32| match grouper.key(group, words) {
            GroupKey::Value(value) => value,
            GroupKey::All | GroupKey::From(_) => None,
        };
        let questions = self.questions.into_iter().filter(|(_, question)| question.all.groups() > 0);
        questions.map(|(slot, of)| Some((question_key(slot, words)?, of.finish(name, words)?))).collect()
    }
}

impl Question {
    fn finish(self, name: impl Fn(u32) -> Option<String>, words: &Dictionary) -> Option<Vec<Beside>> {
        let all = self.all.answers(words)?.remove(&0).unwrap_or_default();
        let (own, groups) = (self.own.answers(words)?, self.own.groups());
        let sizes = self.all.givers.beside(&self.own.givers, groups);
        let beside = |(group, own): (u32, Answers)| {
            let of = sizes[group as usize];
            let rest = Answers { values: without(&all, &own), ..Answers::default() };
            Some(Beside { value: name(group)?, own: sized(own, of.own), rest: sized(rest, of.rest) })
        };
        let mut besides: Vec<Beside> =
            own.into_iter().filter(|(group, _)| *group > 0).map(beside).collect::<Option<_>>()?;
        besides.sort_by(|a, b| a.value.cmp(&b.value));
        Some(besides)
    }
}

fn sized(answers: Answers, sizes: Sizes) -> Answers {
    Answers { sizes: ClusterSizes::new(sizes.answers, sizes.squares), customers: sizes.customers, ..answers }
}

/// The values that are left without `own`, a part of `all`.
fn without(all: &Answers, own: &Answers) -> BTreeMap<(i64, Option<Band>), u64> {
    let values = all.values.iter().filter_map(|(given, count)| {
        let left = count - own.values.get(given).copied().unwrap_or_default();
        (left > 0).then_some((*given, left))
    });
    values.collect()
}
