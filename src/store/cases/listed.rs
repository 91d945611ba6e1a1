//! Cases as lists, exports and the API show them.

use sqlx::{AssertSqlSafe, FromRow};

use crate::domain::case::StatusName;
use crate::domain::ids::{CaseNumber, PersonId};
use crate::domain::time::Timestamp;
use crate::store::export::Span;
use crate::store::{Result, Tx, Value, on_engine, query_as, query_scalar};

/// Rows per page of an export.
const PAGE: i64 = 1000;

/// A case with what is known about its customer, its first event and its surveys.
#[derive(Clone, Debug, FromRow)]
pub struct ListedCase {
    pub number: CaseNumber,
    pub revision: i64,
    pub position: i64,
    pub opened_at: Timestamp,
    /// `None` for a stranger; empty once the customer is erased.
    pub customer_id: Option<String>,
    pub customer_name: Option<String>,
    /// Of a stranger, in Telegram.
    pub first_name: Option<String>,
    /// The survey that opened the case.
    pub survey_id: Option<String>,
    pub script: Option<String>,
    pub event_id: Option<String>,
    pub agent_id: Option<String>,
    pub team: Option<String>,
    pub store: Option<String>,
    pub severity: String,
    pub category: String,
    pub status: String,
    pub owner: Option<PersonId>,
    pub contact_due_at: Option<Timestamp>,
    pub contacted_at: Option<Timestamp>,
    /// The deadline of the first round.
    pub first_contact_due_at: Option<Timestamp>,
    /// In the first round.
    pub first_contact_at: Option<Timestamp>,
    pub first_contact_how: Option<String>,
    pub resolution_due_at: Option<Timestamp>,
    pub resolution_first_due_at: Option<Timestamp>,
    pub resolved_at: Option<Timestamp>,
    pub resolved_by: Option<PersonId>,
    pub cause: Option<String>,
    pub note: Option<String>,
    pub reopened: i64,
    pub source: String,
    pub subject_id: Option<String>,
    pub subject_title: Option<String>,
    /// The answer to the question whether the solution helped.
    pub recovery_value: Option<i64>,
    pub recovery_band: Option<String>,
    pub joined_surveys: i64,
    /// The worst score of the survey that opened the case.
    pub score: Option<i64>,
    pub test: bool,
    pub nearest_due_at: Option<Timestamp>,
    /// Whether the customer is being erased while the event still has its original ID.
    pub is_being_erased: bool,
}

/// For a customer who is being erased, these columns show only what will be kept.
const COLUMNS: &str = "c.number, c.revision, c.position, c.opened_at, c.severity, c.category, c.status, c.owner, \
     c.contact_due_at, c.contacted_at, COALESCE(c.first_contact_due_at, c.contact_due_at) AS first_contact_due_at, \
     CASE WHEN c.reopened > 0 THEN c.first_contacted_at ELSE c.contacted_at END AS first_contact_at, \
     c.contacted_how AS first_contact_how, c.resolve_due_at AS resolution_due_at, \
     c.resolve_first_due_at AS resolution_first_due_at, c.resolved_at, c.resolved_by, c.cause, c.reopened, c.source, \
     c.test, c.nearest_due_at, u.erasing IS NOT NULL AS is_being_erased, e.event_id, e.agent_id, e.team, e.store, \
     CASE WHEN u.erasing IS NULL THEN u.customer_id ELSE '' END AS customer_id, \
     CASE WHEN u.erasing IS NULL THEN u.name END AS customer_name, \
     CASE WHEN c.customer IS NULL THEN (SELECT p.first_name FROM persons p WHERE p.id = c.person) END AS first_name, \
     CASE WHEN u.erasing IS NULL THEN c.note END AS note, \
     CASE WHEN u.erasing IS NULL THEN c.subject_id END AS subject_id, \
     CASE WHEN u.erasing IS NULL THEN c.subject_title END AS subject_title, \
     s.survey_id, s.script, \
     (SELECT COUNT(*) FROM case_surveys j WHERE j.case_number = c.number AND j.how = 'joined') AS joined_surveys, \
     (SELECT w.value FROM answers w WHERE w.survey = s.id AND w.band IS NOT NULL AND w.withdrawn_at IS NULL \
     ORDER BY CASE w.band WHEN 'low' THEN 0 WHEN 'neutral' THEN 1 ELSE 2 END, w.id LIMIT 1) AS score, \
     r.value AS recovery_value, r.band AS recovery_band";

/// The newest scored answer about the solution counts.
const TABLES: &str = "cases c LEFT JOIN customers u ON u.id = c.customer LEFT JOIN events e ON e.id = c.event \
     LEFT JOIN surveys s ON s.id = (SELECT MIN(o.survey) FROM case_surveys o \
     WHERE o.case_number = c.number AND o.how = 'opened') \
     LEFT JOIN answers r ON r.id = (SELECT MAX(a.id) FROM case_surveys q JOIN answers a ON a.survey = q.survey \
     WHERE q.case_number = c.number AND q.how = 'recovery' AND a.band IS NOT NULL AND a.withdrawn_at IS NULL)";

/// Which cases a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// All unresolved ones.
    All,
    OwnedBy(PersonId),
    /// Those that nobody has.
    Free,
    /// Those past their nearest deadline.
    Overdue,
    Resolved,
    /// Those about events of this agent.
    OfAgent(String),
}

impl Shown {
    /// The condition. Its value, if it has one, is this placeholder's.
    fn condition(&self, placeholder: &str) -> String {
        match self {
            Self::All => "c.status <> 'resolved'".to_owned(),
            Self::OwnedBy(_) => format!("c.status <> 'resolved' AND c.owner = {placeholder}"),
            Self::Free => "c.status = 'open'".to_owned(),
            Self::Overdue => format!("c.status <> 'resolved' AND c.nearest_due_at < {placeholder}"),
            Self::Resolved => "c.status = 'resolved'".to_owned(),
            Self::OfAgent(_) => {
                format!("EXISTS (SELECT 1 FROM events v WHERE v.id = c.event AND v.agent_id = {placeholder})")
            }
        }
    }

    /// The value of the condition.
    fn value(&self, now: Timestamp) -> Option<Value<'static>> {
        match self {
            Self::OwnedBy(person) => Some((*person).into()),
            Self::Overdue => Some(now.into()),
            Self::OfAgent(agent) => Some(agent.clone().into()),
            Self::All | Self::Free | Self::Resolved => None,
        }
    }

    const fn order(&self) -> &'static str {
        match self {
            Self::Resolved => "c.resolved_at DESC, c.number DESC",
            Self::OfAgent(_) => "c.number DESC",
            _ => "c.nearest_due_at, c.number",
        }
    }
}

/// Which cases a reader with a cursor gets.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub status: Option<StatusName>,
    pub owner: Option<Owner>,
    pub overdue: bool,
    pub customer_id: Option<String>,
    pub tests: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Nobody,
    Person(PersonId),
}

/// How many cases there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct CaseCounts {
    /// Unresolved ones.
    pub open: i64,
    /// Unresolved ones that are past their nearest deadline.
    pub overdue: i64,
}

/// How many cases a list has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct ListedCount {
    pub listed: i64,
    /// Of these, the cases that are no tests.
    pub counted: i64,
}

impl Tx {
    /// Lists a page of cases. Unresolved ones come in the order of their nearest deadlines, resolved ones newest first.
    pub async fn list_cases(
        &mut self,
        shown: &Shown,
        now: Timestamp,
        (offset, limit): (i64, i64),
    ) -> Result<Vec<ListedCase>> {
        let (condition, order) = (shown.condition("$3"), shown.order());
        let sql =
            format!("SELECT {COLUMNS} FROM {TABLES} WHERE {condition} ORDER BY {order} LIMIT $1 OFFSET $2");
        let mut query = query_as(AssertSqlSafe(sql)).bind(limit).bind(offset);
        if let Some(value) = shown.value(now) {
            query = query.bind(value);
        }
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Counts the cases of a list: all that are in it, and those that are no tests.
    pub async fn count_listed_cases(&mut self, shown: &Shown, now: Timestamp) -> Result<ListedCount> {
        let sql = format!(
            "SELECT COUNT(*) AS listed, COUNT(CASE WHEN c.test = FALSE THEN 1 END) AS counted FROM cases c WHERE {}",
            shown.condition("$1")
        );
        let mut query = query_as(AssertSqlSafe(sql));
        if let Some(value) = shown.value(now) {
            query = query.bind(value);
        }
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Counts unresolved cases, without tests.
    pub async fn count_unresolved_cases(&mut self, now: Timestamp) -> Result<CaseCounts> {
        let query = query_as(
            "SELECT COUNT(*) AS open, COUNT(CASE WHEN nearest_due_at < $1 THEN 1 END) AS overdue FROM cases \
             WHERE status <> 'resolved' AND test = FALSE",
        )
        .bind(now);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    pub async fn find_listed_case(&mut self, number: CaseNumber) -> Result<Option<ListedCase>> {
        let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE c.number = $1");
        Ok(on_engine!(self, fetch_optional, query_as(AssertSqlSafe(sql)).bind(number))?)
    }

    /// Finds cases by the ID of a customer or of a subject, newest first.
    pub async fn list_cases_about(&mut self, id: &str, limit: i64) -> Result<Vec<ListedCase>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE c.number IN (SELECT f.number FROM cases f \
             LEFT JOIN customers w ON w.id = f.customer WHERE (f.subject_id = $1 OR w.customer_id = $2) \
             AND w.erasing IS NULL) ORDER BY c.number DESC LIMIT $3"
        );
        let query = query_as(AssertSqlSafe(sql)).bind(id).bind(id).bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the next cases after `after`, by the day they were opened.
    pub async fn list_exported_cases(&mut self, span: &Span, after: CaseNumber) -> Result<Vec<ListedCase>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE c.number > $1 AND c.opened_at >= $2 AND c.opened_at < $3 \
             AND c.test <= $4 ORDER BY c.number LIMIT $5"
        );
        let query = query_as(AssertSqlSafe(sql)).bind(after).bind(span.from).bind(span.until);
        Ok(on_engine!(self, fetch_all, query.bind(span.tests).bind(PAGE))?)
    }

    /// Lists cases in the order in which they last changed.
    pub async fn list_changed_cases(
        &mut self,
        wanted: &Wanted,
        after: i64,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<ListedCase>> {
        let owner = match wanted.owner {
            Some(Owner::Person(person)) => Some(person),
            _ => None,
        };
        let sql = format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE c.position > $1 AND c.test <= $2 \
             AND ($3 = '' OR c.status = $3) AND ($4 = FALSE OR c.owner IS NULL) AND ($5 = 0 OR c.owner = $5) \
             AND ($6 = FALSE OR (c.status <> 'resolved' AND c.nearest_due_at < $7)) \
             AND ($8 = '' OR (u.customer_id = $8 AND u.erasing IS NULL)) ORDER BY c.position LIMIT $9"
        );
        let query = query_as(AssertSqlSafe(sql))
            .bind(after)
            .bind(wanted.tests)
            .bind(wanted.status.map_or("", StatusName::as_str))
            .bind(wanted.owner == Some(Owner::Nobody))
            .bind(owner.unwrap_or(PersonId::new(0)))
            .bind(wanted.overdue)
            .bind(now)
            .bind(wanted.customer_id.as_deref().unwrap_or_default())
            .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// The position of the last change to any case.
    pub async fn end_of_cases(&mut self) -> Result<i64> {
        let query = query_scalar("SELECT COALESCE(MAX(position), 0) FROM cases");
        Ok(on_engine!(self, fetch_one, query)?)
    }
}
