//! Which cases come to the chats for alerts, and what there is to choose from.

use std::collections::HashMap;

use sqlx::{AssertSqlSafe, FromRow};

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::{CaseNumber, ChatId, EventKey, TopicId};
use crate::domain::routing::{FilterKind, Filters};
use crate::domain::time::Timestamp;

/// What an event says that decides where its case goes.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct RoutedEvent {
    pub team: Option<String>,
    pub store: Option<String>,
    pub agent_id: Option<String>,
    pub channel: Option<String>,
    /// Joined by `|`.
    pub tags: String,
    /// The script of its survey.
    pub script: Option<String>,
}

/// What is on or off in a chat or topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switches {
    /// Whether new cases come to it.
    pub cases: bool,
    /// Whether overdue cases come to it.
    pub overdue: bool,
    /// Whether cases come without sound at night.
    pub night_silent: bool,
}

impl Tx {
    pub async fn find_routed_event(&mut self, event: EventKey) -> Result<Option<RoutedEvent>> {
        let query = query_as(
            "SELECT e.team, e.store, e.agent_id, e.channel, e.tags, s.script \
             FROM events e LEFT JOIN surveys s ON s.id = e.id WHERE e.id = $1",
        )
        .bind(event);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists the values that the newest events after `since` have in a field, the most frequent first. Scripts, severities
    /// and languages are in no field of an event.
    pub async fn list_newest_values(
        &mut self,
        kind: FilterKind,
        since: Timestamp,
        events: i64,
    ) -> Result<Vec<String>> {
        let column = match kind {
            FilterKind::Team => "team",
            FilterKind::Store => "store",
            FilterKind::Agent => "agent_id",
            FilterKind::Channel => "channel",
            FilterKind::Tag => "tags",
            FilterKind::Script | FilterKind::Severity | FilterKind::Language => return Ok(Vec::new()),
        };
        let sql = format!(
            "SELECT e.value, COUNT(*) FROM (SELECT {column} AS value FROM events WHERE occurred_at >= $1 \
             ORDER BY occurred_at DESC LIMIT $2) e WHERE e.value <> '' GROUP BY e.value"
        );
        let query = query_as::<(String, i64)>(AssertSqlSafe(sql)).bind(since).bind(events);
        let mut counts: HashMap<String, i64> = HashMap::new();
        for (value, count) in on_engine!(self, fetch_all, query)? {
            // Only tags are several in one field.
            let values: Vec<&str> =
                if kind == FilterKind::Tag { value.split('|').collect() } else { vec![value.as_str()] };
            for value in values {
                *counts.entry(value.to_owned()).or_default() += count;
            }
        }
        let mut counts: Vec<(String, i64)> = counts.into_iter().collect();
        counts.sort_by(|(value, count), (other, than)| than.cmp(count).then_with(|| value.cmp(other)));
        Ok(counts.into_iter().map(|(value, _)| value).collect())
    }

    /// Stores what comes to a subscribed chat or topic.
    pub async fn set_alert_chat_routes(
        &mut self,
        (chat_id, thread_id): (ChatId, TopicId),
        on: Switches,
        filters: &Filters,
    ) -> Result<()> {
        let query = query(
            "UPDATE alert_chats SET cases = $3, escalations = $4, night_silent = $5, filters = $6 \
             WHERE chat_id = $1 AND thread_id = $2 AND withdrawn_at IS NULL",
        )
        .bind(chat_id)
        .bind(thread_id)
        .bind(on.cases)
        .bind(on.overdue)
        .bind(on.night_silent)
        .bind(filters.to_json());
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Lists the newest unresolved cases.
    /// Lists the newest unresolved cases that have a post in this chat.
    pub async fn list_unresolved_cases_in(&mut self, chat: ChatId, limit: i64) -> Result<Vec<CaseNumber>> {
        let query = query_scalar(
            "SELECT DISTINCT c.number FROM case_posts p JOIN cases c ON c.number = p.case_number \
             WHERE p.chat_id = $1 AND c.status <> 'resolved' ORDER BY c.number DESC LIMIT $2",
        )
        .bind(chat)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn list_newest_unresolved_cases(&mut self, limit: i64) -> Result<Vec<CaseNumber>> {
        let query = query_scalar(
            "SELECT number FROM cases WHERE status <> 'resolved' AND person IS NOT NULL \
             ORDER BY number DESC LIMIT $1",
        )
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
