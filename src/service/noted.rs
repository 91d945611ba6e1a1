//! What a unit of work has noted for those who listen to what happened (`react`).

use crate::domain::ids::{MessageId, PersonId};

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// In the order in which the first of it happened.
    pub answers: Vec<AnswersChanged>,
}

/// The answers of a survey changed in this unit.
#[derive(Clone, Debug)]
pub(super) struct AnswersChanged {
    pub survey: i64,
    /// They reached the alert level, though perhaps not for long.
    pub is_low: bool,
    /// The leads had been told of the survey.
    pub was_alerted: bool,
    /// Files that came with the customer's words.
    pub media: Vec<Medium>,
}

impl AnswersChanged {
    /// Nothing changed in this survey.
    pub const fn none_of(survey: i64) -> Self {
        Self { survey, is_low: false, was_alerted: false, media: Vec::new() }
    }
}

/// A message of the customer with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Medium {
    pub person: PersonId,
    pub message_id: MessageId,
}

impl Noted {
    /// Adds to what is known of the survey.
    pub fn add(&mut self, changed: AnswersChanged) {
        match self.answers.iter_mut().find(|known| known.survey == changed.survey) {
            Some(known) => {
                known.is_low |= changed.is_low;
                known.was_alerted |= changed.was_alerted;
                known.media.extend(changed.media);
            }
            None => self.answers.push(changed),
        }
    }
}
