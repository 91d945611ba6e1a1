//! The choices that the set-up offers a newcomer. Its buttons refer to a choice by its index here.

use chrono_tz::Tz;

/// The quiet hours on offer; the first are the default.
pub const QUIET_HOURS: [&str; 4] = ["21:00-10:00", "22:00-09:00", "20:00-11:00", "off"];

/// The time zones on offer, from UTC+2 to UTC+12.
pub const ZONES: [(Tz, &str); 11] = [
    (Tz::Europe__Kaliningrad, "setup-zone-kaliningrad"),
    (Tz::Europe__Moscow, "setup-zone-moscow"),
    (Tz::Europe__Samara, "setup-zone-samara"),
    (Tz::Asia__Yekaterinburg, "setup-zone-yekaterinburg"),
    (Tz::Asia__Omsk, "setup-zone-omsk"),
    (Tz::Asia__Novosibirsk, "setup-zone-novosibirsk"),
    (Tz::Asia__Irkutsk, "setup-zone-irkutsk"),
    (Tz::Asia__Yakutsk, "setup-zone-yakutsk"),
    (Tz::Asia__Vladivostok, "setup-zone-vladivostok"),
    (Tz::Asia__Magadan, "setup-zone-magadan"),
    (Tz::Asia__Kamchatka, "setup-zone-kamchatka"),
];

/// The shipped scripts on offer.
pub const SCRIPTS: [&str; 2] = ["purchase", "support"];

/// Which of the scripts to enable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Purchase,
    Support,
    Both,
}

impl Wanted {
    pub const ALL: [Self; 3] = [Self::Purchase, Self::Support, Self::Both];

    /// The slugs, each with whether to enable it.
    #[must_use]
    pub const fn scripts(self) -> [(&'static str, bool); 2] {
        let (purchase, support) = match self {
            Self::Purchase => (true, false),
            Self::Support => (false, true),
            Self::Both => (true, true),
        };
        [(SCRIPTS[0], purchase), (SCRIPTS[1], support)]
    }

    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Purchase => "setup-purchase",
            Self::Support => "setup-support",
            Self::Both => "setup-both",
        }
    }
}
