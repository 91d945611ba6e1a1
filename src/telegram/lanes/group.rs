//! The order and the spacing of a group's calls.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use super::LANES;
use super::call::{Edited, Queued, Turn};
use crate::clock::Instant;
use crate::domain::ids::{AlertKey, PersonId};
use crate::store::Lane;
use crate::store::lane::{Order, Share};
use crate::telegram::budget::{Budget, Lately, Waiting};
use crate::telegram::limits::GROUP_WINDOW;

/// The shortest time between two edits of one message.
const EDIT_GAP: Duration = Duration::from_secs(4);
/// Edits of a message that lists many alerts may be this close, as long as the budget for the next `FOLD_HORIZON`
/// allows it.
const FOLD_GAP: Duration = Duration::from_millis(3400);
const FOLD_HORIZON: Duration = Duration::from_secs(20);
/// While a fold grows, every eighth edit is that of another message.
const FOLDS_IN_A_ROW: u32 = 7;
/// How many messages per minute pass on what one person says while others wait. If nobody does, further ones follow as
/// long as one call is left for the next person.
const WORDS_OF_ONE: usize = 3;
/// How often one alert rings in a window.
const RINGS_OF_ONE: usize = 1;

/// The calls that a group got in the last minute.
#[derive(Debug)]
pub(super) struct Group {
    budget: Budget,
    edited: Lately<Edited>,
    said: Lately<PersonId>,
    rung: Lately<AlertKey>,
    folds_in_a_row: u32,
    folded_at: Instant,
    /// Since when each lane has had work and got nothing.
    still_since: [Option<Instant>; LANES],
}

impl Group {
    pub(super) const fn lately<K: Copy + PartialEq>() -> Lately<K> {
        Lately::new(GROUP_WINDOW)
    }

    pub(super) fn new() -> Self {
        Self {
            budget: Budget::default(),
            edited: Self::lately(),
            said: Self::lately(),
            rung: Self::lately(),
            folds_in_a_row: 0,
            folded_at: Instant::LONG_AGO,
            still_since: [None; LANES],
        }
    }

    pub(super) fn take(&mut self, call: &Queued, now: Instant) {
        self.budget.take(call.lane, now);
        self.still_since[call.lane.index()] = None;
        match call.lane {
            Lane::Rings => {
                if let Some(alert) = call.row.alert {
                    self.rung.note(alert, now);
                }
            }
            Lane::Words => {
                if let Some(author) = call.row.author {
                    self.said.note(author, now);
                }
            }
            Lane::Folds => {
                self.folds_in_a_row += 1;
                self.folded_at = now;
            }
            Lane::Edits => self.folds_in_a_row = 0,
            Lane::Answers | Lane::Alerts | Lane::Surveys | Lane::Digests | Lane::CleanUp => {}
        }
        if call.is_edit() {
            self.edited.note(call.edited(), now);
        }
    }

    /// Records which lanes have work.
    pub(super) fn note_waiting(&mut self, queues: &[VecDeque<Queued>; LANES], now: Instant) {
        for (queue, since) in queues.iter().zip(&mut self.still_since) {
            *since = if queue.is_empty() { None } else { since.or(Some(now)) };
        }
    }

    pub(super) fn is_forgettable(&self, now: Instant) -> bool {
        self.budget.is_forgettable(now)
    }

    /// The group's next call, within the budget and each lane's own spacing. Answers and new alerts go first. Then
    /// comes the lane that has waited longest among those below their minimum, and then the highest lane.
    pub(super) fn next(
        &self,
        queues: &[VecDeque<Queued>; LANES],
        may_go: impl Fn(&Queued) -> bool,
        now: Instant,
    ) -> Option<Turn> {
        let mut waiting = Waiting::default();
        let gives_way = |lane: Lane| lane == Lane::Edits && self.gives_way_to_folds(queues, now);
        let wants_calls = |lane: &Lane| !queues[lane.index()].is_empty() && !gives_way(*lane);
        for lane in Lane::ALL.iter().copied().filter(wants_calls) {
            waiting.add(lane, self.still_since[lane.index()].unwrap_or(now));
        }
        let mut soonest: Option<Turn> = None;
        let mut ready: Option<Turn> = None;
        let mut owed: Option<(Instant, Turn)> = None;
        for lane in Lane::ALL.iter().copied() {
            let mut not_before = now;
            if gives_way(lane) {
                continue;
            }
            let is_before_folds =
                self.folds_in_a_row < FOLDS_IN_A_ROW && queues[Lane::Folds.index()].is_empty();
            if lane == Lane::Edits && is_before_folds {
                // More bad scores of a crowd may be about to come, so their room is not given away yet.
                not_before = self.folded_at.plus(FOLD_HORIZON);
            }
            let queue = &queues[lane.index()];
            let Some((index, at)) = self.first(lane, queue, &may_go, waiting, now) else { continue };
            let at = at.max(not_before).max(self.budget.next(lane, waiting, now));
            let turn = Turn { lane, index, at };
            if at > now {
                if soonest.is_none_or(|soonest| at < soonest.at) {
                    soonest = Some(turn);
                }
                continue;
            }
            if lane.spec().goes_first {
                return Some(turn);
            }
            ready = ready.or(Some(turn));
            let since = self.still_since[lane.index()].unwrap_or(now);
            if self.budget.is_owed(lane, now) && owed.is_none_or(|(before, _)| since < before) {
                owed = Some((since, turn));
            }
        }
        owed.map(|(_, turn)| turn).or(ready).or(soonest)
    }

    /// Whether edits that have had their minimum wait until a fold that grows is drawn. Meanwhile no call is kept for them,
    /// or both would wait.
    fn gives_way_to_folds(&self, queues: &[VecDeque<Queued>; LANES], now: Instant) -> bool {
        self.folds_in_a_row < FOLDS_IN_A_ROW
            && !queues[Lane::Folds.index()].is_empty()
            && !self.budget.is_owed(Lane::Edits, now)
    }

    /// The call of this lane that may leave first, and when. If several may leave now, the first in the queue.
    fn first(
        &self,
        lane: Lane,
        queue: &VecDeque<Queued>,
        may_go: &impl Fn(&Queued) -> bool,
        waiting: Waiting,
        now: Instant,
    ) -> Option<(usize, Instant)> {
        match lane.spec().in_group {
            Order::Fair => self.fairest(queue, may_go, waiting, now),
            Order::Any => {
                let gap = if lane == Lane::Folds { self.fold_gap(waiting, now) } else { EDIT_GAP };
                let mut best: Option<(usize, Instant)> = None;
                for (index, call) in queue.iter().enumerate().filter(|(_, call)| may_go(call)) {
                    let at = self.paced(call, gap, now).max(call.not_before);
                    if best.is_none_or(|(_, best)| at < best) {
                        best = Some((index, at));
                    }
                    if at <= now {
                        break;
                    }
                }
                best
            }
            Order::Queue => {
                queue.front().filter(|call| may_go(call)).map(|call| (0, call.not_before.max(now)))
            }
        }
    }

    /// When a call may leave, given how recently a similar one did.
    fn paced(&self, call: &Queued, gap: Duration, now: Instant) -> Instant {
        if call.lane == Lane::Rings {
            let Some(alert) = call.row.alert else { return now };
            let is_over = self.rung.count(alert, now) >= RINGS_OF_ONE;
            return self.rung.first(alert, now).filter(|_| is_over).map_or(now, |at| at.plus(GROUP_WINDOW));
        }
        if !call.is_edit() {
            return now;
        }
        self.edited.last(call.edited(), now).map_or(now, |at| at.plus(gap).max(now))
    }

    /// Prefers the person who has said least in the last minute. Nobody gets more than their part while others wait, and the
    /// words of one person keep their order, also while the first of them wait for another try.
    fn fairest(
        &self,
        queue: &VecDeque<Queued>,
        may_go: &impl Fn(&Queued) -> bool,
        waiting: Waiting,
        now: Instant,
    ) -> Option<(usize, Instant)> {
        let mut best: Option<(usize, usize, Instant)> = None;
        let mut seen = HashSet::new();
        let mut is_first = |call: &Queued| call.row.author.is_none_or(|author| seen.insert(author));
        for (index, call) in queue.iter().enumerate().filter(|(_, call)| is_first(call) && may_go(call)) {
            let (count, at) = match call.row.author {
                Some(author) => (self.said.count(author, now), self.may_speak(author, queue, waiting, now)),
                None => (0, now),
            };
            let at = at.max(call.not_before);
            if best.is_none_or(|(_, most, earliest)| (at, count) < (earliest, most)) {
                best = Some((index, count, at));
            }
            if count == 0 && at <= now {
                break;
            }
        }
        best.map(|(index, _, at)| (index, at))
    }

    /// When a person's next words may leave, as far as that depends on what they have said in the last minute.
    fn may_speak(
        &self,
        author: PersonId,
        queue: &VecDeque<Queued>,
        waiting: Waiting,
        now: Instant,
    ) -> Instant {
        let is_over = self.said.count(author, now) >= WORDS_OF_ONE;
        let Some(first) = self.said.first(author, now).filter(|_| is_over) else { return now };
        let of_part = first.plus(GROUP_WINDOW);
        let is_other = |call: &Queued| call.row.author.is_some_and(|other| other != author);
        if waiting.has(Share::Alerts) || queue.iter().any(is_other) {
            return of_part;
        }
        of_part.min(self.budget.next_of(2, Lane::Words, waiting, now))
    }

    /// The gap at which the calls that are free until the horizon last until then.
    fn fold_gap(&self, waiting: Waiting, now: Instant) -> Duration {
        let free = self.budget.free(Lane::Folds, waiting, now.plus(FOLD_HORIZON)).max(1);
        let part = u32::try_from(free).map_or(FOLD_GAP, |free| FOLD_HORIZON / free);
        part.max(FOLD_GAP)
    }
}
