//! Shows a survey's current step again in a new message: when that is due, and what happens to the message.

use std::time::Duration;

use sqlx::FromRow;

use super::segments::Unrecorded;
use super::{Error, Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::{MessageKey, SurveyKey};
use crate::domain::scale::written;
use crate::domain::time::Timestamp;

written! {
    /// Why a step is shown again. `Shown` covers everything that is not a reminder: after a silence of ours, or to
    /// somebody who comes back. `Late` means that the customer went on while the message was on its way.
    Kind { Reminder = "reminder", Shown = "silence", Late = "late" }
}

#[derive(FromRow)]
struct Due {
    id: SurveyKey,
    kind: String,
}

fn parse(kind: &str) -> Result<Kind> {
    kind.parse().map_err(|problem| Error::broken("surveys", format!("repeat_kind: {problem}")))
}

impl Tx {
    /// Lists the surveys to be shown again, and why. A survey with both reasons is listed twice, first as a reminder.
    pub async fn list_due_repeats(&mut self, now: Timestamp, limit: i64) -> Result<Vec<(SurveyKey, Kind)>> {
        let query = query_as::<Due>(
            "SELECT id, 'reminder' AS kind FROM surveys WHERE remind_at <= $1 \
             UNION ALL SELECT id, 'silence' AS kind FROM surveys WHERE show_again_at <= $1 LIMIT $2",
        )
        .bind(now)
        .bind(limit);
        let due = on_engine!(self, fetch_all, query)?;
        due.into_iter().map(|due| Ok((due.id, parse(&due.kind)?))).collect()
    }

    /// Sets when to send a reminder; `None` means never.
    pub async fn set_remind_at(&mut self, survey: SurveyKey, at: Option<Timestamp>) -> Result<()> {
        let query = query("UPDATE surveys SET remind_at = $2 WHERE id = $1").bind(survey).bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn set_show_again_at(&mut self, survey: SurveyKey, at: Option<Timestamp>) -> Result<()> {
        let query = query("UPDATE surveys SET show_again_at = $2 WHERE id = $1").bind(survey).bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Notes that a silence of ours has ended, so that the surveys open at that time are shown again bit by bit.
    pub async fn begin_showing_again(&mut self, now: Timestamp) -> Result<()> {
        self.set_showing_again(now.millis(), 0).await
    }

    /// Takes the next surveys, about `limit`, that were open during a silence, in the order in which they expire, and
    /// schedules them to be shown again `after` its end. Surveys that were answered since then are left alone. Returns
    /// `None` when none are left.
    pub async fn show_open_surveys_again(
        &mut self,
        now: Timestamp,
        after: Duration,
        limit: i64,
    ) -> Result<Option<u64>> {
        let silence = query_as::<(i64, i64)>(
            "SELECT (SELECT value FROM counters WHERE name = 'silence_ended_at'), \
             (SELECT value FROM counters WHERE name = 'silence_done_up_to')",
        );
        let (ended_at, done_up_to) = on_engine!(self, fetch_one, silence)?;
        if ended_at == 0 {
            return Ok(None);
        }
        let from = Timestamp::from_millis(done_up_to).max(now);
        let next = query_scalar::<Option<Timestamp>>(
            "SELECT MAX(expires_at) FROM (SELECT expires_at FROM surveys WHERE state IN ('sent', 'started') \
             AND expires_at > $1 ORDER BY expires_at LIMIT $2) AS next",
        )
        .bind(from)
        .bind(limit);
        let Some(up_to) = on_engine!(self, fetch_one, next)? else {
            self.set_showing_again(0, 0).await?;
            return Ok(None);
        };
        let ended_at = Timestamp::from_millis(ended_at);
        let show = query(
            "UPDATE surveys SET show_again_at = $1 WHERE state IN ('sent', 'started') AND expires_at > $2 \
             AND expires_at <= $3 AND ended_at IS NULL AND repeat IS NULL AND sent_at <= $4 \
             AND NOT EXISTS (SELECT 1 FROM answers a WHERE a.survey = surveys.id AND a.stored_at >= $4)",
        )
        .bind(ended_at.plus(after))
        .bind(from)
        .bind(up_to)
        .bind(ended_at);
        let shown = on_engine!(self, execute, show)?;
        self.set_showing_again(ended_at.millis(), up_to.millis()).await?;
        Ok(Some(shown))
    }

    async fn set_showing_again(&mut self, ended_at: i64, done_up_to: i64) -> Result<()> {
        let query = query(
            "UPDATE counters SET value = CASE name WHEN 'silence_ended_at' THEN $1 ELSE $2 END \
             WHERE name IN ('silence_ended_at', 'silence_done_up_to')",
        )
        .bind(ended_at)
        .bind(done_up_to);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Notes that the step is being shown again in this message. A reminder also counts as showing the step again after
    /// a silence.
    pub async fn claim_repeat(
        &mut self,
        survey: SurveyKey,
        kind: Kind,
        message: MessageKey,
        now: Timestamp,
    ) -> Result<()> {
        let reminded_at = (kind == Kind::Reminder).then_some(now);
        let query = query(
            "UPDATE surveys SET repeat = $2, repeat_kind = $3, show_again_at = NULL, \
             remind_at = CASE WHEN $3 = 'reminder' THEN NULL ELSE remind_at END, \
             reminded_at = COALESCE($4, reminded_at) WHERE id = $1",
        )
        .bind(survey)
        .bind(message)
        .bind(kind.as_str())
        .bind(reminded_at);
        on_engine!(self, execute, query)?;
        if kind == Kind::Reminder {
            self.mark_counted(survey, Unrecorded::Reminded).await?;
        }
        Ok(())
    }

    /// If this message repeats this survey's step, returns why.
    pub async fn find_repeat(&mut self, survey: SurveyKey, message: MessageKey) -> Result<Option<Kind>> {
        let query = query_scalar::<String>("SELECT repeat_kind FROM surveys WHERE id = $1 AND repeat = $2")
            .bind(survey)
            .bind(message);
        on_engine!(self, fetch_optional, query)?.map(|kind| parse(&kind)).transpose()
    }

    /// Makes the repeated message the one in which the survey continues.
    pub async fn adopt_repeat(&mut self, survey: SurveyKey) -> Result<()> {
        let query =
            query("UPDATE surveys SET message = repeat, repeat = NULL, repeat_kind = NULL WHERE id = $1")
                .bind(survey);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn drop_repeat(&mut self, survey: SurveyKey) -> Result<()> {
        let query = query("UPDATE surveys SET repeat = NULL, repeat_kind = NULL WHERE id = $1").bind(survey);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Notes that the customer went on while the message was on its way.
    pub async fn set_repeat_late(&mut self, survey: SurveyKey) -> Result<()> {
        let query = query("UPDATE surveys SET repeat_kind = 'late' WHERE id = $1").bind(survey);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Clears the time of a reminder that was not sent.
    pub async fn forget_reminder(&mut self, survey: SurveyKey) -> Result<()> {
        let query = query("UPDATE surveys SET reminded_at = NULL WHERE id = $1").bind(survey);
        on_engine!(self, execute, query)?;
        self.mark_counted(survey, Unrecorded::Reminded).await
    }

    /// Whether any step is due to be shown again.
    pub async fn is_any_repeat_due(&mut self, now: Timestamp) -> Result<bool> {
        let query = query_scalar(
            "SELECT EXISTS (SELECT 1 FROM surveys WHERE remind_at <= $1) \
             OR EXISTS (SELECT 1 FROM surveys WHERE show_again_at <= $1)",
        )
        .bind(now);
        Ok(on_engine!(self, fetch_one, query)?)
    }
}
