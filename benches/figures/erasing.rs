//! A customer with very many events is erased while others tap.

use std::ops::Range;
use std::time::{Duration, Instant};

use afterword::clock::Clock;
use anyhow::bail;
use reqwest::Client;
use serde_json::json;

use super::load::Order;
use super::report::Report;
use super::server::{API_KEY, Server, fresh_dir, run};
use super::taps::{People, as_f64, events, millis, script};

const EVENTS: usize = 100_000;
const A_POST: usize = 10_000;
const PEOPLE: usize = 1000;
/// The number of taps per second. They are measured in rounds of two seconds for as long as erasing takes.
const RATE: u32 = 100;
const A_ROUND: usize = 200;

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    let count = EVENTS / scale;
    println!("erasing: a customer with {count} events, beside {RATE} taps a second");
    let dir = fresh_dir("erasing")?;
    std::fs::write(dir.join("bench.toml"), script())?;
    run(&dir, &["migrate"])?;
    run(&dir, &["script", "publish", "bench.toml"])?;
    let mut people = People::meet()?;
    let server = Server::start(&dir, &people.url)?;
    server.until_it_is_ready().await?;
    people.obey(Order::Start(PEOPLE))?;
    server.post_events(&events(PEOPLE).to_string()).await?;
    people.obey(Order::AwaitSurveys(PEOPLE))?;
    for first in (0..count).step_by(A_POST) {
        server.post_events(&of_one_customer(first..count.min(first + A_POST))).await?;
    }

    let request = Client::new()
        .delete(format!("http://{}/v1/customers/C-many", server.addr))
        .bearer_auth(API_KEY)
        .timeout(Duration::from_mins(10));
    let began = Instant::now();
    let (mut worst, mut p99, mut lost) = (0, 0, 0);
    let erased = std::thread::scope(|scope| -> anyhow::Result<(f64, String)> {
        let runtime = tokio::runtime::Handle::current();
        let erasing = scope.spawn(move || {
            runtime.block_on(async {
                let reply = request.send().await?;
                let text = reply.error_for_status()?.text().await?;
                anyhow::Ok((began.elapsed().as_secs_f64(), text))
            })
        });
        while !erasing.is_finished() {
            let taps = people.obey(Order::Paced { taps: A_ROUND, rate: RATE })?;
            worst = worst.max(taps.worst);
            p99 = p99.max(taps.p99);
            lost += taps.lost;
        }
        erasing.join().map_err(|_| anyhow::anyhow!("the request broke off"))?
    });
    let (seconds, reply) = erased?;
    let reply: serde_json::Value = serde_json::from_str(&reply)?;
    if reply["events"] != count {
        bail!("not all were erased: {reply}");
    }
    report.fact(&format!("erasing a customer with {count} events"), seconds, "s");
    report.at_most("worst tap meanwhile", millis(worst), 200.0, "ms");
    report.fact("worst p99 of two seconds", millis(p99), "ms");
    report.fact("taps lost meanwhile", as_f64(lost), "");
    Ok(())
}

/// Returns purchases of a customer whose chat nobody knows.
fn of_one_customer(numbers: Range<usize>) -> String {
    let at = Clock::system().now().minus(Duration::from_hours(1)).to_rfc3339();
    let event = |number: usize| {
        json!({
            "event_id": format!("many-{number}"), "kind": "purchase", "occurred_at": at,
            "customer": { "id": "C-many", "name": "Анна", "segments": ["gold"] },
            "subject": { "id": format!("m-{number}"), "title": format!("Заказ №{number}") },
        })
    };
    json!(numbers.map(event).collect::<Vec<_>>()).to_string()
}
