//! Cases: a row each, the surveys that belong to them, their steps, and where they are posted.

use sqlx::{AssertSqlSafe, FromRow};

use super::{Error, Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::case::deadlines::Deadlines;
use crate::domain::case::{Case, Cause, Contact, Severity, Source, Status};
use crate::domain::ids::{CaseNumber, ChatId, CustomerKey, EventKey, PersonId, SurveyKey, TopicId};
use crate::domain::time::Timestamp;

mod listed;
mod messages;
mod muted;
mod posts;
mod prompts;
mod records;
mod steps;
mod surveys;
mod times;
mod who;
mod words;

pub use listed::{CaseCounts, ListedCase, ListedCount, Owner, Shown, Wanted};
pub use messages::{CaseMessage, NewCaseMessage};
pub use muted::Muted;
pub use posts::PostedIn;
pub use prompts::{NewPrompt, Prompt};
pub use records::CaseMessageRecord;
pub use steps::{CaseStep, NewStep};
pub use times::{Talk, ToldCase, Untold};
pub use who::NewestEvent;

/// What a case is about, as it was when the case was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    pub id: Option<String>,
    pub title: Option<String>,
    pub url: Option<String>,
}

/// The deadlines of a case, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clocks {
    pub contact_due_at: Option<Timestamp>,
    pub resolve_due_at: Option<Timestamp>,
    /// Before anybody put it off. Whether it was resolved in time is judged by this one.
    pub resolve_first_due_at: Option<Timestamp>,
    pub waiting_since: Option<Timestamp>,
    /// How much of the time to resolve is left while the case waits for the customer.
    pub left_ms: Option<i64>,
    pub snoozed_until: Option<Timestamp>,
    pub contact_warned_at: Option<Timestamp>,
    pub contact_escalated_at: Option<Timestamp>,
    pub resolve_warned_at: Option<Timestamp>,
    pub resolve_escalated_at: Option<Timestamp>,
}

/// What the customer was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub told_at: Option<Timestamp>,
    pub promised_at: Option<Timestamp>,
    pub late_told_at: Option<Timestamp>,
}

/// What stays of the deadlines when times are cut to days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub contacted_how: Option<Contact>,
    pub contact_in_time: Option<bool>,
    pub resolve_in_time: Option<bool>,
    pub resolve_s: Option<i64>,
}

/// A case as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    pub number: CaseNumber,
    pub key: Option<String>,
    /// `None` once the person is erased.
    pub person: Option<PersonId>,
    pub customer: Option<CustomerKey>,
    pub event: Option<EventKey>,
    pub subject: Subject,
    pub test: bool,
    /// Nobody knew the person when it was opened.
    pub stranger: bool,
    pub category: String,
    /// What the table of states decides about.
    pub case: Case,
    pub resolved_by: Option<PersonId>,
    pub note: Option<String>,
    pub turn: i64,
    pub revision: i64,
    pub home: Option<(ChatId, TopicId)>,
    pub opened_at: Timestamp,
    /// When the present round began.
    pub round_at: Timestamp,
    pub clocks: Clocks,
    pub told: Told,
    pub figures: Figures,
    pub last_in_at: Option<Timestamp>,
    pub last_out_at: Option<Timestamp>,
}

impl CaseRow {
    /// Whether what the customer writes waits until a lead takes the case or answers: nobody knows them.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        self.stranger && self.case.status == Status::Open && self.last_out_at.is_none()
    }
}

/// A case to be opened.
#[derive(Clone, Debug)]
pub struct NewCase {
    pub key: String,
    pub person: PersonId,
    pub customer: Option<CustomerKey>,
    pub event: Option<EventKey>,
    pub subject: Subject,
    pub test: bool,
    pub stranger: bool,
    pub category: String,
    pub source: Source,
    pub severity: Severity,
    pub deadlines: Deadlines,
}

#[derive(Debug, FromRow)]
struct Stored {
    number: CaseNumber,
    key: Option<String>,
    person: Option<PersonId>,
    customer: Option<CustomerKey>,
    event: Option<EventKey>,
    subject_id: Option<String>,
    subject_title: Option<String>,
    subject_url: Option<String>,
    source: String,
    test: bool,
    stranger: bool,
    severity: String,
    category: String,
    status: String,
    owner: Option<PersonId>,
    cause: Option<String>,
    resolved_by: Option<PersonId>,
    note: Option<String>,
    reopened: i64,
    snoozed: i64,
    turn: i64,
    revision: i64,
    contacted_how: Option<String>,
    contact_in_time: Option<bool>,
    resolve_in_time: Option<bool>,
    resolve_s: Option<i64>,
    home_chat: Option<ChatId>,
    home_topic: Option<TopicId>,
    opened_at: Timestamp,
    round_at: Timestamp,
    contact_due_at: Option<Timestamp>,
    contacted_at: Option<Timestamp>,
    resolve_due_at: Option<Timestamp>,
    resolve_first_due_at: Option<Timestamp>,
    resolved_at: Option<Timestamp>,
    told_at: Option<Timestamp>,
    promised_at: Option<Timestamp>,
    late_told_at: Option<Timestamp>,
    waiting_since: Option<Timestamp>,
    left_ms: Option<i64>,
    snoozed_until: Option<Timestamp>,
    afterword_at: Option<Timestamp>,
    last_in_at: Option<Timestamp>,
    last_out_at: Option<Timestamp>,
    contact_warned_at: Option<Timestamp>,
    contact_escalated_at: Option<Timestamp>,
    resolve_warned_at: Option<Timestamp>,
    resolve_escalated_at: Option<Timestamp>,
}

const CASE: &str = "SELECT c.number, c.key, c.person, c.customer, c.event, c.subject_id, c.subject_title, \
     c.subject_url, c.source, c.test, c.stranger, c.severity, c.category, c.status, c.owner, c.cause, c.resolved_by, c.note, \
     c.reopened, c.snoozed, c.turn, c.revision, c.contacted_how, c.contact_in_time, c.resolve_in_time, c.resolve_s, \
     c.home_chat, c.home_topic, c.opened_at, c.round_at, c.contact_due_at, c.contacted_at, c.resolve_due_at, \
     c.resolve_first_due_at, c.resolved_at, c.told_at, c.promised_at, c.late_told_at, c.waiting_since, c.left_ms, \
     c.snoozed_until, c.afterword_at, c.last_in_at, c.last_out_at, c.contact_warned_at, c.contact_escalated_at, \
     c.resolve_warned_at, c.resolve_escalated_at FROM cases c ";

impl Stored {
    fn read(self) -> Result<CaseRow> {
        let number = self.number;
        let broken = |column: &str| Error::broken("cases", format!("number {number}: {column}"));
        let status = match (self.status.as_str(), self.owner, &self.cause) {
            ("open", None, None) => Status::Open,
            ("taken", Some(owner), None) => Status::Taken(owner),
            ("waiting_for_customer", Some(owner), None) => Status::Waiting(owner),
            ("resolved", None, Some(cause)) => Status::Resolved(cause.parse().map_err(|_| broken("cause"))?),
            _ => return Err(broken("status")),
        };
        let case = Case {
            status,
            source: self.source.parse().map_err(|_| broken("source"))?,
            severity: self.severity.parse().map_err(|_| broken("severity"))?,
            contacted_at: self.contacted_at,
            resolved_at: self.resolved_at,
            afterword_at: self.afterword_at,
            reopened: self.reopened,
            snoozed: self.snoozed,
            erased: self.person.is_none(),
        };
        let contacted_how = self.contacted_how.map(|how| how.parse()).transpose();
        Ok(CaseRow {
            number,
            key: self.key,
            person: self.person,
            customer: self.customer,
            event: self.event,
            subject: Subject { id: self.subject_id, title: self.subject_title, url: self.subject_url },
            test: self.test,
            stranger: self.stranger,
            category: self.category,
            case,
            resolved_by: self.resolved_by,
            note: self.note,
            turn: self.turn,
            revision: self.revision,
            home: self.home_chat.map(|chat| (chat, self.home_topic.unwrap_or(TopicId::NONE))),
            opened_at: self.opened_at,
            round_at: self.round_at,
            clocks: Clocks {
                contact_due_at: self.contact_due_at,
                resolve_due_at: self.resolve_due_at,
                resolve_first_due_at: self.resolve_first_due_at,
                waiting_since: self.waiting_since,
                left_ms: self.left_ms,
                snoozed_until: self.snoozed_until,
                contact_warned_at: self.contact_warned_at,
                contact_escalated_at: self.contact_escalated_at,
                resolve_warned_at: self.resolve_warned_at,
                resolve_escalated_at: self.resolve_escalated_at,
            },
            told: Told {
                told_at: self.told_at,
                promised_at: self.promised_at,
                late_told_at: self.late_told_at,
            },
            figures: Figures {
                contacted_how: contacted_how.map_err(|_| broken("contacted_how"))?,
                contact_in_time: self.contact_in_time,
                resolve_in_time: self.resolve_in_time,
                resolve_s: self.resolve_s,
            },
            last_in_at: self.last_in_at,
            last_out_at: self.last_out_at,
        })
    }
}

impl Tx {
    /// Draws the next number and stores a new case under it.
    pub async fn insert_case(&mut self, new: &NewCase, now: Timestamp) -> Result<CaseNumber> {
        let draw =
            query_scalar("UPDATE counters SET value = value + 1 WHERE name = 'case_number' RETURNING value");
        let number: CaseNumber = on_engine!(self, fetch_one, draw)?;
        let query = query(
            "INSERT INTO cases (number, key, person, customer, event, subject_id, subject_title, subject_url, source, \
             test, severity, category, status, position, opened_at, round_at, stranger, contact_due_at, \
             resolve_due_at, resolve_first_due_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'open', \
             (SELECT COALESCE(MAX(position), 0) + 1 FROM cases), $13, $13, $14, $15, $16, $16)",
        )
        .bind(number)
        .bind(&new.key)
        .bind(new.person)
        .bind(new.customer)
        .bind(new.event)
        .bind(&new.subject.id)
        .bind(&new.subject.title)
        .bind(&new.subject.url)
        .bind(new.source.as_str())
        .bind(new.test)
        .bind(new.severity.as_str())
        .bind(&new.category)
        .bind(now)
        .bind(new.stranger)
        .bind(new.deadlines.contact)
        .bind(new.deadlines.resolution);
        on_engine!(self, execute, query)?;
        Ok(number)
    }

    pub async fn find_case(&mut self, number: CaseNumber) -> Result<Option<CaseRow>> {
        let query = query_as::<Stored>(AssertSqlSafe(format!("{CASE} WHERE c.number = $1"))).bind(number);
        on_engine!(self, fetch_optional, query)?.map(Stored::read).transpose()
    }

    /// Finds the unresolved case with this key, or else the one that was resolved last.
    pub async fn find_last_case(&mut self, key: &str) -> Result<Option<CaseRow>> {
        let sql = format!(
            "{CASE} WHERE c.key = $1 ORDER BY c.status = 'resolved', c.resolved_at DESC, c.number DESC LIMIT 1"
        );
        let query = query_as::<Stored>(AssertSqlSafe(sql)).bind(key);
        on_engine!(self, fetch_optional, query)?.map(Stored::read).transpose()
    }

    pub async fn find_case_of_survey(&mut self, survey: SurveyKey) -> Result<Option<CaseRow>> {
        let sql = format!("{CASE} JOIN case_surveys s ON s.case_number = c.number WHERE s.survey = $1");
        let query = query_as::<Stored>(AssertSqlSafe(sql)).bind(survey);
        on_engine!(self, fetch_optional, query)?.map(Stored::read).transpose()
    }

    /// Lists all cases of a person, newest first.
    pub async fn list_cases_of(&mut self, person: PersonId) -> Result<Vec<CaseRow>> {
        let sql = format!("{CASE} WHERE c.person = $1 ORDER BY c.number DESC");
        let query = query_as::<Stored>(AssertSqlSafe(sql)).bind(person);
        on_engine!(self, fetch_all, query)?.into_iter().map(Stored::read).collect()
    }

    /// Lists the unresolved cases that a lead has.
    pub async fn list_cases_owned_by(&mut self, owner: PersonId) -> Result<Vec<CaseRow>> {
        let sql = format!("{CASE} WHERE c.owner = $1 AND c.status <> 'resolved' ORDER BY c.number");
        let query = query_as::<Stored>(AssertSqlSafe(sql)).bind(owner);
        on_engine!(self, fetch_all, query)?.into_iter().map(Stored::read).collect()
    }

    /// Lists everybody who has an unresolved case.
    pub async fn list_case_owners(&mut self) -> Result<Vec<PersonId>> {
        let query = query_scalar(
            "SELECT DISTINCT owner FROM cases WHERE owner IS NOT NULL AND status <> 'resolved' ORDER BY owner",
        );
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Stores a changed case. It moves to the end of the order of changes.
    pub async fn update_case(&mut self, row: &CaseRow) -> Result<()> {
        let cause = match row.case.status {
            Status::Resolved(cause) => Some(cause),
            _ => None,
        };
        let query = query(
            "UPDATE cases SET key = $2, person = $3, customer = $4, severity = $5, category = $6, status = $7, \
             owner = $8, cause = $9, resolved_by = $10, note = $11, reopened = $12, snoozed = $13, turn = $14, \
             contacted_how = $15, contact_in_time = $16, resolve_in_time = $17, resolve_s = $18, home_chat = $19, \
             home_topic = $20, round_at = $21, contact_due_at = $22, contacted_at = $23, resolve_due_at = $24, \
             resolve_first_due_at = $25, resolved_at = $26, told_at = $27, promised_at = $28, late_told_at = $29, \
             waiting_since = $30, left_ms = $31, snoozed_until = $32, afterword_at = $33, last_in_at = $34, \
             last_out_at = $35, contact_warned_at = $36, contact_escalated_at = $37, resolve_warned_at = $38, \
             resolve_escalated_at = $39, revision = revision + 1, \
             position = (SELECT MAX(position) + 1 FROM cases) WHERE number = $1",
        )
        .bind(row.number)
        .bind(&row.key)
        .bind(row.person)
        .bind(row.customer)
        .bind(row.case.severity.as_str())
        .bind(&row.category)
        .bind(row.case.status.name().as_str())
        .bind(row.case.status.owner())
        .bind(cause.map(Cause::as_str))
        .bind(row.resolved_by)
        .bind(&row.note)
        .bind(row.case.reopened)
        .bind(row.case.snoozed)
        .bind(row.turn)
        .bind(row.figures.contacted_how.map(Contact::as_str))
        .bind(row.figures.contact_in_time)
        .bind(row.figures.resolve_in_time)
        .bind(row.figures.resolve_s)
        .bind(row.home.map(|(chat, _)| chat))
        .bind(row.home.map(|(_, topic)| topic))
        .bind(row.round_at)
        .bind(row.clocks.contact_due_at)
        .bind(row.case.contacted_at)
        .bind(row.clocks.resolve_due_at)
        .bind(row.clocks.resolve_first_due_at)
        .bind(row.case.resolved_at)
        .bind(row.told.told_at)
        .bind(row.told.promised_at)
        .bind(row.told.late_told_at)
        .bind(row.clocks.waiting_since)
        .bind(row.clocks.left_ms)
        .bind(row.clocks.snoozed_until)
        .bind(row.case.afterword_at)
        .bind(row.last_in_at)
        .bind(row.last_out_at)
        .bind(row.clocks.contact_warned_at)
        .bind(row.clocks.contact_escalated_at)
        .bind(row.clocks.resolve_warned_at)
        .bind(row.clocks.resolve_escalated_at);
        on_engine!(self, execute, query)?;
        Ok(())
    }
}
