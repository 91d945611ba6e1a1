//! Reports that somebody asked for in Telegram and that are still to be made.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;

/// A report that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ReportJob {
    pub id: i64,
    pub person: PersonId,
    /// Which report, as a button names it.
    pub asked: String,
}

impl Tx {
    pub async fn insert_report_job(&mut self, person: PersonId, asked: &str, now: Timestamp) -> Result<()> {
        let query = query("INSERT INTO report_jobs (person, asked, asked_at) VALUES ($1, $2, $3)")
            .bind(person)
            .bind(asked)
            .bind(now);
        self.mark_asked();
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Counts the reports of a person that are still to be made.
    pub async fn count_report_jobs(&mut self, person: PersonId) -> Result<i64> {
        let query = super::query_scalar("SELECT COUNT(*) FROM report_jobs WHERE person = $1").bind(person);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    pub async fn find_next_report_job(&mut self) -> Result<Option<ReportJob>> {
        let query = query_as("SELECT id, person, asked FROM report_jobs ORDER BY id LIMIT 1");
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Returns false if the job was already deleted.
    pub async fn delete_report_job(&mut self, id: i64) -> Result<bool> {
        let query = query("DELETE FROM report_jobs WHERE id = $1").bind(id);
        Ok(on_engine!(self, execute, query)? == 1)
    }
}
