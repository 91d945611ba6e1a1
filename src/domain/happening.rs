//! What can happen to a survey, an answer, a person or a case. Each happening is written to the journal once, as one row, in
//! the order of commits.

use super::ledger::State;

/// Declares the happenings other than the ledger's moves, with their names in the database.
macro_rules! happenings {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Happening {
            /// A survey moved to this state of the ledger.
            Moved(State),
            $($(#[$doc])* $variant),+
        }

        impl Happening {
            /// All happenings except the ledger's moves.
            pub const BESIDE_THE_LEDGER: &'static [Self] = &[$(Self::$variant),+];

            /// The happening's name in the database. A move has the name of the state.
            #[must_use]
            pub fn as_str(&self) -> &'static str {
                match self {
                    Self::Moved(state) => state.as_str(),
                    $(Self::$variant => $text),+
                }
            }

            /// Finds the happening with this name. A move into a state that has a reason also needs that reason, which
            /// tells it from another happening of the same name.
            #[must_use]
            pub fn parse(text: &str, reason: Option<&str>) -> Option<Self> {
                match text {
                    $($text if reason.is_none() => Some(Self::$variant),)+
                    state => State::parse(state, reason).map(Self::Moved),
                }
            }
        }
    };
}

happenings! {
    /// An answer, reasons or a comment were given where there was nothing before.
    Answered = "answered",
    /// An answer was replaced by a different one.
    Changed = "changed",
    /// An answer is no longer counted because it is no longer on the customer's path.
    Withdrawn = "withdrawn",
    /// A withdrawn answer counts again.
    Restored = "restored",
    /// The customer's comment in one place was written or changed.
    Commented = "commented",
    /// The answers of a survey reached the alert level, for the first time or again.
    LowReached = "low_reached",
    /// A person's chat was linked to a customer.
    Linked = "linked",
    /// A person opted out of surveys.
    OptedOut = "opted_out",
    /// A person opted in again.
    OptedIn = "opted_in",
    /// An answer lost its words, or a survey or a case lost its customer.
    Erased = "erased",
    /// A case was opened.
    CaseOpened = "case_opened",
    /// A further survey, or a further request, came to an unresolved case.
    Joined = "joined",
    /// The customer was told the case's number and the time of a reply.
    Told = "told",
    /// A lead took a case, or took it over.
    Taken = "taken",
    /// A case is nobody's again.
    Released = "released",
    /// A case was handed over to another lead.
    HandedOver = "handed_over",
    /// A case waits for its customer.
    Waiting = "waiting",
    /// A deadline was put off.
    Snoozed = "snoozed",
    /// The severity of a case changed.
    SeverityChanged = "severity",
    /// The category of a case changed.
    CategoryChanged = "category",
    /// The customer wrote.
    WordIn = "word_in",
    /// A lead wrote to the customer.
    WordOut = "word_out",
    /// The customer was contacted for the first time in a round.
    Contacted = "contacted",
    /// A lead's words could not be delivered.
    Undeliverable = "undeliverable",
    /// A lead wrote a note for colleagues.
    Noted = "note",
    /// The leads were reminded of a deadline.
    Warned = "warned",
    /// A deadline passed.
    Overdue = "overdue",
    /// A case was resolved.
    Resolved = "resolved",
    /// Words came after a case was resolved.
    Afterword = "afterword",
    /// A case was reopened.
    Reopened = "reopened",
    /// The customer said whether the solution had helped.
    Recovery = "recovery",
    /// A person's words are not passed on for a while.
    Muted = "muted",
}

impl Happening {
    /// The reason of the state that a survey moved to, if that state has one.
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

    #[test]
    fn a_happening_reads_back_and_has_no_word_of_the_ledger() {
        let moves: Vec<Happening> = State::all().map(Happening::Moved).collect();
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
