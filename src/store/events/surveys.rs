//! The surveys that arriving events create, cancel and release, and their transitions.

use std::collections::HashSet;

use sqlx::{AssertSqlSafe, FromRow};

use crate::domain::ids::{CustomerKey, PersonId, SurveyKey};
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx, on_engine, padded, query};

/// A survey to be stored.
#[derive(Clone, Debug)]
pub struct NewSurvey<'a> {
    /// The key of its event.
    pub id: SurveyKey,
    pub survey_id: &'a str,
    pub test: bool,
    pub script: Option<&'a str>,
    pub state: State,
    pub due_at: Option<Timestamp>,
    pub stale_at: Option<Timestamp>,
}

/// Events of one kind about one subject of one customer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SubjectKey {
    pub customer: CustomerKey,
    pub subject_id: String,
    pub kind: &'static str,
    pub test: bool,
}

/// A survey that waits for its customer to become reachable, or for another survey of the same person.
#[derive(Clone, Debug, FromRow)]
pub struct WaitingRow {
    pub survey: SurveyKey,
    /// Whether it waits for another survey.
    pub held: bool,
    pub customer: CustomerKey,
    pub occurred_at: Timestamp,
    pub time_zone: Option<String>,
    pub script: Option<String>,
    pub test: bool,
}

/// The last time a person was asked by one script.
#[derive(Clone, Debug, FromRow)]
pub struct LastSent {
    pub person: PersonId,
    pub script: String,
    pub sent_at: Timestamp,
}

impl Tx {
    /// Stores surveys. Their events must already be stored.
    pub async fn insert_surveys(&mut self, surveys: &[NewSurvey<'_>]) -> Result<()> {
        let text = |values: &str| {
            format!(
                "INSERT INTO surveys (id, survey_id, test, script, state, reason, due_at, stale_at) VALUES {values}"
            )
        };
        self.insert_rows(surveys, 8, text, |query, survey| {
            query
                .bind(survey.id)
                .bind(survey.survey_id)
                .bind(survey.test)
                .bind(survey.script)
                .bind(survey.state.as_str())
                .bind(survey.state.reason())
                .bind(survey.due_at)
                .bind(survey.stale_at)
        })
        .await
    }

    /// Returns the time of the newest event for each of these kinds and subjects that has one.
    pub async fn list_newest_of(&mut self, keys: &[SubjectKey]) -> Result<Vec<(SubjectKey, Timestamp)>> {
        let text = |values: &str| {
            format!(
                "WITH wanted (customer, subject_id, kind, test) AS (VALUES {values}) \
                 SELECT e.customer, e.subject_id, e.kind, e.test, MAX(e.occurred_at) FROM wanted w \
                 JOIN events e ON e.customer = w.customer AND e.subject_id = w.subject_id AND e.kind = w.kind \
                 AND e.test = w.test GROUP BY e.customer, e.subject_id, e.kind, e.test"
            )
        };
        let rows: Vec<(CustomerKey, String, String, bool, Timestamp)> = self
            .rows_of_each(keys, 4, text, |query, key| {
                query.bind(key.customer).bind(&key.subject_id).bind(key.kind).bind(key.test)
            })
            .await?;
        let kinds: HashSet<&'static str> = keys.iter().map(|key| key.kind).collect();
        let found = rows.into_iter().filter_map(|(customer, subject_id, kind, test, at)| {
            Some((SubjectKey { customer, subject_id, kind: kinds.get(kind.as_str())?, test }, at))
        });
        Ok(found.collect())
    }

    /// Lists the surveys of these kinds and subjects that have not been sent and whose event is no later than the time
    /// given with the key.
    pub async fn list_pending_of(&mut self, keys: &[(SubjectKey, Timestamp)]) -> Result<Vec<SurveyKey>> {
        let text = |values: &str| {
            format!(
                "WITH wanted (customer, subject_id, kind, test, until) AS (VALUES {values}) \
                 SELECT DISTINCT s.id FROM wanted w \
                 JOIN events e ON e.customer = w.customer AND e.subject_id = w.subject_id AND e.kind = w.kind \
                 AND e.test = w.test AND e.occurred_at <= w.until \
                 JOIN surveys s ON s.id = e.id AND s.state IN ('scheduled', 'waiting_for_link') ORDER BY s.id"
            )
        };
        let rows: Vec<(SurveyKey,)> = self
            .rows_of_each(keys, 5, text, |query, (key, until)| {
                query.bind(key.customer).bind(&key.subject_id).bind(key.kind).bind(key.test).bind(*until)
            })
            .await?;
        let mut found: Vec<SurveyKey> = rows.into_iter().map(|(survey,)| survey).collect();
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Sets the same state on all of these surveys. It does not change their due times. The caller writes the
    /// transitions.
    pub async fn update_survey_states(&mut self, surveys: &[SurveyKey], state: State) -> Result<()> {
        for keys in padded(surveys) {
            let sql = format!(
                "UPDATE surveys SET state = $1, reason = $2 WHERE id IN ({})",
                (3..keys.len() + 3).map(|n| format!("${n}")).collect::<Vec<_>>().join(",")
            );
            on_engine!(self, execute, {
                let query = query(AssertSqlSafe(sql)).bind(state.as_str()).bind(state.reason());
                keys.iter().fold(query, |query, id| query.bind(*id))
            })?;
        }
        Ok(())
    }

    pub async fn list_waiting(&mut self, customers: &[CustomerKey]) -> Result<Vec<WaitingRow>> {
        let text = |list: &str| {
            format!(
                "SELECT s.id AS survey, s.waits_for IS NOT NULL AS held, e.customer, e.occurred_at, c.time_zone, \
                 s.script, s.test FROM surveys s JOIN events e ON e.id = s.id JOIN customers c ON c.id = e.customer \
                 WHERE (s.state = 'waiting_for_link' OR s.waits_for IS NOT NULL) AND e.customer IN {list} \
                 ORDER BY s.id"
            )
        };
        self.rows_of(customers, text).await
    }

    /// Schedules a waiting survey.
    pub async fn schedule_survey(&mut self, survey: SurveyKey, due_at: Timestamp) -> Result<()> {
        on_engine!(
            self,
            execute,
            query("UPDATE surveys SET state = 'scheduled', reason = NULL, due_at = $2 WHERE id = $1")
                .bind(survey)
                .bind(due_at)
        )?;
        Ok(())
    }

    /// For each script, returns when each of these persons was last asked. Tests do not count.
    pub async fn list_last_sent(&mut self, persons: &[PersonId]) -> Result<Vec<LastSent>> {
        let text = |list: &str| {
            format!(
                "SELECT person, script, MAX(sent_at) AS sent_at FROM surveys WHERE person IN {list} \
                 AND sent_at IS NOT NULL AND script IS NOT NULL AND test = FALSE GROUP BY person, script"
            )
        };
        self.rows_of(persons, text).await
    }
}
