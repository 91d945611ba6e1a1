//! `afterword export answers|surveys|events|cases|staff-log`: writes tables for spreadsheets and programs.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::{DONE, Misuse, Output, Setup};
use crate::domain::counted::counted;
use crate::files::{self, ClaimError, Part};
use crate::service::export::{Filter, Format, Separator, Style, What, export};

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

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FormatName {
    /// For spreadsheets
    Csv,
    /// One JSON object per line
    Jsonl,
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
    if let FormatName::Jsonl = args.format
        && (args.separator.is_some() || args.times.is_some())
    {
        return Err(Misuse("--separator and --times are for --format csv".to_owned()).into());
    }
    match &args.output {
        None => drop(write_to(setup, args, to.out).await?),
        Some(path) => match Place::of(path)? {
            Place::Out => drop(write_to(setup, args, to.out).await?),
            Place::Stream(mut file) => {
                write_to(setup, args, &mut file).await.with_context(|| path.display().to_string())?;
            }
            Place::File(part) => {
                let written = write_to(setup, args, &mut part.file()).await;
                let rows = written.with_context(|| path.display().to_string())?;
                part.put_at(path).with_context(|| format!("{}: cannot be written", path.display()))?;
                writeln!(to.err, "{}: {}", path.display(), counted(rows, "row", "rows"))?;
            }
        },
    }
    Ok(DONE)
}

/// Where to write a table.
enum Place {
    /// A regular file. It is written under another name and then renamed, so that nobody takes half a table for a whole
    /// one.
    File(Part),
    /// A pipe or a device.
    Stream(File),
    /// Our own standard output, under one of its names.
    Out,
}

impl Place {
    /// Opens the target. A symbolic link is not followed, because its maker may want us to overwrite a file that
    /// they cannot write themselves.
    fn of(path: &Path) -> Result<Self, Misuse> {
        let cannot =
            |why: &dyn std::fmt::Display| Misuse(format!("{}: cannot be written: {why}", path.display()));
        if OUT.iter().any(|name| path == Path::new(name)) {
            return Ok(Self::Out);
        }
        if DESCRIPTORS.iter().any(|folder| path.starts_with(folder)) {
            let opened = File::options().append(true).open(path);
            return opened.map(Self::Stream).map_err(|error| cannot(&error));
        }
        match std::fs::symlink_metadata(path) {
            Ok(about) if !about.is_file() => {
                files::open_stream(path).map(Self::Stream).map_err(|error| cannot(&error))
            }
            _ => Part::claim(path).map(Self::File).map_err(|error| match error {
                ClaimError::UnderWay => cannot(&"another export to it is under way"),
                ClaimError::Place(error) => cannot(&error),
            }),
        }
    }
}

const OUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
/// Paths that lead to files which this process inherited open.
const DESCRIPTORS: [&str; 3] = ["/dev/fd", "/proc/self/fd", "/dev/stderr"];

async fn write_to(setup: &Setup, args: &ExportArgs, out: &mut dyn Write) -> anyhow::Result<u64> {
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
    let format = match args.format {
        FormatName::Csv => Format::Csv(Style {
            separator: args.separator.unwrap_or(Separator::Comma),
            local: (args.times == Some(Times::Local)).then(|| ctx.zone()),
        }),
        FormatName::Jsonl => Format::Jsonl,
    };
    // A single snapshot from the first row to the last, even if answers come in meanwhile.
    let mut tx = db.read().await?;
    let mut buffered = BufWriter::with_capacity(1 << 16, out);
    let rows = export(&mut tx, &ctx, what, &filter, format, &mut buffered).await?;
    buffered.flush()?;
    drop(tx);
    db.close().await;
    Ok(rows)
}

#[cfg(test)]
mod tests {
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
