//! The calls that wait for one chat, their order, and how fast they may go.

use std::collections::VecDeque;

use super::LANES;
use super::call::{Queued, Turn};
use super::group::Group;
use crate::clock::Instant;
use crate::domain::ids::{ChatId, MessageKey};
use crate::store::Lane;
use crate::store::lane::Order;
use crate::telegram::buckets::PrivateLimits;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Empty,
    Ready(Lane),
    Waiting(Instant),
    InFlight,
}

/// The rate limits of a chat.
#[derive(Debug)]
enum Limits {
    Private(PrivateLimits),
    Group(Box<Group>),
}

#[derive(Debug)]
pub(super) struct Chat {
    pub(super) queues: [VecDeque<Queued>; LANES],
    pub(super) place: Place,
    /// The lanes of the calls in flight.
    pub(super) flying: Vec<Lane>,
    limits: Limits,
    /// The index of the next call in the lane that is ready.
    pub(super) index: usize,
    pub(super) parked_until: Instant,
    pub(super) failures: u32,
}

impl Chat {
    pub(super) fn new(chat_id: ChatId) -> Self {
        Self {
            queues: Default::default(),
            place: Place::Empty,
            flying: Vec::new(),
            limits: if chat_id.is_private() {
                Limits::Private(PrivateLimits::new())
            } else {
                Limits::Group(Box::new(Group::new()))
            },
            index: 0,
            parked_until: Instant::LONG_AGO,
            failures: 0,
        }
    }

    /// The chat's next call, whether it may leave now or later.
    pub(super) fn next(&self, may_repeat: bool, now: Instant) -> Option<Turn> {
        // What belongs under an alert must not appear above it.
        let is_alert_unknown = self.queues[Lane::Alerts.index()].iter().any(Queued::is_repeat);
        let waits_for_alert = |lane: Lane| is_alert_unknown && lane.spec().is_under_alert;
        let may_go = |call: &Queued| {
            let waits = self.waits_for_send(call) || waits_for_alert(call.lane);
            !waits && (may_repeat || !call.is_repeat())
        };
        let turn = match &self.limits {
            Limits::Private(limits) => self.next_in_private(limits, may_go, now),
            Limits::Group(group) => group.next(&self.queues, may_go, now),
        };
        turn.map(|turn| Turn { at: turn.at.max(self.parked_until), ..turn })
    }

    /// Records which lanes have work. To be called after every change of the queues.
    pub(super) fn note_waiting(&mut self, now: Instant) {
        if let Limits::Group(group) = &mut self.limits {
            group.note_waiting(&self.queues, now);
        }
    }

    /// Higher lanes go first. An answer that must wait holds up all other lanes, because the customer reads the
    /// messages in order. An answer that failed and waits for another try holds up none.
    fn next_in_private(
        &self,
        limits: &PrivateLimits,
        may_go: impl Fn(&Queued) -> bool,
        now: Instant,
    ) -> Option<Turn> {
        let mut best: Option<Turn> = None;
        for lane in Lane::ALL.iter().copied() {
            let mut calls = self.queues[lane.index()].iter().enumerate();
            let found = match lane.spec().in_private {
                Order::Any => {
                    calls.filter(|(_, call)| may_go(call)).min_by_key(|(_, call)| call.not_before.max(now))
                }
                Order::Queue | Order::Fair => calls.next().filter(|(_, call)| may_go(call)),
            };
            let Some((index, call)) = found else { continue };
            let at = limits.next(call.is_edit(), now).max(call.not_before);
            if best.is_none_or(|best| at < best.at) {
                best = Some(Turn { lane, index, at });
            }
            if at <= now || lane == Lane::Answers && call.not_before <= now {
                break;
            }
        }
        best
    }

    /// Whether this is an edit of a message that has not been sent yet.
    fn waits_for_send(&self, call: &Queued) -> bool {
        call.is_edit()
            && call.row.message_id.is_none()
            && self.queued().any(|other| !other.is_edit() && other.row.message == call.row.message)
    }

    /// Removes and returns the call that [`Chat::next`] named.
    pub(super) fn take(&mut self, lane: Lane, index: usize, now: Instant) -> Option<Queued> {
        let call = self.queues[lane.index()].remove(index)?;
        match &mut self.limits {
            Limits::Private(limits) => limits.take(call.is_edit(), now),
            Limits::Group(group) => group.take(&call, now),
        }
        Some(call)
    }

    pub(super) fn has_repeat(&self) -> bool {
        self.queued().any(Queued::is_repeat)
    }

    pub(super) fn queued(&self) -> impl Iterator<Item = &Queued> {
        self.queues.iter().flatten()
    }

    pub(super) fn find_edit(&self, message: Option<MessageKey>) -> Option<(usize, usize)> {
        self.queues
            .iter()
            .enumerate()
            .find_map(|(lane, queue)| Some((lane, queue.iter().position(|q| q.edits(message))?)))
    }

    /// Appends a call, or replaces the edit that it supersedes. Returns whether the number of calls grew.
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
        let is_rested = match &self.limits {
            Limits::Private(limits) => limits.is_forgettable(now),
            Limits::Group(group) => group.is_forgettable(now),
        };
        // A chat whose calls may not leave yet, such as a send of unknown outcome, has the place `Empty` too.
        self.place == Place::Empty && self.queued().next().is_none() && self.parked_until <= now && is_rested
    }
}
