//! The groups in which the rows of a day count.

use chrono::NaiveDate;

use super::column::Column;
use super::cuts::Place;
use super::day::Sets;
use super::dictionary::Dictionary;
use super::selecting::Day;
use super::sizes::GROUPS;
use crate::domain::counting::{GroupKey, Grouping};

/// The groups of the rows of one day.
#[derive(Debug)]
pub(super) enum Groups {
    One(u32),
    OfRows(Vec<u32>),
    /// A row counts in the group of each member of its set.
    OfSets(Sets),
}

impl Groups {
    pub(super) fn each(&self, row: usize, mut take: impl FnMut(u32)) {
        match self {
            Self::One(group) => take(*group),
            Self::OfRows(groups) => take(groups[row]),
            Self::OfSets(sets) => match sets.members(sets.of_row[row]) {
                [] => take(0),
                members => members.iter().copied().for_each(take),
            },
        }
    }
}

/// Numbers the groups of a grouping.
#[derive(Debug)]
pub(super) struct Grouper {
    grouping: Grouping,
    /// The first days of the groups, if days, weeks or months are the groups.
    starts: Vec<NaiveDate>,
}

impl Grouper {
    /// `None` if there may be too many groups to be numbered.
    pub(super) fn new(grouping: Grouping, words: &Dictionary) -> Option<Self> {
        let place = match grouping {
            Grouping::By(dimension) => Place::of(dimension).words(),
            Grouping::None | Grouping::Day | Grouping::Week | Grouping::Month => None,
        };
        let has_few_groups = place.is_none_or(|kind| words.is_below(kind, GROUPS));
        has_few_groups.then_some(Self { grouping, starts: Vec::new() })
    }

    /// The column that has to be there.
    pub(super) fn column(&self) -> Option<Column> {
        match self.grouping {
            Grouping::By(dimension) => Place::of(dimension).column(),
            Grouping::None | Grouping::Day | Grouping::Week | Grouping::Month => None,
        }
    }

    /// `None` if the columns are broken.
    pub(super) fn groups(&mut self, date: NaiveDate, day: &Day<'_>) -> Option<Groups> {
        Some(match self.grouping {
            Grouping::None => Groups::One(0),
            Grouping::Day | Grouping::Week | Grouping::Month => {
                let start = self.grouping.start_of(date);
                let known = self.starts.iter().position(|of| *of == start);
                let group = known.unwrap_or_else(|| {
                    self.starts.push(start);
                    self.starts.len() - 1
                });
                Groups::One(u32::try_from(group).ok()?)
            }
            Grouping::By(dimension) => match Place::of(dimension) {
                Place::Script => Groups::OfRows(day.scripts().collect()),
                Place::Set(kind) => Groups::OfSets(day.sets(kind)?),
                place => Groups::OfRows(day.codes(place)?),
            },
        })
    }

    pub(super) fn key(&self, group: u32, words: &Dictionary) -> GroupKey {
        match self.grouping {
            Grouping::None => GroupKey::All,
            Grouping::By(dimension) => GroupKey::Value(Place::of(dimension).value(group, words)),
            Grouping::Day | Grouping::Week | Grouping::Month => {
                self.starts.get(group as usize).map_or(GroupKey::All, |start| GroupKey::From(*start))
            }
        }
    }
}
