//! `afterword script backtest`: shows what a script would have done with past events. Writes nothing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::super::import::read_rows;
use super::{Refused, aligned, as_slug, read, unknown, warn};
use crate::cli::{DONE, Output, PROBLEMS, Setup, USAGE};
use crate::domain::counted::counted;
use crate::domain::locale::Languages;
use crate::domain::script::Script;
use crate::service::Context;
use crate::service::backtest::{Counts, Past, Report, backtest, recorded, told};
use crate::store::{self, Db, Tx};

const DAY: Duration = Duration::from_hours(24);

#[derive(Clone, Debug, Args)]
pub struct BacktestArgs {
    /// A script's file, or the slug of a draft or of a live script
    #[arg(value_name = "FILE|SLUG")]
    named: PathBuf,
    /// Take events from a .jsonl or .csv file (- for standard input), as if each had arrived when it happened
    #[arg(long, value_name = "FILE", conflicts_with = "days")]
    events: Option<PathBuf>,
    /// How many days of stored events to go through
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: u32,
}

/// Prints the report and returns the exit code.
pub async fn run(setup: &Setup, args: &BacktestArgs, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let languages = &setup.config.languages;
    let slug = as_slug(&args.named);
    let from_file = match slug {
        Some(_) => None,
        None => match read(&args.named, languages) {
            Ok((_, parsed)) => Some(parsed),
            Err(refused) => return Ok(refused.report(to)?),
        },
    };
    let db = setup.open_db().await?;
    let script = match (from_file, slug) {
        (Some(parsed), _) => {
            warn(&parsed, to)?;
            parsed.script
        }
        (None, Some(slug)) => match kept(&mut db.read().await?, slug, languages).await? {
            Some(Ok(script)) => script,
            Some(Err(refused)) => return Ok(refused.report(to)?),
            None => return unknown(&mut db.read().await?, slug, to).await,
        },
        (None, None) => return Ok(USAGE),
    };
    let ctx = setup.context(&db).await?;
    let (past, bad_rows) = match &args.events {
        Some(file) => from_rows(&db, &ctx, file, &script, to).await?,
        None => (from_database(&db, &ctx, &script, args.days).await?, 0),
    };
    db.close().await;
    let report = backtest(&ctx, &past, &script);
    let span = args.events.as_deref().map_or_else(|| days(args.days), name);
    print(&report, &past, &script, &span, to)?;
    Ok(if bad_rows > 0 || report.events == 0 { PROBLEMS } else { DONE })
}

fn days(days: u32) -> String {
    if days == 1 { "the last day".to_owned() } else { format!("the last {days} days") }
}

fn name(file: &Path) -> String {
    if file == Path::new("-") { "stdin".to_owned() } else { file.display().to_string() }
}

/// The draft with this slug, or else the live script.
async fn kept(
    tx: &mut Tx,
    slug: &str,
    languages: &Languages,
) -> store::Result<Option<Result<Script, Refused>>> {
    let source = match tx.find_script_draft(slug).await? {
        Some(draft) => Some(draft.source),
        None => tx.find_live_script(slug).await?.map(|live| live.source),
    };
    Ok(source.map(|source| Script::read_published(&source, languages).map_err(Refused::Wrong)))
}

async fn from_database(db: &Db, ctx: &Context, script: &Script, days: u32) -> store::Result<Past> {
    // A single snapshot, even if events come in meanwhile.
    recorded(&mut db.read().await?, ctx, DAY * days, script).await
}

/// Reads the events of a file. Prints the rows that are not events, and returns how many there were.
async fn from_rows(
    db: &Db,
    ctx: &Context,
    file: &Path,
    script: &Script,
    to: &mut Output<'_>,
) -> anyhow::Result<(Past, usize)> {
    let (mut events, mut bad) = (Vec::new(), 0);
    read_rows(file, ctx.clock.now(), |number, event| {
        match event {
            Ok(event) => events.push(event),
            Err(why) => {
                bad += 1;
                writeln!(to.err, "row {number}: {why}")?;
            }
        }
        Ok(())
    })?;
    Ok((told(&mut db.read().await?, ctx, events, script).await?, bad))
}

fn print(
    report: &Report,
    past: &Past,
    script: &Script,
    span: &str,
    to: &mut Output<'_>,
) -> std::io::Result<()> {
    let (slug, n) = (&script.slug, report.events);
    if n == 0 {
        return writeln!(
            to.err,
            "{slug}: there is nothing in {span} that it could ask about ({})",
            script.on
        );
    }
    let events = counted(n, "event", "events");
    writeln!(to.out, "{slug}: {events} ({}) in {span}\n", script.on)?;
    let mut rows = vec![heads(past, "OUTCOME")];
    for (outcome, counts) in &report.outcomes {
        rows.push(cells(past, outcome.label(slug), *counts));
    }
    let all = |column: fn(&Counts) -> usize| report.outcomes.values().map(column).sum();
    let all = Counts { draft: all(|n| n.draft), live: all(|n| n.live), ledger: all(|n| n.ledger) };
    rows.push(cells(past, "n".to_owned(), all));
    table(&rows, to)?;
    if !report.hours.is_empty() {
        writeln!(to.out)?;
        let mut rows = vec![heads(past, "LOCAL HOUR")];
        for (hour, counts) in &report.hours {
            rows.push(cells(past, format!("{hour:02}:00"), *counts));
        }
        table(&rows, to)?;
    }
    writeln!(
        to.out,
        "\nDRAFT: with this script beside the live ones; LIVE: as they are live now{}. Pauses are left out of account.",
        if past.has_ledger { "; LEDGER: what really happened" } else { "" }
    )?;
    let notes = [
        (
            past.late,
            "event of all came in too late to be asked about and counts as if it had come when it happened",
            "events of all came in too late to be asked about and count as if they had come when they happened",
        ),
        (
            past.erased,
            "event of all belongs to a customer who was erased, and is left out",
            "events of all belong to customers who were erased, and are left out",
        ),
    ];
    for (count, one, many) in notes.into_iter().filter(|(count, ..)| *count > 0) {
        writeln!(to.out, "{}.", counted(count, one, many))?;
    }
    Ok(())
}

fn heads(past: &Past, first: &str) -> Vec<String> {
    let ledger = past.has_ledger.then_some("LEDGER");
    [first, "DRAFT", "LIVE"].into_iter().chain(ledger).map(str::to_owned).collect()
}

fn cells(past: &Past, first: String, counts: Counts) -> Vec<String> {
    let ledger = past.has_ledger.then(|| counts.ledger.to_string());
    [first, counts.draft.to_string(), counts.live.to_string()].into_iter().chain(ledger).collect()
}

fn table(rows: &[Vec<String>], to: &mut Output<'_>) -> std::io::Result<()> {
    for line in aligned(rows) {
        writeln!(to.out, "{line}")?;
    }
    Ok(())
}
