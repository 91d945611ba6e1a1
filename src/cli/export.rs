//! `afterword export answers|surveys|events|cases|staff-log`: writes tables for spreadsheets and programs.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::place::write_to;
use super::{DONE, Misuse, Output, Setup};
use crate::service::export::{Filter, Format, Separator, Style, What, export, write_sheet};
use crate::service::workbook::Book;

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum TableName {
    /// One row for each current answer, list of reasons and comment
    Answers,
    /// One row for each event that could lead to a survey
    Surveys,
    /// One row for each event, as it was posted
    Events,
    /// One row for each case, by the day it was opened
    Cases,
    /// Who on the team did what and when, by the day it was done
    StaffLog,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    /// For spreadsheets
    Csv,
    /// One JSON object per line
    Jsonl,
    /// A workbook, with numbers as numbers and times as times
    Xlsx,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Times {
    /// 2026-11-21T12:04:05Z: for programs, and for `import`
    Rfc3339,
    /// 2026-11-21 15:04:05 in the time zone of --from and --to, which every spreadsheet reads as a date and time
    Local,
}

#[derive(Clone, Debug, Args)]
pub struct ExportArgs {
    /// The table to write
    pub(super) table: TableName,
    /// The output format
    #[arg(long, value_enum, default_value_t = FormatName::Csv)]
    pub(super) format: FormatName,
    /// The separator of a CSV: ',' or ';' or tab. Excel opens a table directly if it is that of the computer's region
    /// [default: ,]
    #[arg(long, value_name = "SEPARATOR", value_parser = separator)]
    pub(super) separator: Option<Separator>,
    /// How times are written in a CSV [default: rfc3339]
    #[arg(long, value_enum)]
    pub(super) times: Option<Times>,
    /// The first day of the events, like 2026-11-21, in `DEFAULT_TZ` or else the time zone that an admin chose
    #[arg(long, value_name = "DAY")]
    pub(super) from: Option<NaiveDate>,
    /// The last day of the events, included
    #[arg(long, value_name = "DAY")]
    pub(super) to: Option<NaiveDate>,
    /// Include tests, which are left out by default
    #[arg(long)]
    pub(super) tests: bool,
    /// Write to this file instead of standard output
    #[arg(short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

fn separator(text: &str) -> Result<Separator, String> {
    match text {
        "," | "comma" => Ok(Separator::Comma),
        ";" | "semicolon" => Ok(Separator::Semicolon),
        "\t" | "\\t" | "tab" => Ok(Separator::Tab),
        _ => Err("write ',' or ';' or tab".to_owned()),
    }
}

/// Writes the table and returns the exit code.
pub async fn run(setup: &Setup, args: &ExportArgs, to: &mut Output<'_>) -> anyhow::Result<u8> {
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from > to
    {
        return Err(Misuse(format!("--from {from} is after --to {to}")).into());
    }
    if args.format != FormatName::Csv && (args.separator.is_some() || args.times.is_some()) {
        return Err(Misuse("--separator and --times are for --format csv".to_owned()).into());
    }
    write_to(args.output.as_deref(), to, async |out: &mut dyn Write| write_table(setup, args, out).await)
        .await?;
    Ok(DONE)
}

async fn write_table(setup: &Setup, args: &ExportArgs, out: &mut dyn Write) -> anyhow::Result<u64> {
    let what = match args.table {
        TableName::Answers => What::Answers,
        TableName::Surveys => What::Surveys,
        TableName::Events => What::Events,
        TableName::Cases => What::Cases,
        TableName::StaffLog => What::StaffLog,
    };
    let filter = Filter { from: args.from, to: args.to, tests: args.tests };
    let db = setup.open_db().await?;
    let ctx = setup.context(&db).await?;
    // A single snapshot from the first row to the last, even if answers come in meanwhile.
    let mut tx = db.read().await?;
    let mut buffered = BufWriter::with_capacity(1 << 16, out);
    let rows = match args.format {
        FormatName::Xlsx => {
            let mut book = Book::new(ctx.zone());
            let rows = write_sheet(&mut tx, &ctx, what, &filter, &mut book).await?;
            book.save(&mut buffered)?;
            rows
        }
        FormatName::Csv => {
            let style = Style {
                separator: args.separator.unwrap_or(Separator::Comma),
                local: (args.times == Some(Times::Local)).then(|| ctx.zone()),
            };
            export(&mut tx, &ctx, what, &filter, Format::Csv(style), &mut buffered).await?
        }
        FormatName::Jsonl => export(&mut tx, &ctx, what, &filter, Format::Jsonl, &mut buffered).await?,
    };
    buffered.flush()?;
    drop(tx);
    db.close().await;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::clock::Clock;
    use crate::config::Config;
    use crate::domain::time::Timestamp;
    use crate::entropy::Entropy;
    use crate::store::Db;

    async fn setup(folder: &Path) -> Setup {
        let url = format!("sqlite://{}", folder.join("t.db").display());
        Db::open(&url, true).await.unwrap().migrate().await.unwrap();
        let config = Config::from_lookup(|name| (name == "DATABASE_URL").then(|| url.clone())).unwrap();
        let clock = Clock::frozen(Timestamp::from_millis(0));
        Setup { config: Arc::new(config), clock, entropy: Entropy::seeded(1) }
    }

    fn args(output: Option<PathBuf>) -> ExportArgs {
        let (table, format) = (TableName::Answers, FormatName::Csv);
        let (separator, times) = (None, None);
        ExportArgs { table, format, separator, times, from: None, to: None, tests: false, output }
    }

    #[tokio::test]
    async fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(folder.path()).await;
        let path = folder.path().join("answers.csv");
        std::fs::write(&path, "old").unwrap();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut to = Output { out: &mut out, err: &mut err };
        assert_eq!(run(&setup, &args(Some(path.clone())), &mut to).await.unwrap(), DONE);
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("\u{feff}answer_id,stored_at"));
        assert!(!folder.path().join("answers.csv.part").exists());
        assert!(out.is_empty() && String::from_utf8(err).unwrap().ends_with("answers.csv: 0 rows\n"));
    }

    #[tokio::test]
    async fn days_in_the_wrong_order_and_places_that_do_not_exist_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(folder.path()).await;
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut to = Output { out: &mut out, err: &mut err };
        let day = |text: &str| Some(text.parse().unwrap());
        let turned = ExportArgs { from: day("2026-11-22"), to: day("2026-11-21"), ..args(None) };
        assert!(run(&setup, &turned, &mut to).await.unwrap_err().is::<Misuse>());
        let nowhere = args(Some(folder.path().join("no/such/answers.csv")));
        assert!(run(&setup, &nowhere, &mut to).await.unwrap_err().is::<Misuse>());
    }
}
