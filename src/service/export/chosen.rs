//! Tables of rows that somebody chose on a page, written to a file on disk: any number of rows needs the same memory.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write as _};
use std::sync::Arc;

use chrono_tz::Tz;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::table::{Column, Format, Table, Target};
use super::{ExportError, answers, cases, surveys};
use crate::aside::start_aside;
use crate::domain::ids::SurveyKey;
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::service::workbook::Book;
use crate::store::Tx;
use crate::store::cases::Shown;

/// How many rows are read at once.
const AT_ONCE: usize = 500;
/// How many pages of rows may wait for the writer.
const AHEAD: usize = 2;

/// What a table is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Csv,
    Xlsx,
}

/// Writes these answers, by survey and question, with their reasons and comments.
pub async fn chosen_answers(
    tx: &mut Tx,
    ctx: &Context,
    mut chosen: Vec<(SurveyKey, Arc<str>)>,
    kind: Kind,
) -> Result<File, ExportError> {
    chosen.sort_unstable();
    let mut keys: Vec<SurveyKey> = chosen.iter().map(|(survey, _)| *survey).collect();
    keys.dedup();
    let is_chosen = |survey: SurveyKey, question: &str| {
        chosen.binary_search_by(|(known, of)| (*known, &**of).cmp(&(survey, question))).is_ok()
    };
    let mut file = Writing::begin(answers::COLUMNS, "answers", kind, ctx.zone());
    for some in keys.chunks(AT_ONCE) {
        let mut found = tx.list_exported_answers_of(some).await?;
        found.retain(|answer| is_chosen(answer.event.survey, &answer.question));
        found.sort_by_key(|answer| answer.id);
        if !file.add(answers::rows(tx, ctx, found).await?).await {
            break;
        }
    }
    file.finish().await
}

/// Writes these surveys, in the order of their events' arrival.
pub async fn chosen_surveys(
    tx: &mut Tx,
    ctx: &Context,
    mut chosen: Vec<SurveyKey>,
    kind: Kind,
) -> Result<File, ExportError> {
    chosen.sort_unstable();
    let mut file = Writing::begin(surveys::COLUMNS, "surveys", kind, ctx.zone());
    for some in chosen.chunks(AT_ONCE) {
        let mut found = tx.list_exported_surveys_of(some).await?;
        found.sort_by_key(|survey| survey.event.survey);
        if !file.add(surveys::rows(tx, found).await?).await {
            break;
        }
    }
    file.finish().await
}

/// Writes the cases of a list, in its order.
pub async fn listed_cases(
    tx: &mut Tx,
    ctx: &Context,
    shown: &Shown,
    now: Timestamp,
    kind: Kind,
) -> Result<File, ExportError> {
    let mut file = Writing::begin(cases::COLUMNS, "cases", kind, ctx.zone());
    let limit = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
    let mut offset = 0;
    loop {
        let mut found = tx.list_cases(shown, now, (offset, limit)).await?;
        cases::hide(tx, &mut found).await?;
        let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
        offset += count;
        if !file.add(found).await || count < limit {
            break;
        }
    }
    file.finish().await
}

/// A table that is written on a thread of its own, because rows of a workbook are packed as they are written.
struct Writing<R> {
    rows: mpsc::Sender<Vec<R>>,
    written: JoinHandle<io::Result<File>>,
}

impl<R: Send + 'static> Writing<R> {
    fn begin(columns: &'static [Column<R>], name: &'static str, kind: Kind, zone: Tz) -> Self {
        let (rows, incoming) = mpsc::channel(AHEAD);
        let written = start_aside(move || match kind {
            Kind::Csv => csv(columns, incoming),
            Kind::Xlsx => workbook(columns, name, zone, incoming),
        });
        Self { rows, written }
    }

    /// Adds rows. Returns false once the writer has failed; [`Self::finish`] says why.
    async fn add(&mut self, rows: Vec<R>) -> bool {
        self.rows.send(rows).await.is_ok()
    }

    /// Ends the table, and returns the file from its beginning.
    async fn finish(self) -> Result<File, ExportError> {
        drop(self.rows);
        let written = self.written.await.map_err(io::Error::other)?;
        Ok(written?)
    }
}

fn csv<R>(columns: &'static [Column<R>], incoming: mpsc::Receiver<Vec<R>>) -> io::Result<File> {
    let mut file = BufWriter::new(tempfile::tempfile()?);
    write(Table::begin(columns, Format::CSV, &mut file)?, incoming)?;
    file.flush()?;
    let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(file)
}

fn workbook<R>(
    columns: &'static [Column<R>],
    name: &'static str,
    zone: Tz,
    incoming: mpsc::Receiver<Vec<R>>,
) -> io::Result<File> {
    let mut book = Book::new(zone);
    write(Table::begin_at(columns, Target::Sheet(&mut book, name))?, incoming)?;
    book.save_to_file()
}

fn write<R>(mut table: Table<'_, R>, mut incoming: mpsc::Receiver<Vec<R>>) -> io::Result<()> {
    while let Some(rows) = incoming.blocking_recv() {
        for row in &rows {
            table.row(row)?;
        }
    }
    table.finish()?;
    Ok(())
}
