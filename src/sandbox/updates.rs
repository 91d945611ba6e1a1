//! The queue of updates. They are numbered, confirmed for good by a higher offset, and dropped when they are too old.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::model::{ChatId, MessageId, Names};
use crate::domain::time::Timestamp;

/// How long Telegram keeps a tap for a bot that does not ask for updates.
pub const CALLBACK_TTL: Duration = Duration::from_secs(150);
/// How long Telegram keeps every other update.
pub const UPDATE_TTL: Duration = Duration::from_hours(24);

/// How the next updates are duplicated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicate {
    /// The same update comes once more in a later poll although it was confirmed.
    SameId,
    /// The same content comes once more under the next update ID.
    NewId,
}

/// What an update is about, so that a test can ask whether it was handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Subject {
    Message { chat: ChatId, id: MessageId },
    Callback(u64),
    Other,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Pending {
    id: i64,
    json: String,
    expires: Timestamp,
    subject: Subject,
    repeat: bool,
}

#[derive(Debug)]
pub(super) struct Queue {
    pending: VecDeque<Pending>,
    /// Updates that are confirmed already and that a fault hands out once more.
    again: VecDeque<Pending>,
    next_id: i64,
    /// The kinds the bot asked for; `None` is Telegram's default.
    allowed: Option<Names>,
    duplicates: VecDeque<Duplicate>,
    /// The newest `getUpdates` call. Older ones are told to end.
    pub(super) ticket: u64,
    /// The call that waits in its long poll now.
    pub(super) waiting: Option<u64>,
    /// Whether something arrived that a waiting poll has not been told of.
    pub(super) fresh: bool,
    pub(super) expired: u64,
}

impl Queue {
    pub(super) fn new(first_id: i64) -> Self {
        Self {
            pending: VecDeque::new(),
            again: VecDeque::new(),
            next_id: first_id,
            allowed: None,
            duplicates: VecDeque::new(),
            ticket: 0,
            waiting: None,
            fresh: false,
            expired: 0,
        }
    }

    /// Returns the unconfirmed updates and the next update ID, for keeping.
    pub(super) fn kept(&self) -> (Vec<Pending>, i64) {
        (self.pending.iter().cloned().collect(), self.next_id)
    }

    /// Restores a kept queue.
    pub(super) fn restored(pending: Vec<Pending>, next_id: i64) -> Self {
        Self { pending: pending.into(), ..Self::new(next_id) }
    }

    /// Queues an update of this kind if the bot wants such updates. Returns its ID.
    pub(super) fn push(&mut self, kind: &str, body: &Value, subject: Subject, now: Timestamp) -> Option<i64> {
        let wanted = self.allowed.as_ref().map_or_else(
            || !matches!(kind, "chat_member" | "message_reaction" | "message_reaction_count"),
            |allowed| allowed.contains(kind),
        );
        if !wanted {
            return None;
        }
        let expires = now.plus(if kind == "callback_query" { CALLBACK_TTL } else { UPDATE_TTL });
        let duplicate = self.duplicates.pop_front();
        let body = body.to_string();
        let first = self.next_id;
        for _ in 0..=usize::from(duplicate == Some(Duplicate::NewId)) {
            let id = self.next_id;
            self.next_id += 1;
            let json = format!(r#"{{"update_id":{id},"{kind}":{body}}}"#);
            let repeat = duplicate == Some(Duplicate::SameId);
            self.pending.push_back(Pending { id, json, expires, subject, repeat });
        }
        self.fresh = true;
        Some(first)
    }

    pub(super) fn duplicate(&mut self, how: Duplicate, times: usize) {
        self.duplicates.extend(std::iter::repeat_n(how, times));
    }

    pub(super) fn allow(&mut self, kinds: &[String]) {
        self.allowed = if kinds.is_empty() { None } else { Some(kinds.iter().cloned().collect()) };
    }

    pub(super) fn allowed(&self) -> Option<&Names> {
        self.allowed.as_ref()
    }

    /// Confirms everything below `offset`. A negative offset keeps that many updates from the end.
    pub(super) fn confirm(&mut self, offset: i64) {
        let below = if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            let first_kept = self.pending.len().saturating_sub(keep);
            self.pending.get(first_kept).map_or(self.next_id, |pending| pending.id)
        } else {
            offset
        };
        while self.pending.front().is_some_and(|pending| pending.id < below) {
            if let Some(mut confirmed) = self.pending.pop_front()
                && std::mem::take(&mut confirmed.repeat)
            {
                self.again.push_back(confirmed);
            }
        }
    }

    pub(super) fn expire(&mut self, now: Timestamp) {
        let before = self.pending.len();
        self.pending.retain(|pending| pending.expires > now);
        self.expired += (before - self.pending.len()) as u64;
    }

    /// The JSON array for a poll, and what its updates are about; `None` if there is nothing to hand out.
    pub(super) fn hand_out(&mut self, limit: usize) -> Option<(String, Vec<Subject>)> {
        if self.again.is_empty() && self.pending.is_empty() {
            return None;
        }
        let repeated = self.again.len().min(limit);
        let again: Vec<Pending> = self.again.drain(..repeated).collect();
        let chosen = again.iter().chain(self.pending.iter()).take(limit);
        let mut json = String::from("[");
        let mut subjects = Vec::new();
        for pending in chosen {
            if json.len() > 1 {
                json.push(',');
            }
            json.push_str(&pending.json);
            subjects.push(pending.subject);
        }
        json.push(']');
        Some((json, subjects))
    }

    /// The next update to deliver to a webhook.
    pub(super) fn first(&self) -> Option<(i64, String, Subject)> {
        let first = self.again.front().or_else(|| self.pending.front())?;
        Some((first.id, first.json.clone(), first.subject))
    }

    /// Notes that the webhook has accepted an update.
    pub(super) fn brought(&mut self, id: i64) {
        if self.again.front().is_some_and(|pending| pending.id == id) {
            self.again.pop_front();
        } else {
            self.confirm(id + 1);
        }
    }

    pub(super) fn drop_all(&mut self) {
        self.pending.clear();
        self.again.clear();
    }

    /// How many updates are unconfirmed or wait to be repeated.
    pub(super) fn unconfirmed(&self) -> usize {
        self.pending.len() + self.again.len()
    }

    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_some() && self.unconfirmed() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue_of(kinds: &[&str]) -> Queue {
        let mut queue = Queue::new(10);
        for kind in kinds {
            queue.push(kind, &Value::Null, Subject::Other, Timestamp::from_millis(0));
        }
        queue
    }

    #[test]
    fn an_offset_confirms_what_is_below_it_for_ever() {
        let mut queue = queue_of(&["message", "message", "message"]);
        queue.confirm(12);
        queue.confirm(0);
        assert_eq!(queue.hand_out(100).unwrap().0, r#"[{"update_id":12,"message":null}]"#);
    }

    #[test]
    fn a_negative_offset_counts_from_the_end() {
        let mut queue = queue_of(&["message", "message", "message"]);
        queue.confirm(-1);
        assert_eq!(queue.hand_out(100).unwrap().0, r#"[{"update_id":12,"message":null}]"#);
    }

    #[test]
    fn taps_expire_after_150_seconds_and_messages_after_a_day() {
        let mut queue = queue_of(&["message", "callback_query"]);
        queue.expire(Timestamp::from_millis(149_999));
        assert_eq!((queue.unconfirmed(), queue.expired), (2, 0));
        queue.expire(Timestamp::from_millis(150_000));
        assert_eq!((queue.unconfirmed(), queue.expired), (1, 1));
        queue.expire(Timestamp::from_millis(86_400_000));
        assert_eq!((queue.unconfirmed(), queue.expired), (0, 2));
    }

    #[test]
    fn an_update_doubled_under_its_own_id_comes_back_once_after_it_was_confirmed() {
        let mut queue = Queue::new(10);
        queue.duplicate(Duplicate::SameId, 1);
        queue.push("message", &Value::Null, Subject::Other, Timestamp::from_millis(0));
        queue.confirm(11);
        assert_eq!(queue.hand_out(100).unwrap().0, r#"[{"update_id":10,"message":null}]"#);
        assert!(queue.hand_out(100).is_none());
    }

    #[test]
    fn kinds_the_bot_did_not_ask_for_are_not_queued() {
        let mut queue = Queue::new(10);
        queue.allow(&["message".to_owned()]);
        let now = Timestamp::from_millis(0);
        assert_eq!(queue.push("my_chat_member", &Value::Null, Subject::Other, now), None);
        queue.allow(&[]);
        assert_eq!(queue.push("message_reaction", &Value::Null, Subject::Other, now), None);
        assert_eq!(queue.push("my_chat_member", &Value::Null, Subject::Other, now), Some(10));
    }
}
