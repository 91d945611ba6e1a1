//! Figures and reports as flat rows, numbers as they are: for CSV and for sheets of a workbook.

mod explained;
mod figures;
mod kpis;
mod reports;
mod waiting;

use std::borrow::Cow;

use chrono::NaiveDate;

use super::reply::PeriodFacts;
use crate::domain::cell::escape;
use crate::service::workbook::Value;

/// Something that can be written as rows.
pub trait Flat {
    /// The rows, the names of the columns first. All have the same length.
    fn rows(&self) -> Vec<Vec<Cell<'_>>>;
}

/// Writes something as a CSV that opens in a spreadsheet and runs nothing there.
#[must_use]
pub fn csv(of: &(impl Flat + ?Sized)) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new();
    let mut writer = writer.terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    for row in of.rows() {
        let texts = row.iter().map(Cell::text);
        // Writing into memory cannot fail, and all rows have the same length.
        let _ = writer.write_record(texts.map(Cow::into_owned));
    }
    writer.into_inner().unwrap_or_default()
}

/// The columns of a period.
const PERIOD: [&str; 4] = ["from", "to", "settled", "open"];

impl PeriodFacts {
    fn cells(&self) -> [Cell<'static>; 4] {
        [self.from.into(), self.to.into(), self.settled.into(), self.open.into()]
    }
}

/// A cell of a table.
#[derive(Clone, Debug)]
pub enum Cell<'a> {
    Text(Cow<'a, str>),
    Number(Option<f64>),
    Count(u64),
    Day(NaiveDate),
    Flag(bool),
}

impl Cell<'_> {
    /// The cell as a workbook has it.
    #[must_use]
    pub fn value(&self) -> Value<'_> {
        match self {
            Self::Text(text) if text.is_empty() => Value::Empty,
            Self::Text(text) => Value::Text(text.as_ref().into()),
            Self::Number(number) => number.map_or(Value::Empty, Value::Number),
            Self::Count(count) => i64::try_from(*count).map_or(Value::Empty, Value::whole),
            Self::Day(day) => Value::Day(*day),
            Self::Flag(flag) => Value::Flag(*flag),
        }
    }

    /// The cell as a text without any escape.
    #[must_use]
    pub fn plain(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Number(_) | Self::Count(_) | Self::Day(_) | Self::Flag(_) => "",
        }
    }

    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => escape(text, b','),
            Self::Number(number) => number.map(|number| number.to_string()).unwrap_or_default().into(),
            Self::Count(count) => count.to_string().into(),
            Self::Day(day) => day.to_string().into(),
            Self::Flag(flag) => flag.to_string().into(),
        }
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<NaiveDate> for Cell<'_> {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

impl From<bool> for Cell<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Option<bool>> for Cell<'_> {
    fn from(flag: Option<bool>) -> Self {
        flag.map_or(Self::Number(None), Self::Flag)
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

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self::Text(text.unwrap_or_default().into())
    }
}

impl From<f64> for Cell<'_> {
    fn from(number: f64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<u64>> for Cell<'_> {
    fn from(count: Option<u64>) -> Self {
        count.map_or(Self::Number(None), Self::Count)
    }
}
