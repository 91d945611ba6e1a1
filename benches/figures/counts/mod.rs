//! Counts over years: what a figure takes, and what keeping up for it takes. The data are made up, straight into the
//! tables: 11,400 surveys a day of a shop with 12 scripts, 200 agents, 500 stores and 300 tags.

mod data;
mod questions;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use afterword::clock::Clock;
use afterword::store::Db;
use afterword::store::segments::keep::Step;
use chrono::{DateTime, Days as CalendarDays, NaiveDate};
use chrono_tz::Tz;

use super::report::Report;
use super::server::{fresh_dir, run};
use super::taps::as_f64;

pub const DAYS: usize = 1096;
const FOLDER: &str = "counts";
/// A file that is there once the segments are built. It says of how many days.
const BUILT: &str = "built";
const ZONE: Tz = Tz::Europe__Moscow;
/// Random figures for each period.
const TRIES: usize = 100;

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    let days = DAYS / scale;
    println!("counts: {days} days of {} surveys", data::SURVEYS_A_DAY);
    let (dir, answers) = rows(days).await?;
    let db = open(&dir).await?;
    let began = Instant::now();
    let longest = build(&db).await?;
    report.fact("building a day from its rows", began.elapsed().as_secs_f64() * 1000.0 / as_f64(days), "ms");
    report.fact("the longest of them", longest.as_secs_f64() * 1000.0, "ms");
    let size = db.read().await?.segments_size().await?;
    let bytes = as_f64(usize::try_from(size.bytes)?);
    report.at_most("segments, an answer", bytes / as_f64(answers), 13.0, "bytes");
    recount(report, &db).await?;
    for (period, goal) in [(30, None), (90, Some(30.0)), (365, Some(100.0)), (1096, Some(300.0))] {
        if period <= days {
            counts(report, &db, period, goal).await?;
        }
    }
    db.close().await;
    Ok(std::fs::write(dir.join(BUILT), days.to_string())?)
}

/// Returns the directory of a database with so many days and their segments: the one that the counts were measured on, if
/// it is still there.
pub async fn database(days: usize) -> anyhow::Result<PathBuf> {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures").join(FOLDER);
    if std::fs::read_to_string(dir.join(BUILT)).is_ok_and(|built| built == days.to_string()) {
        return Ok(dir);
    }
    println!("  making {days} days of {} surveys", data::SURVEYS_A_DAY);
    let (dir, _) = rows(days).await?;
    let db = open(&dir).await?;
    build(&db).await?;
    db.close().await;
    std::fs::write(dir.join(BUILT), days.to_string())?;
    Ok(dir)
}

/// Says that the database is not to be given out again.
pub fn forget(dir: &Path) -> std::io::Result<()> {
    std::fs::remove_file(dir.join(BUILT))
}

/// The day after the last one.
pub fn end(days: usize) -> NaiveDate {
    DateTime::UNIX_EPOCH.date_naive() + CalendarDays::new(data::FIRST_DAY.unsigned_abs() + days as u64)
}

/// Makes a database with so many days. Returns its directory and the number of answers.
async fn rows(days: usize) -> anyhow::Result<(PathBuf, usize)> {
    let dir = fresh_dir(FOLDER)?;
    run(&dir, &["migrate"])?;
    for script in data::scripts() {
        std::fs::write(dir.join("script.toml"), script)?;
        run(&dir, &["script", "publish", "script.toml"])?;
    }
    let answers = data::fill(&dir.join("figures.db"), days).await?;
    Ok((dir, answers))
}

async fn open(dir: &Path) -> anyhow::Result<Db> {
    Ok(Db::open(&format!("sqlite://{}", dir.join("figures.db").display()), false).await?)
}

/// Builds the segments of all days. Returns how long the longest took.
async fn build(db: &Db) -> anyhow::Result<Duration> {
    let mut longest = Duration::ZERO;
    loop {
        let began = Instant::now();
        if db.build_segments(ZONE).await? == Step::Nothing {
            return Ok(longest);
        }
        longest = longest.max(began.elapsed());
    }
}

async fn recount(report: &mut Report, db: &Db) -> anyhow::Result<()> {
    let began = Instant::now();
    let first = db.recount_day_after(None, ZONE, Clock::system().now()).await?;
    anyhow::ensure!(first.is_some_and(|day| day.wrong == 0), "the segments differ from the rows");
    report.fact("comparing a day with its rows", began.elapsed().as_secs_f64() * 1000.0, "ms");
    Ok(())
}

/// Any filters, any grouping, one question and all questions of a script.
async fn counts(report: &mut Report, db: &Db, days: usize, goal: Option<f64>) -> anyhow::Result<()> {
    let mut chance = data::Chance::new(5);
    for (name, is_one) in [("one question", true), ("a script's questions", false)] {
        let mut taken = Vec::with_capacity(TRIES);
        for _ in 0..TRIES {
            let counting = questions::any(&mut chance, days, is_one, ZONE);
            let began = Instant::now();
            db.read().await?.count_surveys(&counting).await?;
            taken.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        taken.sort_by(f64::total_cmp);
        report.fact(&format!("{name} over {days} days, median"), taken[TRIES / 2], "ms");
        report.fact(&format!("{name} over {days} days, nine of ten"), taken[TRIES * 9 / 10], "ms");
        let worst = format!("{name} over {days} days, worst of {TRIES}");
        match goal {
            Some(goal) => report.at_most(&worst, taken[TRIES - 1], goal, "ms"),
            None => report.fact(&worst, taken[TRIES - 1], "ms"),
        }
    }
    Ok(())
}
