//! Everything that is stored about one customer, as it leaves the program.

use serde::Serialize;
use sqlx::FromRow;

use super::{Result, Tx, on_engine, query_as};
use crate::domain::time::Timestamp;

/// Structs that are read from a table and written as JSON.
macro_rules! records {
    ($($(#[$doc:meta])* $name:ident { $($(#[$meta:meta])* $field:ident: $type:ty),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, FromRow, Serialize)]
        pub struct $name { $($(#[$meta])* pub $field: $type),+ }
    )+};
}

records! {
    CustomerRecord {
        #[serde(skip)] id: i64,
        customer_id: String,
        name: Option<String>,
        language: Option<String>,
        time_zone: Option<String>,
        phone: Option<String>,
        linked_by: Option<String>,
        linked_at: Option<Timestamp>,
    }
    /// The Telegram user who is the customer.
    PersonRecord {
        telegram_id: i64,
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
        token: String,
        created_at: Timestamp,
        expires_at: Timestamp,
        telegram_id: Option<i64>,
        bound_at: Option<Timestamp>,
    }
    EventRecord {
        #[serde(skip)] id: i64,
        event_id: String,
        received_at: Timestamp,
        /// As JSON.
        #[serde(skip)] body: String,
        #[serde(skip)] survey: Option<i64>,
    }
    SurveyRecord {
        survey_id: String,
        test: bool,
        script: Option<String>,
        script_version: Option<i64>,
        state: String,
        reason: Option<String>,
        telegram_id: Option<i64>,
        locale: Option<String>,
        due_at: Option<Timestamp>,
        sent_at: Option<Timestamp>,
        started_at: Option<Timestamp>,
        completed_at: Option<Timestamp>,
        reminded_at: Option<Timestamp>,
        expires_at: Option<Timestamp>,
        ended_at: Option<Timestamp>,
    }
    TransitionRecord {
        state: String,
        reason: Option<String>,
        at: Timestamp,
    }
    /// An answer as it stands, or as it was before it was changed.
    AnswerRecord {
        question: String,
        part: String,
        value: Option<i64>,
        options: String,
        text: Option<String>,
        band: Option<String>,
        revision: i64,
        answered_at: Timestamp,
        withdrawn_at: Option<Timestamp>,
        current: bool,
    }
    /// A message of the customer that belongs to an answer.
    MessageRecord {
        telegram_id: i64,
        message_id: i64,
        question: String,
        part: String,
        text: Option<String>,
        kind: Option<String>,
        file_id: Option<String>,
        file_size: Option<i64>,
        duration_s: Option<i64>,
        media_group: Option<String>,
        replaced: bool,
    }
    /// Where the leads were told.
    AlertRecord {
        chat_id: Option<i64>,
        topic: i64,
        created_at: Timestamp,
    }
    /// When the customer asked for a human.
    RequestRecord {
        #[serde(skip)] id: i64,
        telegram_id: i64,
        asked_at: Timestamp,
        listens_until: Timestamp,
        heard_at: Option<Timestamp>,
        told_at: Option<Timestamp>,
    }
    /// What waits to be sent.
    WaitingRecord {
        chat_id: i64,
        method: String,
        payload: String,
        created_at: Timestamp,
    }
}

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident: $record:ident = $text:expr;)+) => {$(
        $(#[$doc])*
        pub async fn $name(&mut self, key: i64) -> Result<Vec<$record>> {
            Ok(on_engine!(self, fetch_all, query_as($text).bind(key))?)
        }
    )+};
}

impl Tx {
    pub async fn find_customer_record(&mut self, customer_id: &str) -> Result<Option<CustomerRecord>> {
        let query = query_as(
            "SELECT id, customer_id, name, language, time_zone, phone, linked_by, linked_at FROM customers \
             WHERE customer_id = $1 AND customer_id <> ''",
        )
        .bind(customer_id);
        Ok(on_engine!(self, fetch_optional, query)?)
    }

    lists! {
        /// Everybody who is or was the customer.
        list_person_records: PersonRecord =
            "SELECT id AS telegram_id, first_name, language_code, chosen_language, started_at, opted_out_at, \
             unreachable, unreachable_at, phone, phone_consent_at, phone_asked_at, last_sent_at FROM persons WHERE id IN \
             (SELECT person FROM customers WHERE id = $1 UNION SELECT person FROM links WHERE customer = $1 \
             UNION SELECT s.person FROM surveys s JOIN events e ON e.id = s.id WHERE e.customer = $1) ORDER BY id";
        list_link_records: LinkRecord =
            "SELECT token, created_at, expires_at, person AS telegram_id, bound_at FROM links \
             WHERE customer = $1 ORDER BY id";
        list_event_records: EventRecord =
            "SELECT e.id, e.event_id, e.received_at, e.body, s.id AS survey FROM events e \
             LEFT JOIN surveys s ON s.id = e.id WHERE e.customer = $1 ORDER BY e.id";
        /// One, or none.
        list_survey_records: SurveyRecord =
            "SELECT survey_id, test, script, script_version, state, reason, person AS telegram_id, locale, due_at, \
             sent_at, started_at, completed_at, reminded_at, expires_at, ended_at FROM surveys WHERE id = $1";
        list_transition_records: TransitionRecord =
            "SELECT state, reason, at FROM transitions WHERE survey = $1 ORDER BY id";
        list_answer_records: AnswerRecord =
            "SELECT question, part, value, options, text, band, revision, answered_at, withdrawn_at, \
             TRUE AS current FROM answers WHERE survey = $1 \
             UNION ALL SELECT a.question, a.part, h.value, h.options, h.text, h.band, h.revision, h.answered_at, \
             h.withdrawn_at, FALSE AS current FROM answer_history h \
             JOIN answers a ON a.id = h.answer WHERE a.survey = $1 ORDER BY question, part, revision";
        list_message_records: MessageRecord =
            "SELECT person AS telegram_id, message_id, question, part, text, kind, file_id, file_size, duration_s, \
             media_group, replaced FROM comment_messages WHERE survey = $1 ORDER BY message_id";
        list_alert_records: AlertRecord =
            "SELECT chat_id, thread_id AS topic, created_at FROM alerts WHERE survey = $1 ORDER BY id";
        /// Of one person.
        list_request_records: RequestRecord =
            "SELECT id, person AS telegram_id, asked_at, listens_until, heard_at, told_at FROM human_requests \
             WHERE person = $1 ORDER BY id";
        list_waiting_records: WaitingRecord =
            "SELECT chat_id, method, payload, created_at FROM outbox \
             WHERE survey = $1 OR alert IN (SELECT id FROM alerts WHERE survey = $1) ORDER BY id";
    }
}
