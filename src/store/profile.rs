//! The menus and descriptions that were last set for the bot.

use super::{Result, Tx, on_engine, query, query_as};

impl Tx {
    /// Lists name and hash of everything that was set.
    pub async fn list_bot_profile(&mut self, bot: i64) -> Result<Vec<(String, String)>> {
        let query = query_as("SELECT name, hash FROM bot_profile WHERE bot = $1").bind(bot);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Remembers what was set; `None` means that it was removed.
    pub async fn set_bot_profile(&mut self, bot: i64, name: &str, hash: Option<&str>) -> Result<()> {
        let Some(hash) = hash else {
            let query = query("DELETE FROM bot_profile WHERE bot = $1 AND name = $2").bind(bot).bind(name);
            on_engine!(self, execute, query)?;
            return Ok(());
        };
        let query = query(
            "INSERT INTO bot_profile (bot, name, hash) VALUES ($1, $2, $3) \
             ON CONFLICT (bot, name) DO UPDATE SET hash = excluded.hash",
        )
        .bind(bot)
        .bind(name)
        .bind(hash);
        on_engine!(self, execute, query)?;
        Ok(())
    }
}
