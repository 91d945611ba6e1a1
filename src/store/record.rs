//! Everything that is stored about one customer, in the form in which the program hands it out. It is read for some of
//! their events at a time.

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::{Result, Tx, on_engine, query_as, query_scalar};
use crate::domain::described::{BandWord, PartWord, ReasonWord, StateWord};
use crate::domain::ids::{ChatId, CustomerKey, EventKey, MessageId, PersonId, SurveyKey, TopicId};
use crate::domain::time::Timestamp;

/// Defines structs that are read from a table and written as JSON with all their fields.
macro_rules! records {
    ($($(#[$doc:meta])* $name:ident { $($(#[$meta:meta])* $field:ident: $type:ty),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, FromRow, Serialize, ToSchema)]
        pub struct $name { $($(#[$meta])* #[schema(required)] pub $field: $type),+ }
    )+};
}

records! {
    CustomerRecord {
        #[serde(skip)] id: CustomerKey,
        customer_id: String,
        name: Option<String>,
        language: Option<String>,
        time_zone: Option<String>,
        phone: Option<String>,
        linked_by: Option<String>,
        linked_at: Option<Timestamp>,
    }
    /// A Telegram user who is or was the customer.
    PersonRecord {
        telegram_id: PersonId,
        first_name: Option<String>,
        language_code: Option<String>,
        chosen_language: Option<String>,
        started_at: Option<Timestamp>,
        opted_out_at: Option<Timestamp>,
        unreachable: Option<String>,
        unreachable_at: Option<Timestamp>,
        phone: Option<String>,
        phone_consent_at: Option<Timestamp>,
        phone_asked_at: Option<Timestamp>,
        last_sent_at: Option<Timestamp>,
    }
    LinkRecord {
        /// null for a key with the scope read: it may not make links, and a link makes its finder the customer.
        token: Option<String>,
        created_at: Timestamp,
        expires_at: Timestamp,
        telegram_id: Option<PersonId>,
        bound_at: Option<Timestamp>,
    }
    EventRecord {
        #[serde(skip)] id: EventKey,
        #[serde(skip)] customer: CustomerKey,
        event_id: String,
        received_at: Timestamp,
        /// The event as JSON.
        #[serde(skip)] body: String,
    }
    SurveyRecord {
        #[serde(skip)] survey: SurveyKey,
        survey_id: String,
        test: bool,
        script: Option<String>,
        script_version: Option<i64>,
        #[schema(value_type = StateWord)] state: String,
        #[schema(value_type = Option<ReasonWord>)] reason: Option<String>,
        telegram_id: Option<PersonId>,
        locale: Option<String>,
        due_at: Option<Timestamp>,
        sent_at: Option<Timestamp>,
        started_at: Option<Timestamp>,
        completed_at: Option<Timestamp>,
        reminded_at: Option<Timestamp>,
        expires_at: Option<Timestamp>,
        ended_at: Option<Timestamp>,
    }
    /// An answer as it stands, or as it was before it was changed. Words stand in the messages, and as they stand here.
    AnswerRecord {
        #[serde(skip)] survey: SurveyKey,
        question: String,
        #[schema(value_type = PartWord)] part: String,
        value: Option<i64>,
        /// Keys joined by |.
        options: String,
        #[sqlx(default)] text: Option<String>,
        #[serde(skip)] words: bool,
        #[schema(value_type = Option<BandWord>)] band: Option<String>,
        revision: i64,
        answered_at: Timestamp,
        withdrawn_at: Option<Timestamp>,
        current: bool,
    }
    /// A message of the customer that belongs to an answer.
    MessageRecord {
        #[serde(skip)] survey: SurveyKey,
        telegram_id: PersonId,
        message_id: MessageId,
        question: String,
        #[schema(value_type = PartWord)] part: String,
        text: Option<String>,
        kind: Option<String>,
        file_id: Option<String>,
        file_size: Option<i64>,
        duration_s: Option<i64>,
        media_group: Option<String>,
        replaced: bool,
    }
    /// What a message said before it was edited, and up to which revision of the answer; of very many edits the first text
    /// and the last ones. Without a message ID: the whole of a comment, from an earlier version of the program.
    FormerRecord {
        #[serde(skip)] survey: SurveyKey,
        question: String,
        #[schema(value_type = PartWord)] part: String,
        message_id: Option<MessageId>,
        revision: i64,
        text: String,
    }
    /// Where the leads were told.
    AlertRecord {
        #[serde(skip)] survey: SurveyKey,
        chat_id: Option<ChatId>,
        topic: TopicId,
        created_at: Timestamp,
    }
    /// When the customer asked for a human.
    RequestRecord {
        #[serde(skip)] id: i64,
        telegram_id: PersonId,
        asked_at: Timestamp,
        listens_until: Timestamp,
        heard_at: Option<Timestamp>,
        told_at: Option<Timestamp>,
    }
    /// What waits to be sent.
    WaitingRecord {
        #[serde(skip)] survey: SurveyKey,
        chat_id: ChatId,
        method: String,
        payload: String,
        created_at: Timestamp,
    }
}

/// Defines queries that list rows for several surveys at once, in the order given within each survey.
macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident: $record:ident = $text:literal;)+) => {$(
        $(#[$doc])*
        pub async fn $name(&mut self, surveys: &[SurveyKey]) -> Result<Vec<$record>> {
            self.rows_of(surveys, |list| format!($text, list = list)).await
        }
    )+};
}

impl Tx {
    pub async fn find_customer_record(&mut self, customer_id: &str) -> Result<Option<CustomerRecord>> {
        let query = query_as(
            "SELECT id, customer_id, name, language, time_zone, phone, linked_by, linked_at FROM customers \
             WHERE customer_id = $1 AND customer_id <> '' AND erasing IS NULL",
        )
        .bind(customer_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    /// Lists the persons who are or were the customer, who tapped one of the customer's links, or who were asked about
    /// one of the customer's events.
    pub async fn list_person_records(&mut self, customer: CustomerKey) -> Result<Vec<PersonRecord>> {
        let query = query_as(
            "SELECT id AS telegram_id, first_name, language_code, chosen_language, started_at, opted_out_at, \
             unreachable, unreachable_at, phone, phone_consent_at, phone_asked_at, last_sent_at FROM persons WHERE id IN \
             (SELECT person FROM customers WHERE id = $1 UNION SELECT former_person FROM customers WHERE id = $1 \
             UNION SELECT person FROM links WHERE customer = $1 \
             UNION SELECT s.person FROM surveys s JOIN events e ON e.id = s.id WHERE e.customer = $1) ORDER BY id",
        )
        .bind(customer);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    pub async fn list_link_records(&mut self, customer: CustomerKey) -> Result<Vec<LinkRecord>> {
        let query = query_as(
            "SELECT token, created_at, expires_at, person AS telegram_id, bound_at FROM links \
             WHERE customer = $1 ORDER BY id",
        )
        .bind(customer);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the requests of one person.
    pub async fn list_request_records(&mut self, person: PersonId) -> Result<Vec<RequestRecord>> {
        let query = query_as(
            "SELECT id, person AS telegram_id, asked_at, listens_until, heard_at, told_at FROM human_requests \
             WHERE person = $1 ORDER BY id",
        )
        .bind(person);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Lists the keys of a customer's events, oldest first.
    pub async fn list_event_keys(&mut self, customer: CustomerKey) -> Result<Vec<EventKey>> {
        let query = query_scalar("SELECT id FROM events WHERE customer = $1 ORDER BY id").bind(customer);
        Ok(on_engine!(self, fetch_all, query)?)
    }

    /// Returns those of these events that still belong to the customer. Some may have been erased since their keys were
    /// read.
    pub async fn list_event_records(
        &mut self,
        customer: CustomerKey,
        events: &[EventKey],
    ) -> Result<Vec<EventRecord>> {
        let text = |list: &str| {
            format!(
                "SELECT e.id, e.event_id, e.received_at, e.body, e.customer FROM events e \
                 JOIN customers c ON c.id = e.customer AND c.erasing IS NULL WHERE e.id IN {list} ORDER BY e.id"
            )
        };
        let mut rows: Vec<EventRecord> = self.rows_of(events, text).await?;
        rows.retain(|row| row.customer == customer);
        Ok(rows)
    }

    lists! {
        list_survey_records: SurveyRecord =
            "SELECT id AS survey, survey_id, test, script, script_version, state, reason, person AS telegram_id, \
             locale, due_at, sent_at, started_at, completed_at, reminded_at, expires_at, ended_at FROM surveys \
             WHERE id IN {list}";
        list_answer_records: AnswerRecord =
            "SELECT survey, question, part, value, options, words, band, revision, answered_at, withdrawn_at, \
             TRUE AS current FROM answers WHERE survey IN {list}";
        list_history_records: AnswerRecord =
            "SELECT a.survey, a.question, a.part, h.value, h.options, FALSE AS words, h.band, h.revision, \
             h.answered_at, h.withdrawn_at, FALSE AS current FROM answer_history h \
             JOIN answers a ON a.id = h.answer WHERE a.survey IN {list}";
        list_message_records: MessageRecord =
            "SELECT survey, person AS telegram_id, message_id, question, part, text, kind, file_id, file_size, \
             duration_s, media_group, replaced FROM comment_messages WHERE survey IN {list} ORDER BY message_id";
        list_former_records: FormerRecord =
            "SELECT a.survey, a.question, a.part, f.message_id, f.revision, f.text FROM former_words f \
             JOIN answers a ON a.id = f.answer WHERE a.survey IN {list} ORDER BY f.id";
        list_alert_records: AlertRecord =
            "SELECT survey, chat_id, thread_id AS topic, created_at FROM alerts WHERE survey IN {list} ORDER BY id";
        list_waiting_records: WaitingRecord =
            "SELECT COALESCE(o.survey, a.survey) AS survey, o.chat_id, o.method, o.payload, o.created_at \
             FROM outbox o LEFT JOIN alerts a ON a.id = o.alert WHERE COALESCE(o.survey, a.survey) IN {list} \
             ORDER BY o.id";
    }
}
