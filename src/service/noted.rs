//! What a unit of work has recorded for the listeners (`react`).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::ids::{AlertKey, CaseNumber, ChatId, MessageId, PersonId, SurveyKey};
use crate::view::case::Menu;

/// Everything recorded in one unit.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// In the order of each survey's first change.
    pub answers: Vec<AnswersChanged>,
    /// Surveys about the solution of a case whose answers changed.
    pub recovery: Vec<SurveyKey>,
    /// Surveys that ended.
    pub ended: Vec<SurveyKey>,
    /// Surveys with an answer at the alert level in which the customer has moved on.
    pub moved: BTreeSet<SurveyKey>,
    /// Cases that were resolved.
    pub closed: Vec<CaseNumber>,
    /// New cases.
    pub opened: Vec<CaseNumber>,
    /// Cases that were posted in further chats, where the customer's words have not been shown.
    pub announced: Vec<CaseNumber>,
    /// Cases whose severity has risen, so that further chats may get them.
    pub risen: BTreeSet<CaseNumber>,
    /// Cases for which time has something else to do from now on, though their posts show nothing new.
    pub timed: BTreeSet<CaseNumber>,
    /// Cases for which what had come due was done.
    pub ran: BTreeSet<CaseNumber>,
    /// Posts of cases that were made in this unit, and show what was done in it.
    pub posted: Vec<AlertKey>,
    /// The cases whose posts are to be redrawn.
    pub cases: BTreeMap<CaseNumber, CaseChanged>,
}

/// What is to be shown of a case besides its new state.
#[derive(Clone, Debug, Default)]
pub(super) struct CaseChanged {
    /// The message under which somebody tapped, and the buttons that it shows from now on.
    pub tapped: Option<((ChatId, MessageId), Menu)>,
    /// Surveys that came to the case; its chats hear of each.
    pub joined: Vec<SurveyKey>,
    /// The case is open again, which its chats hear of.
    pub reopened: bool,
    /// The customer asks for a human, which its chats hear of.
    pub asked: bool,
    /// The posts are redrawn even if the case was opened just now: they may not show all of it.
    pub even_if_new: bool,
}

/// The answers of a survey changed in this unit.
#[derive(Clone, Debug)]
pub(super) struct AnswersChanged {
    pub survey: SurveyKey,
    /// Whether the answers reached the alert level, even if not for long.
    pub is_low: bool,
    /// Whether the leads had been told of the survey.
    pub was_alerted: bool,
    /// Whether they reached the alert level just now and had not stood there before.
    pub fell: bool,
    /// Files that came with the customer's words.
    pub media: Vec<Medium>,
}

impl AnswersChanged {
    /// No change in this survey.
    pub const fn none_of(survey: SurveyKey) -> Self {
        Self { survey, is_low: false, was_alerted: false, fell: false, media: Vec::new() }
    }
}

/// A customer's message with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Medium {
    pub person: PersonId,
    pub message_id: MessageId,
}

impl Noted {
    /// The posts of this case are to be redrawn.
    pub fn case(&mut self, number: CaseNumber) {
        self.cases.entry(number).or_default();
    }

    /// Somebody tapped under this message of a case, which shows these buttons from now on.
    pub fn tapped(&mut self, number: CaseNumber, message: (ChatId, MessageId), menu: Menu) {
        self.cases.entry(number).or_default().tapped = Some((message, menu));
    }

    /// A survey came to a case.
    pub fn joined(&mut self, number: CaseNumber, survey: SurveyKey) {
        self.cases.entry(number).or_default().joined.push(survey);
    }

    /// A case was reopened by something that makes no sound of its own.
    pub fn reopened(&mut self, number: CaseNumber) {
        self.cases.entry(number).or_default().reopened = true;
    }

    /// The customer of a case that is known already asks for a human.
    pub fn asked(&mut self, number: CaseNumber) {
        self.cases.entry(number).or_default().asked = true;
    }

    /// The posts of this case are to be redrawn even if it was opened just now.
    pub fn case_even_if_new(&mut self, number: CaseNumber) {
        self.cases.entry(number).or_default().even_if_new = true;
    }

    /// Merges this with what is already recorded for the survey.
    pub fn add(&mut self, changed: AnswersChanged) {
        match self.answers.iter_mut().find(|known| known.survey == changed.survey) {
            Some(known) => {
                known.is_low |= changed.is_low;
                known.was_alerted |= changed.was_alerted;
                known.fell |= changed.fell;
                known.media.extend(changed.media);
            }
            None => self.answers.push(changed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_to_one_survey_is_told_together() {
        let (one, two) = (SurveyKey::new(1), SurveyKey::new(2));
        let medium = |id| Medium { person: PersonId::new(7), message_id: MessageId::new(id) };
        let low = AnswersChanged { is_low: true, ..AnswersChanged::none_of(one) };
        let alerted =
            AnswersChanged { was_alerted: true, media: vec![medium(5)], ..AnswersChanged::none_of(one) };
        for (first, then) in [(low.clone(), alerted.clone()), (alerted, low)] {
            let mut noted = Noted::default();
            for changed in [first, AnswersChanged::none_of(two), then] {
                noted.add(changed);
            }
            let surveys: Vec<SurveyKey> = noted.answers.iter().map(|changed| changed.survey).collect();
            assert_eq!(surveys, [one, two]);
            let AnswersChanged { is_low, was_alerted, media, .. } = &noted.answers[0];
            assert_eq!((*is_low, *was_alerted, media.as_slice()), (true, true, &[medium(5)][..]));
        }
    }
}
