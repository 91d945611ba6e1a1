//! The state of alerts, for the health checks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::chats::configured;
use crate::config::{ChatTopic, Config};
use crate::domain::ids::{ChatId, PersonId, TopicId};
use crate::domain::time::Timestamp;
use crate::service::roles;
use crate::store::{self, Tx};

/// A chat that should get alerts and does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostPlace {
    pub place: ChatTopic,
    pub title: Option<String>,
    pub since: Option<Timestamp>,
    pub reason: String,
}

impl LostPlace {
    /// Says since when, and why.
    #[must_use]
    pub fn detail(&self) -> String {
        let since = self.since.map(|since| format!(" since {since}")).unwrap_or_default();
        format!("gets no alerts{since}: {}", self.reason)
    }
}

impl fmt::Display for LostPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = self.title.as_ref().map(|title| format!(" ({title})")).unwrap_or_default();
        write!(f, "chat {}{title} {}", self.place, self.detail())
    }
}

/// A chat that gets no alerts until an admin decides to keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrphanedPlace {
    pub place: ChatTopic,
    pub title: Option<String>,
    pub since: Timestamp,
    /// Who had subscribed it.
    pub subscriber: String,
}

/// Names a staff member for the operator's terminal.
fn person(id: Option<PersonId>, name: Option<&str>) -> String {
    let Some(id) = id else { return "somebody unknown, for it was not kept yet".to_owned() };
    let name: String = name.unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
    if name.is_empty() { id.to_string() } else { format!("{id} ({name})") }
}

/// Who gets alerts, who does not, and what is waiting.
#[derive(Debug)]
pub struct Standing {
    /// Alerts and requests for a human that nobody could be told about.
    pub waiting: i64,
    /// How many of them wait because Telegram refuses their text.
    pub refused: i64,
    /// How many unresolved cases stand in no chat.
    pub cases: i64,
    /// The subscribed and configured chats.
    pub chats: Vec<ChatTopic>,
    /// For each subscribed chat, who subscribed it.
    pub subscribers: Vec<(ChatTopic, String)>,
    pub lost: Vec<LostPlace>,
    pub orphaned: Vec<OrphanedPlace>,
    pub admins: usize,
    /// Whether there has ever been an admin.
    pub had_admin: bool,
    /// The subscribed chats that get no new cases, because leads switched them off there.
    pub without_cases: Vec<ChatTopic>,
}

impl Standing {
    pub async fn load(tx: &mut Tx, config: &Config) -> store::Result<Self> {
        let audience = tx.audience().await?;
        let subscribed = &audience.chats;
        let title = |place: ChatTopic| subscribed.find(place).and_then(|chat| chat.title.clone());
        let mut chats: Vec<ChatTopic> = configured(tx, config).await?;
        let (mut subscribers, mut without_cases) = (Vec::new(), Vec::new());
        let mut names = BTreeMap::new();
        for by in subscribed.iter().filter_map(|chat| chat.subscribed_by).collect::<BTreeSet<_>>() {
            names.insert(by, tx.find_person(by).await?.and_then(|person| person.first_name));
        }
        for chat in subscribed.iter() {
            let place = chat.place();
            let name = chat.subscribed_by.and_then(|by| names.get(&by)?.as_deref());
            let by = person(chat.subscribed_by, name);
            subscribers.push((place, format!("subscribed by {by}")));
            if !chat.cases && !chats.contains(&place) {
                without_cases.push(place);
            }
            if !chats.contains(&place) {
                chats.push(place);
            }
        }
        let admins = roles::admins_among(&audience, config);
        let mut lost = Vec::new();
        for row in &audience.lost {
            let place = ChatTopic { chat: row.chat_id, topic: row.thread_id };
            let is_admins = place.chat.person().is_some_and(|person| admins.contains(&person));
            if chats.contains(&place) || is_admins {
                lost.push(LostPlace {
                    place,
                    title: title(place),
                    since: Some(row.lost_at),
                    reason: row.reason.clone(),
                });
            }
        }
        for place in &chats {
            let Some(person) = place.chat.person() else { continue };
            let person = tx.find_person(person).await?;
            let Some(why) = person.and_then(|person| person.unreachable) else { continue };
            let reason = format!("the person cannot be written to ({why})");
            lost.push(LostPlace { place: *place, title: title(*place), since: None, reason });
        }
        let orphaned = tx.list_withdrawn_chats().await?.into_iter().map(|row| OrphanedPlace {
            place: ChatTopic { chat: row.chat_id, topic: row.thread_id },
            subscriber: person(row.subscribed_by, row.subscriber.as_deref()),
            title: row.title,
            since: row.withdrawn_at,
        });
        let orphaned = orphaned.collect();
        let backlog = tx.backlog().await?;
        let (waiting, refused, cases) =
            (backlog.alerts_waiting, backlog.alerts_refused, backlog.cases_waiting);
        let (admins, had_admin) = (admins.len(), tx.find_first_admin_at().await?.is_some());
        Ok(Self {
            waiting,
            refused,
            cases,
            chats,
            subscribers,
            lost,
            orphaned,
            admins,
            had_admin,
            without_cases,
        })
    }

    /// What the environment alone says.
    #[must_use]
    pub fn of_config(config: &Config) -> Self {
        let (chats, admins) = (config.alert_chats.clone(), config.admin_ids.len());
        Self {
            waiting: 0,
            refused: 0,
            cases: 0,
            chats,
            subscribers: Vec::new(),
            lost: Vec::new(),
            orphaned: Vec::new(),
            admins,
            had_admin: false,
            without_cases: Vec::new(),
        }
    }

    /// Who subscribed a chat, topic by topic if that differs.
    #[must_use]
    pub fn subscribers_of(&self, chat: ChatId) -> String {
        let of = self.subscribers.iter().filter(|(place, _)| place.chat == chat);
        let told = of.map(|(place, by)| match place.topic {
            TopicId::NONE => by.clone(),
            topic => format!("topic {topic} {by}"),
        });
        told.collect::<Vec<_>>().join(", ")
    }

    /// How many chats get alerts.
    #[must_use]
    pub fn taking(&self) -> usize {
        self.chats.iter().filter(|place| self.takes(place)).count()
    }

    /// Whether a chat gets new cases now.
    #[must_use]
    pub fn takes(&self, place: &ChatTopic) -> bool {
        let is_lost = self.lost.iter().any(|lost| lost.place == *place);
        !is_lost && !self.without_cases.contains(place)
    }
}
