//! Writes realistic events of a simulated shop as JSONL, for trying Afterword out and for measuring it:
//!
//! `cargo run --example generate_events -- --count 10000 --seed 7 -o events.jsonl`

mod shop;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use afterword::clock::Clock;
use afterword::domain::time::Timestamp;
use chrono::{DateTime, FixedOffset};
use clap::Parser;

/// Events of a simulated shop, one JSON object a line, oldest first. The same arguments (with `--until`) give
/// the same events.
#[derive(Parser)]
struct Arguments {
    /// How many events
    #[arg(long, default_value_t = 1000)]
    count: usize,
    /// Another seed gives another shop
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// No event is later than this, as 2026-11-21T15:04:05+03:00 [default: now]
    #[arg(long)]
    until: Option<DateTime<FixedOffset>>,
    /// How many days the events are spread over
    #[arg(long, default_value_t = 14)]
    days: u32,
    /// How many of a hundred customers are known by their `telegram_id`; the others need a link
    #[arg(long, default_value_t = 30)]
    known: u8,
    /// The file to write [default: standard output]
    #[arg(short)]
    output: Option<PathBuf>,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let until =
        arguments.until.map_or_else(|| Clock::system().now(), |until| Timestamp::from(until.to_utc()));
    let settings = shop::Settings {
        count: arguments.count,
        seed: arguments.seed,
        until,
        days: arguments.days,
        known: arguments.known,
    };
    let out: Box<dyn Write> = match arguments.output {
        Some(path) => Box::new(File::create(path)?),
        None => Box::new(io::stdout().lock()),
    };
    let mut out = BufWriter::new(out);
    for event in shop::events(&settings) {
        serde_json::to_writer(&mut out, &event)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
