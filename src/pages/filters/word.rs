//! The words of an address, in their order.

use crate::domain::counting::Dimension;
use crate::domain::scale::written;

written! {
    /// A word of an address. The order is that of the address.
    Word {
        Period = "period", Vs = "vs", By = "by", Index = "index", Reviewed = "reviewed", Cut = "cut", Script = "script", Version = "version", Q = "q", Agent = "agent", Team = "team", Store = "store",
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

    /// Whether an event can have several of its values.
    #[must_use]
    pub const fn is_a_set(self) -> bool {
        matches!(self, Self::Tag | Self::Segment)
    }

    /// Whether it is there or not, without a value to choose.
    #[must_use]
    pub const fn is_a_switch(self) -> bool {
        matches!(self, Self::Reviewed | Self::Words | Self::Voice | Self::Open)
    }

    /// Whether it says how the page is looked at, and does not choose among its rows.
    #[must_use]
    pub const fn is_of_the_view(self) -> bool {
        matches!(
            self,
            Self::Period | Self::Vs | Self::By | Self::Index | Self::Cut | Self::Status | Self::After
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

/// These words, and others before them.
const fn and<const N: usize, const K: usize, const M: usize>(
    others: [Word; N],
    events: [Word; K],
) -> [Word; M] {
    assert!(N + K == M, "the length is that of both lists");
    let mut all = [Word::Period; M];
    let mut place = 0;
    while place < M {
        all[place] = if place < N { others[place] } else { events[place - N] };
        place += 1;
    }
    all
}

/// What chooses events without one word: the page is about one value of it.
const fn but(word: Word) -> [Word; EVENTS.len() - 1] {
    let mut all = [Word::Period; EVENTS.len() - 1];
    let (mut from, mut to) = (0, 0);
    while from < EVENTS.len() {
        if EVENTS[from] as u8 != word as u8 {
            all[to] = EVENTS[from];
            to += 1;
        }
        from += 1;
    }
    all
}

const OVERVIEW: &[Word] = &and::<4, 12, 16>([Word::Period, Word::Vs, Word::Reviewed, Word::Q], EVENTS);
const QUESTIONS: &[Word] =
    &and::<5, 12, 17>([Word::Period, Word::Vs, Word::Reviewed, Word::Q, Word::After], EVENTS);
const QUESTION: &[Word] = &and::<6, 11, 17>(
    [Word::Period, Word::Vs, Word::By, Word::Index, Word::Reviewed, Word::Cut],
    but(Word::Script),
);
/// Of the agents and of the topics: one question, and a long list.
const LISTS: &[Word] = &and::<4, 12, 16>([Word::Period, Word::Reviewed, Word::Q, Word::After], EVENTS);
const AGENT: &[Word] = &and::<4, 11, 15>([Word::Period, Word::Vs, Word::Reviewed, Word::Q], but(Word::Agent));
/// Of pages that lead to that of one script.
const FIRST: &[Word] = &and::<2, 12, 14>([Word::Period, Word::Reviewed], EVENTS);
const IMPORTANCE: &[Word] = &and::<2, 11, 13>([Word::Period, Word::Reviewed], but(Word::Script));
const WAITING: &[Word] = &and::<3, 11, 14>([Word::Period, Word::Reviewed, Word::Cut], but(Word::Script));
const SUPPORT: &[Word] = &and::<3, 12, 15>([Word::Period, Word::Reviewed, Word::Q], EVENTS);

/// The words that a page with figures knows. What another page has goes along with a link only as far as this.
#[must_use]
pub fn of_figures(path: &str) -> &'static [Word] {
    let (page, below) =
        path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    match (page, below.is_empty()) {
        ("questions", true) => QUESTIONS,
        ("questions", false) => QUESTION,
        ("agents" | "topics", true) => LISTS,
        ("agents", false) => AGENT,
        ("importance" | "waiting" | "coverage", true) => FIRST,
        ("importance", false) => IMPORTANCE,
        ("waiting", false) => WAITING,
        ("support", _) => SUPPORT,
        _ => OVERVIEW,
    }
}

/// The words of the answers.
pub const ANSWERS: &[Word] = &and::<11, 12, 23>(
    [
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
    ],
    EVENTS,
);
/// The words of the surveys.
pub const SURVEYS: &[Word] =
    &and::<5, 12, 17>([Word::Period, Word::State, Word::Reason, Word::Open, Word::After], EVENTS);
/// The words of a customer.
pub const CUSTOMER: &[Word] = &[Word::After];
/// The words of the cases.
pub const CASES: &[Word] = &[Word::Status, Word::After];
