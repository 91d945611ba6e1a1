//! Answers as they stand, what they were before, and the customer's messages that make up a comment.

use sqlx::FromRow;

use super::{Result, Statement, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::time::Timestamp;

/// One current answer, reason or comment.
#[derive(Clone, Debug, FromRow)]
pub struct AnswerRow {
    pub survey: i64,
    pub question: String,
    pub part: String,
    pub value: Option<i64>,
    pub options: String,
    pub text: Option<String>,
    pub band: Option<String>,
    pub skipped: bool,
    pub withdrawn: bool,
    /// Whether messages of the customer belong to it.
    pub words: bool,
}

macro_rules! answer_row {
    ($rest:literal) => {
        concat!(
            "SELECT a.survey, a.question, a.part, a.value, a.options, a.text, a.band, a.skipped, \
             a.withdrawn_at IS NOT NULL AS withdrawn, a.text IS NOT NULL AS words FROM answers a ",
            $rest
        )
    };
}

/// One answer as it shall stand.
#[derive(Clone, Debug)]
pub struct NewAnswer {
    pub survey: i64,
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
    /// The first eight values of the statements that store an answer, from `survey` to `withdrawn_at`.
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

/// A message of the customer that belongs to a comment or answers a text question.
#[derive(Clone, Debug, Default)]
pub struct CommentMessage<'a> {
    pub person: i64,
    pub message_id: i64,
    pub survey: i64,
    pub question: &'a str,
    pub part: &'a str,
    pub text: Option<&'a str>,
    pub kind: Option<&'a str>,
    pub file_id: Option<&'a str>,
    pub file_size: Option<i64>,
    pub duration_s: Option<i64>,
    pub media_group: Option<&'a str>,
}

/// Where a stored message of the customer belongs.
#[derive(Clone, Debug, FromRow)]
pub struct CommentPlace {
    pub survey: i64,
    pub question: String,
    pub part: String,
}

/// How many positions one step of the counter stands for.
const POSITIONS_A_STEP: i64 = 1 << 20;

impl Tx {
    /// The place of the next answer that is stored or changed in the order of commits. The counter's row stays locked
    /// until the commit, so a reader who has seen a position has seen every smaller one; a transaction moves it once
    /// and counts on by itself.
    pub async fn next_position(&mut self) -> Result<i64> {
        let next = match self.answer_position.map(|last| last + 1) {
            Some(next) if next % POSITIONS_A_STEP != 0 => next,
            _ => {
                let query = query_scalar::<i64>(
                    "UPDATE counters SET value = value + 1 WHERE name = 'answers' RETURNING value",
                );
                on_engine!(self, fetch_one, query)? * POSITIONS_A_STEP
            }
        };
        self.answer_position = Some(next);
        Ok(next)
    }

    /// The first position that no answer has yet.
    pub async fn end_of_positions(&mut self) -> Result<i64> {
        let query = query_scalar::<i64>("SELECT value FROM counters WHERE name = 'answers'");
        Ok((on_engine!(self, fetch_one, query)? + 1) * POSITIONS_A_STEP)
    }

    pub async fn list_answers(&mut self, survey: i64) -> Result<Vec<AnswerRow>> {
        let query = query_as::<AnswerRow>(answer_row!("WHERE a.survey = $1 ORDER BY a.id")).bind(survey);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// The answers of all these surveys, in the order they were first given.
    pub async fn list_answers_of(&mut self, surveys: &[i64]) -> Result<Vec<AnswerRow>> {
        let text = |list: &str| format!(answer_row!("WHERE a.survey IN {} ORDER BY a.id"), list);
        self.rows_of(surveys, text).await
    }

    /// Puts what stands now into the history and the new in its place, one revision up.
    pub async fn change_answer(&mut self, answer: &NewAnswer, now: Timestamp) -> Result<()> {
        self.keep_history(answer.survey, &answer.question, answer.part).await?;
        let position = self.next_position().await?;
        let query = query(
            "UPDATE answers SET value = $4, options = $5, band = $6, skipped = $7, withdrawn_at = $8, \
             answered_at = $9, stored_at = $9, position = $10, revision = revision + 1 \
             WHERE survey = $1 AND question = $2 AND part = $3",
        );
        on_engine!(self, execute, answer.bind_to(query, now).bind(now).bind(position))?;
        Ok(())
    }

    /// Takes an answer out of the figures, or back in; what was given stays as it is.
    pub async fn withdraw_answer(&mut self, answer: &NewAnswer, now: Timestamp) -> Result<()> {
        let position = self.next_position().await?;
        let query = query(
            "UPDATE answers SET withdrawn_at = $4, stored_at = $5, position = $6, revision = revision + 1 \
             WHERE survey = $1 AND question = $2 AND part = $3",
        )
        .bind(answer.survey)
        .bind(&answer.question)
        .bind(answer.part)
        .bind(answer.withdrawn.then_some(now))
        .bind(now)
        .bind(position);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    async fn keep_history(&mut self, survey: i64, question: &str, part: &str) -> Result<()> {
        let query = query(
            "INSERT INTO answer_history (answer, revision, value, options, text, band, answered_at, withdrawn_at) \
             SELECT id, revision, value, options, text, band, answered_at, withdrawn_at FROM answers \
             WHERE survey = $1 AND question = $2 AND part = $3",
        )
        .bind(survey)
        .bind(question)
        .bind(part);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// False if the message was stored before.
    pub async fn insert_comment_message(&mut self, message: &CommentMessage<'_>) -> Result<bool> {
        let query = query(
            "INSERT INTO comment_messages (person, message_id, survey, question, part, text, kind, file_id, \
             file_size, duration_s, media_group) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT (person, message_id) DO NOTHING",
        )
        .bind(message.person)
        .bind(message.message_id)
        .bind(message.survey)
        .bind(message.question)
        .bind(message.part)
        .bind(message.text)
        .bind(message.kind)
        .bind(message.file_id)
        .bind(message.file_size)
        .bind(message.duration_s)
        .bind(message.media_group);
        Ok(on_engine!(self, execute, query)? == 1)
    }

    pub async fn find_comment_message(
        &mut self,
        person: i64,
        message_id: i64,
    ) -> Result<Option<CommentPlace>> {
        let query = query_as::<CommentPlace>(
            "SELECT survey, question, part FROM comment_messages WHERE person = $1 AND message_id = $2",
        )
        .bind(person)
        .bind(message_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Where the words went that a reply to this message is about: to one's own words, or to ours that were followed
    /// by them. Only of surveys that have not ended.
    pub async fn find_comment_replied_to(
        &mut self,
        person: i64,
        message_id: i64,
    ) -> Result<Option<CommentPlace>> {
        let query = query_as::<CommentPlace>(
            "SELECT m.survey, m.question, m.part FROM comment_messages m JOIN surveys s ON s.id = m.survey \
             WHERE m.person = $1 AND m.message_id >= $2 AND m.replaced = FALSE AND s.ended_at IS NULL \
             ORDER BY m.message_id LIMIT 1",
        )
        .bind(person)
        .bind(message_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Where the survey's latest words went.
    pub async fn find_latest_comment(&mut self, survey: i64) -> Result<Option<CommentPlace>> {
        let query = query_as::<CommentPlace>(
            "SELECT survey, question, part FROM comment_messages WHERE survey = $1 AND replaced = FALSE \
             ORDER BY message_id DESC LIMIT 1",
        )
        .bind(survey);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Where an earlier part of the same album went.
    pub async fn find_album(&mut self, person: i64, media_group: &str) -> Result<Option<CommentPlace>> {
        let query = query_as::<CommentPlace>(
            "SELECT survey, question, part FROM comment_messages WHERE person = $1 AND media_group = $2 LIMIT 1",
        )
        .bind(person)
        .bind(media_group);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// False if that changes nothing: Telegram reports edits that leave the words as they were.
    pub async fn set_comment_text(
        &mut self,
        person: i64,
        message_id: i64,
        text: Option<&str>,
    ) -> Result<bool> {
        let query = query(
            "UPDATE comment_messages SET text = $3 WHERE person = $1 AND message_id = $2 \
             AND replaced = FALSE AND text IS DISTINCT FROM $3",
        )
        .bind(person)
        .bind(message_id)
        .bind(text);
        Ok(on_engine!(self, execute, query)? == 1)
    }

    /// Makes room for other words in the same place. What they replace is kept, but counts no more.
    pub async fn replace_comment_messages(&mut self, place: &CommentPlace) -> Result<()> {
        let query = query(
            "UPDATE comment_messages SET replaced = TRUE WHERE survey = $1 AND question = $2 AND part = $3",
        )
        .bind(place.survey)
        .bind(&place.question)
        .bind(&place.part);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Gathers a comment's text from its messages: one row, one revision up, the former text in the history.
    pub async fn gather_comment(&mut self, place: &CommentPlace, now: Timestamp) -> Result<()> {
        let texts = query_scalar::<Option<String>>(
            "SELECT text FROM comment_messages WHERE survey = $1 AND question = $2 AND part = $3 \
             AND replaced = FALSE ORDER BY message_id",
        )
        .bind(place.survey)
        .bind(&place.question)
        .bind(&place.part);
        let texts: Vec<String> = on_engine!(self, fetch_all, texts)?.into_iter().flatten().collect();
        // A voice or a photo without a word: an empty text, so that "there are words" stays true.
        let text = texts.join("\n");
        let position = self.next_position().await?;
        let first = query(
            "UPDATE answers SET text = $4, answered_at = $5, stored_at = $5, position = $6 \
             WHERE survey = $1 AND question = $2 AND part = $3 AND text IS NULL",
        )
        .bind(place.survey)
        .bind(&place.question)
        .bind(&place.part)
        .bind(&text)
        .bind(now)
        .bind(position);
        if on_engine!(self, execute, first)? == 1 {
            return Ok(());
        }
        self.keep_history(place.survey, &place.question, &place.part).await?;
        let changed = query(
            "UPDATE answers SET text = $4, stored_at = $5, position = $6, revision = revision + 1 \
             WHERE survey = $1 AND question = $2 AND part = $3",
        )
        .bind(place.survey)
        .bind(&place.question)
        .bind(&place.part)
        .bind(&text)
        .bind(now)
        .bind(position);
        on_engine!(self, execute, changed)?;
        Ok(())
    }
}
