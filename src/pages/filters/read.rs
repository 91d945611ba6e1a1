//! From the pairs of an address to what is chosen.

use super::{ANY, Chosen, Filters, Word};
use crate::domain::counting::{Stage, Tenure};
use crate::domain::event::Kind;
use crate::domain::ledger::State;
use crate::domain::period::Period;
use crate::domain::scale::Band;

/// The most values in one address, and the most characters of one. More than this nobody chooses by hand.
const MOST: usize = 200;
const LONGEST: usize = 200;

impl Filters {
    /// Reads pairs in any order. What is not known is kept aside; nothing is an error.
    #[must_use]
    pub fn read(pairs: &[(String, String)], known: &[Word]) -> Self {
        let mut filters = Self::default();
        let (mut from, mut to) = (None, None);
        for (name, value) in pairs.iter().take(MOST) {
            let value = value.trim();
            match (name.as_str(), known.contains(&Word::Period)) {
                _ if value == ANY => {}
                ("from" | "to", true) if value.is_empty() => {}
                ("from", true) if from.is_none_or(|first| first == value) => from = Some(value),
                ("to", true) if to.is_none_or(|first| first == value) => to = Some(value),
                ("from" | "to", true) => filters.keep_aside(name, value),
                _ => filters.take(name, value, known),
            }
        }
        let given = from.zip(to).filter(|_| filters.period().is_none());
        if let Some(period) = given.and_then(|(from, to)| dates(from, to)) {
            return filters.set(Word::Period, &period.to_string());
        }
        for (name, value) in [("from", from), ("to", to)] {
            if let Some(value) = value {
                filters.keep_aside(name, value);
            }
        }
        filters
    }

    fn take(&mut self, name: &str, value: &str, known: &[Word]) {
        let (plain, is_left_out) = name.strip_suffix('!').map_or((name, false), |plain| (plain, true));
        let word = plain.parse::<Word>().ok().filter(|word| known.contains(word));
        let is_given = !value.is_empty() || word.is_some_and(|word| word.dimension().is_some());
        match word {
            // Of a word that has one value the first one holds, and a reader is told of the other.
            Some(word) if is_given && self.is_said_otherwise(word, value) => self.keep_aside(name, value),
            Some(word) if is_default(word, value) || !is_given => {}
            Some(word)
                if value.chars().count() <= LONGEST
                    && !value.contains('\0')
                    && is_sound(word, value)
                    && (!is_left_out || word.dimension().is_some()) =>
            {
                self.chosen.insert(Chosen { word, is_left_out, value: value.to_owned() });
            }
            _ => self.keep_aside(name, value),
        }
    }

    /// Whether a word that has one value has another one already.
    #[must_use]
    pub fn is_said_otherwise(&self, word: Word, value: &str) -> bool {
        !word.may_repeat() && self.get(word).is_some_and(|known| known != value)
    }

    /// Keeps what is not known, to be shown as such.
    pub(super) fn keep_aside(&mut self, name: &str, value: &str) {
        let shortened = |text: &str| text.chars().filter(|c| *c != '\0').take(LONGEST).collect::<String>();
        let pair = (shortened(name), shortened(value));
        if !self.unknown.contains(&pair) {
            self.unknown.push(pair);
        }
    }
}

/// The period from one date to another.
fn dates(from: &str, to: &str) -> Option<Period> {
    Period::between(from.parse().ok()?, to.parse().ok()?)
}

/// Whether a value is what holds without it.
fn is_default(word: Word, value: &str) -> bool {
    match word {
        Word::Vs => value == "prev",
        Word::After => value == "0",
        Word::By => value == "month",
        Word::Status => value == "open",
        _ => false,
    }
}

/// Whether a word can have this value. Values of events can be anything.
fn is_sound(word: Word, value: &str) -> bool {
    match word {
        Word::Period => Period::parse(value).is_ok(),
        Word::Vs => matches!(value, "year" | "none") || Period::parse(value).is_ok(),
        Word::By => matches!(value, "week" | "month"),
        Word::Reviewed | Word::Words | Word::Voice | Word::Open => value == "1",
        Word::Version => value.parse::<u32>().is_ok_and(|version| version > 0),
        Word::Kind => Kind::REPORTED.into_iter().any(|kind| kind.asks() && kind.as_str() == value),
        Word::Tenure => value.parse::<Tenure>().is_ok(),
        Word::Band => value.parse::<Band>().is_ok(),
        Word::Value => value.parse::<u8>().is_ok_and(|number| number <= 10),
        Word::Wait => wait(value).is_some(),
        Word::State => value.parse::<Stage>().is_ok() || State::all().any(|state| state.as_str() == value),
        Word::Status => matches!(value, "late" | "free" | "mine" | "done"),
        Word::After => value.parse::<u32>().is_ok(),
        _ => true,
    }
}

/// A range of seconds as an address writes it: `860..`, `60..300`, `..59`; both ends are in.
#[must_use]
pub(in crate::pages) fn wait(value: &str) -> Option<(u64, u64)> {
    let (from, to) = value.split_once("..")?;
    let end = |text: &str, open: u64| if text.is_empty() { Some(open) } else { text.parse().ok() };
    let (from, to) = (end(from, 0)?, end(to, u64::MAX)?);
    (from <= to).then_some((from, to))
}
