//! Settings that admins make for the whole program.

use super::{Result, Tx, on_engine, query, query_as, query_scalar};

/// The time zone for customers whose own is unknown: a name from the IANA database.
pub const TIME_ZONE: &str = "time_zone";

impl Tx {
    pub async fn find_setting(&mut self, name: &str) -> Result<Option<String>> {
        let query = query_scalar("SELECT value FROM settings WHERE name = $1").bind(name);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// All settings, by name.
    pub async fn list_settings(&mut self) -> Result<Vec<(String, String)>> {
        let query = query_as("SELECT name, value FROM settings ORDER BY name");
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Stores a setting for every program on this database. It also raises the scripts' revision, which tells each
    /// program to read the settings again.
    pub async fn set_setting(&mut self, name: &str, value: &str) -> Result<()> {
        let query = query(
            "INSERT INTO settings (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        );
        on_engine!(self, execute, query.bind(name).bind(value))?;
        self.scripts_changed().await
    }
}
