//! Events, and what is known about those that were accepted before.

mod customers;
mod surveys;

use sqlx::FromRow;

use super::{Error, Result, Tx, on_engine, query, query_as};
use crate::domain::event::Event;
use crate::domain::ids::{CustomerKey, EventKey, SurveyKey};
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;

pub use customers::{CustomerRow, LinkRow, PersonRow};
pub use surveys::{LastSent, NewSurvey, SubjectKey, WaitingRow};

/// An event that is already stored, and the survey it led to.
#[derive(Clone, Debug, FromRow)]
pub struct KnownEvent {
    pub event_id: String,
    /// `{}` for an erased customer, even while their events are still being erased.
    pub body: String,
    pub customer: CustomerKey,
    pub survey_id: Option<String>,
    state: Option<String>,
    reason: Option<String>,
    pub due_at: Option<Timestamp>,
}

impl KnownEvent {
    /// The survey's state; `recorded` if there is no survey.
    pub fn state(&self) -> Result<State> {
        match &self.state {
            None => Ok(State::Recorded),
            Some(state) => read_state("surveys", &self.event_id, state, self.reason.as_deref()),
        }
    }
}

/// One event and its state in the ledger.
#[derive(Clone, Debug, FromRow)]
pub struct LedgerRow {
    pub event_id: String,
    pub kind: String,
    pub occurred_at: Timestamp,
    pub received_at: Timestamp,
    pub customer_id: String,
    pub test: bool,
    /// The hook through which it came, by its name.
    pub hook: Option<String>,
    pub survey: Option<SurveyKey>,
    pub survey_id: Option<String>,
    pub script: Option<String>,
    pub script_version: Option<i64>,
    pub due_at: Option<Timestamp>,
}

/// An event to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewEvent<'a> {
    pub id: EventKey,
    pub event: &'a Event,
    pub body: &'a str,
    /// The hook through which it came, by its name.
    pub hook: Option<&'a str>,
    pub customer: CustomerKey,
    pub received_at: Timestamp,
}

/// The day on which an event counts as arrived: days since 1970-01-01 UTC.
pub(super) const fn arrival_day(at: Timestamp) -> i64 {
    at.millis().div_euclid(86_400_000)
}

pub(super) fn read_state(
    table: &'static str,
    key: impl std::fmt::Display,
    state: &str,
    reason: Option<&str>,
) -> Result<State> {
    State::parse(state, reason)
        .ok_or_else(|| Error::broken(table, format!("{key}: no state is called {state}, {reason:?}")))
}

impl Tx {
    /// Returns those of `event_ids` that were accepted before.
    pub async fn list_known_events(&mut self, event_ids: &[&str]) -> Result<Vec<KnownEvent>> {
        let text = |list: &str| {
            format!(
                "SELECT e.event_id, CASE WHEN c.erasing IS NULL THEN e.body ELSE '{{}}' END AS body, e.customer, s.survey_id, \
                 s.state, s.reason, s.due_at FROM events e JOIN customers c ON c.id = e.customer \
                 LEFT JOIN surveys s ON s.id = e.id WHERE e.event_id IN {list}"
            )
        };
        self.rows_of(event_ids, text).await
    }

    /// Returns the key for the next event, which arrives now. Later events get the keys after it.
    pub async fn next_event_key(&mut self, now: Timestamp) -> Result<EventKey> {
        let last = query_as::<(EventKey, Option<i64>)>(
            "SELECT (SELECT COALESCE(MAX(id), 0) FROM events), \
             (SELECT day FROM arrival_days ORDER BY first_event DESC LIMIT 1)",
        );
        let (last, day) = on_engine!(self, fetch_one, last)?;
        let next = last.plus(1);
        if day != Some(arrival_day(now)) {
            let begin = query(
                "INSERT INTO arrival_days (first_event, day) VALUES ($1, $2) \
                 ON CONFLICT (first_event) DO UPDATE SET day = excluded.day",
            )
            .bind(next)
            .bind(arrival_day(now));
            on_engine!(self, execute, begin)?;
        }
        Ok(next)
    }

    /// Stores events that are not known yet. Their customers must already be stored.
    pub async fn insert_events(&mut self, events: &[NewEvent<'_>]) -> Result<()> {
        let text = |values: &str| {
            format!(
                "INSERT INTO events (id, event_id, kind, occurred_at, received_at, customer, test, subject_id, \
                 agent_id, agent_name, agent_since, team, automation, store, channel, tags, segments, \
                 first_response_s, resolution_s, messages, reopened, sla_breached, first_contact_resolution, body, hook) \
                 VALUES {values}"
            )
        };
        self.insert_rows(events, 25, text, |query, new| {
            let event = new.event;
            query
                .bind(new.id)
                .bind(&event.event_id)
                .bind(event.kind.as_str())
                .bind(event.occurred_at)
                .bind(new.received_at)
                .bind(new.customer)
                .bind(event.test)
                .bind(&event.subject.id)
                .bind(&event.agent.id)
                .bind(&event.agent.name)
                .bind(event.agent.since.map(|day| day.to_string()))
                .bind(&event.agent.team)
                .bind(&event.automation)
                .bind(&event.store)
                .bind(&event.channel)
                .bind(event.tags.join("|"))
                .bind(event.customer.segments.join("|"))
                .bind(event.metrics.first_response_s)
                .bind(event.metrics.resolution_s)
                .bind(event.metrics.messages)
                .bind(event.metrics.reopened)
                .bind(event.metrics.sla_breached)
                .bind(event.metrics.first_contact_resolution)
                .bind(new.body)
                .bind(new.hook)
        })
        .await?;
        self.note_words(events).await
    }

    /// Returns what the ledger says about one event.
    pub async fn find_event(&mut self, event_id: &str) -> Result<Option<LedgerRow>> {
        Ok(on_engine!(
            self,
            fetch_optional,
            query_as(
                "SELECT e.event_id, e.kind, e.occurred_at, e.received_at, \
                 CASE WHEN c.erasing IS NULL THEN c.customer_id ELSE '' END AS customer_id, e.test, e.hook, s.id AS survey, \
                 s.survey_id, s.script, s.script_version, s.due_at FROM events e \
                 JOIN customers c ON c.id = e.customer LEFT JOIN surveys s ON s.id = e.id WHERE e.event_id = $1"
            )
            .bind(event_id)
        )?)
    }

    /// Lists a survey's transitions in the order in which they were made.
    pub async fn list_transitions(&mut self, survey: SurveyKey) -> Result<Vec<(State, Timestamp)>> {
        let moves = self.list_moves(&[survey]).await?;
        moves
            .into_iter()
            .map(|row| Ok((read_state("journal", survey, &row.state, row.reason.as_deref())?, row.at)))
            .collect()
    }
}
