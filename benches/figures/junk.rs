//! What junk at the API costs others, and how much memory it takes.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use afterword::clock::Clock;
use afterword::sandbox::{Options, Sandbox, World};
use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::report::Report;
use super::server::{Server, fresh_dir, request};
use super::taps::{as_f64, megabytes};

/// How many batches of junk are posted at the same time.
const BATCHES: usize = 4;
const BATCH_BYTES: usize = 27_000_000;
const NUMBERS_BYTES: usize = 2 << 20;
const LINES_BYTES: usize = 64 << 20;
/// The memory that a request may take: this many times its size, plus a constant.
const TIMES: usize = 3;
const ON_TOP_MB: f64 = 32.0;

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    println!("junk: {BATCHES} batches of {} MB at once, with taps beside them", BATCH_BYTES / 1_000_000);
    let sandbox = Sandbox::start(Clock::system(), Options { limits: false, ..Options::default() }).await?;
    let server = Server::start(&fresh_dir("junk")?, &sandbox.url())?;
    server.until_it_is_ready().await?;
    let worst = taps_beside_junk(&server, sandbox.world(), unknown_fields(BATCH_BYTES / scale)).await?;
    // Only one program at a time polls Telegram.
    drop(server);
    report.at_most("worst tap beside 4 x 27 MB of unknown fields", millis(worst.tap), 1000.0, "ms");
    report.at_most("worst /healthz beside them", millis(worst.health), 1000.0, "ms");
    let together = BATCHES * BATCH_BYTES / scale;
    report.at_most("memory they take together", worst.memory_mb, most_mb(together), "MB");

    let numbers = format!("[{}0]", "0,".repeat(NUMBERS_BYTES / scale / 2));
    let (taken, reply) = alone(&sandbox, "numbers", &numbers, "application/json").await?;
    report.at_most("memory that 2 MiB of numbers take", taken, most_mb(numbers.len()), "MB");
    report.at_most("answer to them", as_f64(reply) / 1000.0, 64.0, "kB");
    drop(numbers);

    let lines = events(LINES_BYTES / scale);
    let (taken, _) = alone(&sandbox, "lines", &lines, "application/x-ndjson").await?;
    report.at_most("memory that 64 MiB of events take as lines", taken, most_mb(lines.len()), "MB");
    Ok(())
}

struct Worst {
    tap: Duration,
    health: Duration,
    memory_mb: f64,
}

async fn taps_beside_junk(server: &Server, world: &World, junk: String) -> anyhow::Result<Worst> {
    let person = world.add_user("Anna", Some("en"));
    let started = world.start(person, None);
    let greeting = world.bot_message_after(person, started).await.id;
    let before = server.process.usage().resident_kb;
    let mut posts = JoinSet::new();
    let posted = request(server.addr, &junk, "close");
    drop(junk);
    for _ in 0..BATCHES {
        let (addr, request) = (server.addr, posted.clone());
        posts.spawn(async move { answer(addr, &request).await });
    }
    let mut worst = Worst { tap: Duration::ZERO, health: Duration::ZERO, memory_mb: 0.0 };
    while !posts.is_empty() {
        let began = Instant::now();
        let tap = world.forge_callback(person, person, greeting, "junk");
        world.answered(&tap).await;
        worst.tap = worst.tap.max(began.elapsed());
        let began = Instant::now();
        reqwest::get(format!("http://{}/healthz", server.addr)).await?.error_for_status()?;
        worst.health = worst.health.max(began.elapsed());
        while let Some(done) = posts.try_join_next() {
            done??;
        }
    }
    worst.memory_mb = megabytes(server.process.usage().peak_kb.saturating_sub(before));
    Ok(worst)
}

/// Returns how much memory one request takes in a program of its own, and the length of the reply in bytes.
async fn alone(sandbox: &Sandbox, name: &str, body: &str, media: &str) -> anyhow::Result<(f64, usize)> {
    let server = Server::start(&fresh_dir(name)?, &sandbox.url())?;
    server.until_it_is_ready().await?;
    let before = server.process.usage().resident_kb;
    let request = request(server.addr, body, "close");
    let head = request.len() - body.len();
    let mut bytes = String::from_utf8_lossy(&request[..head]).replace("application/json", media).into_bytes();
    bytes.extend_from_slice(body.as_bytes());
    drop(request);
    let reply = answer(server.addr, &bytes).await?;
    Ok((megabytes(server.process.usage().peak_kb.saturating_sub(before)), reply))
}

/// Posts, and returns the length of the reply, which must be a 200.
async fn answer(addr: std::net::SocketAddr, request: &[u8]) -> anyhow::Result<usize> {
    let mut stream = TcpStream::connect(addr).await?;
    stream.write_all(request).await?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await?;
    if !reply.starts_with(b"HTTP/1.1 200") {
        let head = reply.split(|byte| *byte == b'\n').next().context("no reply")?;
        bail!("the batch was refused: {}", String::from_utf8_lossy(head));
    }
    Ok(reply.len())
}

/// Returns an array of objects with a hundred fields that no event has. Each is one slip away from a field that events
/// have.
fn unknown_fields(bytes: usize) -> String {
    let fields: String = (0..100).fold(String::new(), |mut fields, field| {
        let _ = write!(fields, "\"custome{field}\":{field},");
        fields
    });
    let item = format!("{{{}}},", fields.trim_end_matches(','));
    format!("[{}0]", item.repeat(bytes / item.len()))
}

/// Returns different events of the usual size.
fn events(bytes: usize) -> String {
    let at = Clock::system().now().to_rfc3339();
    let mut lines = String::with_capacity(bytes);
    for number in 0.. {
        let before = lines.len();
        let _ = writeln!(
            lines,
            "{{\"event_id\":\"order-{number}\",\"kind\":\"purchase\",\"occurred_at\":\"{at}\",\"customer\":{{\"id\":\
             \"C-{customer}\",\"name\":\"Anna\",\"language\":\"en\"}},\"subject\":{{\"id\":\"{number}\",\"title\":\"Order \
             {number}\",\"url\":\"https://shop.example/orders/{number}\"}},\"agent\":{{\"id\":\"a-17\",\"name\":\"Olga\",\
             \"team\":\"first-line\"}},\"store\":\"msk-2\",\"channel\":\"web\",\"tags\":[\"delivery\"]}}",
            customer = number % 20_000,
        );
        if lines.len() >= bytes {
            lines.truncate(before);
            break;
        }
    }
    lines
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn most_mb(bytes: usize) -> f64 {
    as_f64(bytes * TIMES) / as_f64(1 << 20) + ON_TOP_MB
}
