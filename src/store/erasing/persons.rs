//! The persons behind erased customers: what refers to them, and their deletion.

use super::Day;
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

/// How many dead updates are read at once.
const PAGE: i64 = 200;

impl Tx {
    /// Whether there is still a reason to know this person: they are a customer, have a role, or were asked on behalf
    /// of a customer who is not being erased. The last reason does not count if the person asked to be forgotten
    /// (`is_asking`).
    pub async fn is_person_needed(&mut self, person: PersonId, is_asking: bool) -> Result<bool> {
        let query = query_scalar(
            "SELECT EXISTS (SELECT 1 FROM customers WHERE person = $1) \
             OR EXISTS (SELECT 1 FROM staff WHERE person = $1) \
             OR ($2 = FALSE AND EXISTS (SELECT 1 FROM surveys s JOIN events e ON e.id = s.id \
             JOIN customers c ON c.id = e.customer WHERE s.person = $1 AND c.erasing IS NULL))",
        )
        .bind(person)
        .bind(is_asking);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Whether there are still surveys that this person was asked.
    pub async fn is_person_asked(&mut self, person: PersonId) -> Result<bool> {
        let query = query_scalar("SELECT EXISTS (SELECT 1 FROM surveys WHERE person = $1)").bind(person);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Clears a person but keeps the key and the opt-out; the row is deleted once their surveys are gone.
    pub async fn empty_person(&mut self, person: PersonId) -> Result<()> {
        let query = query(
            "UPDATE persons SET first_name = NULL, language_code = NULL, chosen_language = NULL, phone = NULL, \
             phone_consent_at = NULL, phone_asked_at = NULL, muted_until = NULL, muted_by = NULL WHERE id = $1",
        )
        .bind(person);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Deletes the copies of a person's messages that belong to no survey, and returns where they are.
    pub async fn take_copies_of_person(&mut self, person: PersonId) -> Result<Vec<super::CopyRow>> {
        let list = query_as(
            "SELECT c.message, m.chat_id, m.thread_id FROM copies c JOIN messages m ON m.id = c.message \
             WHERE c.person = $1 AND c.survey IS NULL ORDER BY c.message",
        )
        .bind(person);
        let copies = on_engine!(self, fetch_all, list)?;
        let waiting =
            query(
            "DELETE FROM outbox WHERE message IN (SELECT message FROM copies WHERE person = $1 AND survey IS NULL)",
        )
                .bind(person);
        on_engine!(self, execute, waiting)?;
        for text in [
            "DELETE FROM copy_parts WHERE person = $1",
            "DELETE FROM copies WHERE person = $1 AND survey IS NULL",
        ] {
            on_engine!(self, execute, query(text).bind(person))?;
        }
        Ok(copies)
    }

    /// Removes the person from their journal entries and reduces the times to days.
    pub async fn forget_in_journal(&mut self, person: PersonId, day: Day<'_>) -> Result<()> {
        let list =
            query_as::<(i64, Timestamp)>("SELECT position, at FROM journal WHERE person = $1").bind(person);
        let rows = on_engine!(self, fetch_all, list)?;
        let text = |rows: &str| {
            format!(
                "WITH cut (position, at) AS (VALUES {rows}) UPDATE journal SET at = cut.at, person = NULL FROM cut \
                 WHERE journal.position = cut.position"
            )
        };
        self.insert_rows(&rows, 2, text, |query, (position, at)| query.bind(*position).bind(day(*at))).await
    }

    /// Deletes a person and everything that refers to them. Their customers and surveys must already be erased.
    pub async fn delete_person(&mut self, person: PersonId) -> Result<()> {
        for text in [
            "DELETE FROM outbox WHERE chat_id = $1",
            "DELETE FROM outbox WHERE alert IN (SELECT id FROM case_posts WHERE chat_id = $1)",
            "DELETE FROM case_posts WHERE chat_id = $1",
            "DELETE FROM alert_chats WHERE chat_id = $1",
            "UPDATE alert_chats SET subscribed_by = NULL WHERE subscribed_by = $1",
            "DELETE FROM lost_chats WHERE chat_id = $1",
            "UPDATE alert_folds SET chat_id = 0 WHERE chat_id = $1",
            // The invitation stays used, but nobody can tell by whom.
            "UPDATE staff_invites SET used_by = 0 WHERE used_by = $1",
            "DELETE FROM copy_parts WHERE person = $1 OR message IN (SELECT id FROM messages WHERE chat_id = $1)",
            "DELETE FROM copies WHERE message IN (SELECT id FROM messages WHERE chat_id = $1)",
            "UPDATE messages SET chat_id = 0, message_id = NULL WHERE chat_id = $1",
            // That somebody was muted stays in the log, but nobody can tell who.
            "UPDATE staff_log SET person = NULL WHERE person = $1 AND act IN ('case_muted', 'case_unmuted')",
            "DELETE FROM comment_messages WHERE person = $1",
            "DELETE FROM links WHERE person = $1",
            "UPDATE customers SET former_person = NULL WHERE former_person = $1",
            "DELETE FROM forget_questions WHERE chat_id = $1",
            "DELETE FROM persons WHERE id = $1",
        ] {
            on_engine!(self, execute, query(text).bind(person))?;
        }
        Ok(())
    }

    /// Lists dead updates after this one: bot, ID and raw text.
    pub async fn list_dead_updates(&mut self, after: (i64, i64)) -> Result<Vec<(i64, i64, String)>> {
        let query = query_as(
            "SELECT bot, update_id, raw FROM dead_updates WHERE bot > $1 OR (bot = $1 AND update_id > $2) \
             ORDER BY bot, update_id LIMIT $3",
        )
        .bind(after.0)
        .bind(after.1)
        .bind(PAGE);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn delete_dead_update(&mut self, bot: i64, update_id: i64) -> Result<()> {
        let query =
            query("DELETE FROM dead_updates WHERE bot = $1 AND update_id = $2").bind(bot).bind(update_id);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn delete_dead_updates_before(&mut self, before: Timestamp, limit: i64) -> Result<u64> {
        let query = query(
            "DELETE FROM dead_updates WHERE (bot, update_id) IN (SELECT bot, update_id FROM dead_updates \
             WHERE failed_at < $1 LIMIT $2)",
        )
        .bind(before)
        .bind(limit);
        Ok(on_engine!(self, execute, query)?)
    }

    /// Whether there are dead updates that failed before this moment.
    pub async fn has_dead_updates_before(&mut self, before: Timestamp) -> Result<bool> {
        let query =
            query_scalar("SELECT EXISTS (SELECT 1 FROM dead_updates WHERE failed_at < $1)").bind(before);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Remembers, under a hash, that a person who is erased opted out of surveys.
    pub async fn insert_erased_opt_out(&mut self, hash: &str, at: Timestamp) -> Result<()> {
        let query =
            query("INSERT INTO erased_opt_outs (hash, opted_out_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(hash)
                .bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Removes and returns the opt-outs of people who are known again.
    pub async fn take_erased_opt_outs(&mut self, hashes: &[&str]) -> Result<Vec<(String, Timestamp)>> {
        let text = |list: &str| {
            format!("DELETE FROM erased_opt_outs WHERE hash IN {list} RETURNING hash, opted_out_at")
        };
        self.rows_of(hashes, text).await
    }
}
