//! A hundred thousand unresolved cases: what the program uses with them compared with none, how soon a lead sees the list,
//! and how soon a thousand that become overdue at one moment are told.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use afterword::clock::Clock;
use afterword::sandbox::{Options, Sandbox, UserId, World};
use anyhow::Context as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, SqliteConnection};

use super::report::Report;
use super::server::{Server, fresh_dir, run};
use super::taps::{as_f64, megabytes};

const OPEN: usize = 100_000;
/// How many become overdue at one moment.
const OVERDUE: i64 = 1000;
/// How long after the database is made they do.
const SOON: Duration = Duration::from_secs(40);
const SETTLES: Duration = Duration::from_secs(5);
const REST: Duration = Duration::from_secs(20);
const LOOKS: usize = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(1500);
const PATIENCE: Duration = Duration::from_mins(2);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// `ADMIN_IDS` of every benchmark.
const ADMIN: UserId = 1;

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    let open = OPEN / scale;
    println!("cases: {open} unresolved ones");
    let empty = fresh_dir("no-cases")?;
    run(&empty, &["migrate"])?;
    let none = at_rest(&empty).await?;
    let (dir, due) = database(open).await?;
    let sandbox = Sandbox::start(Clock::system(), Options { limits: false, ..Options::default() }).await?;
    let world = sandbox.world();
    let server = Server::start(&dir, &sandbox.url())?;
    server.until_it_is_ready().await?;
    let greeting = start(world).await?;
    tokio::time::sleep(SETTLES).await;
    let resident = megabytes(server.process.usage().resident_kb);
    let name = format!("resident with {open} unresolved cases, to none");
    report.at_most(&name, resident / none, 1.1, "×");
    let before = server.process.usage().cpu;
    told(&dir.join("figures.db"), due).await?;
    report.at_most("1,000 overdue at one moment, until the last is told", late(due), 10.0, "s");
    let cpu = server.process.usage().cpu.saturating_sub(before);
    report.fact("CPU for that, and for the wait before it", cpu.as_secs_f64(), "s CPU");

    let before = server.process.usage().cpu;
    tokio::time::sleep(REST).await;
    let share = server.process.usage().cpu.saturating_sub(before).as_secs_f64() / REST.as_secs_f64();
    report.at_most(&format!("CPU at rest with {open} unresolved cases"), share * 100.0, 1.0, "% of a core");
    let [median, slowest] = lists(world, greeting).await?;
    report.at_most("/cases, median", median, 50.0, "ms");
    report.fact("/cases, slowest", slowest, "ms");
    Ok(())
}

/// The resident memory of the program, in megabytes, once everything has settled.
async fn at_rest(dir: &Path) -> anyhow::Result<f64> {
    let sandbox = Sandbox::start(Clock::system(), Options { limits: false, ..Options::default() }).await?;
    let server = Server::start(dir, &sandbox.url())?;
    server.until_it_is_ready().await?;
    start(sandbox.world()).await?;
    tokio::time::sleep(SETTLES).await;
    Ok(megabytes(server.process.usage().resident_kb))
}

/// The admin starts the bot. Returns the ID of its greeting.
async fn start(world: &World) -> anyhow::Result<i64> {
    world.add_user_as(ADMIN, "Пётр", Some("ru"));
    let start = world.start(ADMIN, None);
    let greeted = tokio::time::timeout(PATIENCE, world.bot_message_after(ADMIN, start));
    Ok(greeted.await.context("no greeting comes")?.id)
}

/// Returns the median and the maximum of the times until the list is shown, in milliseconds.
async fn lists(world: &World, mut after: i64) -> anyhow::Result<[f64; 2]> {
    let mut times = Vec::with_capacity(LOOKS);
    for _ in 0..LOOKS {
        let began = Instant::now();
        after = after.max(world.say(ADMIN, "/cases"));
        let shown = tokio::time::timeout(PATIENCE, world.bot_message_after(ADMIN, after));
        after = shown.await.context("the list does not come")?.id;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    times.sort_by(f64::total_cmp);
    Ok([times[LOOKS / 2], times[LOOKS - 1]])
}

/// Returns once all that are overdue have been told.
async fn told(file: &Path, due: i64) -> anyhow::Result<()> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut beside = SqliteConnection::connect_with(&options).await?;
    let text = "SELECT COUNT(*) FROM cases WHERE contact_escalated_at IS NOT NULL AND contact_due_at = $1";
    let began = Instant::now();
    while sqlx::query_scalar::<_, i64>(text).bind(due).fetch_one(&mut beside).await? < OVERDUE {
        anyhow::ensure!(began.elapsed() < PATIENCE, "not all overdue cases are told");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

/// The seconds since then.
fn late(due: i64) -> f64 {
    let passed = Clock::system().now().millis().saturating_sub(due);
    as_f64(usize::try_from(passed).unwrap_or_default()) / 1000.0
}

/// Makes the database. Returns its directory, and the moment at which a thousand cases become overdue.
async fn database(open: usize) -> anyhow::Result<(PathBuf, i64)> {
    let dir = fresh_dir("cases")?;
    run(&dir, &["migrate"])?;
    let options = SqliteConnectOptions::new()
        .filename(dir.join("figures.db"))
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(false)
        .synchronous(SqliteSynchronous::Off);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    let due = Clock::system().now().plus(SOON).millis();
    let mut tx = pool.begin().await?;
    for statement in FILL {
        sqlx::query(statement).bind(i64::try_from(open)?).bind(due).bind(OVERDUE).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pool).await?;
    pool.close().await;
    Ok((dir, due))
}

/// Inserts `$1` people who have asked for a human, of whose cases `$3` become overdue at `$2`, and the others a day later.
const FILL: [&str; 6] = [
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
     INSERT INTO persons (id, first_name, started_at)
     SELECT 5000000000 + i, 'Анна', 1700000000000 FROM n WHERE $2 > 0 AND $3 > 0",
    "INSERT INTO customers (id, customer_id, name, described_at, person, linked_by, linked_at)
     SELECT id - 5000000000, 'C-' || id, 'Анна', 1700000000000, id, 'link', 1700000000000
     FROM persons WHERE id > 5000000000 AND $1 > 0 AND $2 > 0 AND $3 > 0",
    "INSERT INTO messages (id, chat_id, message_id)
     SELECT id, 1, 1000000 + id FROM customers WHERE $1 > 0 AND $2 > 0 AND $3 > 0",
    "INSERT INTO cases (number, key, person, customer, source, severity, category, status, position, opened_at, round_at,
                        contact_due_at, resolve_due_at, resolve_first_due_at, told_at, contact_warned_at, nearest_due_at,
                        next_at)
     SELECT number, person || ':' || customer || ':', person, customer, 'human', 'normal', 'human', 'open', customer,
            due - 86400000, due - 86400000, due, due + 86400000, due + 86400000, due - 86000000, due - 14400000, due, due
     FROM (SELECT 100 + id AS number, person, id AS customer,
                  CASE WHEN id <= $3 THEN $2 ELSE $2 + 86400000 + id END AS due FROM customers WHERE $1 > 0)",
    "INSERT INTO case_posts (case_number, kind, chat_id, message, created_at)
     SELECT number, 'post', 1, customer, opened_at FROM cases WHERE $1 > 0 AND $2 > 0 AND $3 > 0",
    "UPDATE counters SET value = 100 + $1 WHERE name = 'case_number' AND $2 > 0 AND $3 > 0",
];
