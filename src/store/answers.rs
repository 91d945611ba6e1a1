//! Current answers and their former values. Free text is in [`super::comments`].

use sqlx::FromRow;

use super::{Error, Result, Statement, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::happening::Happening;
use crate::domain::ids::SurveyKey;
use crate::domain::time::Timestamp;

/// One current answer, reason or comment.
#[derive(Clone, Debug, FromRow)]
pub struct AnswerRow {
    pub survey: SurveyKey,
    pub question: String,
    pub part: String,
    pub value: Option<i64>,
    pub options: String,
    pub band: Option<String>,
    pub skipped: bool,
    pub withdrawn: bool,
    /// Whether it has messages of the customer.
    pub words: bool,
}

macro_rules! answer_row {
    ($rest:literal) => {
        concat!(
            "SELECT a.survey, a.question, a.part, a.value, a.options, a.band, a.skipped, \
             a.withdrawn_at IS NOT NULL AS withdrawn, a.words FROM answers a ",
            $rest
        )
    };
}

/// Reads the answers of one survey: one line per answer, columns separated by tabs. Passing many short rows from the
/// database's thread costs more than reading them. Keys of questions and options contain neither character.
fn read_lines(survey: SurveyKey, lines: &str) -> Result<Vec<AnswerRow>> {
    let row = |line| read_line(survey, line);
    let rows: Option<Vec<AnswerRow>> = lines.lines().map(row).collect();
    rows.ok_or_else(|| Error::broken("answers", format!("survey {survey}")))
}

fn read_line(survey: SurveyKey, line: &str) -> Option<AnswerRow> {
    let mut columns = line.split('\t');
    let mut next = || columns.next();
    Some(AnswerRow {
        survey,
        question: next()?.to_owned(),
        part: next()?.to_owned(),
        value: next().map(|value| (!value.is_empty()).then(|| value.parse()).transpose())?.ok()?,
        options: next()?.to_owned(),
        band: next().map(|band| (!band.is_empty()).then(|| band.to_owned()))?,
        skipped: read_flag(next()?)?,
        withdrawn: read_flag(next()?)?,
        words: read_flag(next()?)?,
    })
}

/// Reads a boolean as SQLite (`1`) or PostgreSQL (`t`) converts it to text.
fn read_flag(text: &str) -> Option<bool> {
    match text {
        "1" | "t" => Some(true),
        "0" | "f" => Some(false),
        _ => None,
    }
}

/// One answer as it will be stored.
#[derive(Clone, Debug)]
pub struct NewAnswer {
    pub survey: SurveyKey,
    pub question: String,
    pub part: &'static str,
    pub value: Option<i64>,
    /// Keys joined by `|`.
    pub options: String,
    pub band: Option<&'static str>,
    pub skipped: bool,
    pub withdrawn: bool,
}

impl NewAnswer {
    /// Binds the first eight values of the statements that store an answer, from `survey` to `withdrawn_at`.
    pub(super) fn bind_to<'q, Kind>(
        &'q self,
        statement: Statement<'q, Kind>,
        now: Timestamp,
    ) -> Statement<'q, Kind> {
        statement
            .bind(self.survey)
            .bind(&self.question)
            .bind(self.part)
            .bind(self.value)
            .bind(&self.options)
            .bind(self.band)
            .bind(self.skipped)
            .bind(self.withdrawn.then_some(now))
    }
}

impl Tx {
    pub async fn list_answers(&mut self, survey: SurveyKey) -> Result<Vec<AnswerRow>> {
        let query = query_as::<AnswerRow>(answer_row!("WHERE a.survey = $1 ORDER BY a.id")).bind(survey);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// The answers of each of these surveys that has any, in the order they were first given.
    pub(super) async fn list_answers_of(
        &mut self,
        surveys: &[SurveyKey],
    ) -> Result<Vec<(SurveyKey, Vec<AnswerRow>)>> {
        let text = |list: &str| {
            format!(
                "SELECT a.survey, string_agg(concat_ws('\t', a.question, a.part, COALESCE(CAST(a.value AS TEXT), ''), \
                 a.options, COALESCE(a.band, ''), a.skipped, a.withdrawn_at IS NOT NULL, a.words), '\n' ORDER BY a.id) \
                 FROM answers a WHERE a.survey IN {list} GROUP BY a.survey"
            )
        };
        let found: Vec<(SurveyKey, String)> = self.rows_of(surveys, text).await?;
        found.into_iter().map(|(survey, lines)| Ok((survey, read_lines(survey, &lines)?))).collect()
    }

    /// Moves the current values to the history, stores the new ones, and increments the revision.
    pub async fn change_answer(&mut self, answer: &NewAnswer, now: Timestamp) -> Result<()> {
        self.keep_history(answer.survey, &answer.question, answer.part).await?;
        let query = query_scalar::<i64>(
            "UPDATE answers SET value = $4, options = $5, band = $6, skipped = $7, withdrawn_at = $8, \
             answered_at = $9, stored_at = $9, revision = revision + 1 \
             WHERE survey = $1 AND question = $2 AND part = $3 RETURNING id",
        );
        let changed = on_engine!(self, fetch_optional, answer.bind_to(query, now).bind(now))?;
        self.record_of_answer(Happening::Changed, answer.survey, changed, now);
        Ok(())
    }

    /// Excludes an answer from the figures, or includes it again. Its content does not change.
    pub async fn withdraw_answer(&mut self, answer: &NewAnswer, now: Timestamp) -> Result<()> {
        let query = query_scalar::<i64>(
            "UPDATE answers SET withdrawn_at = $4, stored_at = $5, revision = revision + 1 \
             WHERE survey = $1 AND question = $2 AND part = $3 RETURNING id",
        )
        .bind(answer.survey)
        .bind(&answer.question)
        .bind(answer.part)
        .bind(answer.withdrawn.then_some(now))
        .bind(now);
        let changed = on_engine!(self, fetch_optional, query)?;
        let happening = if answer.withdrawn { Happening::Withdrawn } else { Happening::Restored };
        self.record_of_answer(happening, answer.survey, changed, now);
        Ok(())
    }

    async fn keep_history(&mut self, survey: SurveyKey, question: &str, part: &str) -> Result<()> {
        let query = query(
            "INSERT INTO answer_history (answer, revision, value, options, band, answered_at, withdrawn_at) \
             SELECT id, revision, value, options, band, answered_at, withdrawn_at FROM answers \
             WHERE survey = $1 AND question = $2 AND part = $3",
        )
        .bind(survey)
        .bind(question)
        .bind(part);
        on_engine!(self, execute, query)?;
        Ok(())
    }
}
