//! Reports as flat rows: one row for each row of a report. Those on what explains a score are in `explained`.

use super::{Cell, Flat, PERIOD};
use crate::service::figures::reply::CompareFigure;
use crate::service::figures::reports::Head;
use crate::service::figures::reports::agents::AgentsReport;
use crate::service::figures::reports::bounds::BoundsReport;
use crate::service::figures::reports::reasons::ReasonsReport;
use crate::service::figures::reports::topics::TopicsReport;

/// The columns of every report behind those of the period.
const HEAD: [&str; 1] = ["coverage"];

/// Rows of one report, each with what the report begins with.
pub(super) struct Table<'r> {
    head: &'r Head,
    rows: Vec<Vec<Cell<'r>>>,
}

impl<'r> Table<'r> {
    pub fn new(head: &'r Head, columns: &[&'static str]) -> Self {
        let names = PERIOD.iter().chain(&HEAD).chain(columns);
        Self { head, rows: vec![names.map(|name| Cell::from(*name)).collect()] }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell<'r>>) {
        let mut row = self.head.period.cells().to_vec();
        row.push(self.head.ledger.coverage.into());
        row.extend(cells);
        self.rows.push(row);
    }

    pub fn finish(self) -> Vec<Vec<Cell<'r>>> {
        self.rows
    }
}

impl Flat for AgentsReport {
    fn rows(&self) -> Vec<Vec<Cell<'_>>> {
        const COLUMNS: [&str; 17] = [
            "script", "question", "index", "differ", "mean", "place", "key", "name", "n", "n_new", "rest_n",
            "raw", "value", "lo", "hi", "rest", "label",
        ];
        /// The limits of a shrunken value are so many standard deviations away.
        const Z: f64 = crate::domain::stats::normal::Z;
        let mut table = Table::new(&self.head, &COLUMNS);
        for of in &self.questions {
            let begin = || -> [Cell<'_>; 5] {
                [
                    (&of.script).into(),
                    (&of.question).into(),
                    (&of.index).into(),
                    of.differ.into(),
                    of.mean.into(),
                ]
            };
            for (place, agent) in (1_u64..).zip(&of.ranked) {
                table.row(begin().into_iter().chain([
                    place.into(),
                    (&agent.key).into(),
                    agent.name.as_deref().into(),
                    agent.n.into(),
                    agent.n_new.into(),
                    Cell::Number(None),
                    agent.raw.into(),
                    agent.value.into(),
                    (agent.value - Z * agent.sd).into(),
                    (agent.value + Z * agent.sd).into(),
                    Cell::Number(None),
                    agent.label.0.as_str().into(),
                ]));
            }
            for agent in &of.compared {
                table.row(begin().into_iter().chain([
                    Cell::Number(None),
                    (&agent.key).into(),
                    agent.name.as_deref().into(),
                    agent.n.into(),
                    agent.n_new.into(),
                    agent.rest_n.into(),
                    agent.value.into(),
                    agent.value.into(),
                    agent.lo.into(),
                    agent.hi.into(),
                    agent.rest.into(),
                    agent.label.0.as_str().into(),
                ]));
            }
            for agent in &of.unranked {
                let nothing = std::iter::repeat_n(Cell::Number(None), 6);
                table.row(
                    begin()
                        .into_iter()
                        .chain([
                            Cell::Number(None),
                            (&agent.key).into(),
                            agent.name.as_deref().into(),
                            agent.n.into(),
                            agent.n_new.into(),
                        ])
                        .chain(nothing)
                        .chain(["unranked".into()]),
                );
            }
        }
        table.finish()
    }
}

impl Flat for TopicsReport {
    fn rows(&self) -> Vec<Vec<Cell<'_>>> {
        const COLUMNS: [&str; 16] = [
            "script",
            "question",
            "index",
            "key",
            "n",
            "rest_n",
            "state",
            "value",
            "lo",
            "hi",
            "rest",
            "impact",
            "impact_lo",
            "impact_hi",
            "q",
            "label",
        ];
        let mut table = Table::new(&self.head, &COLUMNS);
        for of in &self.questions {
            for row in &of.rows {
                table.row([
                    (&of.script).into(),
                    (&of.question).into(),
                    (&of.index).into(),
                    (&row.key).into(),
                    row.n.into(),
                    row.rest_n.into(),
                    row.state.0.as_str().into(),
                    row.value.into(),
                    row.lo.into(),
                    row.hi.into(),
                    row.rest.into(),
                    row.impact.into(),
                    row.impact_lo.into(),
                    row.impact_hi.into(),
                    row.q.into(),
                    row.label.0.as_str().into(),
                ]);
            }
        }
        table.finish()
    }
}

impl Flat for ReasonsReport {
    fn rows(&self) -> Vec<Vec<Cell<'_>>> {
        const COLUMNS: [&str; 11] =
            ["script", "question", "low", "given", "key", "count", "state", "value", "lo", "hi", "together"];
        let mut table = Table::new(&self.head, &COLUMNS);
        for of in &self.questions {
            for row in &of.reasons {
                table.row([
                    (&of.script).into(),
                    (&of.question).into(),
                    of.low.into(),
                    of.given.into(),
                    (&row.key).into(),
                    row.count.into(),
                    row.state.0.as_str().into(),
                    row.value.into(),
                    row.lo.into(),
                    row.hi.into(),
                    row.together.into(),
                ]);
            }
        }
        table.finish()
    }
}

impl Flat for BoundsReport {
    fn rows(&self) -> Vec<Vec<Cell<'_>>> {
        const COLUMNS: [&str; 15] = [
            "script",
            "question",
            "index",
            "n",
            "eligible",
            "bound_lo",
            "bound_hi",
            "late_n",
            "others_n",
            "others_value",
            "diff",
            "diff_lo",
            "diff_hi",
            "p",
            "verdict",
        ];
        let mut table = Table::new(&self.head, &COLUMNS);
        for of in &self.questions {
            let CompareFigure { n, value, diff, lo, hi, p, verdict, .. } = &of.late.compare;
            table.row([
                (&of.script).into(),
                (&of.question).into(),
                (&of.index).into(),
                of.n.into(),
                of.eligible.into(),
                of.bounds.map(|bounds| bounds[0]).into(),
                of.bounds.map(|bounds| bounds[1]).into(),
                of.late.n.into(),
                (*n).into(),
                (*value).into(),
                (*diff).into(),
                (*lo).into(),
                (*hi).into(),
                (*p).into(),
                verdict.0.as_str().into(),
            ]);
        }
        table.finish()
    }
}
