//! What people change in what they have written.

use super::model::{ChatId, Media, Message, MessageId, Sender, UserId};
use super::people::attach;
use super::state::typed;
use super::world::World;

impl World {
    /// Changes the text or caption of one's own message.
    ///
    /// # Panics
    /// The message is not the user's.
    #[track_caller]
    pub fn edit_own_message(&self, user: UserId, chat: ChatId, id: MessageId, text: &str) {
        self.change_own(user, chat, id, |message| message.text = typed(text));
    }

    /// Puts another file into one's own message. The caption stays.
    ///
    /// # Panics
    /// The message is not the user's.
    #[track_caller]
    pub fn replace_own_file(&self, user: UserId, chat: ChatId, id: MessageId, media: Media) {
        let attached = self.act(|state| attach(state, media));
        self.change_own(user, chat, id, |message| message.media = Some(attached));
    }

    #[track_caller]
    fn change_own(&self, user: UserId, chat: ChatId, id: MessageId, change: impl FnOnce(&mut Message)) {
        self.act(|state| {
            let own = state.chat(chat).message(id).is_some_and(|m| m.from == Sender::User(user));
            assert!(own, "message {id} is not {user}'s");
            state.rewrite(chat, id, change);
            state.announce("edited_message", chat, id);
        });
    }
}
