//! Which surveys of a day are selected, and which of their answers count; both are told from columns.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::column::{Column, Packed, Reader};
use super::cuts::{CodeFilter, Place, tenure_code};
use super::day::{Head, Sets, read_reasons, read_sparse};
use super::dictionary::{Dictionary, Vocabulary};
use super::parts::Part;
use super::row::{Answer, tenure};
use crate::domain::counting::Selection;
use crate::domain::scale::Band;

/// A selection in codes.
#[derive(Debug)]
pub(super) struct Selecting {
    selection: Selection,
    filters: Vec<CodeFilter>,
    /// Whether each code that stands for a value is selected, and whether chosen options are.
    takes_values: Vec<bool>,
    takes_options: bool,
}

/// The questions of each script.
pub(super) type Questions = HashMap<u32, Vec<u32>>;

impl Selecting {
    pub(super) fn new(selection: &Selection, words: &mut Dictionary) -> Self {
        let filters = selection.filters.iter().map(|filter| CodeFilter::new(filter, words)).collect();
        let takes = |code| Answer::of_code(code).is_some_and(|answer| takes(selection, answer));
        Self {
            takes_values: (0..Answer::FIRST_OPTIONS).map(takes).collect(),
            takes_options: takes(Answer::FIRST_OPTIONS),
            selection: selection.clone(),
            filters,
        }
    }

    /// The columns that have to be there, without those of answers.
    pub(super) fn columns(&self) -> Vec<Column> {
        let mut columns = vec![Column::HEAD, Column::CUSTOMER];
        columns.extend(self.filters.iter().filter_map(|filter| filter.place.column()));
        columns.extend(self.selection.is_late.map(|_| Column::MARKS));
        columns.extend((!self.selection.reasons.is_empty()).then_some(Column::REASONS));
        columns
    }

    /// The questions of the selected scripts with these keys; all questions if there are no keys.
    pub(super) fn questions(&self, keys: &BTreeSet<String>, words: &Dictionary) -> Questions {
        let mut questions = Questions::new();
        for (slot, text) in words.all(Vocabulary::Question) {
            let Some((_, question)) = text.split_once('/') else { continue };
            let is_asked_for = keys.is_empty() || keys.contains(question);
            let script = words.script_of(slot).filter(|script| self.takes_script(*script));
            if let Some(script) = script.filter(|_| is_asked_for) {
                questions.entry(script).or_default().push(slot);
            }
        }
        questions
    }

    fn takes_script(&self, script: u32) -> bool {
        self.filters.iter().filter(|filter| filter.place == Place::Script).all(|filter| filter.takes(script))
    }

    /// The selected surveys of a day, or of a part of it. `None` if the columns are broken.
    pub(super) fn day<'p>(&self, part: &'p Part, words: &Dictionary) -> Option<Day<'p>> {
        let columns = &part.columns;
        let head = Head::read(columns.get(&Column::HEAD)?)?;
        let rows = head.rows();
        // First of all: a broken head may claim any number of rows.
        let customers =
            Reader(columns.get(&Column::CUSTOMER)?).numbers().filter(|numbers| numbers.len() == rows)?;
        let mut day = Day {
            answered: head.answered(),
            new_agent_days: self.selection.new_agent_days,
            head,
            columns,
            customers,
            is_selected: Vec::new(),
            with_reason: None,
        };
        day.is_selected = self.selected(&day, &part.without)?;
        if !self.selection.reasons.is_empty() {
            day.with_reason = Some(self.with_reason(&day, words)?);
        }
        Some(day)
    }

    /// Which rows are selected.
    fn selected(&self, day: &Day<'_>, without: &HashSet<i64>) -> Option<Vec<bool>> {
        let mut is_selected = vec![true; day.customers.len()];
        for filter in &self.filters {
            match filter.place {
                Place::Script => {
                    keep(&mut is_selected, day.scripts().map(|script| filter.takes(script)));
                }
                Place::Set(kind) => {
                    let sets = day.sets(kind)?;
                    let is_taken: Vec<bool> = sets.iter().map(|members| filter.takes_set(members)).collect();
                    keep(&mut is_selected, sets.of_row.iter().map(|set| is_taken[*set as usize]));
                }
                place => {
                    let codes = day.codes(place)?;
                    keep(&mut is_selected, codes.into_iter().map(|code| filter.takes(code)));
                }
            }
        }
        if let Some(is_late) = self.selection.is_late {
            let marks = day.numbers(Column::MARKS)?.into_iter().zip(&day.customers);
            keep(
                &mut is_selected,
                marks.map(|(marks, customer)| *customer > 0 && (marks & 1 == 1) == is_late),
            );
        }
        if !without.is_empty() {
            let surveys = day.numbers(Column::SURVEY)?;
            let is_kept = |survey| !without.contains(&(day.head.base + i64::from(survey)));
            keep(&mut is_selected, surveys.into_iter().map(is_kept));
        }
        Some(is_selected)
    }

    /// The answers for which one of the selected reasons was given, by row and question.
    fn with_reason(&self, day: &Day<'_>, words: &Dictionary) -> Option<HashSet<(usize, u32)>> {
        let mut is_wanted: HashMap<u32, bool> = HashMap::new();
        let mut with_reason = HashSet::new();
        for (row, slot, reasons) in day.reasons()? {
            let text = words.text(Vocabulary::Options, reasons)?;
            let has_one = || text.split('|').any(|reason| self.selection.reasons.contains(reason));
            if *is_wanted.entry(reasons).or_insert_with(has_one) {
                with_reason.insert((row, slot));
            }
        }
        Some(with_reason)
    }

    /// Whether an answer is selected. Its reasons are not looked at.
    fn takes(&self, code: u32) -> bool {
        self.takes_values.get(code as usize).copied().unwrap_or(self.takes_options)
    }

    /// Hands over the answers to a question that count: the row, the answer's code and the customer. `None` if the columns
    /// are broken.
    pub(super) fn each_answer(
        &self,
        day: &Day<'_>,
        question: (u32, u32),
        mut take: impl FnMut(usize, u32, u32),
    ) -> Option<()> {
        self.each_answer_in_any_form(day, question, |row, code, customer| {
            if !Answer::is_words(code) {
                take(row, code, customer);
            }
        })
    }

    /// The same with answers in words only, which are in no count.
    pub(super) fn each_answer_in_any_form(
        &self,
        day: &Day<'_>,
        (script, slot): (u32, u32),
        mut take: impl FnMut(usize, u32, u32),
    ) -> Option<()> {
        // A day on which nobody answered the question has no column for it.
        let found = day.answered.get(&script).zip(day.columns.get(&Column::of_slot(slot)));
        let Some((&(start, count), bytes)) = found else { return Some(()) };
        let codes = Reader(bytes).numbers().filter(|codes| codes.len() == count)?;
        let has_reason =
            |row| day.with_reason.as_ref().is_none_or(|with_reason| with_reason.contains(&(row, slot)));
        let rows = start..start + count;
        let selected = day.is_selected[rows.clone()].iter().zip(&day.customers[rows]);
        for ((row, code), (is_selected, customer)) in (start..).zip(codes).zip(selected) {
            if *is_selected && self.takes(code) && has_reason(row) {
                take(row, code, *customer);
            }
        }
        Some(())
    }
}

/// Whether an answer is selected. Its reasons are not looked at.
fn takes(selection: &Selection, answer: Answer) -> bool {
    let bands = &selection.bands;
    match answer {
        Answer::Words | Answer::Options(_) => bands.is_empty(),
        Answer::Value { band, is_disputed, .. } => {
            let is_in = |band: Band| bands.contains(&band);
            !(selection.is_reviewed && is_disputed) && (bands.is_empty() || band.is_some_and(is_in))
        }
    }
}

/// The columns of a day while it is counted.
#[derive(Debug)]
pub(super) struct Day<'p> {
    pub head: Head,
    answered: HashMap<u32, (usize, usize)>,
    new_agent_days: u32,
    columns: &'p Packed,
    customers: Vec<u32>,
    pub is_selected: Vec<bool>,
    with_reason: Option<HashSet<(usize, u32)>>,
}

impl Day<'_> {
    /// The script of each row.
    pub(super) fn scripts(&self) -> impl Iterator<Item = u32> {
        self.head.runs.iter().flat_map(|run| std::iter::repeat_n(run.key.script, run.rows))
    }

    /// Whether each row has no answers.
    pub(super) fn is_silent(&self) -> Vec<bool> {
        let runs = self.head.runs.iter();
        runs.flat_map(|run| std::iter::repeat_n(run.key.is_silent, run.rows)).collect()
    }

    /// One number for each row.
    pub(super) fn numbers(&self, column: Column) -> Option<Vec<u32>> {
        Reader(self.columns.get(&column)?).numbers().filter(|numbers| numbers.len() == self.customers.len())
    }

    /// One code for each row.
    pub(super) fn codes(&self, place: Place) -> Option<Vec<u32>> {
        let mut codes = self.numbers(place.column()?)?;
        if place == Place::Tenure {
            for since in &mut codes {
                *since = tenure_code(tenure(*since, self.new_agent_days));
            }
        }
        Some(codes)
    }

    /// A set of codes for each row.
    pub(super) fn sets(&self, kind: Vocabulary) -> Option<Sets> {
        let sets = Sets::read(self.columns.get(&Column::of(kind)?)?)?;
        (sets.of_row.len() == self.customers.len()).then_some(sets)
    }

    /// A number for each row that has one.
    pub(super) fn sparse(&self, column: Column) -> Option<Vec<(usize, u32)>> {
        read_sparse(self.columns.get(&column)?)
    }

    /// The reasons that were given: the row, the question, and the code of the reasons.
    pub(super) fn reasons(&self) -> Option<Vec<(usize, u32, u32)>> {
        read_reasons(self.columns.get(&Column::REASONS)?)
    }
}

fn keep(is_selected: &mut [bool], is_taken: impl Iterator<Item = bool>) {
    for (is_selected, is_taken) in is_selected.iter_mut().zip(is_taken) {
        *is_selected &= is_taken;
    }
}
