//! Denominators: how many events led to an answer, and what happened to the others.
//!
//! The names follow AAPOR, Standard Definitions, 10th edition, 2023: [`Coverage::response_rate`] is close to the
//! cooperation rate COOP2, and [`Coverage::coverage`] to the response rate RR2 with the whole frame in the denominator.
//! Both are facts about all events of the period, so they have no interval.

use std::collections::HashMap;

use super::number::ratio;
use crate::domain::ledger::{State, Suppression};

/// The properties of one survey that are counted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surveyed {
    pub state: State,
    /// Whether it has `sent_at`.
    pub is_delivered: bool,
    /// Whether it has at least one current answer.
    pub is_answered: bool,
}

/// Counts of the surveys in a cut and period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    states: HashMap<State, InState>,
    delivered: u64,
}

/// How many surveys are in a state, and how many of them are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct InState {
    surveys: u64,
    answered: u64,
}

impl Coverage {
    /// About how many bytes one takes.
    pub const BYTES: usize = 400;

    /// Adds a number of surveys of one kind. Events that cannot lead to a question (`recorded`) are ignored.
    pub fn add(&mut self, surveyed: Surveyed, surveys: u64) {
        if surveyed.state == State::Recorded {
            return;
        }
        let of = self.states.entry(surveyed.state).or_default();
        of.surveys += surveys;
        of.answered += if surveyed.is_answered { surveys } else { 0 };
        self.delivered += if surveyed.is_delivered { surveys } else { 0 };
    }

    pub fn merge(&mut self, other: &Self) {
        for (state, more) in &other.states {
            let of = self.states.entry(*state).or_default();
            of.surveys += more.surveys;
            of.answered += more.answered;
        }
        self.delivered += other.delivered;
    }

    pub fn events(&self) -> u64 {
        self.states.values().map(|of| of.surveys).sum()
    }

    /// All events except those that were never meant to lead to a question. Events suppressed as `erased` stay
    /// eligible, because erasing must not raise the coverage.
    pub fn eligible(&self) -> u64 {
        self.count(is_eligible)
    }

    pub const fn delivered(&self) -> u64 {
        self.delivered
    }

    pub fn answered(&self) -> u64 {
        self.states.values().map(|of| of.answered).sum()
    }

    pub fn completed(&self) -> u64 {
        self.count(|state| state == State::Completed)
    }

    /// The number of surveys that may still get an answer; a period without any is settled.
    pub fn open(&self) -> u64 {
        self.count(|state| !state.is_final())
    }

    pub fn is_settled(&self) -> bool {
        self.open() == 0
    }

    /// answered/delivered; `None` for 0/0.
    pub fn response_rate(&self) -> Option<f64> {
        ratio(self.answered(), self.delivered)
    }

    /// answered/eligible; `None` for 0/0.
    pub fn coverage(&self) -> Option<f64> {
        ratio(self.answered(), self.eligible())
    }

    /// Every state with its reason and count, in the ledger's order. The counts add up to [`Coverage::events`].
    pub fn states(&self) -> impl Iterator<Item = (State, u64)> {
        State::all().filter_map(|state| Some((state, self.states.get(&state)?.surveys)))
    }

    /// The states of the answered surveys, which add up to [`Coverage::answered`]. A survey whose answers were all
    /// taken back or skipped is in one of them, and is not answered.
    pub fn answered_states(&self) -> impl Iterator<Item = (State, u64)> {
        let all = State::all().filter_map(|state| Some((state, self.states.get(&state)?.answered)));
        all.filter(|(_, answered)| *answered > 0)
    }

    fn count(&self, is_meant: impl Fn(State) -> bool) -> u64 {
        self.states.iter().filter(|(state, _)| is_meant(**state)).map(|(_, of)| of.surveys).sum()
    }
}

const fn is_eligible(state: State) -> bool {
    use Suppression::{Cancelled, IsStaff, NoScript, NotEligible};
    !matches!(state, State::Suppressed(NoScript | NotEligible | IsStaff | Cancelled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_states_of_the_answered_add_up_without_those_who_have_no_answer_left() {
        let mut coverage = Coverage::default();
        let mut add = |state, is_answered, surveys| {
            coverage.add(Surveyed { state, is_delivered: true, is_answered }, surveys);
        };
        add(State::Completed, true, 206);
        add(State::Completed, false, 3);
        add(State::Started, true, 6);
        add(State::Sent, false, 20);
        let mut twice = coverage.clone();
        twice.merge(&coverage);
        assert_eq!(
            twice.answered_states().collect::<HashMap<_, _>>(),
            [(State::Started, 12), (State::Completed, 412)].into()
        );
        assert_eq!((twice.answered(), twice.events(), twice.completed()), (424, 470, 418));
    }
}
