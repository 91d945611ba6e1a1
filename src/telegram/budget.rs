//! How many calls a group may get in a minute, and how the lanes share them.
//!
//! Telegram counts sends, edits, copies and deletions of a group together. Some calls are always kept free for the
//! answers to what a lead does and for new alerts: whatever customers do, there is room for five alerts, the message that
//! lists the next ones, and the first edit of it. Answers may take more of that, for somebody waits for each: while there
//! is no crowd of alerts they leave four calls, two of them for the next alerts or lines in a list. Every
//! other share is guaranteed a minimum once it has work, and no share takes more than its own minimum while another one
//! that waits has not reached its. All minimums together are exactly the budget. So nothing that waits stands still for
//! a minute.

use std::collections::VecDeque;
use std::time::Duration;

use super::limits::{GROUP_CALLS, GROUP_WINDOW};
use crate::clock::Instant;
use crate::store::Lane;
use crate::store::lane::Share;

/// The most edits and deletions of all kinds, out of the [`GROUP_CALLS`].
const ALL_EDITS: usize = 10;
/// Of these, the most that are not edits of folds.
const EDITS: usize = 4;
/// The same while alerts come fast: the list of the next ones is about to need the room.
const EDITS_IN_A_CROWD: usize = 3;
/// Of these, the most that nobody waits for.
const CLEAN_UP: usize = 3;
/// How many alerts in the window are a crowd.
const CROWD: usize = 3;
/// How many calls others leave to the edits of a fold while there is a crowd.
const FOLDS_IN_A_CROWD: usize = 3;
/// How many calls answers leave free while there is none: two for the next alerts or lines, and two for words.
const BESIDE_ANSWERS: usize = 4;
/// The most rings and customers' words together, out of the [`GROUP_CALLS`], so that customers who write much leave
/// room for alerts.
const TALK: usize = 8;
/// Of these, the most rings.
const RINGS: usize = 5;

const SHARES: usize = Share::ALL.len();

impl Share {
    /// The minimum: how many calls of the window others leave to this share while it has work.
    const fn least(self) -> usize {
        match self {
            Self::Answers | Self::Words => 2,
            Self::Alerts => 6,
            Self::Folds => 4,
            Self::Rings | Self::Edits | Self::Others | Self::CleanUp => 1,
        }
    }

    /// How many calls others leave to this share even while it has no work.
    const fn kept(self) -> usize {
        match self {
            Self::Answers | Self::Alerts => self.least(),
            Self::Folds => 1,
            Self::Rings | Self::Words | Self::Edits | Self::Others | Self::CleanUp => 0,
        }
    }
}

/// How many calls a share leaves to another one that has no work, or has waited less, when so many are used. Below its
/// minimum it leaves none to alerts, for what answers have taken of theirs it cannot give back.
fn left_by(share: Share, other: Share, used: [usize; SHARES]) -> usize {
    let is_crowd = used[Share::Alerts as usize] >= CROWD || used[Share::Folds as usize] > 0;
    let is_due = used[share as usize] < share.least();
    let kept = match (share, other) {
        (_, Share::Alerts | Share::Folds) if is_due => 0,
        (Share::Answers, Share::Alerts) if !is_crowd => return BESIDE_ANSWERS,
        (Share::Answers, Share::Folds) if !is_crowd => 0,
        (_, Share::Folds) if is_crowd => FOLDS_IN_A_CROWD,
        _ => other.kept(),
    };
    kept.saturating_sub(used[other as usize])
}

/// Which shares have work, and since when each has got nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Waiting([Option<Instant>; SHARES]);

impl Waiting {
    pub fn add(&mut self, lane: Lane, since: Instant) {
        let known = &mut self.0[lane.spec().share as usize];
        *known = Some(known.map_or(since, |known| known.min(since)));
    }

    pub const fn has(self, share: Share) -> bool {
        self.0[share as usize].is_some()
    }

    const fn since(self, share: Share) -> Option<Instant> {
        self.0[share as usize]
    }
}

/// The calls of the last minute.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    taken: VecDeque<(Instant, Share)>,
}

impl Budget {
    pub fn take(&mut self, lane: Lane, now: Instant) {
        while self.taken.front().is_some_and(|(at, _)| at.plus(GROUP_WINDOW) <= now) {
            self.taken.pop_front();
        }
        self.taken.push_back((now, lane.spec().share));
    }

    /// The first instant, `now` or later, at which a call of this lane may leave, as things stand.
    pub fn next(&self, lane: Lane, waiting: Waiting, now: Instant) -> Instant {
        self.next_of(1, lane, waiting, now)
    }

    /// The same for the first instant at which so many calls of this lane may leave.
    pub fn next_of(&self, count: usize, lane: Lane, waiting: Waiting, now: Instant) -> Instant {
        let ends = self.taken.iter().map(|(at, _)| at.plus(GROUP_WINDOW)).filter(|end| *end > now);
        let moments = std::iter::once(now).chain(ends);
        let mut last = now;
        for moment in moments {
            if self.free(lane, waiting, moment) >= count {
                return moment;
            }
            last = moment;
        }
        last
    }

    /// Whether this lane's share has not had its minimum yet.
    pub fn is_owed(&self, lane: Lane, now: Instant) -> bool {
        let share = lane.spec().share;
        let used = self.taken.iter().filter(|(at, of)| *of == share && at.plus(GROUP_WINDOW) > now).count();
        used < share.least()
    }

    /// How many calls of this lane may leave until `by` if no other call does.
    pub fn free(&self, lane: Lane, waiting: Waiting, by: Instant) -> usize {
        let mut used = [0; SHARES];
        for (at, share) in &self.taken {
            if at.plus(GROUP_WINDOW) > by {
                used[*share as usize] += 1;
            }
        }
        let share = lane.spec().share;
        let of = |shares: &[Share]| -> usize { shares.iter().map(|share| used[*share as usize]).sum() };
        let is_due = used[share as usize] < share.least();
        // Of two shares below their minimum, the one that has waited longer goes first.
        let goes_first = |other: Share| {
            let own = waiting.since(share);
            waiting.since(other).is_some_and(|since| !is_due || own.is_none_or(|own| since < own))
        };
        let owed: usize = Share::ALL
            .into_iter()
            .filter(|other| *other != share)
            .map(|other| {
                let used_up = used[other as usize];
                if goes_first(other) {
                    other.least().saturating_sub(used_up)
                } else {
                    left_by(share, other, used)
                }
            })
            .sum();
        let all = GROUP_CALLS.saturating_sub(of(&Share::ALL) + owed);
        let most = |alone: usize, most: usize, together: &[Share]| {
            let alone = alone.saturating_sub(used[share as usize]);
            all.min(alone).min(most.saturating_sub(of(together)))
        };
        match share {
            Share::Folds => most(ALL_EDITS, ALL_EDITS, &[Share::Folds, Share::Edits, Share::CleanUp]),
            Share::Edits => {
                let is_crowd = used[Share::Alerts as usize] >= CROWD;
                let edits = if is_crowd { EDITS_IN_A_CROWD } else { EDITS };
                // What is tidied up leaves one of them to the edits in any case.
                most(edits, EDITS, &[Share::Edits, Share::CleanUp])
            }
            Share::CleanUp => most(CLEAN_UP, EDITS, &[Share::Edits, Share::CleanUp]),
            Share::Rings => most(RINGS, TALK, &[Share::Rings, Share::Words]),
            Share::Words => most(TALK, TALK, &[Share::Rings, Share::Words]),
            Share::Answers | Share::Alerts | Share::Others => all,
        }
    }

    /// Whether this value can be dropped, because it holds nothing that a new value would not.
    pub fn is_forgettable(&self, now: Instant) -> bool {
        self.taken.back().is_none_or(|(at, _)| at.plus(GROUP_WINDOW) <= now)
    }
}

/// Remembers when something was last done with each of several things, as far back as it matters.
#[derive(Clone, Debug)]
pub struct Lately<K> {
    length: Duration,
    done: VecDeque<(Instant, K)>,
}

impl<K: Copy + PartialEq> Lately<K> {
    pub const fn new(length: Duration) -> Self {
        Self { length, done: VecDeque::new() }
    }

    pub fn note(&mut self, what: K, now: Instant) {
        while self.done.front().is_some_and(|(at, _)| at.plus(self.length) <= now) {
            self.done.pop_front();
        }
        self.done.push_back((now, what));
    }

    fn times(&self, what: K, now: Instant) -> impl DoubleEndedIterator<Item = Instant> {
        let recent = self.done.iter().filter(move |(at, of)| *of == what && at.plus(self.length) > now);
        recent.map(|(at, _)| *at)
    }

    pub fn count(&self, what: K, now: Instant) -> usize {
        self.times(what, now).count()
    }

    pub fn first(&self, what: K, now: Instant) -> Option<Instant> {
        self.times(what, now).next()
    }

    pub fn last(&self, what: K, now: Instant) -> Option<Instant> {
        self.times(what, now).next_back()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Instant = Instant::from_millis(0);

    #[test]
    fn all_least_numbers_together_are_what_there_is() {
        assert_eq!(Share::ALL.into_iter().map(Share::least).sum::<usize>(), GROUP_CALLS);
        let others = Share::Answers.least() + Share::Alerts.least();
        assert!(ALL_EDITS + others <= GROUP_CALLS && TALK + others <= GROUP_CALLS);
    }

    #[test]
    fn five_alerts_and_a_fold_find_room_beside_all_that_waits() {
        let mut budget = Budget::default();
        let mut waiting = Waiting::default();
        for lane in [Lane::Words, Lane::Rings, Lane::Folds, Lane::Edits, Lane::CleanUp, Lane::Digests] {
            waiting.add(lane, START);
        }
        for lane in [Lane::Edits, Lane::Words, Lane::CleanUp, Lane::Rings, Lane::Folds, Lane::Digests] {
            while budget.next(lane, waiting, START) == START {
                budget.take(lane, START);
            }
        }
        for lane in [Lane::Alerts, Lane::Answers] {
            waiting.add(lane, START);
            let mut left = 0;
            while budget.next(lane, waiting, START) == START {
                budget.take(lane, START);
                left += 1;
            }
            assert_eq!(left, if lane == Lane::Alerts { 6 } else { 2 });
        }
    }

    #[test]
    fn answers_leave_four_calls_and_in_a_crowd_what_alerts_and_their_list_need() {
        let mut budget = Budget::default();
        let mut answers = 0;
        while budget.next(Lane::Answers, Waiting::default(), START) == START {
            budget.take(Lane::Answers, START);
            answers += 1;
        }
        assert_eq!(answers, GROUP_CALLS - BESIDE_ANSWERS);
        for two in [[Lane::Alerts, Lane::Alerts], [Lane::Alerts, Lane::Folds], [Lane::Folds, Lane::Alerts]] {
            let mut budget = budget.clone();
            for lane in two {
                assert_eq!(budget.next(lane, Waiting::default(), START), START, "{two:?}");
                budget.take(lane, START);
            }
        }
        let mut budget = Budget::default();
        for lane in [Lane::Answers, Lane::Answers, Lane::Alerts, Lane::Alerts, Lane::Alerts] {
            budget.take(lane, START);
        }
        let (posts, lines) = (Share::Alerts.least() - CROWD, FOLDS_IN_A_CROWD);
        let free = budget.free(Lane::Answers, Waiting::default(), START);
        assert_eq!(free, GROUP_CALLS - 2 - CROWD - posts - lines);
    }

    #[test]
    fn while_alerts_come_fast_their_edits_leave_room_for_the_list_of_the_next_ones() {
        let mut budget = Budget::default();
        for lane in [Lane::Alerts, Lane::Edits, Lane::Alerts, Lane::Edits, Lane::Alerts, Lane::Edits] {
            budget.take(lane, START);
        }
        let later = START.plus(GROUP_WINDOW);
        assert_eq!(budget.next(Lane::Edits, Waiting::default(), START), later);
        assert_eq!(budget.free(Lane::Folds, Waiting::default(), START), 7);
    }

    #[test]
    fn what_is_tidied_up_in_a_crowd_takes_not_all_the_edits() {
        let mut budget = Budget::default();
        for lane in [Lane::Alerts, Lane::Alerts, Lane::Alerts, Lane::CleanUp, Lane::CleanUp, Lane::CleanUp] {
            budget.take(lane, START);
        }
        assert_eq!(budget.next(Lane::Edits, Waiting::default(), START), START);
    }

    #[test]
    fn edits_alone_take_four_in_a_minute_and_folds_the_rest_of_ten() {
        let mut budget = Budget::default();
        for (lane, most) in [(Lane::Edits, 4), (Lane::Folds, 6)] {
            for _ in 0..most {
                assert_eq!(budget.next(lane, Waiting::default(), START), START);
                budget.take(lane, START);
            }
        }
        let later = START.plus(GROUP_WINDOW);
        assert_eq!(budget.next(Lane::Edits, Waiting::default(), START), later);
        assert_eq!(budget.next(Lane::Folds, Waiting::default(), START), later);
        assert_eq!(budget.next(Lane::Alerts, Waiting::default(), START), START);
        assert!(!budget.is_forgettable(START) && budget.is_forgettable(later));
    }
}
