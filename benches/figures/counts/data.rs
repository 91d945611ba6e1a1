//! Years of a shop, written straight into the tables.

use std::fmt::Write as _;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection};

pub const SURVEYS_A_DAY: usize = 11_400;
pub const SCRIPTS: usize = 12;
pub const QUESTIONS: usize = 4;
const CUSTOMERS_A_DAY: usize = 2_850;
const DAY_MS: i64 = 86_400_000;
/// 2024-01-01 in Moscow.
pub const FIRST_DAY: i64 = 19_723;
const MOSCOW_MS: i64 = 3 * 3_600_000;

/// Numbers that look like chance and are the same in every run.
pub struct Chance(u64);

impl Chance {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }

    /// Small numbers more often than large ones.
    pub fn skewed(&mut self, limit: usize) -> usize {
        let first = self.below(limit);
        self.below(first + 1)
    }

    pub fn is(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }
}

/// Rows of one table that wait to be written.
struct Rows {
    head: &'static str,
    text: String,
}

impl Rows {
    fn new(head: &'static str) -> Self {
        Self { head, text: String::new() }
    }

    fn add(&mut self, row: std::fmt::Arguments<'_>) {
        self.text.push(if self.text.is_empty() { ' ' } else { ',' });
        // Writing to a text cannot fail.
        let _ = self.text.write_fmt(row);
    }

    async fn write(&mut self, to: &mut SqliteConnection) -> anyhow::Result<()> {
        if !self.text.is_empty() {
            let text = format!("{}{}", self.head, self.text);
            sqlx::raw_sql(AssertSqlSafe(text)).execute(to).await?;
            self.text.clear();
        }
        Ok(())
    }
}

/// Fills a migrated database with so many days. Returns the number of answers.
pub async fn fill(file: &Path, days: usize) -> anyhow::Result<usize> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Off)
        .disable_statement_logging();
    let mut to = SqliteConnection::connect_with(&options).await?;
    let customers = CUSTOMERS_A_DAY * days;
    let text = format!(
        "WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < {customers}) \
         INSERT INTO customers (id, customer_id, described_at) SELECT id, 'C-' || id, 0 FROM n"
    );
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut to).await?;
    let (mut chance, mut survey, mut answers) = (Chance::new(7), 0, 0);
    for day in 0..i64::try_from(days)? {
        sqlx::raw_sql("BEGIN").execute(&mut to).await?;
        for _ in 0..SURVEYS_A_DAY / 300 {
            let mut rows = Batch::new();
            for _ in 0..300 {
                survey += 1;
                answers += rows.add(&mut chance, survey, (FIRST_DAY + day) * DAY_MS - MOSCOW_MS, customers);
            }
            for table in [&mut rows.events, &mut rows.surveys, &mut rows.answers] {
                table.write(&mut to).await?;
            }
        }
        sqlx::raw_sql("COMMIT").execute(&mut to).await?;
    }
    // As a server would have done by the time the last event came.
    let text = "INSERT INTO ticket_steps (event, ticket, step, at) SELECT id, -id, 'closed', occurred_at FROM events; \
         INSERT INTO counters (name, value) SELECT 'tickets_position', MAX(id) FROM events WHERE TRUE \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    sqlx::raw_sql(text).execute(&mut to).await?;
    to.close().await?;
    Ok(answers)
}

struct Batch {
    events: Rows,
    surveys: Rows,
    answers: Rows,
}

impl Batch {
    fn new() -> Self {
        Self {
            events: Rows::new(
                "INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, agent_id, agent_since, \
                 team, automation, store, channel, tags, segments, first_response_s, resolution_s, body) VALUES",
            ),
            surveys: Rows::new(
                "INSERT INTO surveys (id, survey_id, script, script_version, state, reason, sent_at, started_at) VALUES",
            ),
            answers: Rows::new(
                "INSERT INTO answers (survey, question, part, value, options, band, answered_at, stored_at) VALUES",
            ),
        }
    }

    /// Adds one survey. Returns how many answers it has.
    fn add(&mut self, chance: &mut Chance, survey: usize, midnight: i64, customers: usize) -> usize {
        let at = midnight + i64::try_from(chance.below(86_400)).unwrap_or(0) * 1000;
        let (customer, agent) = (1 + chance.skewed(customers), chance.below(200));
        let tags = set(chance, "tag", 300, 4);
        let segments = set(chance, "segment", 40, 3);
        let automation =
            if chance.is(30) { format!("'rule-{}'", chance.skewed(200)) } else { "NULL".to_owned() };
        self.events.add(format_args!(
            "({survey},'e-{survey}','ticket_closed',{at},{at},{customer},'agent-{agent}','2023-0{}-01','team-{}',\
             {automation},'store-{}','channel-{}','{tags}','{segments}',{},{},'{{}}')",
            1 + agent % 9,
            agent % 20,
            chance.skewed(500),
            chance.skewed(8),
            chance.skewed(20_000),
            chance.skewed(400_000),
        ));
        // The first script asks in four of ten surveys.
        let script = if chance.is(35) { 0 } else { chance.below(SCRIPTS) };
        let (state, reason, is_answered) = match chance.below(100) {
            0..18 => ("suppressed", "'throttled'", false),
            18..36 => ("expired", "'untouched'", false),
            36..44 => ("partial", "'stopped'", true),
            _ => ("completed", "NULL", true),
        };
        let sent = if state == "suppressed" { "NULL".to_owned() } else { at.to_string() };
        self.surveys.add(format_args!(
            "({survey},'s-{survey}','script-{script}',1,'{state}',{reason},{sent},{})",
            if is_answered { sent.as_str() } else { "NULL" },
        ));
        if !is_answered {
            return 0;
        }
        let given = if state == "partial" { 2 } else { QUESTIONS };
        for question in 0..given {
            let value = 5 - chance.skewed(5);
            let band = ["low", "low", "neutral", "high", "high"][value - 1];
            self.answers
                .add(format_args!("({survey},'question-{question}','answer',{value},'','{band}',{at},{at})"));
        }
        given
    }
}

/// The scripts by which the questions are asked, as files to publish.
pub fn scripts() -> impl Iterator<Item = String> {
    let question = |number: usize| {
        format!(
            "[[questions]]\nkey = \"question-{number}\"\nmetric = \"csi\"\nscale = \"1-5\"\ntext = {{ ru = \"Вопрос \
             {number}\", en = \"Question {number}\" }}\n"
        )
    };
    (0..SCRIPTS).map(move |number| {
        let head = format!(
            "slug = \"script-{number}\"\non = \"ticket_closed\"\ntitle = {{ ru = \"Опрос {number}\", en = \"Script \
             {number}\" }}\n"
        );
        std::iter::once(head).chain((0..QUESTIONS).map(question)).collect()
    })
}

fn set(chance: &mut Chance, name: &str, of: usize, most: usize) -> String {
    let mut members: Vec<usize> = (0..chance.below(most)).map(|_| chance.skewed(of)).collect();
    members.sort_unstable();
    members.dedup();
    let named: Vec<String> = members.iter().map(|member| format!("{name}-{member}")).collect();
    named.join("|")
}
