//! Makes the updates for the bot about messages and taps, in the form of the Bot API.

use super::json;
use super::model::{Callback, Chat, ChatId, Message, MessageId, Standing, UserId};
use super::state::State;
use super::updates::Subject;

impl State {
    /// Stores somebody's message in its chat, and tells the bot if the bot may see it.
    #[track_caller]
    pub(super) fn deliver(&mut self, chat: ChatId, message: Message) -> MessageId {
        let id = self.store(chat, message);
        self.announce("message", chat, id);
        id
    }

    /// Queues an update about a message in its present form, if the bot may see it.
    pub(super) fn announce(&mut self, kind: &str, chat: ChatId, id: MessageId) {
        let of = self.chat(chat);
        let Some(message) = of.message(id) else { return };
        if self.bot_sees(of, message) {
            let body = json::message(self, of, message);
            self.push(kind, &body, Subject::Message { chat, id });
        }
    }

    /// Whether the bot sees this message. In groups a bot with privacy mode sees service messages, commands, mentions
    /// and replies to its own messages.
    fn bot_sees(&self, chat: &Chat, message: &Message) -> bool {
        let Some(group) = &chat.group else { return true };
        match group.bot {
            Standing::Left | Standing::Kicked => false,
            Standing::Admin => true,
            Standing::Member => {
                let text = &message.text.plain;
                message.service.is_some()
                    || text.starts_with('/')
                    || text.contains(&format!("@{}", self.username))
                    || message.reply_to.and_then(|id| chat.message(id)).is_some_and(Message::is_from_bot)
            }
        }
    }

    /// Queues an update about a tap. Returns the ID of the callback query.
    pub(super) fn push_callback(
        &mut self,
        user: UserId,
        chat: ChatId,
        message_id: MessageId,
        data: String,
    ) -> String {
        let number = self.next_callback;
        self.next_callback += 1;
        let id = (4_000_000_000_000_000_000 + number).to_string();
        let created = self.clock.now();
        let callback =
            Callback { id: id.clone(), user, chat, message_id, data, created, answer: None, delivered: 0 };
        let body = json::callback(self, &callback);
        self.callbacks.insert(number, callback);
        self.push("callback_query", &body, Subject::Callback(number));
        id
    }
}
