//! Cases: one trouble of one person about one subject. The table of states is a type: [`Case::after`] says what an act
//! makes of a case, or why it is refused, and nothing else changes a status.

use std::time::Duration;

use crate::domain::ids::PersonId;
use crate::domain::scale::written;
use crate::domain::time::Timestamp;

mod budgets;
pub mod deadlines;
mod table;
#[cfg(test)]
mod tests;
mod words;

pub use budgets::Budgets;

written! {
    /// What opened a case.
    Source { Score = "score", Human = "human", Message = "message" }
}

written! {
    /// How much a case matters. By itself it only rises.
    Severity { Minor = "minor", Normal = "normal", Urgent = "urgent" }
}

written! {
    /// Why a case was resolved: the causes that leads choose from, then those of the program.
    Cause {
        AgentKnowledge = "agent_knowledge", AgentManner = "agent_manner", Procedure = "procedure",
        Template = "template", Product = "product", Delivery = "delivery", Other = "other",
        Unfounded = "unfounded",
        NoReplyNeeded = "none", Corrected = "corrected", NoAnswer = "no_answer", Erased = "erased", Test = "test",
    }
}

impl Cause {
    /// The causes that a lead chooses from when they resolve a case. Their places are under buttons in chats: add at the
    /// end only.
    pub const CHOSEN_BY_LEADS: &'static [Self] = &[
        Self::AgentKnowledge,
        Self::AgentManner,
        Self::Procedure,
        Self::Template,
        Self::Product,
        Self::Delivery,
        Self::Other,
    ];
}

written! {
    /// The status as tables, exports and the API write it.
    StatusName {
        Open = "open", Taken = "taken", Waiting = "waiting_for_customer", Resolved = "resolved",
    }
}

written! {
    /// How a survey came to a case.
    Membership { Opened = "opened", Joined = "joined", Recovery = "recovery" }
}

written! {
    /// How the customer was first contacted.
    Contact { Reply = "reply", Otherwise = "otherwise" }
}

pub use words::{
    Destination, Ongoing, Resolved, Side, Situation, SurveyTakes, Thread, WordState, destination,
};

/// Where a case stands. A case has an owner exactly while it is taken or waiting for the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Open,
    Taken(PersonId),
    Waiting(PersonId),
    Resolved(Cause),
}

impl Status {
    #[must_use]
    pub const fn name(self) -> StatusName {
        match self {
            Self::Open => StatusName::Open,
            Self::Taken(_) => StatusName::Taken,
            Self::Waiting(_) => StatusName::Waiting,
            Self::Resolved(_) => StatusName::Resolved,
        }
    }

    #[must_use]
    pub const fn owner(self) -> Option<PersonId> {
        match self {
            Self::Taken(owner) | Self::Waiting(owner) => Some(owner),
            Self::Open | Self::Resolved(_) => None,
        }
    }

    #[must_use]
    pub const fn is_resolved(self) -> bool {
        matches!(self, Self::Resolved(_))
    }
}

/// What the table needs to know about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    pub status: Status,
    pub source: Source,
    pub severity: Severity,
    /// The first contact in this round.
    pub contacted_at: Option<Timestamp>,
    pub resolved_at: Option<Timestamp>,
    /// When words came after the case was resolved, until somebody deals with them.
    pub afterword_at: Option<Timestamp>,
    pub reopened: i64,
    /// How many times the owner has put it off in this round.
    pub snoozed: i64,
    /// The customer was erased. Nothing more can be done with the case.
    pub erased: bool,
}

/// Something that somebody, or time, does with a case. Leads are people with the role lead or admin; the caller of
/// [`Case::after`] has checked that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// `again`: the same lead tapped before, and was told who has it.
    Take {
        by: PersonId,
        again: bool,
    },
    /// A lead writes to the customer.
    Reply {
        by: PersonId,
    },
    /// A lead has talked to the customer elsewhere.
    ContactedOtherwise {
        by: PersonId,
    },
    Wait {
        by: PersonId,
    },
    Release {
        by: PersonId,
        is_admin: bool,
    },
    HandOver {
        by: PersonId,
        is_admin: bool,
        to: PersonId,
    },
    Snooze {
        by: PersonId,
        until: Timestamp,
    },
    /// `again`: as with [`Act::Take`].
    Resolve {
        by: PersonId,
        cause: Cause,
        again: bool,
    },
    NoReplyNeeded {
        by: PersonId,
    },
    Reopen {
        by: PersonId,
    },
    SetSeverity {
        by: PersonId,
        severity: Severity,
    },
    /// The customer writes.
    CustomerWords,
    /// The customer taps *It is not solved*.
    CustomerReopens,
    /// An answer reached the alert level, or the customer asked for a human. `own_survey`: the answer is in a survey of
    /// this case.
    Trouble {
        own_survey: bool,
    },
    /// The question whether the solution helped was answered badly.
    RecoveryLow,
    /// The owner's role ended.
    OwnerLost,
    /// The customer has been silent for too long.
    CustomerSilent,
    /// The survey ended, no answer stands at the alert level, and nobody has said a word.
    Corrected,
    /// Nobody has dealt with the words that came after the case was resolved.
    AfterwordIgnored,
    CustomerErased,
    /// A test case is a day old.
    TestOver,
}

/// What follows from an act besides the new status. The code that stores the case carries it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The chats hear a sound.
    Ring,
    /// The former owner is told who has taken the case over.
    TellFormerOwner(PersonId),
    /// The words go to the customer.
    Send,
    /// The customer has been contacted for the first time in this round.
    FirstContact(Contact),
    /// The time to resolve stands still from now on.
    StopClock,
    /// The time to resolve goes on.
    ContinueClock,
    /// A new round begins: both deadlines are computed from now.
    StartClocks,
    /// The severity rose: each deadline becomes the earlier of the old one and the new.
    TightenClocks,
    /// The deadline is put off.
    PutOff(Timestamp),
    /// The place in which the present owner works is no longer this case's home.
    LeaveHome,
    /// The customer is told that the case is closed, and asked later whether it helped, if they had contact.
    Closed,
}

/// A case after an act, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    pub case: Case,
    pub effects: Vec<Effect>,
}

/// Why an act changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Another lead has the case. The same act once more within half a minute takes it from them.
    TakenBy(PersonId),
    /// Only the owner, or an admin, may do this.
    NotOwner(PersonId),
    /// Words to another lead's case, or to a resolved one, wait for a choice of their author.
    Held,
    /// The case has to be taken first.
    NotTaken,
    /// The customer has to be contacted first.
    NotContacted,
    Resolved,
    /// It is not resolved, or was done before.
    AlreadyDone,
    /// Resolved too long ago: what came is a new case.
    NewCase,
    Erased,
    /// The limit of putting off.
    TooOften,
}

/// What installations choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How long after it was resolved a case goes on with the customer's words.
    pub reopen: Duration,
}

/// How many times a case may be put off in one round.
pub const MOST_SNOOZES: i64 = 5;
