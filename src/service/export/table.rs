//! Writes one table in two formats: CSV that opens correctly in a spreadsheet and executes nothing there, and JSON with
//! real types. Both use the same list of columns, so a column is one line: its name, the shape of its cells, and the
//! function that reads a cell from a row. The API's description of the JSON is made from the same list.

use std::borrow::Cow;
use std::io::{self, Write};

use chrono_tz::Tz;
use serde_json::Value;

use super::shape::Shape;
use crate::domain::cell::escape;
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;
use crate::service::workbook::{Book, Value as SheetValue};

/// The width of a sheet's columns, in characters.
const SHEET_WIDTH: f64 = 18.0;

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
    /// Writes times as a spreadsheet reads them, in this time zone and to the second. Without it, times are RFC 3339.
    pub local: Option<Tz>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    Comma,
    Semicolon,
    Tab,
}

impl Format {
    /// The CSV that programs expect.
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

/// A column of a table whose rows have the type `R`.
pub type Column<R> = (&'static str, Shape, for<'a> fn(&'a R) -> Cell<'a>);

/// One cell. An absent value is empty in CSV and null in JSON. A cell borrows from its row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    Text(Option<Cow<'a, str>>),
    Int(Option<i64>),
    Time(Option<Timestamp>),
    Bool(bool),
    /// Joined by `|` in CSV.
    List(Vec<&'a str>),
    /// Any JSON; its text in CSV.
    Json(Option<&'a Value>),
    /// Objects in JSON. In CSV, the texts next to them, joined by `|`.
    Objects(Vec<(Value, String)>),
}

impl<'a> Cell<'a> {
    /// A list that is stored joined by `|`.
    pub fn list(joined: &'a str) -> Self {
        Self::List(joined.split('|').filter(|entry| !entry.is_empty()).collect())
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self::Text(text.map(Cow::from))
    }
}

impl<'a> From<&'a Option<String>> for Cell<'a> {
    fn from(text: &'a Option<String>) -> Self {
        Self::from(text.as_deref())
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Cell<'_> {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<Option<PersonId>> for Cell<'_> {
    fn from(person: Option<PersonId>) -> Self {
        Self::Int(person.map(PersonId::get))
    }
}

impl From<Timestamp> for Cell<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Time(Some(time))
    }
}

impl From<Option<Timestamp>> for Cell<'_> {
    fn from(time: Option<Timestamp>) -> Self {
        Self::Time(time)
    }
}

impl From<bool> for Cell<'_> {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

/// A table that is being written.
pub struct Table<'a, R: 'static> {
    columns: &'static [Column<R>],
    spelling: Spelling<'a>,
    rows: u64,
    /// The row that is being written as JSON.
    line: Vec<u8>,
}

/// Where a table goes.
pub enum Target<'a> {
    /// A sheet of its own in a workbook.
    Sheet(&'a mut Book, &'static str),
    Stream(Format, &'a mut dyn Write),
}

impl std::fmt::Debug for Target<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Target")
    }
}

enum Spelling<'a> {
    Sheet(&'a mut Book),
    Csv(Box<csv::Writer<&'a mut dyn Write>>, Style),
    Jsonl(&'a mut dyn Write),
    Array(&'a mut dyn Write),
}

impl<'a, R> Table<'a, R> {
    /// Begins the table where it goes.
    pub fn begin_at(columns: &'static [Column<R>], target: Target<'a>) -> io::Result<Self> {
        match target {
            Target::Stream(format, out) => Self::begin(columns, format, out),
            Target::Sheet(book, name) => {
                book.sheet(name, columns.iter().map(|(name, ..)| (*name, SHEET_WIDTH)))?;
                Ok(Self { columns, spelling: Spelling::Sheet(book), rows: 0, line: Vec::new() })
            }
        }
    }

    /// Begins the table. A CSV gets a header even if it has no rows.
    pub fn begin(columns: &'static [Column<R>], format: Format, out: &'a mut dyn Write) -> io::Result<Self> {
        let spelling = match format {
            Format::Jsonl => Spelling::Jsonl(out),
            Format::Array => {
                out.write_all(b"[")?;
                Spelling::Array(out)
            }
            Format::Csv(style) => {
                // Without the byte order mark, Excel does not recognise UTF-8.
                out.write_all("\u{feff}".as_bytes())?;
                let mut writer = csv::WriterBuilder::new();
                writer.terminator(csv::Terminator::CRLF).delimiter(style.separator.byte());
                let mut writer = writer.from_writer(out);
                writer.write_record(columns.iter().map(|(name, ..)| name)).map_err(plain)?;
                Spelling::Csv(Box::new(writer), style)
            }
        };
        Ok(Self { columns, spelling, rows: 0, line: Vec::new() })
    }

    pub fn row(&mut self, row: &R) -> io::Result<()> {
        let first = self.rows == 0;
        self.rows += 1;
        match &mut self.spelling {
            Spelling::Sheet(book) => {
                let cells: Vec<Cell<'_>> = self.columns.iter().map(|(_, _, read)| read(row)).collect();
                book.row(cells.iter().map(sheet_value))?;
            }
            Spelling::Csv(writer, style) => {
                for (_, _, read) in self.columns {
                    writer.write_field(csv_text(&read(row), *style).as_bytes()).map_err(plain)?;
                }
                // This ends the record.
                writer.write_record(None::<&[u8]>).map_err(plain)?;
            }
            Spelling::Jsonl(out) => {
                self.line.clear();
                write_object(self.columns, row, &mut self.line)?;
                self.line.push(b'\n');
                out.write_all(&self.line)?;
            }
            Spelling::Array(out) => {
                self.line.clear();
                if !first {
                    self.line.push(b',');
                }
                write_object(self.columns, row, &mut self.line)?;
                out.write_all(&self.line)?;
            }
        }
        Ok(())
    }

    /// Ends the table. Returns the number of its rows.
    pub fn finish(self) -> io::Result<u64> {
        match self.spelling {
            Spelling::Sheet(_) => {}
            Spelling::Csv(mut writer, _) => writer.flush()?,
            Spelling::Jsonl(out) => out.flush()?,
            Spelling::Array(out) => out.write_all(b"]")?,
        }
        Ok(self.rows)
    }
}

/// Writes one row as an object, with its fields in the order of the columns.
pub fn write_object<R>(columns: &[Column<R>], row: &R, line: &mut Vec<u8>) -> io::Result<()> {
    line.push(b'{');
    for (index, (name, shape, read)) in columns.iter().enumerate() {
        if index > 0 {
            line.push(b',');
        }
        line.push(b'"');
        line.extend_from_slice(name.as_bytes());
        line.extend_from_slice(b"\":");
        let cell = read(row);
        debug_assert!(shape.fits(&cell), "{name} is no {shape:?}: {cell:?}");
        write_json(&cell, line)?;
    }
    line.push(b'}');
    Ok(())
}

/// The underlying I/O error, so that a full disk and a reader that has closed the connection can be told apart.
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn sheet_value<'c>(cell: &'c Cell<'_>) -> SheetValue<'c> {
    let joined = |entries: Vec<&str>| SheetValue::Text(entries.join("|").into());
    match cell {
        Cell::Text(Some(text)) => SheetValue::Text(text.as_ref().into()),
        Cell::Int(Some(number)) => SheetValue::whole(*number),
        Cell::Time(Some(time)) => SheetValue::Time(*time),
        Cell::Bool(flag) => SheetValue::Flag(*flag),
        Cell::List(list) => joined(list.clone()),
        Cell::Json(Some(value)) => SheetValue::Text(value.to_string().into()),
        Cell::Objects(objects) => joined(objects.iter().map(|(_, text)| text.as_str()).collect()),
        Cell::Text(None) | Cell::Int(None) | Cell::Time(None) | Cell::Json(None) => SheetValue::Empty,
    }
}

fn csv_text<'c>(cell: &'c Cell<'_>, style: Style) -> Cow<'c, str> {
    let escaped = |text: &'c str| escape(text, style.separator.byte());
    // Each entry is escaped on its own, so that a reader can still tell where it ends and remove what was put before
    // it.
    let joined =
        |entries: &mut dyn Iterator<Item = &'c str>| entries.map(escaped).collect::<Vec<_>>().join("|");
    match cell {
        Cell::Json(Some(value)) => escape(&value.to_string(), style.separator.byte()).into_owned().into(),
        Cell::Text(Some(text)) => escaped(text),
        Cell::Int(Some(number)) => number.to_string().into(),
        Cell::Time(Some(time)) => time_text(*time, style).into(),
        Cell::Bool(flag) => (if *flag { "true" } else { "false" }).into(),
        Cell::List(list) => joined(&mut list.iter().copied()).into(),
        Cell::Objects(objects) => joined(&mut objects.iter().map(|(_, text)| text.as_str())).into(),
        Cell::Text(None) | Cell::Int(None) | Cell::Time(None) | Cell::Json(None) => "".into(),
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

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use serde_json::json;

    use super::*;
    use crate::service::export::shape::JSON;

    static NUMBER: LazyLock<Value> = LazyLock::new(|| Value::from(1.5));

    /// The cells that a test writes side by side.
    const COLUMNS: &[Column<[Cell<'static>; 2]>] =
        &[("a", JSON, |row| row[0].clone()), ("b", JSON, |row| row[1].clone())];

    fn written(format: Format, rows: &[[Cell<'static>; 2]]) -> String {
        let mut out = Vec::new();
        let mut table = Table::begin(COLUMNS, format, &mut out).unwrap();
        for row in rows {
            table.row(row).unwrap();
        }
        assert_eq!(table.finish().unwrap(), rows.len() as u64);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_spreadsheet_reads_the_csv_and_runs_nothing() {
        let rows = [
            [Cell::from("say \"hi\",\nplease"), Cell::from("Анна")],
            [Cell::from("=1+1"), Cell::from(Some(-5))],
            [Cell::from("@x"), Cell::list("+a|b")],
            [Cell::from("\tx"), Cell::Text(None)],
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
            [Cell::from("a;b"), Cell::from(Timestamp::from_millis(1_795_251_600_999))],
            [Cell::from("a,=b"), Cell::list("-x|=y")],
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
        let attachment = json!({"kind": "voice"});
        let rows = [
            [Cell::from("=1"), Cell::from(Timestamp::from_millis(0))],
            [Cell::Text(None), Cell::Objects(vec![(attachment, String::new())])],
            [Cell::Bool(true), Cell::list("x")],
        ];
        assert_eq!(
            written(Format::Jsonl, &rows),
            "{\"a\":\"=1\",\"b\":\"1970-01-01T00:00:00Z\"}\n{\"a\":null,\"b\":[{\"kind\":\"voice\"}]}\n\
             {\"a\":true,\"b\":[\"x\"]}\n"
        );
        let one = [[Cell::Json(None), Cell::Json(Some(&NUMBER))]];
        assert_eq!(written(Format::Array, &one), "[{\"a\":null,\"b\":1.5}]");
        assert_eq!(written(Format::Array, &[]), "[]");
    }
}
