//! Surveys at the rate that `MESSAGES_PER_SECOND` sets, however long Telegram takes to reply.

use std::time::{Duration, Instant};

use afterword::clock::Clock;
use afterword::sandbox::{Fault, Options, Sandbox};

use super::load::FIRST_USER;
use super::report::Report;
use super::server::{Server, fresh_dir, run};
use super::taps::{as_f64, events, script};

const ROUND_TRIPS: [u64; 3] = [0, 100, 300];
const RATES: [usize; 2] = [30, 200];
/// How many seconds' worth of surveys are sent.
const SECONDS: usize = 20;
/// How many of the first seconds are not counted. In them the program measures the round trip.
const WARM_UP: usize = 3;
const PATIENCE: Duration = Duration::from_mins(3);

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    let seconds = (SECONDS / scale).max(2 * WARM_UP);
    println!("pace: {seconds} s of surveys");
    for rate in RATES {
        for round_trip in ROUND_TRIPS {
            let reached = reached(rate, Duration::from_millis(round_trip), seconds).await?;
            let name = format!("surveys a second, {rate} asked for, {round_trip} ms there and back");
            report.at_least(&name, reached, as_f64(rate) * 0.95, "/s");
        }
    }
    Ok(())
}

async fn reached(rate: usize, round_trip: Duration, seconds: usize) -> anyhow::Result<f64> {
    let dir = fresh_dir("pace")?;
    std::fs::write(dir.join("bench.toml"), script())?;
    run(&dir, &["migrate"])?;
    run(&dir, &["script", "publish", "bench.toml"])?;
    let options = Options { limits: false, history: false, ..Options::default() };
    let sandbox = Sandbox::start(Clock::system(), options).await?;
    let world = sandbox.world();
    let variables = [("MESSAGES_PER_SECOND", rate.to_string())];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    let server = Server::start_with(&dir, &sandbox.url(), &variables)?;
    server.until_it_is_ready().await?;

    let people = rate * seconds;
    for number in 0..people {
        let user = FIRST_USER + i64::try_from(number)?;
        world.add_user_as(user, "Анна", Some("ru"));
        world.start(user, None);
    }
    let sent = |count: usize| {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let all = world.wait_until(move |world| world.calls("sendMessage") >= count);
        tokio::time::timeout(PATIENCE, all)
    };
    sent(people).await?;
    if !round_trip.is_zero() {
        world.fault(Fault::slow(round_trip).on("sendMessage").always());
    }
    server.post_events(&events(people).to_string()).await?;
    sent(people + WARM_UP * rate).await?;
    let began = Instant::now();
    sent(2 * people).await?;
    Ok(as_f64(people - WARM_UP * rate) / began.elapsed().as_secs_f64())
}
