//! The data of the simulated Telegram: users, chats, messages with their versions, keyboards, callback queries.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;

pub type UserId = i64;
pub type ChatId = i64;
pub type MessageId = i64;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub first_name: String,
    pub username: Option<String>,
    pub language_code: Option<String>,
    /// Whether the user has written to the bot, so that the bot may write first.
    pub started: bool,
    pub blocked: bool,
    pub deactivated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupKind {
    Basic,
    Supergroup,
    /// A supergroup with topics.
    Forum,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    Owner,
    Admin,
    Member,
}

/// The bot's standing in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    Member,
    Admin,
    Left,
    Kicked,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Topic {
    pub name: String,
    pub closed: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    pub title: String,
    pub kind: GroupKind,
    pub members: BTreeMap<UserId, Role>,
    pub topics: BTreeMap<MessageId, Topic>,
    pub bot: Standing,
    pub migrated_to: Option<ChatId>,
    pub deleted: bool,
    /// Whether an admin has taken the right to write from the bot, which stays in the group.
    #[serde(default)]
    pub bot_is_muted: bool,
    /// Whether the group's settings forbid reactions.
    #[serde(default)]
    pub without_reactions: bool,
}

/// A chat. `group` is `None` for a private chat, whose ID is the user's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chat {
    pub id: ChatId,
    pub group: Option<Group>,
    pub messages: Vec<Message>,
    /// The reply keyboard under the input field, as rows of button texts.
    pub reply_keyboard: Vec<Vec<String>>,
    /// The button of that keyboard that shares the phone number.
    pub contact_button: Option<String>,
    /// Until when people see that the bot is typing.
    pub typing_until: Option<Timestamp>,
    /// Grows with every change of a message, so that a viewer can tell what is new.
    pub revision: u64,
}

impl Chat {
    pub(super) fn new(id: ChatId, group: Option<Group>) -> Self {
        Self {
            id,
            group,
            messages: Vec::new(),
            reply_keyboard: Vec::new(),
            contact_button: None,
            typing_until: None,
            revision: 0,
        }
    }

    pub(super) fn next_message_id(&self) -> MessageId {
        i64::try_from(self.messages.len()).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// Returns the message with this ID, unless it was deleted.
    pub fn message(&self, id: MessageId) -> Option<&Message> {
        let index = usize::try_from(id).ok()?.checked_sub(1)?;
        self.messages.get(index).filter(|message| !message.deleted)
    }

    pub(super) fn is_typing(&self, now: Timestamp) -> bool {
        self.typing_until.is_some_and(|until| until > now)
    }

    /// Marks a message as changed.
    pub(super) fn touch(&mut self, id: MessageId) {
        self.revision += 1;
        let index = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        if let Some(message) = index.and_then(|index| self.messages.get_mut(index)) {
            message.revision = self.revision;
        }
    }

    pub(super) fn delete(&mut self, id: MessageId) {
        if let Some(message) = self.message_mut(id) {
            message.deleted = true;
            self.touch(id);
        }
    }

    pub(super) fn message_mut(&mut self, id: MessageId) -> Option<&mut Message> {
        let index = usize::try_from(id).ok()?.checked_sub(1)?;
        self.messages.get_mut(index).filter(|message| !message.deleted)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sender {
    Bot,
    User(UserId),
    /// An admin who stays anonymous and writes in the group's name.
    Group,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    pub kind: String,
    /// In UTF-16 units, as Telegram counts.
    pub offset: usize,
    pub length: usize,
    pub url: Option<String>,
    pub language: Option<String>,
}

/// A text as the reader sees it, and its HTML if the bot wrote HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub plain: String,
    pub entities: Vec<Entity>,
    pub html: Option<String>,
}

impl Text {
    /// Whether both look the same to the reader, also with different markup.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        self.plain == other.plain && self.entities == other.entities
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    Callback(String),
    Url(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    pub text: String,
    pub action: Action,
    /// `primary`, `success` or `danger`.
    pub style: Option<String>,
}

/// Rows of buttons under a message.
pub type Keyboard = Vec<Vec<Button>>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Media {
    Voice {
        seconds: u32,
    },
    VideoNote {
        seconds: u32,
    },
    Video {
        seconds: u32,
    },
    Photo,
    Document {
        name: String,
    },
    Sticker {
        emoji: String,
    },
    Contact {
        phone: String,
        user: Option<UserId>,
        first_name: String,
    },
    /// A photo that has to be paid for. Telegram does not let bots copy it.
    PaidPhoto,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    pub media: Media,
    pub file_id: String,
    /// This ID stays the same when the file is copied.
    pub file_unique_id: String,
    pub file_size: u64,
}

/// Service messages that Telegram itself writes into a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Service {
    BotAdded,
    BotRemoved,
    TopicCreated(String),
    MigratedTo(ChatId),
    MigratedFrom(ChatId),
}

/// How a message looked before an edit.
#[derive(Clone, Debug)]
pub struct Version {
    pub text: Text,
    pub keyboard: Keyboard,
    /// When it was replaced.
    pub until: Timestamp,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a message, as in the Bot API")]
pub struct Message {
    pub id: MessageId,
    pub from: Sender,
    pub date: Timestamp,
    pub edited: Option<Timestamp>,
    /// The text, or the caption if there is `media`.
    pub text: Text,
    pub media: Option<Attached>,
    pub media_group_id: Option<String>,
    pub service: Option<Service>,
    pub keyboard: Keyboard,
    pub reply_to: Option<MessageId>,
    pub quote: Option<String>,
    pub thread: Option<MessageId>,
    pub silent: bool,
    pub protected: bool,
    /// The bot's reaction.
    #[serde(default)]
    pub reaction: Option<String>,
    /// Whether it opens the input field for a reply, as a prompt does.
    #[serde(default)]
    pub asks_for_reply: bool,
    #[serde(skip)]
    pub versions: Vec<Version>,
    pub deleted: bool,
    /// How often an update with this message was handed out.
    pub delivered: u32,
    /// The chat's revision at the last change of this message.
    pub revision: u64,
}

impl Message {
    pub(super) fn new(id: MessageId, from: Sender, date: Timestamp) -> Self {
        Self {
            id,
            from,
            date,
            edited: None,
            text: Text::default(),
            media: None,
            media_group_id: None,
            service: None,
            keyboard: Keyboard::new(),
            reply_to: None,
            quote: None,
            thread: None,
            silent: false,
            protected: false,
            reaction: None,
            asks_for_reply: false,
            versions: Vec::new(),
            deleted: false,
            delivered: 0,
            revision: 0,
        }
    }

    /// The text as it was first sent, before any edit.
    pub fn first_text(&self) -> &str {
        self.versions.first().map_or(&self.text.plain, |version| &version.text.plain)
    }

    pub fn is_from_bot(&self) -> bool {
        self.from == Sender::Bot
    }

    /// The texts of all buttons, row by row.
    pub fn button_texts(&self) -> Vec<Vec<&str>> {
        self.keyboard.iter().map(|row| row.iter().map(|button| button.text.as_str()).collect()).collect()
    }

    /// The URLs of all buttons that open one.
    pub fn button_urls(&self) -> Vec<&str> {
        let urls = self.keyboard.iter().flatten().filter_map(|button| match &button.action {
            Action::Url(url) => Some(url.as_str()),
            Action::Callback(_) => None,
        });
        urls.collect()
    }
}

/// What the bot showed in reply to a tap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub text: String,
    pub alert: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Callback {
    pub id: String,
    pub user: UserId,
    pub chat: ChatId,
    pub message_id: MessageId,
    pub data: String,
    pub created: Timestamp,
    pub answer: Option<Answer>,
    /// How often the update with this query was handed out.
    pub delivered: u32,
}

/// Something the bot did that a simulated person may react to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BotAct {
    Sent { chat: ChatId, message_id: MessageId },
    Edited { chat: ChatId, message_id: MessageId },
    Answered { callback_id: String },
}

/// The bot's command menus by scope (one word, such as `default` or `chat:-1001`) and language.
pub type Commands = BTreeMap<(String, String), Vec<(String, String)>>;

/// The texts in which the bot describes itself: `name`, `description` or `short_description`, by language.
pub type Descriptions = BTreeMap<(&'static str, String), String>;

pub(super) type Names = BTreeSet<String>;
