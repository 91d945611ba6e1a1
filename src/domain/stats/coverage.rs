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
    states: HashMap<State, u64>,
    delivered: u64,
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
        *self.states.entry(surveyed.state).or_default() += surveys;
        self.delivered += if surveyed.is_delivered { surveys } else { 0 };
        self.answered += if surveyed.is_answered { surveys } else { 0 };
    }

    pub fn merge(&mut self, other: &Self) {
        for (state, surveys) in &other.states {
            *self.states.entry(*state).or_default() += surveys;
        }
        self.delivered += other.delivered;
        self.answered += other.answered;
    }

    pub fn events(&self) -> u64 {
        self.states.values().sum()
    }

    /// All events except those that were never meant to lead to a question. Events suppressed as `erased` stay
    /// eligible, because erasing must not raise the coverage.
    pub fn eligible(&self) -> u64 {
        self.count(is_eligible)
    }

    pub const fn delivered(&self) -> u64 {
        self.delivered
    }

    pub const fn answered(&self) -> u64 {
        self.answered
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
        ratio(self.answered, self.delivered)
    }

    /// answered/eligible; `None` for 0/0.
    pub fn coverage(&self) -> Option<f64> {
        ratio(self.answered, self.eligible())
    }

    /// Every state with its reason and count, in the ledger's order. The counts add up to [`Coverage::events`].
    pub fn states(&self) -> impl Iterator<Item = (State, u64)> {
        State::all().filter_map(|state| Some((state, *self.states.get(&state)?)))
    }

    fn count(&self, is_meant: impl Fn(State) -> bool) -> u64 {
        self.states.iter().filter(|(state, _)| is_meant(**state)).map(|(_, surveys)| surveys).sum()
    }
}

const fn is_eligible(state: State) -> bool {
    use Suppression::{Cancelled, IsStaff, NoScript, NotEligible};
    !matches!(state, State::Suppressed(NoScript | NotEligible | IsStaff | Cancelled))
}
