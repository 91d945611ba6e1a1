//! Counts the reasons of low answers column by column.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::column::Column;
use super::dictionary::{Dictionary, Vocabulary};
use super::parts::Part;
use super::reading::DayCounter;
use super::row::{Answer, split};
use super::selecting::Selecting;
use super::sizes::Givers;
use super::tally::question_key;
use crate::domain::counting::{QuestionKey, ReasonCounts, Selection};
use crate::domain::scale::Band;
use crate::domain::stats::clusters::ClusterSizes;
use crate::domain::stats::reasons::Reasons;

/// A count under way. Days may come in any order, and in parts.
#[derive(Debug)]
pub(super) struct ReasonScan {
    selecting: Selecting,
    questions: HashMap<u32, Question>,
}

#[derive(Debug, Default)]
struct Question {
    low: u64,
    /// By the code of the reasons that were chosen together.
    reasons: HashMap<u32, u64>,
    givers: Givers,
}

impl ReasonScan {
    pub(super) fn new(selection: &Selection, words: &mut Dictionary) -> Self {
        Self { selecting: Selecting::new(selection, words), questions: HashMap::new() }
    }
}

impl DayCounter for ReasonScan {
    type Counts = BTreeMap<QuestionKey, ReasonCounts>;

    fn columns(&self, words: &Dictionary) -> Vec<Column> {
        let questions = self.selecting.questions(&BTreeSet::new(), words);
        let slots = questions.into_values().flatten().map(Column::of_slot);
        self.selecting.columns().into_iter().chain([Column::REASONS]).chain(slots).collect()
    }

    fn add(&mut self, part: &Part, words: &Dictionary) -> Option<()> {
        let day = self.selecting.day(part, words)?;
        let given = day.reasons()?.into_iter().map(|(row, slot, reasons)| ((row, slot), reasons));
        let given: HashMap<(usize, u32), u32> = given.collect();
        for (script, slots) in self.selecting.questions(&BTreeSet::new(), words) {
            for slot in slots {
                let question = self.questions.entry(slot).or_default();
                self.selecting.each_answer(&day, (script, slot), |row, code, customer| {
                    if !matches!(Answer::of_code(code), Some(Answer::Value { band: Some(Band::Low), .. })) {
                        return;
                    }
                    question.low += 1;
                    if let Some(reasons) = given.get(&(row, slot)) {
                        *question.reasons.entry(*reasons).or_default() += 1;
                        question.givers.add(customer, 0);
                    }
                })?;
            }
        }
        Some(())
    }

    fn finish(self, words: &Dictionary) -> Option<Self::Counts> {
        let questions = self.questions.into_iter().filter(|(_, question)| question.low > 0);
        questions.map(|(slot, of)| Some((question_key(slot, words)?, of.finish(words)?))).collect()
    }
}

impl Question {
    fn finish(self, words: &Dictionary) -> Option<ReasonCounts> {
        let mut reasons = Reasons::default();
        for (code, given) in self.reasons {
            reasons.add(split(words.text(Vocabulary::Options, code)?).into_iter().collect(), given);
        }
        let sizes = self.givers.sizes(1)[0];
        Some(ReasonCounts { low: self.low, reasons, sizes: ClusterSizes::new(sizes.answers, sizes.squares) })
    }
}
