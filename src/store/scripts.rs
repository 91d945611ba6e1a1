//! Published scripts. Versions never change; which version is live, and whether the script is paused, can change.

use sqlx::AssertSqlSafe;

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;

/// The live version of a script.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LiveScript {
    pub slug: String,
    pub version: i64,
    pub source: String,
    pub published_at: Timestamp,
    pub paused_at: Option<Timestamp>,
}

/// The unpublished draft of a script.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DraftScript {
    pub slug: String,
    pub source: String,
    /// No two drafts ever have the same revision.
    pub revision: i64,
    pub saved_at: Timestamp,
    /// `None` if it was saved from a shell or shipped with the program.
    pub saved_by: Option<PersonId>,
}

/// A script's recent figures.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ScriptFigures {
    pub script: String,
    pub sent: i64,
    pub answered: i64,
}

const DRAFT: &str = "SELECT slug, source, revision, saved_at, saved_by FROM script_drafts";

/// One version of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ScriptVersion {
    pub version: i64,
    pub published_at: Timestamp,
}

const LIVE: &str = "SELECT s.slug, s.version, s.source, s.published_at, t.paused_at \
     FROM script_states t JOIN scripts s ON s.slug = t.slug AND s.version = t.live_version \
     WHERE $1 IS NULL OR t.slug = $1 ORDER BY s.slug";

impl Tx {
    /// Returns a counter that grows with every change to the live scripts and to the admins' settings. A reader
    /// compares it with the value it has in memory.
    pub async fn scripts_revision(&mut self) -> Result<i64> {
        let (value,): (i64,) = on_engine!(
            self,
            fetch_one,
            query_as::<(i64,)>("SELECT value FROM counters WHERE name = 'scripts'")
        )?;
        Ok(value)
    }

    /// Lists the live version of every script, by slug.
    pub async fn list_live_scripts(&mut self) -> Result<Vec<LiveScript>> {
        let slug: Option<&str> = None;
        Ok(on_engine!(self, fetch_all, query_as::<LiveScript>(LIVE).bind(slug))?)
    }

    pub async fn find_live_script(&mut self, slug: &str) -> Result<Option<LiveScript>> {
        Ok(on_engine!(self, fetch_optional, query_as::<LiveScript>(LIVE).bind(Some(slug)))?)
    }

    pub async fn find_script_source(&mut self, slug: &str, version: i64) -> Result<Option<String>> {
        let row: Option<(String,)> = on_engine!(
            self,
            fetch_optional,
            query_as::<(String,)>("SELECT source FROM scripts WHERE slug = $1 AND version = $2")
                .bind(slug)
                .bind(version)
        )?;
        Ok(row.map(|(source,)| source))
    }

    /// Adds a version, makes it the live one and returns its number. A paused script stays paused.
    pub async fn insert_script_version(&mut self, slug: &str, source: &str, now: Timestamp) -> Result<i64> {
        let (version,): (i64,) = on_engine!(
            self,
            fetch_one,
            query_as::<(i64,)>(
                "INSERT INTO scripts (slug, version, source, published_at) \
                 SELECT $1, COALESCE(MAX(version), 0) + 1, $2, $3 FROM scripts WHERE slug = $1 \
                 RETURNING version",
            )
            .bind(slug)
            .bind(source)
            .bind(now)
        )?;
        on_engine!(
            self,
            execute,
            query(
                "INSERT INTO script_states (slug, live_version) VALUES ($1, $2) \
                 ON CONFLICT (slug) DO UPDATE SET live_version = excluded.live_version",
            )
            .bind(slug)
            .bind(version)
        )?;
        self.scripts_changed().await?;
        Ok(version)
    }

    /// Lists all versions of a script, oldest first.
    pub async fn list_script_versions(&mut self, slug: &str) -> Result<Vec<ScriptVersion>> {
        let query = query_as("SELECT version, published_at FROM scripts WHERE slug = $1 ORDER BY version");
        Ok(on_engine!(self, fetch_all, query.bind(slug))?)
    }

    /// Counts the surveys of a script that are with their customers or on their way to them.
    pub async fn count_open_surveys_of(&mut self, slug: &str) -> Result<i64> {
        let query = query_scalar(
            "SELECT (SELECT COUNT(*) FROM surveys WHERE script = $1 AND state IN ('sent', 'started')) \
             + (SELECT COUNT(*) FROM surveys WHERE script = $1 AND state = 'sending')",
        );
        Ok(on_engine!(self, fetch_one, query.bind(slug))?)
    }

    /// Counts the surveys of a script that are scheduled.
    pub async fn count_scheduled_surveys_of(&mut self, slug: &str) -> Result<i64> {
        // Split so that each part matches one of the three partial indexes.
        let query = query_scalar(
            "SELECT (SELECT COUNT(*) FROM surveys WHERE script = $1 AND state = 'scheduled' AND test = FALSE \
             AND waits_for IS NULL) \
             + (SELECT COUNT(*) FROM surveys WHERE waits_for IS NOT NULL AND state = 'scheduled' AND script = $1) \
             + (SELECT COUNT(*) FROM surveys WHERE state = 'scheduled' AND test = TRUE AND script = $1)",
        );
        Ok(on_engine!(self, fetch_one, query.bind(slug))?)
    }

    /// For each script, counts the surveys sent since a moment, and those of them that have an answer. Tests do not
    /// count.
    pub async fn list_script_figures(&mut self, since: Timestamp) -> Result<Vec<ScriptFigures>> {
        let query = query_as(
            "SELECT s.script, COUNT(*) AS sent, CAST(SUM(CASE WHEN EXISTS (SELECT 1 FROM answers a \
             WHERE a.survey = s.id AND a.part = 'answer' AND a.skipped = FALSE AND a.withdrawn_at IS NULL) \
             THEN 1 ELSE 0 END) AS BIGINT) AS answered \
             FROM surveys s WHERE s.sent_at >= $1 AND s.test = FALSE AND s.script IS NOT NULL GROUP BY s.script",
        );
        Ok(on_engine!(self, fetch_all, query.bind(since))?)
    }

    /// Lists all drafts, by slug.
    pub async fn list_script_drafts(&mut self) -> Result<Vec<DraftScript>> {
        let sql = format!("{DRAFT} ORDER BY slug");
        Ok(on_engine!(self, fetch_all, query_as(AssertSqlSafe(sql)))?)
    }

    pub async fn find_script_draft(&mut self, slug: &str) -> Result<Option<DraftScript>> {
        let sql = format!("{DRAFT} WHERE slug = $1");
        Ok(on_engine!(self, fetch_optional, query_as(AssertSqlSafe(sql)).bind(slug))?)
    }

    /// Saves a draft, replacing an earlier one with the same slug, and returns its revision.
    pub async fn save_script_draft(
        &mut self,
        slug: &str,
        source: &str,
        by: Option<PersonId>,
        now: Timestamp,
    ) -> Result<i64> {
        let counter =
            query_scalar("UPDATE counters SET value = value + 1 WHERE name = 'drafts' RETURNING value");
        let revision: i64 = on_engine!(self, fetch_one, counter)?;
        let query = query(
            "INSERT INTO script_drafts (slug, source, revision, saved_at, saved_by) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (slug) DO UPDATE SET source = excluded.source, revision = excluded.revision, \
             saved_at = excluded.saved_at, saved_by = excluded.saved_by",
        );
        on_engine!(self, execute, query.bind(slug).bind(source).bind(revision).bind(now).bind(by))?;
        Ok(revision)
    }

    pub async fn delete_script_draft(&mut self, slug: &str) -> Result<()> {
        on_engine!(self, execute, query("DELETE FROM script_drafts WHERE slug = $1").bind(slug))?;
        Ok(())
    }

    /// Pauses a script; `None` resumes it.
    pub async fn set_script_paused(&mut self, slug: &str, paused_at: Option<Timestamp>) -> Result<()> {
        on_engine!(
            self,
            execute,
            query("UPDATE script_states SET paused_at = $2 WHERE slug = $1").bind(slug).bind(paused_at)
        )?;
        self.scripts_changed().await
    }

    pub(super) async fn scripts_changed(&mut self) -> Result<()> {
        on_engine!(self, execute, query("UPDATE counters SET value = value + 1 WHERE name = 'scripts'"))?;
        Ok(())
    }
}
