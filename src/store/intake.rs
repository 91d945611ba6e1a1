//! The updates that were seen, the offset to continue from, and the updates that could not be handled.

use std::collections::HashSet;

use sqlx::AssertSqlSafe;

use super::{Result, Tx, chunks, on_engine, query, query_as, query_scalar, values};
use crate::domain::time::Timestamp;

impl Tx {
    /// Marks these updates as seen and returns those that were not seen before.
    pub async fn mark_updates_seen(
        &mut self,
        bot: i64,
        update_ids: &[i64],
        now: Timestamp,
    ) -> Result<HashSet<i64>> {
        let mut fresh = HashSet::with_capacity(update_ids.len());
        for ids in chunks(update_ids) {
            let text = format!(
                "INSERT INTO updates_seen (bot, update_id, seen_at) VALUES {} ON CONFLICT DO NOTHING \
                 RETURNING update_id",
                values(ids.len(), 3)
            );
            let mut query = query_scalar::<i64>(AssertSqlSafe(text));
            for id in ids {
                query = query.bind(bot).bind(id).bind(now);
            }
            fresh.extend(on_engine!(self, fetch_all, query)?);
        }
        Ok(fresh)
    }

    /// Stores a bot, or its new name. The offset of a known bot does not change.
    pub async fn upsert_bot(&mut self, bot: i64, username: &str) -> Result<()> {
        let query = query(
            "INSERT INTO bots (id, username) VALUES ($1, $2) \
             ON CONFLICT (id) DO UPDATE SET username = excluded.username",
        )
        .bind(bot)
        .bind(username);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Returns the bot's name as Telegram last gave it.
    pub async fn find_bot_username(&mut self, bot: i64) -> Result<Option<String>> {
        let query = query_scalar("SELECT username FROM bots WHERE id = $1 AND username <> ''").bind(bot);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Returns the offset from which to continue polling, and when the update before it was handled. An offset whose
    /// previous update has been forgotten is not returned: Telegram's IDs start over after an idle week.
    pub async fn find_offset(&mut self, bot: i64) -> Result<Option<(i64, Timestamp)>> {
        let query = query_as(
            "SELECT b.next_offset, s.seen_at FROM bots b \
             JOIN updates_seen s ON s.bot = b.id AND s.update_id = b.next_offset - 1 WHERE b.id = $1",
        )
        .bind(bot);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    pub async fn set_offset(&mut self, bot: i64, next_offset: i64) -> Result<()> {
        let query = query(
            "INSERT INTO bots (id, username, next_offset) VALUES ($1, '', $2) \
             ON CONFLICT (id) DO UPDATE SET next_offset = excluded.next_offset",
        )
        .bind(bot)
        .bind(next_offset);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Returns when Telegram last answered a call for updates, as far as that was stored.
    pub async fn find_heard_at(&mut self, bot: i64) -> Result<Option<Timestamp>> {
        let query = query_scalar::<Option<Timestamp>>("SELECT heard_at FROM bots WHERE id = $1").bind(bot);
        let found: Option<Option<Timestamp>> = on_engine!(self, fetch_optional, query)?;
        Ok(found.flatten())
    }

    pub async fn set_heard_at(&mut self, bot: i64, at: Timestamp) -> Result<()> {
        let query = query(
            "INSERT INTO bots (id, username, heard_at) VALUES ($1, '', $2) \
             ON CONFLICT (id) DO UPDATE SET heard_at = excluded.heard_at",
        )
        .bind(bot)
        .bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Keeps an update that failed for a reason of its own.
    pub async fn insert_dead_update(
        &mut self,
        bot: i64,
        update_id: i64,
        raw: &str,
        error: &str,
        now: Timestamp,
    ) -> Result<()> {
        let query = query(
            "INSERT INTO dead_updates (bot, update_id, raw, error, failed_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT DO NOTHING",
        )
        .bind(bot)
        .bind(update_id)
        .bind(raw)
        .bind(error)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn count_dead_updates(&mut self) -> Result<i64> {
        let query = query_scalar("SELECT COUNT(*) FROM dead_updates");
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Whether there are updates to be forgotten.
    pub async fn has_updates_seen_before(&mut self, before: Timestamp) -> Result<bool> {
        let query =
            query_scalar("SELECT EXISTS (SELECT 1 FROM updates_seen WHERE seen_at < $1)").bind(before);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Deletes at most `limit` updates seen before `before`. Returns how many were deleted.
    pub async fn delete_updates_seen(&mut self, before: Timestamp, limit: i64) -> Result<u64> {
        let query = query(
            "DELETE FROM updates_seen WHERE (bot, update_id) IN (SELECT bot, update_id FROM updates_seen \
             WHERE seen_at < $1 ORDER BY seen_at LIMIT $2)",
        )
        .bind(before)
        .bind(limit);
        Ok(on_engine!(self, execute, query)?)
    }
}
