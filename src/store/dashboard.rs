//! Who is signed in to the pages, and the one-time links that sign in. Tokens are kept as hashes.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;

/// A one-time link, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DashboardLink {
    pub id: i64,
    /// Whom it signs in. `None` for people with the shell.
    pub person: Option<PersonId>,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// A session, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DashboardSession {
    pub id: i64,
    pub person: Option<PersonId>,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
    pub device: String,
    pub theme: Option<String>,
    pub language: Option<String>,
}

/// A session to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewDashboardSession<'a> {
    pub token: &'a str,
    pub person: Option<PersonId>,
    pub expires_at: Timestamp,
    pub device: &'a str,
}

impl Tx {
    /// Stores a link. Links of the same person that nobody used end, and so does what has expired.
    pub async fn insert_dashboard_link(
        &mut self,
        token: &str,
        person: Option<PersonId>,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let old = query(
            "DELETE FROM dashboard_links WHERE expires_at <= $1 \
             OR (used_at IS NULL AND COALESCE(person, 0) = $2)",
        );
        let person_or_0 = person.unwrap_or(PersonId::new(0));
        on_engine!(self, execute, old.bind(now).bind(person_or_0))?;
        let query = query(
            "INSERT INTO dashboard_links (token, person, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        );
        on_engine!(self, execute, query.bind(token).bind(person).bind(now).bind(expires_at))?;
        Ok(())
    }

    pub async fn find_dashboard_link(&mut self, token: &str) -> Result<Option<DashboardLink>> {
        let query = query_as("SELECT id, person, expires_at, used_at FROM dashboard_links WHERE token = $1")
            .bind(token);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    pub async fn use_dashboard_link(&mut self, id: i64, now: Timestamp) -> Result<()> {
        let query = query("UPDATE dashboard_links SET used_at = $2 WHERE id = $1").bind(id).bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Stores a session, and forgets those that have expired.
    pub async fn insert_dashboard_session(
        &mut self,
        session: &NewDashboardSession<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let old = query("DELETE FROM dashboard_sessions WHERE expires_at <= $1").bind(now);
        on_engine!(self, execute, old)?;
        let query = query(
            "INSERT INTO dashboard_sessions (token, person, created_at, seen_at, expires_at, device) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(session.token)
        .bind(session.person)
        .bind(now)
        .bind(now)
        .bind(session.expires_at)
        .bind(session.device);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Finds the session of a cookie, unless it has expired.
    pub async fn find_dashboard_session(
        &mut self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<DashboardSession>> {
        let query = query_as(
            "SELECT id, person, created_at, seen_at, expires_at, device, theme, language \
             FROM dashboard_sessions WHERE token = $1 AND expires_at > $2",
        )
        .bind(token)
        .bind(now);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists sessions that have not expired, newest first: all of them, or those of one person.
    pub async fn list_dashboard_sessions(
        &mut self,
        person: Option<PersonId>,
        now: Timestamp,
    ) -> Result<Vec<DashboardSession>> {
        let query = query_as(
            "SELECT id, person, created_at, seen_at, expires_at, device, theme, language \
             FROM dashboard_sessions WHERE expires_at > $1 AND ($2 = 0 OR person = $2) ORDER BY id DESC",
        )
        .bind(now)
        .bind(person.unwrap_or(PersonId::new(0)));
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn see_dashboard_session(&mut self, id: i64, now: Timestamp) -> Result<()> {
        let query = query("UPDATE dashboard_sessions SET seen_at = $2 WHERE id = $1").bind(id).bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn set_dashboard_theme(&mut self, id: i64, theme: Option<&str>) -> Result<()> {
        let query = query("UPDATE dashboard_sessions SET theme = $2 WHERE id = $1").bind(id).bind(theme);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn set_dashboard_language(&mut self, id: i64, language: Option<&str>) -> Result<()> {
        let query =
            query("UPDATE dashboard_sessions SET language = $2 WHERE id = $1").bind(id).bind(language);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn delete_dashboard_session(&mut self, id: i64) -> Result<()> {
        on_engine!(self, execute, query("DELETE FROM dashboard_sessions WHERE id = $1").bind(id))?;
        Ok(())
    }

    /// Ends the sessions and unused links of a person, or of everybody, and returns how many sessions there were.
    pub async fn delete_dashboard_sessions(&mut self, person: Option<PersonId>) -> Result<u64> {
        let person = person.unwrap_or(PersonId::new(0));
        let links = query("DELETE FROM dashboard_links WHERE used_at IS NULL AND ($1 = 0 OR person = $1)");
        on_engine!(self, execute, links.bind(person))?;
        let sessions = query("DELETE FROM dashboard_sessions WHERE ($1 = 0 OR person = $1)");
        Ok(on_engine!(self, execute, sessions.bind(person))?)
    }
}
