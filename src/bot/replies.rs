//! Limits how often one person can make the bot say something that changes nothing: help, refusals, "nobody reads
//! this". Also makes sure that an album is answered only once and a hint is given only once.
//!
//! The bot may send only a few messages a minute to a chat, and needless ones would delay those that somebody is
//! waiting for.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::update::Message;
use crate::clock::{Clock, Instant};
use crate::domain::ids::{ChatId, MessageId, PersonId};

/// The most answers to one person in one chat within `WINDOW`.
const MOST: usize = 6;
const WINDOW: Duration = Duration::from_mins(1);
/// One person in one chat gets a hint at most once in this time.
const HINT: Duration = Duration::from_hours(24);
/// The number of people remembered before those who were silent for a whole window are dropped.
const REMEMBERED: usize = 1024;

/// The number of recently answered albums remembered, so that their other parts go unanswered.
const ALBUMS: usize = 64;

#[derive(Debug)]
pub(super) struct Replies {
    clock: Clock,
    /// The times of the answers, by chat and person.
    said: Mutex<HashMap<(ChatId, PersonId), VecDeque<Instant>>>,
    albums: Mutex<VecDeque<(String, MessageId)>>,
    /// The message that was answered with a hint, and when, by chat and person.
    hinted: Mutex<HashMap<(ChatId, PersonId), (MessageId, Instant)>>,
}

impl Replies {
    pub fn new(clock: Clock) -> Self {
        let albums = Mutex::new(VecDeque::with_capacity(ALBUMS));
        Self { clock, said: Mutex::default(), albums, hinted: Mutex::default() }
    }

    /// Whether another part of this album has already been answered; if not, this part is remembered as the answered
    /// one. The same part may be answered again, because the first answer may have been rolled back.
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

    /// Whether to give this person a hint about this message. The same message may get it again, because the first
    /// answer may have been rolled back.
    pub fn may_hint(&self, chat: ChatId, person: PersonId, message: MessageId) -> bool {
        self.may_hint_at((chat, person), message, self.clock.instant())
    }

    fn may_hint_at(&self, to: (ChatId, PersonId), message: MessageId, now: Instant) -> bool {
        let mut hinted = self.hinted.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at: &Instant| at.plus(HINT) > now;
        if hinted.len() >= REMEMBERED {
            hinted.retain(|_, (_, at)| is_recent(at));
        }
        match hinted.get(&to) {
            Some((answered, at)) if is_recent(at) => *answered == message,
            _ => {
                hinted.insert(to, (message, now));
                true
            }
        }
    }

    /// Whether this person may get another answer that changes nothing in this chat. If so, it is counted.
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
    fn a_hint_is_given_once_a_day_and_again_about_the_same_message() {
        let replies = Replies::new(Clock::frozen(Timestamp::from_millis(0)));
        let (one, other) = (MessageId::new(1), MessageId::new(2));
        let (here, day) = ((ChatId::new(-1), PersonId::new(7)), 24 * 3_600_000);
        let may = |to, message, at| replies.may_hint_at(to, message, Instant::from_millis(at));
        assert!(may(here, one, 0) && may(here, one, 5) && !may(here, other, 10));
        assert!(may((ChatId::new(-2), PersonId::new(7)), other, 10), "in another chat");
        assert!(may((ChatId::new(-1), PersonId::new(8)), other, 10), "somebody else");
        assert!(!may(here, other, day - 1) && may(here, other, day));
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
