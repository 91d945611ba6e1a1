//! When time has something to do with a case, and what it needs to know for that.

use sqlx::FromRow;

use super::PostedIn;
use crate::domain::ids::{AlertKey, CaseNumber, EventKey, PersonId, SurveyKey};
use crate::domain::time::Timestamp;
use crate::store::{Result, Tx, on_engine, query, query_as, query_scalar};

/// What time still has to tell the customer of a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Untold {
    /// When the customer is told of the case in a message of its own, if they do not know of it by then.
    pub tell_at: Option<Timestamp>,
    /// When the customer is told that the case is resolved.
    pub closing_at: Option<Timestamp>,
}

/// A case that the customer knows of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct ToldCase {
    pub number: CaseNumber,
    /// By when they were promised a reply.
    pub promised_at: Option<Timestamp>,
}

/// An unresolved case in which somebody has spoken, or which was opened, lately.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Talk {
    pub number: CaseNumber,
    round_at: Timestamp,
    last_in_at: Option<Timestamp>,
    last_out_at: Option<Timestamp>,
}

impl Talk {
    /// When the last word was said; without any, when the case was opened.
    #[must_use]
    pub fn last_word_at(&self) -> Timestamp {
        [self.last_in_at, self.last_out_at].into_iter().flatten().fold(self.round_at, Timestamp::max)
    }
}

impl Tx {
    /// Lists cases for which the time has come, the longest overdue first.
    pub async fn list_due_cases(&mut self, now: Timestamp, limit: i64) -> Result<Vec<CaseNumber>> {
        let query = query_scalar("SELECT number FROM cases WHERE next_at <= $1 ORDER BY next_at LIMIT $2")
            .bind(now)
            .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn find_untold(&mut self, number: CaseNumber) -> Result<Untold> {
        let query = query_as("SELECT tell_at, closing_at FROM cases WHERE number = $1").bind(number);
        Ok(on_engine!(self, fetch_optional, query)?.unwrap_or_default())
    }

    /// Sets what time still has to tell the customer. This is no change that readers of cases see.
    pub async fn set_untold(&mut self, number: CaseNumber, untold: Untold) -> Result<()> {
        let query = query("UPDATE cases SET tell_at = $2, closing_at = $3 WHERE number = $1")
            .bind(number)
            .bind(untold.tell_at)
            .bind(untold.closing_at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Sets when time next has something to do with a case, and its nearest deadline. This is no change that readers of
    /// cases see.
    pub async fn set_case_times(
        &mut self,
        number: CaseNumber,
        next_at: Option<Timestamp>,
        nearest_due_at: Option<Timestamp>,
    ) -> Result<()> {
        let query = query("UPDATE cases SET next_at = $2, nearest_due_at = $3 WHERE number = $1")
            .bind(number)
            .bind(next_at)
            .bind(nearest_due_at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Keeps what the figures of the first round need before the clocks of a case begin again.
    pub async fn keep_first_round(&mut self, number: CaseNumber) -> Result<()> {
        let query = query(
            "UPDATE cases SET first_contact_due_at = contact_due_at, first_contacted_at = contacted_at \
             WHERE number = $1 AND first_contact_due_at IS NULL",
        )
        .bind(number);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// The unresolved case that the customer was told of because of this survey. What was promised is over once somebody has
    /// contacted them.
    pub async fn find_told_case(&mut self, survey: SurveyKey) -> Result<Option<ToldCase>> {
        let query = query_as(
            "SELECT c.number, CASE WHEN c.contacted_at IS NULL THEN c.promised_at END AS promised_at \
             FROM case_surveys k JOIN cases c ON c.number = k.case_number \
             WHERE k.survey = $1 AND k.how <> 'recovery' AND c.told_at IS NOT NULL AND c.status <> 'resolved'",
        )
        .bind(survey);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Notes a card of a case: a further message that shows it, drawn like its post.
    pub async fn insert_case_card(&mut self, card: &PostedIn, now: Timestamp) -> Result<AlertKey> {
        let query = query_scalar(
            "INSERT INTO case_posts (case_number, kind, survey, chat_id, thread_id, message, overdue, created_at) \
             VALUES ($1, 'card', $2, $3, $4, $5, $6, $7) RETURNING id",
        )
        .bind(card.case_number)
        .bind(card.survey)
        .bind(card.chat_id)
        .bind(card.thread_id)
        .bind(card.message)
        .bind(&card.overdue)
        .bind(now);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// The time zone of the customer of a case.
    pub async fn find_zone_of_case(&mut self, number: CaseNumber) -> Result<Option<String>> {
        let query = query_scalar::<Option<String>>(
            "SELECT u.time_zone FROM cases c JOIN customers u ON u.id = c.customer WHERE c.number = $1",
        )
        .bind(number);
        Ok(on_engine!(self, fetch_optional, query)?.flatten())
    }

    /// The unresolved cases of a person. Tests are no talk.
    pub async fn list_talks(&mut self, person: PersonId) -> Result<Vec<Talk>> {
        let query = query_as(
            "SELECT number, round_at, last_in_at, last_out_at FROM cases \
             WHERE person = $1 AND status <> 'resolved' AND test = FALSE",
        )
        .bind(person);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Puts a due survey off while its person talks about a case.
    pub async fn hold_for_talk(
        &mut self,
        survey: SurveyKey,
        case: CaseNumber,
        until: Timestamp,
    ) -> Result<()> {
        let query = query("UPDATE surveys SET held_by = $2, due_at = $3 WHERE id = $1")
            .bind(survey)
            .bind(case)
            .bind(until);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Lists the surveys that a case holds back.
    pub async fn list_held_by(&mut self, case: CaseNumber) -> Result<Vec<SurveyKey>> {
        let query =
            query_scalar("SELECT id FROM surveys WHERE held_by = $1 AND state = 'scheduled' ORDER BY id")
                .bind(case);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// The stored JSON of an event.
    pub async fn find_event_body(&mut self, event: EventKey) -> Result<Option<String>> {
        let query = query_scalar("SELECT body FROM events WHERE id = $1").bind(event);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// The survey of an event, by the event's ID.
    pub async fn find_survey_of_event(&mut self, event_id: &str) -> Result<Option<SurveyKey>> {
        let query =
            query_scalar("SELECT s.id FROM surveys s JOIN events e ON e.id = s.id WHERE e.event_id = $1")
                .bind(event_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }
}
