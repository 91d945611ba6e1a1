//! The steps of tickets: opened, reopened, closed. They are kept when their events lose the subject.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as};
use crate::domain::event::Kind;
use crate::domain::ids::EventKey;
use crate::domain::stats::tickets::Step;
use crate::domain::time::Timestamp;

/// A step of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketStep {
    pub event: EventKey,
    /// The same for all steps of a ticket. Below 0 if its other steps are not known: the event named no subject, or its
    /// customer was erased.
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

/// What the events of closed tickets say, to be counted.
#[derive(Clone, Debug, FromRow)]
pub struct ClosedTicket {
    pub event: EventKey,
    pub occurred_at: Timestamp,
    pub agent_id: Option<String>,
    pub agent_since: Option<String>,
    pub team: Option<String>,
    pub store: Option<String>,
    pub channel: Option<String>,
    pub automation: Option<String>,
    /// Joined by `|`, like the segments.
    pub tags: String,
    pub segments: String,
    pub first_response_s: Option<i64>,
    pub resolution_s: Option<i64>,
    pub messages: Option<i64>,
    pub reopened: Option<i64>,
    pub sla_breached: Option<bool>,
    pub first_contact_resolution: Option<bool>,
}

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

    pub async fn insert_ticket_steps(&mut self, steps: &[TicketStep]) -> Result<()> {
        let text =
            |values: &str| format!("INSERT INTO ticket_steps (event, ticket, step, at) VALUES {values}");
        self.insert_rows(steps, 4, text, |query, step| {
            query.bind(step.event).bind(step.ticket).bind(word(step.step)).bind(step.at)
        })
        .await
    }

    /// Lists the stored steps before this moment, ticket by ticket.
    pub async fn list_ticket_steps(&mut self, until: Timestamp) -> Result<Vec<TicketStep>> {
        let query = query_as::<StepRow>(
            "SELECT event, ticket, step, at FROM ticket_steps WHERE at < $1 ORDER BY ticket, at, event",
        )
        .bind(until);
        Ok(on_engine!(self, fetch_all, query)?.into_iter().filter_map(StepRow::read).collect())
    }

    /// Lists the tickets that were closed from one moment until before another, tests left out.
    pub async fn list_closed_tickets(
        &mut self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<ClosedTicket>> {
        let query = query_as(
            "SELECT id AS event, occurred_at, agent_id, agent_since, team, store, channel, automation, tags, segments, \
             first_response_s, resolution_s, messages, reopened, sla_breached, first_contact_resolution FROM events \
             WHERE kind = 'ticket_closed' AND test = FALSE AND occurred_at >= $1 AND occurred_at < $2 ORDER BY id",
        )
        .bind(from)
        .bind(until);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
