//! How often one person can make the bot say something that changes nothing: help, refusals, "nobody reads this".
//!
//! A chat is given few messages a minute, and what is said to no purpose would stand before what somebody waits for.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Instant;
use crate::domain::ids::ChatId;

/// So many in a window, to one person in one chat.
const MOST: usize = 6;
const WINDOW: Duration = Duration::from_mins(1);
/// People who are remembered before those are forgotten who have been silent for a window.
const REMEMBERED: usize = 1024;

#[derive(Debug, Default)]
pub(super) struct Replies {
    /// By chat and person.
    said: Mutex<HashMap<(ChatId, i64), VecDeque<Instant>>>,
}

impl Replies {
    /// Whether this person is answered in this chat once more; if so, it counts.
    pub fn may_say(&self, chat: ChatId, person: i64, now: Instant) -> bool {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at: &Instant| at.plus(WINDOW) > now;
        if said.len() >= REMEMBERED {
            said.retain(|_, times| times.back().is_some_and(is_recent));
        }
        let times = said.entry((chat, person)).or_default();
        while times.front().is_some_and(|at| !is_recent(at)) {
            times.pop_front();
        }
        if times.len() >= MOST {
            return false;
        }
        times.push_back(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_is_answered_six_times_a_minute_and_others_all_the_same() {
        let replies = Replies::default();
        let at = Instant::from_millis;
        let answered = (0..300).filter(|n| replies.may_say(ChatId::new(-1), 7, at(n * 100))).count();
        assert_eq!(answered, 6);
        assert!(
            replies.may_say(ChatId::new(-1), 8, at(30_000)) && replies.may_say(ChatId::new(7), 7, at(30_000))
        );
        assert!(replies.may_say(ChatId::new(-1), 7, at(60_000)));
    }

    #[test]
    fn people_who_are_silent_are_forgotten() {
        let replies = Replies::default();
        for person in 0..100_000 {
            assert!(replies.may_say(ChatId::new(person), person, Instant::from_millis(person * 1000)));
        }
        assert!(replies.said.lock().unwrap().len() <= REMEMBERED + 60);
    }
}
