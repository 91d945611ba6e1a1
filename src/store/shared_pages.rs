//! Links to one page for people who are not signed in. Tokens are kept as hashes.

use std::time::Duration;

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;

/// How long a link is known after its last day, so that people who open it are told that it has ended.
const KNOWN: Duration = Duration::from_hours(24 * 365);

/// A shared page, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct SharedPage {
    pub id: i64,
    /// Who made it.
    pub person: PersonId,
    pub address: String,
    pub title: String,
    pub language: String,
    /// Whom it is for; empty if its maker did not say so.
    pub note: String,
    pub has_words: bool,
    pub has_agents: bool,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// When it was ended before its time.
    pub ended_at: Option<Timestamp>,
    pub opened_at: Option<Timestamp>,
}

/// A shared page to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewSharedPage<'a> {
    pub token: &'a str,
    pub person: PersonId,
    pub address: &'a str,
    pub title: &'a str,
    pub language: &'a str,
    pub note: &'a str,
    pub has_words: bool,
    pub has_agents: bool,
    pub expires_at: Timestamp,
}

impl Tx {
    /// Stores a shared page, and forgets those that ended long ago.
    pub async fn insert_shared_page(&mut self, page: &NewSharedPage<'_>, now: Timestamp) -> Result<()> {
        let old = query("DELETE FROM shared_pages WHERE expires_at <= $1").bind(now.minus(KNOWN));
        on_engine!(self, execute, old)?;
        let query = query(
            "INSERT INTO shared_pages \
             (token, person, address, title, language, note, has_words, has_agents, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(page.token)
        .bind(page.person)
        .bind(page.address)
        .bind(page.title)
        .bind(page.language)
        .bind(page.note)
        .bind(page.has_words)
        .bind(page.has_agents)
        .bind(now)
        .bind(page.expires_at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Finds the page of a token, also one that has ended.
    pub async fn find_shared_page(&mut self, token: &str) -> Result<Option<SharedPage>> {
        let query = query_as(
            "SELECT id, person, address, title, language, note, has_words, has_agents, created_at, expires_at, \
             ended_at, opened_at FROM shared_pages WHERE token = $1",
        )
        .bind(token);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists the pages that have not ended, newest first: all of them, or those that one person made.
    pub async fn list_shared_pages(
        &mut self,
        person: Option<PersonId>,
        now: Timestamp,
    ) -> Result<Vec<SharedPage>> {
        let query = query_as(
            "SELECT id, person, address, title, language, note, has_words, has_agents, created_at, expires_at, \
             ended_at, opened_at FROM shared_pages \
             WHERE expires_at > $1 AND ended_at IS NULL AND ($2 = 0 OR person = $2) ORDER BY id DESC",
        )
        .bind(now)
        .bind(person.unwrap_or(PersonId::new(0)));
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists who made the pages that nobody has ended.
    pub async fn list_makers_of_shared_pages(&mut self) -> Result<Vec<PersonId>> {
        let query = query_scalar("SELECT DISTINCT person FROM shared_pages WHERE ended_at IS NULL");
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn see_shared_page(&mut self, id: i64, now: Timestamp) -> Result<()> {
        let query = query("UPDATE shared_pages SET opened_at = $2 WHERE id = $1").bind(id).bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Ends a page: any, or only if this person made it. Returns what it was; `None` if it had ended already.
    pub async fn end_shared_page(
        &mut self,
        id: i64,
        person: Option<PersonId>,
        now: Timestamp,
    ) -> Result<Option<SharedPage>> {
        let query = query_as(
            "UPDATE shared_pages SET ended_at = $3 \
             WHERE id = $1 AND ($2 = 0 OR person = $2) AND ended_at IS NULL AND expires_at > $3 \
             RETURNING id, person, address, title, language, note, has_words, has_agents, created_at, expires_at, \
             ended_at, opened_at",
        )
        .bind(id)
        .bind(person.unwrap_or(PersonId::new(0)))
        .bind(now);
        Ok(on_engine!(self, fetch_optional, query)?)
    }
}
