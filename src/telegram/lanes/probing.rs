//! Questions for a sign of life, and the chats that give none although Telegram answers otherwise. Such a chat is *silent*:
//! nothing goes there until a probe in it is answered, and nobody else waits for it.

use std::collections::BTreeMap;

use super::{Lanes, Queued, backoff};
use crate::clock::Instant;
use crate::domain::ids::ChatId;

/// A question for a sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    pub chat: ChatId,
    /// The epoch in which it began; `None` if only this chat is in doubt.
    epoch: Option<u64>,
}

/// What a probe showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Telegram answered in the chat.
    InChat,
    /// Telegram answered, but not in the chat.
    Elsewhere,
    Nowhere,
}

/// Chats in which Telegram does not answer although it does otherwise.
#[derive(Debug, Default)]
pub(super) struct Silent(BTreeMap<ChatId, Doubt>);

#[derive(Clone, Copy, Debug)]
struct Doubt {
    /// When to probe next; `None` while a probe is out.
    at: Option<Instant>,
    failures: u32,
}

impl Silent {
    /// Notes that a probe in a chat was not answered.
    pub(super) fn failed(&mut self, chat: ChatId, now: Instant) {
        let doubt = self.0.entry(chat).or_insert(Doubt { at: None, failures: 0 });
        doubt.failures += 1;
        doubt.at = Some(now.plus(backoff(doubt.failures)));
    }

    pub(super) fn answered(&mut self, chat: ChatId) {
        self.0.remove(&chat);
    }

    /// The next probe that is due.
    pub(super) fn probe(&mut self, now: Instant) -> Option<Probe> {
        let (chat, doubt) = self.0.iter_mut().find(|(_, doubt)| doubt.at.is_some_and(|at| at <= now))?;
        doubt.at = None;
        Some(Probe { chat: *chat, epoch: None })
    }

    pub(super) fn next_at(&self) -> Option<Instant> {
        self.0.values().filter_map(|doubt| doubt.at).min()
    }
}

impl Lanes {
    /// Notes that a call got no answer from Telegram. No more calls leave until Telegram is known to answer again.
    pub fn unanswered(&mut self, chat_id: ChatId, now: Instant) {
        self.way.failed(chat_id, now);
    }

    /// Notes that Telegram answered a call.
    pub fn answered(&mut self, call: &Queued) {
        self.way.answered(call.epoch);
    }

    /// The probe to make now; its result goes to [`Lanes::probed`].
    pub fn probe(&mut self, now: Instant) -> Option<Probe> {
        let of_way = self.way.probe(now).map(|(chat, epoch)| Probe { chat, epoch: Some(epoch) });
        of_way.or_else(|| self.silent.probe(now))
    }

    pub fn probed(&mut self, probe: Probe, heard: Heard, now: Instant) {
        if let Some(epoch) = probe.epoch {
            self.way.probed(epoch, heard != Heard::Nowhere, now);
        }
        if heard == Heard::Nowhere && probe.epoch.is_some() {
            return;
        }
        // Once nothing waits in the chat, nobody needs to know whether it answers.
        let waits = self.chats.get(&probe.chat).is_some_and(|chat| chat.queued().next().is_some());
        if heard == Heard::InChat || !waits {
            self.silent.answered(probe.chat);
            self.wait_until(probe.chat, now, now);
        } else {
            self.silent.failed(probe.chat, now);
            self.wait_until(probe.chat, Instant::NEVER, now);
        }
    }

    /// Lets nothing leave to a silent chat before `at`.
    fn wait_until(&mut self, chat_id: ChatId, at: Instant, now: Instant) {
        let Some(chat) = self.chats.get_mut(&chat_id) else { return };
        if at == Instant::NEVER || chat.parked_until == Instant::NEVER {
            chat.parked_until = at;
            self.place(chat_id, now);
        }
    }

    /// Whether Telegram has answered since the last call that got no answer.
    pub fn is_heard(&self) -> bool {
        self.way.is_heard()
    }
}
