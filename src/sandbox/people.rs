//! What people do in their private chat with the bot and with any message: write, tap, block.

use thiserror::Error;

use super::json;
use super::model::{
    Action, Attached, Button, Chat, ChatId, Keyboard, Media, Message, MessageId, Sender, Standing, User,
    UserId,
};
use super::state::{State, typed};
use super::transcript::{self, Wording};
use super::updates::Subject;
use super::world::World;

/// Why a person cannot make a tap.
#[derive(Debug, Error)]
pub enum TapError {
    #[error("there is no message {0} to tap on")]
    NoMessage(MessageId),
    #[error("no button {button} under the message:\n{message}")]
    NoButton { button: String, message: String },
    #[error("the button {0} opens an address and is no tap for the bot")]
    Link(String),
}

/// Identifies a button by its text, or by its row and column counted from 0.
#[derive(Clone, Debug)]
pub enum Which {
    Text(String),
    Place(usize, usize),
}

impl From<&str> for Which {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Which {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<(usize, usize)> for Which {
    fn from((row, column): (usize, usize)) -> Self {
        Self::Place(row, column)
    }
}

impl Which {
    fn find<'k>(&self, keyboard: &'k Keyboard) -> Option<&'k Button> {
        match self {
            Self::Text(text) => keyboard.iter().flatten().find(|button| button.text == *text),
            Self::Place(row, column) => keyboard.get(*row)?.get(*column),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Text(text) => format!("\"{text}\""),
            Self::Place(row, column) => format!("{column} of row {row}"),
        }
    }
}

impl World {
    /// Adds a person who has never met the bot.
    pub fn add_user(&self, first_name: &str, language_code: Option<&str>) -> UserId {
        self.act(|state| {
            let id = state.next_user_id();
            add_user(state, id, first_name, language_code);
            id
        })
    }

    /// Adds a person with an ID of the caller's choice.
    pub fn add_user_as(&self, id: UserId, first_name: &str, language_code: Option<&str>) {
        self.act(|state| add_user(state, id, first_name, language_code));
    }

    /// Gives somebody a public name, written without `@`.
    #[track_caller]
    pub fn set_username(&self, user: UserId, username: Option<&str>) {
        self.act(|state| state.user_mut(user).username = username.map(str::to_owned));
    }

    #[track_caller]
    pub fn set_language(&self, user: UserId, language_code: Option<&str>) {
        self.act(|state| state.user_mut(user).language_code = language_code.map(str::to_owned));
    }

    /// Presses Start, or follows `https://t.me/<bot>?start=<payload>`. This ends a block, as in the real app.
    #[track_caller]
    pub fn start(&self, user: UserId, payload: Option<&str>) -> MessageId {
        if self.read(|state| state.user(user).blocked) {
            self.unblock(user);
        }
        let text = payload.map_or_else(|| "/start".to_owned(), |payload| format!("/start {payload}"));
        self.say(user, &text)
    }

    /// Follows a deep link of this bot: `https://t.me/<bot>?start=<payload>`.
    ///
    /// # Panics
    /// The link is another bot's, or Telegram would not accept its payload.
    #[track_caller]
    pub fn follow(&self, user: UserId, link: &str) -> MessageId {
        let own = self.read(|state| format!("https://t.me/{}?start=", state.username));
        let Some(payload) = link.strip_prefix(&own) else { panic!("{link} is no deep link of the bot") };
        let letters = payload.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        assert!(letters && (1..=64).contains(&payload.len()), "{payload} cannot be a start payload");
        self.start(user, Some(payload))
    }

    /// Writes to the bot.
    #[track_caller]
    pub fn say(&self, user: UserId, text: &str) -> MessageId {
        self.write(user, |message| message.text = typed(text))
    }

    /// Replies to a message, optionally quoting a part of it.
    #[track_caller]
    pub fn reply(&self, user: UserId, to: MessageId, text: &str, quote: Option<&str>) -> MessageId {
        self.write(user, |message| {
            message.text = typed(text);
            message.reply_to = Some(to);
            message.quote = quote.map(str::to_owned);
        })
    }

    #[track_caller]
    pub fn send_voice(&self, user: UserId, seconds: u32) -> MessageId {
        self.send_media(user, Media::Voice { seconds }, None)
    }

    #[track_caller]
    pub fn send_video_note(&self, user: UserId, seconds: u32) -> MessageId {
        self.send_media(user, Media::VideoNote { seconds }, None)
    }

    #[track_caller]
    pub fn send_photo(&self, user: UserId, caption: Option<&str>) -> MessageId {
        self.send_media(user, Media::Photo, caption)
    }

    #[track_caller]
    pub fn send_document(&self, user: UserId, name: &str, caption: Option<&str>) -> MessageId {
        self.send_media(user, Media::Document { name: name.to_owned() }, caption)
    }

    /// Sends a document with this content.
    #[track_caller]
    pub fn send_file(&self, user: UserId, name: &str, content: impl Into<Vec<u8>>) -> MessageId {
        let content: Vec<u8> = content.into();
        let attached = self.act(|state| {
            let mut attached = attach(state, Media::Document { name: name.to_owned() });
            attached.file_size = content.len() as u64;
            state.files.insert(attached.file_id.clone(), content);
            attached
        });
        self.write(user, |message| message.media = Some(attached))
    }

    /// The newest document in a chat: its name and its content.
    #[must_use]
    pub fn last_file(&self, chat: ChatId) -> Option<(String, Vec<u8>)> {
        self.read(|state| {
            state.chat(chat).messages.iter().rev().find_map(|message| {
                let attached = message.media.as_ref()?;
                let Media::Document { name } = &attached.media else { return None };
                Some((name.clone(), state.files.get(&attached.file_id)?.clone()))
            })
        })
    }

    /// The newest picture that the bot sent to a chat.
    #[must_use]
    pub fn last_picture(&self, chat: ChatId) -> Option<Vec<u8>> {
        self.read(|state| {
            state.chat(chat).messages.iter().rev().find_map(|message| {
                let attached = message.media.as_ref().filter(|attached| attached.media == Media::Photo)?;
                state.files.get(&attached.file_id).cloned()
            })
        })
    }

    #[track_caller]
    pub fn send_media(&self, user: UserId, media: Media, caption: Option<&str>) -> MessageId {
        let attached = self.act(|state| attach(state, media));
        self.write(user, |message| {
            message.media = Some(attached);
            message.text = typed(caption.unwrap_or_default());
        })
    }

    /// Sends several photos or documents as one album. The caption, if any, belongs to the first.
    #[track_caller]
    pub fn send_album(&self, user: UserId, media: &[Media], caption: Option<&str>) -> Vec<MessageId> {
        let group_id = self.act(|state| state.next_file("album").1);
        let mut ids = Vec::new();
        for (index, media) in media.iter().enumerate() {
            let attached = self.act(|state| attach(state, media.clone()));
            ids.push(self.write(user, |message| {
                message.media = Some(attached);
                message.media_group_id = Some(group_id.clone());
                message.text = typed(caption.filter(|_| index == 0).unwrap_or_default());
            }));
        }
        ids
    }

    /// Shares a phone number: one's own (`owner` is the user), somebody else's, or one without an account.
    #[track_caller]
    pub fn share_contact(&self, user: UserId, phone: &str, owner: Option<UserId>) -> MessageId {
        let first_name = self.read(|state| state.user(owner.unwrap_or(user)).first_name.clone());
        let media = Media::Contact { phone: phone.to_owned(), user: owner, first_name };
        self.send_media(user, media, None)
    }

    /// Deletes a message, one's own or the bot's. Telegram does not tell the bot.
    #[track_caller]
    pub fn delete_message(&self, chat: ChatId, id: MessageId) {
        self.act(|state| state.chat_mut(chat).delete(id));
    }

    /// Taps a button that is under the message right now. Returns the ID of the callback query.
    ///
    /// # Errors
    /// There is no such button.
    #[track_caller]
    pub fn tap(
        &self,
        user: UserId,
        chat: ChatId,
        message_id: MessageId,
        button: impl Into<Which>,
    ) -> Result<String, TapError> {
        let button = button.into();
        self.act(|state| {
            let of = state.chat(chat);
            let message = of.message(message_id).ok_or(TapError::NoMessage(message_id))?;
            let found = button.find(&message.keyboard);
            let data = callback_data(found, &button, || {
                transcript::message(state, of, message, Wording::default())
            })?;
            Ok(state.push_callback(user, chat, message_id, data))
        })
    }

    /// Sets the bot's `callback_query_mode`, so that from now on taps come without the message they were made under.
    pub fn leave_messages_out_of_taps(&self) {
        self.act(|state| state.taps_without_message = true);
    }

    /// Taps a button of the newest message with a keyboard in the private chat.
    ///
    /// # Errors
    /// There is no such button.
    #[track_caller]
    pub fn tap_last(&self, user: UserId, button: impl Into<Which>) -> Result<String, TapError> {
        let message = self.read(|state| {
            let messages = state.chat(user).messages.iter().rev();
            let mut live = messages.filter(|message| !message.deleted && !message.keyboard.is_empty());
            live.next().map(|message| message.id)
        });
        self.tap(user, user, message.ok_or(TapError::NoMessage(0))?, button)
    }

    /// Taps a button that the person still sees although the message has been edited since. It is taken from the newest
    /// earlier keyboard that has such a button.
    ///
    /// # Errors
    /// No earlier version of the message had it.
    #[track_caller]
    pub fn tap_stale(
        &self,
        user: UserId,
        chat: ChatId,
        message_id: MessageId,
        button: impl Into<Which>,
    ) -> Result<String, TapError> {
        let button = button.into();
        self.act(|state| {
            let of = state.chat(chat);
            let message = of.message(message_id).ok_or(TapError::NoMessage(message_id))?;
            let found = message.versions.iter().rev().find_map(|version| button.find(&version.keyboard));
            let data = callback_data(found, &button, || {
                transcript::message(state, of, message, Wording::default())
            })?;
            Ok(state.push_callback(user, chat, message_id, data))
        })
    }

    /// Sends callback data that need not belong to any button, as a tampered client can.
    #[track_caller]
    pub fn forge_callback(&self, user: UserId, chat: ChatId, message_id: MessageId, data: &str) -> String {
        self.act(|state| {
            state.user(user);
            state.push_callback(user, chat, message_id, data.to_owned())
        })
    }

    /// Blocks the bot.
    #[track_caller]
    pub fn block(&self, user: UserId) {
        self.change_block(user, true);
    }

    /// Ends the block without writing to the bot. The bot gets a `my_chat_member` update all the same.
    #[track_caller]
    pub fn unblock(&self, user: UserId) {
        self.change_block(user, false);
    }

    #[track_caller]
    fn change_block(&self, user: UserId, blocked: bool) {
        self.act(|state| {
            let person = state.user_mut(user);
            if std::mem::replace(&mut person.blocked, blocked) == blocked {
                return;
            }
            let (old, new) = if blocked {
                (Standing::Member, Standing::Kicked)
            } else {
                (Standing::Kicked, Standing::Member)
            };
            let body = json::bot_member(state, state.chat(user), state.user(user), old, new);
            state.push("my_chat_member", &body, Subject::Other);
        });
    }

    /// Deletes the account. The bot learns of it only when it writes to this person.
    #[track_caller]
    pub fn deactivate(&self, user: UserId) {
        self.act(|state| state.user_mut(user).deactivated = true);
    }

    #[track_caller]
    fn write(&self, user: UserId, fill: impl FnOnce(&mut Message)) -> MessageId {
        self.act(|state| {
            let person = state.user_mut(user);
            assert!(!person.blocked, "{} has blocked the bot and cannot write to it", person.first_name);
            person.started = true;
            let mut message = state.draft(user, Sender::User(user));
            fill(&mut message);
            state.deliver(user, message)
        })
    }
}

fn add_user(state: &mut State, id: UserId, first_name: &str, language_code: Option<&str>) {
    let user = User {
        id,
        first_name: first_name.to_owned(),
        username: None,
        language_code: language_code.map(str::to_owned),
        started: false,
        blocked: false,
        deactivated: false,
    };
    state.users.insert(id, user);
    state.chats.insert(id, Chat::new(id, None));
}

pub(super) fn attach(state: &mut State, media: Media) -> Attached {
    let (kind, file_size) = match &media {
        Media::Voice { seconds } => ("voice", u64::from(*seconds) * 4000),
        Media::VideoNote { seconds } => ("note", u64::from(*seconds) * 60_000),
        Media::Video { seconds } => ("video", u64::from(*seconds) * 250_000),
        Media::Photo | Media::PaidPhoto => ("photo", 120_000),
        Media::Document { .. } => ("document", 48_000),
        Media::Sticker { .. } => ("sticker", 20_000),
        Media::Contact { .. } => ("contact", 0),
    };
    let (file_id, file_unique_id) = state.next_file(kind);
    Attached { media, file_id, file_unique_id, file_size }
}

fn callback_data(
    found: Option<&Button>,
    button: &Which,
    message: impl FnOnce() -> String,
) -> Result<String, TapError> {
    match found.map(|found| &found.action) {
        Some(Action::Callback(data)) => Ok(data.clone()),
        Some(Action::Url(_)) => Err(TapError::Link(button.name())),
        None => Err(TapError::NoButton { button: button.name(), message: message() }),
    }
}
