//! What waits for one chat, in which order, and how fast it may go.

use std::collections::VecDeque;

use super::LANES;
use crate::clock::Instant;
use crate::store::{Lane, Method, OutboxRow};
use crate::telegram::buckets::ChatLimits;

/// A call that waits or is in flight.
#[derive(Clone, Debug)]
pub struct Queued {
    pub row: OutboxRow,
    /// Where it queues; that of the row, or a higher one of an edit that it replaced.
    pub lane: Lane,
    /// Older edits that this one made needless; their rows go with it.
    pub replaced: Vec<i64>,
    /// It failed, and is tried again from here on.
    pub(super) not_before: Instant,
    /// The epoch in which it began; see `way`.
    pub(super) epoch: u64,
}

impl Queued {
    pub(super) const fn new(row: OutboxRow) -> Self {
        Self { lane: row.lane, row, replaced: Vec::new(), not_before: Instant::LONG_AGO, epoch: 0 }
    }

    /// Whether it is a send that may have arrived already.
    pub fn is_repeat(&self) -> bool {
        !self.is_edit() && self.row.attempts > 0
    }

    /// Whether it changes a message that is there, an edit or its deletion: it may be repeated, and makes older ones
    /// needless.
    pub fn is_edit(&self) -> bool {
        matches!(self.row.method, Method::Edit | Method::Delete)
    }

    pub(super) fn edits(&self, message: Option<i64>) -> bool {
        self.is_edit() && message.is_some() && self.row.message == message
    }

    /// The rows that are done when this call is.
    pub fn row_ids(&self) -> impl Iterator<Item = i64> {
        std::iter::once(self.row.id).chain(self.replaced.iter().copied())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Empty,
    Ready(Lane),
    Waiting(Instant),
    InFlight,
}

#[derive(Debug)]
pub(super) struct Chat {
    pub(super) queues: [VecDeque<Queued>; LANES],
    pub(super) place: Place,
    pub(super) limits: ChatLimits,
    pub(super) parked_until: Instant,
    pub(super) failures: u32,
}

impl Chat {
    pub(super) fn new(chat_id: i64) -> Self {
        Self {
            queues: Default::default(),
            place: Place::Empty,
            limits: ChatLimits::of(chat_id),
            parked_until: Instant::LONG_AGO,
            failures: 0,
        }
    }

    /// The lane whose first call is next in this chat, and from when on it may leave: of those that may leave now, the
    /// first; else the one that may soonest.
    pub(super) fn next(&self, may_repeat: bool, now: Instant) -> Option<(Lane, Instant)> {
        let mut soonest: Option<(Lane, Instant)> = None;
        for lane in Lane::ALL {
            let Some(call) = self.queues[lane.index()].front() else { continue };
            if self.waits_for_send(call) || call.is_repeat() && !may_repeat {
                continue;
            }
            let at =
                self.limits.next(call.is_edit(), now).max(self.parked_until).max(call.not_before).max(now);
            if soonest.is_none_or(|(_, before)| at < before) {
                soonest = Some((lane, at));
            }
        }
        soonest
    }

    fn waits_for_send(&self, call: &Queued) -> bool {
        call.is_edit()
            && call.row.message_id.is_none()
            && self.queued().any(|other| !other.is_edit() && other.row.message == call.row.message)
    }

    pub(super) fn has_repeat(&self) -> bool {
        self.queued().any(Queued::is_repeat)
    }

    fn queued(&self) -> impl Iterator<Item = &Queued> {
        self.queues.iter().flatten()
    }

    pub(super) fn find_edit(&self, message: Option<i64>) -> Option<(usize, usize)> {
        self.queues
            .iter()
            .enumerate()
            .find_map(|(lane, queue)| Some((lane, queue.iter().position(|q| q.edits(message))?)))
    }

    /// Appends a call, or puts it in the place of the edit that it makes needless.
    pub(super) fn add(&mut self, mut call: Queued) -> bool {
        let older = if call.is_edit() { self.find_edit(call.row.message) } else { None };
        let Some((lane, index)) = older else {
            self.queues[call.lane.index()].push_back(call);
            return true;
        };
        let old = &mut self.queues[lane][index];
        call.replaced.extend(old.row_ids());
        if call.lane < old.lane {
            self.queues[lane].remove(index);
            self.queues[call.lane.index()].push_back(call);
        } else {
            call.lane = old.lane;
            *old = call;
        }
        false
    }

    pub(super) fn is_forgettable(&self, now: Instant) -> bool {
        // With something that may not leave yet, such as a send of unknown outcome, a chat has no place either.
        self.place == Place::Empty
            && self.queued().next().is_none()
            && self.parked_until <= now
            && self.limits.is_forgettable(now)
    }
}
