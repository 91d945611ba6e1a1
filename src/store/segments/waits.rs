//! Counts answers by the waits of their tickets, column by column.

use super::column::Column;
use super::dictionary::{Dictionary, Vocabulary};
use super::parts::Part;
use super::reading::DayCounter;
use super::row::{Answer, question_text};
use super::selecting::{Day, Selecting};
use super::sizes::Givers;
use crate::domain::counting::{Selection, Series, WaitCounts, Waited};
use crate::domain::stats::clusters::ClusterSizes;
use crate::domain::stats::waiting::{Count, Edge, Waits};

/// A count under way. Days may come in any order, and in parts.
#[derive(Debug)]
pub(super) struct WaitScan {
    selecting: Selecting,
    questions: Vec<Question>,
}

#[derive(Debug)]
struct Question {
    series: Series,
    slot: u32,
    first_response: Side,
    resolution: Side,
}

/// The answers by one of the two waits.
#[derive(Debug, Default)]
struct Side {
    /// By the edge of the bin.
    bins: Vec<Count>,
    missing: u64,
    givers: Givers,
}

impl WaitScan {
    /// A series counts an answer as bad if it has a point for it.
    pub(super) fn new(selection: &Selection, series: &[Series], words: &mut Dictionary) -> Self {
        let question = |series: &Series| Question {
            slot: words.code(Vocabulary::Question, &question_text(&series.key.script, &series.key.question)),
            series: series.clone(),
            first_response: Side::default(),
            resolution: Side::default(),
        };
        let questions = series.iter().map(question).collect();
        Self { selecting: Selecting::new(selection, words), questions }
    }
}

impl DayCounter for WaitScan {
    /// In the order of the series.
    type Counts = Vec<WaitCounts>;

    fn columns(&self, _: &Dictionary) -> Vec<Column> {
        let slots = self.questions.iter().map(|question| Column::of_slot(question.slot));
        let waits = [Column::FIRST_RESPONSE, Column::RESOLUTION];
        self.selecting.columns().into_iter().chain(waits).chain(slots).collect()
    }

    fn add(&mut self, part: &Part, words: &Dictionary) -> Option<()> {
        let day = self.selecting.day(part, words)?;
        let first_response = edges(&day, Column::FIRST_RESPONSE)?;
        let resolution = edges(&day, Column::RESOLUTION)?;
        for question in &mut self.questions {
            // A question that nobody has answered yet has no script here.
            let Some(script) = words.script_of(question.slot) else { continue };
            let (series, first_side, resolution_side) =
                (&question.series, &mut question.first_response, &mut question.resolution);
            self.selecting.each_answer(&day, (script, question.slot), |row, code, customer| {
                let Some(Answer::Value { value, band, .. }) = Answer::of_code(code) else { return };
                let Some(point) = series.index.point(series.on, value, band) else { return };
                first_side.add(first_response[row], point > 0, customer);
                resolution_side.add(resolution[row], point > 0, customer);
            })?;
        }
        Some(())
    }

    fn finish(self, _: &Dictionary) -> Option<Vec<WaitCounts>> {
        let counts = |question: Question| WaitCounts {
            first_response: question.first_response.finish(),
            resolution: question.resolution.finish(),
        };
        Some(self.questions.into_iter().map(counts).collect())
    }
}

/// The bin of each row's wait.
fn edges(day: &Day<'_>, column: Column) -> Option<Vec<Option<Edge>>> {
    let mut edges = vec![None; day.is_selected.len()];
    for (row, seconds) in day.sparse(column)? {
        *edges.get_mut(row)? = Some(Edge::of(seconds.into()));
    }
    Some(edges)
}

impl Side {
    fn add(&mut self, edge: Option<Edge>, is_bad: bool, customer: u32) {
        let Some(edge) = edge else {
            self.missing += 1;
            return;
        };
        let place = usize::from(edge.0);
        if self.bins.len() <= place {
            self.bins.resize(place + 1, Count::default());
        }
        self.bins[place].n += 1;
        self.bins[place].low += u64::from(is_bad);
        self.givers.add(customer, 0);
    }

    fn finish(self) -> Waited {
        let mut waits = Waits::default();
        for (edge, count) in (0..).zip(self.bins) {
            waits.add_to(Edge(edge), count);
        }
        let sizes = self.givers.sizes(1)[0];
        Waited { waits, sizes: ClusterSizes::new(sizes.answers, sizes.squares), missing: self.missing }
    }
}
