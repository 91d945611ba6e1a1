//! What can happen to a survey, an answer or a person. Each happening is one row of the journal, once, in the order of
//! commits.

use super::ledger::State;

/// Declares the happenings beside the ledger's moves, with their words in the database.
macro_rules! happenings {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Happening {
            /// A survey came into this state of the ledger.
            Moved(State),
            $($(#[$doc])* $variant),+
        }

        impl Happening {
            /// All but the ledger's moves.
            pub const BESIDE_THE_LEDGER: &'static [Self] = &[$(Self::$variant),+];

            /// Its word in the database; a move has that of the state.
            #[must_use]
            pub fn as_str(&self) -> &'static str {
                match self {
                    Self::Moved(state) => state.as_str(),
                    $(Self::$variant => $text),+
                }
            }

            /// The happening with this word, and with this reason where it is a move into a state that has one.
            #[must_use]
            pub fn parse(text: &str, reason: Option<&str>) -> Option<Self> {
                match text {
                    $($text => reason.is_none().then_some(Self::$variant),)+
                    state => State::parse(state, reason).map(Self::Moved),
                }
            }
        }
    };
}

happenings! {
    /// An answer, reasons or a comment stand where nothing stood.
    Answered = "answered",
    /// Something else stands in the place of an answer.
    Changed = "changed",
    /// An answer left the figures: it is no longer on the customer's path.
    Withdrawn = "withdrawn",
    /// A withdrawn answer counts again.
    Restored = "restored",
    /// The customer's words in a place are others now, or the first.
    Commented = "commented",
    /// The answers of a survey reached the alert level, or reached it again.
    LowReached = "low_reached",
    /// A person became a customer's chat.
    Linked = "linked",
    /// A person wants no more surveys.
    OptedOut = "opted_out",
    /// A person wants surveys again.
    OptedIn = "opted_in",
    /// An answer lost its words, or a survey the customer whose it was.
    Erased = "erased",
}

impl Happening {
    /// Why a survey is in the state into which it moved, where the state has a reason.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Moved(state) => state.reason(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::Suppression;

    #[test]
    fn a_happening_reads_back_and_has_no_word_of_the_ledger() {
        let moves = [State::Sent, State::Suppressed(Suppression::OptedOut), State::Completed];
        let moves = moves.map(Happening::Moved);
        for happening in Happening::BESIDE_THE_LEDGER.iter().chain(&moves) {
            assert_eq!(Happening::parse(happening.as_str(), happening.reason()), Some(*happening));
        }
        for happening in Happening::BESIDE_THE_LEDGER {
            assert_eq!(State::parse(happening.as_str(), None), None, "{}", happening.as_str());
        }
        assert_eq!(Happening::parse("answered", Some("throttled")), None);
        assert_eq!(Happening::parse("suppressed", None), None);
        assert_eq!(Happening::parse("", None), None);
    }
}
