//! A chat that refuses messages, and when to try it again.

use std::time::Duration;

use crate::domain::time::Timestamp;

/// How a chat was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The bot was removed, or the chat no longer exists.
    Gone,
    /// The bot is in the chat but must not write.
    Silent,
}

impl Loss {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Silent => "silent",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Gone, Self::Silent].into_iter().find(|loss| loss.as_str() == text)
    }

    /// How long to leave a chat alone after this many refusals in a row.
    #[must_use]
    pub fn pause(self, refusals: i64) -> Duration {
        const MINUTES: [u64; 6] = [1, 5, 15, 60, 4 * 60, 24 * 60];
        let steps = match self {
            Self::Gone => &MINUTES[..],
            Self::Silent => &MINUTES[..4],
        };
        let step = usize::try_from(refusals.saturating_sub(1)).unwrap_or(0).min(steps.len() - 1);
        Duration::from_mins(steps[step])
    }

    /// Whether the chat may be tried now. `refused_at` is `None` after a sign of life. A refusal in the future was
    /// stored before the clock was set back, and does not delay anything.
    #[must_use]
    pub fn may_be_tried(self, refused_at: Option<Timestamp>, refusals: i64, now: Timestamp) -> bool {
        refused_at.is_none_or(|at| now < at || now.since(at) >= self.pause(refusals))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(loss: Loss) -> Vec<u64> {
        (1..=7).map(|refusals| loss.pause(refusals).as_secs() / 60).collect()
    }

    #[test]
    fn pauses_grow_to_an_hour_and_for_a_chat_that_is_gone_to_a_day() {
        assert_eq!(minutes(Loss::Silent), [1, 5, 15, 60, 60, 60, 60]);
        assert_eq!(minutes(Loss::Gone), [1, 5, 15, 60, 240, 1440, 1440]);
        assert_eq!(Loss::Gone.pause(0), Loss::Gone.pause(1));
    }

    #[test]
    fn a_chat_is_tried_after_its_pause_a_sign_of_life_or_a_clock_that_was_set_back() {
        let at = Timestamp::from_millis(10_000_000);
        let tried = |seconds: i64| Loss::Silent.may_be_tried(Some(at), 1, at.plus_millis(seconds * 1000));
        assert_eq!([0, 59, 60, 61].map(tried), [false, false, true, true]);
        assert!(tried(-1));
        assert!(Loss::Silent.may_be_tried(None, 9, at));
    }
}
