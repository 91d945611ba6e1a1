//! What is written to other systems because of a survey, and who wants no such messages.

use sqlx::FromRow;

use super::events::read_state;
use super::{Error, Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::{CustomerKey, PersonId, SurveyKey};
use crate::domain::ledger::State;
use crate::domain::time::Timestamp;
use crate::domain::way::Way;

/// The kind of the message that brings the personal link.
pub const LINK: &str = "link";

/// The kind of the note with the answers.
pub const SCORE: &str = "score";

/// A write-back to be stored. It waits.
#[derive(Clone, Debug)]
pub struct NewWriteBack<'a> {
    pub survey: SurveyKey,
    pub kind: &'a str,
    pub way: Way,
    pub host: &'a str,
    pub next_at: Timestamp,
}

/// A survey for which something may be written, with its event and its customer.
#[derive(Clone, Debug, FromRow)]
pub struct WriteBackSurvey {
    pub survey: SurveyKey,
    state: String,
    reason: Option<String>,
    pub script: Option<String>,
    pub test: bool,
    pub occurred_at: Timestamp,
    pub received_at: Timestamp,
    /// The event as stored JSON; empty while its customer is being erased.
    pub body: String,
    pub customer: CustomerKey,
    pub customer_id: String,
    pub time_zone: Option<String>,
    pub language: Option<String>,
    pub person: Option<PersonId>,
    pub opted_out: bool,
    /// The name of the hook through which the event came.
    pub hook: Option<String>,
    /// When a completed survey takes no further words, and since when it takes none.
    pub closing_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// Until when a stopped survey can be continued.
    pub continue_until: Option<Timestamp>,
}

impl WriteBackSurvey {
    pub fn state(&self) -> Result<State> {
        read_state("surveys", self.survey, &self.state, self.reason.as_deref())
    }
}

/// A write-back that waits or is being sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteBack {
    pub survey: SurveyKey,
    pub kind: String,
    pub way: Way,
    pub host: String,
    /// How often it was tried.
    pub attempts: i64,
}

#[derive(FromRow)]
struct Stored {
    survey: SurveyKey,
    kind: String,
    way: String,
    host: String,
    attempts: i64,
}

impl TryFrom<Stored> for WriteBack {
    type Error = Error;

    fn try_from(row: Stored) -> Result<Self> {
        let Stored { survey, kind, way, host, attempts } = row;
        let way = Way::parse(&way).ok_or_else(|| {
            Error::broken("write_backs", format!("survey {survey}: no way is called {way}"))
        })?;
        Ok(Self { survey, kind, way, host, attempts })
    }
}

/// Customers of a hook who wait for a link, and what became of the message that brings it.
#[derive(Clone, Debug, FromRow)]
pub struct HookWaiting {
    pub hook: String,
    /// `None` if there is no message.
    pub state: Option<String>,
    pub reason: Option<String>,
    pub customers: i64,
}

impl HookWaiting {
    /// Whether the message has come, or will.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        matches!(self.state.as_deref(), Some("waiting" | "sending" | "sent"))
    }
}

/// Who got a message.
#[derive(Clone, Debug, FromRow)]
pub struct Recipient {
    /// `None` once the customer is erased.
    pub survey: Option<SurveyKey>,
    /// The keyed hash of the address that it went to.
    pub hash: Option<String>,
}

impl Tx {
    /// Lists these surveys with what a write-back needs.
    pub async fn list_write_back_surveys(&mut self, surveys: &[SurveyKey]) -> Result<Vec<WriteBackSurvey>> {
        let text = |list: &str| {
            format!(
                "SELECT s.id AS survey, s.state, s.reason, s.script, s.test, e.occurred_at, e.received_at, \
                 CASE WHEN c.erasing IS NULL THEN e.body ELSE '{{}}' END AS body, e.customer, c.customer_id, \
                 c.time_zone, c.language, c.person, p.opted_out_at IS NOT NULL AS opted_out, e.hook, \
                 s.closing_at, s.ended_at, s.continue_until FROM surveys s \
                 JOIN events e ON e.id = s.id JOIN customers c ON c.id = e.customer \
                 LEFT JOIN persons p ON p.id = c.person WHERE s.id IN {list} ORDER BY s.id"
            )
        };
        self.rows_of(surveys, text).await
    }

    /// Stores write-backs. One that is there already stays as it is.
    pub async fn insert_write_backs(&mut self, new: &[NewWriteBack<'_>]) -> Result<()> {
        let text = |values: &str| {
            format!(
                "WITH planned (survey, kind, way, host, next_at) AS (VALUES {values}) \
                 INSERT INTO write_backs (survey, kind, way, host, state, next_at) \
                 SELECT survey, kind, way, host, 'waiting', next_at FROM planned WHERE TRUE \
                 ON CONFLICT (survey, kind) DO NOTHING"
            )
        };
        self.insert_rows(new, 5, text, |query, new| {
            query.bind(new.survey).bind(new.kind).bind(new.way.as_str()).bind(new.host).bind(new.next_at)
        })
        .await
    }

    /// Counts for each hook the customers who wait for a link, by what became of the message that brings it, and why.
    pub async fn list_hooks_waiting(&mut self) -> Result<Vec<HookWaiting>> {
        let query = query_as(
            "SELECT e.hook, w.state, w.reason, COUNT(DISTINCT e.customer) AS customers FROM surveys s JOIN events e ON e.id = s.id \
             LEFT JOIN write_backs w ON w.survey = s.id AND w.kind = 'link' \
             WHERE s.state = 'waiting_for_link' AND e.hook IS NOT NULL \
             GROUP BY e.hook, w.state, w.reason ORDER BY e.hook, customers DESC, w.state, w.reason",
        );
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists surveys that wait for a link and have no write-back that brings it, with the times at which they end, in
    /// the order of these.
    pub async fn list_unplanned_links(
        &mut self,
        after: (Timestamp, SurveyKey),
        limit: i64,
    ) -> Result<Vec<(Timestamp, SurveyKey)>> {
        let query = query_as(
            "SELECT s.stale_at, s.id FROM surveys s WHERE s.state = 'waiting_for_link' \
             AND (s.stale_at, s.id) > ($1, $2) \
             AND NOT EXISTS (SELECT 1 FROM write_backs w WHERE w.survey = s.id AND w.kind = 'link') \
             ORDER BY s.stale_at, s.id LIMIT $3",
        )
        .bind(after.0)
        .bind(after.1)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Returns for each host the write-back that is due first.
    pub async fn list_due_write_backs(&mut self, now: Timestamp) -> Result<Vec<WriteBack>> {
        let query = query_as::<Stored>(
            "SELECT w.survey, w.kind, w.way, w.host, w.attempts FROM (SELECT host, MIN(survey) AS survey \
             FROM write_backs WHERE state = 'waiting' AND next_at <= $1 GROUP BY host) f \
             JOIN write_backs w ON w.survey = f.survey AND w.host = f.host AND w.state = 'waiting' \
             AND w.next_at <= $1 ORDER BY w.host, w.kind",
        )
        .bind(now);
        on_engine!(self, fetch_all, query)?.into_iter().map(WriteBack::try_from).collect()
    }

    /// Lists what was being sent when the program that sent it ended.
    pub async fn list_write_backs_under_way(&mut self, limit: i64) -> Result<Vec<WriteBack>> {
        let query = query_as::<Stored>(
            "SELECT survey, kind, way, host, attempts FROM write_backs WHERE state = 'sending' \
             ORDER BY survey LIMIT $1",
        )
        .bind(limit);
        on_engine!(self, fetch_all, query)?.into_iter().map(WriteBack::try_from).collect()
    }

    /// Whether a write-back waits and is due.
    pub async fn is_write_back_due(&mut self, survey: SurveyKey, kind: &str, now: Timestamp) -> Result<bool> {
        let query = query_scalar::<i64>(
            "SELECT COUNT(*) FROM write_backs WHERE survey = $1 AND kind = $2 AND state = 'waiting' AND next_at <= $3",
        )
        .bind(survey)
        .bind(kind)
        .bind(now);
        Ok(on_engine!(self, fetch_one, query)? > 0)
    }

    /// How often a write-back was tried; `None` if it was erased meanwhile.
    pub async fn find_write_back_attempts(&mut self, survey: SurveyKey, kind: &str) -> Result<Option<i64>> {
        let query = query_scalar("SELECT attempts FROM write_backs WHERE survey = $1 AND kind = $2");
        Ok(on_engine!(self, fetch_optional, query.bind(survey).bind(kind))?)
    }

    /// Marks a write-back as being sent.
    pub async fn claim_write_back(
        &mut self,
        survey: SurveyKey,
        kind: &str,
        recipient: Option<&str>,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        let query = query(
            "UPDATE write_backs SET state = 'sending', reason = NULL, attempts = attempts + 1, recipient = $3, \
             token = COALESCE(token, $4), sent_at = $5 WHERE survey = $1 AND kind = $2",
        )
        .bind(survey)
        .bind(kind)
        .bind(recipient)
        .bind(token)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// The token by which the recipient of a write-back unsubscribes, if it has one.
    pub async fn find_write_back_token(&mut self, survey: SurveyKey, kind: &str) -> Result<Option<String>> {
        let query =
            query_scalar::<Option<String>>("SELECT token FROM write_backs WHERE survey = $1 AND kind = $2")
                .bind(survey)
                .bind(kind);
        Ok(on_engine!(self, fetch_optional, query)?.flatten())
    }

    /// Lets a write-back wait until `next_at`. What was begun is known to have had no effect.
    pub async fn put_off_write_back(
        &mut self,
        survey: SurveyKey,
        kind: &str,
        next_at: Timestamp,
        reason: Option<&str>,
    ) -> Result<()> {
        let query = query(
            "UPDATE write_backs SET state = 'waiting', next_at = $3, reason = $4, sent_at = NULL \
             WHERE survey = $1 AND kind = $2",
        )
        .bind(survey)
        .bind(kind)
        .bind(next_at)
        .bind(reason);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Gives a write-back that waits another way, by another server, where nothing was tried yet.
    pub async fn move_write_back(
        &mut self,
        survey: SurveyKey,
        kind: &str,
        way: Way,
        host: &str,
        now: Timestamp,
    ) -> Result<()> {
        let query = query(
            "UPDATE write_backs SET way = $3, host = $4, next_at = $5, attempts = 0, reason = NULL, \
             state = 'waiting', sent_at = NULL WHERE survey = $1 AND kind = $2 AND state IN ('waiting', 'sending')",
        )
        .bind(survey)
        .bind(kind)
        .bind(way.as_str())
        .bind(host)
        .bind(now);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Ends a write-back as `sent`, `skipped` or `failed`. `has_left`: it may have arrived, and counts as a message to the
    /// customer.
    pub async fn end_write_back(
        &mut self,
        survey: SurveyKey,
        kind: &str,
        state: &'static str,
        reason: Option<&str>,
        has_left: bool,
    ) -> Result<()> {
        let query = query(
            "UPDATE write_backs SET state = $3, reason = $4, sent_at = CASE WHEN $5 THEN sent_at END \
             WHERE survey = $1 AND kind = $2",
        )
        .bind(survey)
        .bind(kind)
        .bind(state)
        .bind(reason)
        .bind(has_left);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// How many messages went to customers since `from`.
    pub async fn count_links_sent(&mut self, from: Timestamp) -> Result<i64> {
        let query = query_scalar("SELECT COUNT(*) FROM write_backs WHERE sent_at >= $1 AND kind = 'link'");
        Ok(on_engine!(self, fetch_one, query.bind(from))?)
    }

    /// When a link was last sent to this customer or this address, by any script and by this one.
    pub async fn find_last_links(
        &mut self,
        customer: CustomerKey,
        recipient: &str,
        script: &str,
    ) -> Result<(Option<Timestamp>, Option<Timestamp>)> {
        let query = query_as(
            "SELECT MAX(w.sent_at), MAX(CASE WHEN s.script = $3 THEN w.sent_at END) FROM write_backs w \
             JOIN surveys s ON s.id = w.survey WHERE w.sent_at IS NOT NULL AND w.kind = 'link' \
             AND s.test = FALSE AND (w.recipient = $2 \
             OR w.survey IN (SELECT id FROM events WHERE customer = $1))",
        )
        .bind(customer)
        .bind(recipient)
        .bind(script);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Whether one of these recipients wants no messages.
    pub async fn is_any_unsubscribed(&mut self, recipients: &[String]) -> Result<bool> {
        let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
        let text = |list: &str| format!("SELECT recipient FROM unsubscribed WHERE recipient IN {list}");
        let rows: Vec<(String,)> = self.rows_of(&recipients, text).await?;
        Ok(!rows.is_empty())
    }

    /// Finds who got the message with this token.
    pub async fn find_recipient(&mut self, token: &str) -> Result<Option<Recipient>> {
        let query = query_as(
            "SELECT survey, recipient AS hash FROM write_backs WHERE token = $1 UNION ALL \
             SELECT NULL AS survey, recipient AS hash FROM erased_recipients WHERE token = $1",
        )
        .bind(token);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Notes that these recipients want no messages.
    pub async fn unsubscribe(&mut self, recipients: &[String], now: Timestamp) -> Result<()> {
        for recipient in recipients {
            let query = query(
                "INSERT INTO unsubscribed (recipient, at) VALUES ($1, $2) ON CONFLICT (recipient) DO NOTHING",
            )
            .bind(recipient)
            .bind(now);
            on_engine!(self, execute, query)?;
        }
        Ok(())
    }
}
