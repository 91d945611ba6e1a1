//! Decides which call goes next, from lanes, the order within each chat, token buckets and parked chats. It is a plain
//! value that is given instants.
//!
//! A chat has at most one call in flight; only an answer overtakes a survey that hangs. Within a lane its calls keep
//! their order. A call of a higher lane overtakes, so that a customer who writes does not wait for a survey that is far
//! back in a queue or due for another try. An edit never overtakes the send of the message that it edits, and no send
//! waits behind an edit of another message. In a group the lanes share one budget ([`super::budget`]).
//!
//! A send whose outcome is unknown is repeated only when Telegram is known to answer again (`way`). Then such sends go
//! first, a few at a time. So if calls lose their answers once more, only a few messages have used up their second try.

mod call;
mod changing;
mod chat;
mod group;
mod pace;
mod probing;
mod way;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use self::call::Turn;
use self::chat::{Chat, Place};
use self::pace::Pace;
use self::probing::Silent;
use self::way::{Gate, Way};
use super::buckets::Bucket;
use crate::clock::Instant;
use crate::domain::ids::ChatId;
use crate::store::lane::Calls;
use crate::store::{Lane, OutboxRow};

pub use self::call::Queued;
pub use self::probing::{Heard, Probe};

/// At least this many calls of each lane may be in flight. A lane whose calls hang does not hold up the others.
pub const CALLS_PER_LANE: usize = 8;
/// How many sends of unknown outcome are repeated at a time.
const REPEATS: usize = 8;

const LONGEST_BACKOFF: Duration = Duration::from_mins(1);
const LANES: usize = Lane::ALL.len();

/// All waiting calls, and how many are in flight.
#[derive(Debug)]
pub struct Lanes {
    chats: HashMap<ChatId, Chat>,
    /// Chats whose next call may leave now. May contain chats that are no longer ready; [`Lanes::pop`] skips them.
    ready: [VecDeque<ChatId>; LANES],
    waiting: BTreeSet<(Instant, ChatId)>,
    in_flight: [usize; LANES],
    queued: usize,
    surveys: Bucket,
    pace: Pace,
    surveys_parked_until: Instant,
    way: Way,
    silent: Silent,
    /// Chats with a send of unknown outcome. May contain other chats, which are skipped when the set is read.
    repeats: BTreeSet<ChatId>,
    /// Chats in which an answer waits while a survey is in flight.
    overtaking: BTreeSet<ChatId>,
    /// How many sends of unknown outcome are being repeated.
    repeating: usize,
    /// The private chat that Telegram parked last, and until when.
    last_parked: Option<(ChatId, Instant)>,
    sweep_at: usize,
}

impl Lanes {
    pub fn new(surveys_per_second: u32) -> Self {
        Self {
            chats: HashMap::new(),
            ready: Default::default(),
            waiting: BTreeSet::new(),
            in_flight: [0; LANES],
            queued: 0,
            surveys: Bucket::per_second(surveys_per_second),
            pace: Pace::new(surveys_per_second),
            surveys_parked_until: Instant::LONG_AGO,
            way: Way::new(),
            silent: Silent::default(),
            repeats: BTreeSet::new(),
            overtaking: BTreeSet::new(),
            repeating: 0,
            last_parked: None,
            sweep_at: 1024,
        }
    }

    pub fn push(&mut self, row: OutboxRow, now: Instant) {
        let chat_id = row.chat_id;
        let call = Queued::new(row);
        if call.is_repeat() {
            self.repeats.insert(chat_id);
            self.way.doubt(chat_id, now);
        }
        let may_overtake = call.lane == Lane::Answers && !call.is_edit() && chat_id.is_private();
        let chat = self.chats.entry(chat_id).or_insert_with(|| Chat::new(chat_id));
        if chat.add(call) {
            self.queued += 1;
        }
        if may_overtake && chat.flying == [Lane::Surveys] {
            self.overtaking.insert(chat_id);
        }
        self.place(chat_id, now);
        self.sweep(now);
    }

    /// The next call that may leave. Its chat and its slot in the lane are occupied until [`Lanes::finish`] or
    /// [`Lanes::put_back`].
    pub fn pop(&mut self, now: Instant) -> Option<Queued> {
        self.wake(now);
        match self.way.gate() {
            Gate::Open => {
                self.pop_repeat(now).or_else(|| self.pop_overtaking(now)).or_else(|| self.pop_ready(now))
            }
            Gate::One => self.pop_ready(now).or_else(|| self.pop_repeat(now)),
            Gate::Shut => None,
        }
    }

    fn pop_ready(&mut self, now: Instant) -> Option<Queued> {
        for lane in Lane::ALL.iter().copied() {
            while self.in_flight[lane.index()] < self.most_in_flight(lane) {
                let Some(chat_id) = self.ready[lane.index()].front().copied() else { break };
                let is_ready = self.chats.get(&chat_id).is_some_and(|chat| chat.place == Place::Ready(lane));
                if is_ready && self.survey_gate(chat_id, lane, now) > now {
                    break;
                }
                self.ready[lane.index()].pop_front();
                let index = self.chats.get(&chat_id).map_or(0, |chat| chat.index);
                if is_ready && let Some(call) = self.start(chat_id, lane, index, now) {
                    return Some(call);
                }
            }
        }
        None
    }

    /// An answer to somebody whose survey is in flight: they wait for it, and the call may hang.
    fn pop_overtaking(&mut self, now: Instant) -> Option<Queued> {
        while let Some(chat_id) = self.overtaking.pop_first() {
            let Some(chat) = self.chats.get(&chat_id).filter(|chat| chat.flying == [Lane::Surveys]) else {
                continue;
            };
            let turn = chat.next(false, now).filter(|turn| turn.lane == Lane::Answers && turn.at <= now);
            if let Some(turn) = turn
                && let Some(call) = self.start(chat_id, turn.lane, turn.index, now)
            {
                return Some(call);
            }
        }
        None
    }

    /// A send of unknown outcome, or the call before it in its chat.
    fn pop_repeat(&mut self, now: Instant) -> Option<Queued> {
        let (chat_id, turn) = self.repeatable(now).find(|(_, turn)| turn.at <= now)?;
        self.start(chat_id, turn.lane, turn.index, now)
    }

    /// The chats with a send of unknown outcome, each with its next call and when that may leave.
    fn repeatable(&self, now: Instant) -> impl Iterator<Item = (ChatId, Turn)> {
        let repeats = if self.repeating < REPEATS { Some(&self.repeats) } else { None };
        repeats.into_iter().flatten().filter_map(move |chat_id| {
            let chat = self.chats.get(chat_id)?;
            if chat.place == Place::InFlight || !chat.has_repeat() {
                return None;
            }
            let turn = chat.next(true, now)?;
            Some((*chat_id, Turn { at: turn.at.max(self.survey_gate(*chat_id, turn.lane, now)), ..turn }))
        })
    }

    fn most_in_flight(&self, lane: Lane) -> usize {
        match lane.spec().calls {
            Calls::Rate { per_second, most } => self.pace.most(per_second, most),
            Calls::Surveys => self.pace.most_surveys(),
            Calls::Few => CALLS_PER_LANE,
        }
    }

    /// Records how long a call took. Returns, only once, how many surveys a second can be reached if that is fewer than
    /// configured.
    pub fn took(&mut self, round_trip: Duration) -> Option<u128> {
        self.pace.took(round_trip)
    }

    fn start(&mut self, chat_id: ChatId, lane: Lane, index: usize, now: Instant) -> Option<Queued> {
        let chat = self.chats.get_mut(&chat_id)?;
        let mut call = chat.take(lane, index, now)?;
        if let Place::Waiting(at) = chat.place {
            self.waiting.remove(&(at, chat_id));
        }
        chat.place = Place::InFlight;
        chat.flying.push(lane);
        call.epoch = self.way.epoch();
        call.is_repetition = call.is_repeat();
        self.repeating += usize::from(call.is_repetition);
        self.way.start();
        if lane == Lane::Surveys && !call.is_edit() {
            self.surveys.take(now);
        }
        self.in_flight[lane.index()] += 1;
        self.queued -= 1;
        Some(call)
    }

    /// When the survey lane lets this chat's next call pass.
    fn survey_gate(&self, chat_id: ChatId, lane: Lane, now: Instant) -> Instant {
        if lane != Lane::Surveys {
            return now;
        }
        let first = self.chats.get(&chat_id).and_then(|chat| chat.queues[lane.index()].front());
        if first.is_some_and(Queued::is_edit) {
            return now;
        }
        self.surveys.next(now).max(self.surveys_parked_until)
    }

    /// Ends a call that needs no further try.
    pub fn finish(&mut self, call: &Queued, now: Instant) {
        self.free(call);
        if let Some(chat) = self.chats.get_mut(&call.row.chat_id) {
            chat.failures = 0;
            if call.is_repetition && !chat.has_repeat() {
                self.repeats.remove(&call.row.chat_id);
            }
        }
        self.place(call.row.chat_id, now);
    }

    /// Puts a call back for another try, ahead of all others of its lane in this chat and not before `at`. Calls of
    /// other lanes do not wait for it.
    pub fn put_back(&mut self, mut call: Queued, at: Instant, now: Instant) {
        self.free(&call);
        let chat_id = call.row.chat_id;
        if call.is_repeat() {
            self.repeats.insert(chat_id);
        }
        call.not_before = at;
        let chat = self.chats.entry(chat_id).or_insert_with(|| Chat::new(chat_id));
        let newer = if call.is_edit() { chat.find_edit(call.row.message) } else { None };
        if let Some((lane, index)) = newer {
            let newer = &mut chat.queues[lane][index];
            newer.replaced.extend(call.row_ids());
            newer.not_before = newer.not_before.max(at);
        } else {
            chat.queues[call.lane.index()].push_front(call);
            self.queued += 1;
        }
        self.place(chat_id, now);
    }

    fn free(&mut self, call: &Queued) {
        self.in_flight[call.lane.index()] -= 1;
        self.way.free(call.epoch);
        self.repeating -= usize::from(call.is_repetition);
        if let Some(chat) = self.chats.get_mut(&call.row.chat_id) {
            if let Some(at) = chat.flying.iter().position(|lane| *lane == call.lane) {
                chat.flying.swap_remove(at);
            }
            chat.place = if chat.flying.is_empty() { Place::Empty } else { Place::InFlight };
        }
    }

    /// How long to wait after another failure in this chat: 1, 2, 4 … 60 s.
    pub fn back_off(&mut self, chat_id: ChatId) -> Duration {
        let Some(chat) = self.chats.get_mut(&chat_id) else { return backoff(1) };
        chat.failures += 1;
        backoff(chat.failures)
    }

    /// Parks a chat because Telegram asked to wait. If this happens to a second private chat while the first is still
    /// parked, it is not the chat but the whole bot that is too fast; then surveys wait, too.
    pub fn park(&mut self, chat_id: ChatId, until: Instant, now: Instant) {
        if let Some(chat) = self.chats.get_mut(&chat_id) {
            chat.parked_until = chat.parked_until.max(until);
        }
        if !chat_id.is_private() {
            return;
        }
        if self.last_parked.is_some_and(|(other, other_until)| other != chat_id && other_until > now) {
            self.surveys_parked_until = self.surveys_parked_until.max(until);
        }
        self.last_parked = Some((chat_id, until));
    }

    /// Updates a chat's place after its queues or limits changed.
    fn place(&mut self, chat_id: ChatId, now: Instant) {
        let Some(chat) = self.chats.get_mut(&chat_id) else { return };
        if chat.place == Place::InFlight {
            return;
        }
        chat.note_waiting(now);
        let turn = chat.next(false, now);
        chat.index = turn.map_or(0, |turn| turn.index);
        let place = match turn {
            None => Place::Empty,
            Some(turn) if turn.at > now => Place::Waiting(turn.at),
            Some(turn) => Place::Ready(turn.lane),
        };
        if place == chat.place {
            return;
        }
        if let Place::Waiting(at) = chat.place {
            self.waiting.remove(&(at, chat_id));
        }
        chat.place = place;
        match place {
            Place::Waiting(at) => drop(self.waiting.insert((at, chat_id))),
            Place::Ready(lane) => self.ready[lane.index()].push_back(chat_id),
            Place::Empty | Place::InFlight => {}
        }
    }

    fn wake(&mut self, now: Instant) {
        while let Some((at, chat_id)) = self.waiting.first().copied() {
            if at > now {
                break;
            }
            self.place(chat_id, now);
        }
    }

    /// When [`Lanes::pop`] will next return a call, as far as that depends on time and not on a call in flight.
    pub fn next_at(&self, now: Instant) -> Option<Instant> {
        let repeat = match self.way.gate() {
            Gate::Shut => return self.way.probe_at(),
            Gate::One | Gate::Open => self.repeatable(now).map(|(_, turn)| turn.at).min(),
        };
        let first_waiting = self.waiting.first().map(|(at, _)| *at);
        let ready = Lane::ALL.iter().filter_map(|lane| self.ready_at(*lane, now)).min();
        [first_waiting, ready, repeat, self.silent.next_at()].into_iter().flatten().min()
    }

    fn ready_at(&self, lane: Lane, now: Instant) -> Option<Instant> {
        if self.in_flight[lane.index()] >= self.most_in_flight(lane) {
            return None;
        }
        self.ready[lane.index()]
            .iter()
            .find(|id| self.chats.get(id).is_some_and(|chat| chat.place == Place::Ready(lane)))
            .map(|chat_id| self.survey_gate(*chat_id, lane, now))
    }

    pub fn in_flight(&self) -> usize {
        self.in_flight.iter().sum()
    }

    /// How many calls wait for their turn.
    pub fn queued(&self) -> usize {
        self.queued
    }

    /// Forgets chats of which nothing must be remembered. It runs only when their number has doubled, so the work is
    /// spread over the pushes.
    fn sweep(&mut self, now: Instant) {
        if self.chats.len() > self.sweep_at {
            self.chats.retain(|_, chat| !chat.is_forgettable(now));
            self.sweep_at = 1024.max(self.chats.len() * 2);
        }
    }
}

fn backoff(failures: u32) -> Duration {
    Duration::from_secs(1 << failures.saturating_sub(1).min(6)).min(LONGEST_BACKOFF)
}

#[cfg(test)]
mod tests;
