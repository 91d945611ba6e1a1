//! Figures: one row for each index of each cut.

use super::{Cell, Flat, PERIOD};
use crate::service::figures::reply::{Figures, Ledger, RestFigure};

/// The columns behind those of the period.
const COLUMNS: [&str; 22] = [
    "script",
    "question",
    "metric",
    "scale",
    "factor",
    "key",
    "name",
    "events",
    "eligible",
    "answered",
    "coverage",
    "n",
    "customers",
    "deff",
    "index",
    "state",
    "value",
    "lo",
    "hi",
    "bound_lo",
    "bound_hi",
    "same_bands",
];
/// The further columns of a comparison.
const COMPARED: [&str; 10] = [
    "compare_from",
    "compare_to",
    "compare_n",
    "compare_value",
    "diff",
    "diff_lo",
    "diff_hi",
    "p",
    "q",
    "verdict",
];

/// The further columns of a cut of which each row stands beside all other answers.
const BESIDE: [&str; 7] = ["rest_n", "rest_value", "rest_diff", "rest_lo", "rest_hi", "rest_q", "rest_label"];

impl Flat for Figures {
    fn rows(&self) -> Vec<Vec<Cell<'_>>> {
        let mut rows = vec![PERIOD.iter().chain(&COLUMNS).map(|name| Cell::from(*name)).collect::<Vec<_>>()];
        if self.compare.is_some() {
            rows[0].extend(COMPARED.map(Cell::from));
        }
        if self.is_beside {
            rows[0].extend(BESIDE.map(Cell::from));
        }
        for question in &self.questions {
            for row in &question.rows {
                let ledger = &row.ledger;
                for (index, figure) in row.indices.iter() {
                    let mut cells = self.period.cells().to_vec();
                    cells.extend([
                        Cell::from(question.script.as_str()),
                        question.question.as_str().into(),
                        question.metric.into(),
                        question.scale.unwrap_or_default().into(),
                        question.factor.as_str().into(),
                        row.key.as_deref().unwrap_or_default().into(),
                        row.name.as_deref().unwrap_or_default().into(),
                        ledger.events.into(),
                        ledger.eligible.into(),
                        ledger.answered.into(),
                        ledger.coverage.into(),
                        row.n.into(),
                        row.customers.into(),
                        Some(row.deff).into(),
                        index.into(),
                        figure.state.0.as_str().into(),
                        figure.value.into(),
                        figure.lo.into(),
                        figure.hi.into(),
                        figure.bounds.map(|bounds| bounds[0]).into(),
                        figure.bounds.map(|bounds| bounds[1]).into(),
                        row.same_bands.into(),
                    ]);
                    if let Some((period, compare)) = self.compare.as_ref().zip(figure.compare.as_ref()) {
                        cells.extend([
                            period.from.into(),
                            period.to.into(),
                            compare.n.into(),
                            compare.value.into(),
                            compare.diff.into(),
                            compare.lo.into(),
                            compare.hi.into(),
                            compare.p.into(),
                            compare.q.into(),
                            compare.verdict.0.as_str().into(),
                        ]);
                    }
                    if self.is_beside {
                        cells.extend(beside(figure.rest.as_ref()));
                    }
                    rows.push(cells);
                }
            }
        }
        rows
    }
}

fn beside(rest: Option<&RestFigure>) -> [Cell<'_>; 7] {
    [
        rest.map(|rest| rest.n).into(),
        rest.and_then(|rest| rest.value).into(),
        rest.and_then(|rest| rest.diff).into(),
        rest.and_then(|rest| rest.lo).into(),
        rest.and_then(|rest| rest.hi).into(),
        rest.and_then(|rest| rest.q).into(),
        rest.map_or("", |rest| rest.label.0.as_str()).into(),
    ]
}

/// The totals first, then every state with its reason.
impl Flat for Ledger {
    fn rows(&self) -> Vec<Vec<Cell<'_>>> {
        let totals = [
            ("events", self.events),
            ("eligible", self.eligible),
            ("delivered", self.delivered),
            ("answered", self.answered),
        ];
        let totals = totals.map(|(name, count)| vec![Cell::from("total"), name.into(), count.into()]);
        let states =
            self.states.iter().map(|(state, count)| vec![Cell::from("state"), state.into(), (*count).into()]);
        let heads = ["what", "name", "count"].map(Cell::from).to_vec();
        [heads].into_iter().chain(totals).chain(states).collect()
    }
}
