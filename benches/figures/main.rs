//! Afterword's figures, measured on the release binary: `cargo bench`, or `cargo bench -- taps` for one of `taps`,
//! `pace`, `events`, `deliveries`, `counts`, `pages`, `erasing`, `bulk`, `junk`, `rest`, `waiting`, `cases`, `talks` and `demo`; with
//! `--quick` a tenth of the load. Targets are reported and never a reason to fail.

mod bare;
mod bulk;
mod cases;
mod counts;
mod deliveries;
mod demo;
#[path = "../../tests/it/browser/driver.rs"]
#[expect(clippy::unwrap_used, clippy::expect_used, reason = "written for tests")]
mod driver;
mod erasing;
mod events;
mod junk;
mod load;
mod pace;
mod pages;
#[path = "../../tests/it/cluster/server.rs"]
#[expect(dead_code, reason = "some of it serves only tests")]
#[expect(clippy::unwrap_used, reason = "written for tests")]
mod postgres;
mod process;
mod report;
mod rest;
mod server;
#[path = "../../examples/generate_events/shop/mod.rs"]
mod shop;
mod talks;
mod taps;
mod waiting;

use clap::Parser;
use report::Report;

#[derive(Parser)]
struct Arguments {
    /// Which figures: taps, pace, events, deliveries, counts, pages, erasing, bulk, junk, rest, waiting, cases, talks, demo
    /// [default: all]
    figures: Vec<String>,
    /// A tenth of the load: to see that everything works
    #[arg(long)]
    quick: bool,
    /// What this process is in place of the benchmark itself
    #[arg(long, hide = true)]
    role: Option<Role>,
    #[arg(long, hide = true, num_args = 3)]
    bot: Vec<String>,
    /// What cargo hands in
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Role {
    People,
    Bare,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match arguments.role {
        // It gets one thread, because the other core belongs to the bot.
        Some(Role::People) => {
            tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(load::run())
        }
        Some(Role::Bare) => {
            let [url, token, database] = arguments.bot.as_slice() else {
                anyhow::bail!("--bot URL TOKEN FILE")
            };
            tokio::runtime::Runtime::new()?.block_on(bare::run(url, token, database))
        }
        None => tokio::runtime::Runtime::new()?.block_on(measure(&arguments)),
    }
}

async fn measure(arguments: &Arguments) -> anyhow::Result<()> {
    let wanted =
        |name: &str| arguments.figures.is_empty() || arguments.figures.iter().any(|figure| figure == name);
    let scale = if arguments.quick { 10 } else { 1 };
    let mut report = Report::default();
    // A failure is printed, and the other figures are still measured.
    let told = |name: &str, outcome: anyhow::Result<()>| {
        if let Err(error) = outcome {
            println!("{name}: not measured: {error:#}");
        }
    };
    if wanted("taps") {
        told("taps", taps::measure(&mut report, scale).await);
    }
    if wanted("pace") {
        told("pace", pace::measure(&mut report, scale).await);
    }
    if wanted("events") {
        told("events", events::measure(&mut report, scale).await);
    }
    if wanted("deliveries") {
        told("deliveries", deliveries::measure(&mut report, scale).await);
    }
    if wanted("counts") {
        told("counts", counts::measure(&mut report, scale).await);
    }
    if wanted("pages") {
        told("pages", pages::measure(&mut report, scale).await);
    }
    if wanted("erasing") {
        told("erasing", erasing::measure(&mut report, scale).await);
    }
    if wanted("bulk") {
        told("bulk", bulk::measure(&mut report, scale).await);
    }
    if wanted("junk") {
        told("junk", junk::measure(&mut report, scale).await);
    }
    if wanted("rest") {
        told("rest", rest::measure(&mut report, scale).await);
    }
    if wanted("waiting") {
        told("waiting", waiting::measure(&mut report, scale).await);
    }
    if wanted("cases") {
        told("cases", cases::measure(&mut report, scale).await);
    }
    if wanted("talks") {
        told("talks", talks::measure(&mut report, scale).await);
    }
    if wanted("demo") {
        told("demo", demo::measure(&mut report, scale).await);
    }
    report.print();
    Ok(())
}
