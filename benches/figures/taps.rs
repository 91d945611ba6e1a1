//! Taps: poll, commit, callback answered, message edited. The simulated Telegram and its people are a separate process
//! on the same cores. The bare handler gets the same load afterwards.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use afterword::clock::Clock;
use afterword::sandbox::TOKEN;
use anyhow::Context as _;
use serde_json::json;

use super::load::{FIRST_USER, Order, Outcome};
use super::postgres;
use super::process::Process;
use super::report::Report;
use super::server::{Server, fresh_dir, keep_data_in, run};

const PEOPLE: usize = 5000;
const SUSTAINED: usize = 50_000;
/// As many as several polls return, so that there is always more to do.
const WINDOW: usize = 400;
const RATE: u32 = 500;
const PACED: usize = 10_000;
/// More than anybody taps.
const QUESTIONS: usize = 20;

/// What one bot achieved under the load.
struct Figures {
    sustained: Outcome,
    cpu_ms_a_tap: f64,
    paced: Outcome,
    at_rest_kb: u64,
    peak_kb: u64,
}

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    println!("taps: a bare teloxide + sqlx handler, {PEOPLE} people");
    let bare = bare(scale)?;
    describe(&bare);
    println!("taps: Afterword, {PEOPLE} open surveys");
    let ours = afterword("taps", None, scale).await?;
    describe(&ours);
    // As an installation is configured: what it has committed is on disk, as on SQLite.
    let on_postgres = match postgres::Server::start("") {
        Some(server) => {
            println!("taps: Afterword on PostgreSQL, {PEOPLE} open surveys");
            let figures = afterword("taps-on-postgres", Some(&server.admin), scale).await?;
            describe(&figures);
            Some(figures)
        }
        None => None,
    };
    let cores = std::thread::available_parallelism()?.get();
    report.fact("cores, shared with the simulated Telegram", as_f64(cores), "");
    report.at_least("taps sustained", ours.sustained.median_per_second, 3000.0, "/s");
    report.at_most("CPU a tap", ours.cpu_ms_a_tap, 0.30, "ms CPU");
    report.at_most("tap to answer and edit at 500/s, p50", millis(ours.paced.p50), 10.0, "ms");
    report.at_most("tap to answer and edit at 500/s, p99", millis(ours.paced.p99), 50.0, "ms");
    report.fact("taps lost of all", as_f64(ours.sustained.lost + ours.paced.lost), "");
    report.fact("peak memory under taps", megabytes(ours.peak_kb), "MB");
    report.fact("bare: taps sustained", bare.sustained.median_per_second, "/s");
    report.fact("bare: CPU a tap", bare.cpu_ms_a_tap, "ms CPU");
    report.fact("bare: at 500/s, p50", millis(bare.paced.p50), "ms");
    report.fact("bare: at 500/s, p99", millis(bare.paced.p99), "ms");
    report.fact("bare: peak memory under taps", megabytes(bare.peak_kb), "MB");
    let rates = ours.sustained.median_per_second / bare.sustained.median_per_second;
    report.fact("taps sustained, ours to bare", rates, "×");
    report.fact("CPU a tap, ours to bare", ours.cpu_ms_a_tap / bare.cpu_ms_a_tap, "×");
    if let Some(on_postgres) = on_postgres {
        let sustained = on_postgres.sustained.median_per_second;
        report.fact("PostgreSQL: taps sustained", sustained, "/s");
        report.fact("PostgreSQL: CPU a tap, without the server's", on_postgres.cpu_ms_a_tap, "ms CPU");
        report.fact("PostgreSQL: at 500/s, p99", millis(on_postgres.paced.p99), "ms");
        let lost = on_postgres.sustained.lost + on_postgres.paced.lost;
        report.fact("PostgreSQL: taps lost of all", as_f64(lost), "");
        let rates = sustained / ours.sustained.median_per_second;
        report.at_least("taps sustained, PostgreSQL to SQLite", rates, 0.5, "×");
    }
    Ok(())
}

async fn afterword(folder: &str, database: Option<&str>, scale: usize) -> anyhow::Result<Figures> {
    let dir = fresh_dir(folder)?;
    if let Some(url) = database {
        keep_data_in(&dir, url)?;
    }
    std::fs::write(dir.join("bench.toml"), script())?;
    run(&dir, &["migrate"])?;
    run(&dir, &["script", "publish", "bench.toml"])?;
    let mut people = People::meet()?;
    let server = Server::start(&dir, &people.url)?;
    server.until_it_is_ready().await?;
    people.obey(Order::Start(PEOPLE))?;
    server.post_events(&events(PEOPLE).to_string()).await?;
    people.obey(Order::AwaitSurveys(PEOPLE))?;
    figures(&mut people, &server.process, scale)
}

fn bare(scale: usize) -> anyhow::Result<Figures> {
    let dir = fresh_dir("bare")?;
    let mut people = People::meet()?;
    let database = dir.join("bare.db").to_string_lossy().into_owned();
    let mut command = Command::new(std::env::current_exe()?);
    let process = Process::quiet(command.args(["--role", "bare", "--bot", &people.url, TOKEN, &database]))?;
    people.obey(Order::Start(PEOPLE))?;
    people.obey(Order::AwaitSurveys(PEOPLE))?;
    figures(&mut people, &process, scale)
}

fn figures(people: &mut People, bot: &Process, scale: usize) -> anyhow::Result<Figures> {
    let at_rest_kb = bot.usage().resident_kb;
    let before = bot.usage().cpu;
    let sustained = people.obey(Order::Sustained { taps: SUSTAINED / scale, window: WINDOW })?;
    let cpu = bot.usage().cpu.saturating_sub(before);
    let cpu_ms_a_tap = cpu.as_secs_f64() * 1000.0 / as_f64(sustained.done.max(1));
    let paced = people.obey(Order::Paced { taps: PACED / scale, rate: RATE })?;
    Ok(Figures { sustained, cpu_ms_a_tap, paced, at_rest_kb, peak_kb: bot.usage().peak_kb })
}

fn describe(figures: &Figures) {
    for (name, outcome) in [("sustained", &figures.sustained), ("paced", &figures.paced)] {
        println!(
            "  {name}: {} taps in {:.1} s, p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, worst {:.1} ms, lost {}; the \
             simulated Telegram took {:.2} s of CPU",
            outcome.done,
            outcome.seconds,
            millis(outcome.p50),
            millis(outcome.p90),
            millis(outcome.p99),
            millis(outcome.worst),
            outcome.lost,
            outcome.cpu,
        );
        for violation in outcome.violations.iter().take(5) {
            println!("  no correct bot does this: {violation}");
        }
    }
    println!(
        "  {:.3} ms of CPU a tap; memory {:.1} MB before the taps, {:.1} MB at the peak",
        figures.cpu_ms_a_tap,
        megabytes(figures.at_rest_kb),
        megabytes(figures.peak_kb)
    );
}

/// The process with the simulated Telegram.
pub struct People {
    process: Process,
    orders: ChildStdin,
    outcomes: BufReader<ChildStdout>,
    pub url: String,
}

impl People {
    pub fn meet() -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--role", "people"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Process::spawn(&mut command)?;
        let orders = process.child().stdin.take().context("no standard input")?;
        let outcomes = BufReader::new(process.child().stdout.take().context("no standard output")?);
        let mut people = Self { process, orders, outcomes, url: String::new() };
        people.url = people.line()?;
        Ok(people)
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        self.outcomes.read_line(&mut line)?;
        anyhow::ensure!(!line.is_empty(), "the simulated Telegram (process {}) is gone", self.process.id());
        Ok(line.trim_end().to_owned())
    }

    pub fn obey(&mut self, order: Order) -> anyhow::Result<Outcome> {
        writeln!(self.orders, "{}", serde_json::to_string(&order)?)?;
        Ok(serde_json::from_str(&self.line()?)?)
    }
}

/// Reports taps at 500 a second, alone and beside something else.
pub fn beside_each_other(report: &mut Report, what: &str, alone: &Outcome, beside: &Outcome) {
    report.fact("taps at 500/s alone, p99", millis(alone.p99), "ms");
    report.fact(&format!("taps at 500/s beside {what}, p99"), millis(beside.p99), "ms");
    let slower = millis(beside.p99) / millis(alone.p99);
    report.at_most(&format!("taps' p99, beside {what} to alone"), slower, 1.25, "×");
    report.fact(&format!("taps lost beside {what}"), as_f64(beside.lost), "");
}

/// Returns one purchase for everybody, long enough ago that its survey is due at once.
pub fn events(people: usize) -> serde_json::Value {
    let at = Clock::system().now().minus(Duration::from_hours(3)).to_rfc3339();
    let event = |number: usize| {
        json!({
            "event_id": format!("order-{number}"), "kind": "purchase", "occurred_at": at, "script": "bench",
            "customer": { "id": format!("C-{number}"), "name": "Анна", "language": "ru",
                          "telegram_id": FIRST_USER + i64::try_from(number).unwrap_or(0) },
            "subject": { "id": number.to_string(), "title": format!("Заказ №{number}") },
        })
    };
    (0..people).map(event).collect()
}

pub fn script() -> String {
    let head =
        "slug = \"bench\"\non = \"purchase\"\ntitle = { ru = \"Замер\", en = \"Measure\" }\n".to_owned();
    let questions = (1..=QUESTIONS).map(|number| {
        format!(
            "[[questions]]\nkey = \"side{number}\"\nmetric = \"csi\"\nscale = \"1-5\"\ntext = {{ ru = \"Насколько вы \
             довольны обслуживанием, сторона {number}?\", en = \"How satisfied are you with side {number}?\" }}\n"
        )
    });
    std::iter::once(head).chain(questions).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark")]
pub fn as_f64(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of a benchmark")]
pub fn millis(micros: u64) -> f64 {
    micros as f64 / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "memory of a process")]
pub fn megabytes(kilobytes: u64) -> f64 {
    kilobytes as f64 / 1024.0
}
