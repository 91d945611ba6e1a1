//! What is known about one survey, or about an event alone, as far as figures need it.

use chrono::NaiveDate;

use crate::domain::ids::{CustomerKey, SurveyKey};
use crate::domain::ledger::State;
use crate::domain::scale::{Band, written};
use crate::domain::stats::coverage::{Coverage, Surveyed};
use crate::domain::stats::drivers::Group as Unit;

written! {
    /// How long the agent had been in the job on the day of the event.
    Tenure { New = "new", Established = "established", Unknown = "unknown" }
}

impl Tenure {
    /// `since` is the agent's first day, `new_days` the time for which an agent counts as new. A first day after the
    /// event is a mistake in the data.
    #[must_use]
    pub fn of(since: Option<NaiveDate>, day: NaiveDate, new_days: u32) -> Self {
        Self::after(since.map(|since| (day - since).num_days()), new_days)
    }

    /// The same for an agent who has been in the job for this many days.
    #[must_use]
    pub fn after(days: Option<i64>, new_days: u32) -> Self {
        match days {
            Some(days) if days >= i64::from(new_days) => Self::Established,
            Some(days) if days >= 0 => Self::New,
            Some(_) | None => Self::Unknown,
        }
    }
}

/// A survey of an event that could ask. Tests are not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyFacts {
    pub survey: SurveyKey,
    /// The day of the event in the installation's time zone.
    pub day: NaiveDate,
    pub script: Option<String>,
    pub version: Option<i64>,
    pub state: State,
    /// Whether the invitation was sent.
    pub is_delivered: bool,
    /// Whether the first answer came only after the reminder.
    pub is_late: bool,
    /// `None` for an erased customer; each such survey is a customer of its own.
    pub customer: Option<CustomerKey>,
    /// The customer's group when groups are deleted for an interval; it follows from the customer's ID.
    pub unit: Unit,
    pub event: EventFacts,
    /// The waiting times of the ticket in seconds.
    pub first_response: Option<u64>,
    pub resolution: Option<u64>,
    /// How many messages the ticket had.
    pub messages: Option<u64>,
    /// Whether the ticket was overdue.
    pub overdue: Option<bool>,
    /// Whether the ticket was solved at first contact.
    pub solved_at_once: Option<bool>,
    /// Current answers only: neither withdrawn nor skipped. An answer in words has no value and no options.
    pub answers: Vec<AnswerFacts>,
}

written! {
    /// How far a survey has come, as the denominators count it.
    Stage { Eligible = "eligible", Delivered = "delivered", Answered = "answered" }
}

impl SurveyFacts {
    /// How it is counted.
    #[must_use]
    pub fn surveyed(&self) -> Surveyed {
        Surveyed { state: self.state, is_delivered: self.is_delivered, is_answered: !self.answers.is_empty() }
    }

    /// Whether it is counted at a stage.
    #[must_use]
    pub fn has_reached(&self, stage: Stage) -> bool {
        let mut alone = Coverage::default();
        alone.add(self.surveyed(), 1);
        let count = match stage {
            Stage::Eligible => alone.eligible(),
            Stage::Delivered => alone.delivered(),
            Stage::Answered => alone.answered(),
        };
        count > 0
    }
}

/// An event, with or without a survey: the properties by which it can be filtered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFacts {
    pub kind: String,
    pub agent: Option<String>,
    pub team: Option<String>,
    pub store: Option<String>,
    pub channel: Option<String>,
    pub automation: Option<String>,
    pub hook: Option<String>,
    pub tags: Vec<String>,
    pub segments: Vec<String>,
    pub tenure: Tenure,
}

/// A current answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerFacts {
    pub question: String,
    pub value: Option<i64>,
    pub band: Option<Band>,
    /// The options chosen, in the order in which they are stored.
    pub options: Vec<String>,
    /// The reasons given after this answer; `None` if there is no row of reasons.
    pub reasons: Option<Vec<String>>,
    /// Whether a confirmed dispute names this answer.
    pub is_disputed: bool,
}
