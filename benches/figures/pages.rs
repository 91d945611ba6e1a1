//! The dashboard's pages over years of answers: the time to the first byte, fifty readers beside taps, a report with its
//! picture, and a million answers as a workbook.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use chrono::{Days, NaiveDate};
use reqwest::header::{COOKIE, HeaderValue, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use tokio::task::JoinSet;

use super::counts;
use super::load::Order;
use super::report::Report;
use super::server::{Server, printed, run};
use super::taps::{People, as_f64, beside_each_other, events, megabytes, script};

/// How long a page's period is.
const PERIOD: u64 = 90;
const TRIES: usize = 20;
/// No page is tried again after so long.
const TRIED: Duration = Duration::from_secs(10);
const READERS: usize = 50;
/// Between two pages of a reader.
const READS: Duration = Duration::from_secs(2);
const TAPPING: usize = 1000;
const TAPS: usize = 10_000;
const RATE: u32 = 500;
/// The days that have about a million answers.
const OF_A_MILLION: u64 = 36;
const PAGES: [&str; 10] = [
    "/",
    "/questions",
    "/questions/script-0/question-0",
    "/agents",
    "/topics",
    "/importance/script-0",
    "/waiting/script-0/question-0",
    "/coverage",
    "/support",
    "/answers",
];

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    let days = counts::DAYS / scale;
    println!("pages: {PERIOD} of {days} days");
    let dir = counts::database(days).await?;
    let mut people = People::meet()?;
    std::fs::write(dir.join("bench.toml"), script())?;
    run(&dir, &["script", "publish", "bench.toml"])?;
    let server = Server::start(&dir, &people.url)?;
    server.until_it_is_ready().await?;
    let reader = Reader::signed_in(&server, &dir).await?;
    first_bytes(report, &reader, counts::end(days)).await?;
    report.at_most("memory with one reader", megabytes(server.process.usage().peak_kb), 150.0, "MB");
    files(report, &server, &reader, &mut people, counts::end(days)).await?;
    server.process.forget_peak()?;
    // The taps change the data, so they serve once.
    counts::forget(&dir)?;
    people.obey(Order::Start(TAPPING))?;
    server.post_events(&events(TAPPING).to_string()).await?;
    people.obey(Order::AwaitSurveys(TAPPING))?;
    beside(report, people, &reader, (counts::end(days), scale)).await?;
    report.at_most("memory with fifty readers", megabytes(server.process.usage().peak_kb), 150.0, "MB");
    Ok(())
}

/// Reads each page over periods that differ by a day, so that none is answered from the one before.
async fn first_bytes(report: &mut Report, reader: &Reader, end: NaiveDate) -> anyhow::Result<()> {
    for page in PAGES {
        let mut taken = Vec::with_capacity(TRIES);
        let first = Instant::now();
        while taken.len() < TRIES && first.elapsed() < TRIED {
            taken.push(reader.first_byte(&over(page, end, taken.len())).await?);
        }
        let again = reader.first_byte(&over(page, end, taken.len() - 1)).await?;
        taken.sort_by(f64::total_cmp);
        report.at_most(&format!("{page}: first byte of a page seen before"), again, 50.0, "ms");
        let name = format!("{page}: first byte, median of {}", taken.len());
        report.at_most(&name, taken[taken.len() / 2], 50.0, "ms");
        report.fact(&format!("{page}: first byte, slowest"), taken[taken.len() - 1], "ms");
    }
    Ok(())
}

/// A report in Telegram, and a workbook.
async fn files(
    report: &mut Report,
    server: &Server,
    reader: &Reader,
    people: &mut People,
    end: NaiveDate,
) -> anyhow::Result<()> {
    let drawn = people.obey(Order::Report)?;
    report.at_most("a report with its picture", drawn.seconds, 1.0, "s");
    server.process.forget_peak()?;
    let last = end - Days::new(1);
    let path = format!("/export?period={}..{last}", last - Days::new(OF_A_MILLION - 1));
    let began = Instant::now();
    let mut response = reader.get(&path).await?;
    let mut size = 0;
    while let Some(piece) = response.chunk().await? {
        size += piece.len();
    }
    report.at_most("a workbook of a million answers", began.elapsed().as_secs_f64(), 30.0, "s");
    report.fact("its size", as_f64(size) / 1_048_576.0, "MB");
    report.at_most("memory while it is written", megabytes(server.process.usage().peak_kb), 100.0, "MB");
    Ok(())
}

/// Measures taps alone, and then while people read.
async fn beside(
    report: &mut Report,
    mut people: People,
    reader: &Reader,
    (end, scale): (NaiveDate, usize),
) -> anyhow::Result<()> {
    let taps = Order::Paced { taps: TAPS / scale, rate: RATE };
    let alone = people.obey(taps)?;
    let tapping = tokio::task::spawn_blocking(move || people.obey(taps));
    let mut reading = JoinSet::new();
    for number in 0..READERS {
        let reader = reader.clone();
        reading.spawn(async move {
            tokio::time::sleep(READS * u32::try_from(number)? / u32::try_from(READERS)?).await;
            for read in 0.. {
                reader
                    .get(&over(PAGES[(number + read) % PAGES.len()], end, number + read))
                    .await?
                    .bytes()
                    .await?;
                tokio::time::sleep(READS).await;
            }
            anyhow::Ok(())
        });
    }
    let outcome = tapping.await??;
    if let Some(Ok(ended)) = reading.try_join_next() {
        ended.context("a reader ended")?;
    }
    beside_each_other(report, "fifty readers", &alone, &outcome);
    Ok(())
}

/// The page's address for a period that ends so many days before the end.
fn over(page: &str, end: NaiveDate, number: usize) -> String {
    let last = end - Days::new(1 + number as u64 % 18);
    let first = last - Days::new(PERIOD - 1);
    format!("{page}?period={first}..{last}&vs=none")
}

/// A browser with a session.
#[derive(Clone)]
struct Reader {
    client: Client,
    address: String,
    cookie: HeaderValue,
}

impl Reader {
    async fn signed_in(server: &Server, dir: &Path) -> anyhow::Result<Self> {
        let link = printed(dir, &["dashboard"])?;
        let (_, path) = link.trim().split_once("/login/").context("no link")?;
        let address = format!("http://{}", server.addr);
        let client = Client::builder().redirect(Policy::none()).no_proxy().build()?;
        let entered = client.post(format!("{address}/login/{path}")).body("remember=1").send().await?;
        let cookie = entered.headers().get(SET_COOKIE).context("the link was refused")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().parse()?;
        Ok(Self { client, address, cookie })
    }

    /// Milliseconds to the first byte.
    async fn first_byte(&self, path: &str) -> anyhow::Result<f64> {
        let began = Instant::now();
        let mut response = self.get(path).await?;
        response.chunk().await?;
        let taken = began.elapsed().as_secs_f64() * 1000.0;
        response.bytes().await?;
        Ok(taken)
    }

    async fn get(&self, path: &str) -> anyhow::Result<reqwest::Response> {
        let request = self.client.get(format!("{}{path}", self.address)).header(COOKIE, &self.cookie);
        let response = request.send().await?;
        ensure!(response.status() == StatusCode::OK, "{path}: {}", response.status());
        Ok(response)
    }
}
