//! Which cases come to a chat: filters of the chat, and what of a case they look at.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveTime, Timelike as _};

use crate::domain::case::Severity;
use crate::domain::event::{MAX_ID, is_unprintable};
use crate::domain::scale::written;

written! {
    /// What a filter looks at.
    FilterKind {
        Team = "team", Store = "store", Agent = "agent", Channel = "channel", Tag = "tag", Script = "script",
        /// At least this severity.
        Severity = "severity",
        /// The customer's.
        Language = "language",
    }
}

impl FilterKind {
    /// Whether the installation knows all its values, so that no other can be typed.
    #[must_use]
    pub const fn has_fixed_values(self) -> bool {
        matches!(self, Self::Script | Self::Severity | Self::Language)
    }
}

/// The most values of one kind in the filters of a chat.
pub const MOST_VALUES: usize = 40;

/// The hours between which a chat can be without sound.
pub const NIGHT: (u32, u32) = (22, 8);

/// Whether the clock shows a time of the night.
#[must_use]
pub fn is_night(time: NaiveTime) -> bool {
    time.hour() >= NIGHT.0 || time.hour() < NIGHT.1
}

/// What of a case the filters look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub team: Option<String>,
    pub store: Option<String>,
    pub agent: Option<String>,
    pub channel: Option<String>,
    pub tags: Vec<String>,
    pub script: Option<String>,
    pub severity: Severity,
    pub language: Option<String>,
}

impl Facts {
    /// A case about no event.
    #[must_use]
    pub const fn of(severity: Severity) -> Self {
        Self {
            team: None,
            store: None,
            agent: None,
            channel: None,
            tags: Vec::new(),
            script: None,
            severity,
            language: None,
        }
    }

    fn has(&self, kind: FilterKind, values: &BTreeSet<String>) -> bool {
        let is_named = |value: &Option<String>| value.as_ref().is_some_and(|value| values.contains(value));
        match kind {
            FilterKind::Team => is_named(&self.team),
            FilterKind::Store => is_named(&self.store),
            FilterKind::Agent => is_named(&self.agent),
            FilterKind::Channel => is_named(&self.channel),
            FilterKind::Tag => self.tags.iter().any(|tag| values.contains(tag)),
            FilterKind::Script => is_named(&self.script),
            FilterKind::Severity => values
                .iter()
                .filter_map(|value| value.parse().ok())
                .any(|least: Severity| self.severity >= least),
            FilterKind::Language => is_named(&self.language),
        }
    }
}

/// The filters of a chat: the values of one kind are alternatives, and each kind that has values must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters(BTreeMap<FilterKind, BTreeSet<String>>);

impl TryFrom<String> for Filters {
    type Error = String;

    fn try_from(stored: String) -> Result<Self, String> {
        Self::from_json(&stored)
    }
}

/// Why a value cannot be added to the filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterError {
    /// It is empty, too long, or holds what cannot be read.
    Unusable,
    TooMany,
}

impl Filters {
    /// Reads what [`Filters::to_json`] wrote.
    ///
    /// # Errors
    /// Returns what is wrong with it.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let stored: BTreeMap<String, BTreeSet<String>> =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut filters = BTreeMap::new();
        for (kind, values) in stored {
            filters.insert(kind.parse()?, values);
        }
        Ok(Self(filters))
    }

    #[must_use]
    pub fn to_json(&self) -> String {
        let stored: BTreeMap<&str, &BTreeSet<String>> =
            self.0.iter().map(|(kind, values)| (kind.as_str(), values)).collect();
        serde_json::to_string(&stored).unwrap_or_else(|_| "{}".to_owned())
    }

    /// Whether every case fits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn fit(&self, facts: &Facts) -> bool {
        self.0.iter().all(|(kind, values)| facts.has(*kind, values))
    }

    /// The values of a kind, in their order.
    pub fn values(&self, kind: FilterKind) -> impl Iterator<Item = &str> {
        self.0.get(&kind).into_iter().flatten().map(String::as_str)
    }

    #[must_use]
    pub fn has(&self, kind: FilterKind, value: &str) -> bool {
        self.0.get(&kind).is_some_and(|values| values.contains(value))
    }

    /// The kinds that have values.
    pub fn kinds(&self) -> impl Iterator<Item = FilterKind> {
        self.0.keys().copied()
    }

    /// Adds a value. There is one least severity, so a further one takes its place.
    ///
    /// # Errors
    /// Returns why the value cannot be added.
    pub fn add(&mut self, kind: FilterKind, value: &str) -> Result<(), FilterError> {
        let is_usable =
            !value.trim().is_empty() && value.chars().count() <= MAX_ID && !value.chars().any(is_unprintable);
        if !is_usable {
            return Err(FilterError::Unusable);
        }
        let values = self.0.entry(kind).or_default();
        if kind == FilterKind::Severity {
            values.clear();
        } else if values.len() >= MOST_VALUES && !values.contains(value) {
            return Err(FilterError::TooMany);
        }
        values.insert(value.to_owned());
        Ok(())
    }

    /// Takes a value away. Without the last value of a kind, all fit again.
    pub fn remove(&mut self, kind: FilterKind, value: &str) {
        if let Some(values) = self.0.get_mut(&kind) {
            values.remove(value);
            if values.is_empty() {
                self.0.remove(&kind);
            }
        }
    }

    /// Takes all values of a kind away.
    pub fn clear(&mut self, kind: FilterKind) {
        self.0.remove(&kind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            team: Some("B2B".to_owned()),
            tags: vec!["refund".to_owned(), "vip".to_owned()],
            language: Some("ru".to_owned()),
            ..Facts::of(Severity::Normal)
        }
    }

    fn filters(values: &[(FilterKind, &str)]) -> Filters {
        let mut filters = Filters::default();
        for (kind, value) in values {
            filters.add(*kind, value).unwrap();
        }
        filters
    }

    #[test]
    fn values_of_a_kind_are_alternatives_and_every_kind_must_fit() {
        use FilterKind::{Language, Severity, Store, Tag, Team};
        let fits = |values: &[(FilterKind, &str)]| filters(values).fit(&facts());
        assert!(fits(&[]));
        assert!(fits(&[(Team, "Retail"), (Team, "B2B")]));
        assert!(!fits(&[(Team, "Retail")]));
        assert!(fits(&[(Team, "B2B"), (Tag, "vip"), (Language, "ru")]));
        assert!(!fits(&[(Team, "B2B"), (Tag, "lost")]));
        assert!(!fits(&[(Store, "Centre")]), "the case is about no store");
        assert!(fits(&[(Severity, "minor")]) && fits(&[(Severity, "normal")]));
        assert!(!fits(&[(Severity, "urgent")]));
    }

    #[test]
    fn the_night_ends_at_eight_sharp_and_begins_at_ten_sharp() {
        let at = |hour, minute| is_night(NaiveTime::from_hms_opt(hour, minute, 0).unwrap());
        assert_eq!([at(21, 59), at(22, 0), at(0, 0), at(7, 59), at(8, 0)], [false, true, true, true, false]);
    }

    #[test]
    fn filters_are_read_as_they_are_written_and_nothing_else() {
        let written = filters(&[(FilterKind::Team, "B2B"), (FilterKind::Severity, "urgent")]);
        assert_eq!(Filters::from_json(&written.to_json()), Ok(written));
        assert_eq!(Filters::from_json("{}"), Ok(Filters::default()));
        for broken in ["", "[]", r#"{"colour":["red"]}"#, r#"{"team":"B2B"}"#] {
            assert!(Filters::from_json(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn what_cannot_be_a_value_is_refused_and_the_last_one_that_goes_leaves_no_filter() {
        let mut filters = Filters::default();
        let long = "x".repeat(MAX_ID + 1);
        for value in ["", "  ", "a\u{0}b", long.as_str()] {
            assert_eq!(filters.add(FilterKind::Team, value), Err(FilterError::Unusable), "{value:?}");
        }
        assert!(filters.is_empty());
        for number in 0..MOST_VALUES {
            filters.add(FilterKind::Team, &number.to_string()).unwrap();
        }
        assert_eq!(filters.add(FilterKind::Team, "one more"), Err(FilterError::TooMany));
        assert_eq!(filters.add(FilterKind::Team, "0"), Ok(()), "it is there already");
        filters.clear(FilterKind::Team);
        filters.add(FilterKind::Severity, "normal").unwrap();
        filters.add(FilterKind::Severity, "urgent").unwrap();
        assert_eq!(filters.values(FilterKind::Severity).collect::<Vec<_>>(), ["urgent"]);
        filters.remove(FilterKind::Severity, "urgent");
        assert!(filters.is_empty());
    }
}
