//! What the KPIs of support and cases are counted from besides segments: openings and reopenings, steps of tickets, and cases.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

use chrono::NaiveDate;
use chrono_tz::Tz;
use sqlx::{AssertSqlSafe, FromRow};

use super::{Result, Tx, on_engine, query_as};
use crate::domain::counting::{Dimension, EventFacts, Tenure};
use crate::domain::ids::{CaseNumber, EventKey};
use crate::domain::time::Timestamp;

/// Rows per page.
const PAGE: i64 = 1000;

/// Events of a kind that have the same properties.
#[derive(Clone, Debug, FromRow)]
pub struct KpiEvents {
    pub kind: String,
    pub count: i64,
    #[sqlx(flatten)]
    pub cut: CutRow,
}

/// What the stored steps of tickets come to that have the same properties.
#[derive(Clone, Debug, FromRow)]
pub struct KpiSteps {
    /// Of their events. Empty where properties make no difference.
    pub kind: String,
    /// How many closings, and after how many of them the ticket was reopened in time.
    pub closings: i64,
    pub reopened: i64,
    /// Seconds, joined by commas.
    closed_after: Option<String>,
    /// Milliseconds, joined by commas.
    open_since: Option<String>,
    #[sqlx(flatten)]
    pub cut: CutRow,
}

impl KpiSteps {
    /// After how many seconds those tickets were closed that were opened and closed.
    pub fn closed_after(&self) -> impl Iterator<Item = u64> {
        joined(self.closed_after.as_deref())
    }

    /// Since when the others have been open.
    pub fn open_since(&self) -> impl Iterator<Item = Timestamp> {
        joined(self.open_since.as_deref()).map(Timestamp::from_millis)
    }
}

/// The numbers of a list that is stored joined by commas.
fn joined<T: FromStr>(numbers: Option<&str>) -> impl Iterator<Item = T> {
    numbers.unwrap_or_default().split(',').filter_map(|number| number.parse().ok())
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
/// The same properties, each with the dimension that looks at it. A tenure is told from two of them.
const BY_DIMENSION: [(Dimension, &str); 10] = [
    (Dimension::Tenure, "occurred_at"),
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
const NO_CLOSINGS: &str = "CAST(0 AS BIGINT) AS closings, CAST(0 AS BIGINT) AS reopened";

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

/// The columns of the properties that are read of events, and by which these are taken together.
fn cut_sql(is_read: impl Fn(Dimension) -> bool) -> (String, String) {
    let (mut cut, mut together) = (String::new(), "e.kind".to_owned());
    for (dimension, column) in BY_DIMENSION {
        if is_read(dimension) {
            write!(cut, ", e.{column}").and_then(|()| write!(together, ", e.{column}"))
        } else {
            write!(cut, ", NULL AS {column}")
        }
        .unwrap_or_default();
    }
    (cut, together)
}

/// Counts the steps of tickets. Those are taken together whose events have the same of what these dimensions look at.
fn steps_sql(counts: &str, conditions: &str, dimensions: &BTreeSet<Dimension>) -> String {
    let (cut, together) = cut_sql(|dimension| dimensions.contains(&dimension));
    if dimensions.is_empty() {
        return format!("SELECT '' AS kind, {counts}{cut} FROM ticket_steps s WHERE {conditions}");
    }
    format!(
        "SELECT e.kind, {counts}{cut} FROM ticket_steps s JOIN events e ON e.id = s.event WHERE {conditions} \
         GROUP BY {together}"
    )
}

/// The entries of a list that is stored joined by `|`.
fn list(joined: Option<&str>) -> Vec<String> {
    let entries = joined.unwrap_or_default().split('|').filter(|entry| !entry.is_empty());
    entries.map(str::to_owned).collect()
}

impl Tx {
    /// Counts the openings and reopenings of tickets in a period, tests left out. Those are taken together that have the
    /// same channel and the same of what these dimensions look at.
    pub async fn count_kpi_events(
        &mut self,
        period: &Range<Timestamp>,
        dimensions: &BTreeSet<Dimension>,
    ) -> Result<Vec<KpiEvents>> {
        let is_read =
            |dimension: Dimension| dimension == Dimension::Channel || dimensions.contains(&dimension);
        let (cut, together) = cut_sql(is_read);
        let sql = format!(
            "SELECT e.kind, COUNT(*) AS count{cut} FROM events e WHERE e.occurred_at >= $1 AND e.occurred_at < $2 \
             AND e.test = FALSE AND e.kind IN ('ticket_opened', 'ticket_reopened') GROUP BY {together}"
        );
        let query = query_as(AssertSqlSafe(sql)).bind(period.start).bind(period.end);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Counts the closings of these moments, and after how many of them the ticket was reopened within so long.
    pub async fn count_kpi_closings(
        &mut self,
        at: &Range<Timestamp>,
        reopened_within: Duration,
        dimensions: &BTreeSet<Dimension>,
    ) -> Result<Vec<KpiSteps>> {
        let within = i64::try_from(reopened_within.as_millis()).unwrap_or(i64::MAX);
        let sql = steps_sql(
            "COUNT(*) AS closings, COUNT(*) FILTER (WHERE s.reopened_at - s.at <= $3) AS reopened, \
             NULL AS closed_after, NULL AS open_since",
            "s.step = 'closed' AND s.at >= $1 AND s.at < $2",
            dimensions,
        );
        let query = query_as(AssertSqlSafe(sql)).bind(at.start).bind(at.end).bind(within);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Counts the tickets opened in a period, by their first opening in it: after how long they were closed, or since when
    /// they have been open.
    pub async fn count_kpi_openings(
        &mut self,
        period: &Range<Timestamp>,
        dimensions: &BTreeSet<Dimension>,
    ) -> Result<Vec<KpiSteps>> {
        let sql = steps_sql(
            &format!(
                "{NO_CLOSINGS}, string_agg(CAST((s.closed_at - s.at) / 1000 AS TEXT), ',') AS closed_after, \
                 string_agg(CAST(s.at AS TEXT), ',') FILTER (WHERE s.closed_at IS NULL) AS open_since"
            ),
            "s.step = 'opened' AND s.at >= $1 AND s.at < $2 AND (s.opened_before IS NULL OR s.opened_before < $1)",
            dimensions,
        );
        let query = query_as(AssertSqlSafe(sql)).bind(period.start).bind(period.end);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Counts the tickets that were open at a moment, by the step since which they were.
    pub async fn count_kpi_open_tickets(
        &mut self,
        at: Timestamp,
        dimensions: &BTreeSet<Dimension>,
    ) -> Result<Vec<KpiSteps>> {
        let mut found = Vec::new();
        for closed in ["s.closed_at IS NULL", "s.closed_at >= $1"] {
            let sql = steps_sql(
                &format!(
                    "{NO_CLOSINGS}, NULL AS closed_after, string_agg(CAST(s.at AS TEXT), ',') AS open_since"
                ),
                &format!("s.step <> 'closed' AND s.was_open = FALSE AND {closed} AND s.at < $1"),
                dimensions,
            );
            let query = query_as(AssertSqlSafe(sql)).bind(at);
            found.append(&mut on_engine!(self, fetch_all, query)?);
        }
        Ok(found)
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
