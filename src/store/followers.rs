//! How far each part of the program that follows the journal has got.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::time::Timestamp;

/// A follower and its progress.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct FollowerRow {
    pub name: String,
    /// Everything up to this position has been processed.
    pub position: i64,
    pub failing_since: Option<Timestamp>,
    /// Why the next entries cannot be processed.
    pub failure: Option<String>,
}

impl Tx {
    /// Returns the position up to which this follower has processed the journal, or `None` if it has never run.
    pub async fn find_followed(&mut self, name: &str) -> Result<Option<i64>> {
        let query = query_scalar("SELECT position FROM followers WHERE name = $1").bind(name);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Stores that everything up to this position has been processed, and clears any failure.
    pub async fn set_followed(&mut self, name: &str, position: i64) -> Result<()> {
        let query = query(
            "INSERT INTO followers (name, position) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET \
             position = excluded.position, failing_since = NULL, failure = NULL",
        )
        .bind(name)
        .bind(position);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Stores that the next entries could not be processed.
    pub async fn set_follower_failing(&mut self, name: &str, why: &str, now: Timestamp) -> Result<()> {
        let query = query(
            "UPDATE followers SET failing_since = COALESCE(failing_since, $3), failure = $2 WHERE name = $1",
        )
        .bind(name)
        .bind(why)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn list_followers(&mut self) -> Result<Vec<FollowerRow>> {
        let query = query_as("SELECT name, position, failing_since, failure FROM followers ORDER BY name");
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
