//! The words of an address, in their order.

use crate::domain::counting::Dimension;
use crate::domain::scale::written;

written! {
    /// A word of an address. The order is that of the address.
    Word {
        Period = "period", Vs = "vs", By = "by", Index = "index", Reviewed = "reviewed", Cut = "cut", Sort = "sort",
        Script = "script", Version = "version", Q = "q", Agent = "agent", Team = "team", Store = "store",
        Channel = "channel", Tag = "tag", Segment = "segment", Automation = "automation", Kind = "kind", Hook = "hook",
        Tenure = "tenure", Band = "band", Value = "value", Reason = "reason", Text = "text", Words = "words",
        Voice = "voice", Wait = "wait", State = "state", Open = "open", Status = "status",
        /// How many rows of a list come before the page.
        After = "after",
    }
}

impl Word {
    /// The property of events that it chooses by.
    #[must_use]
    pub const fn dimension(self) -> Option<Dimension> {
        Some(match self {
            Self::Script => Dimension::Script,
            Self::Version => Dimension::Version,
            Self::Agent => Dimension::Agent,
            Self::Team => Dimension::Team,
            Self::Store => Dimension::Store,
            Self::Channel => Dimension::Channel,
            Self::Tag => Dimension::Tag,
            Self::Segment => Dimension::Segment,
            Self::Automation => Dimension::Automation,
            Self::Kind => Dimension::Kind,
            Self::Hook => Dimension::Hook,
            Self::Tenure => Dimension::Tenure,
            _ => return None,
        })
    }

    /// Whether it may have several values, of which any will do.
    #[must_use]
    pub const fn may_repeat(self) -> bool {
        self.dimension().is_some()
            || matches!(self, Self::Q | Self::Index | Self::Band | Self::Value | Self::Reason | Self::State)
    }

    /// Whether it says how the page is looked at, and does not choose among its rows.
    #[must_use]
    pub const fn is_of_the_view(self) -> bool {
        matches!(
            self,
            Self::Period
                | Self::Vs
                | Self::By
                | Self::Index
                | Self::Cut
                | Self::Sort
                | Self::Status
                | Self::After
        )
    }
}

/// What chooses events, and with them numerator and denominator alike.
pub const EVENTS: [Word; 12] = [
    Word::Script,
    Word::Version,
    Word::Agent,
    Word::Team,
    Word::Store,
    Word::Channel,
    Word::Tag,
    Word::Segment,
    Word::Automation,
    Word::Kind,
    Word::Hook,
    Word::Tenure,
];

/// The words of [`EVENTS`] and others.
const fn and<const N: usize, const M: usize>(others: [Word; N]) -> [Word; M] {
    assert!(N + EVENTS.len() == M, "the length is that of both lists");
    let mut all = [Word::Period; M];
    let mut place = 0;
    while place < M {
        all[place] = if place < N { others[place] } else { EVENTS[place - N] };
        place += 1;
    }
    all
}

/// The words of pages with figures.
pub const FIGURES: &[Word] = &and::<8, 20>([
    Word::Period,
    Word::Vs,
    Word::By,
    Word::Index,
    Word::Reviewed,
    Word::Cut,
    Word::Sort,
    Word::Q,
]);
/// The words of pages with figures in long lists.
pub const LISTS: &[Word] = &and::<9, 21>([
    Word::Period,
    Word::Vs,
    Word::By,
    Word::Index,
    Word::Reviewed,
    Word::Cut,
    Word::Sort,
    Word::Q,
    Word::After,
]);
/// The words of the answers.
pub const ANSWERS: &[Word] = &and::<11, 23>([
    Word::Period,
    Word::Reviewed,
    Word::Q,
    Word::Band,
    Word::Value,
    Word::Reason,
    Word::Text,
    Word::Words,
    Word::Voice,
    Word::Wait,
    Word::After,
]);
/// The words of the surveys.
pub const SURVEYS: &[Word] =
    &and::<5, 17>([Word::Period, Word::State, Word::Reason, Word::Open, Word::After]);
/// The words of a customer.
pub const CUSTOMER: &[Word] = &[Word::After];
/// The words of the cases.
pub const CASES: &[Word] = &[Word::Status, Word::After];
