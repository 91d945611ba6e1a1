//! The surveys that arriving events make, cancel and free, and the transitions that tell of it.

use sqlx::{AssertSqlSafe, FromRow};

use crate::domain::ledger::State;
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx, on_engine, padded, query, query_as, query_scalar, values};

/// One survey to be stored.
#[derive(Clone, Debug)]
pub struct NewSurvey<'a> {
    /// Its event's.
    pub id: i64,
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
    pub customer: i64,
    pub subject_id: String,
    pub kind: &'static str,
    pub test: bool,
}

/// A survey that waits for its customer to be reachable.
#[derive(Clone, Debug, FromRow)]
pub struct WaitingRow {
    pub survey: i64,
    pub customer: i64,
    pub occurred_at: Timestamp,
    pub time_zone: Option<String>,
    pub script: Option<String>,
    pub test: bool,
}

/// When a person was last asked by one script.
#[derive(Clone, Debug, FromRow)]
pub struct LastSent {
    pub person: i64,
    pub script: String,
    pub sent_at: Timestamp,
}

impl Tx {
    /// Stores the surveys of events that are stored already.
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

    /// The time of the newest event of each of these kinds and subjects, where there is one.
    pub async fn list_newest_of(&mut self, keys: &[SubjectKey]) -> Result<Vec<(SubjectKey, Timestamp)>> {
        let mut found = Vec::new();
        for list in padded(&keys.iter().collect::<Vec<_>>()) {
            let sql = format!(
                "WITH wanted (customer, subject_id, kind, test) AS (VALUES {}) \
                 SELECT e.customer, e.subject_id, e.kind, e.test, MAX(e.occurred_at) FROM wanted w \
                 JOIN events e ON e.customer = w.customer AND e.subject_id = w.subject_id AND e.kind = w.kind \
                 AND e.test = w.test GROUP BY e.customer, e.subject_id, e.kind, e.test",
                values(list.len(), 4)
            );
            let rows: Vec<(i64, String, String, bool, Timestamp)> = on_engine!(self, fetch_all, {
                let mut query = query_as(AssertSqlSafe(sql));
                for key in &list {
                    query = query.bind(key.customer).bind(&key.subject_id).bind(key.kind).bind(key.test);
                }
                query
            })?;
            for (customer, subject_id, kind, test, at) in rows {
                if let Some(kind) = list.iter().map(|key| key.kind).find(|known| *known == kind) {
                    found.push((SubjectKey { customer, subject_id, kind, test }, at));
                }
            }
        }
        Ok(found)
    }

    /// The surveys not yet sent of these kinds and subjects whose event is not later than the time beside it.
    pub async fn list_pending_of(&mut self, keys: &[(SubjectKey, Timestamp)]) -> Result<Vec<i64>> {
        let mut found = Vec::new();
        for list in padded(&keys.iter().collect::<Vec<_>>()) {
            let sql = format!(
                "WITH wanted (customer, subject_id, kind, test, until) AS (VALUES {}) \
                 SELECT DISTINCT s.id FROM wanted w \
                 JOIN events e ON e.customer = w.customer AND e.subject_id = w.subject_id AND e.kind = w.kind \
                 AND e.test = w.test AND e.occurred_at <= w.until \
                 JOIN surveys s ON s.id = e.id AND s.state IN ('scheduled', 'waiting_for_link') ORDER BY s.id",
                values(list.len(), 5)
            );
            let rows: Vec<i64> = on_engine!(self, fetch_all, {
                let mut query = query_scalar(AssertSqlSafe(sql));
                for (key, until) in &list {
                    query = query
                        .bind(key.customer)
                        .bind(&key.subject_id)
                        .bind(key.kind)
                        .bind(key.test)
                        .bind(*until);
                }
                query
            })?;
            found.extend(rows);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Gives one state to all of these surveys, without a due time; the caller writes the transitions.
    pub async fn update_survey_states(&mut self, surveys: &[i64], state: State) -> Result<()> {
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

    pub async fn list_waiting(&mut self, customers: &[i64]) -> Result<Vec<WaitingRow>> {
        let mut waiting = Vec::new();
        for keys in padded(customers) {
            let sql = format!(
                "SELECT s.id AS survey, e.customer, e.occurred_at, c.time_zone, s.script, s.test FROM surveys s \
                 JOIN events e ON e.id = s.id JOIN customers c ON c.id = e.customer \
                 WHERE s.state = 'waiting_for_link' AND e.customer IN {} ORDER BY s.id",
                values(1, keys.len())
            );
            let rows: Vec<WaitingRow> = on_engine!(self, fetch_all, {
                let query = query_as(AssertSqlSafe(sql));
                keys.iter().fold(query, |query, key| query.bind(*key))
            })?;
            waiting.extend(rows);
        }
        Ok(waiting)
    }

    /// Puts a waiting survey on the schedule.
    pub async fn schedule_survey(&mut self, survey: i64, due_at: Timestamp) -> Result<()> {
        on_engine!(
            self,
            execute,
            query("UPDATE surveys SET state = 'scheduled', reason = NULL, due_at = $2 WHERE id = $1")
                .bind(survey)
                .bind(due_at)
        )?;
        Ok(())
    }

    /// When each of these persons was last asked by each script; tests do not count.
    pub async fn list_last_sent(&mut self, persons: &[i64]) -> Result<Vec<LastSent>> {
        let mut sent = Vec::new();
        for keys in padded(persons) {
            let sql = format!(
                "SELECT person, script, MAX(sent_at) AS sent_at FROM surveys WHERE person IN {} \
                 AND sent_at IS NOT NULL AND script IS NOT NULL AND test = {} GROUP BY person, script",
                values(1, keys.len()),
                format_args!("${}", keys.len() + 1)
            );
            let rows: Vec<LastSent> = on_engine!(self, fetch_all, {
                let query = query_as(AssertSqlSafe(sql));
                keys.iter().fold(query, |query, key| query.bind(*key)).bind(false)
            })?;
            sent.extend(rows);
        }
        Ok(sent)
    }
}
