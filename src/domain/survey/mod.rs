//! What a tap or a word does to a survey: `(dialogue, input) → dialogue`, without database, network or clock.
//!
//! A [`Dialogue`] is the step the customer stands at and everything they gave so far. Which of it counts is not
//! remembered but derived from the script (in `path`): the caller that stores a dialogue compares it with what it was
//! before and writes the difference.

use std::collections::BTreeMap;

use crate::domain::scale::Band;
use crate::domain::script::Script;

mod moves;
mod path;
#[cfg(test)]
mod tests;

pub use moves::{Input, Stale};

/// Where the customer stands. Questions are named by their place in the script, which never changes in a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The question is asked.
    Ask(usize),
    /// The question was scored and is followed by its reasons and a request for words.
    Why(usize),
    /// Nothing is left to ask; answers can be changed.
    End,
    /// Which answer to change?
    Review,
}

impl Step {
    /// As it is stored: `ask:KEY`, `why:KEY`, `end`, `review`.
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

    /// Reads [`Step::to_text`]; `None` if the script has no such question.
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

/// The three things a question can be given.
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

/// One thing given, as it stands now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    pub value: Option<i64>,
    /// Keys of chosen options or reasons, in the script's order.
    pub options: Vec<String>,
    /// Whether the customer's own words (or a voice, a photo…) belong to it.
    pub words: bool,
    pub skipped: bool,
    /// Of an answer its own band; of a reason or comment the band of the score it was given to.
    pub band: Option<Band>,
    /// No longer on the path: out of the figures, kept in the history.
    pub withdrawn: bool,
}

/// A survey in the middle of being answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialogue {
    pub step: Step,
    /// Grows with every step, so that a button knows whether it is still the present one.
    pub turn: i64,
    pub given: BTreeMap<(usize, Part), Given>,
}

impl Dialogue {
    /// A survey that begins with its first question.
    #[must_use]
    pub fn begin() -> Self {
        Self { step: Step::Ask(0), turn: 1, given: BTreeMap::new() }
    }

    /// What was given, if it counts.
    #[must_use]
    pub fn live(&self, question: usize, part: Part) -> Option<&Given> {
        self.given.get(&(question, part)).filter(|given| !given.withdrawn)
    }

    /// The band of a question's score, if it has one that counts.
    #[must_use]
    pub fn band(&self, question: usize) -> Option<Band> {
        self.live(question, Part::Answer).and_then(|given| given.band)
    }

    /// Every question that applies is answered or skipped.
    #[must_use]
    pub fn is_complete(&self, script: &Script) -> bool {
        path::next_question(script, self).is_none()
    }

    /// The questions that apply, given the answers so far, in order.
    #[must_use]
    pub fn applicable(&self, script: &Script) -> Vec<usize> {
        path::applicable(script, self)
    }

    /// `(number, total)` of a question that is asked. The total is the longest way that is still possible, so it never
    /// grows while the customer goes on.
    #[must_use]
    pub fn progress(&self, script: &Script, question: usize) -> (usize, usize) {
        let applicable = self.applicable(script);
        let number = applicable.iter().position(|index| *index == question).map_or(1, |at| at + 1);
        (number, path::longest(script, self, question).max(number))
    }

    /// Whether an answer that counts stands at its question's alert level or worse.
    #[must_use]
    pub fn reaches_alert_level(&self, script: &Script) -> bool {
        self.any_told(script, |_| true)
    }

    /// Whether the leads are told of a low score that counts.
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

    /// The question before this one that the customer has answered.
    #[must_use]
    pub fn previous(&self, script: &Script, question: usize) -> Option<usize> {
        let mut before = self.applicable(script).into_iter().filter(|index| *index < question);
        before.rfind(|index| self.live(*index, Part::Answer).is_some())
    }
}
