//! One table in two spellings: CSV that opens right in a spreadsheet and runs nothing there, and JSON lines with
//! real types.

use std::io::{self, Write};

use chrono_tz::Tz;
use serde_json::{Map, Value};

use crate::domain::cell::escape;
use crate::domain::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv(Style),
    Jsonl,
    /// One JSON array.
    Array,
}

/// How a CSV is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub separator: Separator,
    /// Times as a spreadsheet reads them, in this time zone and to the second; without it RFC 3339.
    pub local: Option<Tz>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    Comma,
    Semicolon,
    Tab,
}

impl Format {
    /// A CSV as programs expect it.
    pub const CSV: Self = Self::Csv(Style { separator: Separator::Comma, local: None });
}

impl Separator {
    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

/// One cell; what is absent is empty in CSV and null in JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(Option<String>),
    Int(Option<i64>),
    Time(Option<Timestamp>),
    Bool(bool),
    /// Joined by `|` in CSV.
    List(Vec<String>),
    /// Any JSON; its text in CSV.
    Json(Option<Value>),
    /// An object each in JSON; the text beside it in CSV, joined by `|`.
    Objects(Vec<(Value, String)>),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Cell {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Cell {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<Timestamp> for Cell {
    fn from(time: Timestamp) -> Self {
        Self::Time(Some(time))
    }
}

impl From<Option<Timestamp>> for Cell {
    fn from(time: Option<Timestamp>) -> Self {
        Self::Time(time)
    }
}

impl From<Vec<String>> for Cell {
    fn from(list: Vec<String>) -> Self {
        Self::List(list)
    }
}

/// A table that is being written.
pub struct Table<'a> {
    columns: &'static [&'static str],
    spelling: Spelling<'a>,
    rows: u64,
    /// The row that is being written as JSON.
    line: Vec<u8>,
}

enum Spelling<'a> {
    Csv(Box<csv::Writer<&'a mut dyn Write>>, Style),
    Jsonl(&'a mut dyn Write),
    Array(&'a mut dyn Write),
}

impl<'a> Table<'a> {
    /// Begins the table; a CSV has a head even if it has no rows.
    pub fn begin(
        columns: &'static [&'static str],
        format: Format,
        out: &'a mut dyn Write,
    ) -> io::Result<Self> {
        let spelling = match format {
            Format::Jsonl => Spelling::Jsonl(out),
            Format::Array => {
                out.write_all(b"[")?;
                Spelling::Array(out)
            }
            Format::Csv(style) => {
                // Without the byte order mark Excel reads UTF-8 as something else.
                out.write_all("\u{feff}".as_bytes())?;
                let mut writer = csv::WriterBuilder::new();
                writer.terminator(csv::Terminator::CRLF).delimiter(style.separator.byte());
                let mut writer = writer.from_writer(out);
                writer.write_record(columns).map_err(plain)?;
                Spelling::Csv(Box::new(writer), style)
            }
        };
        Ok(Self { columns, spelling, rows: 0, line: Vec::new() })
    }

    /// Writes a row, one cell a column.
    pub fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        debug_assert_eq!(cells.len(), self.columns.len());
        let first = self.rows == 0;
        self.rows += 1;
        match &mut self.spelling {
            Spelling::Csv(writer, style) => {
                writer.write_record(cells.iter().map(|cell| csv_text(cell, *style))).map_err(plain)?;
            }
            Spelling::Jsonl(out) => {
                self.line.clear();
                write_object(self.columns, cells, &mut self.line)?;
                self.line.push(b'\n');
                out.write_all(&self.line)?;
            }
            Spelling::Array(out) => {
                self.line.clear();
                if !first {
                    self.line.push(b',');
                }
                write_object(self.columns, cells, &mut self.line)?;
                out.write_all(&self.line)?;
            }
        }
        Ok(())
    }

    /// Ends the table; gives the number of its rows.
    pub fn finish(self) -> io::Result<u64> {
        match self.spelling {
            Spelling::Csv(mut writer, _) => writer.flush()?,
            Spelling::Jsonl(out) => out.flush()?,
            Spelling::Array(out) => out.write_all(b"]")?,
        }
        Ok(self.rows)
    }
}

/// One row as an object, in the order of the columns.
pub fn write_object(columns: &[&str], cells: &[Cell], line: &mut Vec<u8>) -> io::Result<()> {
    line.push(b'{');
    for (index, (column, cell)) in columns.iter().zip(cells).enumerate() {
        if index > 0 {
            line.push(b',');
        }
        line.push(b'"');
        line.extend_from_slice(column.as_bytes());
        line.extend_from_slice(b"\":");
        write_json(cell, line)?;
    }
    line.push(b'}');
    Ok(())
}

/// The error beneath, so that a full disk and a reader that has gone can be told apart.
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn csv_text(cell: &Cell, style: Style) -> String {
    let escaped = |text: &str| escape(text, style.separator.byte()).into_owned();
    // Each entry by itself, so that it can be told again where one ends and what was put before it.
    let joined = |entries: &mut dyn Iterator<Item = &str>| entries.map(escaped).collect::<Vec<_>>().join("|");
    match cell {
        Cell::Json(value) => value.as_ref().map(|value| escaped(&value.to_string())).unwrap_or_default(),
        Cell::Text(text) => text.as_deref().map(escaped).unwrap_or_default(),
        Cell::Int(number) => number.map(|number| number.to_string()).unwrap_or_default(),
        Cell::Time(time) => time.map(|time| time_text(time, style)).unwrap_or_default(),
        Cell::Bool(flag) => flag.to_string(),
        Cell::List(list) => joined(&mut list.iter().map(String::as_str)),
        Cell::Objects(objects) => joined(&mut objects.iter().map(|(_, text)| text.as_str())),
    }
}

fn time_text(time: Timestamp, style: Style) -> String {
    match style.local {
        None => time.to_string(),
        Some(zone) => time.to_utc().with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

fn write_json(cell: &Cell, line: &mut Vec<u8>) -> io::Result<()> {
    match cell {
        Cell::Text(Some(text)) => serde_json::to_writer(line, text)?,
        Cell::Int(Some(number)) => write!(line, "{number}")?,
        Cell::Time(Some(time)) => write!(line, "\"{time}\"")?,
        Cell::Bool(flag) => write!(line, "{flag}")?,
        Cell::List(list) => serde_json::to_writer(line, list)?,
        Cell::Json(Some(value)) => serde_json::to_writer(line, value)?,
        Cell::Objects(objects) => {
            let objects: Vec<&Value> = objects.iter().map(|(object, _)| object).collect();
            serde_json::to_writer(line, &objects)?;
        }
        Cell::Text(None) | Cell::Int(None) | Cell::Time(None) | Cell::Json(None) => {
            line.extend_from_slice(b"null");
        }
    }
    Ok(())
}

/// An object of what is present.
pub fn object(members: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let present = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format, rows: &[Vec<Cell>]) -> String {
        let mut out = Vec::new();
        let mut table = Table::begin(&["a", "b"], format, &mut out).unwrap();
        for row in rows {
            table.row(row).unwrap();
        }
        assert_eq!(table.finish().unwrap(), rows.len() as u64);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_spreadsheet_reads_the_csv_and_runs_nothing() {
        let rows = [
            vec![Cell::from("say \"hi\",\nplease"), Cell::from("Анна")],
            vec![Cell::from("=1+1"), Cell::from(Some(-5))],
            vec![Cell::from("@x"), Cell::from(vec!["+a".to_owned(), "b".to_owned()])],
            vec![Cell::from("\tx"), Cell::Text(None)],
        ];
        assert_eq!(
            written(Format::CSV, &rows),
            "\u{feff}a,b\r\n\"say \"\"hi\"\",\nplease\",Анна\r\n'=1+1,-5\r\n'@x,'+a|b\r\n'\tx,\r\n"
        );
        assert_eq!(written(Format::CSV, &[]), "\u{feff}a,b\r\n");
    }

    #[test]
    fn a_table_for_a_spreadsheet_has_its_separator_and_its_times() {
        let rows = [
            vec![Cell::from("a;b"), Cell::from(Timestamp::from_millis(1_795_251_600_999))],
            vec![Cell::from("a,=b"), Cell::from(vec!["-x".to_owned(), "=y".to_owned()])],
        ];
        let local = Some(chrono_tz::Europe::Moscow);
        let of = |separator, local| written(Format::Csv(Style { separator, local }), &rows);
        assert_eq!(
            of(Separator::Semicolon, local),
            "\u{feff}a;b\r\n\"a;b\";2026-11-21 12:00:00\r\na,'=b;'-x|'=y\r\n"
        );
        assert_eq!(
            of(Separator::Tab, None),
            "\u{feff}a\tb\r\na;b\t2026-11-21T09:00:00.999Z\r\na,'=b\t'-x|'=y\r\n"
        );
    }

    #[test]
    fn json_lines_have_real_types_in_the_columns_order() {
        let attachment = object([("kind", Some(Value::from("voice"))), ("size", None)]);
        let rows = [
            vec![Cell::from("=1"), Cell::from(Timestamp::from_millis(0))],
            vec![Cell::Text(None), Cell::Objects(vec![(attachment, String::new())])],
            vec![Cell::Bool(true), Cell::from(vec!["x".to_owned()])],
        ];
        assert_eq!(
            written(Format::Jsonl, &rows),
            "{\"a\":\"=1\",\"b\":\"1970-01-01T00:00:00Z\"}\n{\"a\":null,\"b\":[{\"kind\":\"voice\"}]}\n\
             {\"a\":true,\"b\":[\"x\"]}\n"
        );
        let one = [vec![Cell::Json(None), Cell::Json(Some(Value::from(1.5)))]];
        assert_eq!(written(Format::Array, &one), "[{\"a\":null,\"b\":1.5}]");
        assert_eq!(written(Format::Array, &[]), "[]");
    }
}
