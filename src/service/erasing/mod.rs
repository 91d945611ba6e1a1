//! Erasure: the answers chosen and the day are kept. Whose they were is removed from every table and from the chats.
//!
//! Scores, options, agent, team, store and channel still count, and the tags and segments that many share; names, words,
//! files, the events' JSON, subjects and IDs are deleted. An event remains recognisable by a keyed hash of its ID, so that
//! it is not taken for a new one.
//!
//! The first transaction forgets the customer's identity. If there are many events, the rest follow in transactions of
//! bounded size. Until then the customer's row says so ([`store::erasing`]), and everything that reads these events
//! treats them as erased.

mod cases;
mod deliveries;
mod hash;
mod posted;
mod prompt;
mod requests;
mod rest;
mod retention;
mod survey;

use std::collections::{BTreeSet, HashMap};

use crate::domain::ids::{CustomerKey, PersonId, SurveyKey};
use crate::domain::schedule::day_of;
use crate::domain::time::Timestamp;
use crate::service::Unit;
use crate::store::erasing::ErasableEvent;
use crate::store::{self, Outgoing, Tx};

pub use crate::store::erasing::Erased;
pub use deliveries::take_back;
pub use hash::Hasher;
pub(super) use hash::keyed_hash;
pub use prompt::{ask, confirm, keep};
pub use requests::{ask as ask_admins, decide, look as look_at_requests, run_out};
pub use rest::Rest;
pub use retention::{Aged, Found, end_aged_run, erase_aged_cases, erase_aged_events, erase_aged_updates};

use posted::Posted;

/// The most events erased in one transaction. A tap never waits longer than that takes.
const EVENTS: usize = 128;

/// How far an erasure has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Done(Erased),
    /// The remaining events are already hidden from everybody; [`go_on`] erases the next of them.
    UnderWay {
        id: i64,
    },
}

/// Forgets a customer, and the people behind them if there is no other reason to know them. Erases as many of the
/// customer's events as one transaction may. Returns `None` if nothing is stored about such a customer.
pub async fn customer(unit: &mut Unit<'_>, customer_id: &str) -> store::Result<Option<Progress>> {
    let found = if customer_id.is_empty() { None } else { unit.tx.find_customer(customer_id).await? };
    let Some(customer) = found else {
        // What a hook delivered about somebody who is no customer yet, because the hook only watches.
        if deliveries::forget(unit, customer_id).await? > 0 {
            return done(&mut unit.tx, Erased::default()).await.map(Some);
        }
        // Somebody has asked for this before, and it is not finished yet.
        let Some(hasher) = Hasher::find(&mut unit.tx).await? else { return Ok(None) };
        let under_way = unit.tx.find_erasing_of_customer(&hasher.customer(customer_id)).await?;
        return Ok(under_way.map(|id| Progress::UnderWay { id }));
    };
    known_customer(unit, customer, customer_id).await.map(Some)
}

async fn known_customer(
    unit: &mut Unit<'_>,
    customer: CustomerKey,
    customer_id: &str,
) -> store::Result<Progress> {
    let mut erasing = Erasing::begin(unit).await?;
    let hash = erasing.hasher.customer(customer_id);
    erasing.forget(unit, customer).await?;
    erasing.first(unit, &[customer], Some(&hash)).await
}

/// Forgets a person at their own request: what they said, and the customers that nobody else is connected with. For the
/// other customers only the link is removed, and an admin decides (`requests`).
pub async fn person(unit: &mut Unit<'_>, person: PersonId, locale: &str) -> store::Result<Progress> {
    let mut erasing = Erasing::begin(unit).await?;
    erasing.asked_by = Some(person);
    erasing.persons.insert(person);
    let mut whole = Vec::new();
    for claim in unit.tx.list_claims_of(person).await? {
        if claim.shared {
            unit.tx.unlink_person(claim.customer, person).await?;
            requests::open(unit, claim.customer, person, locale).await?;
        } else {
            erasing.forget(unit, claim.customer).await?;
            whole.push(claim.customer);
        }
    }
    erasing.first(unit, &whole, None).await
}

/// Erases the next events of an erasure that has begun. An erasure that is no longer known is done.
pub async fn go_on(unit: &mut Unit<'_>, id: i64) -> store::Result<Progress> {
    let Some(row) = unit.tx.find_erasing(id).await? else { return Ok(Progress::Done(Erased::default())) };
    if row.done {
        return Ok(Progress::Done(row.erased));
    }
    let customers = unit.tx.list_customers_being_erased(id).await?;
    let mut erasing = Erasing::begin(unit).await?;
    erasing.asked_by = row.person;
    let is_done = erasing.take(unit, &customers).await?;
    if is_done {
        erasing.persons.extend(row.person);
    }
    erasing.finish(unit).await?;
    unit.tx.add_to_erasing(id, erasing.erased).await?;
    if !is_done {
        return Ok(Progress::UnderWay { id });
    }
    prompt::tell_done(unit, &row).await?;
    unit.tx.end_erasing(id, unit.now).await?;
    let mut erased = row.erased;
    erased += erasing.erased;
    done(&mut unit.tx, erased).await
}

/// Requests that the files on disk be scrubbed.
async fn done(tx: &mut Tx, erased: Erased) -> store::Result<Progress> {
    tx.mark_erasure().await?;
    let Erased { events, surveys, alerts, copies } = erased;
    tracing::info!(events, surveys, alerts, copies, "erased");
    Ok(Progress::Done(erased))
}

/// Restores the opt-outs of people who were erased and are about to become known again. Returns these people, who are
/// stored by then.
pub async fn remember_opt_outs(tx: &mut Tx, persons: &[PersonId]) -> store::Result<Vec<PersonId>> {
    let mut back = Vec::new();
    if persons.is_empty() {
        return Ok(back);
    }
    let Some(hasher) = Hasher::find(tx).await? else { return Ok(back) };
    let by_hash: HashMap<String, PersonId> = persons.iter().map(|id| (hasher.person(*id), *id)).collect();
    let wishes = tx.take_erased_opt_outs(&by_hash.keys().map(String::as_str).collect::<Vec<_>>()).await?;
    for (hash, at) in wishes {
        if let Some(person) = by_hash.get(&hash) {
            tx.insert_persons(&[*person]).await?;
            tx.opt_out(*person, at).await?;
            back.push(*person);
        }
    }
    Ok(back)
}

/// One transaction of an erasure.
struct Erasing {
    hasher: Hasher,
    /// The customer that all erased events are assigned to.
    nobody: CustomerKey,
    /// The person who asked to be forgotten. Everything that they were asked is erased.
    asked_by: Option<PersonId>,
    /// People whom there may be no reason to know any more.
    persons: BTreeSet<PersonId>,
    tokens: Vec<String>,
    posted: Posted,
    /// What the customers see last. It is queued at the end, because messages that wait for them are withdrawn first.
    last_words: Vec<Outgoing>,
    erased: Erased,
    /// How many more events this transaction may erase.
    room: usize,
}

impl Erasing {
    async fn begin(unit: &mut Unit<'_>) -> store::Result<Self> {
        Ok(Self {
            hasher: Hasher::make(&mut unit.tx, &unit.ctx.entropy).await?,
            nobody: unit.tx.nobody().await?,
            asked_by: None,
            persons: BTreeSet::new(),
            tokens: Vec::new(),
            posted: Posted::default(),
            last_words: Vec::new(),
            erased: Erased::default(),
            room: EVENTS,
        })
    }

    /// Makes the customer unidentifiable, and removes every link to them.
    async fn forget(&mut self, unit: &mut Unit<'_>, customer: CustomerKey) -> store::Result<()> {
        requests::close_about(unit, customer, requests::Outcome::Erased).await?;
        if let Some(customer_id) = unit.tx.find_customer_id(customer).await? {
            deliveries::forget(unit, &customer_id).await?;
        }
        for number in unit.tx.list_cases_of_customer(customer).await? {
            let erased = cases::erase(unit, number, self.nobody, &mut self.posted).await?;
            self.erased += erased;
        }
        self.persons.extend(unit.tx.list_persons_of(customer).await?);
        self.tokens.extend(unit.tx.list_tokens_of(customer).await?);
        unit.tx.unlink_customer(customer).await
    }

    /// Does the work of the first transaction. If events are left, a row records the erasure from here on.
    async fn first(
        mut self,
        unit: &mut Unit<'_>,
        customers: &[CustomerKey],
        customer_hash: Option<&str>,
    ) -> store::Result<Progress> {
        let mut under_way = None;
        if !self.take(unit, customers).await? {
            let id = unit.tx.insert_erasing(customer_hash, self.asked_by, unit.now).await?;
            for customer in customers {
                unit.tx.mark_customer_erasing(*customer, id).await?;
            }
            under_way = Some(id);
        }
        self.finish(unit).await?;
        let Some(id) = under_way else { return done(&mut unit.tx, self.erased).await };
        unit.tx.add_to_erasing(id, self.erased).await?;
        unit.tx.mark_erasure().await?;
        Ok(Progress::UnderWay { id })
    }

    /// Erases the next events of these customers, and of the surveys answered by the person who wants to be forgotten.
    /// Returns true if none are left.
    async fn take(&mut self, unit: &mut Unit<'_>, customers: &[CustomerKey]) -> store::Result<bool> {
        if let Some(person) = self.asked_by {
            let events = unit.tx.list_erasable_events_answered(person, limit(self.room)).await?;
            if !self.events(unit, &events).await? {
                return Ok(false);
            }
        }
        for customer in customers {
            // Surveys with words or an open message were asked in a chat, so they are erased first.
            for person in self.persons.clone() {
                let events = unit.tx.list_erasable_events_of(*customer, person, limit(self.room)).await?;
                if !self.events(unit, &events).await? {
                    return Ok(false);
                }
            }
            let events = unit.tx.list_erasable_events(*customer, limit(self.room)).await?;
            if !self.events(unit, &events).await? {
                return Ok(false);
            }
            unit.tx.delete_customer(*customer).await?;
        }
        match self.asked_by {
            Some(person) => self.unasked(unit, person).await,
            None => Ok(true),
        }
    }

    /// Surveys that the person was asked and did not answer belong to the customer. They stay, but no longer say who
    /// was asked. Returns true if none are left.
    async fn unasked(&mut self, unit: &mut Unit<'_>, person: PersonId) -> store::Result<bool> {
        let events = unit.tx.list_events_unanswered_by(person, limit(self.room)).await?;
        let mut asked = Vec::new();
        for event in &events {
            if survey::take_back(unit, event).await? {
                continue;
            }
            self.last_words.extend(survey::end(unit, event).await?);
            asked.extend(event.survey);
        }
        for survey in unit.tx.list_told(&asked).await? {
            let posted = self.posted.take_back(unit, survey).await?;
            self.erased += posted;
        }
        unit.tx.erase_words(&asked, None, unit.now).await?;
        unit.tx.forget_who_was_asked(&asked, unit.now).await?;
        let are_all = events.len() < self.room;
        self.room = self.room.saturating_sub(events.len());
        Ok(are_all)
    }

    /// Erases these events. Returns true if they are all there are of their kind, that is, if there were fewer than the
    /// room allows.
    async fn events(&mut self, unit: &mut Unit<'_>, events: &[ErasableEvent]) -> store::Result<bool> {
        let zone = unit.ctx.zone();
        let day = move |at: Timestamp| day_of(at, zone);
        let mut surveys = HashMap::new();
        for event in events {
            let Some(survey) = event.survey else { continue };
            self.persons.extend(event.person);
            self.last_words.extend(survey::end(unit, event).await?);
            surveys.insert(survey, unit.ctx.entropy.id_at(day(event.received_at)));
        }
        let keys: Vec<SurveyKey> = surveys.keys().copied().collect();
        for survey in unit.tx.list_told(&keys).await? {
            let posted = self.posted.take_back(unit, survey).await?;
            self.erased += posted;
        }
        unit.tx.erase_words(&keys, Some(&day), unit.now).await?;
        unit.tx.cut_surveys_to_days(&keys, &day).await?;
        unit.tx.detach_surveys(&surveys, &day, unit.now).await?;
        let hashes: Vec<String> = events.iter().map(|event| self.hasher.event(&event.event_id)).collect();
        unit.tx.detach_events(events, &hashes, self.nobody, &day).await?;
        self.erased +=
            Erased { events: limit(events.len()), surveys: limit(keys.len()), ..Erased::default() };
        let are_all = events.len() < self.room;
        self.room = self.room.saturating_sub(events.len());
        Ok(are_all)
    }

    /// Deletes the people whom there is no other reason to know, and queues what is to be sent.
    async fn finish(&mut self, unit: &mut Unit<'_>) -> store::Result<()> {
        self.delete_dead_updates(unit).await?;
        for person in std::mem::take(&mut self.persons) {
            self.person(unit, person).await?;
        }
        self.posted.show(unit, posted::Why::Erased).await?;
        for last in &self.last_words {
            unit.tx.enqueue(last, unit.now).await?;
        }
        Ok(())
    }

    async fn person(&mut self, unit: &mut Unit<'_>, person: PersonId) -> store::Result<()> {
        let is_asking = self.asked_by == Some(person);
        let is_admin = unit.ctx.config.admin_ids.contains(&person);
        let is_needed = is_admin || unit.tx.is_person_needed(person, is_asking).await?;
        if is_asking || !is_needed {
            for row in unit.tx.list_cases_of(person).await? {
                let erased = cases::erase(unit, row.number, self.nobody, &mut self.posted).await?;
                self.erased += erased;
            }
            let erased = self.posted.take_back_copies(&mut unit.tx, person).await?;
            self.erased += erased;
        }
        if is_needed {
            return Ok(());
        }
        if unit.tx.is_person_asked(person).await? {
            // Until the rest of what they were asked is erased, their row is reduced to its key.
            return unit.tx.empty_person(person).await;
        }
        let opted_out_at = unit.tx.find_person(person).await?.and_then(|person| person.opted_out_at);
        if let Some(at) = opted_out_at {
            let day = day_of(at, unit.ctx.zone());
            unit.tx.insert_erased_opt_out(&self.hasher.person(person), day).await?;
        }
        let zone = unit.ctx.zone();
        unit.tx.forget_in_journal(person, &move |at| day_of(at, zone)).await?;
        unit.tx.delete_person(person).await
    }

    /// Deletes updates that could not be handled and that come from these people or contain a link of these customers.
    async fn delete_dead_updates(&self, unit: &mut Unit<'_>) -> store::Result<()> {
        if self.persons.is_empty() && self.tokens.is_empty() {
            return Ok(());
        }
        let mut after = (i64::MIN, i64::MIN);
        loop {
            let page = unit.tx.list_dead_updates(after).await?;
            let Some((bot, update_id, _)) = page.last() else { return Ok(()) };
            after = (*bot, *update_id);
            for (bot, update_id, raw) in page {
                let is_theirs = self.persons.iter().any(|person| names_number(&raw, *person))
                    || self.tokens.iter().any(|token| raw.contains(token.as_str()));
                if is_theirs {
                    unit.tx.delete_dead_update(bot, update_id).await?;
                }
            }
        }
    }
}

fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Whether the text contains the number on its own, and not as part of a longer number.
fn names_number(text: &str, number: PersonId) -> bool {
    let number = number.to_string();
    let is_digit = |c: Option<u8>| c.is_some_and(|c| c.is_ascii_digit());
    text.match_indices(&number).any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|before| text.as_bytes().get(before).copied());
        !is_digit(before) && !is_digit(text.as_bytes().get(at + number.len()).copied())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_whole_and_not_as_a_part_of_another() {
        for (text, found) in
            [(r#"{"id":70001,"x":1}"#, true), ("70001", true), (r#"{"id":700012}"#, false), ("170001", false)]
        {
            assert_eq!(names_number(text, PersonId::new(70001)), found, "{text}");
        }
    }

    #[test]
    fn a_day_begins_where_the_company_is() {
        let at = Timestamp::from_millis(1_795_262_400_000);
        assert_eq!(day_of(at, chrono_tz::Europe::Moscow).to_rfc3339(), "2026-11-20T21:00:00Z");
    }
}
