//! Whether Telegram is known to answer. While it is not, nothing is sent: each call might become one more of which nobody
//! knows whether it arrived.
//!
//! Once a call gets no answer, nothing but a probe goes out, at once and then after pauses that grow. When the probe is
//! answered, one call goes first; when that is answered, too, all others follow. Only an answer to a call that was begun
//! after the failure shows anything, so each failure begins a new *epoch*, and calls remember theirs.

use std::time::Duration;

use super::backoff;
use crate::clock::Instant;
use crate::domain::ids::ChatId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Well,
    /// Nothing goes but a probe, from this moment on.
    Doubt(Instant),
    Probing,
    /// One call at a time; whether it is out.
    Trial(bool),
}

/// What may leave now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    Open,
    /// One call; rather one that was never made before.
    One,
    Shut,
}

#[derive(Debug)]
pub(super) struct Way {
    state: State,
    epoch: u64,
    /// Failures since the last answered call; those that failed together count once.
    failures: u32,
    /// Where the last call failed: the probe goes there.
    chat: Option<ChatId>,
}

impl Way {
    pub(super) const fn new() -> Self {
        Self { state: State::Well, epoch: 0, failures: 0, chat: None }
    }

    pub(super) const fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(super) const fn is_well(&self) -> bool {
        matches!(self.state, State::Well)
    }

    /// Whether Telegram has been heard since the last failure.
    pub(super) const fn is_heard(&self) -> bool {
        matches!(self.state, State::Well | State::Trial(_))
    }

    pub(super) const fn gate(&self) -> Gate {
        match self.state {
            State::Well => Gate::Open,
            State::Trial(false) => Gate::One,
            State::Doubt(_) | State::Probing | State::Trial(true) => Gate::Shut,
        }
    }

    /// A call got no answer.
    pub(super) fn failed(&mut self, chat: ChatId, now: Instant) {
        self.epoch += 1;
        self.chat = Some(chat);
        if self.is_heard() {
            self.fail(now);
        }
    }

    /// There is a call of unknown fate of before the start: nothing shows yet that Telegram answers.
    pub(super) fn doubt(&mut self, chat: ChatId, now: Instant) {
        if self.is_well() {
            self.chat = Some(chat);
            self.state = State::Doubt(now);
        }
    }

    fn fail(&mut self, now: Instant) {
        let pause = if self.failures == 0 { Duration::ZERO } else { backoff(self.failures) };
        self.failures += 1;
        self.state = State::Doubt(now.plus(pause));
    }

    /// A call that was begun in this epoch was answered.
    pub(super) fn answered(&mut self, epoch: u64) {
        if epoch == self.epoch && self.is_heard() {
            self.state = State::Well;
            self.failures = 0;
        }
    }

    /// The one call leaves.
    pub(super) fn start(&mut self) {
        if self.state == State::Trial(false) {
            self.state = State::Trial(true);
        }
    }

    /// A call is over, or was not made after all.
    pub(super) fn free(&mut self, epoch: u64) {
        if self.state == State::Trial(true) && epoch == self.epoch {
            self.state = State::Trial(false);
        }
    }

    /// The chat in which to probe now, and the epoch to hand back.
    pub(super) fn probe(&mut self, now: Instant) -> Option<(ChatId, u64)> {
        if !matches!(self.state, State::Doubt(at) if at <= now) {
            return None;
        }
        let chat = self.chat?;
        self.state = State::Probing;
        Some((chat, self.epoch))
    }

    pub(super) fn probed(&mut self, epoch: u64, is_answered: bool, now: Instant) {
        if self.state != State::Probing {
            return;
        }
        if !is_answered {
            self.fail(now);
        } else if epoch == self.epoch {
            self.state = State::Trial(false);
        } else {
            // Another call failed since it was begun.
            self.state = State::Doubt(now);
        }
    }

    /// When the next probe is due, if one is waited for.
    pub(super) const fn probe_at(&self) -> Option<Instant> {
        match self.state {
            State::Doubt(at) => Some(at),
            _ => None,
        }
    }
}
