//! Erasing, table by table: what it has to read, and what it leaves. [`columns`] says what becomes of every column.
//!
//! Rows that others refer to stay and hold nothing any more; what is a customer's own is deleted.

mod batch;
pub mod columns;
mod customers;
mod persons;
mod requests;
mod retention;
mod under_way;

use sqlx::FromRow;

use super::events::read_state;
use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::{ChatId, EventKey, MessageKey, PersonId, SurveyKey, TopicId};
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;

pub use requests::{Claim, Extent, ForgetQuestion, ForgetRequest};
pub use retention::{AgedEvent, Description, Run};
pub use under_way::{Erased, ErasingRow};

/// An event to be erased, with the survey it led to.
#[derive(Clone, Debug, FromRow)]
pub struct ErasableEvent {
    pub id: EventKey,
    pub event_id: String,
    pub occurred_at: Timestamp,
    pub received_at: Timestamp,
    pub survey: Option<SurveyKey>,
    state: Option<String>,
    reason: Option<String>,
    /// Who was asked.
    pub person: Option<PersonId>,
}

impl ErasableEvent {
    /// The survey's state, where there is one.
    pub fn state(&self) -> Result<Option<State>> {
        let read = |state: &String| read_state("surveys", self.id, state, self.reason.as_deref());
        self.state.as_ref().map(read).transpose()
    }
}

/// A copy of a customer's message in another chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct CopyRow {
    pub message: MessageKey,
    pub chat_id: ChatId,
    pub thread_id: TopicId,
}

/// What a day is where times are cut down to it.
pub type Day<'a> = &'a (dyn Fn(Timestamp) -> Timestamp + Send + Sync);

impl Tx {
    /// Something was erased: what is left of it on the disk is to be scrubbed away.
    pub async fn mark_erasure(&mut self) -> Result<()> {
        let query = query("UPDATE counters SET value = value + 1 WHERE name = 'erasures'");
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Grows with every erasure; and the newest message that waits to be sent, for the last words about it do.
    pub async fn erasures(&mut self) -> Result<(i64, i64)> {
        let query = query_as(
            "SELECT value, (SELECT COALESCE(MAX(id), 0) FROM outbox) FROM counters WHERE name = 'erasures'",
        );
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Whether any of the messages up to this one still waits to be sent.
    pub async fn is_outbox_waiting_up_to(&mut self, id: i64) -> Result<bool> {
        let query = query_scalar("SELECT EXISTS (SELECT 1 FROM outbox WHERE id <= $1)").bind(id);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    pub async fn find_secret(&mut self, name: &str) -> Result<Option<String>> {
        let query = query_scalar("SELECT value FROM secrets WHERE name = $1").bind(name);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    pub async fn insert_secret(&mut self, name: &str, value: &str) -> Result<()> {
        let query = query("INSERT INTO secrets (name, value) VALUES ($1, $2)").bind(name).bind(value);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Takes everything back that waits to be sent about a survey: to the customer, and to the chats that get its
    /// alerts.
    pub async fn delete_outbox_of_survey(&mut self, survey: SurveyKey) -> Result<()> {
        let query = query(
            "DELETE FROM outbox WHERE survey = $1 OR alert IN (SELECT id FROM alerts WHERE survey = $1) \
             OR message IN (SELECT message FROM copies WHERE survey = $1)",
        )
        .bind(survey);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Takes back what waits for one message of ours.
    pub async fn delete_outbox_of_message(&mut self, message: MessageKey) -> Result<()> {
        on_engine!(self, execute, query("DELETE FROM outbox WHERE message = $1").bind(message))?;
        Ok(())
    }

    /// Forgets the copies that a survey led to, and tells where they are.
    pub async fn take_copies_of_survey(&mut self, survey: SurveyKey) -> Result<Vec<CopyRow>> {
        let list = query_as(
            "SELECT c.message, m.chat_id, m.thread_id FROM copies c JOIN messages m ON m.id = c.message \
             WHERE c.survey = $1 ORDER BY c.message",
        )
        .bind(survey);
        let copies = on_engine!(self, fetch_all, list)?;
        on_engine!(self, execute, query("DELETE FROM copies WHERE survey = $1").bind(survey))?;
        Ok(copies)
    }
}
