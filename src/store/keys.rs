//! Keys for the HTTP API: names, hashes and scopes, but never the keys themselves.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::time::Timestamp;

/// One key, valid or revoked.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct KeyRow {
    pub name: String,
    pub hash: String,
    pub scope: String,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

impl Tx {
    /// Returns a counter that grows with every key that is issued or revoked. A reader compares it with the value it
    /// has in memory.
    pub async fn keys_revision(&mut self) -> Result<i64> {
        let query = query_scalar::<i64>("SELECT value FROM counters WHERE name = 'api_keys'");
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Lists all keys in the order in which they were issued.
    pub async fn list_keys(&mut self) -> Result<Vec<KeyRow>> {
        let query =
            query_as::<KeyRow>("SELECT name, hash, scope, created_at, revoked_at FROM api_keys ORDER BY id");
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Returns false if a valid key already has this name.
    pub async fn insert_key(&mut self, name: &str, hash: &str, scope: &str, now: Timestamp) -> Result<bool> {
        let query = query(
            "INSERT INTO api_keys (name, hash, scope, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING",
        )
        .bind(name)
        .bind(hash)
        .bind(scope)
        .bind(now);
        let inserted = on_engine!(self, execute, query)? == 1;
        if inserted {
            self.keys_changed().await?;
        }
        Ok(inserted)
    }

    /// Returns false if no valid key has this name.
    pub async fn revoke_key(&mut self, name: &str, now: Timestamp) -> Result<bool> {
        let query = query("UPDATE api_keys SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL")
            .bind(name)
            .bind(now);
        let revoked = on_engine!(self, execute, query)? == 1;
        if revoked {
            self.keys_changed().await?;
        }
        Ok(revoked)
    }

    async fn keys_changed(&mut self) -> Result<()> {
        let query = query("UPDATE counters SET value = value + 1 WHERE name = 'api_keys'");
        on_engine!(self, execute, query)?;
        Ok(())
    }
}
