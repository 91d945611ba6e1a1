//! Counts over years: what a figure takes, and what keeping up for it takes. The data are made up, straight into the
//! tables: 11,400 surveys a day of a shop with 12 scripts, 200 agents, 500 stores and 300 tags.

mod data;
mod questions;

use std::time::{Duration, Instant};

use afterword::clock::Clock;
use afterword::store::Db;
use afterword::store::segments::keep::Step;
use chrono_tz::Tz;

use super::report::Report;
use super::server::{fresh_dir, run};
use super::taps::as_f64;

const DAYS: usize = 1096;
const ZONE: Tz = Tz::Europe__Moscow;
/// Random figures for each period.
const TRIES: usize = 100;

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    let days = DAYS / scale;
    println!("counts: {days} days of {} surveys", data::SURVEYS_A_DAY);
    let dir = fresh_dir("counts")?;
    run(&dir, &["migrate"])?;
    let file = dir.join("afterword.db");
    let answers = data::fill(&file, days).await?;
    let db = Db::open(&format!("sqlite://{}", file.display()), false).await?;
    let began = Instant::now();
    let mut longest = Duration::ZERO;
    loop {
        let step = Instant::now();
        if db.build_segments(ZONE).await? == Step::Nothing {
            break;
        }
        longest = longest.max(step.elapsed());
    }
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
    Ok(())
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
