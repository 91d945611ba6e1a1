//! Surveys that are due: finding them, what holds them back, and how much is waiting at the sender.
//!
//! A look reads only what can act. It skips paused scripts. A survey that has to wait for another one of its person is
//! marked, so that it is not found again before that one is over.

use sqlx::{AssertSqlSafe, FromRow};

use super::{Lane, Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::{ChatId, PersonId, SurveyKey};
use crate::domain::time::Timestamp;

/// A due survey, as a look finds it.
#[derive(Clone, Debug, FromRow)]
pub struct Due {
    pub id: SurveyKey,
    pub due_at: Timestamp,
    pub person: Option<PersonId>,
    /// Whether another survey occupies the person's place.
    pub is_behind: bool,
}

/// A due survey, with everything that is checked when it is claimed.
#[derive(Clone, Debug, FromRow)]
pub struct DueRow {
    pub id: SurveyKey,
    pub test: bool,
    pub script: Option<String>,
    pub due_at: Timestamp,
    pub occurred_at: Timestamp,
    pub received_at: Timestamp,
    pub time_zone: Option<String>,
    /// The language that the event named.
    pub language: Option<String>,
    pub person: Option<PersonId>,
    pub language_code: Option<String>,
    pub chosen_language: Option<String>,
    pub started: bool,
    pub opted_out: bool,
    pub unreachable: Option<String>,
    pub last_sent_at: Option<Timestamp>,
    /// The last `sent_at` of the same script for the same person.
    pub last_same_at: Option<Timestamp>,
}

/// The survey that occupies a person's place.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct OpenSurvey {
    pub id: SurveyKey,
    pub occurred_at: Timestamp,
    pub claimed_at: Option<Timestamp>,
}

/// The chats that messages of the surveys lane are waiting for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaitingChats {
    /// Chats with waiting invitations.
    pub invited: Chats,
    /// Chats with a waiting step that is shown again.
    pub repeated: Chats,
}

/// Each chat counts once, however many messages wait for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Chats {
    /// Chats with a message queued since a given moment.
    pub fresh: i64,
    pub all: i64,
}

impl Tx {
    /// Lists the surveys of active scripts that have been due the longest, without tests and at most `limit`. Some of
    /// them may have to wait for another survey of their person without being marked yet.
    pub async fn list_due_surveys(&mut self, now: Timestamp, limit: i64) -> Result<Vec<Due>> {
        let scripts = query_scalar::<String>(
            "SELECT t.slug FROM script_states t WHERE t.paused_at IS NULL AND EXISTS (SELECT 1 FROM surveys s \
             WHERE s.script = t.slug AND s.state = 'scheduled' AND s.test = FALSE AND s.waits_for IS NULL \
             AND s.due_at <= $1) ORDER BY t.slug",
        )
        .bind(now);
        let mut found = Vec::new();
        for script in on_engine!(self, fetch_all, scripts)? {
            let query = query_as::<Due>(
                "SELECT s.id, s.due_at, c.person, EXISTS (SELECT 1 FROM surveys o WHERE o.person = c.person \
                 AND o.ended_at IS NULL AND o.test = FALSE) AS is_behind \
                 FROM surveys s JOIN events e ON e.id = s.id JOIN customers c ON c.id = e.customer \
                 WHERE s.script = $1 AND c.erasing IS NULL AND s.state = 'scheduled' AND s.test = FALSE AND s.waits_for IS NULL \
                 AND s.due_at <= $2 ORDER BY s.due_at LIMIT $3",
            )
            .bind(script)
            .bind(now)
            .bind(limit);
            found.append(&mut on_engine!(self, fetch_all, query)?);
        }
        found.sort_by_key(|due| (due.due_at, due.id));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }

    /// Lists the tests that have been due the longest. Neither a pause nor an open survey holds them back.
    pub async fn list_due_tests(&mut self, now: Timestamp, limit: i64) -> Result<Vec<SurveyKey>> {
        let query = query_scalar(
            "SELECT s.id FROM surveys s JOIN events e ON e.id = s.id JOIN customers c ON c.id = e.customer \
             WHERE s.state = 'scheduled' AND s.test = TRUE AND s.due_at <= $1 AND c.erasing IS NULL \
             ORDER BY s.due_at LIMIT $2",
        )
        .bind(now)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists at most `limit` due surveys of one person, newest event first. It reads all events of the person, so do
    /// not use it in a transaction that writes.
    pub async fn list_due_of_person(
        &mut self,
        person: PersonId,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<SurveyKey>> {
        let query = query_scalar(
            "SELECT s.id FROM customers c JOIN events e ON e.customer = c.id JOIN surveys s ON s.id = e.id \
             WHERE c.person = $1 AND c.erasing IS NULL AND s.state = 'scheduled' AND s.test = FALSE AND s.waits_for IS NULL \
             AND s.due_at <= $2 \
             AND NOT EXISTS (SELECT 1 FROM script_states t WHERE t.slug = s.script AND t.paused_at IS NOT NULL) \
             ORDER BY e.occurred_at DESC, s.id DESC LIMIT $3",
        )
        .bind(person)
        .bind(now)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Returns those of these surveys that are still due, with their current data.
    pub async fn list_due_rows(&mut self, ids: &[SurveyKey], now: Timestamp) -> Result<Vec<DueRow>> {
        let text = |list: &str| {
            format!(
                "SELECT s.id, s.test, s.script, s.due_at, e.occurred_at, e.received_at, c.time_zone, c.language, c.person, \
                 p.language_code, p.chosen_language, p.started_at IS NOT NULL AS started, \
                 p.opted_out_at IS NOT NULL AS opted_out, p.unreachable, p.last_sent_at, \
                 (SELECT MAX(o.sent_at) FROM surveys o WHERE o.person = c.person AND o.script = s.script \
                  AND o.test = FALSE) AS last_same_at \
                 FROM surveys s JOIN events e ON e.id = s.id JOIN customers c ON c.id = e.customer \
                 LEFT JOIN persons p ON p.id = c.person \
                 WHERE s.id IN {list} AND c.erasing IS NULL AND s.state = 'scheduled' AND s.waits_for IS NULL \
                 AND (s.test = TRUE \
                 OR NOT EXISTS (SELECT 1 FROM script_states t WHERE t.slug = s.script AND t.paused_at IS NOT NULL))"
            )
        };
        let mut rows: Vec<DueRow> = self.rows_of(ids, text).await?;
        rows.retain(|row| row.due_at <= now);
        Ok(rows)
    }

    /// Finds the survey that occupies a person's place. Tests never do.
    pub async fn find_open_survey(&mut self, person: PersonId) -> Result<Option<OpenSurvey>> {
        let query = query_as(
            "SELECT o.id, e.occurred_at, (SELECT MAX(t.at) FROM journal t WHERE t.survey = o.id \
             AND t.kind = 'sending') AS claimed_at \
             FROM surveys o JOIN events e ON e.id = o.id \
             WHERE o.person = $1 AND o.ended_at IS NULL AND o.test = FALSE",
        )
        .bind(person);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Makes a due survey wait until `open` is over; it is not looked at before.
    pub async fn hold_survey(&mut self, id: SurveyKey, open: SurveyKey) -> Result<()> {
        let hold = query("UPDATE surveys SET waits_for = $2 WHERE id = $1").bind(id).bind(open);
        on_engine!(self, execute, hold)?;
        let mark = query("UPDATE surveys SET holds_up = TRUE WHERE id = $1 AND holds_up = FALSE").bind(open);
        on_engine!(self, execute, mark)?;
        Ok(())
    }

    /// Ends a survey's waiting, because its customer now has another chat.
    pub async fn let_survey_go(&mut self, id: SurveyKey) -> Result<()> {
        on_engine!(self, execute, query("UPDATE surveys SET waits_for = NULL WHERE id = $1").bind(id))?;
        Ok(())
    }

    /// Releases all surveys that wait for `open`, whether or not it is over.
    pub async fn let_all_go(&mut self, open: SurveyKey) -> Result<()> {
        for text in [
            "UPDATE surveys SET waits_for = NULL WHERE waits_for = $1",
            "UPDATE surveys SET holds_up = FALSE WHERE id = $1 AND holds_up = TRUE",
        ] {
            on_engine!(self, execute, query(text).bind(open))?;
        }
        Ok(())
    }

    /// Releases surveys that wait for surveys that are over, newest first and about `limit` in this transaction.
    /// Returns how many were released, counting at least one for each survey that is over.
    pub async fn let_go(&mut self, limit: i64) -> Result<u64> {
        let over = query_scalar::<SurveyKey>(
            "SELECT id FROM surveys WHERE holds_up = TRUE AND (ended_at IS NOT NULL OR person IS NULL) LIMIT $1",
        )
        .bind(limit);
        let most = limit.unsigned_abs();
        let mut let_go = 0;
        for open in on_engine!(self, fetch_all, over)? {
            let free = query(
                "UPDATE surveys SET waits_for = NULL WHERE id IN (SELECT id FROM surveys WHERE waits_for = $1 \
                 ORDER BY id DESC LIMIT $2)",
            )
            .bind(open)
            .bind(limit);
            let free = on_engine!(self, execute, free)?;
            if free < most {
                on_engine!(
                    self,
                    execute,
                    query("UPDATE surveys SET holds_up = FALSE WHERE id = $1").bind(open)
                )?;
            }
            let_go += free.max(1);
            if let_go >= most {
                break;
            }
        }
        Ok(let_go)
    }

    /// Counts the chats with messages that the sender has not sent yet. `fresh` counts those with a message queued
    /// after `since`.
    pub async fn count_waiting_chats(&mut self, since: Timestamp) -> Result<WaitingChats> {
        // The lane must be a literal for the statement to use the partial index.
        let query = query_as::<(bool, i64, i64)>(AssertSqlSafe(format!(
            "SELECT first, COUNT(DISTINCT CASE WHEN created_at > $1 THEN chat_id END), COUNT(DISTINCT chat_id) \
             FROM outbox WHERE lane = {} GROUP BY first",
            Lane::Surveys.code()
        )))
        .bind(since);
        let mut waiting = WaitingChats::default();
        for (first, fresh, all) in on_engine!(self, fetch_all, query)? {
            let chats = Chats { fresh, all };
            if first { waiting.invited = chats } else { waiting.repeated = chats }
        }
        Ok(waiting)
    }

    /// Counts the invitations that wait for this chat.
    pub async fn count_unsent_invitations(&mut self, chat_id: ChatId) -> Result<i64> {
        let query = query_scalar(AssertSqlSafe(format!(
            "SELECT COUNT(*) FROM outbox WHERE lane = {} AND first = TRUE AND chat_id = $1",
            Lane::Surveys.code()
        )))
        .bind(chat_id);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    pub async fn reschedule_survey(&mut self, id: SurveyKey, due_at: Timestamp) -> Result<()> {
        let query =
            query("UPDATE surveys SET due_at = $2, held_by = NULL WHERE id = $1").bind(id).bind(due_at);
        on_engine!(self, execute, query)?;
        Ok(())
    }
}
