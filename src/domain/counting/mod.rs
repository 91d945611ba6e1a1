//! What figures are made of: which surveys are selected, how they are grouped, and what is counted of them.
//!
//! A survey and all its answers belong to the day of its event. A filter applies to the event, so it always selects
//! numerator and denominator alike.

mod beside;
mod count;
mod customers;
mod facts;
mod select;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use chrono_tz::Tz;

pub use beside::{Beside, BesideCounter, Besides, Given, GivenBy};
pub use count::Counter;
pub use customers::Customers;
pub use facts::{AnswerFacts, EventFacts, Stage, SurveyFacts, Tenure};

use super::scale::{Band, written};
use super::stats::clusters::ClusterSizes;
use super::stats::coverage::Coverage;
use super::stats::index::{Index, Oriented};
use super::stats::kpis::Said;
use super::stats::reasons::Reasons;
use super::stats::waiting::Waits;

/// Calendar days in the installation's time zone, from the first up to but not including the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days {
    pub from: NaiveDate,
    pub until: NaiveDate,
}

impl Days {
    pub fn contains(&self, day: NaiveDate) -> bool {
        (self.from..self.until).contains(&day)
    }

    /// The number of days.
    pub fn count(&self) -> i64 {
        (self.until - self.from).num_days().max(0)
    }
}

written! {
    /// A property of an event by which figures can be filtered and grouped. It is frozen when the event arrives.
    Dimension {
        Script = "script", Version = "version", Agent = "agent", Team = "team", Store = "store",
        Channel = "channel", Tag = "tag", Segment = "segment", Automation = "automation", Kind = "kind",
        Hook = "hook", Tenure = "tenure",
    }
}

/// Selects events by one dimension: any of the values, where `None` stands for events without one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Filter {
    pub dimension: Dimension,
    pub values: BTreeSet<Option<String>>,
    /// Leaves these events out instead of selecting them.
    pub is_left_out: bool,
}

/// The surveys to be counted. All filters have to match.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selection {
    pub days: Days,
    /// The time zone in which an event has its day.
    pub zone: Tz,
    /// For how many days an agent counts as new.
    pub new_agent_days: u32,
    pub filters: Vec<Filter>,
    /// Leaves out the answers that a confirmed dispute names.
    pub is_reviewed: bool,
    /// Selects only those who answered after the reminder, or only the others. Erased surveys are in neither.
    pub is_late: Option<bool>,
    /// Only answers in these bands; empty for all. Like the reasons, it selects answers and leaves the surveys alone.
    pub bands: BTreeSet<Band>,
    /// Only answers for which one of these reasons was given; empty for all.
    pub reasons: BTreeSet<String>,
}

impl Selection {
    /// All surveys of these days.
    #[must_use]
    pub const fn of(days: Days, zone: Tz, new_agent_days: u32) -> Self {
        Self {
            days,
            zone,
            new_agent_days,
            filters: Vec::new(),
            is_reviewed: false,
            is_late: None,
            bands: BTreeSet::new(),
            reasons: BTreeSet::new(),
        }
    }
}

/// What makes up the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Grouping {
    #[default]
    None,
    By(Dimension),
    Day,
    /// ISO weeks.
    Week,
    Month,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Counting {
    pub selection: Selection,
    /// The keys of the questions whose answers are counted; empty for all.
    pub questions: BTreeSet<String>,
    pub grouping: Grouping,
}

impl Counting {
    /// Counts surveys by a dimension, and no answers: no question has the empty key.
    #[must_use]
    pub fn of_surveys(selection: Selection, dimension: Dimension) -> Self {
        Self { selection, questions: BTreeSet::from([String::new()]), grouping: Grouping::By(dimension) }
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKey {
    All,
    /// A value of the dimension; `None` for events without one. An event with several tags or segments counts in each.
    Value(Option<String>),
    /// The first day of a day, week or month.
    From(NaiveDate),
}

/// The counts of one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// By script; `None` for events that no script was chosen for.
    pub coverage: BTreeMap<Option<String>, Coverage>,
    /// By script and question.
    pub questions: BTreeMap<QuestionKey, Answers>,
}

/// A question is identified by its script and its key; all versions count together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionKey {
    pub script: String,
    pub question: String,
}

/// A question whose answers are summed up, and how much each answer counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Series {
    pub key: QuestionKey,
    pub on: Oriented,
    pub index: Index,
}

/// The current answers to one question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// By value and the band stored with it.
    pub values: BTreeMap<(i64, Option<Band>), u64>,
    /// By the set of options that were chosen together, joined by `|`.
    pub options: BTreeMap<String, u64>,
    /// How often customers repeat.
    pub sizes: ClusterSizes,
    /// The number of customers; each erased survey counts as one.
    pub customers: u64,
}

/// What an allocation takes besides what it holds.
const ALLOCATED: usize = 16;
/// The least that an entry of a tree takes besides itself: its nodes are never full.
const NODE: usize = 48;

impl Counts {
    /// About how many bytes they take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let coverage = |script: &Option<String>| {
            size_of::<Option<String>>()
                + 2 * NODE
                + script.as_ref().map_or(0, |script| script.len() + ALLOCATED)
                + Coverage::BYTES
        };
        let group = |group: &Group| {
            let questions = group.questions.iter().map(|(key, answers)| {
                size_of::<QuestionKey>()
                    + NODE
                    + key.script.len()
                    + key.question.len()
                    + 2 * ALLOCATED
                    + answers.bytes()
            });
            size_of::<(GroupKey, Group)>()
                + NODE
                + group.coverage.keys().map(coverage).sum::<usize>()
                + questions.sum::<usize>()
        };
        size_of::<Self>() + self.groups.values().map(group).sum::<usize>()
    }
}

impl Answers {
    /// About how many bytes they take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        // A tree's first node has room for eleven entries.
        let values =
            if self.values.is_empty() { 0 } else { self.values.len().max(11) * size_of::<(Given, u64)>() };
        let options = self.options.keys().map(|options| options.len() + size_of::<(String, u64)>() + NODE);
        size_of::<Self>() + values + options.sum::<usize>()
    }

    pub fn n(&self) -> u64 {
        self.values.values().sum::<u64>() + self.options.values().sum::<u64>()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub groups: BTreeMap<GroupKey, Group>,
}

/// What the purchases and the closed tickets say that are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventCounts {
    pub purchases: u64,
    /// How many tickets were closed, by channel.
    pub channels: BTreeMap<Option<String>, u64>,
    /// The times to the first response of the closed tickets that say it, in seconds, the shortest first.
    pub first_response: Vec<u32>,
    /// The same for their handling times.
    pub resolution: Vec<u32>,
    /// How many say how many messages there were, and the sum.
    pub with_messages: u64,
    pub messages: u64,
    pub overdue: Said,
    pub solved_at_once: Said,
}

impl EventCounts {
    /// How many tickets were closed.
    pub const fn closed(&self) -> u64 {
        self.overdue.closed
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        const CHANNEL: usize = 64;
        size_of::<u32>() * (self.first_response.len() + self.resolution.len()) + CHANNEL * self.channels.len()
    }
}

/// The low answers to one question, and the reasons given for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReasonCounts {
    /// How many answers are low, with and without reasons.
    pub low: u64,
    pub reasons: Reasons<String>,
    /// How often customers repeat among those who gave reasons.
    pub sizes: ClusterSizes,
}

/// The answers to one question by the two waits of their tickets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaitCounts {
    pub first_response: Waited,
    pub resolution: Waited,
}

/// The answers to one question by one wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waited {
    pub waits: Waits,
    /// How often customers repeat among the answers that have the wait.
    pub sizes: ClusterSizes,
    /// How many answers have no such wait.
    pub missing: u64,
}
