//! What is seen on a page, as a file: a table, a workbook or a picture. Files are made outside the threads that answer
//! requests, a few at a time.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Pages;
use super::bar::Pick;
use super::filters::FileForm;
use super::reply::{Answer, Trouble};
use crate::aside::start_aside;
use crate::domain::period::Period;
use crate::pages::Words;
use crate::service::export::{ExportError, Kind};
use crate::service::figures::flat::{Cell, Flat, csv};
use crate::service::workbook::Book;
use crate::web::{Attached, attached, of_file};

/// How many files are made at the same time.
const AT_ONCE: usize = 2;
/// The width of a workbook's columns, in characters.
const WIDTH: f64 = 14.0;

/// The turns in which files are made. All clones share them.
#[derive(Clone, Debug)]
pub struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Turns {
    /// Waits for a turn.
    pub async fn take(&self) -> Result<SemaphorePermit<'_>, Trouble> {
        self.0.acquire().await.map_err(|_| Trouble::Busy)
    }
}

impl From<ExportError> for Trouble {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::Write(error) => error.into(),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        tracing::error!(%error, "a file cannot be made for a page");
        Self::Busy
    }
}

/// The name of a file about a period: `afterword-answers-2026-10`.
pub(super) fn named(what: &str, period: &Period) -> String {
    format!("afterword-{what}-{}", period.to_string().replace("..", "_"))
}

/// The links to a list as a table.
pub(super) fn links_of_list(address: &str) -> Vec<Pick> {
    let link = |form: FileForm, name: &str| Pick {
        href: form.of(address),
        name: name.to_owned(),
        is_current: false,
    };
    vec![link(FileForm::Csv(None), "CSV"), link(FileForm::Xlsx, "XLSX")]
}

/// What a list is asked for as; lists have no pictures.
pub(super) fn kind_of_list(form: &FileForm) -> Result<(Kind, Attached), Trouble> {
    match form {
        FileForm::Csv(None) => Ok((Kind::Csv, Attached::Csv)),
        FileForm::Xlsx => Ok((Kind::Xlsx, Attached::Xlsx)),
        FileForm::Csv(Some(_)) | FileForm::Svg | FileForm::Png => Err(Trouble::NotFound),
    }
}

/// A page with figures, as files.
pub(super) struct Figures {
    name: String,
    tables: Vec<(&'static str, Box<dyn Flat + Send>)>,
}

impl std::fmt::Debug for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Figures({})", self.name)
    }
}

impl Figures {
    pub const fn new(name: String) -> Self {
        Self { name, tables: Vec::new() }
    }

    /// Adds a table. Its name is part of addresses, and of the ID of its name for people.
    pub fn with(mut self, name: &'static str, table: impl Flat + Send + 'static) -> Self {
        self.tables.push((name, Box::new(table)));
        self
    }

    /// Whether there is a table with this name.
    pub fn has(&self, table: &str) -> bool {
        self.tables.iter().any(|(name, _)| *name == table)
    }

    /// The links to each file that the page can be.
    pub fn links(&self, words: &Words, address: &str, has_chart: bool) -> Vec<Pick> {
        let link = |form: &FileForm, name: String| Pick { href: form.of(address), name, is_current: false };
        let csv = self.tables.iter().enumerate().map(|(place, (table, _))| {
            let form = FileForm::Csv((place > 0).then(|| (*table).to_owned()));
            link(&form, words.of("page-file-csv", "table", &words.t(table_id(table))))
        });
        let mut links: Vec<Pick> = csv.collect();
        links.push(link(&FileForm::Xlsx, words.t("page-file-xlsx")));
        if has_chart {
            links.push(link(&FileForm::Png, words.t("page-file-png")));
            links.push(link(&FileForm::Svg, words.t("page-file-svg")));
        }
        links
    }

    /// The page as one file. `drawn` is its charts on one sheet, if it has any.
    pub async fn reply(self, pages: &Pages, form: FileForm, drawn: Option<String>) -> Answer {
        let _turn = pages.turns.take().await?;
        match form {
            FileForm::Svg => {
                let svg = drawn.ok_or(Trouble::NotFound)?;
                Ok(attached(&self.name, Attached::Svg, Body::from(svg)))
            }
            FileForm::Png => {
                let png = pages.pictures.png(drawn.ok_or(Trouble::NotFound)?).await.map_err(|error| {
                    tracing::error!(%error, "the charts of a page cannot be drawn");
                    Trouble::Busy
                })?;
                Ok(attached(&self.name, Attached::Png, Body::from(png)))
            }
            FileForm::Csv(table) => self.csv(table.as_deref()).await,
            FileForm::Xlsx => self.workbook(pages).await,
        }
    }

    /// The table with this name, or the first one.
    async fn csv(self, asked: Option<&str>) -> Answer {
        let place = match asked {
            None => Some(0),
            Some(asked) => self.tables.iter().position(|(name, _)| *name == asked),
        };
        let place = place.filter(|place| *place < self.tables.len()).ok_or(Trouble::NotFound)?;
        let mut tables = self.tables;
        let (known, table) = tables.swap_remove(place);
        let name = if place == 0 { self.name } else { format!("{}-{known}", self.name) };
        let table = work(move || csv(&*table)).await?;
        Ok(attached(&name, Attached::Csv, Body::from(table)))
    }

    /// All tables, a sheet each.
    async fn workbook(self, pages: &Pages) -> Answer {
        let (zone, tables) = (pages.ctx.zone(), self.tables);
        let book = move || {
            let mut book = Book::new(zone);
            for (name, table) in &tables {
                sheet(&mut book, name, &**table)?;
            }
            book.save_to_file()
        };
        Ok(attached(&self.name, Attached::Xlsx, of_file(work(book).await??)))
    }
}

/// The ID of what a table is called.
fn table_id(name: &str) -> &'static str {
    match name {
        "trend" => "page-table-trend",
        "reasons" => "page-table-reasons",
        "topics" => "page-table-topics",
        "automations" => "page-table-automations",
        "agents" => "page-table-agents",
        "ledger" => "page-table-ledger",
        "parts" => "page-table-parts",
        "bounds" => "page-table-bounds",
        "waiting" => "page-table-waiting",
        "bins" => "page-table-bins",
        "importance" => "page-table-importance",
        "drivers" => "page-table-drivers",
        "kpis" => "page-table-kpis",
        _ => "page-table-figures",
    }
}

async fn work<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Trouble> {
    Ok(start_aside(work).await.map_err(io::Error::other)?)
}

fn sheet(book: &mut Book, name: &str, of: &dyn Flat) -> io::Result<()> {
    let mut rows = of.rows().into_iter();
    let heads = rows.next().unwrap_or_default();
    book.sheet(name, heads.iter().map(|head| (head.plain(), WIDTH)))?;
    for row in rows {
        book.row(row.iter().map(Cell::value))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_it_is_and_of_when() {
        let name = |period: &str| named("answers", &Period::parse(period).unwrap());
        assert_eq!(name("2026-10"), "afterword-answers-2026-10");
        assert_eq!(name("2026-08..2026-10"), "afterword-answers-2026-08_2026-10");
    }
}
