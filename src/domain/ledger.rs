//! The ledger: the states of a survey and the moves between them. Every survey is in exactly one state, every event
//! ends in one named outcome, and a survey's state changes only along this table.

use std::fmt;

/// Declares an enum of reasons with their names in the database and in exports.
macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

reasons! {
    /// Why the customer was not asked.
    Suppression {
        Throttled = "throttled",
        SampledOut = "sampled_out",
        OptedOut = "opted_out",
        Stale = "stale",
        NoScript = "no_script",
        NotEligible = "not_eligible",
        IsStaff = "is_staff",
        Cancelled = "cancelled",
        Paused = "paused",
        // The customer was talking with the leads.
        Conversation = "conversation",
        Erased = "erased",
    }
}

reasons! {
    /// How a survey with answers ended before its last question.
    PartialEnd { Expired = "expired", Stopped = "stopped", Blocked = "blocked" }
}

reasons! {
    /// How a delivered survey ended without an answer.
    Unanswered { Untouched = "untouched", Blocked = "blocked" }
}

reasons! {
    /// Why the customer could not be reached.
    Unreachable {
        NeverLinked = "never_linked",
        Blocked = "blocked",
        Deactivated = "deactivated",
        ChatNotFound = "chat_not_found",
        MessageRefused = "message_refused",
        // Telegram's replies were lost, and nothing has shown since that the invitation arrived.
        Unconfirmed = "unconfirmed",
    }
}

/// The state of a survey, with its reason if the state has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    Received,
    WaitingForLink,
    Scheduled,
    Suppressed(Suppression),
    /// Kept for statistics or to cancel other events; events of this kind never lead to a question.
    Recorded,
    Sending,
    Sent,
    Started,
    Completed,
    Partial(PartialEnd),
    Expired(Unanswered),
    /// Stopped by the customer before the first answer.
    Refused,
    Undeliverable(Unreachable),
}

impl State {
    /// Whether the ledger's table allows a move from `self` to `next`.
    #[must_use]
    pub fn may_become(&self, next: &Self) -> bool {
        use State as S;
        match self {
            S::Received => {
                matches!(next, S::Scheduled | S::WaitingForLink | S::Suppressed(_) | S::Recorded)
            }
            S::WaitingForLink => {
                matches!(next, S::Scheduled | S::Undeliverable(Unreachable::NeverLinked) | S::Suppressed(_))
            }
            S::Scheduled => matches!(next, S::Sending | S::WaitingForLink | S::Suppressed(_)),
            S::Sending => match next {
                S::Sent | S::Started | S::Scheduled => true,
                S::Suppressed(reason) => matches!(reason, Suppression::OptedOut | Suppression::Erased),
                S::Undeliverable(reason) => *reason != Unreachable::NeverLinked,
                _ => false,
            },
            S::Sent => matches!(next, S::Started | S::Refused | S::Expired(_)),
            S::Started => matches!(next, S::Completed | S::Partial(_)),
            S::Undeliverable(Unreachable::Unconfirmed) | S::Refused => matches!(next, S::Sent),
            S::Partial(PartialEnd::Stopped) => matches!(next, S::Started),
            S::Suppressed(_)
            | S::Recorded
            | S::Completed
            | S::Partial(PartialEnd::Expired | PartialEnd::Blocked)
            | S::Expired(_)
            | S::Undeliverable(_) => false,
        }
    }

    /// Whether the survey is being sent or is with the customer and not finished. An open survey takes up the only
    /// place in its chat. (A completed survey keeps the place until its `ended_at`, which is a time and not a state.)
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Sending | Self::Sent | Self::Started)
    }

    /// Whether nothing follows this state by itself. Only a tap can still show that an invitation arrived after all
    /// although nobody knew, or take a stop back.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        !matches!(
            self,
            Self::Received
                | Self::WaitingForLink
                | Self::Scheduled
                | Self::Sending
                | Self::Sent
                | Self::Started
        )
    }

    /// Whether the survey has not been sent yet, so that it can still be cancelled.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        matches!(self, Self::Received | Self::WaitingForLink | Self::Scheduled)
    }

    /// The state's name: the column `state`, and the field of that name in everything we publish.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::WaitingForLink => "waiting_for_link",
            Self::Scheduled => "scheduled",
            Self::Suppressed(_) => "suppressed",
            Self::Recorded => "recorded",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Started => "started",
            Self::Completed => "completed",
            Self::Partial(_) => "partial",
            Self::Expired(_) => "expired",
            Self::Refused => "refused",
            Self::Undeliverable(_) => "undeliverable",
        }
    }

    /// The reason's name: the column `reason`.
    #[must_use]
    pub const fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Suppressed(reason) => Some(reason.as_str()),
            Self::Partial(reason) => Some(reason.as_str()),
            Self::Expired(reason) => Some(reason.as_str()),
            Self::Undeliverable(reason) => Some(reason.as_str()),
            _ => None,
        }
    }

    /// Reads the two columns. Returns `None` for a pair that [`State::as_str`] and [`State::reason`] never write.
    #[must_use]
    pub fn parse(state: &str, reason: Option<&str>) -> Option<Self> {
        Some(match (state, reason) {
            ("received", None) => Self::Received,
            ("waiting_for_link", None) => Self::WaitingForLink,
            ("scheduled", None) => Self::Scheduled,
            ("suppressed", Some(reason)) => Self::Suppressed(Suppression::parse(reason)?),
            ("recorded", None) => Self::Recorded,
            ("sending", None) => Self::Sending,
            ("sent", None) => Self::Sent,
            ("started", None) => Self::Started,
            ("completed", None) => Self::Completed,
            ("partial", Some(reason)) => Self::Partial(PartialEnd::parse(reason)?),
            ("expired", Some(reason)) => Self::Expired(Unanswered::parse(reason)?),
            ("refused", None) => Self::Refused,
            ("undeliverable", Some(reason)) => Self::Undeliverable(Unreachable::parse(reason)?),
            _ => return None,
        })
    }

    /// Every state, once with each of its reasons.
    pub fn all() -> impl Iterator<Item = Self> {
        let plain = [
            Self::Received,
            Self::WaitingForLink,
            Self::Scheduled,
            Self::Recorded,
            Self::Sending,
            Self::Sent,
            Self::Started,
            Self::Completed,
            Self::Refused,
        ];
        plain
            .into_iter()
            .chain(Suppression::ALL.iter().map(|reason| Self::Suppressed(*reason)))
            .chain(PartialEnd::ALL.iter().map(|reason| Self::Partial(*reason)))
            .chain(Unanswered::ALL.iter().map(|reason| Self::Expired(*reason)))
            .chain(Unreachable::ALL.iter().map(|reason| Self::Undeliverable(*reason)))
    }

    /// Whether `states` is a path through the table that starts at `received`.
    #[must_use]
    pub fn is_path(states: &[Self]) -> bool {
        states.first() == Some(&Self::Received)
            && states.windows(2).all(|pair| matches!(pair, [from, to] if from.may_become(to)))
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason() {
            Some(reason) => write!(f, "{}({reason})", self.as_str()),
            None => f.write_str(self.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table as the product defines it: one line for each state that can be followed by another.
    const TABLE: &[(&str, &str)] = &[
        ("received", "scheduled waiting_for_link suppressed recorded"),
        ("waiting_for_link", "scheduled undeliverable(never_linked) suppressed"),
        ("scheduled", "sending waiting_for_link suppressed"),
        (
            "sending",
            "sent started scheduled suppressed(opted_out) suppressed(erased) undeliverable(blocked) \
             undeliverable(deactivated) undeliverable(chat_not_found) undeliverable(message_refused) \
             undeliverable(unconfirmed)",
        ),
        ("sent", "started refused expired(untouched) expired(blocked)"),
        ("started", "completed partial(expired) partial(stopped) partial(blocked)"),
        ("refused", "sent"),
        ("partial(stopped)", "started"),
        ("undeliverable(unconfirmed)", "sent"),
    ];

    fn followers(state: State) -> Vec<&'static str> {
        let line = TABLE.iter().find(|(name, _)| *name == state.to_string());
        line.map_or_else(Vec::new, |(_, next)| next.split_whitespace().collect())
    }

    #[test]
    fn a_state_follows_another_only_where_the_table_says_so() {
        for from in State::all() {
            let allowed = followers(from);
            for to in State::all() {
                let expected = allowed.contains(&to.to_string().as_str()) || allowed.contains(&to.as_str());
                assert_eq!(from.may_become(&to), expected, "{from} -> {to}");
            }
        }
    }

    #[test]
    fn a_final_state_is_one_that_nothing_follows_but_a_tap() {
        for state in State::all() {
            let ends = State::all().all(|next| !state.may_become(&next));
            let waits_for_a_tap = matches!(
                state,
                State::Undeliverable(Unreachable::Unconfirmed)
                    | State::Refused
                    | State::Partial(PartialEnd::Stopped)
            );
            assert_eq!(state.is_final(), ends || waits_for_a_tap, "{state}");
            assert!(!(state.is_final() && (state.is_open() || state.is_pending())), "{state}");
        }
    }

    #[test]
    fn every_state_reads_back_from_its_two_columns() {
        for state in State::all() {
            assert_eq!(State::parse(state.as_str(), state.reason()), Some(state));
        }
        assert_eq!(State::parse("suppressed", None), None);
        assert_eq!(State::parse("sent", Some("stale")), None);
        assert_eq!(State::parse("expired", Some("stopped")), None);
    }

    #[test]
    fn a_path_begins_with_received_and_follows_the_arrows() {
        assert!(State::is_path(&[State::Received, State::Scheduled, State::Sending, State::Started]));
        assert!(!State::is_path(&[State::Scheduled, State::Sending]));
        assert!(!State::is_path(&[State::Received, State::Sent]));
        assert!(!State::is_path(&[]));
    }
}
