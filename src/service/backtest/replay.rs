//! Replays the past in memory: events arrive, links are followed, and surveys become due, are judged and occupy their
//! person, each at its time. The production code makes the decisions; this module only provides the order.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

use super::past::{Past, local_hour};
use crate::domain::ids::{CustomerKey, PersonId, SurveyKey};
use crate::domain::ledger::{State, Suppression, Unreachable};
use crate::domain::schedule::Moment;
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::service::due::{Standing, Verdict, verdict};
use crate::service::events::{Batch, waiting_due};
use crate::store::backtest::PastPersonRow;
use crate::store::due::DueRow;
use crate::store::events::{PersonRow, WaitingRow};

/// What happened to an event that could lead to a survey.
#[derive(Clone, Debug)]
pub(super) struct Fate {
    /// `sent` for every survey that was sent, however it ended.
    pub state: State,
    pub script: Option<String>,
    /// The hour at which it was sent, in the customer's local time.
    pub hour: Option<u32>,
}

/// What can happen at a moment. If several things happen at once, they happen in this order. A number is an index into
/// the lists of the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    OptOut(usize),
    Unreachable(usize),
    Link(usize),
    Arrive(usize),
    /// The person's open survey ends.
    Free(PersonId),
    Due(usize),
    TooOld(usize),
}

#[derive(Debug)]
struct Survey {
    fate: Fate,
    due_at: Option<Timestamp>,
}

struct Replay<'a> {
    ctx: &'a Context,
    past: &'a Past,
    batch: Batch<'a>,
    queue: BinaryHeap<Reverse<(Timestamp, Happening)>>,
    /// By index of the event. `None` for the kinds that never ask.
    surveys: Vec<Option<Survey>>,
    /// The customer's surveys that are not sent yet.
    pending: HashMap<&'a str, Vec<usize>>,
    customers_of: HashMap<PersonId, BTreeSet<&'a str>>,
    last_sent: HashMap<PersonId, Timestamp>,
    /// The people who have an open survey, and when it ends. `None` if it never ends.
    open: HashMap<PersonId, Option<Timestamp>>,
}

/// What the scripts of `ctx` do with each past event.
pub(super) fn replay(ctx: &Context, past: &Past) -> Vec<Option<Fate>> {
    let mut replay = Replay {
        ctx,
        past,
        batch: Batch::of_history(ctx, past.from, past.staff.clone()),
        queue: BinaryHeap::new(),
        surveys: past.events.iter().map(|_| None).collect(),
        pending: HashMap::new(),
        customers_of: HashMap::new(),
        last_sent: HashMap::new(),
        open: HashMap::new(),
    };
    replay.begin();
    while let Some(Reverse((at, happening))) = replay.queue.pop() {
        if past.until.is_some_and(|until| at > until) {
            break;
        }
        replay.happen(at, happening);
    }
    replay.surveys.into_iter().map(|survey| survey.map(|survey| survey.fate)).collect()
}

impl<'a> Replay<'a> {
    /// Sets the initial state and queues everything that happens independently of the decisions.
    fn begin(&mut self) {
        let past = self.past;
        for (place, event) in past.events.iter().enumerate() {
            self.at(event.arrived_at, Happening::Arrive(place));
        }
        for (place, person) in past.persons.iter().enumerate() {
            self.batch.set_person(PersonRow {
                id: person.id,
                started_at: person.started_at,
                opted_out_at: None,
                unreachable: None,
            });
            if let Some(at) = person.opted_out_at {
                self.at(at.max(past.from), Happening::OptOut(place));
            }
            if person.unreachable.is_some() {
                self.at(unreachable_since(person, past.from), Happening::Unreachable(place));
            }
        }
        for (place, customer) in past.customers.iter().enumerate() {
            let mut row = customer.clone();
            let own = matches!(row.linked_by.as_deref(), Some("link" | "phone"));
            if row.linked_at.is_some_and(|at| at > past.from) {
                if let (true, Some(at)) = (own, row.linked_at) {
                    self.at(at, Happening::Link(place));
                }
                // The link is removed until that time. A link by `telegram_id` comes with its event.
                (row.person, row.linked_by, row.linked_at) = (None, None, None);
            }
            if let Some(person) = row.person {
                self.customers_of.entry(person).or_default().insert(&customer.customer_id);
            }
            self.batch.set_customer(&customer.customer_id, row);
        }
        for event in &past.events {
            self.batch.meet(&event.event.customer.id);
        }
        for sent in &past.last_sent {
            let last = self.last_sent.entry(sent.person).or_insert(sent.sent_at);
            *last = sent.sent_at.max(*last);
            self.batch.last_sent.insert((sent.person, sent.script.clone()), sent.sent_at);
        }
    }

    fn at(&mut self, at: Timestamp, happening: Happening) {
        self.queue.push(Reverse((at, happening)));
    }

    fn happen(&mut self, now: Timestamp, happening: Happening) {
        self.batch.now = now;
        match happening {
            Happening::OptOut(place) => {
                let person = &self.past.persons[place];
                self.batch.change_person(person.id, |row| row.opted_out_at = person.opted_out_at);
            }
            Happening::Unreachable(place) => {
                let person = &self.past.persons[place];
                self.batch.change_person(person.id, |row| row.unreachable.clone_from(&person.unreachable));
            }
            Happening::Link(place) => {
                let customer = &self.past.customers[place];
                if let (Some(person), Some(by)) = (customer.person, &customer.linked_by) {
                    let before = self.batch.person_of(&customer.customer_id);
                    self.batch.link(&customer.customer_id, person, by);
                    self.linked(&customer.customer_id, before, now);
                }
            }
            Happening::Arrive(place) => self.arrive(place, now),
            Happening::Free(person) => {
                self.open.remove(&person);
                self.round(person, now);
            }
            Happening::Due(place) => self.due(place, now),
            Happening::TooOld(place) => self.too_old(place),
        }
    }

    fn arrive(&mut self, place: usize, now: Timestamp) {
        let event = &self.past.events[place].event;
        let customer = event.customer.id.as_str();
        let before = self.batch.person_of(customer);
        if let Some(outcome) = self.batch.decide(event) {
            let fate = Fate { state: outcome.state, script: outcome.script, hour: None };
            self.surveys[place] = Some(Survey { fate, due_at: outcome.due_at });
            if outcome.state.is_pending() {
                self.pending.entry(customer).or_default().push(place);
            }
            if let Some(stale_at) = outcome.stale_at {
                self.at(stale_at.plus_millis(1), Happening::TooOld(place));
            }
            if let Some(due_at) = outcome.due_at {
                self.at(due_at, Happening::Due(place));
            }
        }
        self.linked(customer, before, now);
        if event.kind.cancels() {
            self.cancel(place);
        }
    }

    /// Cancels the customer's pending surveys of the same family and subject whose events are not later than this one.
    fn cancel(&mut self, place: usize) {
        let events = &self.past.events;
        let by = &events[place].event;
        for pending in self.pending_of(&by.customer.id) {
            let event = &events[pending].event;
            if event.kind == by.kind.family().asking()
                && event.subject.id == by.subject.id
                && event.occurred_at <= by.occurred_at
            {
                self.finish(pending, State::Suppressed(Suppression::Cancelled));
            }
        }
    }

    /// The customer got a chat, so their waiting surveys are scheduled.
    fn linked(&mut self, customer: &'a str, before: Option<PersonId>, now: Timestamp) {
        let person = self.batch.person_of(customer);
        if person == before {
            return;
        }
        if let Some(before) = before.and_then(|before| self.customers_of.get_mut(&before)) {
            before.remove(customer);
        }
        if let Some(person) = person {
            self.customers_of.entry(person).or_default().insert(customer);
        }
        for place in self.pending_of(customer) {
            if self.state(place) != Some(State::WaitingForLink) {
                continue;
            }
            let waiting = WaitingRow {
                survey: SurveyKey::NONE,
                held: false,
                customer: CustomerKey::NONE,
                occurred_at: self.past.events[place].event.occurred_at,
                time_zone: self.batch.time_zone_of(customer),
                script: self.script(place),
                test: false,
            };
            match waiting_due(self.ctx, &waiting, now) {
                Moment::At(due_at) => self.schedule(place, due_at),
                Moment::Stale => self.finish(place, State::Suppressed(Suppression::Stale)),
            }
        }
    }

    fn schedule(&mut self, place: usize, due_at: Timestamp) {
        if let Some(survey) = self.surveys.get_mut(place).and_then(Option::as_mut) {
            survey.fate.state = State::Scheduled;
            survey.due_at = Some(due_at);
            self.at(due_at, Happening::Due(place));
        }
    }

    fn due(&mut self, place: usize, now: Timestamp) {
        if !self.is_due(place, now) {
            return;
        }
        match self.batch.person_of(&self.past.events[place].event.customer.id) {
            // It waits until the open survey has ended.
            Some(person) if self.open.contains_key(&person) => {}
            Some(person) => self.round(person, now),
            None => self.judge(place, None, now),
        }
    }

    /// Judges everything that is due for one person, newest event first.
    fn round(&mut self, person: PersonId, now: Timestamp) {
        let customers: Vec<&str> = self.customers_of.get(&person).into_iter().flatten().copied().collect();
        let mut due: Vec<usize> =
            customers.into_iter().flat_map(|customer| self.pending_of(customer)).collect();
        due.retain(|place| self.is_due(*place, now));
        due.sort_by_key(|place| Reverse((self.past.events[*place].event.occurred_at, *place)));
        for place in due {
            self.judge(place, Some(person), now);
        }
        if let Some(Some(until)) = self.open.get(&person).copied() {
            if until > now {
                self.at(until, Happening::Free(person));
            } else {
                self.open.remove(&person);
            }
        }
    }

    fn judge(&mut self, place: usize, person: Option<PersonId>, now: Timestamp) {
        let row = self.due_row(place, person);
        let standing = Standing {
            is_staff: person.is_some_and(|person| self.past.staff.contains(&person)),
            has_open_survey: person.is_some_and(|person| self.open.contains_key(&person)),
        };
        match verdict(self.ctx, &row, standing, now) {
            Verdict::Send { live, person, .. } => {
                let hour = local_hour(self.ctx, row.time_zone.as_deref(), now);
                self.send(place, &live.script().slug, person, hour, now);
            }
            Verdict::PutOff(until) => self.schedule(place, until),
            Verdict::Suppress(reason) => self.finish(place, State::Suppressed(reason)),
            Verdict::WaitForLink => self.wait(place),
            Verdict::Undeliverable(reason) => self.finish(place, State::Undeliverable(reason)),
        }
    }

    /// Sends the survey. It stays open for as long as it really did; a survey that was not really sent counts as
    /// answered at once.
    fn send(&mut self, place: usize, slug: &str, person: PersonId, hour: u32, now: Timestamp) {
        self.finish(place, State::Sent);
        if let Some(survey) = self.surveys.get_mut(place).and_then(Option::as_mut) {
            survey.fate.hour = Some(hour);
            survey.fate.script = Some(slug.to_owned());
        }
        self.last_sent.insert(person, now);
        self.batch.last_sent.insert((person, slug.to_owned()), now);
        let ledger = self.past.events[place].ledger.as_ref();
        let until = match ledger.map(|ledger| (ledger.sent_at, ledger.ended_at)) {
            Some((Some(sent), Some(ended))) => Some(now.plus(ended.since(sent))),
            Some((Some(_), None)) => None,
            _ => Some(now),
        };
        self.open.insert(person, until);
    }

    fn due_row(&self, place: usize, person: Option<PersonId>) -> DueRow {
        let event = &self.past.events[place].event;
        let script = self.script(place);
        let known = person.and_then(|person| self.batch.known_person(person));
        let last_same = person.zip(script.clone()).and_then(|key| self.batch.last_sent.get(&key).copied());
        DueRow {
            id: SurveyKey::NONE,
            test: false,
            due_at: self.batch.now,
            occurred_at: event.occurred_at,
            received_at: self.past.events[place].arrived_at,
            time_zone: self.batch.time_zone_of(&event.customer.id),
            language: None,
            person,
            language_code: None,
            chosen_language: None,
            started: known.is_some_and(|person| person.started_at.is_some()),
            opted_out: known.is_some_and(|person| person.opted_out_at.is_some()),
            unreachable: known.and_then(|person| person.unreachable.clone()),
            last_sent_at: person.and_then(|person| self.last_sent.get(&person).copied()),
            last_same_at: last_same,
            script,
        }
    }

    fn too_old(&mut self, place: usize) {
        match self.state(place) {
            Some(State::WaitingForLink) => {
                self.finish(place, State::Undeliverable(Unreachable::NeverLinked));
            }
            Some(State::Scheduled) => self.finish(place, State::Suppressed(Suppression::Stale)),
            _ => {}
        }
    }

    fn wait(&mut self, place: usize) {
        if let Some(survey) = self.surveys.get_mut(place).and_then(Option::as_mut) {
            survey.fate.state = State::WaitingForLink;
        }
    }

    /// Records the final state. Nothing more is decided about this survey.
    fn finish(&mut self, place: usize, state: State) {
        if let Some(survey) = self.surveys.get_mut(place).and_then(Option::as_mut) {
            survey.fate.state = state;
        }
        if let Some(pending) = self.pending.get_mut(self.past.events[place].event.customer.id.as_str()) {
            pending.retain(|other| *other != place);
        }
    }

    fn pending_of(&self, customer: &str) -> Vec<usize> {
        self.pending.get(customer).cloned().unwrap_or_default()
    }

    fn survey(&self, place: usize) -> Option<&Survey> {
        self.surveys.get(place)?.as_ref()
    }

    fn state(&self, place: usize) -> Option<State> {
        self.survey(place).map(|survey| survey.fate.state)
    }

    fn script(&self, place: usize) -> Option<String> {
        self.survey(place)?.fate.script.clone()
    }

    fn is_due(&self, place: usize, now: Timestamp) -> bool {
        self.survey(place).is_some_and(|survey| {
            survey.fate.state == State::Scheduled && survey.due_at.is_some_and(|due_at| due_at <= now)
        })
    }
}

/// Since when a person counts as unreachable. Somebody who never started the bot was unreachable even before the first
/// attempt showed it.
fn unreachable_since(person: &PastPersonRow, from: Timestamp) -> Timestamp {
    let since = person.unreachable_at.filter(|_| person.started_at.is_some());
    since.map_or(from, |since| since.max(from))
}
