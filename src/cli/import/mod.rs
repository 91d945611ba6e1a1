//! `afterword import FILE`: imports events from JSON lines or a CSV, alongside a running `serve` if there is one.

mod ahead;
mod counts;
mod lines;
mod opened;
mod progress;
mod reader;
mod rejected;

use std::io::{self, BufRead, Write};
use std::path::Path;

use anyhow::Context as _;
use tokio::time::Instant;

use self::ahead::{Piece, Pieces, ROWS_A_PARCEL, Row};
use self::counts::Counts;
use self::opened::{Opened, open};
use self::progress::Progress;
use self::reader::{Next, Reader};
use self::rejected::Rejected;
use super::{DONE, Misuse, Output, PROBLEMS, Setup};
use crate::app::is_served;
use crate::domain::event::{Event, Normalised};
use crate::domain::time::Timestamp;
use crate::service::events::{Accepted, Conflict, Links, accept};
use crate::service::{Context, Unit};
use crate::store::{self, Db};

/// Rows per transaction while a `serve` runs: few enough for a tap to get in between, and a full statement for every
/// table.
const ROWS_BESIDE_SERVE: usize = 256;
/// Rows per transaction while nobody else waits. The more rows there are, the fewer index pages are written again. It
/// is four statements for every table, and not so many that a `serve` that starts meanwhile would be held up.
const ROWS_ALONE: usize = 896;
/// The most rows a transaction may hold, so that taps never wait for a file.
const MOST_ROWS: usize = 1000;
const _: () = assert!(ROWS_ALONE.is_multiple_of(ROWS_A_PARCEL) && ROWS_ALONE <= MOST_ROWS);

const TOO_LONG: &str = "is longer than 1 MiB";

/// Imports the file and returns the exit code.
pub async fn run(setup: &Setup, file: &Path, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let Opened { name, input, size, is_csv } = open(file)?;
    let mut header = Vec::new();
    let reader = begin(&name, input, is_csv, &mut header)?;
    let db = setup.open_db().await?;
    db.expect_many_rows().await?;
    let ctx = setup.context(&db).await?;
    let pieces = ahead::read(reader, ctx.clock.clone());
    let mut import = Import {
        db: &db,
        ctx: &ctx,
        rejected: Rejected::beside(&name, is_csv.then_some(header)),
        batch: Vec::new(),
        counts: Counts::default(),
        progress: Progress::new(size),
        is_alone: is_alone(&db),
        free_until: Instant::now(),
    };
    let done = import.store_all(pieces, to).await;
    import.progress.finish();
    done.with_context(|| format!("{name}: stopped; what is in stays in, so run it again"))?;
    let counts = import.counts;
    let rejected = import.rejected.finish()?;
    db.close().await;
    match tell(&name, &counts, rejected.as_deref(), to.out) {
        // The exit code still says whether there were bad rows.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
    Ok(if counts.rejected == 0 { DONE } else { PROBLEMS })
}

fn tell(name: &str, counts: &Counts, rejected: Option<&Path>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{name}: {counts}")?;
    match rejected {
        Some(path) => writeln!(out, " (they are in {})", path.display())?,
        None => writeln!(out)?,
    }
    counts.write_outcomes(out)
}

/// Reads a file's rows without storing them. Calls `each` with the number of each row, and its event or the reason why
/// there is none.
pub fn read_rows(
    file: &Path,
    now: Timestamp,
    mut each: impl FnMut(u64, Result<Event, String>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let Opened { name, input, is_csv, .. } = open(file)?;
    let mut reader = begin(&name, input, is_csv, &mut Vec::new())?;
    let mut line = Vec::new();
    loop {
        match reader.next(&mut line, now).with_context(|| format!("{name}: cannot be read"))? {
            Next::End => return Ok(()),
            Next::Row { number, event } => each(number, event.map(|event| *event))?,
            Next::TooLong { number } => {
                lines::copy_rest(&mut *reader.input, &mut io::sink())?;
                each(number, Err(TOO_LONG.to_owned()))?;
            }
        }
    }
}

fn begin(
    name: &str,
    input: Box<dyn BufRead + Send>,
    is_csv: bool,
    header: &mut Vec<u8>,
) -> anyhow::Result<Reader> {
    if !is_csv {
        return Ok(Reader::of_json_lines(input));
    }
    let reader = Reader::of_csv(input, header).with_context(|| format!("{name}: cannot be read"))?;
    Ok(reader.map_err(|why| Misuse(format!("{name}: {why}; nothing was taken in")))?)
}

struct Import<'a> {
    db: &'a Db,
    ctx: &'a Context,
    rejected: Rejected,
    batch: Vec<Row>,
    counts: Counts,
    progress: Progress,
    /// Whether no `serve` competes for the database's single writer.
    is_alone: bool,
    free_until: Instant,
}

impl Import<'_> {
    async fn store_all(&mut self, mut pieces: Pieces, to: &mut Output<'_>) -> anyhow::Result<()> {
        loop {
            let (piece, read) = pieces.recv().await.context("the file's reader broke off")??;
            self.progress.advance(read);
            match piece {
                Piece::Rows(rows) => {
                    self.counts.rows += rows.len() as u64;
                    self.batch.extend(rows);
                    // If rows come slowly, those that are here do not wait for hundreds more.
                    let is_scarce = pieces.is_empty();
                    let enough = if self.is_alone && !is_scarce { ROWS_ALONE } else { ROWS_BESIDE_SERVE };
                    if self.batch.len() >= enough {
                        self.store(to).await?;
                    }
                }
                Piece::Part(part) => {
                    self.store(to).await?;
                    self.rejected.write_part(&part)?;
                }
                Piece::EndOfLong { number } => {
                    self.counts.rows += 1;
                    self.reject(number, b"", TOO_LONG, to)?;
                }
                Piece::End { erased } => {
                    self.counts.erased = erased;
                    return self.store(to).await;
                }
            }
        }
    }

    fn reject(&mut self, number: u64, line: &[u8], why: &str, to: &mut Output<'_>) -> anyhow::Result<()> {
        self.rejected.write(line)?;
        self.counts.rejected += 1;
        // The good rows go in, whether somebody reads what is wrong with the others or not.
        let _ = self.progress.beside(|| writeln!(to.err, "row {number}: {why}"));
        Ok(())
    }

    async fn store(&mut self, to: &mut Output<'_>) -> anyhow::Result<()> {
        let rows = std::mem::take(&mut self.batch);
        let mut events = Vec::with_capacity(rows.len());
        let mut places = Vec::with_capacity(rows.len());
        for Row { number, line, event } in rows {
            let refused = event.map(|event| events.push(event)).err();
            places.push((number, line, refused));
        }
        let mut results = self.store_events(&events).await?.into_iter();
        for (number, line, refused) in places {
            let missing = || Err("could not be stored".to_owned());
            let result = refused.map_or_else(|| results.next().unwrap_or_else(missing), Err);
            match result {
                Ok(accepted) if accepted.known => self.counts.known += 1,
                Ok(accepted) => self.counts.accept(accepted.state),
                Err(why) => self.reject(number, &line, &why, to)?,
            }
        }
        Ok(())
    }

    async fn store_events(&mut self, events: &[Normalised]) -> anyhow::Result<Vec<Result<Accepted, String>>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        match self.commit(events).await {
            Ok(results) => Ok(results
                .into_iter()
                .map(|result| result.map_err(|conflict| reason_of(&conflict)))
                .collect()),
            Err(error) if error.is_transient() => Err(error.into()),
            // One of the events is at fault. Storing them one by one shows which.
            Err(_) => {
                let mut results = Vec::with_capacity(events.len());
                for event in events {
                    results.push(self.store_alone(event).await?);
                }
                Ok(results)
            }
        }
    }

    async fn store_alone(&mut self, event: &Normalised) -> anyhow::Result<Result<Accepted, String>> {
        match self.commit(std::slice::from_ref(event)).await {
            Ok(mut results) => match results.pop() {
                Some(result) => Ok(result.map_err(|conflict| reason_of(&conflict))),
                None => Ok(Err("could not be stored".to_owned())),
            },
            Err(error) if error.is_transient() => Err(error.into()),
            Err(error) => Ok(Err(format!("could not be stored: {error}"))),
        }
    }

    /// Stores the events in one transaction. While a `serve` runs, the file's single writer is then left free for as
    /// long as the transaction held it: a tap that waits for it checks only from time to time, and must find it free.
    async fn commit(&mut self, events: &[Normalised]) -> store::Result<Vec<Result<Accepted, Conflict>>> {
        self.is_alone = is_alone(self.db);
        if !self.is_alone {
            tokio::time::sleep_until(self.free_until).await;
        }
        let mut unit = Unit::begin(self.db, self.ctx).await?;
        let begun = Instant::now();
        let results = accept(&mut unit, events, Links::Omit).await?;
        unit.commit().await?;
        let ended = Instant::now();
        self.free_until = ended + (ended - begun);
        Ok(results)
    }
}

/// Whether no other program waits to write. A database server lets many write in its own way; a file has a single
/// writer.
fn is_alone(db: &Db) -> bool {
    db.file().is_some_and(|file| !is_served(file))
}

fn reason_of(conflict: &Conflict) -> String {
    format!("{}: not as in the event '{}' accepted before", conflict.fields.join(", "), conflict.event_id)
}

#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod tests;
