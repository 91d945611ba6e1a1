//! The purposes of messages to Telegram. One table, [`Lane::spec`], holds everything in which lanes differ. A new lane
//! does not compile until all of its facts are given.

#![warn(clippy::wildcard_enum_match_arm)]

use crate::domain::scale::written;

written! {
    /// Earlier lanes go first, except where a group's budget keeps calls free for other lanes (`telegram::budget`).
    Lane {
        /// To somebody who is waiting: a customer in a dialogue, or a lead who pressed a button.
        Answers = "answers",
        /// A bad score or a request for a human that is new to the leads.
        Alerts = "alerts",
        /// A score that fell again.
        Rings = "rings",
        /// What customers say to the leads: their words and files.
        Words = "words",
        /// Another line in a message that lists many alerts. It is the first the leads see of a bad score.
        Folds = "folds",
        /// Changes to alerts that the leads already know.
        Edits = "edits",
        Surveys = "surveys",
        Digests = "digests",
        /// Changes to old messages by erasing and retention. Nobody waits for them.
        CleanUp = "clean_up",
    }
}

/// The facts about a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a table of facts, each of which holds or does not")]
pub struct Spec {
    /// The number that the outbox stores. Rows of earlier versions hold it, so it never changes.
    pub code: i64,
    /// Whether its messages tell the leads something.
    pub is_for_leads: bool,
    /// Whether it is a fault if the oldest message waits for long. The other lanes may take their time.
    pub is_urgent: bool,
    /// Whether its edits must be seen: if the message to edit is gone, the edit is sent as a new message.
    pub is_shown_again: bool,
    /// Whether its messages belong below an alert. They are held back until an alert that may have arrived is settled,
    /// so that they never end up above it.
    pub is_under_alert: bool,
    /// Whether a group gets this lane before all other lanes, as far as the budget allows.
    pub goes_first: bool,
    pub calls: Calls,
    pub in_private: Order,
    pub in_group: Order,
    pub share: Share,
}

/// How many calls may be in flight at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// As many as are needed for this many per second, up to a limit.
    Rate {
        per_second: u32,
        most: usize,
    },
    /// As many as are needed for `MESSAGES_PER_SECOND`.
    Surveys,
    Few,
}

/// Which of a chat's waiting messages goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The first in the queue; the others wait until it has gone.
    Queue,
    /// The first that may go now.
    Any,
    /// The first one of the person who has had the fewest messages passed on recently.
    Fair,
}

/// Groups of lanes that share one count in a group's budget.
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

    /// Returns the codes of the lanes for which `holds` is true, for `lane IN (…)`.
    #[must_use]
    pub fn codes(holds: impl Fn(Spec) -> bool) -> String {
        let codes = Self::ALL.iter().map(|lane| lane.spec()).filter(|spec| holds(*spec));
        codes.map(|spec| spec.code.to_string()).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Outboxes of upgraded databases hold these numbers, and so do the indexes on single lanes.
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
