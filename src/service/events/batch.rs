//! One batch of events between its reads and its writes. Everything in between is decided in memory.

mod history;
mod writes;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::customer::{Customer, nobody};
use super::decide::{self, Outcome};
use super::{Accepted, Conflict};
use crate::domain::event::{ERASED, Event, Normalised};
use crate::domain::ids::{CustomerKey, PersonId};
use crate::domain::ledger::State;
use crate::domain::phone::digits;
use crate::domain::time::Timestamp;
use crate::service::erasing::{self, Hasher};
use crate::service::{Context, Unit};
use crate::store::events::{CustomerRow, KnownEvent, PersonRow, SubjectKey};
use crate::store::{self, Tx};

/// The batch's result for one event before it is stored.
#[derive(Clone, Debug)]
pub(in crate::service) enum Verdict {
    /// The event was accepted before this batch.
    Known(Accepted),
    /// A new event, by its position among the new ones. `known` if it is in the batch a second time.
    New {
        place: usize,
        known: bool,
    },
    Conflict(Conflict),
}

#[derive(Debug)]
struct New<'a> {
    event: &'a Event,
    body: &'a str,
    hook: Option<&'a str>,
    /// `None` for the kinds that never ask.
    outcome: Option<Outcome>,
}

#[derive(Debug)]
pub(in crate::service) struct Batch<'a> {
    pub ctx: &'a Context,
    pub now: Timestamp,
    known: HashMap<String, KnownEvent>,
    customers: HashMap<&'a str, Customer>,
    persons: HashMap<PersonId, PersonRow>,
    /// The person whose own phone number it is.
    owners: HashMap<String, PersonId>,
    pub staff: HashSet<PersonId>,
    /// The time of the newest cancelling event, by customer, subject, kind, and whether it is a test.
    cancelled: HashMap<(String, String, &'static str, bool), Timestamp>,
    /// When a person was last asked by a script.
    pub last_sent: HashMap<(PersonId, String), Timestamp>,
    new: Vec<New<'a>>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Batch<'a> {
    /// Reads everything that the decisions need.
    pub async fn load(
        unit: &mut Unit<'_>,
        ctx: &'a Context,
        events: &'a [Normalised],
    ) -> store::Result<Self> {
        let now = unit.now;
        let event_ids = unique(events.iter().map(|event| event.event_id.as_str()));
        let known = known(&mut unit.tx, &event_ids).await?;
        let customer_ids = unique(events.iter().map(|event| event.customer.id.as_str()));
        let rows = unit.tx.list_customers(&customer_ids).await?;
        let owners = phone_owners(&mut unit.tx, events).await?;
        let person_ids = unique(
            rows.iter()
                .filter_map(|row| row.person)
                .chain(events.iter().filter_map(|event| event.customer.telegram_id))
                .chain(owners.values().copied()),
        );
        let persons = persons(&mut unit.tx, &person_ids, events, &known).await?;
        let mut staff: HashSet<PersonId> = ctx.config.admin_ids.iter().copied().collect();
        if !person_ids.is_empty() {
            staff.extend(unit.tx.list_staff_ids().await?);
        }
        let mut batch = Self {
            ctx,
            now,
            known,
            customers: HashMap::with_capacity(customer_ids.len()),
            persons: persons.into_iter().map(|person| (person.id, person)).collect(),
            owners,
            staff,
            cancelled: HashMap::new(),
            last_sent: HashMap::new(),
            new: Vec::with_capacity(events.len()),
            places: HashMap::with_capacity(events.len()),
        };
        batch.load_cancelled(&mut unit.tx, events, &rows).await?;
        batch.load_last_sent(&mut unit.tx, &person_ids).await?;
        let mut rows: HashMap<String, CustomerRow> =
            rows.into_iter().map(|row| (row.customer_id.clone(), row)).collect();
        for id in customer_ids {
            let row = rows.remove(id).unwrap_or_else(|| nobody(id));
            batch.customers.insert(id, Customer::new(row));
        }
        batch.load_contradicted(&mut unit.tx, events).await?;
        Ok(batch)
    }

    /// For customers whom an event describes differently from what is known, loads how recent the known description is.
    /// An event that only repeats what is known does not change the customer's row.
    async fn load_contradicted(&mut self, tx: &mut Tx, events: &'a [Normalised]) -> store::Result<()> {
        let contradicted = events.iter().filter(|event| !self.known.contains_key(&event.event_id));
        let contradicted = contradicted.filter_map(|event| {
            let customer = self.customers.get(event.customer.id.as_str())?;
            customer.is_contradicted(event, self.owner(event)).then_some(customer.row.id)
        });
        let newest: HashMap<CustomerKey, Timestamp> =
            tx.list_newest_events(&unique(contradicted)).await?.into_iter().collect();
        if newest.is_empty() {
            return Ok(());
        }
        for Customer { row, .. } in self.customers.values_mut() {
            if let Some(newest) = newest.get(&row.id) {
                row.described_at = row.described_at.max(*newest);
            }
        }
        Ok(())
    }

    /// The person who shared the event's phone number as their own.
    fn owner(&self, event: &Event) -> Option<PersonId> {
        event.customer.phone.as_deref().and_then(|phone| self.owners.get(&digits(phone))).copied()
    }

    async fn load_cancelled(
        &mut self,
        tx: &mut Tx,
        events: &[Normalised],
        rows: &[CustomerRow],
    ) -> store::Result<()> {
        let keys: HashMap<&str, CustomerKey> =
            rows.iter().map(|row| (row.customer_id.as_str(), row.id)).collect();
        let names: HashMap<CustomerKey, &str> =
            rows.iter().map(|row| (row.id, row.customer_id.as_str())).collect();
        let wanted: HashSet<SubjectKey> = events
            .iter()
            .filter(|event| event.kind.asks())
            .filter_map(|event| {
                Some(SubjectKey {
                    customer: *keys.get(event.customer.id.as_str())?,
                    subject_id: event.subject.id.clone()?,
                    kind: event.kind.family().cancelling()?.as_str(),
                    test: event.test,
                })
            })
            .collect();
        let wanted: Vec<SubjectKey> = wanted.into_iter().collect();
        for (key, at) in tx.list_newest_of(&wanted).await? {
            if let Some(customer) = names.get(&key.customer) {
                self.cancelled.insert(((*customer).to_owned(), key.subject_id, key.kind, key.test), at);
            }
        }
        Ok(())
    }

    /// Loads when people were last asked by each script. This is needed only if a live script has a minimum gap between
    /// its own surveys.
    async fn load_last_sent(&mut self, tx: &mut Tx, persons: &[PersonId]) -> store::Result<()> {
        let defaults = &self.ctx.config.sending;
        let gapped = |live: &crate::service::script_set::Live| {
            live.script().send.resolve(defaults).min_gap_same.is_some()
        };
        if !persons.is_empty() && self.ctx.scripts.live().iter().any(gapped) {
            for last in tx.list_last_sent(persons).await? {
                self.last_sent.insert((last.person, last.script), last.sent_at);
            }
        }
        Ok(())
    }

    /// Decides about one event.
    pub fn take(&mut self, event: &'a Normalised) -> store::Result<Verdict> {
        let body = event.json();
        if let Some(known) = self.known.get(&event.event_id) {
            // Nobody can say whether an erased event had the same content.
            return Ok(if known.body == body || known.body == ERASED {
                Verdict::Known(known_again(known)?)
            } else {
                Verdict::Conflict(conflict(event, &stored(known)?))
            });
        }
        if let Some(place) = self.places.get(event.event_id.as_str()).copied() {
            let first = &self.new[place];
            return Ok(if first.body == body {
                Verdict::New { place, known: true }
            } else {
                Verdict::Conflict(conflict(event, first.event))
            });
        }
        let outcome = self.decide(event);
        let place = self.new.len();
        self.places.insert(&event.event_id, place);
        self.new.push(New { event, body, hook: event.hook(), outcome });
        Ok(Verdict::New { place, known: false })
    }

    /// The outcome of a new event. `None` for the kinds that never ask.
    pub fn decide(&mut self, event: &'a Event) -> Option<Outcome> {
        let owner = self.owner(event);
        if let Some(customer) = self.customers.get_mut(event.customer.id.as_str()) {
            customer.learn(event, owner, self.now);
        }
        let outcome = event.kind.asks().then(|| decide::outcome(self, event));
        if event.kind.cancels() {
            self.note_cancelling(event);
        }
        outcome
    }

    fn note_cancelling(&mut self, event: &Event) {
        if let Some(subject) = &event.subject.id {
            let key = (event.customer.id.clone(), subject.clone(), event.kind.as_str(), event.test);
            let newest = self.cancelled.entry(key).or_insert(event.occurred_at);
            *newest = event.occurred_at.max(*newest);
        }
    }

    /// Whether the event's subject was cancelled at the event's time or later.
    pub fn is_cancelled(&self, event: &Event) -> bool {
        let (Some(subject), Some(kind)) = (&event.subject.id, event.kind.family().cancelling()) else {
            return false;
        };
        let key = (event.customer.id.clone(), subject.clone(), kind.as_str(), event.test);
        self.cancelled.get(&key).is_some_and(|newest| *newest >= event.occurred_at)
    }

    pub fn customer(&self, event: &Event) -> Option<&Customer> {
        self.customers.get(event.customer.id.as_str())
    }

    /// The person behind a customer, if the database knows them.
    pub fn person(&self, customer: &Customer) -> Option<&PersonRow> {
        self.persons.get(&customer.row.person?)
    }

    /// Whether the bot may try to write to this customer.
    pub fn has_chat(&self, customer: &Customer) -> bool {
        let unreachable = self.person(customer).and_then(|person| person.unreachable.as_deref());
        customer.row.person.is_some() && !matches!(unreachable, Some("cant_initiate" | "chat_not_found"))
    }

    /// Whether the customer has to tap a link before the bot may write. A customer known only by a Telegram ID may have
    /// to.
    pub fn needs_link(&self, customer: &Customer) -> bool {
        let started = self.person(customer).is_some_and(|person| person.started_at.is_some());
        !self.has_chat(customer) || !started
    }

    pub fn results(&self, verdicts: Vec<Verdict>) -> Vec<Result<Accepted, Conflict>> {
        let result = |verdict| match verdict {
            Verdict::Known(accepted) => Ok(accepted),
            Verdict::New { place, known } => Ok(self.new[place].accepted(known)),
            Verdict::Conflict(conflict) => Err(conflict),
        };
        verdicts.into_iter().map(result).collect()
    }
}

impl New<'_> {
    fn accepted(&self, known: bool) -> Accepted {
        let outcome = self.outcome.as_ref();
        Accepted {
            event_id: self.event.event_id.clone(),
            known,
            survey_id: outcome.map(|outcome| outcome.survey_id.clone()),
            state: outcome.map_or(State::Recorded, |outcome| outcome.state),
            due_at: outcome.and_then(|outcome| outcome.due_at),
            link: None,
        }
    }
}

async fn phone_owners(tx: &mut Tx, events: &[Normalised]) -> store::Result<HashMap<String, PersonId>> {
    let phones: BTreeSet<String> =
        events.iter().filter_map(|event| event.customer.phone.as_deref()).map(digits).collect();
    let phones: Vec<&str> = phones.iter().map(String::as_str).collect();
    Ok(tx.list_phone_owners(&phones).await?.into_iter().collect())
}

/// The events that were accepted before, by the ID that they have in this batch.
async fn known(tx: &mut Tx, event_ids: &[&str]) -> store::Result<HashMap<String, KnownEvent>> {
    let known = tx.list_known_events(event_ids).await?;
    let mut known: HashMap<String, KnownEvent> =
        known.into_iter().map(|known| (known.event_id.clone(), known)).collect();
    if let Some(hasher) = Hasher::find(tx).await? {
        let unknown = event_ids.iter().filter(|id| !known.contains_key(**id));
        let by_hash: HashMap<String, &str> = unknown.map(|id| (hasher.event(id), *id)).collect();
        let hashes: Vec<&str> = by_hash.keys().map(String::as_str).collect();
        for mut erased in tx.list_known_events(&hashes).await? {
            if let Some(id) = by_hash.get(&erased.event_id) {
                (*id).clone_into(&mut erased.event_id);
                known.insert((*id).to_owned(), erased);
            }
        }
    }
    Ok(known)
}

/// What is known about these people. If somebody who was erased had opted out and a new event brings them back, they
/// are stored again with their opt-out.
async fn persons(
    tx: &mut Tx,
    ids: &[PersonId],
    events: &[Normalised],
    known: &HashMap<String, KnownEvent>,
) -> store::Result<Vec<PersonRow>> {
    let mut persons = tx.list_persons(ids).await?;
    let brought = events.iter().filter(|event| !known.contains_key(&event.event_id));
    let mut brought = unique(brought.filter_map(|event| event.customer.telegram_id));
    brought.retain(|id| !persons.iter().any(|person| person.id == *id));
    let back = erasing::remember_opt_outs(tx, &brought).await?;
    persons.extend(tx.list_persons(&back).await?);
    Ok(persons)
}

fn known_again(known: &KnownEvent) -> store::Result<Accepted> {
    let state = known.state()?;
    Ok(Accepted {
        event_id: known.event_id.clone(),
        known: true,
        survey_id: known.survey_id.clone(),
        state,
        due_at: known.due_at.filter(|_| state == State::Scheduled),
        link: None,
    })
}

fn stored(known: &KnownEvent) -> store::Result<Event> {
    Event::from_stored(&known.body)
        .map_err(|error| store::Error::broken("events", format!("{}: {error}", known.event_id)))
}

fn conflict(event: &Event, other: &Event) -> Conflict {
    Conflict { event_id: event.event_id.clone(), fields: event.differing_fields(other) }
}

fn unique<T: std::hash::Hash + Eq + Copy>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    items.filter(|item| seen.insert(*item)).collect()
}
