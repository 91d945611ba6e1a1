//! Keeps the steps of tickets together after their events have lost the subject, by a keyed hash of customer and subject.

use std::ops::Range;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::domain::ids::EventKey;
use crate::service::Context;
use crate::store::tickets::{TicketEvent, TicketStep};
use crate::store::{self, Db, Tx};

const KEY: &str = "tickets";
/// Events that are looked at in one transaction.
const TOGETHER: i64 = 1000;
/// Events that are read at once where nothing is written.
const PAGE: i64 = 5000;

/// Numbers tickets with the database's key.
struct Numbers(String);

impl Numbers {
    async fn find(tx: &mut Tx) -> store::Result<Option<Self>> {
        Ok(tx.find_secret(KEY).await?.map(Self))
    }

    async fn make(tx: &mut Tx, ctx: &Context) -> store::Result<Self> {
        if let Some(found) = Self::find(tx).await? {
            return Ok(found);
        }
        let key = format!("{}{}", ctx.entropy.token(), ctx.entropy.token());
        tx.insert_secret(KEY, &key).await?;
        Ok(Self(key))
    }

    /// A positive number for all events of one customer and subject; a negative one of the event's own if it names none.
    fn ticket(&self, event: &TicketEvent) -> i64 {
        let Some(subject) = event.subject_id.as_ref().filter(|_| !event.customer_id.is_empty()) else {
            return -event.event.get();
        };
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()) else {
            unreachable!("a key of any length will do")
        };
        // IDs have no line breaks in them.
        mac.update(format!("{}\n{subject}", event.customer_id).as_bytes());
        let bytes = mac.finalize().into_bytes();
        let number = bytes.iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        (number >> 1).cast_signed().max(1)
    }

    fn step(&self, event: &TicketEvent) -> Option<TicketStep> {
        Some(TicketStep { event: event.event, ticket: self.ticket(event), step: event.step()?, at: event.at })
    }
}

/// Stores the steps of all events that have come since the last time.
pub async fn follow(db: &Db, ctx: &Context) -> store::Result<()> {
    loop {
        let (position, newest) = db.look().await?.find_tickets_position().await?;
        if position >= newest {
            return Ok(());
        }
        let mut tx = db.write().await?;
        let (position, newest) = tx.find_tickets_position().await?;
        let last = newest.min(position.plus(TOGETHER));
        let events = tx.list_ticket_events(position, last).await?;
        if !events.is_empty() {
            let numbers = Numbers::make(&mut tx, ctx).await?;
            let steps: Vec<TicketStep> = events.iter().filter_map(|event| numbers.step(event)).collect();
            tx.insert_ticket_steps(&steps).await?;
        }
        tx.set_tickets_position(last).await?;
        tx.commit().await?;
    }
}

/// The steps of the events that have come since the steps were stored.
///
/// After an import there may be millions of them, and a ticket can only be judged with all of its steps. So they are read in
/// parts: a part has every step of some of the tickets, and about as many steps as may be in memory at once. For each part all
/// events are gone through again, a page at a time.
pub struct Unstored {
    position: EventKey,
    newest: EventKey,
    numbers: Numbers,
    parts: i64,
}

/// Prints no key.
impl std::fmt::Debug for Unstored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { position, newest, parts, .. } = self;
        f.debug_struct("Unstored")
            .field("position", position)
            .field("newest", newest)
            .field("parts", parts)
            .finish()
    }
}

impl Unstored {
    /// How many steps a part has at most, if tickets have about equally many.
    pub const TOGETHER: i64 = 200_000;

    /// Finds which events they are, and divides them into parts of about `together` steps.
    pub async fn find(tx: &mut Tx, together: i64) -> store::Result<Self> {
        let (position, newest) = tx.find_tickets_position().await?;
        let numbers = Numbers::find(tx).await?.unwrap_or_else(|| Numbers(String::new()));
        let events = newest.get().saturating_sub(position.get()).max(0);
        Ok(Self { position, newest, numbers, parts: events / together.max(1) + 1 })
    }

    /// The numbers of the parts.
    #[must_use]
    pub const fn parts(&self) -> Range<i64> {
        0..self.parts
    }

    /// Whether a part is the one that has this ticket.
    #[must_use]
    pub const fn is_in(&self, part: i64, ticket: i64) -> bool {
        ticket.rem_euclid(self.parts) == part
    }

    /// Lists the steps of a part, by their tickets.
    pub async fn list(&self, tx: &mut Tx, part: i64) -> store::Result<Vec<TicketStep>> {
        let mut steps = Vec::new();
        let mut after = self.position;
        while after < self.newest {
            let last = self.newest.min(after.plus(PAGE));
            let events = tx.list_ticket_events(after, last).await?;
            let all = events.iter().filter_map(|event| self.numbers.step(event));
            steps.extend(all.filter(|step| self.is_in(part, step.ticket)));
            after = last;
        }
        steps.sort_unstable_by_key(|step| (step.ticket, step.event));
        Ok(steps)
    }

    /// Whether any of them opened a ticket.
    pub async fn has_opened(&self, tx: &mut Tx) -> store::Result<bool> {
        tx.has_ticket_opened_between(self.position, self.newest).await
    }
}
