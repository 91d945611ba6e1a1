//! Tracks whether Telegram is known to answer. While it is not, nothing is sent, because each call might become one
//! more whose outcome nobody knows.
//!
//! Once a call gets no answer, only a probe goes out: at once, and then after growing pauses. When the probe is
//! answered, one call goes first. When that is answered, too, all others follow. Only an answer to a call that began
//! after the failure proves anything. So each failure begins a new *epoch*, and every call remembers the epoch in which
//! it began.
//!
//! A probe asks for an answer in the chat of the failed call. If there is none there, but Telegram answers otherwise, only
//! that chat is silent ([`super::probing`]).

use std::time::Duration;

use super::backoff;
use crate::clock::Instant;
use crate::domain::ids::ChatId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Well,
    /// Only a probe may go, from this moment on.
    Doubt(Instant),
    Probing,
    /// One call may go at a time. True while it is in flight.
    Trial(bool),
}

/// What may leave now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    Open,
    /// A single call, preferably one that was never made before.
    One,
    Shut,
}

#[derive(Debug)]
pub(super) struct Way {
    state: State,
    epoch: u64,
    /// Failures since the last answered call. Calls that failed together count once.
    failures: u32,
    /// The chat of the last failed call. The probe goes there.
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

    /// Whether Telegram has answered since the last failure.
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

    /// Notes that a call got no answer.
    pub(super) fn failed(&mut self, chat: ChatId, now: Instant) {
        self.epoch += 1;
        self.chat = Some(chat);
        if self.is_heard() {
            self.fail(now);
        }
    }

    /// Notes that a call from before the start has an unknown outcome. So nothing shows yet that Telegram answers.
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

    /// Notes that a call which began in this epoch was answered.
    pub(super) fn answered(&mut self, epoch: u64) {
        if epoch == self.epoch && self.is_heard() {
            self.state = State::Well;
            self.failures = 0;
        }
    }

    /// Notes that a call leaves. In a trial it is the only one.
    pub(super) fn start(&mut self) {
        if self.state == State::Trial(false) {
            self.state = State::Trial(true);
        }
    }

    /// Notes that a call is over, or was not made after all.
    pub(super) fn free(&mut self, epoch: u64) {
        if self.state == State::Trial(true) && epoch == self.epoch {
            self.state = State::Trial(false);
        }
    }

    /// The chat in which to probe now, and the epoch to pass to [`Way::probed`].
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
            // Another call failed after the probe began.
            self.state = State::Doubt(now);
        }
    }

    /// When the next probe is due; `None` if none is waited for.
    pub(super) const fn probe_at(&self) -> Option<Instant> {
        match self.state {
            State::Doubt(at) => Some(at),
            _ => None,
        }
    }
}
