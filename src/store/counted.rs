//! Counts for figures, straight from the rows: every survey of the period is read and looked at. It is the plain way,
//! and the reference for faster ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::str::FromStr as _;

use chrono::NaiveDate;
use chrono_tz::Tz;
use sqlx::FromRow;

use super::events::read_state;
use super::{Error, Result, Tx, on_engine, query_as};
use crate::domain::counting::{
    AnswerFacts, ClusterCounter, Counter, Counting, Counts, Days, Selection, Series, SurveyFacts, Tenure,
};
use crate::domain::ids::{CustomerKey, SurveyKey};
use crate::domain::scale::Band;
use crate::domain::schedule::start_of_day;
use crate::domain::stats::clusters::Clusters;
use crate::domain::stats::drivers::Group as Unit;
use crate::domain::time::Timestamp;

/// Surveys per page.
const PAGE: i64 = 1000;

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
    is_delivered: bool,
    is_late: bool,
    agent_id: Option<String>,
    agent_since: Option<String>,
    team: Option<String>,
    store: Option<String>,
    channel: Option<String>,
    automation: Option<String>,
    tags: String,
    segments: String,
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
    /// Counts surveys and their answers.
    pub async fn count_rows(&mut self, counting: &Counting) -> Result<Counts> {
        let mut counter = Counter::new(counting);
        self.visit_rows(&counting.selection, |survey| counter.add(survey)).await?;
        Ok(counter.finish())
    }

    /// Sums up each customer's answers to some questions, in all surveys of the selection.
    pub async fn cluster_rows(&mut self, series: &[Series], selection: &Selection) -> Result<Vec<Clusters>> {
        let mut counter = ClusterCounter::new(series);
        self.visit_rows(selection, |survey| counter.add(survey)).await?;
        Ok(counter.finish())
    }

    /// Shows every selected survey to `see`, in the order of their events' arrival.
    pub async fn visit_rows(
        &mut self,
        selection: &Selection,
        mut see: impl FnMut(&SurveyFacts) + Send,
    ) -> Result<()> {
        let mut after = SurveyKey::NONE;
        loop {
            let page = self.list_counted_surveys(selection, after).await?;
            let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(()) };
            let mut answers = self.list_counted_answers(first.survey, last.survey).await?;
            after = last.survey;
            for row in page {
                let given = answers.remove(&row.survey).unwrap_or_default();
                let facts = row.facts(selection, given)?;
                if selection.takes(&facts) {
                    see(&facts);
                }
            }
        }
    }

    /// The newest name of every agent in the events of these days, by ID.
    pub async fn list_agent_names(&mut self, days: Days, zone: Tz) -> Result<BTreeMap<String, String>> {
        let query = query_as::<(String, String, i64)>(
            "SELECT agent_id, agent_name, MAX(id) AS newest FROM events WHERE occurred_at >= $1 \
             AND occurred_at < $2 AND agent_id IS NOT NULL AND agent_name IS NOT NULL \
             GROUP BY agent_id, agent_name ORDER BY newest",
        )
        .bind(start_of_day(days.from, zone))
        .bind(start_of_day(days.until, zone));
        let names = on_engine!(self, fetch_all, query)?;
        Ok(names.into_iter().map(|(id, name, _)| (id, name)).collect())
    }

    async fn list_counted_surveys(
        &mut self,
        selection: &Selection,
        after: SurveyKey,
    ) -> Result<Vec<SurveyRow>> {
        let start = |day: NaiveDate| start_of_day(day, selection.zone);
        let query = query_as(
            "SELECT s.id AS survey, s.survey_id, e.occurred_at, e.customer, c.customer_id, e.kind, s.script, \
             s.script_version, s.state, s.reason, s.sent_at IS NOT NULL AS is_delivered, \
             COALESCE(s.started_at > s.reminded_at, FALSE) AS is_late, e.agent_id, e.agent_since, e.team, e.store, \
             e.channel, e.automation, e.tags, e.segments FROM surveys s JOIN events e ON e.id = s.id \
             JOIN customers c ON c.id = e.customer \
             WHERE s.id > $1 AND e.occurred_at >= $2 AND e.occurred_at < $3 AND s.test = FALSE \
             ORDER BY s.id LIMIT $4",
        )
        .bind(after)
        .bind(start(selection.days.from))
        .bind(start(selection.days.until))
        .bind(PAGE);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Returns the current answers of the surveys with these keys, and the reasons given with them.
    async fn list_counted_answers(
        &mut self,
        first: SurveyKey,
        last: SurveyKey,
    ) -> Result<HashMap<SurveyKey, Vec<AnswerFacts>>> {
        let query = query_as::<AnswerRow>(
            "SELECT survey, question, part, value, options, band FROM answers \
             WHERE survey >= $1 AND survey <= $2 AND withdrawn_at IS NULL AND skipped = FALSE \
             AND (part = 'answer' OR (part = 'reason' AND options <> '')) ORDER BY survey, question, part",
        )
        .bind(first)
        .bind(last);
        let mut answers: HashMap<SurveyKey, Vec<AnswerFacts>> = HashMap::new();
        for row in on_engine!(self, fetch_all, query)? {
            let given = answers.entry(row.survey).or_default();
            if row.part == "answer" {
                given.push(row.facts()?);
            } else if let Some(answer) = given.last_mut().filter(|answer| answer.question == row.question) {
                // In the order of parts a reason follows its answer.
                answer.reasons = Some(list(&row.options));
            }
        }
        Ok(answers)
    }
}

impl SurveyRow {
    fn facts(self, selection: &Selection, answers: Vec<AnswerFacts>) -> Result<SurveyFacts> {
        let day = self.occurred_at.to_utc().with_timezone(&selection.zone).date_naive();
        let since = self.agent_since.as_deref().and_then(|since| since.parse().ok());
        let is_erased = self.customer_id.is_empty();
        Ok(SurveyFacts {
            survey: self.survey,
            day,
            version: self.script_version,
            state: read_state("surveys", &self.survey_id, &self.state, self.reason.as_deref())?,
            script: self.script,
            is_delivered: self.is_delivered,
            is_late: self.is_late,
            customer: (!is_erased).then_some(self.customer),
            unit: if is_erased {
                Unit::of_erased_survey(&self.survey_id)
            } else {
                Unit::of_customer(&self.customer_id)
            },
            kind: self.kind,
            agent: self.agent_id,
            team: self.team,
            store: self.store,
            channel: self.channel,
            automation: self.automation,
            hook: None,
            tags: list(&self.tags),
            segments: list(&self.segments),
            tenure: Tenure::of(since, day, selection.new_agent_days),
            first_response: None,
            resolution: None,
            answers,
        })
    }
}

impl AnswerRow {
    fn facts(self) -> Result<AnswerFacts> {
        let band = self.band.as_deref().map(Band::from_str).transpose();
        let band = band.map_err(|error| Error::broken("answers", format!("{}: {error}", self.survey)))?;
        Ok(AnswerFacts {
            question: self.question,
            value: self.value,
            band,
            options: list(&self.options),
            reasons: None,
            is_disputed: false,
        })
    }
}

/// The entries of a list that is stored joined by `|`: sorted, each once.
fn list(joined: &str) -> Vec<String> {
    let entries: BTreeSet<&str> = joined.split('|').filter(|entry| !entry.is_empty()).collect();
    entries.into_iter().map(str::to_owned).collect()
}
