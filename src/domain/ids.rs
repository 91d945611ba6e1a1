//! Numeric IDs, each with a type of its own so that none can be used in place of another.
//!
//! Types that end in `Id` hold numbers that Telegram assigned. Types that end in `Key` hold the key of a row in our
//! database.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(i64);

        impl $name {
            #[must_use]
            pub const fn new(number: i64) -> Self {
                Self(number)
            }

            /// Returns the bare number, for what only knows numbers: SQL, other systems' JSON, hashes.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        /// Prints only the number, to keep logs and messages short.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, ParseIntError> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// The ID of a Telegram user.
    PersonId,
    /// The ID of a Telegram chat. A private chat has the ID of its user; groups have negative IDs.
    ChatId,
    /// The ID of a topic in a forum group. 0 if there is no topic.
    #[derive(Default)]
    TopicId,
    /// The ID of a Telegram message, unique within its chat.
    MessageId,
    /// The key of a message of the bot, a row of `messages`. It exists before Telegram gives the message an ID.
    MessageKey,
    /// The key of a row of `customers`.
    CustomerKey,
    /// The key of a row of `events`.
    EventKey,
    /// The key of a row of `surveys`. It has the same number as the key of the event that led to the survey.
    SurveyKey,
    /// The key of a row of `case_posts`.
    AlertKey,
    /// The number of a case, as people know it.
    CaseNumber,
    /// The key of a row of `case_messages`.
    CaseMessageKey,
}

impl CustomerKey {
    /// No customer, or one that has not been stored yet.
    pub const NONE: Self = Self(0);

    /// This key and all that follow it.
    pub fn onwards(self) -> impl Iterator<Item = Self> {
        (self.0..).map(Self)
    }
}

impl EventKey {
    /// No event. It sorts before all events.
    pub const NONE: Self = Self(0);

    /// The key that is `places` after this one, or before it if `places` is negative.
    #[must_use]
    pub const fn plus(self, places: i64) -> Self {
        Self(self.0 + places)
    }

    /// This key and all that follow it.
    pub fn onwards(self) -> impl Iterator<Item = Self> {
        (self.0..).map(Self)
    }

    /// The key of the survey that this event led to, if it led to one.
    #[must_use]
    pub const fn survey(self) -> SurveyKey {
        SurveyKey(self.0)
    }
}

impl SurveyKey {
    /// No survey. It sorts before all surveys.
    pub const NONE: Self = Self(0);
}

impl TopicId {
    /// No topic: a private chat, a group without topics, or a forum's General.
    pub const NONE: Self = Self(0);
}

impl MessageKey {
    /// No message.
    pub const NONE: Self = Self(0);
}

impl PersonId {
    /// The person's private chat with the bot, which has the same number as the person.
    #[must_use]
    pub const fn chat(self) -> ChatId {
        ChatId(self.0)
    }
}

impl ChatId {
    /// The person whose private chat this is; `None` for groups.
    #[must_use]
    pub const fn person(self) -> Option<PersonId> {
        if self.is_private() { Some(PersonId(self.0)) } else { None }
    }

    /// Whether this is a person's private chat. Groups have negative numbers.
    #[must_use]
    pub const fn is_private(self) -> bool {
        self.0 > 0
    }
}
