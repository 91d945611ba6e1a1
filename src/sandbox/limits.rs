//! How much a bot may send: token buckets and windows on the sandbox's clock.
//!
//! - Sends: 30/s for the whole bot (burst 30); 1/s with a burst of 3 for a private chat.
//! - Edits, counted separately: 1/s with a burst of 5 for a private chat.
//! - A group: 20 sends and edits together in any 60 s.
//!
//! A bucket lets a message pass if up to a fifth of a token is missing, because the network shifts the times of
//! messages.

use std::collections::{HashMap, VecDeque};

use super::model::ChatId;
use crate::domain::time::Timestamp;

const SLACK: f64 = 0.2;
const GROUP_WINDOW_MS: i64 = 60_000;
const GROUP_MESSAGES: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Act {
    Send,
    Edit,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

impl Bucket {
    fn full(burst: f64, now: Timestamp) -> Self {
        Self { tokens: burst, at: now }
    }

    fn refill(&mut self, burst: f64, per_second: f64, now: Timestamp) {
        let gained = now.since(self.at).as_secs_f64() * per_second;
        self.tokens = (self.tokens + gained).min(burst);
        self.at = now;
    }

    /// The seconds until a message may be sent; `None` if it may be sent now.
    fn wait(self, per_second: f64) -> Option<i64> {
        let missing = 1.0 - SLACK - self.tokens;
        #[expect(clippy::cast_possible_truncation, reason = "a few seconds at most")]
        (missing > 0.0).then(|| (missing / per_second).ceil().max(1.0) as i64)
    }
}

#[derive(Debug)]
pub(super) struct Limits {
    pub(super) on: bool,
    bot: Option<Bucket>,
    private: HashMap<(ChatId, Act), Bucket>,
    groups: HashMap<ChatId, VecDeque<Timestamp>>,
    /// How many calls were refused so far.
    pub(super) refused: u64,
}

impl Limits {
    pub(super) fn new(on: bool) -> Self {
        Self { on, bot: None, private: HashMap::new(), groups: HashMap::new(), refused: 0 }
    }

    /// Counts one message.
    ///
    /// # Errors
    /// The seconds to wait. Nothing is counted then.
    pub(super) fn take(&mut self, chat: ChatId, act: Act, now: Timestamp) -> Result<(), i64> {
        if !self.on {
            return Ok(());
        }
        let refused = |limits: &mut Self, seconds| {
            limits.refused += 1;
            Err(seconds)
        };
        if act == Act::Send {
            let bot = self.bot.get_or_insert(Bucket::full(30.0, now));
            bot.refill(30.0, 30.0, now);
            if let Some(seconds) = bot.wait(30.0) {
                return refused(self, seconds);
            }
        }
        let wait = if chat < 0 { self.take_group(chat, now) } else { self.take_private(chat, act, now) };
        if let Some(seconds) = wait {
            return refused(self, seconds);
        }
        if act == Act::Send
            && let Some(bot) = &mut self.bot
        {
            bot.tokens -= 1.0;
        }
        Ok(())
    }

    fn take_private(&mut self, chat: ChatId, act: Act, now: Timestamp) -> Option<i64> {
        let burst = if act == Act::Send { 3.0 } else { 5.0 };
        let bucket = self.private.entry((chat, act)).or_insert(Bucket::full(burst, now));
        bucket.refill(burst, 1.0, now);
        let wait = bucket.wait(1.0);
        if wait.is_none() {
            bucket.tokens -= 1.0;
        }
        wait
    }

    fn take_group(&mut self, chat: ChatId, now: Timestamp) -> Option<i64> {
        let window = self.groups.entry(chat).or_default();
        let start = now.plus_millis(-GROUP_WINDOW_MS);
        while window.front().is_some_and(|at| *at <= start) {
            window.pop_front();
        }
        if window.len() < GROUP_MESSAGES {
            window.push_back(now);
            return None;
        }
        let oldest = window.front().copied().unwrap_or(now);
        let left = oldest.plus_millis(GROUP_WINDOW_MS).since(now);
        Some(i64::try_from(left.as_millis().div_ceil(1000)).unwrap_or(60).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(limits: &mut Limits, chats: impl Iterator<Item = ChatId>, act: Act, at: i64) -> usize {
        let now = Timestamp::from_millis(at);
        let mut count = 0;
        for chat in chats {
            count += usize::from(limits.take(chat, act, now).is_ok());
        }
        count
    }

    #[test]
    fn a_private_chat_takes_three_at_once_and_then_one_a_second() {
        let mut limits = Limits::new(true);
        assert_eq!(allowed(&mut limits, [1; 5].into_iter(), Act::Send, 0), 3);
        assert_eq!(limits.take(1, Act::Send, Timestamp::from_millis(0)), Err(1));
        assert_eq!(allowed(&mut limits, [1; 5].into_iter(), Act::Send, 1000), 1);
        assert_eq!(limits.refused, 7);
    }

    #[test]
    fn in_private_edits_have_a_bucket_of_their_own() {
        let mut limits = Limits::new(true);
        assert_eq!(allowed(&mut limits, [1; 9].into_iter(), Act::Send, 0), 3);
        assert_eq!(allowed(&mut limits, [1; 9].into_iter(), Act::Edit, 0), 5);
    }

    #[test]
    fn a_group_counts_sends_and_edits_together() {
        let mut limits = Limits::new(true);
        assert_eq!(allowed(&mut limits, [-1; 15].into_iter(), Act::Send, 0), 15);
        assert_eq!(allowed(&mut limits, [-1; 15].into_iter(), Act::Edit, 0), 5);
        assert_eq!(limits.take(-1, Act::Send, Timestamp::from_millis(0)), Err(60));
    }

    #[test]
    fn a_group_takes_twenty_in_any_minute() {
        let mut limits = Limits::new(true);
        assert_eq!(allowed(&mut limits, [-1; 10].into_iter(), Act::Send, 0), 10);
        assert_eq!(allowed(&mut limits, [-1; 15].into_iter(), Act::Send, 30_000), 10);
        assert_eq!(limits.take(-1, Act::Send, Timestamp::from_millis(30_000)), Err(30));
        assert_eq!(allowed(&mut limits, [-1; 15].into_iter(), Act::Send, 60_000), 10);
    }

    #[test]
    fn the_whole_bot_sends_thirty_a_second() {
        let mut limits = Limits::new(true);
        assert_eq!(allowed(&mut limits, 1..=100, Act::Send, 0), 30);
        assert_eq!(allowed(&mut limits, 1..=100, Act::Send, 500), 15);
    }

    #[test]
    fn switched_off_they_allow_everything() {
        let mut limits = Limits::new(false);
        assert_eq!(allowed(&mut limits, [1; 100].into_iter(), Act::Send, 0), 100);
    }
}
