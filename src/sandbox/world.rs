//! The handle of the simulated world: reading from it and waiting for it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::Options;
use super::faults::Fault;
use super::model::{
    Answer, BotAct, Callback, Chat, ChatId, Commands, Descriptions, Message, MessageId, User, UserId,
};
use super::state::State;
use super::transcript::{self, Wording};
use super::updates::{Duplicate, Subject};
use super::webhook::Webhook;
use crate::clock::{Clock, Instant};

/// A simulated Telegram. All clones share it. People act through it, and tests read from it.
#[derive(Clone)]
pub struct World(Arc<Shared>);

struct Shared {
    token: String,
    state: Mutex<State>,
    /// Notified when anything changed that somebody may wait for.
    changed: Arc<Notify>,
    /// Notified when an update arrived, or another poll.
    arrived: Notify,
}

/// Shows nothing of the inside, because the token is there.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

impl World {
    pub fn new(clock: Clock, options: &Options) -> Self {
        let state = Mutex::new(State::new(clock, options));
        let token = options.token.clone();
        Self(Arc::new(Shared { token, state, changed: Arc::default(), arrived: Notify::new() }))
    }

    pub(super) fn token(&self) -> &str {
        &self.0.token
    }

    pub(super) fn open(&self) {
        self.act(|state| state.closing = false);
    }

    /// Ends the waiting poll, so that the server can stop.
    pub(super) fn close(&self) {
        self.act(|state| {
            state.closing = true;
            state.queue.fresh = true;
        });
    }

    /// Changes the state and wakes everybody who waits for a change. The lock is never held across an await.
    #[track_caller]
    pub(super) fn act<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let (result, fresh) = {
            let mut state = self.lock();
            let result = change(&mut state);
            (result, std::mem::take(&mut state.queue.fresh))
        };
        if fresh {
            self.0.arrived.notify_waiters();
        }
        self.0.changed.notify_waiters();
        result
    }

    /// Reads the state at one moment. The lock is never held across an await.
    #[track_caller]
    pub fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Resolves at the next change after this call, even if the change comes before the future is first polled.
    pub fn changed(&self) -> OwnedNotified {
        Arc::clone(&self.0.changed).notified_owned()
    }

    pub(super) fn arrivals(&self) -> &Notify {
        &self.0.arrived
    }

    /// Returns once `look` returns a value.
    async fn until<R>(&self, mut look: impl FnMut(&State) -> Option<R>) -> R {
        loop {
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            // Registered before the look, so that a change between the two is not missed.
            changed.as_mut().enable();
            if let Some(found) = self.read(&mut look) {
                return found;
            }
            changed.await;
        }
    }

    /// Returns once every update is confirmed and the bot waits in its long poll, or has a webhook.
    pub async fn idle(&self) {
        self.until(|state| state.is_idle().then_some(())).await;
    }

    /// Returns once a delivery to the webhook has failed and waits to be tried again. Returns when that is.
    pub async fn delivery_pauses(&self) -> Instant {
        self.until(State::delivery_pauses).await
    }

    /// The address of the webhook, if one is set.
    pub fn webhook(&self) -> Option<String> {
        self.read(|state| state.webhook.as_ref().map(|webhook| webhook.url.clone()))
    }

    /// Returns once `condition` holds. It is checked after every change.
    pub async fn wait_until(&self, condition: impl Fn(&World) -> bool) {
        loop {
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if condition(self) {
                return;
            }
            changed.await;
        }
    }

    /// Returns the bot's answer to a tap once there is one. To simulate hundreds of people at once, use
    /// [`World::watch`] instead: every change wakes everybody who waits here.
    pub async fn answered(&self, callback_id: &str) -> Answer {
        self.until(|state| state.callback(callback_id)?.answer.clone()).await
    }

    /// Returns the chat's last message once it is the bot's and newer than `after`.
    pub async fn bot_message_after(&self, chat: ChatId, after: MessageId) -> Message {
        let look = |state: &State| {
            let last = state.chats.get(&chat)?.messages.last()?;
            (last.is_from_bot() && last.id > after).then(|| last.clone())
        };
        self.until(look).await
    }

    /// Everything the bot does from now on, for simulated people who react to it.
    pub fn watch(&self) -> UnboundedReceiver<BotAct> {
        let (sender, receiver) = unbounded_channel();
        self.act(|state| state.watchers.push(sender));
        receiver
    }

    /// All messages of a chat that are not deleted.
    pub fn messages(&self, chat: ChatId) -> Vec<Message> {
        self.read(|state| match state.chats.get(&chat) {
            Some(chat) => chat.messages.iter().filter(|message| !message.deleted).cloned().collect(),
            None => Vec::new(),
        })
    }

    pub fn message(&self, chat: ChatId, id: MessageId) -> Option<Message> {
        self.read(|state| state.chats.get(&chat)?.message(id).cloned())
    }

    /// The newest message of the bot in a chat.
    pub fn last_message(&self, chat: ChatId) -> Option<Message> {
        self.read(|state| state.chats.get(&chat)?.messages.iter().rev().find(|m| m.is_from_bot()).cloned())
    }

    /// Whether the chat shows "typing…".
    pub fn is_typing(&self, chat: ChatId) -> bool {
        self.read(|state| state.chats.get(&chat).is_some_and(|chat| chat.is_typing(state.clock.now())))
    }

    /// How many messages the bot has sent to a chat; edits are not counted.
    pub fn sent_count(&self, chat: ChatId) -> usize {
        self.read(|state| {
            let chat = state.chats.get(&chat);
            chat.map_or(0, |chat| {
                chat.messages.iter().filter(|m| m.is_from_bot() && m.service.is_none()).count()
            })
        })
    }

    /// The chat as its people see it: sender and text, then one line per row of buttons, such as `  [ 0 | 1 ]`. A
    /// button that opens an address ends in `↗`. Marks after the sender say `(edited)` or `(to 2)`.
    pub fn transcript(&self, chat: ChatId) -> String {
        self.read(|state| {
            state.chats.get(&chat).map_or_else(String::new, |chat| transcript::chat(state, chat))
        })
    }

    /// One message in the transcript's form.
    pub fn shown(&self, chat: ChatId, id: MessageId) -> String {
        self.shown_as(chat, id, Wording::default())
    }

    /// The same, in the words of another language.
    pub fn shown_as(&self, chat: ChatId, id: MessageId, wording: Wording<'_>) -> String {
        self.read(|state| {
            let chat = state.chats.get(&chat);
            let message = chat.and_then(|chat| Some((chat, chat.message(id)?)));
            message.map_or_else(String::new, |(chat, message)| {
                transcript::message(state, chat, message, wording)
            })
        })
    }

    /// All chats with at least one message, private ones first.
    pub fn chats(&self) -> Vec<Chat> {
        let mut chats: Vec<Chat> = self.read(|state| state.chats.values().cloned().collect());
        chats.retain(|chat| !chat.messages.is_empty());
        chats.sort_by_key(|chat| (chat.group.is_some(), chat.id.abs()));
        chats
    }

    pub fn user(&self, id: UserId) -> Option<User> {
        self.read(|state| state.users.get(&id).cloned())
    }

    pub fn callback(&self, id: &str) -> Option<Callback> {
        self.read(|state| state.callback(id).cloned())
    }

    /// Every tap so far, oldest first.
    pub fn callbacks(&self) -> Vec<Callback> {
        self.read(|state| state.callbacks.values().cloned().collect())
    }

    /// What the bot showed in reply to a tap, if it has answered.
    pub fn answer(&self, callback_id: &str) -> Option<Answer> {
        self.read(|state| state.callback(callback_id)?.answer.clone())
    }

    /// Taps that were handed out to the bot and whose spinner still turns.
    pub fn unanswered_callbacks(&self) -> Vec<Callback> {
        self.read(|state| {
            let open = state.callbacks.values().filter(|c| c.delivered > 0 && c.answer.is_none());
            open.cloned().collect()
        })
    }

    /// Requests of the bot that no correct program makes. A test fails on any.
    pub fn violations(&self) -> Vec<String> {
        self.read(|state| state.violations.clone())
    }

    /// Returns the violations so far and forgets them.
    pub fn take_violations(&self) -> Vec<String> {
        self.act(|state| std::mem::take(&mut state.violations))
    }

    /// How often a method was called, failed calls included.
    pub fn calls(&self, method: &str) -> u64 {
        self.read(|state| {
            let found = state.calls.iter().find(|(name, _)| name.eq_ignore_ascii_case(method));
            found.map_or(0, |(_, count)| *count)
        })
    }

    /// How many calls were refused by the limits.
    pub fn refused_by_limits(&self) -> u64 {
        self.read(|state| state.limits.refused)
    }

    /// How many updates the bot has not confirmed.
    pub fn updates_pending(&self) -> usize {
        self.read(|state| state.queue.unconfirmed())
    }

    pub fn all_confirmed(&self) -> bool {
        self.updates_pending() == 0
    }

    /// How many updates expired before they were confirmed.
    pub fn updates_expired(&self) -> u64 {
        self.read(|state| state.queue.expired)
    }

    /// Whether the bot waits in a long poll now.
    pub fn is_polled(&self) -> bool {
        self.read(|state| state.queue.waiting.is_some())
    }

    pub fn commands(&self) -> Commands {
        self.read(|state| state.commands.clone())
    }

    /// The texts in which the bot describes itself.
    pub fn descriptions(&self) -> Descriptions {
        self.read(|state| state.descriptions.clone())
    }

    /// Sets a text as the bot's owner does with `@BotFather`. An empty language means all languages.
    pub fn describe(&self, what: &'static str, language: &str, text: &str) {
        self.act(|state| drop(state.descriptions.insert((what, language.to_owned()), text.to_owned())));
    }

    pub fn bot_id(&self) -> i64 {
        self.read(|state| state.bot_id)
    }

    /// Arms a fault. Faults are met in the order in which they were armed.
    pub fn fault(&self, fault: Fault) {
        self.act(|state| {
            state.faults.add(fault);
            // The fault may be meant for a poll that is already waiting.
            state.queue.fresh = true;
        });
    }

    pub fn clear_faults(&self) {
        self.act(|state| state.faults.clear());
    }

    /// How many calls have met a fault.
    pub fn faults_met(&self) -> u64 {
        self.read(|state| state.faults.met)
    }

    /// Duplicates the next updates.
    pub fn duplicate_next(&self, how: Duplicate, times: usize) {
        self.act(|state| state.queue.duplicate(how, times));
    }

    pub fn set_limits(&self, on: bool) {
        self.act(|state| state.limits.on = on);
    }

    /// Pretends that somebody has set a webhook: polling is refused until it is deleted.
    pub fn set_webhook(&self, url: &str) {
        self.act(|state| state.set_webhook(Some(Webhook::new(url, None, 40, false))));
    }

    /// Queues any update at all and returns its ID. For updates that newer or broken servers may send.
    pub fn inject(&self, kind: &str, body: &Value) -> Option<i64> {
        self.act(|state| state.push(kind, body, Subject::Other))
    }
}
