//! The numbers that a question offers (its scale), and what a number means (its band).

/// Defines an enum whose values have one written form each, which scripts, tables and exports use.
macro_rules! written {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> ::std::result::Result<Self, String> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|value| value.as_str()).collect();
                    format!("'{text}' is not known here: write {}", known.join(", "))
                })
            }
        }
    };
}
pub(crate) use written;

written! {
    /// The numbers that a question offers.
    Scale {
        Smiley3 = "smiley3", OneToFive = "1-5", OneToSeven = "1-7", OneToTen = "1-10",
        ZeroToTen = "0-10",
        /// No is 0, yes is 1.
        YesNo = "yes-no",
    }
}

impl Scale {
    #[must_use]
    pub const fn min(self) -> i64 {
        match self {
            Self::Smiley3 | Self::OneToFive | Self::OneToSeven | Self::OneToTen => 1,
            Self::ZeroToTen | Self::YesNo => 0,
        }
    }

    #[must_use]
    pub const fn max(self) -> i64 {
        match self {
            Self::Smiley3 => 3,
            Self::OneToFive => 5,
            Self::OneToSeven => 7,
            Self::OneToTen | Self::ZeroToTen => 10,
            Self::YesNo => 1,
        }
    }

    /// Every value, lowest first.
    pub fn values(self) -> impl DoubleEndedIterator<Item = i64> + Clone {
        self.min()..=self.max()
    }

    #[must_use]
    pub const fn contains(self, value: i64) -> bool {
        self.min() <= value && value <= self.max()
    }

    /// The highest number of the low band and the lowest number of the high band.
    #[must_use]
    pub const fn usual_bands(self) -> (i64, i64) {
        match self {
            Self::Smiley3 => (1, 3),
            Self::OneToFive => (2, 4),
            Self::OneToSeven => (3, 5),
            Self::OneToTen | Self::ZeroToTen => (5, 8),
            Self::YesNo => (0, 1),
        }
    }
}

written! {
    /// Which end of an effort scale is the good one.
    Orientation { HighIsEasy = "high_is_easy", HighIsHard = "high_is_hard" }
}

written! {
    /// What a score means. For NPS: detractor, passive, promoter.
    Band { Low = "low", Neutral = "neutral", High = "high" }
}

written! {
    /// When an alert goes out: if an answer is in this band or a worse one.
    AlertLevel { Low = "low", Neutral = "neutral", Off = "off" }
}

impl AlertLevel {
    #[must_use]
    pub const fn reached_by(self, band: Band) -> bool {
        match self {
            Self::Off => false,
            Self::Low => matches!(band, Band::Low),
            Self::Neutral => matches!(band, Band::Low | Band::Neutral),
        }
    }
}

/// Where the low band ends and the high band begins on a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bands {
    pub low_max: i64,
    pub high_min: i64,
    /// If a high number is bad: the sum of the scale's two ends. Subtracting a value from it mirrors the value.
    pub turned: Option<i64>,
}

impl Bands {
    /// Creates bands from the bounds as written in a script. They count from the bad end: with `high_is_hard` on 1–7, a
    /// 7 counts as 1.
    #[must_use]
    pub fn new(scale: Scale, orientation: Orientation, low_max: i64, high_min: i64) -> Self {
        let turned = (orientation == Orientation::HighIsHard).then(|| scale.min() + scale.max());
        Self { low_max, high_min, turned }
    }

    #[must_use]
    pub fn band(&self, value: i64) -> Band {
        let value = self.turned.map_or(value, |sum| sum - value);
        if value <= self.low_max {
            Band::Low
        } else if value >= self.high_min {
            Band::High
        } else {
            Band::Neutral
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_level_of_neutral_means_neutral_or_worse() {
        let reached = |level: AlertLevel| Band::ALL.iter().filter(|b| level.reached_by(**b)).count();
        assert_eq!([AlertLevel::Low, AlertLevel::Neutral, AlertLevel::Off].map(reached), [1, 2, 0]);
    }

    #[test]
    fn every_written_form_is_read_back_and_others_are_told_what_is_known() {
        for scale in Scale::ALL {
            assert_eq!(scale.as_str().parse(), Ok(*scale));
        }
        assert_eq!("0-5".parse::<Band>().unwrap_err(), "'0-5' is not known here: write low, neutral, high");
    }
}
