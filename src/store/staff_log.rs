//! A log of who on the staff did what, and when.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;

/// A log entry to be stored.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewLogEntry<'a> {
    /// `None` if it was done from a shell.
    pub actor: Option<PersonId>,
    pub act: &'a str,
    /// The person whom it concerns.
    pub person: Option<PersonId>,
    pub role: Option<&'a str>,
    pub former_role: Option<&'a str>,
    pub script: Option<&'a str>,
    pub version: Option<i64>,
    pub detail: Option<&'a str>,
}

/// A log entry with the people's names in Telegram.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct LogEntry {
    pub id: i64,
    pub at: Timestamp,
    pub actor: Option<PersonId>,
    pub actor_name: Option<String>,
    pub act: String,
    pub person: Option<PersonId>,
    pub person_name: Option<String>,
    pub role: Option<String>,
    pub former_role: Option<String>,
    pub script: Option<String>,
    pub version: Option<i64>,
    pub detail: Option<String>,
}

impl Tx {
    pub async fn insert_log_entry(&mut self, entry: &NewLogEntry<'_>, now: Timestamp) -> Result<()> {
        let query = query(
            "INSERT INTO staff_log (at, actor, act, person, role, former_role, script, version, detail) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(now)
        .bind(entry.actor)
        .bind(entry.act)
        .bind(entry.person)
        .bind(entry.role)
        .bind(entry.former_role)
        .bind(entry.script)
        .bind(entry.version)
        .bind(entry.detail);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Lists the entries before `before`, newest first.
    pub async fn list_log_before(&mut self, before: i64, limit: i64) -> Result<Vec<LogEntry>> {
        let query = query_as(
            "SELECT l.id, l.at, l.actor, a.first_name AS actor_name, l.act, l.person, \
             p.first_name AS person_name, l.role, l.former_role, l.script, l.version, l.detail FROM staff_log l \
             LEFT JOIN persons a ON a.id = l.actor LEFT JOIN persons p ON p.id = l.person \
             WHERE l.id < $1 ORDER BY l.id DESC LIMIT $2",
        );
        Ok(on_engine!(self, fetch_all, query.bind(before).bind(limit))?)
    }
}
