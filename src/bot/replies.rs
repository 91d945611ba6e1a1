//! How often one person can make the bot say something that changes nothing: help, refusals, "nobody reads this"; and that an
//! album is answered once.
//!
//! A chat is given few messages a minute, and what is said to no purpose would stand before what somebody waits for.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::update::Message;
use crate::clock::{Clock, Instant};
use crate::domain::ids::{ChatId, MessageId, PersonId};

/// So many in a window, to one person in one chat.
const MOST: usize = 6;
const WINDOW: Duration = Duration::from_mins(1);
/// People who are remembered before those are forgotten who have been silent for a window.
const REMEMBERED: usize = 1024;

/// Albums that were answered lately; their other parts are not answered again.
const ALBUMS: usize = 64;

#[derive(Debug)]
pub(super) struct Replies {
    clock: Clock,
    /// By chat and person.
    said: Mutex<HashMap<(ChatId, PersonId), VecDeque<Instant>>>,
    albums: Mutex<VecDeque<(String, MessageId)>>,
}

impl Replies {
    pub fn new(clock: Clock) -> Self {
        Self { clock, said: Mutex::default(), albums: Mutex::new(VecDeque::with_capacity(ALBUMS)) }
    }

    /// Whether another part of this album was answered already; from now on one was. The same part is answered
    /// again, for its first answer may have been rolled back.
    pub fn is_answered_album(&self, message: &Message) -> bool {
        let Some(album) = &message.media_group_id else { return false };
        let mut albums = self.albums.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, answered)) = albums.iter().find(|(known, _)| known == album) {
            return *answered != message.message_id;
        }
        albums.truncate(ALBUMS - 1);
        albums.push_front((album.clone(), message.message_id));
        false
    }

    /// Whether this person is told once more in this chat what changes nothing; if so, it counts.
    pub fn may_say(&self, chat: ChatId, person: PersonId) -> bool {
        self.may_say_at(chat, person, self.clock.instant())
    }

    fn may_say_at(&self, chat: ChatId, person: PersonId, now: Instant) -> bool {
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
    use crate::domain::time::Timestamp;

    #[test]
    fn one_person_is_answered_six_times_a_minute_and_others_all_the_same() {
        let replies = Replies::new(Clock::frozen(Timestamp::from_millis(0)));
        let at = Instant::from_millis;
        let answered =
            (0..300).filter(|n| replies.may_say_at(ChatId::new(-1), PersonId::new(7), at(n * 100))).count();
        assert_eq!(answered, 6);
        assert!(
            replies.may_say_at(ChatId::new(-1), PersonId::new(8), at(30_000))
                && replies.may_say_at(ChatId::new(7), PersonId::new(7), at(30_000))
        );
        assert!(replies.may_say_at(ChatId::new(-1), PersonId::new(7), at(60_000)));
    }

    #[test]
    fn people_who_are_silent_are_forgotten() {
        let replies = Replies::new(Clock::frozen(Timestamp::from_millis(0)));
        for person in 0..100_000 {
            assert!(replies.may_say_at(
                ChatId::new(person),
                PersonId::new(person),
                Instant::from_millis(person * 1000)
            ));
        }
        assert!(replies.said.lock().unwrap().len() <= REMEMBERED + 60);
    }
}
