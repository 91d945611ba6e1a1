//! A million of everything that waits: surveys of a paused script, surveys behind an open one, open ones, events that
//! cannot be stripped yet, and updates to be forgotten. Measures what the program uses at rest, and how soon it answers
//! a tap, both then and while it comes to rest after a silence.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use afterword::clock::Clock;
use afterword::sandbox::{Options, Sandbox, TOKEN, World};
use anyhow::Context as _;
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::report::Report;
use super::server::{Server, fresh_dir, run};

const WAITING: usize = 1_000_000;
const TAPS: usize = 60;
const BETWEEN_TAPS: Duration = Duration::from_millis(150);
const LOOK: Duration = Duration::from_secs(3);
const REST: Duration = Duration::from_secs(20);
/// The share of a core below which the program is at rest.
const QUIET: f64 = 0.05;
const PATIENCE: Duration = Duration::from_mins(15);
const TAPPER: i64 = 9_000_000_001;

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    let count = WAITING / scale;
    println!("waiting: {count} of each");
    let dir = database(count).await?;
    let sandbox = Sandbox::start(Clock::system(), Options { limits: false, ..Options::default() }).await?;
    let world = sandbox.world();
    let server = Server::start(&dir, &sandbox.url())?;
    server.until_it_is_ready().await?;
    ask(world, &server).await?;
    let [median, slowest] = taps(world).await?;
    report.fact(&format!("a tap while {count} open surveys are shown again, median"), median, "ms");
    report.at_most("the slowest of them", slowest, 200.0, "ms");

    let began = Instant::now();
    while share_of_a_core(&server, LOOK).await > QUIET {
        anyhow::ensure!(began.elapsed() < PATIENCE, "it does not come to rest");
    }
    report.fact("until it rests", began.elapsed().as_secs_f64(), "s");
    let name = format!("CPU at rest with {count} of each");
    report.at_most(&name, share_of_a_core(&server, REST).await * 100.0, 1.0, "% of a core");
    let [median, slowest] = taps(world).await?;
    report.fact("a tap at rest, median", median, "ms");
    report.at_most("the slowest of them", slowest, 100.0, "ms");
    Ok(())
}

async fn share_of_a_core(server: &Server, time: Duration) -> f64 {
    let before = server.process.usage().cpu;
    tokio::time::sleep(time).await;
    server.process.usage().cpu.saturating_sub(before).as_secs_f64() / time.as_secs_f64()
}

/// Adds a person whose survey is at a step with buttons that toggle.
async fn ask(world: &World, server: &Server) -> anyhow::Result<()> {
    world.add_user_as(TAPPER, "Анна", Some("ru"));
    let start = world.start(TAPPER, None);
    let greeting = world.bot_message_after(TAPPER, start).await;
    let event = json!([{
        "event_id": "tapped", "kind": "purchase", "occurred_at": Clock::system().now().to_rfc3339(), "test": true,
        "customer": { "id": "tapper", "telegram_id": TAPPER },
    }]);
    server.post_events(&event.to_string()).await?;
    let asked = tokio::time::timeout(Duration::from_mins(1), world.bot_message_after(TAPPER, greeting.id));
    asked.await.context("the test survey does not come")?;
    world.tap_last(TAPPER, "0")?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(())
}

/// Returns the median and the maximum of the times until a tap is answered, in milliseconds.
async fn taps(world: &World) -> anyhow::Result<[f64; 2]> {
    let mut times = Vec::with_capacity(TAPS);
    for _ in 0..TAPS {
        let began = Instant::now();
        let tap = world.tap_last(TAPPER, (0, 0))?;
        world.answered(&tap).await;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        tokio::time::sleep(BETWEEN_TAPS).await;
    }
    times.sort_by(f64::total_cmp);
    Ok([times[TAPS / 2], times[TAPS - 1]])
}

/// Makes the database. It is made for each run, because the program changes it.
async fn database(count: usize) -> anyhow::Result<PathBuf> {
    let dir = fresh_dir("waiting")?;
    std::fs::write(dir.join(".env"), "DATABASE_URL=sqlite://figures.db\nRETENTION=30d\n")?;
    run(&dir, &["migrate"])?;
    run(&dir, &["script", "publish", script(&dir, "first")?.to_str().context("the path is no text")?])?;
    run(&dir, &["script", "publish", script(&dir, "second")?.to_str().context("the path is no text")?])?;
    run(&dir, &["script", "pause", "second"])?;
    fill(&dir.join("figures.db"), count).await?;
    Ok(dir)
}

fn script(dir: &Path, slug: &str) -> anyhow::Result<PathBuf> {
    let path = dir.join(format!("{slug}.toml"));
    let text = |ru: &str, en: &str| format!("{{ ru = \"{ru}\", en = \"{en}\" }}");
    std::fs::write(
        &path,
        format!(
            "slug = \"{slug}\"\non = \"purchase\"\ntitle = {}\n[[questions]]\nkey = \"q\"\nmetric = \"csi\"\n\
             scale = \"0-10\"\ntext = {}\n[questions.low]\ncomment = {}\n\
             reasons = [{{ key = \"slow\", text = {} }}, {{ key = \"rude\", text = {} }}]\n",
            text("Опрос", "Survey"),
            text("Как всё прошло?", "How was it?"),
            text("Почему?", "Why?"),
            text("Долго", "Slow"),
            text("Грубо", "Rude"),
        ),
    )?;
    Ok(path)
}

async fn fill(file: &Path, count: usize) -> anyhow::Result<()> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(false)
        .synchronous(SqliteSynchronous::Off);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    let count = i64::try_from(count)?;
    let bot: i64 = TOKEN.split(':').next().unwrap_or_default().parse()?;
    let now = Clock::system().now().millis();
    let mut tx = pool.begin().await?;
    for statement in FILL {
        sqlx::query(statement).bind(count).bind(now).bind(bot).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pool).await?;
    pool.close().await;
    Ok(())
}

/// Inserts `$1` of each, as of `$2`; `$3` is the bot. In the order of the events' keys: due surveys of the paused
/// script; open ones that hold up the third kind; those; and surveys that have been open for a long time.
const FILL: [&str; 10] = [
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
     INSERT INTO persons (id, started_at) SELECT 5000000000 + i, 1700000000000 FROM n WHERE $2 > 0 AND $3 > 0",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
     INSERT INTO customers (id, customer_id, described_at, person, linked_by, linked_at)
     SELECT i, 'C-' || i, 1700000000000, 5000000000 + i, 'link', 1700000000000 FROM n WHERE $2 > 0 AND $3 > 0",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1 * 4)
     INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, body)
     SELECT i, 'order-' || i, 'purchase', at, at, 1 + (i - 1) % $1, '{\"n\":1}'
     FROM (SELECT i, CASE WHEN i > $1 * 3 THEN 1700000000000 + i ELSE $2 - 14400000 END AS at FROM n) WHERE $3 > 0",
    "INSERT INTO arrival_days (first_event, day)
     SELECT 1, ($2 - 14400000) / 86400000 WHERE $3 > 0
     UNION ALL SELECT MIN(id), received_at / 86400000 FROM events WHERE id > $1 * 3 GROUP BY received_at / 86400000",
    "INSERT INTO surveys (id, survey_id, script, state, due_at, stale_at)
     SELECT id, printf('s%015d', id), 'second', 'scheduled', $2 - 3600000, $2 + 150000000
     FROM events WHERE id <= $1 AND $3 > 0",
    "INSERT INTO surveys (id, survey_id, script, script_version, state, due_at, stale_at, person, sent_at, expires_at,
                          holds_up)
     SELECT id, printf('s%015d', id), 'first', 1, 'sent', $2 - 7200000, $2 + 150000000, 5000000000 + id - $1,
            $2 - 7200000, $2 + 150000000 + id, TRUE
     FROM events WHERE id > $1 AND id <= $1 * 2 AND $3 > 0",
    "INSERT INTO surveys (id, survey_id, script, state, due_at, stale_at, waits_for)
     SELECT id, printf('s%015d', id), 'first', 'scheduled', $2 - 1800000, $2 + 150000000, id - $1
     FROM events WHERE id > $1 * 2 AND id <= $1 * 3 AND $3 > 0",
    "INSERT INTO surveys (id, survey_id, script, script_version, state, sent_at, expires_at)
     SELECT id, printf('s%015d', id), 'first', 1, 'started', 1700000000000, $2 + 150000000 + id
     FROM events WHERE id > $1 * 3 AND $2 > 0 AND $3 > 0",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1 * 2)
     INSERT INTO updates_seen (bot, update_id, seen_at)
     SELECT $3, i, CASE WHEN i <= $1 THEN $2 - 200000000 ELSE $2 - 3600000 END FROM n",
    "INSERT OR REPLACE INTO bots (id, username, next_offset, heard_at)
     VALUES ($3, 'afterword_sandbox_bot', 0, $2 - 7200000 + 0 * $1)",
];
