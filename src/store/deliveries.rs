//! What hooks received, and what became of it.

use sqlx::FromRow;

use super::{Result, Tx, on_engine, query, query_as, query_scalar};
use crate::domain::ids::{ChatId, MessageId, MessageKey};
use crate::domain::time::Timestamp;

/// A delivery to be stored.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    pub hook: i64,
    pub received_at: Timestamp,
    /// As JSON.
    pub headers: String,
    /// As JSON.
    pub query: String,
    /// In base64.
    pub body: String,
}

impl NewDelivery {
    /// What it counts towards the bound of what waits.
    #[must_use]
    pub fn bytes(&self) -> i64 {
        i64::try_from(self.body.len()).unwrap_or(i64::MAX)
    }
}

/// A stored delivery.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DeliveryRow {
    pub id: i64,
    pub hook: i64,
    pub received_at: Timestamp,
    pub headers: String,
    pub query: String,
    pub body: String,
    pub state: String,
    pub reason: Option<String>,
    pub event_id: Option<String>,
    pub customer: Option<String>,
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    pub state: &'static str,
    pub reason: Option<String>,
    pub event_id: Option<String>,
    pub customer: Option<String>,
    pub delivery_id: Option<String>,
}

/// A delivery with the name that its system gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named<'a> {
    pub id: i64,
    pub hook: i64,
    pub delivery_id: &'a str,
    /// Deliveries from before that are forgotten.
    pub since: Timestamp,
}

/// What became of one element of a delivery that holds several.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DeliveryPart {
    /// From 1.
    pub part: i64,
    pub state: String,
    pub reason: Option<String>,
    pub event_id: Option<String>,
    pub customer: Option<String>,
}

/// A message in which a delivery is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct DeliveryMessage {
    pub message: MessageKey,
    pub chat_id: ChatId,
}

const COLUMNS: &str = "id, hook, received_at, headers, query, body, state, reason, event_id, customer";
/// The largest body, in base64, that is kept once its delivery was mapped: 64 KiB.
const KEPT_BODY: i64 = 87_384;

impl Tx {
    /// Stores deliveries. Their keys follow the order given.
    pub async fn insert_deliveries(&mut self, deliveries: &[NewDelivery]) -> Result<()> {
        let text = |values: &str| {
            format!(
                "INSERT INTO deliveries (hook, received_at, headers, query, body, bytes, state) VALUES {values}"
            )
        };
        self.insert_rows(deliveries, 7, text, |query, new| {
            query
                .bind(new.hook)
                .bind(new.received_at)
                .bind(&new.headers)
                .bind(&new.query)
                .bind(&new.body)
                .bind(new.bytes())
                .bind("received")
        })
        .await
    }

    /// Lists the oldest deliveries that have not been mapped yet: at most `limit`, and no more after so many `bytes` of
    /// bodies in base64.
    pub async fn list_received(&mut self, limit: i64, bytes: i64) -> Result<Vec<DeliveryRow>> {
        let text = format!(
            "SELECT {COLUMNS} FROM deliveries WHERE id IN (SELECT id FROM \
             (SELECT id, SUM(bytes) OVER (ORDER BY id) - bytes AS before FROM (SELECT id, bytes FROM deliveries \
             WHERE state = 'received' ORDER BY id LIMIT $1) oldest) counted WHERE before < $2) ORDER BY id"
        );
        let query = query_as::<DeliveryRow>(sqlx::AssertSqlSafe(text)).bind(limit).bind(bytes);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Which of the deliveries from one key to another have not been mapped yet.
    pub async fn list_still_received(&mut self, first: i64, last: i64) -> Result<Vec<i64>> {
        let query = query_scalar::<i64>(
            "SELECT id FROM deliveries WHERE state = 'received' AND id >= $1 AND id <= $2 ORDER BY id",
        )
        .bind(first)
        .bind(last);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// How many bytes of a hook's deliveries wait to be mapped, in base64.
    pub async fn count_waiting_bytes(&mut self, hook: i64) -> Result<i64> {
        let query = query_scalar::<i64>(
            "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM deliveries WHERE hook = $1 AND state = 'received'",
        )
        .bind(hook);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// How many of a hook's newest deliveries were mapped, at most `newest` of them, and how many of these failed.
    pub async fn count_failed(&mut self, hook: i64, newest: i64) -> Result<(i64, i64)> {
        let query = query_as(
            "SELECT COUNT(*), COUNT(CASE WHEN state = 'failed' THEN 1 END) FROM (SELECT state FROM deliveries \
             WHERE hook = $1 AND state <> 'received' ORDER BY id DESC LIMIT $2) newest",
        )
        .bind(hook)
        .bind(newest);
        Ok(on_engine!(self, fetch_one, query)?)
    }

    /// Replaces what is noted about a delivery's elements.
    pub async fn set_delivery_parts(&mut self, delivery: i64, parts: &[DeliveryPart]) -> Result<()> {
        on_engine!(self, execute, query("DELETE FROM delivery_parts WHERE delivery = $1").bind(delivery))?;
        let text = |values: &str| {
            format!(
                "INSERT INTO delivery_parts (delivery, part, state, reason, event_id, customer) VALUES {values}"
            )
        };
        self.insert_rows(parts, 6, text, |query, part| {
            query
                .bind(delivery)
                .bind(part.part)
                .bind(&part.state)
                .bind(&part.reason)
                .bind(&part.event_id)
                .bind(&part.customer)
        })
        .await
    }

    /// What became of a delivery's elements; empty if it is about one thing only.
    pub async fn list_delivery_parts(&mut self, delivery: i64) -> Result<Vec<DeliveryPart>> {
        let query = query_as::<DeliveryPart>(
            "SELECT part, state, reason, event_id, customer FROM delivery_parts WHERE delivery = $1 ORDER BY part",
        )
        .bind(delivery);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Notes whom a delivery was about by a mapping before.
    pub async fn note_former_customers(&mut self, delivery: i64, customers: &[String]) -> Result<()> {
        let text = |values: &str| {
            format!(
                "INSERT INTO delivery_former_customers (delivery, customer) VALUES {values} ON CONFLICT DO NOTHING"
            )
        };
        self.insert_rows(customers, 2, text, |query, customer| query.bind(delivery).bind(customer)).await
    }

    async fn forget_former_customers(&mut self, delivery: i64) -> Result<()> {
        let query = query("DELETE FROM delivery_former_customers WHERE delivery = $1").bind(delivery);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    pub async fn find_delivery(&mut self, id: i64) -> Result<Option<DeliveryRow>> {
        let text = format!("SELECT {COLUMNS} FROM deliveries WHERE id = $1");
        let query = query_as::<DeliveryRow>(sqlx::AssertSqlSafe(text)).bind(id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists a hook's newest deliveries, the newest first.
    pub async fn list_deliveries(&mut self, hook: i64, limit: i64) -> Result<Vec<DeliveryRow>> {
        let text = format!("SELECT {COLUMNS} FROM deliveries WHERE hook = $1 ORDER BY id DESC LIMIT $2");
        let query = query_as::<DeliveryRow>(sqlx::AssertSqlSafe(text)).bind(hook).bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Notes what became of deliveries. If a body is too large for the log, what its delivery held goes.
    pub async fn settle_deliveries(&mut self, settled: &[(i64, Settled)]) -> Result<()> {
        let text = |values: &str| {
            format!(
                "WITH settled (id, state, reason, event_id, customer, delivery_id) AS (VALUES {values}) \
                 UPDATE deliveries SET state = settled.state, reason = settled.reason, event_id = settled.event_id, \
                 customer = settled.customer, delivery_id = settled.delivery_id, \
                 headers = CASE WHEN LENGTH(body) > {KEPT_BODY} THEN '' ELSE headers END, \
                 query = CASE WHEN LENGTH(body) > {KEPT_BODY} THEN '' ELSE query END, \
                 body = CASE WHEN LENGTH(body) > {KEPT_BODY} THEN '' ELSE body END \
                 FROM settled WHERE deliveries.id = settled.id"
            )
        };
        self.insert_rows(settled, 6, text, |query, (id, settled)| {
            query
                .bind(*id)
                .bind(settled.state)
                .bind(&settled.reason)
                .bind(&settled.event_id)
                .bind(&settled.customer)
                .bind(&settled.delivery_id)
        })
        .await
    }

    /// Puts a delivery back among those that wait to be mapped. Returns false if what it held is gone.
    pub async fn requeue_delivery(&mut self, id: i64) -> Result<bool> {
        let query = query(
            "UPDATE deliveries SET state = 'received', delivery_id = NULL WHERE id = $1 AND headers <> ''",
        )
        .bind(id);
        Ok(on_engine!(self, execute, query)? == 1)
    }

    /// Which of these deliveries the system sent before, so that something became of them. What was only watched became
    /// nothing.
    pub async fn list_repeats(&mut self, named: &[Named<'_>]) -> Result<Vec<i64>> {
        let text = |values: &str| {
            format!(
                "WITH named (id, hook, delivery_id, since) AS (VALUES {values}) SELECT named.id FROM named \
                 WHERE EXISTS (SELECT 1 FROM deliveries d WHERE d.hook = named.hook \
                 AND d.delivery_id = named.delivery_id AND d.id < named.id AND d.received_at >= named.since \
                 AND d.state NOT IN ('failed', 'watched'))"
            )
        };
        let found: Vec<(i64,)> = self
            .rows_of_each(named, 4, text, |query, named| {
                query.bind(named.id).bind(named.hook).bind(named.delivery_id).bind(named.since)
            })
            .await?;
        Ok(found.into_iter().map(|(id,)| id).collect())
    }

    /// The kinds of the newest events about subjects that came through hooks, with the hook's name and the subject.
    pub async fn list_last_kinds(
        &mut self,
        subjects: &[(&str, &str)],
    ) -> Result<Vec<(String, String, String)>> {
        let text = |values: &str| {
            format!(
                "WITH asked (hook, subject_id) AS (VALUES {values}) SELECT e.hook, e.subject_id, e.kind \
                 FROM asked JOIN events e ON e.id = (SELECT n.id FROM events n WHERE n.hook = asked.hook \
                 AND n.subject_id = asked.subject_id ORDER BY n.id DESC LIMIT 1)"
            )
        };
        self.rows_of_each(subjects, 2, text, |query, (hook, subject)| query.bind(*hook).bind(*subject)).await
    }

    /// The stored text of an event, unless it was erased.
    pub async fn find_delivered_event_body(&mut self, event_id: &str) -> Result<Option<String>> {
        let query = query_scalar::<String>(
            "SELECT e.body FROM events e JOIN customers c ON c.id = e.customer \
             WHERE e.event_id = $1 AND c.erasing IS NULL AND e.body <> '{}'",
        )
        .bind(event_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists the deliveries that are about one customer.
    pub async fn list_deliveries_of(&mut self, customer: &str) -> Result<Vec<i64>> {
        let query = query_scalar::<i64>(
            "SELECT id FROM deliveries WHERE customer = $1 \
             UNION SELECT delivery FROM delivery_parts WHERE customer = $1 \
             UNION SELECT delivery FROM delivery_former_customers WHERE customer = $1",
        )
        .bind(customer);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists deliveries that are older than the log keeps. One that was not mapped yet is not among them.
    pub async fn list_old_deliveries(&mut self, before: Timestamp, limit: i64) -> Result<Vec<i64>> {
        let query = query_scalar::<i64>(
            "SELECT id FROM deliveries WHERE received_at < $1 AND state <> 'received' ORDER BY received_at LIMIT $2",
        )
        .bind(before)
        .bind(limit);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists deliveries that still hold something though a hook has `kept` newer ones that do.
    pub async fn list_deliveries_beyond(&mut self, hook: i64, kept: i64, limit: i64) -> Result<Vec<i64>> {
        let query = query_scalar::<i64>(
            "SELECT id FROM deliveries WHERE hook = $1 AND headers <> '' AND state <> 'received' \
             ORDER BY id DESC LIMIT $2 OFFSET $3",
        )
        .bind(hook)
        .bind(limit)
        .bind(kept);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Forgets what a delivery held. Its outcome stays, and whom it is about, so that erasing them finds it.
    pub async fn empty_delivery(&mut self, id: i64) -> Result<()> {
        let query = query(
            "UPDATE deliveries SET headers = '', query = '', body = '', \
             state = CASE WHEN state = 'received' THEN 'failed' ELSE state END WHERE id = $1",
        )
        .bind(id);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// Forgets whom a delivery is about, which event it became, and how the system named it.
    pub async fn forget_delivery_event(&mut self, id: i64) -> Result<()> {
        let query = query(
            "UPDATE deliveries SET customer = NULL, event_id = NULL, delivery_id = NULL, reason = NULL WHERE id = $1",
        );
        on_engine!(self, execute, query.bind(id))?;
        self.forget_former_customers(id).await?;
        self.set_delivery_parts(id, &[]).await
    }

    pub async fn delete_delivery(&mut self, id: i64) -> Result<()> {
        self.set_delivery_parts(id, &[]).await?;
        self.forget_former_customers(id).await?;
        on_engine!(self, execute, query("DELETE FROM deliveries WHERE id = $1").bind(id))?;
        Ok(())
    }

    /// Notes that a message shows a delivery.
    pub async fn insert_delivery_message(
        &mut self,
        delivery: i64,
        message: MessageKey,
        chat_id: ChatId,
    ) -> Result<()> {
        let query = query(
            "INSERT INTO delivery_messages (message, delivery, chat_id) VALUES ($1, $2, $3) \
             ON CONFLICT (message) DO UPDATE SET delivery = excluded.delivery",
        )
        .bind(message)
        .bind(delivery)
        .bind(chat_id);
        on_engine!(self, execute, query)?;
        Ok(())
    }

    /// A message shows something else from now on.
    pub async fn forget_deliveries_shown(&mut self, chat_id: ChatId, message_id: MessageId) -> Result<()> {
        let query = query(
            "DELETE FROM delivery_messages WHERE message IN \
             (SELECT id FROM messages WHERE chat_id = $1 AND message_id = $2)",
        );
        on_engine!(self, execute, query.bind(chat_id).bind(message_id))?;
        Ok(())
    }

    /// Forgets in which messages a delivery is shown, and returns them.
    pub async fn take_delivery_messages(&mut self, delivery: i64) -> Result<Vec<DeliveryMessage>> {
        let query = query_as::<DeliveryMessage>(
            "DELETE FROM delivery_messages WHERE delivery = $1 RETURNING message, chat_id",
        )
        .bind(delivery);
        Ok(on_engine!(self, fetch_all, query)?)
    }
}
