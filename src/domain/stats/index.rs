//! The indices of a question: how much each answer counts, and how the mean is shown.
//!
//! [`crate::domain::metric::Spec`] defines which indices a metric has.

use super::shown::Shown;
use crate::domain::scale::{Band, Orientation, Scale, written};

written! {
    /// What is computed from a question's answers.
    Index {
        /// The mean on the question's scale.
        Mean = "mean",
        /// "8.5 out of 10 is 85 %": for display only and never across scales, because the worst answer on 1–5 is 20 %.
        PercentOfTop = "percent_of_top",
        /// Per cent of the maximum possible (Cohen, Cohen, Aiken & West 1999, Multivariate Behav. Res. 34, 315): the
        /// only index that may be averaged or compared across scales.
        PercentOfRange = "percent_of_range",
        /// The share of the best value.
        TopBox = "top_box",
        /// The share of the two best values; only on scales with at least five.
        Top2Box = "top2_box",
        Low = "low", Neutral = "neutral", High = "high",
        /// The band `high`: satisfied customers.
        Csat = "csat",
        /// The share of high answers minus the share of low ones.
        Net = "net",
        /// Promoters (9, 10) minus detractors (0–6), always computed from the value and never from bands.
        Nps = "nps",
        Promoters = "promoters", Passives = "passives", Detractors = "detractors",
        /// The arithmetic of NPS, applied to another question.
        NpsFormula = "nps_formula",
    }
}

written! {
    /// Which direction of an index is good.
    Better { Higher = "higher", Lower = "lower" }
}

/// A scale, and which of its ends is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Oriented {
    pub scale: Scale,
    pub orientation: Orientation,
}

impl Oriented {
    #[must_use]
    pub const fn high_is_good(scale: Scale) -> Self {
        Self { scale, orientation: Orientation::HighIsEasy }
    }

    /// Whether the high numbers are the bad ones, so that values are turned before anything is computed.
    #[must_use]
    pub const fn is_turned(self) -> bool {
        matches!(self.orientation, Orientation::HighIsHard)
    }

    /// b − a: the number of steps from the worst value to the best.
    pub const fn points(self) -> u64 {
        (self.scale.max() - self.scale.min()).unsigned_abs()
    }

    /// o − a: the number of steps from the worst value to this one, with o = a + b − v if the high end is bad. `None`
    /// off the scale.
    pub fn point(self, value: i64) -> Option<u64> {
        let from = match self.orientation {
            Orientation::HighIsEasy => self.scale.min(),
            Orientation::HighIsHard => self.scale.max(),
        };
        self.scale.contains(value).then(|| value.abs_diff(from))
    }

    /// Shown in the scale's own numbers, the worst first.
    pub fn shown(self) -> Shown {
        Shown::between(end(self.scale.min()), end(self.scale.max()))
    }
}

#[expect(clippy::cast_precision_loss, reason = "scales end at 10")]
const fn end(value: i64) -> f64 {
    value as f64
}

impl Index {
    /// Whether the index exists on this scale, given that the question's metric has it.
    pub fn is_on(self, scale: Scale) -> bool {
        match self {
            Self::Top2Box => scale.values().count() >= 5,
            Self::NpsFormula => matches!(scale, Scale::OneToTen | Scale::ZeroToTen),
            Self::Nps | Self::Promoters | Self::Passives | Self::Detractors => scale == Scale::ZeroToTen,
            _ => true,
        }
    }

    /// Whether it is computed from the bands stored with the answers.
    pub const fn is_of_bands(self) -> bool {
        matches!(self, Self::Low | Self::Neutral | Self::High | Self::Csat | Self::Net)
    }

    /// Which direction is good; `None` for the middle, which is neither.
    pub const fn better(self) -> Option<Better> {
        match self {
            Self::Low | Self::Detractors => Some(Better::Lower),
            Self::Neutral | Self::Passives => None,
            _ => Some(Better::Higher),
        }
    }

    /// The number of steps from the least to the most that an answer can count.
    pub const fn points(self, on: Oriented) -> u64 {
        match self {
            Self::Mean | Self::PercentOfTop | Self::PercentOfRange => on.points(),
            Self::Net | Self::Nps | Self::NpsFormula => 2,
            _ => 1,
        }
    }

    /// How much an answer counts, in [`Index::points`]. `None` for a value off the scale, and for an answer without a
    /// band if the index is based on bands.
    pub fn point(self, on: Oriented, value: i64, band: Option<Band>) -> Option<u64> {
        let point = on.point(value)?;
        Some(match self {
            Self::Mean | Self::PercentOfTop | Self::PercentOfRange => point,
            Self::TopBox => u64::from(point == on.points()),
            Self::Top2Box => u64::from(point + 1 >= on.points()),
            Self::Low => u64::from(band? == Band::Low),
            Self::Neutral => u64::from(band? == Band::Neutral),
            Self::High | Self::Csat => u64::from(band? == Band::High),
            Self::Net => steps(band?),
            Self::Nps | Self::NpsFormula => steps(recommending(value)),
            Self::Promoters => u64::from(recommending(value) == Band::High),
            Self::Passives => u64::from(recommending(value) == Band::Neutral),
            Self::Detractors => u64::from(recommending(value) == Band::Low),
        })
    }

    pub fn shown(self, on: Oriented) -> Shown {
        match self {
            Self::Mean => on.shown(),
            Self::PercentOfTop => {
                let worst_in_percent = 100.0 * end(on.scale.min()) / end(on.scale.max());
                Shown::between(worst_in_percent, 100.0)
            }
            Self::Net | Self::Nps | Self::NpsFormula => Shown::NET,
            _ => Shown::PERCENT,
        }
    }
}

/// Low counts 0, neutral ½ and high 1; the unit is halves.
const fn steps(band: Band) -> u64 {
    match band {
        Band::Low => 0,
        Band::Neutral => 1,
        Band::High => 2,
    }
}

/// Detractor, passive or promoter (Reichheld 2003, Harv. Bus. Rev. 81(12), 46).
const fn recommending(value: i64) -> Band {
    match value {
        ..=6 => Band::Low,
        7 | 8 => Band::Neutral,
        9.. => Band::High,
    }
}
