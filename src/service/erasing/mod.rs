//! Erasing: what was chosen and the day stay, whose it was goes, from every table and from the chats.
//!
//! Scores, options, agent, team, store and tags go on counting; names, words, files, the events' JSON, subjects and IDs
//! are deleted. An event stays known by a keyed hash of its ID, so that it is not taken for a new one.

mod hash;
mod posted;
mod prompt;
mod retention;
mod survey;

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::domain::schedule::start_of_day;
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::store::erasing::ErasableEvent;
use crate::store::{self, Outgoing, Tx};

pub use hash::Hasher;
pub use prompt::{ask, confirm, keep};
pub use retention::{Aged, erase_aged_events, erase_aged_requests, erase_aged_updates};

use posted::Posted;

/// What was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    pub customers: usize,
    pub events: usize,
    pub surveys: usize,
    /// Alerts in chats that are edited.
    pub alerts: usize,
    /// Copied files that are deleted.
    pub copies: usize,
}

/// Erases a customer, and the persons behind them whom there is no other reason to know. `None` if nothing is stored
/// about such a customer.
pub async fn customer(
    tx: &mut Tx,
    ctx: &Context,
    customer_id: &str,
    now: Timestamp,
) -> store::Result<Option<Erased>> {
    let found = if customer_id.is_empty() { None } else { tx.find_customer(customer_id).await? };
    let Some(customer) = found else { return Ok(None) };
    let mut erasing = Erasing::begin(tx, ctx, now).await?;
    erasing.customer(tx, customer).await?;
    erasing.finish(tx).await.map(Some)
}

/// Erases a person with all the customers they are and whatever they said as another.
pub async fn person(tx: &mut Tx, ctx: &Context, person: i64, now: Timestamp) -> store::Result<Erased> {
    let mut erasing = Erasing::begin(tx, ctx, now).await?;
    erasing.persons.insert(person);
    for customer in tx.list_customers_of(person).await? {
        erasing.customer(tx, customer).await?;
    }
    loop {
        let events = tx.list_erasable_events_asked(person).await?;
        if events.is_empty() {
            break;
        }
        erasing.events(tx, &events).await?;
    }
    erasing.finish(tx).await
}

/// These people are to be known who are not; those who were once, and wanted no surveys, still want none. They are in
/// the answer, and known.
pub async fn remember_opt_outs(tx: &mut Tx, persons: &[i64]) -> store::Result<Vec<i64>> {
    let mut back = Vec::new();
    if persons.is_empty() {
        return Ok(back);
    }
    let Some(hasher) = Hasher::find(tx).await? else { return Ok(back) };
    let by_hash: HashMap<String, i64> = persons.iter().map(|id| (hasher.person(*id), *id)).collect();
    let wishes = tx.take_erased_opt_outs(&by_hash.keys().map(String::as_str).collect::<Vec<_>>()).await?;
    for (hash, at) in wishes {
        if let Some(person) = by_hash.get(&hash) {
            tx.insert_persons(&[*person]).await?;
            tx.set_opted_out(*person, Some(at)).await?;
            back.push(*person);
        }
    }
    Ok(back)
}

/// One erasing under way.
struct Erasing<'c> {
    ctx: &'c Context,
    now: Timestamp,
    hasher: Hasher,
    /// Whom everything goes to.
    nobody: i64,
    persons: BTreeSet<i64>,
    tokens: Vec<String>,
    posted: Posted,
    /// What the customers see last; queued at the end, for what waits for them is taken back.
    last_words: Vec<Outgoing>,
    erased: Erased,
}

impl<'c> Erasing<'c> {
    async fn begin(tx: &mut Tx, ctx: &'c Context, now: Timestamp) -> store::Result<Self> {
        Ok(Self {
            ctx,
            now,
            hasher: Hasher::make(tx, &ctx.entropy).await?,
            nobody: tx.nobody().await?,
            persons: BTreeSet::new(),
            tokens: Vec::new(),
            posted: Posted::default(),
            last_words: Vec::new(),
            erased: Erased::default(),
        })
    }

    async fn customer(&mut self, tx: &mut Tx, customer: i64) -> store::Result<()> {
        self.persons.extend(tx.list_persons_of(customer).await?);
        self.tokens.extend(tx.list_tokens_of(customer).await?);
        loop {
            let events = tx.list_erasable_events(customer).await?;
            if events.is_empty() {
                break;
            }
            self.events(tx, &events).await?;
        }
        tx.delete_customer(customer).await?;
        self.erased.customers += 1;
        Ok(())
    }

    async fn events(&mut self, tx: &mut Tx, events: &[ErasableEvent]) -> store::Result<()> {
        let zone = self.ctx.zone();
        let day = move |at: Timestamp| day_of(at, zone);
        for event in events {
            if let Some(survey) = event.survey {
                self.last_words.extend(survey::end(tx, self.ctx, survey, self.now).await?);
                let posted = self.posted.take_back(tx, self.ctx, survey).await?;
                self.erased.alerts += posted.alerts;
                self.erased.copies += posted.copies;
                tx.erase_words(survey, Some(&day), self.now).await?;
                tx.cut_survey_to_days(survey, &day).await?;
                let survey_id = self.ctx.entropy.id_at(day(event.received_at));
                tx.detach_survey(survey, &survey_id, &day, self.now).await?;
                self.erased.surveys += 1;
            }
            tx.detach_event(event, self.nobody, &self.hasher.event(&event.event_id), &day).await?;
            self.erased.events += 1;
        }
        Ok(())
    }

    /// The persons go whom there is no other reason to know, and what waits to be sent is queued.
    async fn finish(mut self, tx: &mut Tx) -> store::Result<Erased> {
        self.bury_dead_updates(tx).await?;
        for person in std::mem::take(&mut self.persons) {
            self.person(tx, person).await?;
        }
        self.posted.show(tx, self.ctx, posted::Why::Erased, self.now).await?;
        for last in &self.last_words {
            tx.enqueue(last, self.now).await?;
        }
        tx.mark_erasure().await?;
        let Erased { customers, events, surveys, alerts, copies } = self.erased;
        tracing::info!(customers, events, surveys, alerts, copies, "erased");
        Ok(self.erased)
    }

    async fn person(&mut self, tx: &mut Tx, person: i64) -> store::Result<()> {
        let requests = tx.list_human_requests_of(person).await?;
        let taken = self.posted.take_back_requests(tx, self.ctx, &requests, person).await?;
        self.erased.alerts += taken.alerts;
        self.erased.copies += taken.copies;
        let needed = self.ctx.config.admin_ids.contains(&person) || tx.is_person_needed(person).await?;
        if needed {
            return Ok(());
        }
        let opted_out_at = tx.find_person(person).await?.and_then(|person| person.opted_out_at);
        if let Some(at) = opted_out_at {
            let day = day_of(at, self.ctx.zone());
            tx.insert_erased_opt_out(&self.hasher.person(person), day).await?;
        }
        tx.delete_person(person).await
    }

    /// Updates that could not be handled, of these persons or with a link of these customers.
    async fn bury_dead_updates(&self, tx: &mut Tx) -> store::Result<()> {
        let mut after = (i64::MIN, i64::MIN);
        loop {
            let page = tx.list_dead_updates(after).await?;
            let Some((bot, update_id, _)) = page.last() else { return Ok(()) };
            after = (*bot, *update_id);
            for (bot, update_id, raw) in page {
                let is_theirs = self.persons.iter().any(|person| names_number(&raw, *person))
                    || self.tokens.iter().any(|token| raw.contains(token.as_str()));
                if is_theirs {
                    tx.delete_dead_update(bot, update_id).await?;
                }
            }
        }
    }
}

/// The beginning of the day, as the company's calendar has it.
fn day_of(at: Timestamp, zone: chrono_tz::Tz) -> Timestamp {
    let day: NaiveDate = at.to_utc().with_timezone(&zone).date_naive();
    start_of_day(day, zone)
}

/// Whether the number stands in the text, whole.
fn names_number(text: &str, number: i64) -> bool {
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
            assert_eq!(names_number(text, 70001), found, "{text}");
        }
    }

    #[test]
    fn a_day_begins_where_the_company_is() {
        let at = Timestamp::from_millis(1_795_262_400_000);
        assert_eq!(day_of(at, chrono_tz::Europe::Moscow).to_rfc3339(), "2026-11-20T21:00:00Z");
    }
}
