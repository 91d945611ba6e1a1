//! Answers, surveys and events as tables: the columns of the public contract, in its order, streamed.

mod about;
mod answers;
mod cases;
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
use crate::store::export::Span;
use crate::store::{self, Tx};

pub use answers::{Answer, Attachment};
pub use cases::{Case, CasePage, Step, WholeCase, case, changed_cases};
pub use cursor::{CaseCursor, Cursor, WrongCursor};
pub use feed::{Page, changed_answers, survey};
pub use surveys::Survey;
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
    let span = span(ctx, filter);
    match what {
        What::Answers => answers::write(tx, ctx, &span, format, out).await,
        What::Surveys => surveys::write(tx, &span, format, out).await,
        What::Events => events::write(tx, &span, format, out).await,
        What::Cases => cases::write(tx, &span, format, out).await,
        What::StaffLog => Ok(staff_log::write(&staff_log::entries(tx, &span).await?, format, out)?),
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
    staff_log::write(&entries, Format::CSV, &mut csv)
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
