//! The state behind the lock: lookups, new messages, and the common parts of all changes.

use std::collections::{BTreeMap, HashMap};

use tokio::sync::mpsc::UnboundedSender;

use super::Options;
use super::faults::Faults;
use super::limits::Limits;
use super::model::{
    BotAct, Callback, Chat, ChatId, Commands, Descriptions, Entity, Group, Message, MessageId, Sender, Text,
    User, UserId, Version,
};
use super::updates::{Queue, Subject};
use super::webhook::Webhook;
use crate::clock::{Clock, Instant};
use crate::entropy::Entropy;

/// All data of the simulated Telegram. Read it with [`World::read`](super::World::read).
#[derive(Debug)]
pub struct State {
    pub(super) clock: Clock,
    pub(super) bot_id: i64,
    pub(super) bot_name: String,
    pub(super) username: String,
    /// Whether earlier versions of edited messages are kept.
    pub(super) history: bool,
    pub(super) users: BTreeMap<UserId, User>,
    pub(super) chats: HashMap<ChatId, Chat>,
    pub(super) callbacks: BTreeMap<u64, Callback>,
    pub(super) queue: Queue,
    pub(super) limits: Limits,
    pub(super) faults: Faults,
    pub(super) commands: Commands,
    pub(super) descriptions: Descriptions,
    pub(super) webhook: Option<Webhook>,
    /// How often a webhook was set or deleted.
    pub(super) webhook_number: u64,
    /// Whether `callback_query_mode` is set, so that taps come without the message they were made under.
    pub(super) taps_without_message: bool,
    /// Whether the server is stopping. Polls then end at once.
    pub(super) closing: bool,
    pub(super) violations: Vec<String>,
    pub(super) calls: BTreeMap<&'static str, u64>,
    pub(super) watchers: Vec<UnboundedSender<BotAct>>,
    /// The contents of files by their IDs.
    pub(super) files: HashMap<String, Vec<u8>>,
    pub(super) next_group: i64,
    pub(super) next_callback: u64,
    pub(super) next_file: u64,
}

/// Real user IDs outgrew 32 bits long ago. A program that still assumes 32 bits must fail here.
const FIRST_USER: UserId = 5_000_000_001;

impl State {
    pub(super) fn new(clock: Clock, options: &Options) -> Self {
        let bot_id = options.token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or(7_000_000_001);
        let first_update =
            100_000_000 + i64::from(u16::from_le_bytes(Entropy::seeded(options.seed).bytes::<2>())) * 1000;
        Self {
            clock: clock.unstepped(),
            bot_id,
            bot_name: "Afterword".to_owned(),
            username: options.username.clone(),
            history: options.history,
            users: BTreeMap::new(),
            chats: HashMap::new(),
            callbacks: BTreeMap::new(),
            queue: Queue::new(first_update),
            limits: Limits::new(options.limits),
            faults: Faults::default(),
            commands: Commands::new(),
            descriptions: Descriptions::new(),
            webhook: None,
            webhook_number: 0,
            taps_without_message: false,
            closing: false,
            violations: Vec::new(),
            calls: BTreeMap::new(),
            watchers: Vec::new(),
            files: HashMap::new(),
            next_group: 1,
            next_callback: 1,
            next_file: 1,
        }
    }

    pub(super) fn next_user_id(&self) -> UserId {
        self.users.last_key_value().map_or(FIRST_USER, |(last, _)| (last + 1).max(FIRST_USER))
    }

    pub(super) fn next_group_id(&mut self, basic: bool) -> ChatId {
        let number = self.next_group;
        self.next_group += 1;
        if basic { -4_000_000_000 - number } else { -1_002_000_000_000 - number }
    }

    pub(super) fn next_file(&mut self, kind: &str) -> (String, String) {
        let number = self.next_file;
        self.next_file += 1;
        (format!("{kind}-file-{number}"), format!("{kind}-{number}"))
    }

    pub fn find_user(&self, id: UserId) -> Option<&User> {
        self.users.get(&id)
    }

    pub fn find_chat(&self, id: ChatId) -> Option<&Chat> {
        self.chats.get(&id)
    }

    /// The content of a file that somebody sent.
    pub fn file(&self, id: &str) -> Option<&[u8]> {
        self.files.get(id).map(Vec::as_slice)
    }

    /// The bot's public name, without `@`.
    pub fn bot_username(&self) -> &str {
        &self.username
    }

    /// The bot's name as people with this language see it.
    pub fn bot_name(&self, language: Option<&str>) -> &str {
        self.description("name", language).unwrap_or(&self.bot_name)
    }

    /// The bot's text of this kind in a language, or else without a language.
    pub fn description(&self, what: &'static str, language: Option<&str>) -> Option<&str> {
        let find = |language: &str| self.descriptions.get(&(what, language.to_owned()));
        find(language.unwrap_or_default()).or_else(|| find("")).map(String::as_str)
    }

    /// The commands and their descriptions that Telegram shows beside the input field: those of the first scope that
    /// has a list, in this language or else without one.
    pub fn menu(&self, scopes: &[&str], language: Option<&str>) -> &[(String, String)] {
        let languages = [language.unwrap_or_default(), ""];
        let mut lists = scopes.iter().flat_map(|scope| languages.map(|language| (*scope, language)));
        let found =
            lists.find_map(|(scope, language)| self.commands.get(&(scope.to_owned(), language.to_owned())));
        found.map_or(&[], Vec::as_slice)
    }

    /// Returns the user. Panics if there is none, because tests and stories name only people they made.
    #[track_caller]
    pub(super) fn user(&self, id: UserId) -> &User {
        self.users.get(&id).unwrap_or_else(|| panic!("the sandbox has no user {id}"))
    }

    #[track_caller]
    pub(super) fn user_mut(&mut self, id: UserId) -> &mut User {
        self.users.get_mut(&id).unwrap_or_else(|| panic!("the sandbox has no user {id}"))
    }

    #[track_caller]
    pub(super) fn chat(&self, id: ChatId) -> &Chat {
        self.chats.get(&id).unwrap_or_else(|| panic!("the sandbox has no chat {id}"))
    }

    #[track_caller]
    pub(super) fn chat_mut(&mut self, id: ChatId) -> &mut Chat {
        self.chats.get_mut(&id).unwrap_or_else(|| panic!("the sandbox has no chat {id}"))
    }

    #[track_caller]
    pub(super) fn group_mut(&mut self, id: ChatId) -> &mut Group {
        let group = self.chats.get_mut(&id).and_then(|chat| chat.group.as_mut());
        group.unwrap_or_else(|| panic!("the sandbox has no group {id}"))
    }

    /// The ID of the chat with this public name.
    pub(super) fn chat_by_username(&self, name: &str) -> Option<ChatId> {
        let name = name.strip_prefix('@')?;
        let user = self.users.values().find(|user| user.username.as_deref() == Some(name))?;
        Some(user.id)
    }

    /// A new message to be filled in, with the next ID of its chat.
    #[track_caller]
    pub(super) fn draft(&self, chat: ChatId, from: Sender) -> Message {
        Message::new(self.chat(chat).next_message_id(), from, self.clock.now())
    }

    /// Stores a message in its chat without telling anybody.
    #[track_caller]
    pub(super) fn store(&mut self, chat: ChatId, message: Message) -> MessageId {
        let id = message.id;
        let of = self.chat_mut(chat);
        if message.from == Sender::Bot {
            of.typing_until = None;
        }
        of.messages.push(message);
        of.touch(id);
        id
    }

    pub(super) fn push(&mut self, kind: &str, body: &serde_json::Value, subject: Subject) -> Option<i64> {
        self.queue.push(kind, body, subject, self.clock.now())
    }

    pub(super) fn set_webhook(&mut self, webhook: Option<Webhook>) {
        self.webhook = webhook;
        self.webhook_number += 1;
        self.queue.fresh = true;
    }

    /// Whether nothing is on its way to the bot, and the bot is ready for the next update.
    pub(super) fn is_idle(&self) -> bool {
        match &self.webhook {
            Some(webhook) => webhook.delivers && self.queue.unconfirmed() == 0,
            None => self.queue.is_idle(),
        }
    }

    /// When a failed delivery is tried again.
    pub(super) fn delivery_pauses(&self) -> Option<Instant> {
        self.webhook.as_ref()?.retry_at.filter(|at| *at > self.clock.instant())
    }

    pub(super) fn callback_mut(&mut self, id: &str) -> Option<&mut Callback> {
        let number = id.parse::<u64>().ok()?.checked_sub(4_000_000_000_000_000_000)?;
        self.callbacks.get_mut(&number)
    }

    pub(super) fn callback(&self, id: &str) -> Option<&Callback> {
        let number = id.parse::<u64>().ok()?.checked_sub(4_000_000_000_000_000_000)?;
        self.callbacks.get(&number)
    }

    pub(super) fn mark_delivered(&mut self, subjects: &[Subject]) {
        for subject in subjects {
            match *subject {
                Subject::Message { chat, id } => {
                    let Some(chat) = self.chats.get_mut(&chat) else { continue };
                    if let Some(message) = chat.message_mut(id) {
                        message.delivered += 1;
                        chat.touch(id);
                    }
                }
                Subject::Callback(number) => {
                    if let Some(callback) = self.callbacks.get_mut(&number) {
                        callback.delivered += 1;
                    }
                }
                Subject::Other => {}
            }
        }
    }

    /// Changes a message, and keeps its earlier version if history is on.
    pub(super) fn rewrite(&mut self, chat: ChatId, id: MessageId, change: impl FnOnce(&mut Message)) {
        let now = self.clock.now();
        let history = self.history;
        let Some(message) = self.chats.get_mut(&chat).and_then(|chat| chat.message_mut(id)) else { return };
        if history {
            let version =
                Version { text: message.text.clone(), keyboard: message.keyboard.clone(), until: now };
            message.versions.push(version);
        }
        change(message);
        message.edited = Some(now);
        if let Some(chat) = self.chats.get_mut(&chat) {
            chat.touch(id);
        }
    }

    /// Tells the simulated people what the bot did.
    pub(super) fn tell(&mut self, act: impl Fn() -> BotAct) {
        if !self.watchers.is_empty() {
            self.watchers.retain(|watcher| watcher.send(act()).is_ok());
        }
    }
}

/// A text as a person typed it, with the entities that Telegram itself finds in it: commands and addresses.
pub(super) fn typed(text: &str) -> Text {
    let mut entities = Vec::new();
    let mut offset = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let kind = if is_command(bare) {
            Some("bot_command")
        } else if bare.starts_with("https://") || bare.starts_with("http://") {
            Some("url")
        } else {
            None
        };
        if let Some(kind) = kind {
            let length = super::html::utf16_len(bare);
            entities.push(Entity { kind: kind.to_owned(), offset, length, url: None, language: None });
        }
        offset += super::html::utf16_len(word);
    }
    Text { plain: text.to_owned(), entities, html: None }
}

fn is_command(word: &str) -> bool {
    let Some(name) = word.strip_prefix('/') else { return false };
    let name = name.split('@').next().unwrap_or_default();
    !name.is_empty() && name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
