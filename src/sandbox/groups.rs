//! What people do in groups: create them, write in topics, remove the bot, turn them into supergroups.

use super::json;
use super::model::{
    Chat, ChatId, Group, GroupKind, Media, Message, MessageId, Role, Sender, Service, Standing, Topic, UserId,
};
use super::people::attach;
use super::state::{State, typed};
use super::updates::Subject;
use super::world::World;

impl World {
    /// Makes a group owned by `owner`. The bot is added to it at once and gets the updates about that.
    #[track_caller]
    pub fn add_group(&self, title: &str, kind: GroupKind, owner: UserId) -> ChatId {
        self.act(|state| {
            state.user(owner);
            let id = state.next_group_id(kind == GroupKind::Basic);
            let group = Group {
                title: title.to_owned(),
                kind,
                members: [(owner, Role::Owner)].into(),
                topics: std::collections::BTreeMap::new(),
                bot: Standing::Left,
                migrated_to: None,
                deleted: false,
                bot_is_muted: false,
                without_reactions: false,
            };
            state.chats.insert(id, Chat::new(id, Some(group)));
            change_standing(state, id, owner, Standing::Member);
            id
        })
    }

    /// Adds a topic to a forum. Its ID is that of the message that opened it.
    ///
    /// # Panics
    /// The group is not a forum.
    #[track_caller]
    pub fn add_topic(&self, group: ChatId, name: &str) -> MessageId {
        self.act(|state| {
            let owner = owner(state, group);
            let mut message = state.draft(group, Sender::User(owner));
            let id = message.id;
            message.thread = Some(id);
            message.service = Some(Service::TopicCreated(name.to_owned()));
            let topic = Topic { name: name.to_owned(), closed: false };
            let of = state.group_mut(group);
            assert!(of.kind == GroupKind::Forum, "only a forum has topics");
            of.topics.insert(id, topic);
            state.deliver(group, message)
        })
    }

    /// Closes a topic, or reopens it.
    #[track_caller]
    pub fn set_topic_closed(&self, group: ChatId, topic: MessageId, closed: bool) {
        self.act(|state| {
            if let Some(topic) = state.group_mut(group).topics.get_mut(&topic) {
                topic.closed = closed;
            }
        });
    }

    /// Deletes a topic with all its messages.
    #[track_caller]
    pub fn delete_topic(&self, group: ChatId, topic: MessageId) {
        self.act(|state| {
            state.group_mut(group).topics.remove(&topic);
            let of = state.chat_mut(group);
            let gone: Vec<MessageId> =
                of.messages.iter().filter(|m| m.thread == Some(topic)).map(|m| m.id).collect();
            for id in gone {
                of.delete(id);
            }
        });
    }

    #[track_caller]
    pub fn add_member(&self, group: ChatId, user: UserId, role: Role) {
        self.act(|state| {
            state.user(user);
            state.group_mut(group).members.insert(user, role);
        });
    }

    /// Writes in a group. In a forum it goes to a topic, or to General.
    #[track_caller]
    pub fn say_in(&self, group: ChatId, topic: Option<MessageId>, user: UserId, text: &str) -> MessageId {
        self.write_in(group, topic, user, |message| message.text = typed(text))
    }

    /// Replies to a message in a group, in that message's topic.
    #[track_caller]
    pub fn reply_in(&self, group: ChatId, user: UserId, to: MessageId, text: &str) -> MessageId {
        let topic = self.message(group, to).and_then(|message| message.thread);
        self.write_in(group, topic, user, |message| {
            message.text = typed(text);
            message.reply_to = Some(to);
        })
    }

    /// Replies to a message in a group with files: one of them, or several as an album. The caption belongs to the first.
    #[track_caller]
    pub fn reply_with_media_in(
        &self,
        group: ChatId,
        user: UserId,
        to: MessageId,
        media: &[Media],
        caption: Option<&str>,
    ) -> Vec<MessageId> {
        let topic = self.message(group, to).and_then(|message| message.thread);
        let album = (media.len() > 1).then(|| self.act(|state| state.next_file("album").1));
        let mut ids = Vec::with_capacity(media.len());
        for (index, media) in media.iter().enumerate() {
            let attached = self.act(|state| attach(state, media.clone()));
            ids.push(self.write_in(group, topic, user, |message| {
                message.media = Some(attached);
                message.media_group_id.clone_from(&album);
                message.reply_to = Some(to);
                message.text = typed(caption.filter(|_| index == 0).unwrap_or_default());
            }));
        }
        ids
    }

    /// An admin who stays anonymous replies to a message.
    #[track_caller]
    pub fn reply_anonymously(&self, group: ChatId, to: MessageId, text: &str) -> MessageId {
        let topic = self.message(group, to).and_then(|message| message.thread);
        self.act(|state| {
            let mut message = state.draft(group, Sender::Group);
            message.thread = topic;
            message.text = typed(text);
            message.reply_to = Some(to);
            state.deliver(group, message)
        })
    }

    /// Takes the right to write from the bot, or gives it back. The bot gets an update about it.
    #[track_caller]
    pub fn set_bot_muted(&self, group: ChatId, by: UserId, muted: bool) {
        self.act(|state| {
            if std::mem::replace(&mut state.group_mut(group).bot_is_muted, muted) == muted {
                return;
            }
            let body = json::bot_muted(state, state.chat(group), state.user(by), muted);
            state.push("my_chat_member", &body, Subject::Other);
        });
    }

    /// Allows or forbids reactions in a group.
    #[track_caller]
    pub fn set_reactions_allowed(&self, group: ChatId, allowed: bool) {
        self.act(|state| state.group_mut(group).without_reactions = !allowed);
    }

    #[track_caller]
    pub fn send_media_in(
        &self,
        group: ChatId,
        topic: Option<MessageId>,
        user: UserId,
        media: Media,
        caption: Option<&str>,
    ) -> MessageId {
        let attached = self.act(|state| attach(state, media));
        self.write_in(group, topic, user, |message| {
            message.media = Some(attached);
            message.text = typed(caption.unwrap_or_default());
        })
    }

    /// Changes the bot's standing in a group: makes it an admin, removes it, lets it in again.
    #[track_caller]
    pub fn set_bot_standing(&self, group: ChatId, by: UserId, standing: Standing) {
        self.act(|state| change_standing(state, group, by, standing));
    }

    #[track_caller]
    pub fn kick_bot(&self, group: ChatId, by: UserId) {
        self.set_bot_standing(group, by, Standing::Kicked);
    }

    /// Deletes the group. The bot learns of it only when it writes there.
    #[track_caller]
    pub fn delete_chat(&self, group: ChatId) {
        self.act(|state| state.group_mut(group).deleted = true);
    }

    /// Turns a basic group into a supergroup, which has a different ID.
    ///
    /// # Panics
    /// The group is a supergroup already.
    #[track_caller]
    pub fn migrate_group(&self, group: ChatId) -> ChatId {
        self.act(|state| {
            let owner = owner(state, group);
            let new = state.next_group_id(false);
            let old = state.group_mut(group);
            assert!(old.kind == GroupKind::Basic, "only a basic group can become a supergroup");
            let grown = Group { kind: GroupKind::Supergroup, ..old.clone() };
            old.migrated_to = Some(new);
            state.chats.insert(new, Chat::new(new, Some(grown)));
            for (chat, service) in [(group, Service::MigratedTo(new)), (new, Service::MigratedFrom(group))] {
                let mut message = state.draft(chat, Sender::User(owner));
                message.service = Some(service);
                state.deliver(chat, message);
            }
            new
        })
    }

    #[track_caller]
    fn write_in(
        &self,
        group: ChatId,
        topic: Option<MessageId>,
        user: UserId,
        fill: impl FnOnce(&mut Message),
    ) -> MessageId {
        self.act(|state| {
            state.user(user);
            let of = state.group_mut(group);
            of.members.entry(user).or_insert(Role::Member);
            if let Some(topic) = topic {
                assert!(of.topics.contains_key(&topic), "the group has no topic {topic}");
            }
            let mut message = state.draft(group, Sender::User(user));
            message.thread = topic;
            fill(&mut message);
            state.deliver(group, message)
        })
    }
}

#[track_caller]
fn owner(state: &mut State, group: ChatId) -> UserId {
    let members = &state.group_mut(group).members;
    let owner = members.iter().find(|(_, role)| **role == Role::Owner);
    owner.map_or_else(|| panic!("the group {group} has no owner"), |(id, _)| *id)
}

/// Changes the bot's standing. The bot gets an update about it, and the group a service message.
fn change_standing(state: &mut State, group: ChatId, by: UserId, new: Standing) {
    let old = std::mem::replace(&mut state.group_mut(group).bot, new);
    if old == new {
        return;
    }
    let body = json::bot_member(state, state.chat(group), state.user(by), old, new);
    state.push("my_chat_member", &body, Subject::Other);
    let inside = |standing| matches!(standing, Standing::Member | Standing::Admin);
    let service = match (inside(old), inside(new)) {
        (false, true) => Service::BotAdded,
        (true, false) => Service::BotRemoved,
        _ => return,
    };
    let mut message = state.draft(group, Sender::User(by));
    message.service = Some(service);
    state.deliver(group, message);
}
