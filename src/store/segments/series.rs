//! How alike a customer's answers are: each customer's answers to a question, from columns.

use std::collections::HashSet;

use super::column::{Column, Packed, Reader};
use super::day::Head;
use super::dictionary::Dictionary;
use super::row::Answer;
use super::sizes::Givers;
use crate::domain::counting::Series;
use crate::domain::stats::clusters::Clusters;
use crate::domain::stats::sums::Sums;

/// The answers to some questions so far.
#[derive(Debug)]
pub(super) struct Repeats {
    questions: Vec<Question>,
}

#[derive(Debug)]
struct Question {
    series: Series,
    slot: u32,
    /// With an answer's point for its group.
    givers: Givers,
}

impl Repeats {
    /// `slots` are the questions' codes.
    pub(super) fn new(series: &[Series], slots: &[u32]) -> Self {
        let question = |(series, slot): (&Series, &u32)| Question {
            series: series.clone(),
            slot: *slot,
            givers: Givers::default(),
        };
        Self { questions: series.iter().zip(slots).map(question).collect() }
    }

    /// The columns that have to be there.
    pub(super) fn columns(&self) -> Vec<Column> {
        let slots = self.questions.iter().map(|question| Column::of_slot(question.slot));
        let mut columns: Vec<Column> = slots.chain([Column::HEAD, Column::CUSTOMER]).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Adds the answers of a day, or a part of them. `None` if the columns are broken.
    pub(super) fn add(&mut self, columns: &Packed, without: &HashSet<i64>, words: &Dictionary) -> Option<()> {
        let head = Head::read(columns.get(&Column::HEAD)?)?;
        let customers = Reader(columns.get(&Column::CUSTOMER)?).numbers()?;
        let surveys =
            if without.is_empty() { Vec::new() } else { Reader(columns.get(&Column::SURVEY)?).numbers()? };
        let is_left_out = |row: usize| {
            surveys.get(row).is_some_and(|survey| without.contains(&(head.base + i64::from(*survey))))
        };
        let answered = head.answered();
        for question in &mut self.questions {
            let Some(bytes) = columns.get(&Column::of_slot(question.slot)) else { continue };
            let (start, count) = *answered.get(&words.script_of(question.slot)?)?;
            let codes = Reader(bytes).numbers().filter(|codes| codes.len() == count)?;
            let customers = customers.get(start..start + count)?;
            for ((row, code), customer) in (start..).zip(codes).zip(customers) {
                if let Some(point) = question.point(code).filter(|_| !is_left_out(row)) {
                    question.givers.add(*customer, point);
                }
            }
        }
        Some(())
    }

    pub(super) fn finish(self) -> Vec<Clusters> {
        self.questions.into_iter().map(Question::finish).collect()
    }
}

impl Question {
    fn point(&self, code: u32) -> Option<u32> {
        let Answer::Value { value, band, .. } = Answer::of_code(code)? else { return None };
        u32::try_from(self.series.index.point(self.series.on, value, band)?).ok()
    }

    fn finish(self) -> Clusters {
        let points = self.series.index.points(self.series.on);
        let mut clusters = Clusters::new(points);
        self.givers.each_customer(|given| {
            clusters.add(&Sums::of(points, given.answers, given.sum, given.squares));
        });
        clusters
    }
}
