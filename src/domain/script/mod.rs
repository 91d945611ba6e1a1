//! A script: a questionnaire with its sending rules, in the form that everything after the parser uses.

pub mod diff;
pub mod edit;
pub mod parse;
pub mod problem;
pub mod question;
pub mod series;
pub mod shipped;
pub mod texts;
pub mod when;
pub mod whole;

mod belongs;
mod fields;
mod key;
mod lint;
mod parse_question;
#[cfg(test)]
mod tests;

pub use key::key as slug;
pub use parse::{MAX_FILE_BYTES, Parsed, decode};
pub use problem::{Problem, Said};
pub use question::{Choice, Condition, Ends, FollowUp, Link, Question, ShowIf};
pub use when::{Facts, NoMatch, When};

use crate::domain::locale;
pub use crate::domain::locale::{Languages, Localized};
use crate::domain::scale::written;
use crate::domain::sending::SendOverrides;

written! {
    /// The kind of event after which a script asks.
    Trigger { Purchase = "purchase", TicketClosed = "ticket_closed", CaseResolved = "case_resolved" }
}

/// One questionnaire. A published version never changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    pub slug: String,
    pub on: Trigger,
    /// If several scripts match, the one with the highest priority asks; among equals, the first by slug.
    pub priority: i64,
    pub title: Localized,
    pub when: When,
    pub send: SendOverrides,
    pub greeting: Option<Localized>,
    pub thanks: Option<Localized>,
    pub questions: Vec<Question>,
    /// The languages that every text has.
    pub languages: Vec<&'static str>,
}

impl Script {
    #[must_use]
    pub fn question(&self, key: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.key == key)
    }

    /// The language of a tag (`pt-BR` → `pt`), if every text has that language.
    #[must_use]
    pub fn speaks(&self, tag: &str) -> Option<&'static str> {
        self.languages.iter().copied().find(|language| language.eq_ignore_ascii_case(locale::base(tag)))
    }

    /// The installation's languages in which at least one text is missing.
    pub fn lacking(&self, languages: &Languages) -> impl Iterator<Item = &'static str> {
        languages.iter().filter(|language| !self.languages.contains(language))
    }
}
