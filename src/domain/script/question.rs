//! One question of a script, and what is asked after its answer.

use std::collections::BTreeMap;

use crate::domain::locale::Localized;
use crate::domain::metric::Metric;
use crate::domain::scale::{AlertLevel, Band, Bands, Orientation, Scale};

#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Unique in the script and the same in every version: it carries the series.
    pub key: String,
    pub metric: Metric,
    /// For every metric but choice and text.
    pub scale: Option<Scale>,
    /// As written; read it with [`Question::factor`].
    pub factor: Option<String>,
    pub orientation: Orientation,
    pub text: Localized,
    /// Words on single values of the scale, in place of the number.
    pub labels: BTreeMap<i64, Localized>,
    /// What the ends of the scale mean.
    pub ends: Option<Ends>,
    /// For every metric that has a scale.
    pub bands: Option<Bands>,
    pub alert: AlertLevel,
    /// For a choice.
    pub options: Vec<Choice>,
    pub multiple: bool,
    pub show_if: Option<ShowIf>,
    pub low: FollowUp,
    pub neutral: FollowUp,
    pub high: FollowUp,
}

impl Question {
    /// The side of the service it is about.
    #[must_use]
    pub fn factor(&self) -> &str {
        self.factor.as_deref().unwrap_or(&self.key)
    }

    /// What a value says; `None` where there is no scale.
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

/// An option of a choice, or a reason of a follow-up.
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

/// What comes after a score of one band: one step with reasons and words, or thanks with links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowUp {
    pub reasons: Vec<Choice>,
    pub comment: Option<Localized>,
    pub links: Vec<Link>,
}

impl FollowUp {
    /// Whether there is anything to ask.
    #[must_use]
    pub fn asks(&self) -> bool {
        !self.reasons.is_empty() || self.comment.is_some()
    }
}

/// A question is asked only if an earlier one was answered so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShowIf {
    pub question: String,
    pub cond: Condition,
}

/// Any one of the values is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    Band(Vec<Band>),
    Value(Vec<i64>),
    Option(Vec<String>),
}

impl Condition {
    /// Whether an answer of this value, band and options meets it.
    #[must_use]
    pub fn met_by(&self, value: Option<i64>, band: Option<Band>, options: &[String]) -> bool {
        match self {
            Self::Band(bands) => band.is_some_and(|band| bands.contains(&band)),
            Self::Value(values) => value.is_some_and(|value| values.contains(&value)),
            Self::Option(keys) => options.iter().any(|option| keys.contains(option)),
        }
    }
}
