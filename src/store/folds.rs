//! Messages that combine many alerts (folds), and the number of alerts that a chat got recently.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query_as, query_scalar};
use crate::domain::ids::{CaseNumber, ChatId, MessageKey, SurveyKey, TopicId};
use crate::domain::time::Timestamp;

/// What a fold lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// What comes too fast for messages of its own.
    Cases,
    /// People whom nobody knows.
    Strangers,
    /// What came while the chat was lost.
    Missed,
}

/// A message that combines many alerts.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct FoldRow {
    pub id: i64,
    pub chat_id: ChatId,
    pub thread_id: TopicId,
    pub message: MessageKey,
    /// Whether it lists people whom nobody knows.
    pub strangers: bool,
    /// Whether it lists what came while the chat was lost.
    pub missed: bool,
}

/// An item of a fold: a survey with a bad score, or a case that no score opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct FoldedRow {
    pub survey: Option<SurveyKey>,
    pub case_number: Option<CaseNumber>,
}

/// The number of items in a fold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct FoldCount {
    pub scores: i64,
    /// Of these, the surveys with a score at the alert level now.
    pub bad: i64,
    /// Cases that no score opened.
    pub others: i64,
}

impl Tx {
    /// Counts the posts that this chat has got since `long_ago`, and those since `lately`, in all its topics, without those
    /// about strangers. Rows dated after `now` were written before the clock was set back and do not count.
    pub async fn count_alerts_since(
        &mut self,
        chat_id: ChatId,
        (long_ago, lately): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<(i64, i64)> {
        let query = query_as(
            "SELECT COUNT(*), COUNT(CASE WHEN p.created_at >= $4 THEN 1 END) FROM case_posts p LEFT JOIN cases c ON c.number = p.case_number \
             WHERE p.chat_id = $1 AND p.created_at BETWEEN $2 AND $3 AND p.kind = 'post' \
             AND (c.stranger IS NULL OR c.stranger = FALSE)",
        )
        .bind(chat_id)
        .bind(long_ago)
        .bind(now)
        .bind(lately);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Counts the posts about strangers that this chat has got since `since`.
    pub async fn count_strangers_since(
        &mut self,
        chat_id: ChatId,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<i64> {
        let query = query_scalar(
            "SELECT COUNT(*) FROM case_posts p JOIN cases c ON c.number = p.case_number \
             WHERE p.chat_id = $1 AND p.created_at BETWEEN $2 AND $3 AND p.kind = 'post' AND c.stranger = TRUE",
        )
        .bind(chat_id)
        .bind(since)
        .bind(now);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Finds the newest fold of this kind in this chat or topic, if it was opened at `since` or later.
    pub async fn find_open_fold(
        &mut self,
        (chat_id, thread_id): (ChatId, TopicId),
        strangers: bool,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<FoldRow>> {
        let query = query_as(
            "SELECT id, chat_id, thread_id, message, strangers, missed FROM alert_folds \
             WHERE chat_id = $1 AND thread_id = $2 AND strangers = $3 AND missed = FALSE \
             AND opened_at BETWEEN $4 AND $5 \
             ORDER BY id DESC LIMIT 1",
        )
        .bind(chat_id)
        .bind(thread_id)
        .bind(strangers)
        .bind(since)
        .bind(now);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    pub async fn find_fold(&mut self, id: i64) -> Result<Option<FoldRow>> {
        let query = query_as(
            "SELECT id, chat_id, thread_id, message, strangers, missed FROM alert_folds WHERE id = $1",
        )
        .bind(id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    pub async fn insert_fold(
        &mut self,
        (chat_id, thread_id): (ChatId, TopicId),
        lists: Lists,
        message: MessageKey,
        now: Timestamp,
    ) -> Result<FoldRow> {
        let (strangers, missed) = (lists == Lists::Strangers, lists == Lists::Missed);
        let query = query_scalar(
            "INSERT INTO alert_folds (chat_id, thread_id, message, strangers, missed, opened_at) \
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        )
        .bind(chat_id)
        .bind(thread_id)
        .bind(message)
        .bind(strangers)
        .bind(missed)
        .bind(now);
        let id = on_engine!(self, fetch_one, query)?;
        Ok(FoldRow { id, chat_id, thread_id, message, strangers, missed })
    }

    pub async fn count_folded(&mut self, fold: i64) -> Result<FoldCount> {
        let query = query_as(
            "SELECT (SELECT COUNT(*) FROM case_posts WHERE fold = $1 AND survey IS NOT NULL) AS scores, \
             (SELECT COUNT(*) FROM case_posts WHERE fold = $1 AND survey IS NOT NULL AND ringing = TRUE) AS bad, \
             (SELECT COUNT(*) FROM case_posts WHERE fold = $1 AND survey IS NULL) AS others",
        )
        .bind(fold);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Lists the newest `limit` items of a fold, newest first.
    pub async fn list_folded(&mut self, fold: i64, limit: i64) -> Result<Vec<FoldedRow>> {
        let query = query_as(
            "SELECT survey, case_number FROM case_posts WHERE fold = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
        )
        .bind(fold)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
