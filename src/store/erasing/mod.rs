//! Erasing, table by table: what it has to read and what it leaves. [`columns`] says what happens to every column.
//!
//! Rows that others refer to are kept but emptied. Rows that belong to the customer alone are deleted.

mod batch;
mod cases;
pub mod columns;
mod customers;
mod events;
mod persons;
mod requests;
mod retention;
mod under_way;

use sqlx::FromRow;

use super::events::read_state;
use super::shared_words::{SaidOf, WordKind};
use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::{ChatId, CustomerKey, EventKey, MessageKey, PersonId, SurveyKey, TopicId};
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;

pub use requests::{Claim, Extent, ForgetQuestion, ForgetRequest};
pub use retention::{AgedEvent, Description, Run};
pub use under_way::{Erased, ErasingRow};

/// An event to be erased, and the survey it led to.
#[derive(Clone, Debug, FromRow)]
pub struct ErasableEvent {
    pub id: EventKey,
    pub event_id: String,
    customer: CustomerKey,
    pub occurred_at: Timestamp,
    pub received_at: Timestamp,
    tags: String,
    segments: String,
    pub survey: Option<SurveyKey>,
    state: Option<String>,
    reason: Option<String>,
    /// The person who was asked.
    pub person: Option<PersonId>,
}

impl ErasableEvent {
    /// The survey's state, if there is a survey.
    pub fn state(&self) -> Result<Option<State>> {
        let read = |state: &String| read_state("surveys", self.id, state, self.reason.as_deref());
        self.state.as_ref().map(read).transpose()
    }

    /// Its tags and segments, as said of its customer.
    fn words(&self) -> impl Iterator<Item = SaidOf<'_>> {
        let lists = [(WordKind::Tag, &self.tags), (WordKind::Segment, &self.segments)];
        lists.into_iter().flat_map(move |(kind, list)| {
            let words = list.split('|').filter(|word| !word.is_empty());
            words.map(move |word| SaidOf { kind, word, customer: self.customer })
        })
    }
}

/// A copy of a customer's message in another chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct CopyRow {
    pub message: MessageKey,
    pub chat_id: ChatId,
    pub thread_id: TopicId,
}

/// A function that reduces a timestamp to its day.
pub type Day<'a> = &'a (dyn Fn(Timestamp) -> Timestamp + Send + Sync);

impl Tx {
    /// Notes that something was erased, so that its traces on the disk get scrubbed.
    pub async fn mark_erasure(&mut self) -> Result<()> {
        let query = query("UPDATE counters SET value = value + 1 WHERE name = 'erasures'");
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Returns a counter that grows with every erasure, and the ID of the newest message in the outbox: the last
    /// messages that mention what was erased have this ID or a lower one.
    pub async fn erasures(&mut self) -> Result<(i64, i64)> {
        let query = query_as(
            "SELECT value, (SELECT COALESCE(MAX(id), 0) FROM outbox) FROM counters WHERE name = 'erasures'",
        );
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Whether any message up to this ID is still waiting to be sent.
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

    /// Removes from the outbox everything about a survey, both for the customer and for the chats that get its alerts.
    pub async fn delete_outbox_of_survey(&mut self, survey: SurveyKey) -> Result<()> {
        let query = query(
            "DELETE FROM outbox WHERE survey = $1 OR alert IN (SELECT id FROM case_posts WHERE survey = $1) \
             OR message IN (SELECT message FROM copies WHERE survey = $1)",
        )
        .bind(survey);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Removes from the outbox what is waiting for one message of ours.
    pub async fn delete_outbox_of_message(&mut self, message: MessageKey) -> Result<()> {
        on_engine!(self, execute, query("DELETE FROM outbox WHERE message = $1").bind(message))?;
        Ok(())
    }

    /// Deletes the copies that belong to a survey, and returns where they are.
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
