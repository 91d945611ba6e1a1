//! Data that goes in and out in bulk: an imported file, a posted batch, the feed of answers, and the metrics that
//! Prometheus reads.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use afterword::clock::Clock;
use afterword::sandbox::{Options, Sandbox};
use anyhow::bail;
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::process::Process;
use super::report::Report;
use super::rest::{SURVEYS, database};
use super::server::{API_KEY, Server, command, free_addr, fresh_dir, run};
use super::shop;
use super::taps::{as_f64, megabytes};

const IMPORTED: usize = 1_000_000;
const POSTED: usize = 100_000;
const READ: usize = 300_000;
const A_PAGE: usize = 10_000;
const SCRAPES: usize = 31;
const LOOK: Duration = Duration::from_millis(20);

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    import(report, IMPORTED / scale)?;
    post(report, POSTED / scale).await?;
    read(report, scale).await
}

fn import(report: &mut Report, count: usize) -> anyhow::Result<()> {
    println!("bulk: a file of {count} events");
    let file = events_file(count)?;
    let dir = fresh_dir("import")?;
    run(&dir, &["migrate"])?;
    let mut command = command(&dir, "http://127.0.0.1:9", free_addr()?);
    let began = Instant::now();
    let mut process = Process::quiet(command.arg("import").arg(&file))?;
    let mut usage = process.usage();
    let status = loop {
        if let Some(status) = process.child().try_wait()? {
            break status;
        }
        let now = process.usage();
        // The process may have ended at this moment. Then there is nothing to read.
        if now.peak_kb > 0 {
            usage = now;
        }
        std::thread::sleep(LOOK);
    };
    let seconds = began.elapsed().as_secs_f64();
    if !status.success() {
        bail!("the import failed: {status}");
    }
    let a_million = seconds * as_f64(IMPORTED) / as_f64(count);
    report.at_most("import of a million events", a_million, 60.0, "s");
    report.at_most("peak memory of the import", megabytes(usage.peak_kb), 100.0, "MB");
    report.fact("CPU an imported event", usage.cpu.as_secs_f64() * 1000.0 / as_f64(count), "ms CPU");
    Ok(())
}

fn events_file(count: usize) -> anyhow::Result<PathBuf> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{count}-events.jsonl"));
    std::fs::write(&path, lines(count, 30))?;
    Ok(path)
}

/// Returns events as lines. `known` of every hundred customers have a Telegram ID.
fn lines(count: usize, known: u8) -> String {
    let settings = shop::Settings { count, seed: 7, until: Clock::system().now(), days: 14, known };
    let mut text = String::with_capacity(count * 450);
    for event in shop::events(&settings) {
        text.push_str(&event.to_string());
        text.push('\n');
    }
    text
}

async fn post(report: &mut Report, count: usize) -> anyhow::Result<()> {
    println!("bulk: {count} events in one request");
    let sandbox = Sandbox::start(Clock::system(), Options { limits: false, ..Options::default() }).await?;
    let server = Server::start(&fresh_dir("batch")?, &sandbox.url())?;
    server.until_it_is_ready().await?;
    let request = Client::new()
        .post(format!("http://{}/v1/events", server.addr))
        .bearer_auth(API_KEY)
        .header("content-type", "application/x-ndjson")
        // No customer has a Telegram ID: the sandbox would not know them, and a sender that fails would be measured,
        // too.
        .body(lines(count, 0));
    let began = Instant::now();
    let reply = text_of(request).await?;
    let seconds = began.elapsed().as_secs_f64();
    let reply: Value = serde_json::from_str(&reply)?;
    if reply["accepted"] != count {
        bail!("not all were accepted: {} of {count}", reply["accepted"]);
    }
    report.at_least("events of one NDJSON request", as_f64(count) / seconds, 30_000.0, "/s");
    report.fact("peak memory under it", megabytes(server.process.usage().peak_kb), "MB");
    Ok(())
}

/// Measures the feed and the metrics of a program with many surveys.
async fn read(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    let surveys = SURVEYS / scale;
    println!("bulk: answers and metrics of {surveys} surveys");
    let sandbox = Sandbox::start(Clock::system(), Options::default()).await?;
    let server = Server::start(&database(surveys).await?, &sandbox.url())?;
    server.until_it_is_ready().await?;
    let client = Client::new();
    let get = |path: &str| client.get(format!("http://{}{path}", server.addr)).bearer_auth(API_KEY);
    let (mut read, mut since) = (0, None::<String>);
    let began = Instant::now();
    while read < READ / scale {
        let cursor = since.map(|cursor| format!("&since={cursor}")).unwrap_or_default();
        let page = text_of(get(&format!("/v1/answers?limit={A_PAGE}{cursor}"))).await?;
        let page: Page<'_> = serde_json::from_str(&page)?;
        let answers = page.answers.len();
        since = Some(page.next.to_owned());
        read += answers;
        if answers == 0 {
            break;
        }
    }
    report.at_least(
        "answers read through the feed",
        as_f64(read) / began.elapsed().as_secs_f64(),
        50_000.0,
        "/s",
    );
    let mut times = Vec::with_capacity(SCRAPES);
    for _ in 0..SCRAPES {
        let began = Instant::now();
        text_of(get("/metrics")).await?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let name = format!("/metrics with {surveys} surveys, median of {SCRAPES}");
    report.at_most(&name, times[SCRAPES / 2], 5.0, "ms");
    report.fact("the slowest of them", times[SCRAPES - 1], "ms");
    Ok(())
}

/// The answers are only counted and not parsed, because what a reader does with them is its own time.
#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    answers: Vec<&'a RawValue>,
    next: &'a str,
}

async fn text_of(request: RequestBuilder) -> anyhow::Result<String> {
    let reply = request.send().await?;
    let status = reply.status();
    let text = reply.text().await?;
    if !status.is_success() {
        bail!("{status}: {}", text.chars().take(300).collect::<String>());
    }
    Ok(text)
}
