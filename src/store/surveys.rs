//! Surveys and their states.

use sqlx::FromRow;

use super::answers::AnswerRow;
use super::segments::Unrecorded;
use super::{Error, Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::{MessageId, MessageKey, PersonId, SurveyKey};
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;

/// A survey with everything that its dialogue and its message need, read as one row by one statement.
#[derive(Clone, Debug, FromRow)]
pub struct SurveyRow {
    pub id: SurveyKey,
    pub survey_id: String,
    pub test: bool,
    pub script: Option<String>,
    pub script_version: Option<i64>,
    state: String,
    reason: Option<String>,
    pub due_at: Option<Timestamp>,
    pub person: Option<PersonId>,
    pub locale: Option<String>,
    pub turn: i64,
    pub step: Option<String>,
    pub message: Option<MessageKey>,
    /// Telegram's ID of `message`, once it is known.
    pub message_id: Option<MessageId>,
    /// A message that shows the current step again and is on its way.
    pub repeat: Option<MessageKey>,
    pub started_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// When the customer refused further surveys while the invitation was on its way.
    pub stopped_at: Option<Timestamp>,
    pub alerted: bool,
    /// When the dialogue continues below what the customer has just written.
    pub go_on_at: Option<Timestamp>,
    /// Until when the customer can take back having stopped the survey.
    pub continue_until: Option<Timestamp>,
    /// The customer's name.
    pub name: Option<String>,
    pub time_zone: Option<String>,
    pub occurred_at: Timestamp,
    /// The event as normalised JSON.
    pub body: String,
}

impl SurveyRow {
    pub fn state(&self) -> Result<State> {
        State::parse(&self.state, self.reason.as_deref())
            .ok_or_else(|| Error::broken("surveys", format!("id {}: state {}", self.id, self.state)))
    }
}

/// For a customer who is being erased, the row holds neither the person nor the event's content.
macro_rules! survey_row {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.survey_id, s.test, s.script, s.script_version, s.state, s.reason, s.due_at, \
             CASE WHEN c.erasing IS NULL THEN s.person END AS person, s.locale, s.turn, s.step, s.message, m.message_id, \
             s.repeat, s.started_at, s.completed_at, s.expires_at, s.ended_at, s.stopped_at, s.alerted, s.go_on_at, s.continue_until, \
             c.name, c.time_zone, e.occurred_at, CASE WHEN c.erasing IS NULL THEN e.body ELSE '{}' END AS body \
             FROM surveys s JOIN events e ON e.id = s.id JOIN customers c ON c.id = e.customer \
             LEFT JOIN messages m ON m.id = s.message ",
            $rest
        )
    };
}

/// What a claim fixes for a survey.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    pub survey: SurveyKey,
    pub script: &'a str,
    pub version: i64,
    pub person: PersonId,
    pub locale: &'a str,
    pub step: &'a str,
    pub turn: i64,
    pub message: MessageKey,
}

/// The state of a dialogue after a move. A person who has moved needs no reminder, and the step need not be shown
/// again.
#[derive(Clone, Debug)]
pub struct Progress {
    pub survey: SurveyKey,
    pub step: String,
    pub turn: i64,
    pub started_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub closing_at: Option<Timestamp>,
    pub go_on_at: Option<Timestamp>,
}

impl Tx {
    /// Reads surveys with their answers, in two statements for all of them. [`Tx::find_dialogue`] returns each once,
    /// unless this transaction has changed it in the meantime.
    pub async fn read_ahead(&mut self, surveys: &[SurveyKey]) -> Result<()> {
        let text = |list: &str| survey_row!("WHERE s.id IN ").to_owned() + list;
        let rows: Vec<SurveyRow> = self.rows_of(surveys, text).await?;
        self.ahead.keep(rows);
        let answers = self.list_answers_of(&self.ahead.surveys()).await?;
        self.ahead.keep_answers(answers);
        Ok(())
    }

    /// Returns a survey with its answers.
    pub async fn find_dialogue(&mut self, id: SurveyKey) -> Result<Option<(SurveyRow, Vec<AnswerRow>)>> {
        if let Some(read) = self.ahead.take(id) {
            return Ok(Some(read));
        }
        let Some(row) = self.find_survey(id).await? else { return Ok(None) };
        let answers = self.list_answers(id).await?;
        Ok(Some((row, answers)))
    }

    pub async fn find_survey(&mut self, id: SurveyKey) -> Result<Option<SurveyRow>> {
        let query = query_as::<SurveyRow>(survey_row!("WHERE s.id = $1")).bind(id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds the survey that a person's words belong to: the open one, or else the latest one that expects words.
    pub async fn find_current_survey(
        &mut self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Option<SurveyRow>> {
        let query = query_as::<SurveyRow>(survey_row!(
            "WHERE s.person = $1 AND c.erasing IS NULL AND s.state IN ('sending', 'sent', 'started', 'completed') \
             AND s.stopped_at IS NULL \
             AND (s.ended_at IS NULL OR (s.step NOT IN ('end', 'review') AND s.expires_at > $2)) \
             ORDER BY (s.ended_at IS NULL) DESC, s.id DESC LIMIT 1"
        ))
        .bind(person)
        .bind(now);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Finds the survey with a question that a person was sent and has not answered: the open one, or else one that
    /// still accepts words.
    pub async fn find_open_question(
        &mut self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Option<SurveyRow>> {
        let query = query_as::<SurveyRow>(survey_row!(
            "WHERE s.person = $1 AND c.erasing IS NULL AND s.state IN ('sent', 'started', 'completed') \
             AND s.stopped_at IS NULL AND s.step NOT IN ('end', 'review') AND s.expires_at > $2 \
             ORDER BY (s.ended_at IS NULL) DESC, s.id DESC LIMIT 1"
        ))
        .bind(person)
        .bind(now);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Whether a survey occupies the person's place. Tests never do.
    pub async fn has_open_survey(&mut self, person: PersonId) -> Result<bool> {
        let query = query_scalar::<i64>(
            "SELECT COUNT(*) FROM surveys WHERE person = $1 AND ended_at IS NULL AND test = FALSE",
        )
        .bind(person);
        Ok(on_engine!(self, fetch_one, query)? > 0)
    }

    /// Lists all surveys that occupy a place in a person's chat.
    pub async fn list_open_surveys(&mut self, person: PersonId) -> Result<Vec<SurveyRow>> {
        let query =
            query_as::<SurveyRow>(survey_row!("WHERE s.person = $1 AND s.ended_at IS NULL ORDER BY s.id"))
                .bind(person);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Fixes the version, person, language and message. The step along the ledger is made by [`Tx::move_survey`].
    pub async fn claim_survey(&mut self, claim: &Claim<'_>) -> Result<()> {
        let query = query(
            "UPDATE surveys SET script = $2, script_version = $3, person = $4, locale = $5, step = $6, turn = $7, \
             message = $8 WHERE id = $1",
        )
        .bind(claim.survey)
        .bind(claim.script)
        .bind(claim.version)
        .bind(claim.person)
        .bind(claim.locale)
        .bind(claim.step)
        .bind(claim.turn)
        .bind(claim.message);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Clears what a claim fixed, for a survey that was not sent after all.
    pub async fn release_survey(&mut self, id: SurveyKey, due_at: Timestamp) -> Result<()> {
        let query = query(
            "UPDATE surveys SET script_version = NULL, person = NULL, locale = NULL, step = NULL, turn = 0, \
             message = NULL, due_at = $2 WHERE id = $1",
        )
        .bind(id)
        .bind(due_at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Notes that Telegram has the invitation. The reminder, the expiry and the throttle count from now.
    pub async fn mark_survey_sent(
        &mut self,
        id: SurveyKey,
        sent_at: Timestamp,
        expires_at: Timestamp,
        remind_at: Option<Timestamp>,
    ) -> Result<()> {
        let survey = query(
            "UPDATE surveys SET sent_at = $2, expires_at = $3, remind_at = $4 WHERE id = $1 AND sent_at IS NULL",
        )
        .bind(id)
        .bind(sent_at)
        .bind(expires_at)
        .bind(remind_at);
        if on_engine!(self, execute, survey)? > 0 {
            self.mark_counted(id, Unrecorded::SentAfterATap).await?;
        }
        let person = query(
            "UPDATE persons SET last_sent_at = $2 WHERE id = (SELECT person FROM surveys WHERE id = $1 AND test = FALSE)",
        )
        .bind(id)
        .bind(sent_at);
        on_engine!(self, execute, person)?;
        Ok(())
    }

    pub async fn end_survey(&mut self, id: SurveyKey, ended_at: Timestamp) -> Result<()> {
        let query = query(
            "UPDATE surveys SET ended_at = $2, remind_at = NULL, show_again_at = NULL, go_on_at = NULL \
             WHERE id = $1 AND ended_at IS NULL",
        )
        .bind(id)
        .bind(ended_at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Its customer has stopped it, and can take that back for a while.
    pub async fn set_continue_until(&mut self, id: SurveyKey, until: Timestamp) -> Result<()> {
        let query = query("UPDATE surveys SET continue_until = $2 WHERE id = $1").bind(id).bind(until);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn list_expired_surveys(&mut self, now: Timestamp, limit: i64) -> Result<Vec<SurveyRow>> {
        let query = query_as::<SurveyRow>(survey_row!(
            "WHERE s.state IN ('sent', 'started') AND s.expires_at <= $1 ORDER BY s.expires_at LIMIT $2"
        ))
        .bind(now)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn set_alerted(&mut self, id: SurveyKey) -> Result<()> {
        on_engine!(self, execute, query("UPDATE surveys SET alerted = TRUE WHERE id = $1").bind(id))?;
        Ok(())
    }

    pub async fn set_survey_message(&mut self, id: SurveyKey, message: MessageKey) -> Result<()> {
        let query = query("UPDATE surveys SET message = $2 WHERE id = $1").bind(id).bind(message);
        on_engine!(self, execute, query)?;
        Ok(())
    }
}
