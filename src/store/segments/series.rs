//! How alike a customer's answers are: each customer's answers to a question, from columns.

use super::column::{Column, Reader};
use super::day::Head;
use super::dictionary::{Dictionary, Vocabulary};
use super::parts::Part;
use super::reading::DayCounter;
use super::row::{Answer, question_text};
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
    pub(super) fn new(series: &[Series], words: &mut Dictionary) -> Self {
        let question = |series: &Series| Question {
            slot: words.code(Vocabulary::Question, &question_text(&series.key.script, &series.key.question)),
            series: series.clone(),
            givers: Givers::default(),
        };
        Self { questions: series.iter().map(question).collect() }
    }
}

impl DayCounter for Repeats {
    /// In the order of the series.
    type Counts = Vec<Clusters>;

    fn columns(&self, _: &Dictionary) -> Vec<Column> {
        let slots = self.questions.iter().map(|question| Column::of_slot(question.slot));
        slots.chain([Column::HEAD, Column::CUSTOMER]).collect()
    }

    fn add(&mut self, part: &Part, words: &Dictionary) -> Option<()> {
        let columns = &part.columns;
        let head = Head::read(columns.get(&Column::HEAD)?)?;
        let customers = Reader(columns.get(&Column::CUSTOMER)?).numbers()?;
        let surveys = if part.without.is_empty() {
            Vec::new()
        } else {
            Reader(columns.get(&Column::SURVEY)?).numbers()?
        };
        let is_left_out = |row: usize| {
            surveys.get(row).is_some_and(|survey| part.without.contains(&(head.base + i64::from(*survey))))
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

    fn finish(self, _: &Dictionary) -> Option<Vec<Clusters>> {
        Some(self.questions.into_iter().map(Question::finish).collect())
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
