//! Figures as flat rows: one row for each index of each cut, numbers as they are.

use std::borrow::Cow;

use super::reply::Figures;
use crate::domain::cell::escape;

/// The columns of a table of figures.
const COLUMNS: [&str; 25] = [
    "from",
    "to",
    "settled",
    "open",
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
];
/// The further columns of a comparison.
const COMPARED: [&str; 9] = [
    "compare_from",
    "compare_to",
    "compare_n",
    "compare_value",
    "diff",
    "diff_lo",
    "diff_hi",
    "p",
    "verdict",
];

/// Writes figures as a CSV.
#[must_use]
pub fn figures(figures: &Figures) -> Vec<u8> {
    let mut rows = vec![COLUMNS.map(Cell::from).to_vec()];
    if figures.compare.is_some() {
        rows[0].extend(COMPARED.map(Cell::from));
    }
    for question in &figures.questions {
        for row in &question.rows {
            let ledger = row.ledger.as_ref().unwrap_or(&figures.ledger);
            for (index, figure) in row.indices.iter() {
                let mut cells = vec![
                    figures.period.from.to_string().into(),
                    figures.period.to.to_string().into(),
                    figures.period.settled.to_string().into(),
                    figures.period.open.into(),
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
                ];
                if let Some((period, compare)) = figures.compare.as_ref().zip(figure.compare.as_ref()) {
                    cells.extend([
                        period.from.to_string().into(),
                        period.to.to_string().into(),
                        compare.n.into(),
                        compare.value.into(),
                        compare.diff.into(),
                        compare.lo.into(),
                        compare.hi.into(),
                        compare.p.into(),
                        compare.verdict.0.as_str().into(),
                    ]);
                }
                rows.push(cells);
            }
        }
    }
    table(&rows)
}

/// A cell of a table.
#[derive(Clone, Debug)]
pub enum Cell<'a> {
    Text(Cow<'a, str>),
    Number(Option<f64>),
    Count(u64),
}

/// Writes rows as a CSV that opens in a spreadsheet and runs nothing there.
#[must_use]
pub fn table(rows: &[Vec<Cell<'_>>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new();
    let mut writer = writer.terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        let texts = row.iter().map(Cell::text);
        // Writing into memory cannot fail, and all rows have the same length.
        let _ = writer.write_record(texts.map(Cow::into_owned));
    }
    writer.into_inner().unwrap_or_default()
}

impl Cell<'_> {
    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => escape(text, b','),
            Self::Number(number) => number.map(|number| number.to_string()).unwrap_or_default().into(),
            Self::Count(count) => count.to_string().into(),
        }
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<u64> for Cell<'_> {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<Option<f64>> for Cell<'_> {
    fn from(number: Option<f64>) -> Self {
        Self::Number(number)
    }
}
