//! Erasing, table by table: what it has to read, and what it leaves. [`columns`] says what becomes of every column.
//!
//! Rows that others refer to stay and hold nothing any more; what is a customer's own is deleted.

pub mod columns;
mod customers;
mod persons;
mod retention;

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::time::Timestamp;

pub use retention::{AgedEvent, Description};

/// An event to be erased, with the survey it led to.
#[derive(Clone, Debug, FromRow)]
pub struct ErasableEvent {
    pub id: i64,
    pub event_id: String,
    pub occurred_at: Timestamp,
    pub received_at: Timestamp,
    pub survey: Option<i64>,
}

/// A copy of a customer's message in another chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct CopyRow {
    pub message: i64,
    pub chat_id: i64,
    pub thread_id: i64,
}

/// The moments of a survey.
#[expect(clippy::struct_field_names, reason = "the columns are called so")]
#[derive(Clone, Copy, Debug, FromRow)]
struct SurveyTimes {
    due_at: Option<Timestamp>,
    stale_at: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    reminded_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
}

/// A row with a moment, and perhaps another.
#[derive(Clone, Copy, Debug, FromRow)]
struct Moments {
    id: i64,
    at: Timestamp,
    also_at: Option<Timestamp>,
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

    /// Takes everything back that waits to be sent about a survey: to the customer, and to whoever gets its alerts.
    pub async fn delete_outbox_of_survey(&mut self, survey: i64) -> Result<()> {
        self.write_outgoing().await?;
        let query = query(
            "DELETE FROM outbox WHERE survey = $1 OR alert IN (SELECT id FROM alerts WHERE survey = $1) \
             OR message IN (SELECT message FROM copies WHERE survey = $1)",
        )
        .bind(survey);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Takes back what waits for one message of ours.
    pub async fn delete_outbox_of_message(&mut self, message: i64) -> Result<()> {
        self.write_outgoing().await?;
        on_engine!(self, execute, query("DELETE FROM outbox WHERE message = $1").bind(message))?;
        Ok(())
    }

    /// Notes that a message of ours will be a copy of a person's message.
    pub async fn insert_copy(
        &mut self,
        message: i64,
        (person, source): (i64, i64),
        survey: Option<i64>,
    ) -> Result<()> {
        let query = query("INSERT INTO copies (message, person, source, survey) VALUES ($1, $2, $3, $4)")
            .bind(message)
            .bind(person)
            .bind(source)
            .bind(survey);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Forgets the copies that a survey led to, and tells where they are.
    pub async fn take_copies_of_survey(&mut self, survey: i64) -> Result<Vec<CopyRow>> {
        let list = query_as(
            "SELECT c.message, m.chat_id, m.thread_id FROM copies c JOIN messages m ON m.id = c.message \
             WHERE c.survey = $1 ORDER BY c.message",
        )
        .bind(survey);
        let copies = on_engine!(self, fetch_all, list)?;
        on_engine!(self, execute, query("DELETE FROM copies WHERE survey = $1").bind(survey))?;
        Ok(copies)
    }

    /// What was said in a survey goes: words, files, and which messages they were. What was chosen stays. Answers whose
    /// words go come anew to whoever follows the answers; with `all`, every one does.
    pub async fn erase_words(&mut self, survey: i64, all: Option<Day<'_>>, now: Timestamp) -> Result<()> {
        let messages = query("DELETE FROM comment_messages WHERE survey = $1").bind(survey);
        on_engine!(self, execute, messages)?;
        let former =
            query("DELETE FROM former_words WHERE answer IN (SELECT id FROM answers WHERE survey = $1)")
                .bind(survey);
        on_engine!(self, execute, former)?;
        let changed = query_as::<Moments>(
            "SELECT id, answered_at AS at, withdrawn_at AS also_at FROM answers \
             WHERE survey = $1 AND (words = TRUE OR $2 = TRUE) ORDER BY id",
        )
        .bind(survey)
        .bind(all.is_some());
        let same: Day<'_> = &|at| at;
        let day = all.unwrap_or(same);
        for answer in on_engine!(self, fetch_all, changed)? {
            let position = self.next_position().await?;
            let query = query(
                "UPDATE answers SET words = FALSE, answered_at = $2, withdrawn_at = $3, stored_at = $4, position = $5, \
                 revision = revision + 1 WHERE id = $1",
            )
            .bind(answer.id)
            .bind(day(answer.at))
            .bind(answer.also_at.map(day))
            .bind(day(now))
            .bind(position);
            on_engine!(self, execute, query)?;
        }
        Ok(())
    }

    /// Of the times of a survey, its way, its alerts and its former answers only the days are left.
    pub async fn cut_survey_to_days(&mut self, survey: i64, day: Day<'_>) -> Result<()> {
        for (list, update) in [
            (
                "SELECT id, at, CAST(NULL AS BIGINT) AS also_at FROM transitions WHERE survey = $1",
                "UPDATE transitions SET at = $2 WHERE id = $1 AND $3 IS NULL",
            ),
            (
                "SELECT id, created_at AS at, CAST(NULL AS BIGINT) AS also_at FROM alerts WHERE survey = $1",
                "UPDATE alerts SET created_at = $2 WHERE id = $1 AND $3 IS NULL",
            ),
            (
                "SELECT id, answered_at AS at, withdrawn_at AS also_at FROM answer_history \
                 WHERE answer IN (SELECT id FROM answers WHERE survey = $1)",
                "UPDATE answer_history SET answered_at = $2, withdrawn_at = $3 WHERE id = $1",
            ),
        ] {
            let rows = query_as::<Moments>(list).bind(survey);
            for row in on_engine!(self, fetch_all, rows)? {
                let update = query(update).bind(row.id).bind(day(row.at)).bind(row.also_at.map(day));
                on_engine!(self, execute, update)?;
            }
        }
        Ok(())
    }

    /// The survey belongs to nobody any more: who it was, in which chat and language, and when to the minute.
    pub async fn detach_survey(
        &mut self,
        survey: i64,
        survey_id: &str,
        day: Day<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let messages = query(
            "UPDATE messages SET chat_id = 0, message_id = NULL WHERE id IN \
             (SELECT message FROM surveys WHERE id = $1) OR id IN (SELECT repeat FROM surveys WHERE id = $1)",
        )
        .bind(survey);
        on_engine!(self, execute, messages)?;
        let times = query_as::<SurveyTimes>(
            "SELECT due_at, stale_at, sent_at, started_at, completed_at, reminded_at, expires_at, ended_at \
             FROM surveys WHERE id = $1",
        )
        .bind(survey);
        let times = on_engine!(self, fetch_one, times)?;
        let query = query(
            "UPDATE surveys SET person = NULL, locale = NULL, message = NULL, repeat = NULL, \
             repeat_kind = NULL, remind_at = NULL, show_again_at = NULL, closing_at = NULL, due_at = $2, \
             stale_at = $3, sent_at = $4, started_at = $5, completed_at = $6, reminded_at = $7, expires_at = $8, \
             ended_at = $9, survey_id = $10 WHERE id = $1",
        )
        .bind(survey)
        .bind(times.due_at.map(day))
        .bind(times.stale_at.map(day))
        .bind(times.sent_at.map(day))
        .bind(times.started_at.map(day))
        .bind(times.completed_at.map(day))
        .bind(times.reminded_at.map(day))
        .bind(times.expires_at.map(day))
        .bind(day(times.ended_at.unwrap_or(now)))
        .bind(survey_id);
        on_engine!(self, execute, query)?;
        self.forget_read_ahead(survey);
        Ok(())
    }

    /// The event belongs to nobody any more; `hash` is what it is known by from now on.
    pub async fn detach_event(
        &mut self,
        event: &ErasableEvent,
        nobody: i64,
        hash: &str,
        day: Day<'_>,
    ) -> Result<()> {
        let query = query(
            "UPDATE events SET event_id = $2, customer = $3, occurred_at = $4, received_at = $5, subject_id = NULL, \
             channel = NULL, segments = '', body = '{}' WHERE id = $1",
        )
        .bind(event.id)
        .bind(hash)
        .bind(nobody)
        .bind(day(event.occurred_at))
        .bind(day(event.received_at));
        on_engine!(self, execute, query)?;
        Ok(())
    }
}
