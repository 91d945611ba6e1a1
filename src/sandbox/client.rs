//! Actions of people in any chat, refused if the real app would not allow them.

use thiserror::Error;

use super::model::{Attached, Chat, ChatId, Media, Message, MessageId, Role, Sender, UserId};
use super::people::attach;
use super::state::{State, typed};
use super::world::World;

/// Why the app does not allow an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    #[error("there is nobody with this ID")]
    NoPerson,
    #[error("this person has no such chat")]
    NoChat,
    #[error("this person has blocked the bot")]
    Blocked,
    #[error("there is no such message to do this with")]
    NoMessage,
    #[error("there is no such topic")]
    NoTopic,
}

/// Where a message is to be posted.
#[derive(Clone, Debug)]
pub struct Place {
    pub chat: ChatId,
    pub topic: Option<MessageId>,
    /// The message replied to. The reply goes to that message's topic.
    pub reply: Option<MessageId>,
    /// A quoted part of that message. If it is no longer in the message, the quote is left out, as in the app.
    pub quote: Option<String>,
}

impl World {
    /// Taps a button as somebody sees it, which may have been replaced since. Returns the ID of the callback query.
    ///
    /// # Errors
    /// The message is gone, or this person cannot act in the chat.
    pub fn press(
        &self,
        user: UserId,
        chat: ChatId,
        message: MessageId,
        data: String,
    ) -> Result<String, Refused> {
        self.act(|state| {
            writable(state, user, chat)?.message(message).ok_or(Refused::NoMessage)?;
            Ok(state.push_callback(user, chat, message, data))
        })
    }

    /// Posts a message in any chat. A person who writes in a group becomes its member.
    ///
    /// # Errors
    /// This person cannot write there.
    pub fn post(
        &self,
        user: UserId,
        to: &Place,
        text: &str,
        media: Option<Attached>,
        album: Option<&str>,
    ) -> Result<MessageId, Refused> {
        self.act(|state| {
            let of = writable(state, user, to.chat)?;
            let answered = to.reply.and_then(|id| of.message(id));
            if to.reply.is_some() && answered.is_none() {
                return Err(Refused::NoMessage);
            }
            let topic = answered.and_then(|message| message.thread).or(to.topic);
            let topics = of.group.as_ref().map(|group| &group.topics);
            if topic.is_some_and(|topic| !topics.is_some_and(|topics| topics.contains_key(&topic))) {
                return Err(Refused::NoTopic);
            }
            let quote = to.quote.as_ref().filter(|quote| {
                !quote.is_empty() && answered.is_some_and(|message| message.text.plain.contains(*quote))
            });
            let mut message = state.draft(to.chat, Sender::User(user));
            message.thread = topic;
            message.reply_to = to.reply;
            message.quote = quote.cloned();
            message.text = typed(text);
            message.media = media;
            message.media_group_id = album.map(str::to_owned);
            match state.chats.get_mut(&to.chat).and_then(|chat| chat.group.as_mut()) {
                Some(group) => drop(group.members.entry(user).or_insert(Role::Member)),
                None => state.user_mut(user).started = true,
            }
            Ok(state.deliver(to.chat, message))
        })
    }

    /// Makes a file that can be posted, either with the given content or only with a usual size.
    pub fn upload(&self, media: Media, content: Option<Vec<u8>>) -> Attached {
        self.act(|state| {
            let mut attached = attach(state, media);
            if let Some(content) = content {
                attached.file_size = content.len() as u64;
                state.files.insert(attached.file_id.clone(), content);
            }
            attached
        })
    }

    /// Makes the ID that the messages of one album share.
    pub fn new_album(&self) -> String {
        self.act(|state| state.next_file("album").1)
    }

    /// Returns the message if it is this person's own and they may change it.
    ///
    /// # Errors
    /// It is somebody else's or gone, or this person cannot act in the chat.
    pub fn own_message(&self, user: UserId, chat: ChatId, id: MessageId) -> Result<Message, Refused> {
        self.read(|state| own(state, user, chat, id).cloned())
    }

    /// Changes the text or caption of one's own message. The same text changes nothing.
    ///
    /// # Errors
    /// Those of [`World::own_message`].
    pub fn revise(&self, user: UserId, chat: ChatId, id: MessageId, text: &str) -> Result<(), Refused> {
        self.act(|state| {
            if own(state, user, chat, id)?.text.plain != text {
                state.rewrite(chat, id, |message| message.text = typed(text));
                state.announce("edited_message", chat, id);
            }
            Ok(())
        })
    }

    /// Deletes a message: any message in one's private chat, one's own in a group. Telegram does not tell the bot.
    ///
    /// # Errors
    /// There is no message that this person may delete.
    pub fn remove(&self, user: UserId, chat: ChatId, id: MessageId) -> Result<(), Refused> {
        self.act(|state| {
            let of = writable(state, user, chat)?;
            let may = |message: &&Message| of.group.is_none() || message.from == Sender::User(user);
            of.message(id).filter(may).ok_or(Refused::NoMessage)?;
            state.chat_mut(chat).delete(id);
            Ok(())
        })
    }
}

/// Returns the chat if this person can act in it.
fn writable(state: &State, user: UserId, chat: ChatId) -> Result<&Chat, Refused> {
    let person = state.find_user(user).ok_or(Refused::NoPerson)?;
    let of = state.find_chat(chat).ok_or(Refused::NoChat)?;
    match &of.group {
        None if chat != user => Err(Refused::NoChat),
        None if person.blocked => Err(Refused::Blocked),
        Some(group) if group.deleted => Err(Refused::NoChat),
        _ => Ok(of),
    }
}

fn own(state: &State, user: UserId, chat: ChatId, id: MessageId) -> Result<&Message, Refused> {
    let message = writable(state, user, chat)?.message(id);
    message.filter(|message| message.from == Sender::User(user)).ok_or(Refused::NoMessage)
}
