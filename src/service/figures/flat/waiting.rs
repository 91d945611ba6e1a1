//! Waiting times: two rows for each question, by the first response and by the resolution.

use super::reports::Table;
use super::{Cell, Flat};
use crate::service::figures::reports::ShareFigure;
use crate::service::figures::reports::waiting::{QuestionWaiting, WaitFigures, WaitingReport};

impl Flat for WaitingReport {
    fn rows(&self) -> Vec<Vec<Cell<'_>>> {
        const COLUMNS: [&str; 24] = [
            "script",
            "question",
            "index",
            "wait",
            "n",
            "low",
            "missing",
            "deff",
            "verdict",
            "trend_z",
            "trend_p",
            "odds_ratio",
            "seconds",
            "lo",
            "hi",
            "shape",
            "before_n",
            "before",
            "before_lo",
            "before_hi",
            "after_n",
            "after",
            "after_lo",
            "after_hi",
        ];
        let mut table = Table::new(&self.head, &COLUMNS);
        for of in &self.questions {
            table.row(wait_row(of, "first_response", &of.first_response));
            table.row(wait_row(of, "resolution", &of.resolution));
        }
        table.finish()
    }
}

fn wait_row<'r>(of: &'r QuestionWaiting, name: &'static str, wait: &'r WaitFigures) -> Vec<Cell<'r>> {
    let critical = wait.critical.as_ref();
    let mut row: Vec<Cell<'r>> = vec![
        (&of.script).into(),
        (&of.question).into(),
        (&of.index).into(),
        name.into(),
        wait.n.into(),
        wait.low.into(),
        wait.missing.into(),
        wait.deff.into(),
        wait.verdict.0.as_str().into(),
        wait.trend_z.into(),
        wait.trend_p.into(),
        wait.odds_ratio.into(),
        critical.map(|critical| critical.seconds).into(),
        critical.map(|critical| critical.lo).into(),
        critical.map(|critical| critical.hi).into(),
        critical.map(|critical| critical.shape.0.as_str()).into(),
    ];
    for side in [critical.map(|critical| &critical.before), critical.map(|critical| &critical.after)] {
        row.push(side.map(|side| side.n).into());
        row.extend(side_cells(side));
    }
    row
}

fn side_cells(side: Option<&ShareFigure>) -> [Cell<'static>; 3] {
    [side.and_then(|side| side.value), side.and_then(|side| side.lo), side.and_then(|side| side.hi)]
        .map(Cell::from)
}
