//! Answers, surveys and events as tables: the columns of the public contract, in its order, streamed.

mod about;
mod answers;
mod cases;
mod chosen;
mod cursor;
mod events;
mod feed;
mod shape;
mod staff_log;
mod surveys;
mod table;

use std::io::{self, Write};

use chrono::NaiveDate;

use crate::domain::schedule::start_of_day;
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::service::erasing::Hasher;
use crate::service::workbook::Book;
use crate::store::export::{EventColumns, Span};
use crate::store::shared_words::WordKind;
use crate::store::{self, Tx};

pub use answers::{Answer, Attachment};
pub use cases::{Case, CasePage, Step, WholeCase, case, changed_cases};
pub use chosen::{Kind, chosen_answers, chosen_surveys, listed_cases};
pub use cursor::{CaseCursor, Cursor, WrongCursor};
pub use feed::{Page, changed_answers, survey};
pub use surveys::Survey;
use table::Target;
pub use table::{Format, Separator, Style};

/// What to export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Answers,
    Surveys,
    Events,
    /// Days are the days on which the cases were opened.
    Cases,
    /// Who of the staff did what. Days are the days on which it was done.
    StaffLog,
}

/// Which rows to export. The days are those of `occurred_at` in the default time zone, both inclusive.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub tests: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("the export cannot be written")]
    Write(#[source] io::Error),
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// Writes the table to `out`. Returns the number of rows.
pub async fn export(
    tx: &mut Tx,
    ctx: &Context,
    what: What,
    filter: &Filter,
    format: Format,
    out: &mut dyn Write,
) -> Result<u64, ExportError> {
    write(tx, ctx, what, filter, Target::Stream(format, out)).await
}

/// Writes the table as a sheet of a workbook. Returns the number of rows.
pub async fn write_sheet(
    tx: &mut Tx,
    ctx: &Context,
    what: What,
    filter: &Filter,
    book: &mut Book,
) -> Result<u64, ExportError> {
    let name = match what {
        What::Answers => "answers",
        What::Surveys => "surveys",
        What::Events => "events",
        What::Cases => "cases",
        What::StaffLog => "staff-log",
    };
    write(tx, ctx, what, filter, Target::Sheet(book, name)).await
}

async fn write(
    tx: &mut Tx,
    ctx: &Context,
    what: What,
    filter: &Filter,
    target: Target<'_>,
) -> Result<u64, ExportError> {
    let span = span(ctx, filter);
    match what {
        What::Answers => answers::write(tx, ctx, &span, target).await,
        What::Surveys => surveys::write(tx, &span, target).await,
        What::Events => events::write(tx, &span, target).await,
        What::Cases => cases::write(tx, &span, target).await,
        What::StaffLog => Ok(staff_log::write(&staff_log::entries(tx, &span).await?, target)?),
    }
}

/// The complete staff log, as a CSV.
pub async fn whole_staff_log(tx: &mut Tx) -> store::Result<Vec<u8>> {
    let always = Span {
        from: Timestamp::from_millis(i64::MIN),
        until: Timestamp::from_millis(i64::MAX),
        tests: false,
    };
    let entries = staff_log::entries(tx, &always).await?;
    let mut csv = Vec::new();
    staff_log::write(&entries, Target::Stream(Format::CSV, &mut csv))
        .map_err(|error| store::Error::broken("staff_log", format!("no table: {error}")))?;
    Ok(csv)
}

fn span(ctx: &Context, filter: &Filter) -> Span {
    let start = |day: NaiveDate| start_of_day(day, ctx.zone());
    Span {
        from: filter.from.map_or(Timestamp::from_millis(i64::MIN), start),
        until: filter.to.and_then(|day| day.succ_opt()).map_or(Timestamp::from_millis(i64::MAX), start),
        tests: filter.tests,
    }
}

/// What an event loses while its customer is still being erased.
struct Hidden<'a> {
    event_id: &'a mut String,
    tags: &'a mut String,
    segments: &'a mut String,
}

impl<'a> Hidden<'a> {
    fn of(event: &'a mut EventColumns) -> Self {
        Self { event_id: &mut event.event_id, tags: &mut event.tags, segments: &mut event.segments }
    }
}

/// Leaves of events whose customers are being erased what will be kept of them.
async fn hide(tx: &mut Tx, events: Vec<Hidden<'_>>) -> store::Result<()> {
    let (mut event_ids, mut tags, mut segments) = (Vec::new(), Vec::new(), Vec::new());
    for event in events {
        event_ids.push(event.event_id);
        tags.push(event.tags);
        segments.push(event.segments);
    }
    hide_ids(tx, event_ids).await?;
    tx.leave_shared_words(WordKind::Tag, tags).await?;
    tx.leave_shared_words(WordKind::Segment, segments).await
}

/// Replaces the IDs of events whose customers are being erased with the IDs that they will have.
async fn hide_ids(tx: &mut Tx, event_ids: Vec<&mut String>) -> store::Result<()> {
    if event_ids.is_empty() {
        return Ok(());
    }
    let Some(hasher) = Hasher::find(tx).await? else { return Ok(()) };
    for event_id in event_ids {
        *event_id = hasher.event(event_id);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
