//! Deliveries to a hook over keep-alive connections, each on disk before its 200, while a helpdesk that is called does not
//! answer; taps beside them; and the mapping of one, which follows.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use afterword::clock::Clock;
use afterword::domain::hook::mapping::{Delivery, Opened, Settings};
use afterword::domain::hook::{Mapped, shipped};
use afterword::sandbox::{Options, Sandbox};
use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::events::{post_all, post_paced};
use super::load::Order;
use super::report::Report;
use super::server::{Server, fresh_dir, printed, run};
use super::taps::{People, as_f64, beside_each_other, events, script};

const DELIVERIES: usize = 20_000;
const MAPPED: usize = 20_000;
/// How many deliveries come each second while people tap, and while the helpdesk hangs.
const RATE: u32 = 1000;
/// For how many seconds they come at this rate while the helpdesk hangs.
const SECONDS: usize = 20;
const TAPPING: usize = 1000;
const TAPS: usize = 10_000;
/// A closed ticket of a help desk, with a preset of its system.
const SAMPLE: &str = include_str!("../../tests/it/fixtures/hooks/okdesk/ticket_closed.json");

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    println!("deliveries: {} over 64 connections", DELIVERIES / scale);
    stored(report, scale).await?;
    beside(report, scale).await?;
    mapped(report, scale)
}

async fn stored(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    let sandbox = Sandbox::start(Clock::system(), Options { limits: false, ..Options::default() }).await?;
    let dir = fresh_dir("deliveries")?;
    let path = hook(&dir, &sandbox.url()).await?;
    let helpdesk = TcpListener::bind("127.0.0.1:0").await?;
    let port = helpdesk.local_addr()?.port();
    let (url, allowed) = (format!("zendesk+http://me:key@127.0.0.1:{port}"), format!("127.0.0.1,:{port}"));
    let variables = [
        ("PUBLIC_URL", "https://afterword.shop.example"),
        ("HELPDESK_URL", url.as_str()),
        ("OUTBOUND_ALLOW", allowed.as_str()),
        ("OUTBOUND_ALLOW_HTTP", "true"),
    ];
    let server = Server::start_with(&dir, &sandbox.url(), &variables)?;
    server.until_it_is_ready().await?;
    let closed = json!({
        "event_id": "T-1", "kind": "ticket_closed", "customer": {"id": "C-0"}, "subject": {"id": "42"},
        "metrics": {"messages": 5}, "occurred_at": Clock::system().now().minus(Duration::from_hours(3)).to_rfc3339(),
        "test": true,
    });
    post_all(&server, vec![request(server.addr, &path, &closed.to_string())], "HTTP/1.1 200").await?;
    let called = tokio::time::timeout(Duration::from_secs(20), helpdesk.accept()).await;
    // The connection stays open, and nothing is ever sent on it.
    let _hangs = called.context("the helpdesk is not called")??;
    let order = |number: usize| order(server.addr, &path, number);
    let count = RATE as usize * SECONDS / scale;
    let (began, cpu) = (Instant::now(), server.process.usage().cpu);
    let paced =
        post_paced(&server, RATE, |number| (number < count).then(|| order(number)), "HTTP/1.1 200").await?;
    report.fact("deliveries a second, paced", as_f64(paced.len()) / began.elapsed().as_secs_f64(), "/s");
    let cpu = server.process.usage().cpu.saturating_sub(cpu).as_secs_f64() * 1000.0;
    report.fact("CPU a delivery, paced", cpu / as_f64(count), "ms CPU");
    let [p50, p99] = percentiles(paced);
    report.fact("delivery to 200 at 1,000/s, p50", p50, "ms");
    report.at_most("delivery to 200 at 1,000/s, p99", p99, 200.0, "ms");
    let requests = (count..count + DELIVERIES / scale).map(order).collect();
    let began = Instant::now();
    let latencies = post_all(&server, requests, "HTTP/1.1 200").await?;
    let stored = as_f64(latencies.len()) / began.elapsed().as_secs_f64();
    report.at_least("deliveries stored over 64 connections", stored, 1000.0, "/s");
    let [p50, p99] = percentiles(latencies);
    report.fact("delivery to 200 at saturation, p50", p50, "ms");
    report.fact("delivery to 200 at saturation, p99", p99, "ms");
    Ok(())
}

/// Returns the 50th and the 99th in a hundred, in milliseconds.
fn percentiles(mut latencies: Vec<Duration>) -> [f64; 2] {
    latencies.sort_unstable();
    [50, 99].map(|percent| latencies[(latencies.len() - 1) * percent / 100].as_secs_f64() * 1000.0)
}

/// Measures taps alone, and then while a mass edit in a shop is delivered.
async fn beside(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    let taps = Order::Paced { taps: TAPS / scale, rate: 500 };
    let dir = fresh_dir("taps-beside-deliveries")?;
    let mut people = People::meet()?;
    std::fs::write(dir.join("bench.toml"), script())?;
    let path = hook(&dir, &people.url).await?;
    run(&dir, &["script", "publish", "bench.toml"])?;
    let server = Server::start(&dir, &people.url)?;
    server.until_it_is_ready().await?;
    people.obey(Order::Start(TAPPING))?;
    server.post_events(&events(TAPPING).to_string()).await?;
    people.obey(Order::AwaitSurveys(TAPPING))?;
    let alone = people.obey(taps)?;
    let over = Arc::new(AtomicBool::new(false));
    let tapping = tokio::task::spawn_blocking({
        let over = Arc::clone(&over);
        move || {
            let outcome = people.obey(taps);
            over.store(true, Ordering::Relaxed);
            outcome
        }
    });
    let next = |number| (!over.load(Ordering::Relaxed)).then(|| order(server.addr, &path, number));
    let delivered = post_paced(&server, RATE, next, "HTTP/1.1 200").await?;
    let outcome = tapping.await??;
    report.fact("deliveries beside taps", as_f64(delivered.len()) / outcome.seconds, "/s");
    report.fact("delivery to 200 beside taps, p99", percentiles(delivered)[1], "ms");
    beside_each_other(report, "deliveries", &alone, &outcome);
    Ok(())
}

fn order(addr: SocketAddr, path: &str, number: usize) -> Vec<u8> {
    let order = json!({
        "event_id": format!("order-of-hook-{number}"), "kind": "purchase",
        "customer": {"id": format!("shop:{number}")}, "subject": {"id": number.to_string()}, "store": "msk-2",
    });
    request(addr, path, &order.to_string())
}

/// Makes a hook that is live, and returns its path.
async fn hook(dir: &Path, api_url: &str) -> anyhow::Result<String> {
    let server = Server::start(dir, api_url)?;
    server.until_it_is_ready().await?;
    drop(server);
    let path = printed(dir, &["hook", "add", "shop", "--preset", "paste"])?.trim().to_owned();
    run(dir, &["hook", "go", "shop"])?;
    Ok(path)
}

fn request(addr: SocketAddr, path: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: {addr}\r\nconnection: keep-alive\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn mapped(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    let sample: Value = serde_json::from_str(SAMPLE)?;
    let body = sample["request"]["body"].as_str().context("a sample without a body")?;
    let at = sample["received_at"].as_str().context("a sample without a time")?;
    let delivery = Delivery {
        received_at: at.parse::<chrono::DateTime<chrono::Utc>>()?.into(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        query: Vec::new(),
        body: body.as_bytes().to_vec(),
    };
    let preset = shipped::find("okdesk").context("no preset")?;
    let settings = Settings { name: "okdesk".to_owned(), ..Settings::default() };
    let count = MAPPED / scale;
    let began = Instant::now();
    for _ in 0..count {
        let all = Opened::all(&preset, &settings, &delivery)?;
        if !all.iter().all(|opened| matches!(opened.map().mapped, Mapped::Event(_))) {
            bail!("the sample gives no event");
        }
    }
    let each = began.elapsed().as_secs_f64() * 1000.0 / as_f64(count);
    report.at_most("mapping of a delivery", each, 0.2, "ms");
    Ok(())
}
