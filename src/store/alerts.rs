//! The chats that get alerts, the alerts in them, and the folds that many alerts are listed in.

use sqlx::{AssertSqlSafe, FromRow};

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::time::Timestamp;

/// A chat or topic that gets alerts, or has got them until it was gone.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AlertChat {
    pub chat_id: i64,
    pub thread_id: i64,
    pub locale: String,
    pub gone_at: Option<Timestamp>,
}

/// One survey's alert in one chat; without a chat it waits for one.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AlertRow {
    pub id: i64,
    pub survey: i64,
    pub chat_id: Option<i64>,
    pub thread_id: i64,
    /// Of its own, or of the fold it is listed in.
    pub message: Option<i64>,
    pub fold: Option<i64>,
    pub ringing: bool,
}

/// One alert to be stored.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewAlert {
    pub survey: i64,
    pub chat_id: Option<i64>,
    pub thread_id: i64,
    pub message: Option<i64>,
    pub fold: Option<i64>,
}

/// One message that stands for many alerts.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct FoldRow {
    pub id: i64,
    pub chat_id: i64,
    pub thread_id: i64,
    pub message: i64,
}

/// A score that a customer gave in another survey.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct EarlierScore {
    pub survey: i64,
    pub script: String,
    pub script_version: i64,
    pub question: String,
    pub value: i64,
    pub answered_at: Timestamp,
}

/// A customer's message with a file, in the customer's chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct MediaMessage {
    pub person: i64,
    pub message_id: i64,
}

const ALERT: &str = "SELECT a.id, a.survey, a.chat_id, a.thread_id, COALESCE(a.message, f.message) AS message, \
     a.fold, a.ringing FROM alerts a LEFT JOIN alert_folds f ON f.id = a.fold ";

impl Tx {
    /// Chats and topics that subscribed; those that are gone too.
    pub async fn list_alert_chats(&mut self) -> Result<Vec<AlertChat>> {
        let query = query_as(
            "SELECT chat_id, thread_id, locale, gone_at FROM alert_chats ORDER BY chat_id, thread_id",
        );
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Subscribes a chat or topic, or changes how it is subscribed. It is there again, if it was gone.
    pub async fn upsert_alert_chat(
        &mut self,
        (chat_id, thread_id): (i64, i64),
        title: Option<&str>,
        locale: &str,
        now: Timestamp,
    ) -> Result<()> {
        let query = query(
            "INSERT INTO alert_chats (chat_id, thread_id, title, locale, subscribed_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (chat_id, thread_id) DO UPDATE SET title = excluded.title, locale = excluded.locale, \
             gone_at = NULL",
        )
        .bind(chat_id)
        .bind(thread_id)
        .bind(title)
        .bind(locale)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// False if there was no such subscription.
    pub async fn delete_alert_chat(&mut self, chat_id: i64, thread_id: i64) -> Result<bool> {
        let query = query("DELETE FROM alert_chats WHERE chat_id = $1 AND thread_id = $2")
            .bind(chat_id)
            .bind(thread_id);
        Ok(on_engine!(self, execute, query)? > 0)
    }

    /// Marks every topic of a chat as gone, or with `None` as there again. False if that changed nothing.
    pub async fn set_alert_chat_gone(&mut self, chat_id: i64, gone_at: Option<Timestamp>) -> Result<bool> {
        let query = query(
            "UPDATE alert_chats SET gone_at = $2 WHERE chat_id = $1 AND (gone_at IS NULL) <> ($2 IS NULL)",
        )
        .bind(chat_id)
        .bind(gone_at);
        Ok(on_engine!(self, execute, query)? > 0)
    }

    pub async fn list_alerts(&mut self, survey: i64) -> Result<Vec<AlertRow>> {
        let sql = format!("{ALERT} WHERE a.survey = $1 ORDER BY a.id");
        let query = query_as(AssertSqlSafe(sql)).bind(survey);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Alerts for which there was no chat yet, oldest first.
    pub async fn list_waiting_alerts(&mut self) -> Result<Vec<AlertRow>> {
        let sql = format!("{ALERT} WHERE a.chat_id IS NULL ORDER BY a.id");
        Ok(on_engine!(self, fetch_all, query_as(AssertSqlSafe(sql)))?)
    }

    /// Alerts that were to go to this chat and never arrived there.
    pub async fn list_undelivered_alerts(&mut self, chat_id: i64) -> Result<Vec<AlertRow>> {
        let sql = format!(
            "{ALERT} JOIN messages m ON m.id = COALESCE(a.message, f.message) \
             WHERE a.chat_id = $1 AND m.message_id IS NULL ORDER BY a.id"
        );
        let query = query_as(AssertSqlSafe(sql)).bind(chat_id);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn insert_alert(&mut self, alert: &NewAlert, now: Timestamp) -> Result<i64> {
        let query = query_scalar(
            "INSERT INTO alerts (survey, chat_id, thread_id, message, fold, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        )
        .bind(alert.survey)
        .bind(alert.chat_id)
        .bind(alert.thread_id)
        .bind(alert.message)
        .bind(alert.fold)
        .bind(now);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Takes an alert away that has reached nobody, with all that is still queued for it.
    pub async fn delete_alert(&mut self, id: i64) -> Result<()> {
        self.write_outgoing().await?;
        on_engine!(self, execute, query("DELETE FROM outbox WHERE alert = $1").bind(id))?;
        on_engine!(self, execute, query("DELETE FROM alerts WHERE id = $1").bind(id))?;
        Ok(())
    }

    /// Whether a score stands at the alert level, for all alerts of a survey.
    pub async fn set_ringing(&mut self, survey: i64, ringing: bool) -> Result<()> {
        let query = query("UPDATE alerts SET ringing = $2 WHERE survey = $1 AND ringing <> $2")
            .bind(survey)
            .bind(ringing);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// How many alerts this chat or topic got at `since` or later.
    pub async fn count_alerts_since(
        &mut self,
        chat_id: i64,
        thread_id: i64,
        since: Timestamp,
    ) -> Result<i64> {
        let query = query_scalar(
            "SELECT COUNT(*) FROM alerts WHERE chat_id = $1 AND thread_id = $2 AND created_at >= $3",
        )
        .bind(chat_id)
        .bind(thread_id)
        .bind(since);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// The fold of this chat or topic that was opened last, if at `since` or later.
    pub async fn find_open_fold(
        &mut self,
        chat_id: i64,
        thread_id: i64,
        since: Timestamp,
    ) -> Result<Option<FoldRow>> {
        let query = query_as(
            "SELECT id, chat_id, thread_id, message FROM alert_folds \
             WHERE chat_id = $1 AND thread_id = $2 AND opened_at >= $3 ORDER BY id DESC LIMIT 1",
        )
        .bind(chat_id)
        .bind(thread_id)
        .bind(since);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    pub async fn find_fold(&mut self, id: i64) -> Result<Option<FoldRow>> {
        let query =
            query_as("SELECT id, chat_id, thread_id, message FROM alert_folds WHERE id = $1").bind(id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    pub async fn insert_fold(
        &mut self,
        chat_id: i64,
        thread_id: i64,
        message: i64,
        now: Timestamp,
    ) -> Result<FoldRow> {
        let query = query_scalar(
            "INSERT INTO alert_folds (chat_id, thread_id, message, opened_at) VALUES ($1, $2, $3, $4) \
             RETURNING id",
        )
        .bind(chat_id)
        .bind(thread_id)
        .bind(message)
        .bind(now);
        let id = on_engine!(self, fetch_one, query)?;
        Ok(FoldRow { id, chat_id, thread_id, message })
    }

    /// How many alerts a fold stands for, and the surveys of the newest `limit` of them, newest first.
    pub async fn list_folded(&mut self, fold: i64, limit: i64) -> Result<(i64, Vec<i64>)> {
        let count = query_scalar("SELECT COUNT(*) FROM alerts WHERE fold = $1").bind(fold);
        let count = on_engine!(self, fetch_one, count)?;
        let newest = query_scalar("SELECT survey FROM alerts WHERE fold = $1 ORDER BY id DESC LIMIT $2")
            .bind(fold)
            .bind(limit);
        Ok((count, on_engine!(self, fetch_all, newest)?))
    }

    /// What a survey's customer answered with numbers in other surveys, newest first.
    pub async fn list_earlier_scores(
        &mut self,
        survey: i64,
        test: bool,
        limit: i64,
    ) -> Result<Vec<EarlierScore>> {
        let query = query_as(
            "SELECT s.id AS survey, s.script, s.script_version, a.question, a.value, a.answered_at \
             FROM events e JOIN surveys s ON s.id = e.id JOIN answers a ON a.survey = s.id \
             WHERE e.customer = (SELECT customer FROM events WHERE id = $1) AND s.id <> $1 AND s.test = $2 \
             AND a.part = 'answer' AND a.value IS NOT NULL AND a.withdrawn_at IS NULL \
             AND s.script_version IS NOT NULL ORDER BY s.id DESC, a.id LIMIT $3",
        )
        .bind(survey)
        .bind(test)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// What each score of a survey was before it was changed: question and value, oldest first.
    pub async fn list_former_values(&mut self, survey: i64) -> Result<Vec<(String, i64)>> {
        let query = query_as(
            "SELECT a.question, h.value FROM answers a JOIN answer_history h ON h.answer = a.id \
             WHERE a.survey = $1 AND a.part = 'answer' AND h.value IS NOT NULL ORDER BY h.id",
        )
        .bind(survey);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// The customer's messages with files that belong to a survey.
    pub async fn list_media(&mut self, survey: i64) -> Result<Vec<MediaMessage>> {
        let query = query_as(
            "SELECT person, message_id FROM comment_messages WHERE survey = $1 AND kind IS NOT NULL \
             AND replaced = FALSE ORDER BY message_id",
        )
        .bind(survey);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
