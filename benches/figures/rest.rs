//! The program at rest: memory, the time from its start to the first `getUpdates`, and the size of the binary.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use afterword::clock::Clock;
use afterword::sandbox::{Options, Sandbox};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::report::Report;
use super::server::{Server, fresh_dir, run};
use super::taps::{as_f64, megabytes};

pub const SURVEYS: usize = 1_000_000;
const STARTS: usize = 7;
const SETTLES: Duration = Duration::from_secs(3);

pub async fn measure(report: &mut Report, scale: usize) -> anyhow::Result<()> {
    let surveys = SURVEYS / scale;
    println!("rest: a new database, and one with {surveys} surveys");
    let empty = fresh_dir("rest")?;
    let (_, resident) = start(&empty).await?;
    report.at_most("resident at rest, new database", megabytes(resident), 30.0, "MB");

    let full = database(surveys).await?;
    let mut times = Vec::new();
    let mut resident = Vec::new();
    for _ in 0..STARTS {
        let (time, kb) = start(&full).await?;
        times.push(time.as_secs_f64() * 1000.0);
        resident.push(kb);
    }
    times.sort_by(f64::total_cmp);
    resident.sort_unstable();
    let name = format!("resident at rest, {surveys} surveys, median of {STARTS}");
    report.at_most(&name, megabytes(resident[STARTS / 2]), 30.0, "MB");
    let name = format!("start to first getUpdates, {surveys} surveys, median of {STARTS}");
    report.at_most(&name, times[STARTS / 2], 100.0, "ms");
    report.fact("start to first getUpdates, slowest", times[STARTS - 1], "ms");
    let size = usize::try_from(std::fs::metadata(super::server::binary())?.len())?;
    report.at_most("size of the binary", as_f64(size) / 1_048_576.0, 30.0, "MB");
    Ok(())
}

/// Returns the time to the first poll, and the resident memory once everything has settled.
async fn start(dir: &Path) -> anyhow::Result<(Duration, u64)> {
    let sandbox = Sandbox::start(Clock::system(), Options::default()).await?;
    let began = Instant::now();
    let server = Server::start(dir, &sandbox.url())?;
    let polled = sandbox.world().wait_until(|world| world.calls("getUpdates") > 0);
    tokio::time::timeout(Duration::from_secs(30), polled).await?;
    let time = began.elapsed();
    tokio::time::sleep(SETTLES).await;
    Ok((time, server.process.usage().resident_kb))
}

/// Returns all migrations, one after another.
fn schema() -> String {
    let migrations = sqlx::migrate!("migrations/sqlite");
    migrations.iter().map(|migration| migration.sql.as_str()).collect()
}

/// Returns the directory of a database with this many surveys. It is kept between runs as long as the schema stays the
/// same.
pub async fn database(surveys: usize) -> anyhow::Result<PathBuf> {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures").join(format!("{surveys}-surveys"));
    let schema = schema();
    let mark = dir.join("schema.sql");
    if std::fs::read_to_string(&mark).is_ok_and(|made_with| made_with == schema) {
        return Ok(dir);
    }
    println!("  making the database; later runs find it");
    let dir = fresh_dir(&format!("{surveys}-surveys"))?;
    run(&dir, &["migrate"])?;
    fill(&dir.join("figures.db"), surveys).await?;
    std::fs::write(mark, schema)?;
    Ok(dir)
}

async fn fill(file: &Path, surveys: usize) -> anyhow::Result<()> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Off);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    let count = i64::try_from(surveys)?;
    let mut tx = pool.begin().await?;
    for statement in FILL {
        sqlx::query(statement).bind(count).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pool).await?;
    pool.close().await;
    Ok(())
}

/// Inserts `$1` surveys of a third as many customers. Of every hundred, four wait for their moment years ahead, six
/// wait for a link, sixty are completed, and the others have expired.
const FILL: [&str; 7] = [
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1 / 3 + 1)
     INSERT INTO persons (id, first_name, language_code, started_at, last_sent_at)
     SELECT 5000000000 + i, 'Анна', 'ru', 1700000000000, 1750000000000 FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1 / 3 + 1)
     INSERT INTO customers (id, customer_id, name, language, described_at, person, linked_by, linked_at)
     SELECT i, 'C-' || i, 'Анна', 'ru', 1700000000000, 5000000000 + i, 'link', 1700000000000 FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
     INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, subject_id, team, store, tags, body)
     SELECT i, 'order-' || i, 'purchase', 1700000000000 + i * 50000, 1700000001000 + i * 50000, 1 + i % ($1 / 3),
            i, 'first-line', 'web', 'delivery',
            '{\"event_id\":\"order-' || i || '\",\"kind\":\"purchase\",\"occurred_at\":\"2025-01-01T12:00:00Z\",' ||
            '\"customer\":{\"id\":\"C-' || (1 + i % ($1 / 3)) || '\",\"name\":\"Анна\",\"language\":\"ru\"},' ||
            '\"subject\":{\"id\":\"' || i || '\"},\"store\":\"web\",\"tags\":[\"delivery\"]}' FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
     INSERT INTO surveys (id, survey_id, script, script_version, state, reason, due_at, stale_at,
                          person, locale, turn, sent_at, started_at, completed_at, expires_at, ended_at)
     SELECT i, printf('s%015d', i), 'purchase',
            CASE WHEN i % 100 < 10 THEN NULL ELSE 1 END,
            CASE WHEN i % 100 < 4 THEN 'scheduled' WHEN i % 100 < 10 THEN 'waiting_for_link'
                 WHEN i % 100 < 70 THEN 'completed' ELSE 'expired' END,
            CASE WHEN i % 100 >= 70 THEN 'untouched' END,
            4000000000000 + i * 1000, 4100000000000 + i * 1000,
            CASE WHEN i % 100 < 10 THEN NULL ELSE 5000000000 + 1 + i % ($1 / 3) END, 'ru', 4,
            CASE WHEN i % 100 >= 10 THEN 1700010800000 + i * 50000 END,
            CASE WHEN i % 100 BETWEEN 10 AND 69 THEN 1700010860000 + i * 50000 END,
            CASE WHEN i % 100 BETWEEN 10 AND 69 THEN 1700010900000 + i * 50000 END,
            CASE WHEN i % 100 >= 10 THEN 1700270000000 + i * 50000 END,
            CASE WHEN i % 100 >= 10 THEN 1700270000000 + i * 50000 END FROM n",
    "INSERT INTO journal (survey, kind, reason, at)
     SELECT id, state, reason, COALESCE(ended_at, 1750000000000) FROM surveys WHERE id <= $1",
    "INSERT INTO answers (survey, question, part, value, band, answered_at, stored_at)
     SELECT surveys.id, question.key, 'answer', surveys.id % 11,
            CASE WHEN surveys.id % 11 <= 5 THEN 'low' WHEN surveys.id % 11 <= 7 THEN 'neutral' ELSE 'high' END,
            started_at, started_at
     FROM surveys, (SELECT 'quality' AS key, 0 AS n UNION SELECT 'service', 1) AS question
     WHERE state = 'completed' AND surveys.id <= $1",
    "INSERT INTO journal (survey, answer, kind, at)
     SELECT survey, id, 'answered', answered_at FROM answers WHERE survey <= $1",
];
