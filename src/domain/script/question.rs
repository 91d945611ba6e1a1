//! One question of a script, and its follow-ups.

use std::collections::BTreeMap;

use crate::domain::locale::Localized;
use crate::domain::metric::Metric;
use crate::domain::scale::{AlertLevel, Band, Bands, Orientation, Scale};

#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Unique in the script and the same in every version, because it identifies the series.
    pub key: String,
    pub metric: Metric,
    /// Set for every metric except choice and text.
    pub scale: Option<Scale>,
    /// As written in the file; use [`Question::factor`] to read it.
    pub factor: Option<String>,
    pub orientation: Orientation,
    pub text: Localized,
    /// Labels that replace the number on single values of the scale.
    pub labels: BTreeMap<i64, Localized>,
    /// What the ends of the scale mean.
    pub ends: Option<Ends>,
    /// Set for every metric that has a scale.
    pub bands: Option<Bands>,
    pub alert: AlertLevel,
    /// The options of a choice.
    pub options: Vec<Choice>,
    pub multiple: bool,
    pub show_if: Option<ShowIf>,
    pub low: FollowUp,
    pub neutral: FollowUp,
    pub high: FollowUp,
}

impl Question {
    /// The aspect of the service that the question is about.
    #[must_use]
    pub fn factor(&self) -> &str {
        self.factor.as_deref().unwrap_or(&self.key)
    }

    /// The band of a value; `None` for a question without a scale.
    #[must_use]
    pub fn band(&self, value: i64) -> Option<Band> {
        self.bands.map(|bands| bands.band(value))
    }

    #[must_use]
    pub const fn follow_up(&self, band: Band) -> &FollowUp {
        match band {
            Band::Low => &self.low,
            Band::Neutral => &self.neutral,
            Band::High => &self.high,
        }
    }

    #[must_use]
    pub fn option(&self, key: &str) -> Option<&Choice> {
        self.options.iter().find(|option| option.key == key)
    }
}

/// What the lowest and the highest number of a scale mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    pub low: Localized,
    pub high: Localized,
}

/// An option of a choice, or a reason in a follow-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub key: String,
    pub text: Localized,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub text: Localized,
    pub url: String,
}

/// What follows a score in one band: a step with reasons and a comment, or thanks with links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowUp {
    pub reasons: Vec<Choice>,
    pub comment: Option<Localized>,
    pub links: Vec<Link>,
}

impl FollowUp {
    /// Whether the follow-up asks anything.
    #[must_use]
    pub fn asks(&self) -> bool {
        !self.reasons.is_empty() || self.comment.is_some()
    }
}

/// The question is asked only if an earlier one got a certain answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShowIf {
    pub question: String,
    pub cond: Condition,
}

/// It is enough if any one of the values matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    Band(Vec<Band>),
    Value(Vec<i64>),
    Option(Vec<String>),
}

impl Condition {
    /// Whether an answer with this value, band and options meets the condition.
    #[must_use]
    pub fn met_by(&self, value: Option<i64>, band: Option<Band>, options: &[String]) -> bool {
        match self {
            Self::Band(bands) => band.is_some_and(|band| bands.contains(&band)),
            Self::Value(values) => value.is_some_and(|value| values.contains(&value)),
            Self::Option(keys) => options.iter().any(|option| keys.contains(option)),
        }
    }
}
