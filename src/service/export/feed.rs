//! Data that other programs read piece by piece: the answers in the order in which they were stored or changed, and one
//! survey with its answers.

use std::io;

use super::cursor::{Cursor, WrongCursor};
use super::table::{Column, Format, Table, write_object};
use super::{ExportError, answers, surveys};
use crate::service::Context;
use crate::store::{self, Tx};

/// The most answers held as rows at once. Rows take much more memory than their text.
const ROWS_AT_ONCE: i64 = 500;
/// A page ends once its text has this many bytes, even before its limit, because a comment may be as long as a message.
const MOST_BYTES: usize = 8 << 20;

/// The result of reading one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub rows: u64,
    /// Where the next page starts.
    pub next: Cursor,
    /// Whether reading the next page now would return anything.
    pub more: bool,
}

/// Writes the answers that were stored or changed after `since`: at most `limit`, or fewer if they are long.
pub async fn changed_answers(
    tx: &mut Tx,
    ctx: &Context,
    since: Cursor,
    limit: i64,
    tests: bool,
    format: Format,
    out: &mut Vec<u8>,
) -> Result<Result<Page, WrongCursor>, ExportError> {
    if since.0 > tx.end_of_journal().await? {
        return Ok(Err(WrongCursor::Ahead));
    }
    let mut pieces = Pieces::begin(answers::COLUMNS, format, out)?;
    let mut page = Page { rows: 0, next: since, more: true };
    let mut left = limit;
    while page.more && left > 0 && pieces.out.len() < MOST_BYTES {
        let wanted = left.min(ROWS_AT_ONCE);
        let mut changed = tx.list_changed_answers(page.next.0, tests, wanted + 1).await?;
        let kept = usize::try_from(wanted).unwrap_or(usize::MAX);
        page.more = changed.len() > kept;
        changed.truncate(kept);
        page.next = changed.last().map_or(page.next, |last| Cursor(last.position));
        let changed = changed.into_iter().map(|changed| changed.answer).collect();
        page.rows += pieces.add(&answers::rows(tx, ctx, changed).await?)?;
        left -= wanted;
    }
    pieces.end();
    Ok(Ok(page))
}

/// A table that is written piece by piece, so that only one piece of it is in memory as rows.
struct Pieces<'a, R: 'static> {
    columns: &'static [Column<R>],
    format: Format,
    out: &'a mut Vec<u8>,
    /// The length of the text before a table's rows, and the text after them.
    head: usize,
    tail: Vec<u8>,
    rows: u64,
}

impl<'a, R> Pieces<'a, R> {
    fn begin(columns: &'static [Column<R>], format: Format, out: &'a mut Vec<u8>) -> io::Result<Self> {
        let mut empty = Vec::new();
        write(columns, &[], format, &mut empty)?;
        let head = if format == Format::Array { 1 } else { empty.len() };
        let tail = empty.split_off(head);
        out.extend_from_slice(&empty);
        Ok(Self { columns, format, out, head, tail, rows: 0 })
    }

    fn add(&mut self, rows: &[R]) -> io::Result<u64> {
        let mut piece = Vec::new();
        let count = write(self.columns, rows, self.format, &mut piece)?;
        if self.format == Format::Array && self.rows > 0 && count > 0 {
            self.out.push(b',');
        }
        self.out.extend_from_slice(&piece[self.head..piece.len() - self.tail.len()]);
        self.rows += count;
        Ok(count)
    }

    fn end(self) {
        self.out.extend_from_slice(&self.tail);
    }
}

/// One survey as JSON: the columns of its table, and `answers` with the columns of the answers' table. Returns `None`
/// if there is no such survey.
pub async fn survey(tx: &mut Tx, ctx: &Context, survey_id: &str) -> Result<Option<Vec<u8>>, ExportError> {
    let found = tx.find_exported_survey(survey_id).await?;
    let Some(row) = surveys::rows(tx, found.into_iter().collect()).await?.pop() else { return Ok(None) };
    let given = tx.list_answers_of_survey(row.survey.event.survey).await?;
    let given = answers::rows(tx, ctx, given).await?;
    let mut json = Vec::new();
    write_object(surveys::COLUMNS, &row, &mut json)?;
    json.pop();
    json.extend_from_slice(b",\"answers\":");
    write(answers::COLUMNS, &given, Format::Array, &mut json)?;
    json.push(b'}');
    Ok(Some(json))
}

fn write<R>(columns: &'static [Column<R>], rows: &[R], format: Format, out: &mut Vec<u8>) -> io::Result<u64> {
    let mut table = Table::begin(columns, format, out)?;
    for row in rows {
        table.row(row)?;
    }
    table.finish()
}

/// A write error can only come from the data in the database, because the text is written to memory.
impl From<ExportError> for store::Error {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error,
            ExportError::Write(error) => {
                Self::broken("answers", format!("cannot be written as text: {error}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::export::shape::{INT, TEXT};

    #[test]
    fn a_table_in_pieces_is_the_table_in_one() {
        const COLUMNS: &[Column<i64>] =
            &[("number", INT, |row| (*row).into()), ("text", TEXT, |row| row.to_string().into())];
        for format in [Format::Array, Format::CSV] {
            for rows in [0..0, 0..1, 0..2, 0..5] {
                let rows: Vec<i64> = rows.collect();
                let mut whole = Vec::new();
                write(COLUMNS, &rows, format, &mut whole).unwrap();
                let mut out = Vec::new();
                let mut pieces = Pieces::begin(COLUMNS, format, &mut out).unwrap();
                for row in &rows {
                    assert_eq!(pieces.add(std::slice::from_ref(row)).unwrap(), 1);
                }
                assert_eq!(pieces.add(&[]).unwrap(), 0);
                pieces.end();
                assert_eq!(String::from_utf8(out), String::from_utf8(whole), "{format:?} {rows:?}");
            }
        }
    }
}
