//! Counts surveys column by column, without turning them into surveys again. It comes to what
//! [`crate::domain::counting::Counter`] comes to.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use super::column::{Column, Packed, Reader};
use super::cuts::{CodeFilter, Place, tenure_code};
use super::day::{Head, Run, Sets};
use super::dictionary::{Dictionary, Vocabulary};
use super::row::{Answer, RunKey, state_of, tenure};
use super::sizes::{GROUPS, Givers};
use crate::domain::counting::{Answers, Counting, Counts, Group, GroupKey, Grouping, QuestionKey, Selection};
use crate::domain::scale::Band;
use crate::domain::stats::clusters::ClusterSizes;
use crate::domain::stats::coverage::{Coverage, Surveyed};

/// The groups of the rows of one day.
#[derive(Debug)]
enum Groups {
    One(u32),
    OfRows(Vec<u32>),
    /// A row counts in the group of each member of its set.
    OfSets(Sets),
}

impl Groups {
    fn each(&self, row: usize, mut take: impl FnMut(u32)) {
        match self {
            Self::One(group) => take(*group),
            Self::OfRows(groups) => take(groups[row]),
            Self::OfSets(sets) => match sets.members(sets.of_row[row]) {
                [] => take(0),
                members => members.iter().copied().for_each(take),
            },
        }
    }
}

/// The answers to one question so far.
#[derive(Debug, Default)]
struct Slot {
    /// By code, then by group.
    codes: Vec<Vec<u64>>,
    givers: Givers,
}

impl Slot {
    fn add(&mut self, code: u32, group: u32, customer: u32) {
        let code = code as usize;
        if self.codes.len() <= code {
            self.codes.resize(code + 1, Vec::new());
        }
        increase(&mut self.codes[code], group, 1);
        self.givers.add(customer, group);
    }
}

fn increase(counts: &mut Vec<u64>, group: u32, by: u64) {
    let group = group as usize;
    if counts.len() <= group {
        counts.resize(group + 1, 0);
    }
    counts[group] += by;
}

/// A count under way. Days may come in any order, and in parts.
#[derive(Debug)]
pub(super) struct Scan {
    counting: Counting,
    filters: Vec<CodeFilter>,
    coverage: BTreeMap<RunKey, Vec<u64>>,
    slots: HashMap<u32, Slot>,
    /// The first days of the groups, if days, weeks or months are the groups.
    starts: Vec<NaiveDate>,
}

/// The questions of each script.
type Questions = HashMap<u32, Vec<u32>>;

impl Scan {
    /// `None` if what is asked for cannot be counted from columns alone.
    pub(super) fn new(counting: &Counting, words: &mut Dictionary) -> Option<Self> {
        let place = match counting.grouping {
            Grouping::By(dimension) => Place::of(dimension).words(),
            Grouping::None | Grouping::Day | Grouping::Week | Grouping::Month => None,
        };
        let has_few_groups = place.is_none_or(|kind| words.is_below(kind, GROUPS));
        (counting.selection.reasons.is_empty() && has_few_groups).then(|| Self {
            filters: counting.selection.filters.iter().map(|filter| CodeFilter::new(filter, words)).collect(),
            counting: counting.clone(),
            coverage: BTreeMap::new(),
            slots: HashMap::new(),
            starts: Vec::new(),
        })
    }

    /// The columns that have to be there.
    pub(super) fn columns(&self, words: &Dictionary) -> Vec<Column> {
        let mut columns = vec![Column::HEAD, Column::CUSTOMER];
        columns.extend(self.filters.iter().filter_map(|filter| filter.place.column()));
        if let Grouping::By(dimension) = self.counting.grouping {
            columns.extend(Place::of(dimension).column());
        }
        if self.counting.selection.is_late.is_some() {
            columns.push(Column::MARKS);
        }
        columns.extend(self.questions(words).into_values().flatten().map(Column::of_slot));
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// The questions that are counted.
    fn questions(&self, words: &Dictionary) -> Questions {
        let scripts: HashMap<&str, u32> =
            words.all(Vocabulary::Script).map(|(code, text)| (text, code)).collect();
        let mut questions = Questions::new();
        for (slot, text) in words.all(Vocabulary::Question) {
            let Some((script, question)) = text.split_once('/') else { continue };
            let is_asked_for =
                self.counting.questions.is_empty() || self.counting.questions.contains(question);
            let script = scripts.get(script).copied().filter(|script| self.takes_script(*script));
            if let Some(script) = script.filter(|_| is_asked_for) {
                questions.entry(script).or_default().push(slot);
            }
        }
        questions
    }

    fn takes_script(&self, script: u32) -> bool {
        self.filters.iter().filter(|filter| filter.place == Place::Script).all(|filter| filter.takes(script))
    }

    /// Counts the surveys of a day, or a part of them, but for those `without`. `None` if the columns are broken.
    pub(super) fn add(
        &mut self,
        date: NaiveDate,
        columns: &Packed,
        without: &HashSet<i64>,
        words: &Dictionary,
    ) -> Option<()> {
        let head = Head::read(columns.get(&Column::HEAD)?)?;
        let day = Day { columns, rows: head.rows() };
        // First of all: a broken head may claim any number of rows.
        let customers = day.numbers(Column::CUSTOMER)?;
        let is_selected = self.selected(&head, day, without)?;
        let groups = self.groups(date, &head, day)?;
        let mut start = 0;
        for run in &head.runs {
            self.add_run(run, start, &is_selected, &groups);
            start += run.rows;
        }
        let questions = self.questions(words);
        for (script, (start, count)) in head.answered() {
            for slot in questions.get(&script).into_iter().flatten() {
                // A day on which nobody answered the question has no column for it.
                let Some(bytes) = columns.get(&Column::of_slot(*slot)) else { continue };
                let codes = Reader(bytes).numbers().filter(|codes| codes.len() == count)?;
                let counts = self.slots.entry(*slot).or_default();
                for (row, code) in (start..).zip(codes) {
                    if is_selected[row] && counts_answer(&self.counting.selection, code) {
                        groups.each(row, |group| counts.add(code, group, customers[row]));
                    }
                }
            }
        }
        Some(())
    }

    fn add_run(&mut self, run: &Run, start: usize, is_selected: &[bool], groups: &Groups) {
        let rows = start..start + run.rows;
        if is_selected[rows.clone()].iter().any(|is_selected| *is_selected) {
            let counts = self.coverage.entry(run.key).or_default();
            for row in rows.filter(|row| is_selected[*row]) {
                groups.each(row, |group| increase(counts, group, 1));
            }
        }
    }

    /// Which rows are selected.
    fn selected(&self, head: &Head, day: Day<'_>, without: &HashSet<i64>) -> Option<Vec<bool>> {
        let mut is_selected = vec![true; day.rows];
        for filter in &self.filters {
            match filter.place {
                Place::Script => {
                    let scripts =
                        head.runs.iter().flat_map(|run| std::iter::repeat_n(run.key.script, run.rows));
                    keep(&mut is_selected, scripts.map(|script| filter.takes(script)));
                }
                Place::Set(kind) => {
                    let sets = day.sets(kind)?;
                    let is_taken: Vec<bool> = sets.iter().map(|members| filter.takes_set(members)).collect();
                    keep(&mut is_selected, sets.of_row.iter().map(|set| is_taken[*set as usize]));
                }
                place => {
                    let codes = self.codes(place, day)?;
                    keep(&mut is_selected, codes.into_iter().map(|code| filter.takes(code)));
                }
            }
        }
        if let Some(is_late) = self.counting.selection.is_late {
            let marks = day.numbers(Column::MARKS)?.into_iter().zip(day.numbers(Column::CUSTOMER)?);
            keep(
                &mut is_selected,
                marks.map(|(marks, customer)| customer > 0 && (marks & 1 == 1) == is_late),
            );
        }
        if !without.is_empty() {
            let surveys = day.numbers(Column::SURVEY)?;
            let is_kept = |survey| !without.contains(&(head.base + i64::from(survey)));
            keep(&mut is_selected, surveys.into_iter().map(is_kept));
        }
        Some(is_selected)
    }

    /// One code for each row.
    fn codes(&self, place: Place, day: Day<'_>) -> Option<Vec<u32>> {
        let mut codes = day.numbers(place.column()?)?;
        if place == Place::Tenure {
            let new_days = self.counting.selection.new_agent_days;
            for since in &mut codes {
                *since = tenure_code(tenure(*since, new_days));
            }
        }
        Some(codes)
    }

    fn groups(&mut self, date: NaiveDate, head: &Head, day: Day<'_>) -> Option<Groups> {
        let grouping = self.counting.grouping;
        Some(match grouping {
            Grouping::None => Groups::One(0),
            Grouping::Day | Grouping::Week | Grouping::Month => {
                let start = grouping.start_of(date);
                let known = self.starts.iter().position(|of| *of == start);
                let group = known.unwrap_or_else(|| {
                    self.starts.push(start);
                    self.starts.len() - 1
                });
                Groups::One(u32::try_from(group).ok()?)
            }
            Grouping::By(dimension) => match Place::of(dimension) {
                Place::Script => {
                    let scripts =
                        head.runs.iter().flat_map(|run| std::iter::repeat_n(run.key.script, run.rows));
                    Groups::OfRows(scripts.collect())
                }
                Place::Set(kind) => Groups::OfSets(day.sets(kind)?),
                place => Groups::OfRows(self.codes(place, day)?),
            },
        })
    }

    /// The counts, in words. `None` if a code has no word that fits.
    pub(super) fn finish(mut self, words: &Dictionary) -> Option<Counts> {
        let mut counts = Counts::default();
        if self.counting.grouping == Grouping::None {
            counts.groups.insert(GroupKey::All, Group::default());
        }
        for (key, by_group) in std::mem::take(&mut self.coverage) {
            let script = if key.script == 0 {
                None
            } else {
                Some(words.text(Vocabulary::Script, key.script)?.to_owned())
            };
            let surveyed = Surveyed {
                state: state_of(words.text(Vocabulary::State, key.state)?)?,
                is_delivered: key.is_delivered,
                is_answered: !key.is_silent,
            };
            for (group, surveys) in (0..).zip(by_group).filter(|(_, surveys)| *surveys > 0) {
                let group = counts.groups.entry(self.key(group, words)).or_default();
                let coverage: &mut Coverage = group.coverage.entry(script.clone()).or_default();
                coverage.add(surveyed, surveys);
            }
        }
        for (slot, counted) in std::mem::take(&mut self.slots) {
            let (script, question) = words.text(Vocabulary::Question, slot)?.split_once('/')?;
            let key = QuestionKey { script: script.to_owned(), question: question.to_owned() };
            for (group, answers) in counted.finish(words)? {
                let group = counts.groups.entry(self.key(group, words)).or_default();
                group.questions.insert(key.clone(), answers);
            }
        }
        Some(counts)
    }

    fn key(&self, group: u32, words: &Dictionary) -> GroupKey {
        match self.counting.grouping {
            Grouping::None => GroupKey::All,
            Grouping::By(dimension) => GroupKey::Value(Place::of(dimension).value(group, words)),
            Grouping::Day | Grouping::Week | Grouping::Month => {
                self.starts.get(group as usize).map_or(GroupKey::All, |start| GroupKey::From(*start))
            }
        }
    }
}

impl Slot {
    /// The answers in each group that has any.
    fn finish(self, words: &Dictionary) -> Option<BTreeMap<u32, Answers>> {
        let groups = self.codes.iter().map(Vec::len).max().unwrap_or(0);
        let sizes = self.givers.sizes(groups);
        let mut answers: BTreeMap<u32, Answers> = BTreeMap::new();
        for (code, by_group) in (0..).zip(self.codes) {
            for (group, given) in (0..).zip(by_group).filter(|(_, given)| *given > 0) {
                let of = answers.entry(group).or_default();
                match Answer::of_code(code)? {
                    Answer::Value { value, band, .. } => {
                        *of.values.entry((value, band)).or_default() += given;
                    }
                    Answer::Options(options) => {
                        let options = words.text(Vocabulary::Options, options)?.to_owned();
                        *of.options.entry(options).or_default() += given;
                    }
                    Answer::Words => return None,
                }
            }
        }
        for (group, of) in &mut answers {
            let of_group = sizes[*group as usize];
            of.sizes = ClusterSizes::new(of_group.answers, of_group.squares);
            of.customers = of_group.customers;
        }
        Some(answers)
    }
}

/// The columns of a day while it is counted.
#[derive(Clone, Copy)]
struct Day<'a> {
    columns: &'a Packed,
    rows: usize,
}

impl Day<'_> {
    fn numbers(self, column: Column) -> Option<Vec<u32>> {
        Reader(self.columns.get(&column)?).numbers().filter(|numbers| numbers.len() == self.rows)
    }

    fn sets(self, kind: Vocabulary) -> Option<Sets> {
        let sets = Sets::read(self.columns.get(&Column::of(kind)?)?)?;
        (sets.of_row.len() == self.rows).then_some(sets)
    }
}

fn keep(is_selected: &mut [bool], is_taken: impl Iterator<Item = bool>) {
    for (is_selected, is_taken) in is_selected.iter_mut().zip(is_taken) {
        *is_selected &= is_taken;
    }
}

/// Whether an answer counts. Words are in no histogram.
fn counts_answer(selection: &Selection, code: u32) -> bool {
    match Answer::of_code(code) {
        None | Some(Answer::Words) => false,
        Some(Answer::Options(_)) => selection.bands.is_empty(),
        Some(Answer::Value { band, is_disputed, .. }) => {
            let is_in = |band: Band| selection.bands.contains(&band);
            !(selection.is_reviewed && is_disputed) && (selection.bands.is_empty() || band.is_some_and(is_in))
        }
    }
}
