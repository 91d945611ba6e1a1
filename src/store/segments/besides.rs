//! Counts each value of a dimension beside all other answers, column by column. It comes to what
//! [`crate::domain::counting::BesideCounter`] comes to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::column::Column;
use super::dictionary::Dictionary;
use super::groups::Grouper;
use super::parts::Part;
use super::reading::DayCounter;
use super::rounds::Round;
use super::row::Answer;
use super::selecting::Selecting;
use super::sizes::Sizes;
use super::tally::{Tally, question_key};
use crate::domain::counting::{
    Besides, Dimension, Given, GivenBy, GroupKey, Grouping, QuestionKey, Selection,
};
use crate::domain::stats::clusters::ClusterSizes;

/// A count under way. Days may come in any order, and in parts.
#[derive(Debug)]
pub(super) struct BesideScan {
    selecting: Selecting,
    /// The keys of the questions that are counted; none for all.
    keys: BTreeSet<String>,
    grouper: Grouper,
    questions: HashMap<u32, Question>,
    pub(super) round: Round,
    counted: BTreeMap<QuestionKey, Besides>,
}

#[derive(Debug, Default)]
struct Question {
    all: Tally,
    /// By value; group 0 is of those without one.
    own: Tally,
}

impl BesideScan {
    /// `None` if there may be too many values for columns.
    pub(super) fn new(
        selection: &Selection,
        dimension: Dimension,
        keys: &BTreeSet<String>,
        words: &mut Dictionary,
    ) -> Option<Self> {
        Some(Self {
            keys: keys.clone(),
            grouper: Grouper::new(Grouping::By(dimension), words)?,
            selecting: Selecting::new(selection, words),
            questions: HashMap::new(),
            round: Round::default(),
            counted: BTreeMap::new(),
        })
    }
}

impl DayCounter for BesideScan {
    type Counts = BTreeMap<QuestionKey, Besides>;

    fn columns(&self, words: &Dictionary) -> Vec<Column> {
        let slots = self.selecting.questions(&self.keys, words).into_values().flatten();
        let slots = slots.filter(|slot| self.round.takes(*slot)).map(Column::of_slot);
        self.selecting.columns().into_iter().chain(self.grouper.column()).chain(slots).collect()
    }

    fn add(&mut self, part: &Part, words: &Dictionary) -> Option<()> {
        let day = self.selecting.day(part, words)?;
        let groups = self.grouper.groups(part.date, &day)?;
        for (script, slots) in self.selecting.questions(&self.keys, words) {
            for slot in slots.into_iter().filter(|slot| self.round.takes(*slot)) {
                let question = self.questions.entry(slot).or_default();
                self.selecting.each_answer(&day, (script, slot), |row, code, customer| {
                    if matches!(Answer::of_code(code), Some(Answer::Value { .. })) {
                        question.all.add(code, 0, customer);
                        groups.each(row, |group| question.own.add(code, group, customer));
                    }
                })?;
            }
        }
        self.round.counted(&mut self.questions, |of| of.all.givers.held() + of.own.givers.held());
        Some(())
    }

    fn begin(&mut self, parts: usize) {
        self.round.begin(parts);
    }

    fn end(&mut self, words: &Dictionary) -> Option<bool> {
        let grouper = &self.grouper;
        let name = |group: u32| match grouper.key(group, words) {
            GroupKey::Value(value) => value,
            GroupKey::All | GroupKey::From(_) => None,
        };
        for (slot, question) in self.questions.drain().filter(|(_, question)| question.all.groups() > 0) {
            self.counted.insert(question_key(slot, words)?, question.finish(name, words)?);
        }
        Some(self.round.end())
    }

    fn finish(self, _: &Dictionary) -> Option<Self::Counts> {
        Some(self.counted)
    }
}

impl Question {
    fn finish(self, name: impl Fn(u32) -> Option<String>, words: &Dictionary) -> Option<Besides> {
        let all = self.all.answers(words)?.remove(&0).unwrap_or_default();
        let sizes = self.all.givers.beside(&self.own.givers, self.own.groups());
        let codes = self.own.codes()?;
        let mut besides = Besides::of(&all.values);
        for (group, of) in sizes.into_iter().enumerate().skip(1).filter(|(_, of)| of.own.answers > 0) {
            // A value that a confirmed dispute names has a code of its own.
            let own = |given: Given| {
                let of_given = codes.iter().filter(|(known, _)| *known == given);
                of_given.map(|(_, by_group)| by_group.get(group).copied().unwrap_or_default()).sum()
            };
            besides.add(name(u32::try_from(group).ok()?)?, own, (given_by(of.own), given_by(of.rest)));
        }
        Some(besides.sorted())
    }
}

fn given_by(sizes: Sizes) -> GivenBy {
    GivenBy { sizes: ClusterSizes::new(sizes.answers, sizes.squares), customers: sizes.customers }
}
