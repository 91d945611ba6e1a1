//! Keeps the steps of tickets together after their events have lost the subject, by a keyed hash of customer and subject.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::store::tickets::{TicketEvent, TicketStep};
use crate::store::{self, Db, Tx};

const KEY: &str = "tickets";
/// Events that are looked at in one transaction.
const TOGETHER: i64 = 1000;

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

/// Lists the steps before this moment, ticket by ticket.
pub async fn steps(tx: &mut Tx, until: Timestamp) -> store::Result<Vec<TicketStep>> {
    let mut steps = tx.list_ticket_steps(until).await?;
    // What has come since the steps were stored.
    let (position, newest) = tx.find_tickets_position().await?;
    let events = tx.list_ticket_events(position, newest).await?;
    let numbers = Numbers::find(tx).await?.unwrap_or_else(|| Numbers(String::new()));
    steps.extend(events.iter().filter(|event| event.at < until).filter_map(|event| numbers.step(event)));
    steps.sort_unstable_by_key(|step| (step.ticket, step.at, step.event));
    Ok(steps)
}
