//! What other programs read piece by piece: answers in the order in which they were stored or changed; and one survey
//! with its answers.

use std::io;

use super::answers::{COLUMNS, rows};
use super::cursor::{Cursor, WrongCursor};
use super::table::{Cell, Format, Table, write_object};
use super::{ExportError, surveys};
use crate::service::Context;
use crate::store::{self, Tx};

/// So many answers are held as rows, which take much more memory than their text.
const ROWS_AT_ONCE: i64 = 500;
/// A reading ends when its text has so many bytes, even before its limit: a comment may be as long as a message.
const MOST_BYTES: usize = 8 << 20;

/// What one reading gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub rows: u64,
    /// Where the next reading begins.
    pub next: Cursor,
    /// Whether the next reading would give something now.
    pub more: bool,
}

/// Writes the answers that were stored or changed after `since`, at most `limit`, fewer if they are long.
pub async fn changed_answers(
    tx: &mut Tx,
    ctx: &Context,
    since: Cursor,
    (limit, tests): (i64, bool),
    format: Format,
    out: &mut Vec<u8>,
) -> Result<Result<Page, WrongCursor>, ExportError> {
    if since.0 >= tx.end_of_positions().await? {
        return Ok(Err(WrongCursor::Ahead));
    }
    let mut pieces = Pieces::begin(format, out)?;
    let mut page = Page { rows: 0, next: since, more: true };
    let mut left = limit;
    while page.more && left > 0 && pieces.out.len() < MOST_BYTES {
        let wanted = left.min(ROWS_AT_ONCE);
        let mut answers = tx.list_changed_answers(page.next.0, tests, wanted + 1).await?;
        let kept = usize::try_from(wanted).unwrap_or(usize::MAX);
        page.more = answers.len() > kept;
        answers.truncate(kept);
        page.next = answers.last().map_or(page.next, |last| Cursor(last.position));
        page.rows += pieces.add(rows(tx, ctx, answers).await?)?;
        left -= wanted;
    }
    pieces.end();
    Ok(Ok(page))
}

/// A table that is written piece by piece, so that only a piece of it is in memory as rows.
struct Pieces<'a> {
    format: Format,
    out: &'a mut Vec<u8>,
    /// What stands before the rows of a table, and behind them.
    head: usize,
    tail: Vec<u8>,
    rows: u64,
}

impl<'a> Pieces<'a> {
    fn begin(format: Format, out: &'a mut Vec<u8>) -> io::Result<Self> {
        let mut empty = Vec::new();
        write(Vec::new(), format, &mut empty)?;
        let head = if format == Format::Array { 1 } else { empty.len() };
        let tail = empty.split_off(head);
        out.extend_from_slice(&empty);
        Ok(Self { format, out, head, tail, rows: 0 })
    }

    fn add(&mut self, rows: Vec<Vec<Cell>>) -> io::Result<u64> {
        let mut piece = Vec::new();
        let count = write(rows, self.format, &mut piece)?;
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

/// One survey as JSON: the columns of its table, and `answers` with the columns of theirs. `None` if there is none.
pub async fn survey(tx: &mut Tx, ctx: &Context, survey_id: &str) -> Result<Option<Vec<u8>>, ExportError> {
    let Some(mut survey) = tx.find_exported_survey(survey_id).await? else { return Ok(None) };
    surveys::hide(tx, std::slice::from_mut(&mut survey)).await?;
    let given = tx.list_answers_of_survey(survey.event.survey).await?;
    let given = rows(tx, ctx, given).await?;
    let mut json = Vec::new();
    write_object(surveys::COLUMNS, &surveys::row(survey)?, &mut json)?;
    json.pop();
    json.extend_from_slice(b",\"answers\":");
    write(given, Format::Array, &mut json)?;
    json.push(b'}');
    Ok(Some(json))
}

fn write(rows: Vec<Vec<Cell>>, format: Format, out: &mut Vec<u8>) -> io::Result<u64> {
    let mut table = Table::begin(COLUMNS, format, out)?;
    for row in rows {
        table.row(&row)?;
    }
    table.finish()
}

/// What can only be the database's fault: nothing is written but into memory.
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

    #[test]
    fn a_table_in_pieces_is_the_table_in_one() {
        let row = |number: i64| vec![Cell::Int(Some(number)); COLUMNS.len()];
        for format in [Format::Array, Format::CSV] {
            for rows in [0, 1, 2, 5] {
                let mut whole = Vec::new();
                write((0..rows).map(row).collect(), format, &mut whole).unwrap();
                let mut out = Vec::new();
                let mut pieces = Pieces::begin(format, &mut out).unwrap();
                for number in 0..rows {
                    assert_eq!(pieces.add(vec![row(number)]).unwrap(), 1);
                }
                assert_eq!(pieces.add(Vec::new()).unwrap(), 0);
                pieces.end();
                assert_eq!(String::from_utf8(out), String::from_utf8(whole), "{format:?} {rows}");
            }
        }
    }
}
