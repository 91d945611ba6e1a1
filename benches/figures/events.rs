//! Events posted one by one over keep-alive connections. Each is on disk before its 202.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use afterword::clock::Clock;
use afterword::sandbox::{Options, Sandbox};
use anyhow::{Context as _, bail};
use futures_util::future::try_join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::report::Report;
use super::server::{Server, fresh_dir, request};
use super::shop;
use super::taps::{as_f64, megabytes};

const CONNECTIONS: usize = 64;
const EVENTS: usize = 60_000;

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    println!("events: {} over {CONNECTIONS} connections", EVENTS / scale);
    let sandbox = Sandbox::start(Clock::system(), Options { limits: false, ..Options::default() }).await?;
    let server = Server::start(&fresh_dir("events")?, &sandbox.url())?;
    server.until_it_is_ready().await?;
    let settings =
        shop::Settings { count: EVENTS / scale, seed: 7, until: Clock::system().now(), days: 14, known: 0 };
    let requests: Vec<Vec<u8>> = shop::events(&settings)
        .iter()
        .map(|event| request(server.addr, &event.to_string(), "keep-alive"))
        .collect();
    let before = server.process.usage().cpu;
    let began = Instant::now();
    let mut latencies = post_all(&server, requests, "HTTP/1.1 202").await?;
    let seconds = began.elapsed().as_secs_f64();
    let cpu = server.process.usage().cpu.saturating_sub(before).as_secs_f64();
    latencies.sort_unstable();
    let posted = as_f64(latencies.len());
    let at = |percent: usize| latencies[(latencies.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    report.at_least("events posted one by one over 64 connections", posted / seconds, 5000.0, "/s");
    report.fact("CPU an event", cpu * 1000.0 / posted, "ms CPU");
    report.fact("event to 202, p50", at(50), "ms");
    report.fact("event to 202, p99", at(99), "ms");
    report.fact("peak memory under events", megabytes(server.process.usage().peak_kb), "MB");
    Ok(())
}

/// Posts all requests, each of which must be answered like that, and returns the time that each took.
pub async fn post_all(
    server: &Server,
    requests: Vec<Vec<u8>>,
    answer: &'static str,
) -> anyhow::Result<Vec<Duration>> {
    let requests = Arc::new(requests);
    let next = Arc::new(AtomicUsize::new(0));
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let stream = TcpStream::connect(server.addr).await?;
        stream.set_nodelay(true)?;
        connections.spawn(post(stream, Arc::clone(&requests), Arc::clone(&next), answer));
    }
    let mut latencies = Vec::with_capacity(requests.len());
    while let Some(taken) = connections.join_next().await {
        latencies.extend(taken??);
    }
    Ok(latencies)
}

async fn post(
    mut stream: TcpStream,
    requests: Arc<Vec<Vec<u8>>>,
    next: Arc<AtomicUsize>,
    answer: &'static str,
) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    let mut reply = Vec::with_capacity(4096);
    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        let began = Instant::now();
        exchange(&mut stream, request, &mut reply, answer).await?;
        latencies.push(began.elapsed());
    }
    Ok(latencies)
}

async fn exchange(
    stream: &mut TcpStream,
    request: &[u8],
    reply: &mut Vec<u8>,
    answer: &str,
) -> anyhow::Result<()> {
    stream.write_all(request).await?;
    read_reply(stream, reply).await?;
    if !reply.starts_with(answer.as_bytes()) {
        bail!("a request was refused: {}", String::from_utf8_lossy(reply));
    }
    Ok(())
}

/// Posts at an even pace until there is no next request. Each must be answered like that. Returns how long each took from
/// the moment at which it was to leave, so one that has to wait for a connection counts, too.
pub async fn post_paced(
    server: &Server,
    rate: u32,
    request: impl Fn(usize) -> Option<Vec<u8>>,
    answer: &'static str,
) -> anyhow::Result<Vec<Duration>> {
    let (next, began) = (AtomicUsize::new(0), Instant::now());
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        let mut stream = TcpStream::connect(server.addr).await?;
        stream.set_nodelay(true)?;
        let (next, request) = (&next, &request);
        connections.push(async move {
            let (mut latencies, mut reply) = (Vec::new(), Vec::with_capacity(4096));
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let leaves = began + Duration::from_secs(1) * u32::try_from(number)? / rate;
                tokio::time::sleep_until(leaves.into()).await;
                let Some(request) = request(number) else { return Ok(latencies) };
                exchange(&mut stream, &request, &mut reply, answer).await?;
                latencies.push(leaves.elapsed());
            }
        });
    }
    let taken: anyhow::Result<Vec<Vec<Duration>>> = try_join_all(connections).await;
    Ok(taken?.concat())
}

/// Reads one reply. Its head gives its length.
async fn read_reply(stream: &mut TcpStream, reply: &mut Vec<u8>) -> anyhow::Result<()> {
    reply.clear();
    loop {
        if let Some(head) = reply.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = std::str::from_utf8(&reply[..head])?.to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.context("a reply without a length")?.trim().parse()?;
            if reply.len() >= head + 4 + length {
                return Ok(());
            }
        }
        if stream.read_buf(reply).await? == 0 {
            bail!("the connection was closed");
        }
    }
}
