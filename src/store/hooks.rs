//! Hooks: their settings, and the hashes of their tokens. What they received is in `deliveries`.

use std::time::Duration;

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;

/// One hook.
#[derive(Clone, PartialEq, Eq, FromRow)]
pub struct HookRow {
    pub id: i64,
    pub name: String,
    pub preset: String,
    pub source: Option<String>,
    pub token_hash: String,
    /// One a line.
    pub secrets: String,
    /// What differs from the preset, as TOML.
    pub settings: String,
    pub state: String,
    pub created_at: Timestamp,
    pub refused: i64,
    pub refused_at: Option<Timestamp>,
    /// When its newest delivery came.
    pub last_at: Option<Timestamp>,
    /// Since when it has never been silent for as long as [`Tx::note_hook_delivered`] was told.
    pub steady_since: Option<Timestamp>,
    /// How long the program has run since its newest delivery, in milliseconds.
    pub silent_ms: i64,
    /// When the leads were told that it is silent; `None` if it is well, or nobody was told.
    pub silent_told: Option<Timestamp>,
    /// The same of deliveries that fail.
    pub failing_told: Option<Timestamp>,
}

impl std::fmt::Debug for HookRow {
    /// Without what is secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HookRow")
            .field("name", &self.name)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// What is stored of a new hook.
#[derive(Clone, Copy, Debug)]
pub struct NewHook<'a> {
    pub name: &'a str,
    pub preset: &'a str,
    pub source: Option<&'a str>,
    pub token_hash: &'a str,
}

impl HookRow {
    /// A hook that is only tried out.
    #[must_use]
    pub fn unnamed(preset: &str, source: Option<&str>) -> Self {
        Self {
            id: 0,
            name: preset.to_owned(),
            preset: preset.to_owned(),
            source: source.map(str::to_owned),
            token_hash: String::new(),
            secrets: String::new(),
            settings: String::new(),
            state: "watching".to_owned(),
            created_at: Timestamp::from_millis(0),
            refused: 0,
            refused_at: None,
            last_at: None,
            steady_since: None,
            silent_ms: 0,
            silent_told: None,
            failing_told: None,
        }
    }
}

const COLUMNS: &str = "id, name, preset, source, token_hash, secrets, settings, state, created_at, refused, \
                       refused_at, last_at, steady_since, silent_ms, silent_told, failing_told";

impl Tx {
    /// Returns a counter that grows with every change of a hook. A reader compares it with the value it has in memory.
    pub async fn hooks_revision(&mut self) -> Result<i64> {
        let query = query_scalar::<i64>("SELECT value FROM counters WHERE name = 'hooks'");
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Lists all hooks in the order in which they were made, revoked ones too.
    pub async fn list_hooks(&mut self) -> Result<Vec<HookRow>> {
        let query =
            query_as::<HookRow>(sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM hooks ORDER BY id")));
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn find_hook(&mut self, name: &str) -> Result<Option<HookRow>> {
        let text = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM hooks WHERE name = $1"));
        Ok(on_engine!(self, fetch_optional, query_as::<HookRow>(text).bind(name))?)
    }

    pub async fn find_hook_by_id(&mut self, id: i64) -> Result<Option<HookRow>> {
        let text = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM hooks WHERE id = $1"));
        Ok(on_engine!(self, fetch_optional, query_as::<HookRow>(text).bind(id))?)
    }

    /// Returns false if a hook has, or had, this name.
    pub async fn insert_hook(&mut self, new: NewHook<'_>, now: Timestamp) -> Result<bool> {
        let query = query(
            "INSERT INTO hooks (name, preset, source, token_hash, state, created_at) \
             VALUES ($1, $2, $3, $4, 'watching', $5) ON CONFLICT (name) DO NOTHING",
        )
        .bind(new.name)
        .bind(new.preset)
        .bind(new.source)
        .bind(new.token_hash)
        .bind(now);
        let inserted = on_engine!(self, execute, query)? == 1;
        self.hooks_changed().await?;
        Ok(inserted)
    }

    /// Sets a hook's state. Returns false if it is that already, or is revoked.
    pub async fn set_hook_state(&mut self, id: i64, state: &str) -> Result<bool> {
        let query = query("UPDATE hooks SET state = $2 WHERE id = $1 AND state <> $2 AND state <> 'revoked'")
            .bind(id)
            .bind(state);
        let changed = on_engine!(self, execute, query)? == 1;
        self.hooks_changed().await?;
        Ok(changed)
    }

    /// Takes a revoked hook's secrets away.
    pub async fn forget_hook_secrets(&mut self, id: i64) -> Result<()> {
        self.set_hook_secrets(id, "").await
    }

    pub async fn set_hook_secrets(&mut self, id: i64, secrets: &str) -> Result<()> {
        let query = query("UPDATE hooks SET secrets = $2 WHERE id = $1").bind(id).bind(secrets);
        on_engine!(self, execute, query)?;
        self.hooks_changed().await
    }

    pub async fn set_hook_settings(&mut self, id: i64, settings: &str) -> Result<()> {
        let query = query("UPDATE hooks SET settings = $2 WHERE id = $1").bind(id).bind(settings);
        on_engine!(self, execute, query)?;
        self.hooks_changed().await
    }

    pub async fn set_hook_preset(&mut self, id: i64, preset: &str, source: Option<&str>) -> Result<()> {
        let query = query("UPDATE hooks SET preset = $2, source = $3 WHERE id = $1");
        on_engine!(self, execute, query.bind(id).bind(preset).bind(source))?;
        self.hooks_changed().await
    }

    pub async fn set_hook_token(&mut self, id: i64, token_hash: &str) -> Result<()> {
        let query = query("UPDATE hooks SET token_hash = $2 WHERE id = $1").bind(id).bind(token_hash);
        on_engine!(self, execute, query)?;
        self.hooks_changed().await
    }

    /// Counts deliveries that did not pass the hook's check.
    pub async fn count_refused(&mut self, id: i64, count: i64, now: Timestamp) -> Result<()> {
        let query = query("UPDATE hooks SET refused = refused + $2, refused_at = $3 WHERE id = $1")
            .bind(id)
            .bind(count)
            .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Notes who made a hook and is shown what arrives.
    pub async fn set_hook_maker(&mut self, id: i64, maker: PersonId) -> Result<()> {
        let query = query("UPDATE hooks SET maker = $2 WHERE id = $1").bind(id).bind(maker);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Who is shown the next delivery to a hook that watches, if they were not shown enough already.
    pub async fn take_hook_watcher(&mut self, id: i64, most: i64) -> Result<Option<PersonId>> {
        let query = query_scalar::<PersonId>(
            "UPDATE hooks SET told = told + 1 WHERE id = $1 AND told < $2 AND maker IS NOT NULL \
             AND state = 'watching' RETURNING maker",
        )
        .bind(id)
        .bind(most);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Notes that a hook has delivered. What it was silent for is over; a silence of `broken_by` or more ends the time
    /// since which it has been steady, and so does a clock that was set back to before it.
    pub async fn note_hook_delivered(&mut self, id: i64, now: Timestamp, broken_by: Duration) -> Result<()> {
        let query = query(
            "UPDATE hooks SET last_at = $2, steady_since = CASE WHEN steady_since IS NULL OR steady_since > $2 \
             OR silent_ms >= $3 THEN $2 ELSE steady_since END, silent_ms = 0, silent_told = NULL WHERE id = $1",
        )
        .bind(id)
        .bind(now)
        .bind(millis(broken_by));
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Adds to the time for which hooks have been silent while the program ran. One that only watches is among them: when
    /// it goes live, it is known whether it was steady before.
    pub async fn lengthen_silences(&mut self, by: Duration) -> Result<()> {
        let query =
            query("UPDATE hooks SET silent_ms = silent_ms + $1 WHERE state <> 'revoked'").bind(millis(by));
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn set_hook_silent_told(&mut self, id: i64, at: Option<Timestamp>) -> Result<()> {
        let query = query("UPDATE hooks SET silent_told = $2 WHERE id = $1").bind(id).bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn set_hook_failing_told(&mut self, id: i64, at: Option<Timestamp>) -> Result<()> {
        let query = query("UPDATE hooks SET failing_told = $2 WHERE id = $1").bind(id).bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Pairs of hooks through which purchases of the same orders came since a moment, and how many orders.
    pub async fn list_hooks_of_same_orders(
        &mut self,
        since: Timestamp,
    ) -> Result<Vec<(String, String, i64)>> {
        let query = query_as(
            "SELECT x.name, y.name, COUNT(DISTINCT a.subject_id) FROM hooks x JOIN hooks y ON y.id > x.id \
             JOIN events a ON a.hook = x.name AND a.kind = 'purchase' AND a.received_at >= $1 \
             JOIN events b ON b.hook = y.name AND b.subject_id = a.subject_id AND b.kind = 'purchase' \
             WHERE x.state <> 'revoked' AND y.state <> 'revoked' \
             GROUP BY x.name, y.name ORDER BY x.name, y.name",
        )
        .bind(since);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    async fn hooks_changed(&mut self) -> Result<()> {
        let query = query("UPDATE counters SET value = value + 1 WHERE name = 'hooks'");
        on_engine!(self, execute, query)?;
        Ok(())
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
