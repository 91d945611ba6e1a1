//! What the KPIs of support and cases are counted from: the events of tickets and purchases, and cases.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::NaiveDate;
use chrono_tz::Tz;
use sqlx::{AssertSqlSafe, FromRow};

use super::{Result, Tx, on_engine, query_as};
use crate::domain::counting::{Dimension, EventFacts, Tenure};
use crate::domain::ids::{CaseNumber, EventKey};
use crate::domain::time::Timestamp;

/// Rows per page.
const PAGE: i64 = 1000;

/// Events of a kind that have the same properties, with the numbers that KPIs count.
#[derive(Clone, Debug, FromRow)]
pub struct KpiEvents {
    pub kind: String,
    pub count: i64,
    /// How many say how many messages there were, and the sum.
    pub with_messages: i64,
    pub messages: i64,
    /// How many say whether they were overdue, and how many were.
    pub with_overdue: i64,
    pub overdue: i64,
    /// The same for those that were solved at first contact.
    pub with_solved_at_once: i64,
    pub solved_at_once: i64,
    /// Seconds, joined by commas. Only closed tickets have them.
    first_response: Option<String>,
    resolution: Option<String>,
    #[sqlx(flatten)]
    pub cut: CutRow,
}

impl KpiEvents {
    /// The times to the first response of those that say it, in seconds.
    pub fn first_responses(&self) -> impl Iterator<Item = u64> {
        seconds(self.first_response.as_deref())
    }

    /// The handling times of those that say it, in seconds.
    pub fn resolutions(&self) -> impl Iterator<Item = u64> {
        seconds(self.resolution.as_deref())
    }
}

fn seconds(joined: Option<&str>) -> impl Iterator<Item = u64> {
    joined.unwrap_or_default().split(',').filter_map(|seconds| seconds.parse().ok())
}

/// An event with the properties by which it is filtered.
#[derive(Clone, Debug, FromRow)]
pub struct KpiEvent {
    pub event: EventKey,
    pub kind: String,
    #[sqlx(flatten)]
    pub cut: CutRow,
}

/// The properties of an event by which it is filtered.
#[derive(Clone, Debug, Default, FromRow)]
pub struct CutRow {
    pub occurred_at: Option<Timestamp>,
    pub agent_id: Option<String>,
    pub agent_since: Option<String>,
    pub team: Option<String>,
    pub store: Option<String>,
    pub channel: Option<String>,
    pub automation: Option<String>,
    pub hook: Option<String>,
    pub tags: Option<String>,
    pub segments: Option<String>,
}

/// A case with what its KPIs need.
#[derive(Clone, Debug, FromRow)]
pub struct KpiCase {
    pub number: CaseNumber,
    pub is_resolved: bool,
    pub cause: Option<String>,
    pub contact_in_time: Option<bool>,
    pub is_contacted: bool,
    /// Of the first round.
    pub contact_due_at: Option<Timestamp>,
    pub resolved_at: Option<Timestamp>,
    pub reopened: i64,
    /// When the last round began.
    pub round_at: Timestamp,
    /// How long the last round took.
    pub resolve_s: Option<i64>,
    /// The band of the answer to the question whether the solution helped.
    pub recovery_band: Option<String>,
    /// The kind of its first event.
    pub kind: Option<String>,
    #[sqlx(flatten)]
    pub cut: CutRow,
}

const CUT: &str = "e.occurred_at, e.agent_id, e.agent_since, e.team, e.store, e.channel, e.automation, e.hook, e.tags, \
     e.segments";
const WHEN: &str = "occurred_at";
/// The same properties, each with the dimension that looks at it. A tenure is told from two of them.
const BY_DIMENSION: [(Dimension, &str); 10] = [
    (Dimension::Tenure, WHEN),
    (Dimension::Agent, "agent_id"),
    (Dimension::Tenure, "agent_since"),
    (Dimension::Team, "team"),
    (Dimension::Store, "store"),
    (Dimension::Channel, "channel"),
    (Dimension::Automation, "automation"),
    (Dimension::Hook, "hook"),
    (Dimension::Tag, "tags"),
    (Dimension::Segment, "segments"),
];
/// What is counted of events that are taken together.
const COUNTS: &str = "COUNT(*) AS count, COUNT(e.messages) AS with_messages, \
     CAST(COALESCE(SUM(e.messages), 0) AS BIGINT) AS messages, COUNT(e.sla_breached) AS with_overdue, \
     COUNT(*) FILTER (WHERE e.sla_breached) AS overdue, COUNT(e.first_contact_resolution) AS with_solved_at_once, \
     COUNT(*) FILTER (WHERE e.first_contact_resolution) AS solved_at_once, \
     string_agg(CAST(e.first_response_s AS TEXT), ',') FILTER (WHERE e.kind = 'ticket_closed') AS first_response, \
     string_agg(CAST(e.resolution_s AS TEXT), ',') FILTER (WHERE e.kind = 'ticket_closed') AS resolution";

impl CutRow {
    /// The properties with which filters are compared.
    #[must_use]
    pub fn facts(&self, kind: &str, zone: Tz, new_agent_days: u32) -> EventFacts {
        let since: Option<NaiveDate> = self.agent_since.as_deref().and_then(|since| since.parse().ok());
        let day = self.occurred_at.map(|at| at.to_utc().with_timezone(&zone).date_naive());
        EventFacts {
            kind: kind.to_owned(),
            agent: self.agent_id.clone(),
            team: self.team.clone(),
            store: self.store.clone(),
            channel: self.channel.clone(),
            automation: self.automation.clone(),
            hook: self.hook.clone(),
            tags: list(self.tags.as_deref()),
            segments: list(self.segments.as_deref()),
            tenure: day.map_or(Tenure::Unknown, |day| Tenure::of(since, day, new_agent_days)),
        }
    }
}

/// The entries of a list that is stored joined by `|`.
fn list(joined: Option<&str>) -> Vec<String> {
    let entries = joined.unwrap_or_default().split('|').filter(|entry| !entry.is_empty());
    entries.map(str::to_owned).collect()
}

impl Tx {
    /// Counts the purchases and the steps of tickets of a day, from one moment up to but not including another, tests left
    /// out. Those are taken together that have the same channel and the same of what these dimensions look at; a tenure
    /// is that of the day.
    pub async fn count_kpi_events(
        &mut self,
        (from, until): (Timestamp, Timestamp),
        dimensions: &BTreeSet<Dimension>,
    ) -> Result<Vec<KpiEvents>> {
        let is_read =
            |dimension: Dimension| dimension == Dimension::Channel || dimensions.contains(&dimension);
        let (mut cut, mut together) = (String::new(), "e.kind".to_owned());
        for (dimension, column) in BY_DIMENSION {
            match (is_read(dimension), column) {
                (false, _) => write!(cut, ", NULL AS {column}"),
                (true, WHEN) => write!(cut, ", MIN(e.{column}) AS {column}"),
                (true, _) => write!(cut, ", e.{column}").and_then(|()| write!(together, ", e.{column}")),
            }
            .unwrap_or_default();
        }
        let sql = format!(
            "SELECT e.kind, {COUNTS}{cut} FROM events e WHERE e.occurred_at >= $1 AND e.occurred_at < $2 \
             AND e.test = FALSE AND e.kind IN ('purchase', 'ticket_opened', 'ticket_reopened', 'ticket_closed') \
             GROUP BY {together}"
        );
        let query = query_as(AssertSqlSafe(sql)).bind(from).bind(until);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists these events.
    pub async fn list_kpi_events_of(&mut self, events: &[EventKey]) -> Result<Vec<KpiEvent>> {
        let text =
            |list: &str| format!("SELECT e.id AS event, e.kind, {CUT} FROM events e WHERE e.id IN {list}");
        self.rows_of(events, text).await
    }

    /// Lists the next cases after `after` that were opened from one moment up to but not including another, tests left
    /// out.
    pub async fn list_kpi_cases(
        &mut self,
        (from, until): (Timestamp, Timestamp),
        after: CaseNumber,
    ) -> Result<Vec<KpiCase>> {
        let sql = format!(
            "SELECT c.number, c.status = 'resolved' AS is_resolved, c.cause, c.contact_in_time, \
             c.contacted_how IS NOT NULL AS is_contacted, \
             COALESCE(c.first_contact_due_at, c.contact_due_at) AS contact_due_at, c.resolved_at, c.reopened, \
             c.round_at, c.resolve_s, r.band AS recovery_band, e.kind, {CUT} \
             FROM cases c LEFT JOIN events e ON e.id = c.event \
             LEFT JOIN answers r ON r.id = (SELECT MAX(a.id) FROM case_surveys q JOIN answers a ON a.survey = q.survey \
             WHERE q.case_number = c.number AND q.how = 'recovery' AND a.band IS NOT NULL AND a.withdrawn_at IS NULL) \
             WHERE c.opened_at >= $1 AND c.opened_at < $2 AND c.number > $3 AND c.test = FALSE \
             ORDER BY c.number LIMIT $4"
        );
        let query = query_as(AssertSqlSafe(sql)).bind(from).bind(until).bind(after).bind(PAGE);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
