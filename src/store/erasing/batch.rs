//! Reduces a batch of surveys to what may stay. It takes the same few statements however many they
//! are.

use std::collections::HashMap;

use sqlx::FromRow;

use super::Day;
use crate::domain::happening::Happening;
use crate::domain::ids::SurveyKey;
use crate::domain::time::Timestamp;
use crate::store::journal::Subject;
use crate::store::{Result, Tx};

/// The timestamps of a survey.
#[derive(Clone, Copy, Debug, FromRow)]
struct SurveyTimes {
    id: SurveyKey,
    due_at: Option<Timestamp>,
    stale_at: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    reminded_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
}

/// A row with one timestamp and possibly a second.
#[derive(Clone, Copy, Debug, FromRow)]
struct Moments {
    id: i64,
    at: Timestamp,
    also_at: Option<Timestamp>,
}

/// The timestamps of an answer.
#[derive(Clone, Copy, Debug, FromRow)]
struct AnswerTimes {
    id: i64,
    survey: SurveyKey,
    answered_at: Timestamp,
    withdrawn_at: Option<Timestamp>,
}

/// Builds a statement around the list or the rows it is given.
type Text = fn(&str) -> String;

/// The tables with timestamps that belong to surveys: the statements that read them and those that write them.
const MOMENTS: [(Text, Text); 3] = [
    (
        |list| {
            format!(
                "SELECT position AS id, at, CAST(NULL AS BIGINT) AS also_at FROM journal WHERE survey IN {list}"
            )
        },
        |rows| {
            format!(
                "WITH cut (id, at, also_at) AS (VALUES {rows}) UPDATE journal SET at = cut.at FROM cut \
                 WHERE journal.position = cut.id"
            )
        },
    ),
    (
        |list| {
            format!(
                "SELECT id, created_at AS at, CAST(NULL AS BIGINT) AS also_at FROM case_posts WHERE survey IN {list}"
            )
        },
        |rows| {
            format!(
                "WITH cut (id, at, also_at) AS (VALUES {rows}) UPDATE case_posts SET created_at = cut.at FROM cut \
                 WHERE case_posts.id = cut.id"
            )
        },
    ),
    (
        |list| {
            format!(
                "SELECT id, answered_at AS at, withdrawn_at AS also_at FROM answer_history \
                 WHERE answer IN (SELECT id FROM answers WHERE survey IN {list})"
            )
        },
        |rows| {
            format!(
                "WITH cut (id, at, also_at) AS (VALUES {rows}) UPDATE answer_history SET answered_at = cut.at, \
                 withdrawn_at = cut.also_at FROM cut WHERE answer_history.id = cut.id"
            )
        },
    ),
];

impl Tx {
    /// Returns those of these surveys that somebody was told of or is about to be told of.
    pub async fn list_told(&mut self, surveys: &[SurveyKey]) -> Result<Vec<SurveyKey>> {
        let mut told: Vec<(SurveyKey,)> = Vec::new();
        for table in ["case_posts", "copies", "outbox"] {
            let text = |list: &str| format!("SELECT DISTINCT survey FROM {table} WHERE survey IN {list}");
            told.append(&mut self.rows_of(surveys, text).await?);
        }
        let mut told: Vec<SurveyKey> = told.into_iter().map(|(survey,)| survey).collect();
        told.sort_unstable();
        told.dedup();
        Ok(told)
    }

    /// Erases what was said in these surveys: texts, files and the IDs of the messages. The chosen answers stay.
    /// Answers that lose their words appear once more in the answers feed; with `all`, every answer does.
    pub async fn erase_words(
        &mut self,
        surveys: &[SurveyKey],
        all: Option<Day<'_>>,
        now: Timestamp,
    ) -> Result<()> {
        self.execute_of(surveys, |list| format!("DELETE FROM comment_messages WHERE survey IN {list}"))
            .await?;
        let former = |list: &str| {
            format!(
                "DELETE FROM former_words WHERE answer IN (SELECT id FROM answers WHERE survey IN {list})"
            )
        };
        self.execute_of(surveys, former).await?;
        let which = if all.is_some() { "" } else { "AND words = TRUE " };
        let text = |list: &str| {
            format!(
                "SELECT id, survey, answered_at, withdrawn_at FROM answers WHERE survey IN {list} {which}ORDER BY id"
            )
        };
        let same: Day<'_> = &|at| at;
        let day = all.unwrap_or(same);
        let changed: Vec<AnswerTimes> = self.rows_of(surveys, text).await?;
        let text = |rows: &str| {
            format!(
                "WITH erased (id, answered_at, withdrawn_at, stored_at) AS (VALUES {rows}) UPDATE answers \
                 SET words = FALSE, answered_at = erased.answered_at, withdrawn_at = erased.withdrawn_at, \
                 stored_at = erased.stored_at, revision = revision + 1 FROM erased WHERE answers.id = erased.id"
            )
        };
        self.insert_rows(&changed, 4, text, |query, answer| {
            query
                .bind(answer.id)
                .bind(day(answer.answered_at))
                .bind(answer.withdrawn_at.map(day))
                .bind(day(now))
        })
        .await?;
        for AnswerTimes { id, survey, .. } in changed {
            self.record(Happening::Erased, Subject::Answer { survey, answer: id }, day(now));
        }
        Ok(())
    }

    /// Reduces the timestamps of these surveys' journal entries, alerts and former answers to days.
    pub async fn cut_surveys_to_days(&mut self, surveys: &[SurveyKey], day: Day<'_>) -> Result<()> {
        for (list, update) in MOMENTS {
            let rows: Vec<Moments> = self.rows_of(surveys, list).await?;
            self.insert_rows(&rows, 3, update, |query, row| {
                query.bind(row.id).bind(day(row.at)).bind(row.also_at.map(day))
            })
            .await?;
        }
        Ok(())
    }

    /// Detaches these surveys from a forgotten person who was asked and answered nothing. The events still belong to
    /// their customer.
    pub async fn forget_who_was_asked(&mut self, surveys: &[SurveyKey], now: Timestamp) -> Result<()> {
        self.empty_messages_of(surveys).await?;
        let text = |rows: &str| {
            format!(
                "WITH asked (id, at) AS (VALUES {rows}) UPDATE surveys SET person = NULL, locale = NULL, \
                 message = NULL, repeat = NULL, repeat_kind = NULL, remind_at = NULL, show_again_at = NULL, \
                 go_on_at = NULL, continue_until = NULL, closing_at = NULL, waits_for = NULL, ended_at = COALESCE(surveys.ended_at, asked.at) \
                 FROM asked WHERE surveys.id = asked.id"
            )
        };
        self.insert_rows(surveys, 2, text, |query, survey| query.bind(*survey).bind(now)).await
    }

    /// Clears which messages of ours showed these surveys.
    async fn empty_messages_of(&mut self, surveys: &[SurveyKey]) -> Result<()> {
        for column in ["message", "repeat"] {
            let text = |list: &str| {
                format!(
                    "UPDATE messages SET chat_id = 0, message_id = NULL \
                     WHERE id IN (SELECT {column} FROM surveys WHERE id IN {list})"
                )
            };
            self.execute_of(surveys, text).await?;
        }
        Ok(())
    }

    /// Detaches these surveys from everybody: removes the person, the chat and the language, and reduces times to days.
    /// Each survey comes with its new ID.
    pub async fn detach_surveys(
        &mut self,
        surveys: &HashMap<SurveyKey, String>,
        day: Day<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let keys: Vec<SurveyKey> = surveys.keys().copied().collect();
        self.empty_messages_of(&keys).await?;
        let text = |list: &str| {
            format!(
                "INSERT INTO erased_recipients (token, recipient) SELECT token, recipient FROM write_backs \
                 WHERE survey IN {list} AND token IS NOT NULL AND recipient IS NOT NULL ON CONFLICT (token) DO NOTHING"
            )
        };
        self.execute_of(&keys, text).await?;
        self.execute_of(&keys, |list| format!("DELETE FROM write_backs WHERE survey IN {list}")).await?;
        let text = |list: &str| {
            format!(
                "SELECT id, due_at, stale_at, sent_at, started_at, completed_at, reminded_at, expires_at, ended_at \
                 FROM surveys WHERE id IN {list}"
            )
        };
        let times: Vec<SurveyTimes> = self.rows_of(&keys, text).await?;
        let text = |rows: &str| {
            format!(
                "WITH erased (id, survey_id, due_at, stale_at, sent_at, started_at, completed_at, reminded_at, \
                 expires_at, ended_at) AS (VALUES {rows}) UPDATE surveys SET person = NULL, locale = NULL, \
                 message = NULL, repeat = NULL, repeat_kind = NULL, remind_at = NULL, show_again_at = NULL, \
                 go_on_at = NULL, continue_until = NULL, closing_at = NULL, waits_for = NULL, survey_id = erased.survey_id, due_at = erased.due_at, stale_at = erased.stale_at, \
                 sent_at = erased.sent_at, started_at = erased.started_at, completed_at = erased.completed_at, \
                 reminded_at = erased.reminded_at, expires_at = erased.expires_at, ended_at = erased.ended_at, \
                 stopped_at = CASE WHEN surveys.state = 'sending' THEN surveys.stopped_at END \
                 FROM erased WHERE surveys.id = erased.id"
            )
        };
        self.insert_rows(&times, 10, text, |query, times| {
            query
                .bind(times.id)
                .bind(surveys.get(&times.id).map(String::as_str))
                .bind(times.due_at.map(day))
                .bind(times.stale_at.map(day))
                .bind(times.sent_at.map(day))
                .bind(times.started_at.map(day))
                .bind(times.completed_at.map(day))
                .bind(times.reminded_at.map(day))
                .bind(times.expires_at.map(day))
                .bind(day(times.ended_at.unwrap_or(now)))
        })
        .await?;
        for key in keys {
            self.record(Happening::Erased, Subject::Survey(key), day(now));
        }
        Ok(())
    }
}
