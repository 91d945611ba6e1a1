//! A survey's present step shown once more in a new message: when that is due, and what becomes of the message.

use sqlx::FromRow;

use super::{Error, Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::scale::written;
use crate::domain::time::Timestamp;

written! {
    /// Why a step is shown once more. `Late` is one that the customer was faster than, while it was on its way.
    Kind { Reminder = "reminder", Silence = "silence", Late = "late" }
}

#[derive(FromRow)]
struct Due {
    id: i64,
    kind: String,
}

fn parse(kind: &str) -> Result<Kind> {
    kind.parse().map_err(|problem| Error::broken("surveys", format!("repeat_kind: {problem}")))
}

impl Tx {
    /// Surveys to be shown once more, and why. One for which both hold comes twice, as a reminder first.
    pub async fn list_due_repeats(&mut self, now: Timestamp, limit: i64) -> Result<Vec<(i64, Kind)>> {
        let query = query_as::<Due>(
            "SELECT id, 'reminder' AS kind FROM surveys WHERE remind_at <= $1 \
             UNION ALL SELECT id, 'silence' AS kind FROM surveys WHERE show_again_at <= $1 LIMIT $2",
        )
        .bind(now)
        .bind(limit);
        let due = on_engine!(self, fetch_all, query)?;
        due.into_iter().map(|due| Ok((due.id, parse(&due.kind)?))).collect()
    }

    /// When to remind; `None` for never.
    pub async fn set_remind_at(&mut self, survey: i64, at: Option<Timestamp>) -> Result<()> {
        let query = query("UPDATE surveys SET remind_at = $2 WHERE id = $1").bind(survey).bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn set_show_again_at(&mut self, survey: i64, at: Option<Timestamp>) -> Result<()> {
        let query = query("UPDATE surveys SET show_again_at = $2 WHERE id = $1").bind(survey).bind(at);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Whatever was open in a silence is to be shown again at `at`. How many there are.
    pub async fn show_open_surveys_again(&mut self, now: Timestamp, at: Timestamp) -> Result<u64> {
        let query = query(
            "UPDATE surveys SET show_again_at = $2 WHERE state IN ('sent', 'started') AND expires_at > $1 \
             AND ended_at IS NULL AND repeat IS NULL",
        )
        .bind(now)
        .bind(at);
        Ok(on_engine!(self, execute, query)?)
    }

    /// The step is on its way once more, in this message. A reminder also serves whoever a silence concerned.
    pub async fn claim_repeat(
        &mut self,
        survey: i64,
        kind: Kind,
        message: i64,
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
        Ok(())
    }

    /// Why this message repeats this survey's step, if that is what it does.
    pub async fn find_repeat(&mut self, survey: i64, message: i64) -> Result<Option<Kind>> {
        let query = query_scalar::<String>("SELECT repeat_kind FROM surveys WHERE id = $1 AND repeat = $2")
            .bind(survey)
            .bind(message);
        on_engine!(self, fetch_optional, query)?.map(|kind| parse(&kind)).transpose()
    }

    /// The survey goes on in the repeated message.
    pub async fn adopt_repeat(&mut self, survey: i64) -> Result<()> {
        let query =
            query("UPDATE surveys SET message = repeat, repeat = NULL, repeat_kind = NULL WHERE id = $1")
                .bind(survey);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn drop_repeat(&mut self, survey: i64) -> Result<()> {
        let query = query("UPDATE surveys SET repeat = NULL, repeat_kind = NULL WHERE id = $1").bind(survey);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// The customer went on while the message was on its way.
    pub async fn set_repeat_late(&mut self, survey: i64) -> Result<()> {
        let query = query("UPDATE surveys SET repeat_kind = 'late' WHERE id = $1").bind(survey);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// A reminder that did not go out does not count.
    pub async fn forget_reminder(&mut self, survey: i64) -> Result<()> {
        let query = query("UPDATE surveys SET reminded_at = NULL WHERE id = $1").bind(survey);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Repeated steps that the sender has not made its calls for yet.
    pub async fn count_waiting_repeats(&mut self) -> Result<i64> {
        self.write_outgoing().await?;
        let query = query_scalar::<i64>("SELECT COUNT(*) FROM outbox WHERE lane = 2 AND first = FALSE");
        Ok(on_engine!(self, fetch_one, query)?)
    }
}
