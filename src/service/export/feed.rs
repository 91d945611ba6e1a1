//! What other programs read piece by piece: answers in the order in which they were stored or changed; and one survey
//! with its answers.

use std::io;

use super::answers::{COLUMNS, rows};
use super::cursor::{Cursor, WrongCursor};
use super::table::{Cell, Format, Table, write_object};
use super::{ExportError, surveys};
use crate::service::Context;
use crate::store::{self, Tx};

/// What one reading gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub rows: u64,
    /// Where the next reading begins.
    pub next: Cursor,
    /// Whether the next reading would give something now.
    pub more: bool,
}

/// Writes the answers that were stored or changed after `since`, at most `limit`.
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
    let mut page = tx.list_changed_answers(since.0, tests, limit + 1).await?;
    let kept = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = page.len() > kept;
    page.truncate(kept);
    let next = page.last().map_or(since, |last| Cursor(last.position));
    let rows = write(rows(tx, ctx, page).await?, format, out)?;
    Ok(Ok(Page { rows, next, more }))
}

/// One survey as JSON: the columns of its table, and `answers` with the columns of theirs. `None` if there is none.
pub async fn survey(tx: &mut Tx, ctx: &Context, survey_id: &str) -> Result<Option<Vec<u8>>, ExportError> {
    let Some(survey) = tx.find_exported_survey(survey_id).await? else { return Ok(None) };
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
