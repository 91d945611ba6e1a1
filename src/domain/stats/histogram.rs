//! How often each value was given: all that is needed for any index of a question.

use std::collections::BTreeMap;

use super::index::{Index, Oriented};
use super::sums::Sums;
use crate::domain::scale::Band;

/// The current answers to one question, counted by value and by the band stored with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    on: Oriented,
    counts: BTreeMap<(i64, Option<Band>), u64>,
}

/// Answers on different scales cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("answers on different scales cannot be counted together")]
pub struct OtherScale;

impl Histogram {
    #[must_use]
    pub const fn new(on: Oriented) -> Self {
        Self { on, counts: BTreeMap::new() }
    }

    /// Adds answers. Returns whether they count: those off the scale do not.
    pub fn add(&mut self, value: i64, band: Option<Band>, answers: u64) -> bool {
        let counts = self.on.scale.contains(value);
        if counts && answers > 0 {
            *self.counts.entry((value, band)).or_default() += answers;
        }
        counts
    }

    /// Adds the answers of `other`.
    ///
    /// # Errors
    /// The two have different scales.
    pub fn merge(&mut self, other: &Self) -> Result<(), OtherScale> {
        if self.on != other.on {
            return Err(OtherScale);
        }
        for (key, answers) in &other.counts {
            *self.counts.entry(*key).or_default() += answers;
        }
        Ok(())
    }

    pub const fn on(&self) -> Oriented {
        self.on
    }

    pub fn n(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Every value that was given, lowest first, with its count.
    #[must_use]
    pub fn values(&self) -> BTreeMap<i64, u64> {
        let mut values = BTreeMap::new();
        for ((value, _), answers) in &self.counts {
            *values.entry(*value).or_default() += answers;
        }
        values
    }

    /// The sums for an index. An index based on bands ignores answers without a band.
    #[must_use]
    pub fn sums(&self, index: Index) -> Sums {
        let mut sums = Sums::new(index.points(self.on));
        for ((value, band), answers) in &self.counts {
            if let Some(point) = index.point(self.on, *value, *band) {
                sums.add(point, *answers);
            }
        }
        sums
    }

    /// Whether every value has the same band here and in `other`; only then do indices based on bands mean the same.
    #[must_use]
    pub fn has_same_bands(&self, other: &Self) -> bool {
        let mut bands = BTreeMap::new();
        self.counts
            .keys()
            .chain(other.counts.keys())
            .filter_map(|(value, band)| band.map(|band| (*value, band)))
            .all(|(value, band)| *bands.entry(value).or_insert(band) == band)
    }
}
