//! The demo: how soon its page is there, how large it is, how long a crowd's month takes, and how smooth thousands of
//! messages are. The browser's figures need Debian's `chromium` and `chromium-driver`.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use fantoccini::Client;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::driver::{Driver, Screen};
use super::report::Report;
use super::server::{binary, fresh_dir};
use super::taps::as_f64;

const STARTS: usize = 7;
const LOADS: usize = 9;
const MESSAGES: usize = 5_000;
/// How many messages are posted together.
const TOGETHER: usize = 20;
/// How many messages come while somebody watches.
const COMING: usize = 40;

/// A running demo, and how long it took to print its address.
struct Demo {
    _child: Child,
    url: String,
    took: Duration,
}

impl Demo {
    async fn start(name: &str) -> anyhow::Result<Self> {
        let dir = fresh_dir(name)?;
        let mut command = Command::new(binary());
        command
            .args(["demo", "--port", "0", "--lang", "en"])
            .current_dir(&dir)
            .env_clear()
            .env("TMPDIR", &dir);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let began = Instant::now();
        let mut child = command.spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("the demo has no output")?).lines();
        let greeting = lines.next_line().await?.context("the demo did not say where it is")?;
        let took = began.elapsed();
        let url = greeting.split_once(": ").context("the demo did not say where it is")?.1.to_owned();
        Ok(Self { _child: child, url, took })
    }
}

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    println!("demo: starts, a crowd's month, {} messages in a browser", MESSAGES / scale);
    starts(report).await?;
    crowd(report).await?;
    let Some(driver) = Driver::start().await else {
        println!("  there is no chromedriver: the browser's figures are not measured");
        return Ok(());
    };
    let client = driver.open(Screen::Desktop).await;
    let measured = in_the_browser(report, &client, MESSAGES / scale).await;
    // A browser that is not closed would stay.
    client.close().await?;
    measured
}

async fn starts(report: &mut Report) -> anyhow::Result<()> {
    let (mut said, mut served) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let demo = Demo::start("demo").await?;
        let began = Instant::now();
        let html = reqwest::get(&demo.url).await?.error_for_status()?.text().await?;
        served.push(millis(demo.took + began.elapsed()));
        said.push(millis(demo.took));
        if !html.contains("page.css") {
            bail!("the demo's first answer is not its page");
        }
    }
    report.fact(&format!("start to the address, median of {STARTS}"), median(&mut said), "ms");
    report.at_most(
        &format!("start to the first page served, median of {STARTS}"),
        median(&mut served),
        1000.0,
        "ms",
    );
    let demo = Demo::start("demo").await?;
    report.at_most("bytes of all assets", as_f64(assets(&demo.url).await?) / 1000.0, 100.0, "kB");
    Ok(())
}

/// Returns the size of the page and everything that it loads, uncompressed, in bytes.
async fn assets(url: &str) -> anyhow::Result<usize> {
    let html = reqwest::get(url).await?.text().await?;
    let mut paths: Vec<&str> =
        html.split(['"']).filter(|part| part.starts_with('/') && part.len() > 1).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut bytes = html.len();
    for path in paths {
        bytes += reqwest::get(format!("{url}{path}")).await?.error_for_status()?.bytes().await?.len();
    }
    Ok(bytes)
}

async fn crowd(report: &mut Report) -> anyhow::Result<()> {
    let demo = Demo::start("demo").await?;
    let http = reqwest::Client::new();
    let stream = http.get(format!("{}/live?chats=0", demo.url)).send().await?.error_for_status()?;
    let mut news = News { stream, told: Vec::new() };
    let began = Instant::now();
    http.post(format!("{}/crowd", demo.url)).json(&json!({})).send().await?.error_for_status()?;
    let lived = loop {
        let crowd = news.next().await?["crowd"].take();
        if crowd["running"] == json!(false) {
            break crowd;
        }
    };
    if let Some(why) = lived["failed"].as_str() {
        bail!("the crowd's month was cut short: {why}");
    }
    report.at_most("a crowd of 200 lives through 30 days", began.elapsed().as_secs_f64(), 30.0, "s");
    for what in ["events", "taps", "comments"] {
        report.fact(&format!("the crowd's {what}"), lived["progress"][what].as_f64().unwrap_or_default(), "");
    }
    Ok(())
}

/// The news that a window gets.
struct News {
    stream: reqwest::Response,
    told: Vec<u8>,
}

impl News {
    async fn next(&mut self) -> anyhow::Result<Value> {
        loop {
            while let Some(end) = self.told.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.told.drain(..=end).collect();
                if let Some(data) = line.strip_prefix(b"data:") {
                    return Ok(serde_json::from_slice(data.trim_ascii())?);
                }
            }
            let chunk = self.stream.chunk().await?.context("the demo has ended")?;
            self.told.extend_from_slice(&chunk);
        }
    }
}

async fn in_the_browser(report: &mut Report, client: &Client, messages: usize) -> anyhow::Result<()> {
    let demo = Demo::start("demo").await?;
    let mut paints = Vec::new();
    for _ in 0..LOADS {
        open(client, &demo.url).await?;
        let paint = "return performance.getEntriesByName('first-contentful-paint')[0].startTime";
        paints.push(number(&client.execute(paint, Vec::new()).await?)?);
    }
    report.fact("first contentful paint, the browser's first", paints[0], "ms");
    report.at_most(&format!("first contentful paint, median of {LOADS}"), median(&mut paints), 200.0, "ms");
    fill(client, &demo.url, messages).await?;
    open(client, &demo.url).await?;
    let shown = number(&client.execute_async(ALL, vec![json!(messages)]).await?)?;
    report.fact("messages in the chat that is scrolled", shown, "");
    let frames = numbers(&client.execute_async(SCROLL, Vec::new()).await?)?;
    told(report, "a frame while scrolling", frames);
    let coming = client.execute_async(COME, vec![json!(COMING)]).await?;
    told(report, "a frame while messages come", numbers(&coming["frames"])?);
    let mut drawn = numbers(&coming["drawn"])?;
    report.fact(
        &format!("a message: from its posting to its frame, median of {COMING}"),
        median(&mut drawn),
        "ms",
    );
    let mut script = numbers(&coming["script"])?;
    report.at_most("the script of it, median", median(&mut script), 8.0, "ms");
    Ok(())
}

async fn open(client: &Client, url: &str) -> anyhow::Result<()> {
    client.goto(&format!("{url}/?theme=light")).await?;
    client.execute_async(READY, Vec::new()).await?;
    Ok(())
}

/// Makes the customer of the first column start the bot and write this many messages.
async fn fill(client: &Client, url: &str, messages: usize) -> anyhow::Result<()> {
    let user =
        client.execute("return Number(document.querySelector('#customer-who').value)", Vec::new()).await?;
    let http = reqwest::Client::new();
    let act = |body: Value| http.post(format!("{url}/act")).json(&body).send();
    act(json!({ "do": "start", "user": user, "payload": null })).await?.error_for_status()?;
    for batch in 0..messages / TOGETHER {
        let calls = (0..TOGETHER).map(|number| {
            let to = json!({ "chat": user, "topic": null, "reply": null, "quote": null });
            let text = format!("Message {batch}.{number}: {}", "a few more words of it ".repeat(number % 7));
            act(json!({ "do": "say", "user": user, "to": to, "text": text }))
        });
        for reply in futures_util::future::join_all(calls).await {
            reply?.error_for_status()?;
        }
    }
    Ok(())
}

fn told(report: &mut Report, what: &str, mut frames: Vec<f64>) {
    frames.sort_by(f64::total_cmp);
    report.at_most(&format!("{what}, 95th percentile"), frames[(frames.len() - 1) * 95 / 100], 34.0, "ms");
    report.fact(&format!("{what}, longest"), frames[frames.len() - 1], "ms");
}

const READY: &str = r"
    const [done] = arguments;
    const look = () => document.body.dataset.ready ? done() : requestAnimationFrame(look);
    look();
";

/// Loads older messages until all are in the chat.
const ALL: &str = r"
    const [messages, done] = arguments;
    const scroller = document.querySelector('#customer .scroller');
    const count = () => scroller.querySelectorAll('.message').length;
    const back = () => {
        if (count() >= messages) return done(count());
        scroller.scrollTop = 0;
        requestAnimationFrame(back);
    };
    back();
";

/// Scrolls from the end to the beginning, one screen every other frame.
const SCROLL: &str = r"
    const [done] = arguments;
    const scroller = document.querySelector('#customer .scroller');
    const frames = [];
    let last;
    const step = (now) => {
        if (last !== undefined) frames.push(now - last);
        last = now;
        scroller.scrollTop -= scroller.clientHeight / 2;
        if (frames.length < 400 && scroller.scrollTop > 0) requestAnimationFrame(step);
        else done(frames);
    };
    scroller.scrollTop = scroller.scrollHeight;
    requestAnimationFrame(step);
";

/// Lets one message come after another, while somebody watches the newest.
const COME: &str = r"
    const [coming, done] = arguments;
    const scroller = document.querySelector('#customer .scroller');
    const list = scroller.firstElementChild;
    const user = Number(document.querySelector('#customer-who').value);
    const frames = [], drawn = [], script = [];
    scroller.scrollTop = scroller.scrollHeight;
    let last, going = true;
    const step = (now) => {
        if (last !== undefined) frames.push(now - last);
        last = now;
        if (going) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
    const parse = JSON.parse;
    let began;
    // The page reads what came, draws it in the same turn, and then observers are told.
    JSON.parse = (text) => { began = performance.now(); return parse(text); };
    const comes = (number) => new Promise((come) => {
        const posted = performance.now();
        const watch = new MutationObserver(() => {
            // The bot may have answered at once.
            if (![...list.children].slice(-3).some((node) => node.textContent.includes(`Newcomer ${number}.`))) return;
            watch.disconnect();
            script.push(performance.now() - began);
            requestAnimationFrame(() => { drawn.push(performance.now() - posted); come(); });
        });
        watch.observe(list, { childList: true });
        const to = { chat: user, topic: null, reply: null, quote: null };
        fetch('/act', {
            method: 'POST', headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ do: 'say', user, to, text: `Newcomer ${number}.` }),
        });
    });
    (async () => {
        for (let number = 0; number < coming; number += 1) await comes(number);
        going = false;
        JSON.parse = parse;
        done({ frames, drawn, script });
    })();
";

fn number(value: &Value) -> anyhow::Result<f64> {
    value.as_f64().context("the page gave no number")
}

fn numbers(value: &Value) -> anyhow::Result<Vec<f64>> {
    value.as_array().context("the page gave no numbers")?.iter().map(number).collect()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
