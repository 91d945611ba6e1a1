//! Chats that refuse alerts, and groups that got a new ID.

use sqlx::FromRow;

use super::{Error, Result, Tx, on_engine, query, query_as};
use crate::domain::ids::{ChatId, TopicId};
use crate::domain::loss::Loss;
use crate::domain::time::Timestamp;

/// A chat or topic that refuses messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostChat {
    pub chat_id: ChatId,
    pub thread_id: TopicId,
    pub loss: Loss,
    /// The reason in Telegram's words.
    pub reason: String,
    pub lost_at: Timestamp,
    /// The time of the last refusal; `None` if there has been a sign of life since.
    pub refused_at: Option<Timestamp>,
    /// The number of refusals in a row, each after a pause.
    pub refusals: i64,
    /// Whether the admins were told.
    pub told: bool,
}

impl LostChat {
    #[must_use]
    pub fn may_be_tried(&self, now: Timestamp) -> bool {
        self.loss.may_be_tried(self.refused_at, self.refusals, now)
    }
}

#[derive(FromRow)]
struct Stored {
    chat_id: ChatId,
    thread_id: TopicId,
    kind: String,
    reason: String,
    lost_at: Timestamp,
    refused_at: Option<Timestamp>,
    refusals: i64,
    told: bool,
}

impl TryFrom<Stored> for LostChat {
    type Error = Error;

    fn try_from(row: Stored) -> Result<Self> {
        let loss = Loss::parse(&row.kind)
            .ok_or_else(|| Error::broken("lost_chats", format!("chat {}: kind", row.chat_id)))?;
        Ok(Self {
            chat_id: row.chat_id,
            thread_id: row.thread_id,
            loss,
            reason: row.reason,
            lost_at: row.lost_at,
            refused_at: row.refused_at,
            refusals: row.refusals,
            told: row.told,
        })
    }
}

impl Tx {
    pub(super) async fn list_lost_chats(&mut self) -> Result<Vec<LostChat>> {
        let query = query_as::<Stored>(
            "SELECT chat_id, thread_id, kind, reason, lost_at, refused_at, refusals, told FROM lost_chats \
             ORDER BY chat_id, thread_id",
        );
        on_engine!(self, fetch_all, query)?.into_iter().map(LostChat::try_from).collect()
    }

    pub async fn upsert_lost_chat(&mut self, lost: &LostChat) -> Result<()> {
        let query = query(
            "INSERT INTO lost_chats (chat_id, thread_id, kind, reason, lost_at, refused_at, refusals, told) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (chat_id, thread_id) DO UPDATE SET \
             kind = excluded.kind, reason = excluded.reason, refused_at = excluded.refused_at, \
             refusals = excluded.refusals, told = excluded.told",
        )
        .bind(lost.chat_id)
        .bind(lost.thread_id)
        .bind(lost.loss.as_str())
        .bind(&*lost.reason)
        .bind(lost.lost_at)
        .bind(lost.refused_at)
        .bind(lost.refusals)
        .bind(lost.told);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Notes that the chat or topic accepts messages again.
    pub async fn delete_lost_chat(&mut self, chat_id: ChatId, thread_id: TopicId) -> Result<()> {
        let query = query("DELETE FROM lost_chats WHERE chat_id = $1 AND thread_id = $2")
            .bind(chat_id)
            .bind(thread_id);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Allows a lost chat, with all its topics, to be tried at once. Returns false if nothing had to wait.
    pub async fn hasten_lost_chat(&mut self, chat_id: ChatId) -> Result<bool> {
        let query =
            query("UPDATE lost_chats SET refused_at = NULL WHERE chat_id = $1 AND refused_at IS NOT NULL")
                .bind(chat_id);
        Ok(on_engine!(self, execute, query)? > 0)
    }

    /// Allows every lost chat to be tried at once.
    pub async fn hasten_lost_chats(&mut self) -> Result<()> {
        let query = query("UPDATE lost_chats SET refused_at = NULL WHERE refused_at IS NOT NULL");
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Lists the old and new IDs of groups that became supergroups.
    pub async fn list_migrated_chats(&mut self) -> Result<Vec<(ChatId, ChatId)>> {
        let query = query_as("SELECT old_id, new_id FROM migrated_chats ORDER BY old_id");
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Replaces the ID of a group that became a supergroup everywhere. If both IDs would get the same alert or
    /// subscription, only the new one keeps it, because the new chat may have subscribed already.
    pub async fn migrate_chat(&mut self, old: ChatId, new: ChatId) -> Result<()> {
        for text in [
            "INSERT INTO migrated_chats (old_id, new_id) VALUES ($1, $2) \
             ON CONFLICT (old_id) DO UPDATE SET new_id = excluded.new_id",
            "DELETE FROM outbox WHERE chat_id = $1 AND alert IN (SELECT a.id FROM case_posts a JOIN case_posts b \
             ON (b.survey = a.survey OR (b.survey IS NULL AND a.survey IS NULL AND b.case_number = a.case_number \
             AND b.kind = a.kind AND a.kind IN ('post', 'card'))) AND b.thread_id = a.thread_id AND b.chat_id = $2 \
             WHERE a.chat_id = $1)",
            "DELETE FROM case_posts WHERE chat_id = $1 AND EXISTS (SELECT 1 FROM case_posts b \
             WHERE (b.survey = case_posts.survey OR (b.survey IS NULL AND case_posts.survey IS NULL \
             AND b.case_number = case_posts.case_number AND b.kind = case_posts.kind \
             AND b.kind IN ('post', 'card'))) AND b.thread_id = case_posts.thread_id AND b.chat_id = $2)",
            "UPDATE outbox SET chat_id = $2 WHERE chat_id = $1",
            "UPDATE messages SET chat_id = $2, message_id = NULL WHERE chat_id = $1",
            "UPDATE case_posts SET chat_id = $2 WHERE chat_id = $1",
            "UPDATE alert_folds SET chat_id = $2 WHERE chat_id = $1",
            "UPDATE cases SET home_chat = $2 WHERE home_chat = $1",
            "UPDATE alert_chats SET chat_id = $2 WHERE chat_id = $1 AND NOT EXISTS \
             (SELECT 1 FROM alert_chats n WHERE n.chat_id = $2 AND n.thread_id = alert_chats.thread_id)",
            "DELETE FROM alert_chats WHERE chat_id = $1 AND chat_id <> $2",
            "UPDATE lost_chats SET chat_id = $2, refused_at = NULL WHERE chat_id = $1 AND NOT EXISTS \
             (SELECT 1 FROM lost_chats n WHERE n.chat_id = $2 AND n.thread_id = lost_chats.thread_id)",
            "DELETE FROM lost_chats WHERE chat_id = $1 AND chat_id <> $2",
        ] {
            let query = query(text).bind(old).bind(new);
            on_engine!(self, execute, query)?;
        }
        Ok(())
    }
}
