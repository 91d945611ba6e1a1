//! Surveys and answers as pages show them, one by one.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query_as};
use crate::domain::ids::{CaseNumber, SurveyKey};
use crate::domain::time::Timestamp;

/// Texts per page. No survey has as many.
const TEXTS: usize = 1000;

/// A survey with its event. For a customer who is erased or being erased, nothing says who it is.
#[derive(Clone, Debug, FromRow)]
pub struct SeenSurvey {
    pub survey: SurveyKey,
    pub survey_id: String,
    pub test: bool,
    pub script: Option<String>,
    pub script_version: Option<i64>,
    pub state: String,
    pub reason: Option<String>,
    pub due_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    pub reminded_at: Option<Timestamp>,
    pub kind: String,
    pub occurred_at: Timestamp,
    pub agent_id: Option<String>,
    pub agent_name: Option<String>,
    pub team: Option<String>,
    pub store: Option<String>,
    pub channel: Option<String>,
    pub automation: Option<String>,
    /// Joined by `|`.
    pub tags: String,
    pub segments: String,
    pub first_response_s: Option<i64>,
    pub resolution_s: Option<i64>,
    /// Empty for a customer who is erased.
    pub customer_id: String,
    pub customer_name: Option<String>,
    /// The event as normalised JSON; `{}` for one that was erased or has aged out.
    pub body: String,
}

/// What was said about an answer, without the words.
#[derive(Clone, Debug, FromRow)]
pub struct SaidAbout {
    pub survey: SurveyKey,
    pub question: String,
    /// How many messages have a text.
    pub words: i64,
    /// How many are recordings.
    pub voices: i64,
}

/// A text that was said about an answer.
#[derive(Clone, Debug, FromRow)]
pub struct TextAbout {
    pub survey: SurveyKey,
    pub question: String,
    pub text: String,
}

/// The case that a survey belongs to.
#[derive(Clone, Debug, FromRow)]
pub struct CaseOfSurvey {
    pub survey: SurveyKey,
    pub number: CaseNumber,
    pub status: String,
    pub cause: Option<String>,
    /// The agent of the event that the case is about.
    pub agent_id: Option<String>,
}

/// Surveys from one up to another one, by their keys.
pub type Surveys = (SurveyKey, SurveyKey);

/// The messages that count: of customers who are not being erased, and about answers that are not withdrawn. They are found by
/// their surveys, because there are far fewer of them than of events.
macro_rules! said {
    ($columns:literal, $rest:literal) => {
        concat!(
            "SELECT m.survey, m.question, ",
            $columns,
            " FROM comment_messages m JOIN events e ON e.id = m.survey JOIN customers c ON c.id = e.customer \
             JOIN answers a ON a.survey = m.survey AND a.question = m.question AND a.part = m.part \
             WHERE m.survey > $1 AND m.survey <= $2 AND m.replaced = FALSE AND c.erasing IS NULL \
             AND a.withdrawn_at IS NULL",
            $rest
        )
    };
}

/// The key before this one.
const fn before(survey: SurveyKey) -> SurveyKey {
    SurveyKey::new(survey.get() - 1)
}

impl Tx {
    /// Lists what was said about the answers of these surveys.
    pub async fn list_said_about(&mut self, (first, last): Surveys) -> Result<Vec<SaidAbout>> {
        let query = query_as(said!(
            "COUNT(CASE WHEN m.text <> '' THEN 1 END) AS words, \
             COUNT(CASE WHEN m.kind IN ('voice', 'video_note') THEN 1 END) AS voices",
            " GROUP BY m.survey, m.question"
        ));
        Ok(on_engine!(self, fetch_all, query.bind(before(first)).bind(last))?)
    }

    /// Shows the words themselves to `see`, survey by survey. They are read page by page, because all words of a long
    /// period may be more than fits into memory.
    pub async fn visit_texts_about(
        &mut self,
        (first, last): Surveys,
        mut see: impl FnMut(TextAbout) + Send,
    ) -> Result<()> {
        let mut after = before(first);
        loop {
            let mut page = self.list_texts_about(after, last).await?;
            let is_last = page.len() < TEXTS;
            let Some(newest) = page.last().map(|text| text.survey) else { return Ok(()) };
            // The page may end inside a survey, which then comes whole with the next one.
            let is_one_survey = page[0].survey == newest;
            if !is_last && !is_one_survey {
                page.retain(|text| text.survey != newest);
            }
            after = page.last().map_or(newest, |text| text.survey);
            for text in page {
                see(text);
            }
            if is_last {
                return Ok(());
            }
        }
    }

    async fn list_texts_about(&mut self, after: SurveyKey, last: SurveyKey) -> Result<Vec<TextAbout>> {
        let query = query_as(said!("m.text", " AND m.text <> '' ORDER BY m.survey LIMIT $3"));
        let query = query.bind(after).bind(last);
        Ok(on_engine!(self, fetch_all, query.bind(i64::try_from(TEXTS).unwrap_or(i64::MAX)))?)
    }

    /// Lists these surveys, in no order.
    pub async fn list_seen_surveys(&mut self, surveys: &[SurveyKey]) -> Result<Vec<SeenSurvey>> {
        let text = |list: &str| {
            format!(
                "SELECT s.id AS survey, s.survey_id, s.test, s.script, s.script_version, s.state, s.reason, s.due_at, \
                 s.sent_at, s.reminded_at, e.kind, e.occurred_at, e.agent_id, e.agent_name, e.team, e.store, e.channel, \
                 e.automation, e.tags, e.segments, e.first_response_s, e.resolution_s, \
                 CASE WHEN c.erasing IS NULL THEN c.customer_id ELSE '' END AS customer_id, \
                 CASE WHEN c.erasing IS NULL THEN c.name END AS customer_name, \
                 CASE WHEN c.erasing IS NULL THEN e.body ELSE '{{}}' END AS body \
                 FROM surveys s JOIN events e ON e.id = s.id JOIN customers c ON c.id = e.customer WHERE s.id IN {list}"
            )
        };
        self.rows_of(surveys, text).await
    }

    /// Finds a survey by the ID that people know.
    pub async fn find_survey_key(&mut self, survey_id: &str) -> Result<Option<SurveyKey>> {
        let query = super::query_scalar("SELECT id FROM surveys WHERE survey_id = $1").bind(survey_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists the cases that these surveys opened or joined.
    pub async fn list_cases_by_survey(&mut self, surveys: &[SurveyKey]) -> Result<Vec<CaseOfSurvey>> {
        let text = |list: &str| {
            format!(
                "SELECT o.survey, c.number, c.status, c.cause, v.agent_id FROM case_surveys o \
                 JOIN cases c ON c.number = o.case_number LEFT JOIN events v ON v.id = c.event WHERE o.how <> 'recovery' AND o.survey IN {list}"
            )
        };
        self.rows_of(surveys, text).await
    }

    /// Lists the customer's other surveys of which something was answered, newest first.
    pub async fn list_other_surveys(&mut self, survey: SurveyKey, limit: i64) -> Result<Vec<SurveyKey>> {
        let query = super::query_scalar(
            "SELECT s.id FROM events e JOIN events o ON o.customer = e.customer AND o.id <> e.id \
             JOIN surveys s ON s.id = o.id JOIN customers c ON c.id = e.customer \
             WHERE e.id = $1 AND c.erasing IS NULL AND c.customer_id <> '' AND s.started_at IS NOT NULL \
             ORDER BY s.id DESC LIMIT $2",
        )
        .bind(survey)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
