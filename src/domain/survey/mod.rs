//! The effect of a tap or a word on a survey: `(dialogue, input) → dialogue`, without a database, network or clock.
//!
//! A [`Dialogue`] is the customer's current step and everything they have given so far. Which of it counts is not
//! stored but derived from the script (in `path`). The caller that stores a dialogue compares it with its previous
//! state and writes the difference.

use std::collections::BTreeMap;

use crate::domain::scale::Band;
use crate::domain::script::Script;

mod moves;
mod path;
#[cfg(test)]
mod tests;

pub use moves::{Input, Stale};

/// The customer's current step. Questions are identified by their index in the script, which never changes within a
/// version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// This question is asked.
    Ask(usize),
    /// This question has been scored; now its reasons are shown and a comment is asked for.
    Why(usize),
    /// Nothing is left to ask, but answers can still be changed.
    End,
    /// The customer chooses an answer to change.
    Review,
}

impl Step {
    /// The stored form: `ask:KEY`, `why:KEY`, `end`, `review`.
    #[must_use]
    pub fn to_text(self, script: &Script) -> String {
        let key = |index: usize| script.questions.get(index).map_or("", |question| &question.key);
        match self {
            Self::Ask(index) => format!("ask:{}", key(index)),
            Self::Why(index) => format!("why:{}", key(index)),
            Self::End => "end".to_owned(),
            Self::Review => "review".to_owned(),
        }
    }

    /// Parses the result of [`Step::to_text`]; returns `None` if the script has no such question.
    #[must_use]
    pub fn from_text(text: &str, script: &Script) -> Option<Self> {
        let index = |key: &str| script.questions.iter().position(|question| question.key == key);
        match text.split_once(':') {
            Some(("ask", key)) => index(key).map(Self::Ask),
            Some(("why", key)) => index(key).map(Self::Why),
            None if text == "end" => Some(Self::End),
            None if text == "review" => Some(Self::Review),
            _ => None,
        }
    }

    /// The question that the step is about.
    #[must_use]
    pub fn question(self) -> Option<usize> {
        match self {
            Self::Ask(index) | Self::Why(index) => Some(index),
            Self::End | Self::Review => None,
        }
    }
}

/// The three things that can be given for a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Answer,
    Reason,
    Comment,
}

impl Part {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Reason => "reason",
            Self::Comment => "comment",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Answer, Self::Reason, Self::Comment].into_iter().find(|part| part.as_str() == text)
    }
}

/// The current state of one given thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    pub value: Option<i64>,
    /// Keys of the chosen options or reasons, in the script's order.
    pub options: Vec<String>,
    /// Whether the customer's own words (or a voice message, a photo…) belong to it.
    pub words: bool,
    pub skipped: bool,
    /// For an answer, its own band; for reasons or a comment, the band of the score they were given for.
    pub band: Option<Band>,
    /// Whether it is no longer on the path: left out of the figures but kept in the history.
    pub withdrawn: bool,
}

/// A survey in progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialogue {
    pub step: Step,
    /// Grows with every step, so that a button can be told to be stale.
    pub turn: i64,
    pub given: BTreeMap<(usize, Part), Given>,
}

impl Dialogue {
    /// A new survey at its first question.
    #[must_use]
    pub fn begin() -> Self {
        Self { step: Step::Ask(0), turn: 1, given: BTreeMap::new() }
    }

    /// What was given for this part, if it counts.
    #[must_use]
    pub fn live(&self, question: usize, part: Part) -> Option<&Given> {
        self.given.get(&(question, part)).filter(|given| !given.withdrawn)
    }

    /// The band of the question's score, if there is a score that counts.
    #[must_use]
    pub fn band(&self, question: usize) -> Option<Band> {
        self.live(question, Part::Answer).and_then(|given| given.band)
    }

    /// Whether every question that applies has been answered or skipped.
    #[must_use]
    pub fn is_complete(&self, script: &Script) -> bool {
        path::next_question(script, self).is_none()
    }

    /// The questions that apply, given the answers so far, in order.
    #[must_use]
    pub fn applicable(&self, script: &Script) -> Vec<usize> {
        path::applicable(script, self)
    }

    /// `(number, total)` of a question that is being asked. The total is the length of the longest path still possible,
    /// so it never grows as the customer goes on.
    #[must_use]
    pub fn progress(&self, script: &Script, question: usize) -> (usize, usize) {
        let applicable = self.applicable(script);
        let number = applicable.iter().position(|index| *index == question).map_or(1, |at| at + 1);
        (number, path::longest(script, self, question).max(number))
    }

    /// Whether any answer that counts is at its question's alert level or worse.
    #[must_use]
    pub fn reaches_alert_level(&self, script: &Script) -> bool {
        self.any_told(script, |_| true)
    }

    /// Whether leads are alerted to a low score that counts.
    #[must_use]
    pub fn is_low_told(&self, script: &Script) -> bool {
        self.any_told(script, |band| band == Band::Low)
    }

    fn any_told(&self, script: &Script, is_meant: impl Fn(Band) -> bool) -> bool {
        script.questions.iter().enumerate().any(|(index, question)| {
            let band = self.band(index).filter(|_| question.metric.is_scored());
            band.is_some_and(|band| question.alert.reached_by(band) && is_meant(band))
        })
    }

    /// The closest earlier question that the customer has answered.
    #[must_use]
    pub fn previous(&self, script: &Script, question: usize) -> Option<usize> {
        let mut before = self.applicable(script).into_iter().filter(|index| *index < question);
        before.rfind(|index| self.live(*index, Part::Answer).is_some())
    }
}
