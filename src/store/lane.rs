//! What a message to Telegram is for. All in which lanes differ is one table, [`Lane::spec`]: a new lane does not compile until
//! each of its facts is given.

#![warn(clippy::wildcard_enum_match_arm)]

use crate::domain::scale::written;

written! {
    /// First lanes go first, but for what a group keeps free for others (`telegram::budget`).
    Lane {
        /// To somebody who is waiting: a customer in a dialogue, a lead at a button.
        Answers = "answers",
        /// A bad score or a request for a human that the leads do not know of yet.
        Alerts = "alerts",
        /// A score that fell again.
        Rings = "rings",
        /// What customers say to the leads: their words, their files.
        Words = "words",
        /// A line more in a message that lists many alerts: the first sign of a bad score.
        Folds = "folds",
        /// What changes in alerts that the leads know of.
        Edits = "edits",
        Surveys = "surveys",
        Digests = "digests",
        /// What erasing and retention change in old messages: nobody waits for it.
        CleanUp = "clean_up",
    }
}

/// The facts about a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a table of facts, each of which holds or does not")]
pub struct Spec {
    /// As the outbox holds it. Rows of a former version have it, so it never changes.
    pub code: i64,
    /// Whether it tells the leads something.
    pub is_for_leads: bool,
    /// Whether it is a fault when its oldest message waits long; all else may take its time.
    pub is_urgent: bool,
    /// Whether what it changes must be seen: an edit whose message is gone goes out as a new one.
    pub is_shown_again: bool,
    /// Whether it stands under an alert, and so never above one that may have arrived.
    pub is_under_alert: bool,
    /// Whether a group gets it before all other lanes, as far as the budget allows.
    pub goes_first: bool,
    pub calls: Calls,
    pub in_private: Order,
    pub in_group: Order,
    pub share: Share,
}

/// How many calls may be in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// As many as it takes for so many a second, up to a bound.
    Rate {
        per_second: u32,
        most: usize,
    },
    /// As many as it takes for `MESSAGES_PER_SECOND`.
    Surveys,
    Few,
}

/// Which of the messages that wait in one chat goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The first of the queue, and until it has gone no other.
    Queue,
    /// The first that may go now.
    Any,
    /// The first of the person who has said least of late.
    Fair,
}

/// Lanes that are counted together in what a group takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    Answers,
    Alerts,
    Rings,
    Words,
    Folds,
    Edits,
    Others,
    CleanUp,
}

impl Share {
    pub const ALL: [Self; 8] = [
        Self::Answers,
        Self::Alerts,
        Self::Rings,
        Self::Words,
        Self::Folds,
        Self::Edits,
        Self::Others,
        Self::CleanUp,
    ];
}

const ANSWERS: Calls = Calls::Rate { per_second: 500, most: 64 };
const LEADS: Calls = Calls::Rate { per_second: 250, most: 32 };

impl Lane {
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one table, each fact of each lane on a line of its own")]
    pub const fn spec(self) -> Spec {
        match self {
            Self::Answers => Spec {
                code: 0,
                is_for_leads: false,
                is_urgent: true,
                is_shown_again: false,
                is_under_alert: false,
                goes_first: true,
                calls: ANSWERS,
                in_private: Order::Queue,
                in_group: Order::Queue,
                share: Share::Answers,
            },
            Self::Alerts => Spec {
                code: 1,
                is_for_leads: true,
                is_urgent: true,
                is_shown_again: true,
                is_under_alert: false,
                goes_first: true,
                calls: LEADS,
                in_private: Order::Queue,
                in_group: Order::Queue,
                share: Share::Alerts,
            },
            Self::Rings => Spec {
                code: 5,
                is_for_leads: true,
                is_urgent: true,
                is_shown_again: false,
                is_under_alert: true,
                goes_first: false,
                calls: LEADS,
                in_private: Order::Queue,
                in_group: Order::Any,
                share: Share::Rings,
            },
            Self::Words => Spec {
                code: 4,
                is_for_leads: true,
                is_urgent: false,
                is_shown_again: false,
                is_under_alert: true,
                goes_first: false,
                calls: LEADS,
                in_private: Order::Queue,
                in_group: Order::Fair,
                share: Share::Words,
            },
            Self::Folds => Spec {
                code: 6,
                is_for_leads: true,
                is_urgent: true,
                is_shown_again: true,
                is_under_alert: false,
                goes_first: false,
                calls: LEADS,
                in_private: Order::Any,
                in_group: Order::Any,
                share: Share::Folds,
            },
            Self::Edits => Spec {
                code: 7,
                is_for_leads: true,
                is_urgent: false,
                is_shown_again: true,
                is_under_alert: false,
                goes_first: false,
                calls: LEADS,
                in_private: Order::Any,
                in_group: Order::Any,
                share: Share::Edits,
            },
            Self::Surveys => Spec {
                code: 2,
                is_for_leads: false,
                is_urgent: true,
                is_shown_again: false,
                is_under_alert: false,
                goes_first: false,
                calls: Calls::Surveys,
                in_private: Order::Queue,
                in_group: Order::Queue,
                share: Share::Others,
            },
            Self::Digests => Spec {
                code: 3,
                is_for_leads: false,
                is_urgent: false,
                is_shown_again: false,
                is_under_alert: false,
                goes_first: false,
                calls: Calls::Few,
                in_private: Order::Queue,
                in_group: Order::Queue,
                share: Share::Others,
            },
            Self::CleanUp => Spec {
                code: 8,
                is_for_leads: false,
                is_urgent: false,
                is_shown_again: false,
                is_under_alert: false,
                goes_first: false,
                calls: Calls::Few,
                in_private: Order::Any,
                in_group: Order::Any,
                share: Share::CleanUp,
            },
        }
    }

    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    #[must_use]
    pub const fn code(self) -> i64 {
        self.spec().code
    }

    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|lane| lane.code() == code)
    }

    /// The codes of those lanes of which something holds, for `lane IN (…)`.
    #[must_use]
    pub fn codes(holds: impl Fn(Spec) -> bool) -> String {
        let codes = Self::ALL.iter().map(|lane| lane.spec()).filter(|spec| holds(*spec));
        codes.map(|spec| spec.code.to_string()).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outbox of a database that is brought up to date has them, and so have the indexes for one lane.
    #[test]
    fn a_lane_keeps_its_number() {
        let known =
            ["answers", "alerts", "surveys", "digests", "words", "rings", "folds", "edits", "clean_up"];
        for (code, name) in (0..).zip(known) {
            assert_eq!(Lane::from_code(code).map(Lane::as_str), Some(name));
        }
        assert!(Lane::ALL.iter().all(|lane| Lane::from_code(lane.code()) == Some(*lane)), "a number twice");
        assert_eq!(Lane::from_code(9), None);
    }

    #[test]
    fn lanes_are_listed_by_what_holds_of_them() {
        assert_eq!(Lane::codes(|lane| lane.is_urgent), "0, 1, 5, 6, 2");
        assert_eq!(Lane::codes(|lane| lane.is_for_leads), "1, 5, 4, 6, 7");
    }
}
