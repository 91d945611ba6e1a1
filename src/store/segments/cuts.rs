//! The dimensions in columns: where their codes are, and filters in codes.

use super::column::Column;
use super::dictionary::{Dictionary, Vocabulary};
use super::sizes::GROUPS;
use crate::domain::counting::{Dimension, Filter, Tenure};

/// Where the codes of a dimension are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Script,
    Version,
    Tenure,
    /// A column with one code a row.
    Single(Vocabulary),
    /// A column with a set of codes a row.
    Set(Vocabulary),
}

impl Place {
    pub(super) const fn of(dimension: Dimension) -> Self {
        match dimension {
            Dimension::Script => Self::Script,
            Dimension::Version => Self::Version,
            Dimension::Tenure => Self::Tenure,
            Dimension::Agent => Self::Single(Vocabulary::Agent),
            Dimension::Team => Self::Single(Vocabulary::Team),
            Dimension::Store => Self::Single(Vocabulary::Store),
            Dimension::Channel => Self::Single(Vocabulary::Channel),
            Dimension::Automation => Self::Single(Vocabulary::Automation),
            Dimension::Kind => Self::Single(Vocabulary::Kind),
            Dimension::Hook => Self::Single(Vocabulary::Hook),
            Dimension::Tag => Self::Set(Vocabulary::Tag),
            Dimension::Segment => Self::Set(Vocabulary::Segment),
        }
    }

    pub(super) const fn column(self) -> Option<Column> {
        match self {
            Self::Script => None,
            Self::Version => Some(Column::VERSION),
            Self::Tenure => Some(Column::SINCE),
            Self::Single(kind) | Self::Set(kind) => Column::of(kind),
        }
    }

    pub(super) const fn words(self) -> Option<Vocabulary> {
        match self {
            Self::Script => Some(Vocabulary::Script),
            Self::Version | Self::Tenure => None,
            Self::Single(kind) | Self::Set(kind) => Some(kind),
        }
    }

    /// The code of a value.
    fn code(self, value: Option<&str>, words: &mut Dictionary) -> Option<u32> {
        match (self, value) {
            (_, None) => Some(0),
            (Self::Version, Some(version)) => version.parse().ok(),
            (Self::Tenure, Some(tenure)) => tenure.parse().ok().map(tenure_code),
            (place, Some(text)) => place.words().map(|kind| words.code(kind, text)),
        }
    }

    /// The value of a code.
    pub(super) fn value(self, code: u32, words: &Dictionary) -> Option<String> {
        match self {
            _ if code == 0 => None,
            Self::Version => Some(code.to_string()),
            Self::Tenure => Tenure::ALL.get(code as usize - 1).map(Tenure::to_string),
            place => words.text(place.words()?, code).map(str::to_owned),
        }
    }
}

/// 0 stands for none, as in all codes.
pub(super) fn tenure_code(tenure: Tenure) -> u32 {
    (1..).zip(Tenure::ALL).find(|(_, of)| **of == tenure).map_or(0, |(code, _)| code)
}

/// A filter in codes.
#[derive(Debug)]
pub(super) struct CodeFilter {
    pub place: Place,
    is_wanted: Vec<bool>,
    is_left_out: bool,
}

impl CodeFilter {
    pub(super) fn new(filter: &Filter, words: &mut Dictionary) -> Self {
        let place = Place::of(filter.dimension);
        let mut is_wanted = vec![false];
        for code in filter.values.iter().filter_map(|value| place.code(value.as_deref(), words)) {
            // A version may be any number, and no script has so many; other codes are as many as there are words.
            let code = code as usize;
            if code < GROUPS || place != Place::Version {
                is_wanted.resize(is_wanted.len().max(code + 1), false);
                is_wanted[code] = true;
            }
        }
        Self { place, is_wanted, is_left_out: filter.is_left_out }
    }

    pub(super) fn takes(&self, code: u32) -> bool {
        self.is_wanted.get(code as usize).copied().unwrap_or(false) != self.is_left_out
    }

    pub(super) fn takes_set(&self, members: &[u32]) -> bool {
        let is_wanted = |code: &u32| self.is_wanted.get(*code as usize).copied().unwrap_or(false);
        let is_one = if members.is_empty() { self.is_wanted[0] } else { members.iter().any(is_wanted) };
        is_one != self.is_left_out
    }
}
