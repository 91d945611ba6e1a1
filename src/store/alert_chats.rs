//! The chats and topics that get alerts, who subscribed each of them, and those whose subscriber lost their role.

use std::collections::HashMap;

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::config::ChatTopic;
use crate::domain::ids::{ChatId, PersonId, TopicId};
use crate::domain::routing::Filters;
use crate::domain::time::Timestamp;

/// A chat or topic that subscribed to alerts.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AlertChat {
    pub chat_id: ChatId,
    pub thread_id: TopicId,
    pub title: Option<String>,
    pub locale: String,
    /// A Telegram user ID; `None` for subscriptions from before it was stored.
    pub subscribed_by: Option<PersonId>,
    /// Whether new cases come to it.
    pub cases: bool,
    /// Whether overdue cases come to it.
    pub escalations: bool,
    /// Whether cases come without sound at night.
    pub night_silent: bool,
    #[sqlx(try_from = "String")]
    pub filters: Filters,
}

impl AlertChat {
    #[must_use]
    pub const fn place(&self) -> ChatTopic {
        ChatTopic { chat: self.chat_id, topic: self.thread_id }
    }
}

/// The chats and topics that are subscribed, including those that refuse alerts, in their order. They are found by their
/// places: a case is compared with hundreds of them.
#[derive(Debug)]
pub struct AlertChats {
    chats: Vec<AlertChat>,
    positions: HashMap<ChatTopic, usize>,
}

impl AlertChats {
    fn new(chats: Vec<AlertChat>) -> Self {
        let positions = chats.iter().enumerate().map(|(position, chat)| (chat.place(), position)).collect();
        Self { chats, positions }
    }

    pub fn is_empty(&self) -> bool {
        self.chats.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &AlertChat> {
        self.chats.iter()
    }

    pub fn find(&self, place: ChatTopic) -> Option<&AlertChat> {
        self.chats.get(*self.positions.get(&place)?)
    }
}

/// A chat or topic that gets no alerts until an admin keeps it, because the role of the person who subscribed it has
/// ended.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct WithdrawnChat {
    pub chat_id: ChatId,
    pub thread_id: TopicId,
    pub title: Option<String>,
    pub subscribed_by: Option<PersonId>,
    pub subscriber: Option<String>,
    pub withdrawn_at: Timestamp,
    /// Whether the admins were told.
    pub told: bool,
}

impl Tx {
    pub(super) async fn list_alert_chats(&mut self) -> Result<AlertChats> {
        let query = query_as(
            "SELECT chat_id, thread_id, title, locale, subscribed_by, cases, escalations, night_silent, filters \
             FROM alert_chats WHERE withdrawn_at IS NULL ORDER BY chat_id, thread_id",
        );
        Ok(AlertChats::new(on_engine!(self, fetch_all, query)?))
    }

    /// Lists the chats and topics to which cases come without sound at night.
    pub async fn list_chats_silent_at_night(&mut self) -> Result<Vec<(ChatId, TopicId)>> {
        let query = query_as("SELECT chat_id, thread_id FROM alert_chats WHERE night_silent = TRUE");
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the chats and topics that wait for an admin to keep them.
    pub async fn list_withdrawn_chats(&mut self) -> Result<Vec<WithdrawnChat>> {
        let query = query_as(
            "SELECT c.chat_id, c.thread_id, c.title, c.subscribed_by, p.first_name AS subscriber, c.withdrawn_at, \
             c.told FROM alert_chats c LEFT JOIN persons p ON p.id = c.subscribed_by \
             WHERE c.withdrawn_at IS NOT NULL ORDER BY c.chat_id, c.thread_id",
        );
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Finds the language of a subscribed chat or topic.
    pub async fn find_alert_chat_locale(
        &mut self,
        chat_id: ChatId,
        thread_id: TopicId,
    ) -> Result<Option<String>> {
        let query = query_scalar("SELECT locale FROM alert_chats WHERE chat_id = $1 AND thread_id = $2")
            .bind(chat_id)
            .bind(thread_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Subscribes a chat or topic, or updates its subscription. Its language and filters stay. One to which nothing came
    /// gets new cases again.
    pub async fn upsert_alert_chat(
        &mut self,
        (chat_id, thread_id): (ChatId, TopicId),
        (title, locale): (Option<&str>, &str),
        subscribed_by: PersonId,
        now: Timestamp,
    ) -> Result<()> {
        let query = query(
            "INSERT INTO alert_chats (chat_id, thread_id, title, locale, subscribed_by, subscribed_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (chat_id, thread_id) DO UPDATE SET \
             title = excluded.title, subscribed_by = excluded.subscribed_by, withdrawn_at = NULL, \
             cases = CASE WHEN alert_chats.escalations THEN alert_chats.cases ELSE TRUE END",
        )
        .bind(chat_id)
        .bind(thread_id)
        .bind(title)
        .bind(locale)
        .bind(subscribed_by)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Returns false if there is no such subscription.
    pub async fn set_alert_chat_locale(
        &mut self,
        chat_id: ChatId,
        thread_id: TopicId,
        locale: &str,
    ) -> Result<bool> {
        let query = query(
            "UPDATE alert_chats SET locale = $3 WHERE chat_id = $1 AND thread_id = $2 AND withdrawn_at IS NULL",
        )
        .bind(chat_id)
        .bind(thread_id)
        .bind(locale);
        Ok(on_engine!(self, execute, query)? > 0)
    }

    /// Returns false if there was no such subscription.
    pub async fn delete_alert_chat(&mut self, chat_id: ChatId, thread_id: TopicId) -> Result<bool> {
        let query =
            query("DELETE FROM alert_chats WHERE chat_id = $1 AND thread_id = $2 AND withdrawn_at IS NULL")
                .bind(chat_id)
                .bind(thread_id);
        Ok(on_engine!(self, execute, query)? > 0)
    }

    /// Stops alerts to a chat or topic until an admin keeps it.
    pub async fn withdraw_alert_chat(
        &mut self,
        chat_id: ChatId,
        thread_id: TopicId,
        now: Timestamp,
    ) -> Result<()> {
        let query = query(
            "UPDATE alert_chats SET withdrawn_at = $3, told = FALSE WHERE chat_id = $1 AND thread_id = $2",
        )
        .bind(chat_id)
        .bind(thread_id)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Notes that the admins were told of all waiting chats, or that they have to be told again.
    pub async fn mark_withdrawn_chats_told(&mut self, told: bool) -> Result<()> {
        let query = query("UPDATE alert_chats SET told = $1 WHERE withdrawn_at IS NOT NULL").bind(told);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Keeps a chat with all its waiting topics. From now on it counts as subscribed by this admin.
    pub async fn keep_withdrawn_chat(&mut self, chat_id: ChatId, admin: PersonId) -> Result<()> {
        let query = query(
            "UPDATE alert_chats SET subscribed_by = $2, withdrawn_at = NULL \
             WHERE chat_id = $1 AND withdrawn_at IS NOT NULL",
        )
        .bind(chat_id)
        .bind(admin);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Deletes the waiting subscriptions of a chat and all its topics, because nobody wants to keep them.
    pub async fn delete_withdrawn_chat(&mut self, chat_id: ChatId) -> Result<()> {
        let query =
            query("DELETE FROM alert_chats WHERE chat_id = $1 AND withdrawn_at IS NOT NULL").bind(chat_id);
        on_engine!(self, execute, query)?;
        Ok(())
    }
}
