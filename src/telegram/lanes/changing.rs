//! Calls that change while they wait: their message or their chat has become another.

use super::chat::Chat;
use super::{Lanes, Queued};
use crate::clock::Instant;
use crate::domain::ids::{ChatId, MessageId, MessageKey};
use crate::store::{Method, OutboxRow};

impl Lanes {
    /// Turns an edit whose message is gone into the send of a new message, ahead of all others of its lane in this
    /// chat.
    pub fn resend(&mut self, mut call: Queued, now: Instant) {
        if let Some(message) = call.row.message {
            self.set_message_id(call.row.chat_id, message, None, now);
        }
        call.row = OutboxRow {
            method: Method::Send,
            message_id: None,
            attempts: 0,
            unknown_at: None,
            edit: None,
            ..call.row
        };
        call.replaced.clear();
        self.put_back(call, now, now);
    }

    /// Sets or clears the Telegram ID of one of our messages in all its waiting edits.
    pub fn set_message_id(
        &mut self,
        chat_id: ChatId,
        message: MessageKey,
        message_id: Option<MessageId>,
        now: Instant,
    ) {
        let Some(chat) = self.chats.get_mut(&chat_id) else { return };
        for call in chat.queues.iter_mut().flatten().filter(|call| call.edits(Some(message))) {
            call.row.message_id = message_id;
        }
        self.place(chat_id, now);
    }

    /// Moves the calls of a group that became a supergroup to the new chat: the call that was told so, and all that
    /// wait behind it.
    pub fn migrate(&mut self, mut told: Queued, new: ChatId, now: Instant) {
        let old = told.row.chat_id;
        self.free(&told);
        let queues =
            self.chats.get_mut(&old).map(|chat| std::mem::take(&mut chat.queues)).unwrap_or_default();
        self.place(old, now);
        let target = self.chats.entry(new).or_insert_with(|| Chat::new(new));
        told.row.chat_id = new;
        target.queues[told.lane.index()].push_front(told);
        self.queued += 1;
        for mut call in queues.into_iter().flatten() {
            call.row.chat_id = new;
            call.row.message_id = None;
            if !target.add(call) {
                self.queued -= 1;
            }
        }
        self.place(new, now);
    }
}
