//! People whose words outside surveys are not passed on for a while.

use sqlx::FromRow;

use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

/// Somebody who is muted.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Muted {
    pub person: PersonId,
    pub first_name: Option<String>,
    pub muted_until: Timestamp,
}

impl Tx {
    /// Mutes a person; `None` unmutes them.
    pub async fn set_muted(&mut self, person: PersonId, muted: Option<(Timestamp, PersonId)>) -> Result<()> {
        let query = query("UPDATE persons SET muted_until = $2, muted_by = $3 WHERE id = $1")
            .bind(person)
            .bind(muted.map(|(until, _)| until))
            .bind(muted.map(|(_, by)| by));
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn is_muted(&mut self, person: PersonId, now: Timestamp) -> Result<bool> {
        Ok(self.find_muted_until(person, now).await?.is_some())
    }

    /// Until when a person is muted. `None` if they are not.
    pub async fn find_muted_until(&mut self, person: PersonId, now: Timestamp) -> Result<Option<Timestamp>> {
        let query = query_scalar("SELECT muted_until FROM persons WHERE id = $1 AND muted_until > $2")
            .bind(person)
            .bind(now);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists at most `limit` people who are muted, those first who are so for the shortest time.
    pub async fn list_muted(&mut self, now: Timestamp, limit: i64) -> Result<Vec<Muted>> {
        let query = query_as(
            "SELECT id AS person, first_name, muted_until FROM persons WHERE muted_until > $1 \
             ORDER BY muted_until, id LIMIT $2",
        )
        .bind(now)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
