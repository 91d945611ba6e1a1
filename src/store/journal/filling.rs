//! Fills the journal of a database that an earlier version created. It works in pages, so that the log can show
//! progress and a kill loses at most one page.
//!
//! Moves of the ledger keep their order and get positions below 1. Answers keep their positions, so every cursor given
//! to a reader of the answers stays valid. The order between moves and answers was never stored, so all old moves come
//! before all old answers.

use super::super::{Db, Result, Tx, on_engine, query, query_scalar};

/// The migration that creates the journal, and the one that removes what it is filled from.
pub(in crate::store) const MADE: i64 = 10;
pub(in crate::store) const FILLED: i64 = 11;

/// Rows per transaction.
const PAGE: i64 = 50_000;
/// With fewer rows than this, it is done before anybody would look for progress.
const WORTH_TELLING: i64 = 200_000;

/// The tables that the journal is filled from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Moves,
    Answers,
}

impl Db {
    /// Copies what is not in the journal yet and reports progress. Several programs may do this at the same time,
    /// taking turns page by page.
    pub(in crate::store) async fn fill_journal(&self, tell: &mut impl FnMut(&str)) -> Result<()> {
        let mut is_long = false;
        for source in [Source::Moves, Source::Answers] {
            let mut progress = Progress::default();
            loop {
                let mut tx = self.write().await?;
                if tx.is_journal_filled().await? {
                    return Ok(());
                }
                let copied = tx.copy_into_journal(source).await?;
                if copied == 0 {
                    break;
                }
                let told = progress.grow(source, &mut tx, copied).await?;
                tx.commit().await?;
                if let Some(told) = told {
                    tell(&told);
                    is_long = true;
                }
            }
        }
        if is_long {
            tell("the journal is filled; its indexes are being made, and what it was filled from is removed");
        }
        Ok(())
    }
}

/// How many rows of a source this program has copied.
#[derive(Debug, Default)]
struct Progress {
    copied: i64,
    /// Counted only once, because counting takes time.
    all: Option<i64>,
    told: i64,
}

impl Progress {
    /// Returns a progress message after every 5 %.
    async fn grow(&mut self, source: Source, tx: &mut Tx, copied: i64) -> Result<Option<String>> {
        self.copied += copied;
        let all = match self.all {
            Some(all) => all,
            None => *self.all.insert(copied + tx.count_for_journal(source).await?),
        };
        let percent = self.copied * 100 / all.max(1);
        if all < WORTH_TELLING || percent / 5 <= self.told {
            return Ok(None);
        }
        self.told = percent / 5;
        let what = match source {
            Source::Moves => "moves of the ledger",
            Source::Answers => "answers",
        };
        Ok(Some(format!("the journal is being filled: {percent} % of {all} {what}")))
    }
}

impl Tx {
    async fn is_journal_filled(&mut self) -> Result<bool> {
        let query = query_scalar::<bool>("SELECT EXISTS (SELECT 1 FROM _sqlx_migrations WHERE version = $1)")
            .bind(FILLED);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Copies a page and returns how many rows it had.
    async fn copy_into_journal(&mut self, source: Source) -> Result<i64> {
        let text = match source {
            // The last move gets position 0.
            Source::Moves => {
                "INSERT INTO journal (position, at, kind, reason, survey) \
                 SELECT t.id - l.last, t.at, t.state, t.reason, t.survey FROM former_transitions t, \
                 (SELECT COALESCE(MAX(id), 0) AS last FROM former_transitions) l \
                 WHERE t.id > COALESCE((SELECT MAX(position) FROM journal WHERE position <= 0) + l.last, 0) \
                 ORDER BY t.id LIMIT $1"
            }
            Source::Answers => {
                "INSERT INTO journal (position, at, kind, survey, answer) \
                 SELECT former_position, stored_at, CASE WHEN withdrawn_at IS NOT NULL THEN 'withdrawn' \
                 WHEN revision > 1 THEN 'changed' ELSE 'answered' END, survey, id FROM answers \
                 WHERE former_position > (SELECT COALESCE(MAX(position), 0) FROM journal) \
                 ORDER BY former_position LIMIT $1"
            }
        };
        let copied = on_engine!(self, execute, query(text).bind(PAGE))?;
        Ok(i64::try_from(copied).unwrap_or(i64::MAX))
    }

    /// Counts the rows that have not been copied yet.
    async fn count_for_journal(&mut self, source: Source) -> Result<i64> {
        let text = match source {
            Source::Moves => {
                "SELECT (SELECT COUNT(*) FROM former_transitions) - (SELECT COUNT(*) FROM journal)"
            }
            Source::Answers => {
                "SELECT COUNT(*) FROM answers WHERE former_position > (SELECT COALESCE(MAX(position), 0) FROM journal)"
            }
        };
        Ok(on_engine!(self, fetch_one, query_scalar::<i64>(text))?)
    }
}

#[cfg(test)]
mod tests {
    use sqlx::SqliteConnection;
    use sqlx::sqlite::SqliteConnectOptions;
    use sqlx::{ConnectOptions as _, Connection as _};

    use super::*;

    /// More moves than fit into two pages, and some answers.
    const STORED: &str = "\
        INSERT INTO customers (id, customer_id, described_at) VALUES (1, 'C', 0);
        INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, body)
          VALUES (1, 'one', 'purchase', 0, 0, 1, '{}');
        INSERT INTO surveys (id, survey_id, state) VALUES (1, 'a', 'sending');
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120000)
          INSERT INTO transitions (id, survey, state, at) SELECT i, 1, 'scheduled', i FROM n;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
          INSERT INTO answers (survey, question, part, answered_at, stored_at, position)
          SELECT 1, i, 'answer', i, i, i * 1048576 FROM n;";

    #[tokio::test]
    async fn a_long_way_is_told_in_steps() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::new_in(folder.path()).await;
        let mut tx = db.write().await.unwrap();
        let mut progress = Progress { all: Some(400_000), ..Progress::default() };
        let mut told = Vec::new();
        for _ in 0..8 {
            told.extend(progress.grow(Source::Answers, &mut tx, PAGE).await.unwrap());
        }
        assert_eq!(told.len(), 8, "{told:?}");
        assert_eq!(told[1], "the journal is being filled: 25 % of 400000 answers");
        let mut short = Progress { all: Some(WORTH_TELLING - 1), ..Progress::default() };
        assert_eq!(short.grow(Source::Moves, &mut tx, PAGE).await.unwrap(), None);
    }

    #[tokio::test]
    async fn killed_while_it_is_filled_the_journal_has_everything_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.db");
        let migrator = sqlx::migrate!("migrations/sqlite");
        let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let mut sql: SqliteConnection = options.connect().await.unwrap();
        migrator.run_to(MADE - 1, &mut sql).await.unwrap();
        sqlx::raw_sql(STORED).execute(&mut sql).await.unwrap();
        migrator.run_to(MADE, &mut sql).await.unwrap();
        sql.close().await.unwrap();
        let url = format!("sqlite://{}", file.display());
        let open = || Db::open(&url, false);
        for source in [Source::Moves, Source::Moves, Source::Moves, Source::Answers] {
            let db = open().await.unwrap();
            assert!(db.verify_schema().await.is_err(), "half way, and nobody may write");
            let mut tx = db.write().await.unwrap();
            assert!(tx.copy_into_journal(source).await.unwrap() > 0);
            tx.commit().await.unwrap();
            // The page that is not committed is lost with the program.
            drop(db.write().await.unwrap().copy_into_journal(source).await);
            db.close().await;
        }
        let db = open().await.unwrap();
        let mut told = Vec::new();
        let migrated = db.migrate_telling(|progress| told.push(progress.to_owned())).await.unwrap();
        assert_eq!(migrated.copy, None, "half a journal is nothing to go back to");
        assert_eq!(told, Vec::<String>::new(), "it was no long way");
        let mut tx = db.read().await.unwrap();
        let happened = tx.list_happened(i64::MIN, i64::MAX).await.unwrap();
        let moves = happened.iter().filter(|entry| entry.answer.is_none());
        assert!(moves.map(|entry| entry.position).eq(-119_999..=0));
        let answers = happened.iter().filter(|entry| entry.answer.is_some());
        assert!(answers.map(|entry| entry.position).eq((1..=60_000).map(|step| step * 1_048_576)));
        assert_eq!(happened.len(), 180_000);
    }
}
