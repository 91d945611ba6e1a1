//! Buttons under the posts of cases: `N:TURN:ACT`, or `N:TURN:ACT:ARG`.
//!
//! Acts are judged by what is stored, not by the button's age. The turn guards only what a double tap would do twice.

use super::{Mark, base36, from_base36};
use crate::domain::case::{Cause, Severity};
use crate::domain::ids::CaseNumber;

/// A tap under the post of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseTap {
    pub number: CaseNumber,
    pub turn: i64,
    pub act: CaseAct,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseAct {
    Take,
    /// Asks for what the customer is to get.
    Reply,
    /// Asks which reply to take back.
    TakeBack,
    Release,
    /// Asks for the cause; first, whether the customer was contacted.
    Resolve,
    /// The customer was contacted elsewhere. `then_resolve`: the case is about to be resolved.
    ContactedOtherwise {
        then_resolve: bool,
    },
    /// Asks for the cause although nobody has contacted the customer.
    ResolveSilently,
    /// Asks for the note.
    Cause(Cause),
    /// The lead's last reply is the note: resolves.
    NoteIsLastReply(Cause),
    /// Asks for the note in words.
    WriteNote(Cause),
    NoReplyNeeded,
    Reopen,
    More,
    Back,
    Severities,
    SetSeverity(Severity),
    /// Shows what was done and said, in the lead's own chat.
    History,
    /// Asks what the case is about.
    Categories,
    /// What the case is about: the category with this mark.
    SetCategory(Mark),
    /// What the person writes outside surveys is not passed on for a while.
    Mute,
    Unmute,
}

impl CaseAct {
    fn parts(self) -> (&'static str, Option<usize>) {
        let cause = |cause: Cause| Cause::CHOSEN_BY_LEADS.iter().position(|known| *known == cause);
        let severity = |severity: Severity| Severity::ALL.iter().position(|known| *known == severity);
        match self {
            Self::Take => ("t", None),
            Self::Reply => ("a", None),
            Self::TakeBack => ("k", None),
            Self::Release => ("e", None),
            Self::Resolve => ("r", None),
            Self::ContactedOtherwise { then_resolve: false } => ("o", None),
            Self::ContactedOtherwise { then_resolve: true } => ("o", Some(1)),
            Self::ResolveSilently => ("s", None),
            Self::Cause(chosen) => ("c", cause(chosen)),
            Self::NoteIsLastReply(chosen) => ("l", cause(chosen)),
            Self::WriteNote(chosen) => ("w", cause(chosen)),
            Self::NoReplyNeeded => ("n", None),
            Self::Reopen => ("p", None),
            Self::More => ("m", None),
            Self::Back => ("b", None),
            Self::Severities => ("v", None),
            Self::Mute => ("u", None),
            Self::Unmute => ("y", None),
            Self::SetSeverity(chosen) => ("v", severity(chosen)),
            Self::History => ("h", None),
            Self::Categories => ("g", None),
            Self::SetCategory(mark) => ("g", Some(mark.place())),
        }
    }

    fn read(act: &str, argument: Option<usize>) -> Option<Self> {
        let cause = |index: usize| Cause::CHOSEN_BY_LEADS.get(index).copied();
        Some(match (act, argument) {
            ("t", None) => Self::Take,
            ("a", None) => Self::Reply,
            ("k", None) => Self::TakeBack,
            ("e", None) => Self::Release,
            ("r", None) => Self::Resolve,
            ("o", None) => Self::ContactedOtherwise { then_resolve: false },
            ("o", Some(1)) => Self::ContactedOtherwise { then_resolve: true },
            ("s", None) => Self::ResolveSilently,
            ("c", Some(index)) => Self::Cause(cause(index)?),
            ("l", Some(index)) => Self::NoteIsLastReply(cause(index)?),
            ("w", Some(index)) => Self::WriteNote(cause(index)?),
            ("n", None) => Self::NoReplyNeeded,
            ("p", None) => Self::Reopen,
            ("m", None) => Self::More,
            ("b", None) => Self::Back,
            ("v", None) => Self::Severities,
            ("u", None) => Self::Mute,
            ("y", None) => Self::Unmute,
            ("h", None) => Self::History,
            ("g", None) => Self::Categories,
            ("g", Some(mark)) => Self::SetCategory(Mark::at(mark)?),
            ("v", Some(index)) => Self::SetSeverity(*Severity::ALL.get(index)?),
            _ => return None,
        })
    }
}

impl CaseTap {
    pub(super) fn encode(self) -> String {
        let (act, argument) = self.act.parts();
        let argument = argument.map(|index| format!(":{index}")).unwrap_or_default();
        format!("{}:{}:{act}{argument}", base36(self.number.get()), base36(self.turn))
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let (number, turn, act) = (parts.next()?, parts.next()?, parts.next()?);
        let argument = match parts.next() {
            Some(argument) => {
                let index: usize = argument.parse().ok()?;
                (index.to_string() == argument).then_some(index).map(Some)?
            }
            None => None,
        };
        if parts.next().is_some() {
            return None;
        }
        let number = CaseNumber::new(from_base36(number)?);
        Some(Self { number, turn: from_base36(turn)?, act: CaseAct::read(act, argument)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::callback::Data;

    #[test]
    fn every_button_of_a_case_is_read_back_and_fits() {
        let mut acts = vec![
            CaseAct::Take,
            CaseAct::Reply,
            CaseAct::TakeBack,
            CaseAct::Release,
            CaseAct::Resolve,
            CaseAct::ContactedOtherwise { then_resolve: false },
            CaseAct::ContactedOtherwise { then_resolve: true },
            CaseAct::ResolveSilently,
            CaseAct::NoReplyNeeded,
            CaseAct::Reopen,
            CaseAct::More,
            CaseAct::Back,
            CaseAct::Severities,
            CaseAct::Mute,
            CaseAct::Unmute,
            CaseAct::History,
            CaseAct::Categories,
            CaseAct::SetCategory(Mark::of("delivery")),
        ];
        acts.extend(Severity::ALL.iter().map(|severity| CaseAct::SetSeverity(*severity)));
        for cause in Cause::CHOSEN_BY_LEADS {
            let of_cause: [fn(Cause) -> CaseAct; 3] =
                [CaseAct::Cause, CaseAct::NoteIsLastReply, CaseAct::WriteNote];
            acts.extend(of_cause.map(|act| act(*cause)));
        }
        for act in acts {
            let tap = CaseTap { number: CaseNumber::new(i64::MAX), turn: i64::MAX, act };
            let data = Data::Case(tap);
            assert!(data.encode().len() <= 64, "{act:?}");
            assert_eq!(Data::decode(&data.encode()), Some(data));
        }
        for text in [
            "1c:2t:0:x",
            "1c:2t:0:t:1",
            "1c:2t:0:c",
            "1c:2t:0:c:7",
            "1c:2t:0:c:01",
            "1c:2t:0:t:1:1",
            "1c:2t:0:h:1",
            "1c:2t:0:g:4294967296",
        ] {
            assert_eq!(Data::decode(text), None, "{text}");
        }
    }
}
