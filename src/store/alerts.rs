//! The alerts in the leads' chats.

use sqlx::{AssertSqlSafe, FromRow};

use super::{Lane, Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::{AlertKey, CaseNumber, ChatId, MessageId, MessageKey, PersonId, SurveyKey, TopicId};
use crate::domain::time::Timestamp;

/// One survey's alert in one chat. Without a chat, the alert waits for one.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AlertRow {
    pub id: AlertKey,
    pub survey: SurveyKey,
    pub chat_id: Option<ChatId>,
    pub thread_id: TopicId,
    /// The alert's own message, or the message of the fold that lists it.
    pub message: Option<MessageKey>,
    pub fold: Option<i64>,
    pub ringing: bool,
    /// Whether it waits because Telegram refuses its text.
    pub refused: bool,
}

/// An alert to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewAlert<'a> {
    /// `None`: the post shows the case alone.
    pub survey: Option<SurveyKey>,
    pub case: Option<CaseNumber>,
    pub chat_id: Option<ChatId>,
    pub thread_id: TopicId,
    pub message: Option<MessageKey>,
    pub fold: Option<i64>,
    /// Why Telegram refuses its text, in Telegram's words.
    pub refused: Option<&'a str>,
}

impl NewAlert<'_> {
    const WAITING: NewAlert<'static> = NewAlert {
        survey: None,
        case: None,
        chat_id: None,
        thread_id: TopicId::NONE,
        message: None,
        fold: None,
        refused: None,
    };

    /// An alert that waits for a chat.
    #[must_use]
    pub const fn of(survey: SurveyKey) -> Self {
        Self { survey: Some(survey), ..Self::WAITING }
    }

    /// The post of a case that no score opened, which waits for a chat.
    #[must_use]
    pub const fn of_case(number: CaseNumber) -> Self {
        Self { case: Some(number), ..Self::WAITING }
    }
}

/// What a post shows: a survey's answers or, if no survey opened it, a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    Survey(SurveyKey),
    Case(CaseNumber),
}

/// The columns of a post that say which survey or case it shows.
#[derive(Clone, Copy, Debug, FromRow)]
struct Stored {
    id: AlertKey,
    survey: Option<SurveyKey>,
    case_number: Option<CaseNumber>,
}

impl Stored {
    fn about(self) -> Option<About> {
        self.survey.map(About::Survey).or(self.case_number.map(About::Case))
    }

    fn with_id(self) -> Option<(AlertKey, About)> {
        Some((self.id, self.about()?))
    }
}

/// A score that a customer gave in another survey.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct EarlierScore {
    pub survey: SurveyKey,
    pub script: String,
    pub script_version: i64,
    pub question: String,
    pub value: i64,
    pub answered_at: Timestamp,
}

/// A customer's message with a file, in the customer's own chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct MediaMessage {
    pub person: PersonId,
    pub message_id: MessageId,
}

const ALERT: &str = "SELECT a.id, a.survey, a.chat_id, a.thread_id, COALESCE(a.message, f.message) AS message, \
     a.fold, a.ringing, a.refused IS NOT NULL AS refused FROM case_posts a LEFT JOIN alert_folds f ON f.id = a.fold ";

impl Tx {
    pub async fn list_alerts(&mut self, survey: SurveyKey) -> Result<Vec<AlertRow>> {
        let sql = format!("{ALERT} WHERE a.survey = $1 ORDER BY a.id");
        let query = query_as(AssertSqlSafe(sql)).bind(survey);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the surveys and cases whose posts wait for a chat, oldest first. With `refused`, it includes those whose text
    /// was refused.
    pub async fn list_waiting_alerts(&mut self, refused: bool, limit: i64) -> Result<Vec<About>> {
        let query = query_as::<Stored>(
            "SELECT id, survey, case_number FROM case_posts \
             WHERE chat_id IS NULL AND (refused IS NULL OR $1 = TRUE) ORDER BY id LIMIT $2",
        )
        .bind(refused)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?.into_iter().filter_map(Stored::about).collect())
    }

    /// Whether a post waits for a chat to take it.
    pub async fn has_waiting_alerts(&mut self) -> Result<bool> {
        let query = query_scalar(
            "SELECT EXISTS (SELECT 1 FROM case_posts WHERE chat_id IS NULL AND refused IS NULL)",
        );
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Lists the posts that were meant for this chat, or for this topic of it, and never arrived there, oldest first.
    pub async fn list_undelivered_alerts(
        &mut self,
        chat_id: ChatId,
        thread_id: Option<TopicId>,
        limit: i64,
    ) -> Result<Vec<(AlertKey, About)>> {
        let query = query_as::<Stored>(
            "SELECT a.id, a.survey, a.case_number FROM case_posts a LEFT JOIN alert_folds f ON f.id = a.fold \
             JOIN messages m ON m.id = COALESCE(a.message, f.message) WHERE a.chat_id = $1 \
             AND a.thread_id = COALESCE(CAST($2 AS BIGINT), a.thread_id) AND m.message_id IS NULL \
             AND a.kind IN ('post', 'card') ORDER BY a.id LIMIT $3",
        )
        .bind(chat_id)
        .bind(thread_id)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?.into_iter().filter_map(Stored::with_id).collect())
    }

    /// Returns the survey or case that a post shows.
    pub async fn find_about(&mut self, id: AlertKey) -> Result<Option<About>> {
        let query =
            query_as::<Stored>("SELECT id, survey, case_number FROM case_posts WHERE id = $1").bind(id);
        Ok(on_engine!(self, fetch_optional, query)?.and_then(Stored::about))
    }

    /// Lists the surveys and cases that a message shows: one, or those of a fold.
    pub async fn list_about_in_message(
        &mut self,
        message: MessageKey,
        limit: i64,
    ) -> Result<Vec<(AlertKey, About)>> {
        let query = query_as::<Stored>(
            "SELECT id, survey, case_number FROM case_posts WHERE message = $1 \
             OR fold IN (SELECT id FROM alert_folds WHERE message = $1) ORDER BY id DESC LIMIT $2",
        )
        .bind(message)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?.into_iter().filter_map(Stored::with_id).collect())
    }

    /// Finds the post of a case that shows no survey and waits for a chat.
    pub async fn find_waiting_post(&mut self, number: CaseNumber) -> Result<Option<AlertKey>> {
        let query = query_scalar(
            "SELECT id FROM case_posts WHERE case_number = $1 AND survey IS NULL AND chat_id IS NULL \
             ORDER BY id LIMIT 1",
        )
        .bind(number);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Whether an alert, or something that belongs to one, is still queued for this chat.
    pub async fn has_queued_alerts(&mut self, chat_id: ChatId) -> Result<bool> {
        let query = query_scalar(AssertSqlSafe(format!(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE chat_id = $1 AND lane IN ({}))",
            Lane::codes(|lane| lane.is_for_leads)
        )))
        .bind(chat_id);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    pub async fn insert_alert(&mut self, alert: &NewAlert<'_>, now: Timestamp) -> Result<AlertKey> {
        let query = query_scalar(
            "INSERT INTO case_posts (survey, case_number, chat_id, thread_id, message, fold, refused, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        )
        .bind(alert.survey)
        .bind(alert.case)
        .bind(alert.chat_id)
        .bind(alert.thread_id)
        .bind(alert.message)
        .bind(alert.fold)
        .bind(alert.refused)
        .bind(now);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Deletes an alert that has reached nobody, with everything that is still queued for it.
    pub async fn delete_alert(&mut self, id: AlertKey) -> Result<()> {
        on_engine!(self, execute, query("DELETE FROM outbox WHERE alert = $1").bind(id))?;
        on_engine!(self, execute, query("DELETE FROM case_posts WHERE id = $1").bind(id))?;
        Ok(())
    }

    /// Stores, for all alerts of a survey, whether a score is at the alert level.
    pub async fn set_ringing(&mut self, survey: SurveyKey, ringing: bool) -> Result<()> {
        let query = query("UPDATE case_posts SET ringing = $2 WHERE survey = $1 AND ringing <> $2")
            .bind(survey)
            .bind(ringing);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Lists the scores that a survey's customer gave in surveys about earlier events, newest first.
    pub async fn list_earlier_scores(
        &mut self,
        survey: SurveyKey,
        test: bool,
        limit: i64,
    ) -> Result<Vec<EarlierScore>> {
        let query = query_as(
            "SELECT s.id AS survey, s.script, s.script_version, a.question, a.value, a.answered_at \
             FROM events e JOIN surveys s ON s.id = e.id JOIN answers a ON a.survey = s.id \
             WHERE e.customer = (SELECT customer FROM events WHERE id = $1) AND s.id < $1 AND s.test = $2 \
             AND a.part = 'answer' AND a.value IS NOT NULL AND a.withdrawn_at IS NULL \
             AND s.script_version IS NOT NULL ORDER BY s.id DESC, a.id LIMIT $3",
        )
        .bind(survey)
        .bind(test)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the earlier values of each changed score of a survey as question and value, oldest first.
    pub async fn list_former_values(&mut self, survey: SurveyKey) -> Result<Vec<(String, i64)>> {
        let query = query_as(
            "SELECT a.question, h.value FROM answers a JOIN answer_history h ON h.answer = a.id \
             WHERE a.survey = $1 AND a.part = 'answer' AND h.value IS NOT NULL ORDER BY h.id",
        )
        .bind(survey);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the customer's messages with files that belong to a survey.
    pub async fn list_media(&mut self, survey: SurveyKey) -> Result<Vec<MediaMessage>> {
        let query = query_as(
            "SELECT person, message_id FROM comment_messages WHERE survey = $1 AND kind IS NOT NULL \
             AND replaced = FALSE ORDER BY message_id",
        )
        .bind(survey);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
