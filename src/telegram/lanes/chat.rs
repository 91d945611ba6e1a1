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
}

impl Queued {
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

    /// The lane whose first call is next in this chat.
    pub(super) fn next_lane(&self) -> Option<Lane> {
        Lane::ALL.into_iter().find(|lane| {
            self.queues[lane.index()].front().is_some_and(|first| {
                let waits_for_send = first.is_edit()
                    && first.row.message_id.is_none()
                    && self.queued().any(|q| !q.is_edit() && q.row.message == first.row.message);
                !waits_for_send
            })
        })
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
        self.place == Place::Empty && self.parked_until <= now && self.limits.is_forgettable(now)
    }
}
