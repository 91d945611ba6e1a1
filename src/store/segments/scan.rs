//! Counts surveys and their answers column by column. It comes to what [`crate::domain::counting::Counter`] comes to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::column::Column;
use super::dictionary::{Dictionary, Vocabulary};
use super::groups::{Grouper, Groups};
use super::parts::Part;
use super::reading::DayCounter;
use super::rounds::Round;
use super::row::{RunKey, state_of};
use super::selecting::{Day, Selecting};
use super::tally::{Tally, question_key};
use crate::domain::counting::{Answers, Counting, Counts, Group, GroupKey, Grouping};
use crate::domain::stats::clusters::ClusterSizes;
use crate::domain::stats::coverage::{Coverage, Surveyed};

/// A count under way. Days may come in any order, and in parts.
#[derive(Debug)]
pub(super) struct Scan {
    selecting: Selecting,
    keys: BTreeSet<String>,
    grouper: Grouper,
    is_of_one_group: bool,
    coverage: BTreeMap<RunKey, Vec<u64>>,
    /// By question.
    answers: HashMap<u32, Tally>,
    pub(super) round: Round,
    /// The answers by group of the questions that have been counted.
    counted: Vec<(u32, BTreeMap<u32, Answers>)>,
}

impl Scan {
    /// `None` if there may be too many groups for columns.
    pub(super) fn new(counting: &Counting, words: &mut Dictionary) -> Option<Self> {
        Some(Self {
            grouper: Grouper::new(counting.grouping, words)?,
            selecting: Selecting::new(&counting.selection, words),
            keys: counting.questions.clone(),
            is_of_one_group: counting.grouping == Grouping::None,
            coverage: BTreeMap::new(),
            answers: HashMap::new(),
            round: Round::default(),
            counted: Vec::new(),
        })
    }

    fn add_coverage(&mut self, day: &Day<'_>, groups: &Groups) {
        let mut start = 0;
        for run in &day.head.runs {
            let rows = start..start + run.rows;
            start = rows.end;
            if day.is_selected[rows.clone()].iter().any(|is_selected| *is_selected) {
                let counts = self.coverage.entry(run.key).or_default();
                for row in rows.filter(|row| day.is_selected[*row]) {
                    groups.each(row, |group| increase(counts, group));
                }
            }
        }
    }
}

impl DayCounter for Scan {
    type Counts = Counts;

    fn columns(&self, words: &Dictionary) -> Vec<Column> {
        let questions = self.selecting.questions(&self.keys, words);
        let slots =
            questions.into_values().flatten().filter(|slot| self.round.takes(*slot)).map(Column::of_slot);
        self.selecting.columns().into_iter().chain(self.grouper.column()).chain(slots).collect()
    }

    fn add(&mut self, part: &Part, words: &Dictionary) -> Option<()> {
        let day = self.selecting.day(part, words)?;
        let groups = self.grouper.groups(part.date, &day)?;
        if self.round.is_first() {
            self.add_coverage(&day, &groups);
        }
        for (script, slots) in self.selecting.questions(&self.keys, words) {
            for slot in slots.into_iter().filter(|slot| self.round.takes(*slot)) {
                let tally = self.answers.entry(slot).or_default();
                self.selecting.each_answer(&day, (script, slot), |row, code, customer| {
                    groups.each(row, |group| tally.add(code, group, customer));
                })?;
            }
        }
        self.round.counted(&mut self.answers, |tally| tally.givers.held());
        Some(())
    }

    fn begin(&mut self, parts: usize) {
        self.round.begin(parts);
    }

    fn end(&mut self, words: &Dictionary) -> Option<bool> {
        for (slot, tally) in self.answers.drain() {
            self.counted.push((slot, finish(tally, words)?));
        }
        Some(self.round.end())
    }

    fn finish(self, words: &Dictionary) -> Option<Counts> {
        let mut counts = Counts::default();
        if self.is_of_one_group {
            counts.groups.insert(GroupKey::All, Group::default());
        }
        for (key, by_group) in self.coverage {
            let script = match key.script {
                0 => None,
                script => Some(words.text(Vocabulary::Script, script)?.to_owned()),
            };
            let surveyed = Surveyed {
                state: state_of(words.text(Vocabulary::State, key.state)?)?,
                is_delivered: key.is_delivered,
                is_answered: !key.is_silent,
            };
            for (group, surveys) in (0..).zip(by_group).filter(|(_, surveys)| *surveys > 0) {
                let group = counts.groups.entry(self.grouper.key(group, words)).or_default();
                let coverage: &mut Coverage = group.coverage.entry(script.clone()).or_default();
                coverage.add(surveyed, surveys);
            }
        }
        for (slot, by_group) in self.counted {
            let key = question_key(slot, words)?;
            for (group, answers) in by_group {
                let group = counts.groups.entry(self.grouper.key(group, words)).or_default();
                group.questions.insert(key.clone(), answers);
            }
        }
        Some(counts)
    }
}

fn increase(counts: &mut Vec<u64>, group: u32) {
    let group = group as usize;
    if counts.len() <= group {
        counts.resize(group + 1, 0);
    }
    counts[group] += 1;
}

/// The answers in each group that has any.
fn finish(tally: Tally, words: &Dictionary) -> Option<BTreeMap<u32, Answers>> {
    let (mut answers, groups) = (tally.answers(words)?, tally.groups());
    let sizes = tally.givers.sizes(groups);
    for (group, of) in &mut answers {
        let of_group = sizes[*group as usize];
        of.sizes = ClusterSizes::new(of_group.answers, of_group.squares);
        of.customers = of_group.customers;
    }
    Some(answers)
}
