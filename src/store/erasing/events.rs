//! Reduces a batch of events to what may stay. It takes the same few statements however many they are.

use std::collections::BTreeSet;

use super::{Day, ErasableEvent};
use crate::domain::ids::{CustomerKey, EventKey};
use crate::store::shared_words::{SaidOf, WordKind};
use crate::store::{Result, Tx};

/// What is left of an event.
#[derive(Debug)]
struct Left<'a> {
    event: &'a ErasableEvent,
    hash: &'a str,
    tags: String,
    segments: String,
}

impl<'a> Left<'a> {
    fn of((event, hash): (&'a ErasableEvent, &'a String)) -> Self {
        Self { event, hash, tags: event.tags.clone(), segments: event.segments.clone() }
    }
}

impl Tx {
    /// Detaches these events from everybody. `hashes` are the IDs by which they are known from now on, in the same
    /// order.
    pub async fn detach_events(
        &mut self,
        events: &[ErasableEvent],
        hashes: &[String],
        nobody: CustomerKey,
        day: Day<'_>,
    ) -> Result<()> {
        let mut left: Vec<Left<'_>> = events.iter().zip(hashes).map(Left::of).collect();
        self.leave_shared_words(WordKind::Tag, left.iter_mut().map(|left| &mut left.tags).collect()).await?;
        let segments = left.iter_mut().map(|left| &mut left.segments);
        self.leave_shared_words(WordKind::Segment, segments.collect()).await?;
        let said: BTreeSet<SaidOf<'_>> = events.iter().flat_map(ErasableEvent::words).collect();
        self.forget_words_of(&said.into_iter().collect::<Vec<_>>()).await?;
        let text = |rows: &str| {
            format!(
                "WITH erased (id, event_id, customer, occurred_at, received_at, tags, segments) AS (VALUES {rows}) UPDATE events \
                 SET event_id = erased.event_id, customer = erased.customer, occurred_at = erased.occurred_at, \
                 received_at = erased.received_at, subject_id = NULL, tags = erased.tags, segments = erased.segments, \
                 body = '{{}}' \
                 FROM erased WHERE events.id = erased.id"
            )
        };
        self.insert_rows(&left, 7, text, |query, left| {
            query
                .bind(left.event.id)
                .bind(left.hash)
                .bind(nobody)
                .bind(day(left.event.occurred_at))
                .bind(day(left.event.received_at))
                .bind(left.tags.as_str())
                .bind(left.segments.as_str())
        })
        .await?;
        self.detach_ticket_steps(events, day).await
    }

    /// Takes the day's time from the steps that these events reported. Below 0, a ticket is of nobody; the steps of the same
    /// ticket that other events reported may be left for later.
    async fn detach_ticket_steps(&mut self, events: &[ErasableEvent], day: Day<'_>) -> Result<()> {
        let keys: Vec<EventKey> = events.iter().map(|event| event.id).collect();
        let of = |list: &str| format!("SELECT DISTINCT ABS(ticket) FROM ticket_steps WHERE event IN {list}");
        let tickets: Vec<(i64,)> = self.rows_of(&keys, of).await?;
        let text = |rows: &str| {
            format!(
                "WITH erased (event, at) AS (VALUES {rows}) UPDATE ticket_steps SET ticket = -ABS(ticket), \
                 at = erased.at FROM erased WHERE ticket_steps.event = erased.event"
            )
        };
        self.insert_rows(events, 2, text, |query, event| query.bind(event.id).bind(day(event.occurred_at)))
            .await?;
        let tickets: Vec<i64> = tickets.into_iter().flat_map(|(ticket,)| [-ticket, ticket]).collect();
        self.relate_steps_of(&tickets).await
    }
}
