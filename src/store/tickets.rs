//! The steps of tickets: opened, reopened, closed. They are kept when their events lose the subject.

use std::collections::BTreeSet;

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::event::Kind;
use crate::domain::ids::EventKey;
use crate::domain::stats::tickets::Step;
use crate::domain::time::Timestamp;

/// A step of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketStep {
    pub event: EventKey,
    /// The same for all steps of a ticket. Below 0 for an erased customer, and for an event that named no subject, which
    /// is a ticket of its own.
    pub ticket: i64,
    pub step: Step,
    pub at: Timestamp,
}

/// An event of a ticket whose step is not stored yet.
#[derive(Clone, Debug, FromRow)]
pub struct TicketEvent {
    pub event: EventKey,
    kind: String,
    pub at: Timestamp,
    /// Empty for everybody who was erased.
    pub customer_id: String,
    pub subject_id: Option<String>,
}

#[derive(Debug, FromRow)]
struct StepRow {
    event: EventKey,
    ticket: i64,
    step: String,
    at: Timestamp,
}

/// What comes before and after a step of the same ticket. At equal times openings come first and closings last.
const RELATE: &str = "UPDATE ticket_steps SET \
     closed_at = CASE WHEN step <> 'closed' THEN (SELECT MIN(o.at) FROM ticket_steps o \
     WHERE o.ticket = ticket_steps.ticket AND o.step = 'closed' AND o.at >= ticket_steps.at) END, \
     reopened_at = CASE WHEN step = 'closed' THEN (SELECT MIN(o.at) FROM ticket_steps o \
     WHERE o.ticket = ticket_steps.ticket AND o.step = 'reopened' AND o.at > ticket_steps.at) END, \
     opened_before = CASE WHEN step = 'opened' THEN (SELECT MAX(o.at) FROM ticket_steps o \
     WHERE o.ticket = ticket_steps.ticket AND o.step = 'opened' AND (o.at < ticket_steps.at \
     OR (o.at = ticket_steps.at AND o.event < ticket_steps.event))) END, \
     was_open = step <> 'closed' AND EXISTS (SELECT 1 FROM ticket_steps o \
     WHERE o.ticket = ticket_steps.ticket AND o.step <> 'closed' AND (o.at < ticket_steps.at \
     OR (o.at = ticket_steps.at AND (o.step < ticket_steps.step \
     OR (o.step = ticket_steps.step AND o.event < ticket_steps.event)))) \
     AND NOT EXISTS (SELECT 1 FROM ticket_steps c WHERE c.ticket = o.ticket AND c.step = 'closed' \
     AND c.at >= o.at AND c.at < ticket_steps.at))";

const STEPS: [(Step, Kind, &str); 3] = [
    (Step::Opened, Kind::TicketOpened, "opened"),
    (Step::Reopened, Kind::TicketReopened, "reopened"),
    (Step::Closed, Kind::TicketClosed, "closed"),
];

impl TicketEvent {
    /// The step that the event reports.
    #[must_use]
    pub fn step(&self) -> Option<Step> {
        STEPS.iter().find(|(_, kind, _)| kind.as_str() == self.kind).map(|(step, ..)| *step)
    }
}

const fn word(step: Step) -> &'static str {
    match step {
        Step::Opened => STEPS[0].2,
        Step::Reopened => STEPS[1].2,
        Step::Closed => STEPS[2].2,
    }
}

impl StepRow {
    fn read(self) -> Option<TicketStep> {
        let (step, ..) = STEPS.iter().find(|(.., word)| *word == self.step)?;
        Some(TicketStep { event: self.event, ticket: self.ticket, step: *step, at: self.at })
    }
}

impl Tx {
    /// Returns up to which event the steps are stored, and the newest event.
    pub async fn find_tickets_position(&mut self) -> Result<(EventKey, EventKey)> {
        let query = query_as(
            "SELECT COALESCE((SELECT value FROM counters WHERE name = 'tickets_position'), 0), \
             (SELECT COALESCE(MAX(id), 0) FROM events)",
        );
        Ok(on_engine!(self, fetch_one, query)?)
    }

    pub async fn set_tickets_position(&mut self, event: EventKey) -> Result<()> {
        let query = query(
            "INSERT INTO counters (name, value) VALUES ('tickets_position', $1) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(event);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Lists the events of tickets after `after` and up to `last`, tests left out.
    pub async fn list_ticket_events(&mut self, after: EventKey, last: EventKey) -> Result<Vec<TicketEvent>> {
        let query = query_as(
            "SELECT e.id AS event, e.kind, e.occurred_at AS at, c.customer_id, e.subject_id FROM events e \
             JOIN customers c ON c.id = e.customer WHERE e.id > $1 AND e.id <= $2 AND e.test = FALSE \
             AND e.kind IN ('ticket_opened', 'ticket_reopened', 'ticket_closed') ORDER BY e.id",
        )
        .bind(after)
        .bind(last);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Whether any event after `after` and up to `last` opened a ticket, tests left out.
    pub async fn has_ticket_opened_between(&mut self, after: EventKey, last: EventKey) -> Result<bool> {
        let query = query_scalar::<bool>(
            "SELECT EXISTS (SELECT 1 FROM events WHERE id > $1 AND id <= $2 AND test = FALSE \
             AND kind = 'ticket_opened')",
        )
        .bind(after)
        .bind(last);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Stores steps, and what they change about the other steps of their tickets.
    pub async fn insert_ticket_steps(&mut self, steps: &[TicketStep]) -> Result<()> {
        let text =
            |values: &str| format!("INSERT INTO ticket_steps (event, ticket, step, at) VALUES {values}");
        self.insert_rows(steps, 4, text, |query, step| {
            query.bind(step.event).bind(step.ticket).bind(word(step.step)).bind(step.at)
        })
        .await?;
        let tickets: BTreeSet<i64> = steps.iter().map(|step| step.ticket).collect();
        self.relate_steps_of(&tickets.into_iter().collect::<Vec<_>>()).await
    }

    /// Stores what comes before and after each step of these tickets.
    pub(super) async fn relate_steps_of(&mut self, tickets: &[i64]) -> Result<()> {
        self.execute_of(tickets, |list| format!("{RELATE} WHERE ticket IN {list}")).await.map(drop)
    }

    /// Whether any ticket was ever opened, as far as the steps are stored.
    pub async fn has_opened_tickets(&mut self) -> Result<bool> {
        let query = query_scalar::<bool>("SELECT EXISTS (SELECT 1 FROM ticket_steps WHERE step = 'opened')");
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Lists the stored steps of these tickets, in any order.
    pub async fn list_steps_of(&mut self, tickets: &[i64]) -> Result<Vec<TicketStep>> {
        let text =
            |list: &str| format!("SELECT event, ticket, step, at FROM ticket_steps WHERE ticket IN {list}");
        let found: Vec<StepRow> = self.rows_of(tickets, text).await?;
        Ok(found.into_iter().filter_map(StepRow::read).collect())
    }
}
