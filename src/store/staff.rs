//! Roles, and the one-time links that give roles.

use sqlx::{AssertSqlSafe, FromRow};

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;

/// A one-time link that gives a role.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Invite {
    pub id: i64,
    pub token: String,
    pub role: String,
    /// `None` if the program itself made it.
    pub created_by: Option<PersonId>,
    /// Whether it was made while there were admins. A link made without this does not work once there is an admin.
    pub beside_admins: bool,
    pub expires_at: Option<Timestamp>,
    /// 0 means that nobody used it but it is no longer valid.
    pub used_by: Option<PersonId>,
}

/// A one-time link to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewInvite<'a> {
    pub token: &'a str,
    pub role: &'a str,
    pub created_by: Option<PersonId>,
    pub beside_admins: bool,
    pub expires_at: Timestamp,
}

const INVITE: &str =
    "SELECT id, token, role, created_by, beside_admins, expires_at, used_by FROM staff_invites";

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct StaffRow {
    /// A Telegram user ID.
    pub person: PersonId,
    pub role: String,
    /// The ID of this person as an agent in events.
    pub agent_id: Option<String>,
    pub added_at: Timestamp,
    /// As given by Telegram, once they have started the bot.
    pub first_name: Option<String>,
}

impl Tx {
    /// Lists everybody with a role, in the order in which they were added.
    pub async fn list_staff(&mut self) -> Result<Vec<StaffRow>> {
        let query = query_as(
            "SELECT s.person, s.role, s.agent_id, s.added_at, p.first_name FROM staff s \
             LEFT JOIN persons p ON p.id = s.person ORDER BY s.added_at, s.person",
        );
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Returns the member of staff who is this agent in events.
    pub async fn find_staff_with_agent_id(&mut self, agent_id: &str) -> Result<Option<PersonId>> {
        let query = query_scalar("SELECT person FROM staff WHERE agent_id = $1").bind(agent_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Returns this person's agent ID in events. The outer `None` means that the person is not on the staff.
    pub async fn find_agent_id(&mut self, person: PersonId) -> Result<Option<Option<String>>> {
        let query = query_scalar("SELECT agent_id FROM staff WHERE person = $1").bind(person);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Sets the agent that this person is in events, if any. No other person may have the same agent ID.
    pub async fn set_agent_id(&mut self, person: PersonId, agent_id: Option<&str>) -> Result<()> {
        let query = query("UPDATE staff SET agent_id = $2 WHERE person = $1").bind(person).bind(agent_id);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn delete_staff(&mut self, person: PersonId) -> Result<()> {
        on_engine!(self, execute, query("DELETE FROM staff WHERE person = $1").bind(person))?;
        Ok(())
    }

    pub async fn find_role(&mut self, person: PersonId) -> Result<Option<String>> {
        let query = query_scalar("SELECT role FROM staff WHERE person = $1").bind(person);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Gives a person a role, replacing the one they had.
    pub async fn upsert_staff(&mut self, person: PersonId, role: &str, now: Timestamp) -> Result<()> {
        let query = query(
            "INSERT INTO staff (person, role, added_at) VALUES ($1, $2, $3) \
             ON CONFLICT (person) DO UPDATE SET role = excluded.role",
        )
        .bind(person)
        .bind(role)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Stores a link and returns its ID.
    pub async fn insert_invite(&mut self, invite: NewInvite<'_>, now: Timestamp) -> Result<i64> {
        let query = query_scalar(
            "INSERT INTO staff_invites (token, role, created_at, created_by, beside_admins, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        )
        .bind(invite.token)
        .bind(invite.role)
        .bind(now)
        .bind(invite.created_by)
        .bind(invite.beside_admins)
        .bind(invite.expires_at);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    pub async fn find_invite(&mut self, token: &str) -> Result<Option<Invite>> {
        let sql = format!("{INVITE} WHERE token = $1");
        Ok(on_engine!(self, fetch_optional, query_as(AssertSqlSafe(sql)).bind(token))?)
    }

    /// Lists the links made by admins that can still be used, oldest first.
    pub async fn list_open_invites(&mut self, now: Timestamp) -> Result<Vec<Invite>> {
        let sql = format!(
            "{INVITE} WHERE created_by IS NOT NULL AND used_by IS NULL AND expires_at > $1 ORDER BY id"
        );
        Ok(on_engine!(self, fetch_all, query_as(AssertSqlSafe(sql)).bind(now))?)
    }

    /// Revokes an unused link and returns its role, or `None` if the link was used or no longer exists.
    pub async fn delete_open_invite(&mut self, id: i64) -> Result<Option<String>> {
        let query =
            query_scalar("DELETE FROM staff_invites WHERE id = $1 AND used_by IS NULL RETURNING role")
                .bind(id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists the persons who made links that nobody has used.
    pub async fn list_makers_of_open_invites(&mut self) -> Result<Vec<PersonId>> {
        let query = query_scalar(
            "SELECT DISTINCT created_by FROM staff_invites WHERE created_by IS NOT NULL AND used_by IS NULL \
             ORDER BY created_by",
        );
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Revokes all unused links made by a person, and returns their roles.
    pub async fn delete_open_invites_by(&mut self, maker: PersonId) -> Result<Vec<String>> {
        let query = query_scalar(
            "DELETE FROM staff_invites WHERE created_by = $1 AND used_by IS NULL RETURNING role",
        )
        .bind(maker);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Returns the program's own link that creates an admin, if it has neither expired nor been used.
    pub async fn find_claim_invite(&mut self, now: Timestamp) -> Result<Option<String>> {
        let query = query_scalar(
            "SELECT token FROM staff_invites WHERE created_by IS NULL AND used_by IS NULL AND expires_at > $1 \
             ORDER BY id DESC LIMIT 1",
        )
        .bind(now);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Invalidates the program's own links; without `all`, only those made while there was no admin.
    pub async fn spend_claim_invites(&mut self, all: bool, now: Timestamp) -> Result<()> {
        let query = query(
            "UPDATE staff_invites SET used_by = 0, used_at = $1 WHERE created_by IS NULL AND used_by IS NULL \
             AND (beside_admins = FALSE OR $2 = TRUE)",
        )
        .bind(now)
        .bind(all);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Returns when the first admin was appointed, or `None` if there has never been one.
    pub async fn find_first_admin_at(&mut self) -> Result<Option<Timestamp>> {
        let query = query_scalar::<i64>("SELECT value FROM counters WHERE name = 'first_admin_at'");
        let at = on_engine!(self, fetch_one, query)?;
        Ok(Some(at).filter(|at| *at != 0).map(Timestamp::from_millis))
    }

    /// Notes that there is an admin. Only the first call has an effect.
    pub async fn note_first_admin(&mut self, now: Timestamp) -> Result<()> {
        let query =
            query("UPDATE counters SET value = $1 WHERE name = 'first_admin_at' AND value = 0").bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn use_invite(&mut self, token: &str, person: PersonId, now: Timestamp) -> Result<()> {
        let query = query("UPDATE staff_invites SET used_by = $2, used_at = $3 WHERE token = $1")
            .bind(token)
            .bind(person)
            .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }
}
