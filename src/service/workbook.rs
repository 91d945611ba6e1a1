//! A workbook for spreadsheet programs, written row by row in constant memory. Numbers are numbers and times are times;
//! a text is never a formula.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Seek as _, Write};

use chrono::NaiveDate;
use chrono_tz::Tz;
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};

use crate::domain::time::Timestamp;

/// How many rows a sheet can have. What passes them goes on in the next sheet.
const MOST_ROWS: u32 = 1_048_576;
/// How many UTF-16 units a cell can hold.
const MOST_UNITS: usize = 32_767;

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Empty,
    Text(Cow<'a, str>),
    Number(f64),
    /// Shown in the workbook's time zone.
    Time(Timestamp),
    Day(NaiveDate),
    Flag(bool),
}

impl Value<'_> {
    /// A whole number. A spreadsheet holds 15 digits.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a spreadsheet has no other numbers")]
    pub const fn whole(number: i64) -> Self {
        Self::Number(number as f64)
    }
}

/// A workbook that is being written, sheet after sheet.
pub struct Book {
    workbook: Workbook,
    zone: Tz,
    most_rows: u32,
    formats: Formats,
    /// The present sheet.
    name: String,
    heads: Vec<(String, f64)>,
    /// Which part of the table the present sheet is, from 1.
    part: u32,
    row: u32,
}

struct Formats {
    head: Format,
    time: Format,
    day: Format,
}

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Book")
    }
}

impl Book {
    #[must_use]
    pub fn new(zone: Tz) -> Self {
        Self {
            workbook: Workbook::new(),
            zone,
            most_rows: MOST_ROWS,
            formats: Formats {
                head: Format::new().set_bold().set_background_color(Color::RGB(0x00EE_F1F4)),
                time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
                day: Format::new().set_num_format("yyyy-mm-dd"),
            },
            name: String::new(),
            heads: Vec::new(),
            part: 0,
            row: 0,
        }
    }

    /// Begins a sheet with a frozen head. Each column has its name and its width in characters.
    pub fn sheet<'h>(
        &mut self,
        name: &str,
        heads: impl IntoIterator<Item = (&'h str, f64)>,
    ) -> io::Result<()> {
        name.clone_into(&mut self.name);
        self.heads = heads.into_iter().map(|(head, width)| (head.to_owned(), width)).collect();
        self.part = 0;
        self.next_part()
    }

    /// Writes the next row of the present sheet.
    pub fn row<'v>(&mut self, values: impl IntoIterator<Item = Value<'v>>) -> io::Result<()> {
        if self.row == self.most_rows {
            self.next_part()?;
        }
        let (row, zone) = (self.row, self.zone);
        let sheet = present(&mut self.workbook)?;
        for (column, value) in (0_u16..).zip(values) {
            write(sheet, &self.formats, zone, (row, column), value).map_err(failed)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Writes the whole workbook.
    pub fn save(self, out: &mut dyn Write) -> io::Result<()> {
        io::copy(&mut self.save_to_file()?, out)?;
        Ok(())
    }

    /// Writes the whole workbook to a file on disk without a name, because it may be larger than what should be held in
    /// memory. Returns the file from its beginning.
    pub fn save_to_file(mut self) -> io::Result<File> {
        let mut packed = tempfile::tempfile()?;
        self.workbook.save_to_writer(&mut packed).map_err(failed)?;
        packed.rewind()?;
        Ok(packed)
    }

    fn next_part(&mut self) -> io::Result<()> {
        self.part += 1;
        let sheet = self.workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        let name = if self.part == 1 { self.name.clone() } else { format!("{} ({})", self.name, self.part) };
        sheet.set_name(name).map_err(failed)?;
        for (column, (head, width)) in (0_u16..).zip(&self.heads) {
            sheet.set_column_width(column, *width).map_err(failed)?;
            sheet.write_string_with_format(0, column, head, &self.formats.head).map_err(failed)?;
        }
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        self.row = 1;
        Ok(())
    }
}

fn present(workbook: &mut Workbook) -> io::Result<&mut Worksheet> {
    workbook.worksheets_mut().last_mut().ok_or_else(|| io::Error::other("the workbook has no sheet"))
}

fn write(
    sheet: &mut Worksheet,
    formats: &Formats,
    zone: Tz,
    (row, column): (u32, u16),
    value: Value<'_>,
) -> Result<(), XlsxError> {
    match value {
        Value::Empty => {}
        Value::Text(text) => {
            sheet.write_string(row, column, fitting(&text))?;
        }
        Value::Number(number) => {
            sheet.write_number(row, column, number)?;
        }
        Value::Time(time) => {
            let local = time.to_utc().with_timezone(&zone).naive_local();
            sheet.write_datetime_with_format(row, column, local, &formats.time)?;
        }
        Value::Day(day) => {
            sheet.write_datetime_with_format(row, column, day, &formats.day)?;
        }
        Value::Flag(flag) => {
            sheet.write_boolean(row, column, flag)?;
        }
    }
    Ok(())
}

/// The text as far as a cell can hold it; what is cut says so.
fn fitting(text: &str) -> Cow<'_, str> {
    let units = text.encode_utf16().count();
    if units <= MOST_UNITS {
        return Cow::Borrowed(text);
    }
    let note = format!(" … [cut: the whole text has {} characters]", text.chars().count());
    let (mut room, mut end) = (MOST_UNITS - note.encode_utf16().count(), 0);
    for character in text.chars() {
        match room.checked_sub(character.len_utf16()) {
            Some(left) => room = left,
            None => break,
        }
        end += character.len_utf8();
    }
    Cow::Owned(format!("{}{note}", &text[..end]))
}

fn failed(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_where_a_cell_ends_and_says_so() {
        let text = "ы".repeat(MOST_UNITS);
        assert_eq!(fitting(&text), text);
        let long = "😀".repeat(MOST_UNITS);
        let cut = fitting(&long);
        assert!(cut.encode_utf16().count() <= MOST_UNITS);
        assert!(cut.ends_with("[cut: the whole text has 32767 characters]"), "{}", cut.len());
    }

    #[test]
    fn what_passes_a_sheets_rows_goes_on_in_the_next() {
        let mut book = Book::new(Tz::UTC);
        book.most_rows = 3;
        book.sheet("answers", [("n", 8.0)]).unwrap();
        for number in 0..5_u8 {
            book.row([Value::Number(number.into())]).unwrap();
        }
        let names: Vec<String> = book.workbook.worksheets().iter().map(Worksheet::name).collect();
        assert_eq!(names, ["answers", "answers (2)", "answers (3)"]);
        let mut out = Vec::new();
        book.save(&mut out).unwrap();
        assert!(out.starts_with(b"PK"));
    }
}
