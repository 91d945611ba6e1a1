//! The rules of `[send]` and the lists of `[when]`, with their names in a script and the values offered to its author.

/// A rule of `[send]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SendField {
    Delay,
    DelayMin,
    DelayMax,
    MaxAge,
    QuietHours,
    DaysOff,
    MinGap,
    MinGapSame,
    RemindAfter,
    ExpiresAfter,
}

/// All rules, in display order.
pub const SEND_FIELDS: [SendField; 10] = [
    SendField::Delay,
    SendField::DelayMin,
    SendField::DelayMax,
    SendField::MaxAge,
    SendField::QuietHours,
    SendField::DaysOff,
    SendField::MinGap,
    SendField::MinGapSame,
    SendField::RemindAfter,
    SendField::ExpiresAfter,
];

impl SendField {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delay => "delay",
            Self::DelayMin => "delay_min",
            Self::DelayMax => "delay_max",
            Self::MaxAge => "max_age",
            Self::QuietHours => "quiet_hours",
            Self::DaysOff => "days_off",
            Self::MinGap => "min_gap",
            Self::MinGapSame => "min_gap_same",
            Self::RemindAfter => "remind_after",
            Self::ExpiresAfter => "expires_after",
        }
    }

    /// The values offered as buttons; others have to be typed.
    #[must_use]
    pub const fn presets(self) -> &'static [&'static str] {
        match self {
            Self::Delay => &["0s", "30m", "1h", "2h", "3h", "4h", "6h", "1d"],
            Self::DelayMin => &["0s", "30m", "1h", "2h", "3h"],
            Self::DelayMax => &["1h", "3h", "6h", "12h", "1d"],
            Self::MaxAge => &["12h", "1d", "2d", "3d", "7d"],
            Self::QuietHours => &["off", "20:00-10:00", "21:00-09:00", "21:00-10:00", "22:00-08:00"],
            Self::DaysOff => &[],
            Self::MinGap | Self::MinGapSame => &["off", "24h", "3d", "7d", "30d", "90d"],
            Self::RemindAfter => &["off", "6h", "12h", "20h", "24h"],
            Self::ExpiresAfter => &["24h", "48h", "72h", "7d"],
        }
    }
}

/// A list of `[when]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListField {
    Channels,
    Teams,
    Stores,
    TagsAny,
    TagsNone,
}

/// All lists, in display order.
pub const LIST_FIELDS: [ListField; 5] =
    [ListField::Channels, ListField::Teams, ListField::Stores, ListField::TagsAny, ListField::TagsNone];

impl ListField {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Channels => "channels",
            Self::Teams => "teams",
            Self::Stores => "stores",
            Self::TagsAny => "tags_any",
            Self::TagsNone => "tags_none",
        }
    }
}
