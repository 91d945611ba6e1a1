//! What segments are made from: surveys with their events and answers, read from the tables.

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr as _;

use chrono_tz::Tz;
use sqlx::FromRow;

use super::dictionary::Dictionary;
use super::row::{Row, split};
use super::{aside, date_of};
use crate::domain::counting::{AnswerFacts, EventFacts, SurveyFacts, Tenure};
use crate::domain::ids::{CustomerKey, SurveyKey};
use crate::domain::scale::Band;
use crate::domain::schedule::start_of_day;
use crate::domain::stats::drivers::Group as Unit;
use crate::domain::time::Timestamp;
use crate::store::events::read_state;
use crate::store::{Error, Result, Tx, on_engine, query_scalar};

#[derive(Debug, FromRow)]
struct SurveyRow {
    survey: SurveyKey,
    survey_id: String,
    occurred_at: Timestamp,
    customer: CustomerKey,
    /// Empty for everybody who was erased.
    customer_id: String,
    kind: String,
    script: Option<String>,
    script_version: Option<i64>,
    state: String,
    reason: Option<String>,
    sent_at: Option<Timestamp>,
    started_at: Option<Timestamp>,
    reminded_at: Option<Timestamp>,
    agent_id: Option<String>,
    agent_since: Option<String>,
    team: Option<String>,
    store: Option<String>,
    channel: Option<String>,
    automation: Option<String>,
    hook: Option<String>,
    tags: String,
    segments: String,
    first_response_s: Option<i64>,
    resolution_s: Option<i64>,
    messages: Option<i64>,
    sla_breached: Option<bool>,
    first_contact_resolution: Option<bool>,
}

#[derive(Debug, FromRow)]
struct AnswerRow {
    survey: SurveyKey,
    question: String,
    part: String,
    value: Option<i64>,
    options: String,
    band: Option<String>,
}

impl Tx {
    /// Lists the surveys of a day, tests left out.
    pub(super) async fn list_surveys_on(&mut self, day: i64, zone: Tz) -> Result<BTreeSet<SurveyKey>> {
        let query = query_scalar::<SurveyKey>(
            "SELECT s.id FROM events e JOIN surveys s ON s.id = e.id \
             WHERE e.occurred_at >= $1 AND e.occurred_at < $2 AND s.test = FALSE",
        )
        .bind(start_of_day(date_of(day), zone))
        .bind(start_of_day(date_of(day + 1), zone));
        Ok(on_engine!(self, fetch_all, query)?.into_iter().collect())
    }

    /// Reads these surveys as segments hold them. Tests are left out.
    pub(super) async fn list_survey_rows(
        &mut self,
        surveys: &BTreeSet<SurveyKey>,
        zone: Tz,
        words: &mut Dictionary,
    ) -> Result<Vec<Row>> {
        let surveys: Vec<SurveyKey> = surveys.iter().copied().collect();
        let text = |list: &str| {
            format!(
                "SELECT s.id AS survey, s.survey_id, e.occurred_at, e.customer, c.customer_id, e.kind, s.script, \
                 s.script_version, s.state, s.reason, s.sent_at, s.started_at, s.reminded_at, e.agent_id, \
                 e.agent_since, e.team, e.store, e.channel, e.automation, e.hook, e.tags, e.segments, \
                 e.first_response_s, e.resolution_s, e.messages, e.sla_breached, e.first_contact_resolution \
                 FROM surveys s JOIN events e ON e.id = s.id JOIN customers c ON c.id = e.customer \
                 WHERE s.test = FALSE AND s.id IN {list}"
            )
        };
        let found: Vec<SurveyRow> = self.rows_of(&surveys, text).await?;
        let text = |list: &str| {
            format!(
                "SELECT survey, question, part, value, options, band FROM answers WHERE part <> 'comment' \
                 AND withdrawn_at IS NULL AND skipped = FALSE AND survey IN {list}"
            )
        };
        let answers: Vec<AnswerRow> = self.rows_of(&surveys, text).await?;
        let mut taken = std::mem::take(words);
        let (rows, taken) = aside(move || {
            let rows = in_codes(found, answers, zone, &mut taken);
            (rows, taken)
        })
        .await;
        *words = taken;
        rows
    }
}

/// Turns surveys with their answers into rows.
fn in_codes(
    found: Vec<SurveyRow>,
    answers: Vec<AnswerRow>,
    zone: Tz,
    words: &mut Dictionary,
) -> Result<Vec<Row>> {
    let mut of_survey: HashMap<SurveyKey, Vec<AnswerRow>> = HashMap::new();
    for answer in answers {
        of_survey.entry(answer.survey).or_default().push(answer);
    }
    let row = |row: SurveyRow| {
        let given = of_survey.remove(&row.survey).unwrap_or_default();
        let since = row.agent_since.as_deref().and_then(|since| since.parse().ok());
        Ok(Row::of(&row.facts(&given, zone)?, since, words))
    };
    found.into_iter().map(row).collect()
}

impl SurveyRow {
    fn facts(self, answers: &[AnswerRow], zone: Tz) -> Result<SurveyFacts> {
        let erased = self.customer_id.is_empty();
        let unit = if erased {
            Unit::of_erased_survey(&self.survey_id)
        } else {
            Unit::of_customer(&self.customer_id)
        };
        let whole = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
        Ok(SurveyFacts {
            survey: self.survey,
            day: self.occurred_at.to_utc().with_timezone(&zone).date_naive(),
            version: self.script_version,
            state: read_state("surveys", &self.survey_id, &self.state, self.reason.as_deref())?,
            script: self.script,
            is_delivered: self.sent_at.is_some(),
            is_late: self
                .started_at
                .zip(self.reminded_at)
                .is_some_and(|(started, reminded)| started > reminded),
            customer: (!erased).then_some(self.customer),
            unit,
            event: EventFacts {
                kind: self.kind,
                agent: self.agent_id,
                team: self.team,
                store: self.store,
                channel: self.channel,
                automation: self.automation,
                hook: self.hook,
                tags: split(&self.tags),
                segments: split(&self.segments),
                // A segment holds the days, so that what counts as new can be said later.
                tenure: Tenure::Unknown,
            },
            first_response: whole(self.first_response_s),
            resolution: whole(self.resolution_s),
            messages: whole(self.messages),
            overdue: self.sla_breached,
            solved_at_once: self.first_contact_resolution,
            answers: current(answers)?,
        })
    }
}

/// The current answers, each with the reasons given for it.
fn current(rows: &[AnswerRow]) -> Result<Vec<AnswerFacts>> {
    let answers = rows.iter().filter(|row| row.part == "answer");
    let facts = answers.map(|row| {
        let band = row.band.as_deref().map(Band::from_str).transpose();
        let band = band.map_err(|error| Error::broken("answers", format!("{}: {error}", row.survey)))?;
        let is_reason = |of: &&AnswerRow| of.part == "reason" && of.question == row.question;
        let reasons = rows.iter().find(is_reason).map(|of| split(&of.options));
        Ok(AnswerFacts {
            question: row.question.clone(),
            value: row.value,
            band,
            options: split(&row.options),
            reasons: reasons.filter(|reasons| !reasons.is_empty()),
            is_disputed: false,
        })
    });
    facts.collect()
}
