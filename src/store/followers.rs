//! How far the parts of the program that follow the journal have come.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::time::Timestamp;

/// A follower as it stands.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct FollowerRow {
    pub name: String,
    /// Everything up to here was acted on.
    pub position: i64,
    pub failing_since: Option<Timestamp>,
    /// Why what comes next cannot be acted on.
    pub failure: Option<String>,
}

impl Tx {
    /// Up to where this follower has acted; `None` if it has never been there.
    pub async fn find_followed(&mut self, name: &str) -> Result<Option<i64>> {
        let query = query_scalar("SELECT position FROM followers WHERE name = $1").bind(name);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Everything up to this position was acted on; it fails no more.
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

    /// What comes next could not be acted on.
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
