//! Who gets alerts: subscribed and configured chats; where there is none, the admins.

use std::collections::{BTreeSet, HashMap};

use crate::config::ChatTopic;
use crate::service::{Context, people, staff};
use crate::store::alerts::{AlertChat, AlertRow};
use crate::store::persons::Person;
use crate::store::{self, Tx};

/// A chat or topic to be told, in its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub chat: i64,
    pub topic: i64,
    pub locale: String,
}

/// What is known of all chats that get alerts or have got this survey's.
#[derive(Debug)]
pub(super) struct Chats {
    subscribed: Vec<AlertChat>,
    admins: Vec<i64>,
    /// Who may see alerts in a chat of their own with the bot.
    entitled: BTreeSet<i64>,
    configured: Vec<ChatTopic>,
    persons: HashMap<i64, Person>,
}

impl Chats {
    /// `rows`: alerts whose chats are asked about too.
    pub async fn load(tx: &mut Tx, ctx: &Context, rows: &[AlertRow]) -> store::Result<Self> {
        let subscribed = tx.list_alert_chats().await?;
        let admins = staff::admins(tx, ctx).await?;
        let mut entitled: BTreeSet<i64> = admins.iter().copied().collect();
        entitled.extend(tx.list_staff_with_role(staff::Role::Lead.as_str()).await?);
        let mut persons = HashMap::new();
        // A private chat's ID is the person's.
        let private = rows.iter().filter_map(|row| row.chat_id).chain(admins.iter().copied());
        let private = private.chain(subscribed.iter().map(|chat| chat.chat_id)).filter(|id| *id > 0);
        for id in private.collect::<BTreeSet<_>>() {
            if let Some(person) = tx.find_person(id).await? {
                persons.insert(id, person);
            }
        }
        let configured = ctx.config.alert_chats.clone();
        Ok(Self { subscribed, admins, entitled, configured, persons })
    }

    /// Whether alerts may go there and arrive: not to somebody who has no role for them any more.
    fn is_reachable(&self, chat: i64) -> bool {
        let is_entitled = chat < 0
            || self.entitled.contains(&chat)
            || self.configured.iter().any(|configured| configured.chat == chat);
        is_entitled && self.persons.get(&chat).is_none_or(|person| person.unreachable.is_none())
    }

    fn find(&self, chat: i64, topic: i64) -> Option<&AlertChat> {
        self.subscribed.iter().find(|known| known.chat_id == chat && known.thread_id == topic)
    }

    /// Subscribed and configured chats that are there.
    pub fn chats(&self, ctx: &Context) -> Vec<Target> {
        let there = self.subscribed.iter().filter(|chat| chat.gone_at.is_none());
        let mut targets: Vec<Target> = there
            .filter(|chat| self.is_reachable(chat.chat_id))
            .map(|chat| Target { chat: chat.chat_id, topic: chat.thread_id, locale: chat.locale.clone() })
            .collect();
        for configured in &ctx.config.alert_chats {
            let (chat, topic) = (configured.chat, configured.topic);
            let listed = targets.iter().any(|target| target.chat == chat && target.topic == topic);
            if !listed && self.find(chat, topic).is_none() && self.is_reachable(chat) {
                targets.push(Target { chat, topic, locale: self.locale_of(ctx, chat, topic).to_owned() });
            }
        }
        targets
    }

    /// Who is told of a bad score now.
    pub fn targets(&self, ctx: &Context) -> Vec<Target> {
        let chats = self.chats(ctx);
        if !chats.is_empty() {
            return chats;
        }
        let admins = self.admins.iter().copied().filter(|admin| self.is_reachable(*admin));
        admins
            .map(|chat| Target { chat, topic: 0, locale: self.locale_of(ctx, chat, 0).to_owned() })
            .collect()
    }

    /// Whether what is sent to an alert's chat arrives there.
    pub fn is_there(&self, row: &AlertRow) -> bool {
        let Some(chat) = row.chat_id else { return false };
        let gone = self.find(chat, row.thread_id).is_some_and(|known| known.gone_at.is_some());
        !gone && self.is_reachable(chat)
    }

    pub fn locale<'s>(&'s self, ctx: &Context, row: &AlertRow) -> &'s str {
        self.locale_of(ctx, row.chat_id.unwrap_or_default(), row.thread_id)
    }

    pub fn locale_of<'s>(&'s self, ctx: &Context, chat: i64, topic: i64) -> &'s str {
        if let Some(known) = self.find(chat, topic) {
            return &known.locale;
        }
        self.persons.get(&chat).map_or(ctx.config.default_locale, |person| people::locale(ctx, person))
    }
}
