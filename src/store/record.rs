//! Everything that is stored about one customer, in the form in which the program hands it out. It is read for some of
//! their events at a time.

use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;

use super::{Result, Tx, on_engine, query_as, query_scalar};
use crate::domain::described::{BandWord, PartWord, ReasonWord, StateWord};
use crate::domain::ids::{
    CaseNumber, ChatId, CustomerKey, EventKey, MessageId, PersonId, SurveyKey, TopicId,
};
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
    /// A customer as events describe them, and how they were linked to a Telegram user.
    CustomerRecord {
        #[serde(skip)] id: CustomerKey,
        /// The customer's ID, `customer.id` in events.
        customer_id: String,
        /// The customer's name. null if no event gave one.
        name: Option<String>,
        /// The customer's language, a language tag. null if no event gave one.
        language: Option<String>,
        /// The customer's time zone, by its IANA name. null if no event gave one.
        time_zone: Option<String>,
        /// The customer's phone number, digits only. null if no event gave one.
        phone: Option<String>,
        /// How the customer was linked to a Telegram user: `link`, `phone` or `telegram_id`. null if they are not
        /// linked.
        linked_by: Option<String>,
        /// When the customer was linked. null if they are not linked.
        linked_at: Option<Timestamp>,
    }
    /// A Telegram user who is or was the customer.
    PersonRecord {
        /// The person's Telegram user ID.
        telegram_id: PersonId,
        /// The person's first name in Telegram. null if it is not known.
        first_name: Option<String>,
        /// The person's language as Telegram last reported it. null if Telegram did not.
        language_code: Option<String>,
        /// The language that the person chose in the bot, which takes precedence. null if they chose none.
        chosen_language: Option<String>,
        /// When the person first wrote to the bot. From then on the bot may write to them. null if they never did.
        started_at: Option<Timestamp>,
        /// When the person sent `/stop`. null if they get surveys.
        opted_out_at: Option<Timestamp>,
        /// Why the bot cannot write to the person: `blocked`, `deactivated`, `cant_initiate` or `chat_not_found`. null
        /// if it can.
        unreachable: Option<String>,
        /// When the person was found to be unreachable. null if they are not.
        unreachable_at: Option<Timestamp>,
        /// The phone number that the person shared in the chat, digits only. null if they shared none.
        phone: Option<String>,
        /// When the person shared their phone number. null if they did not.
        phone_consent_at: Option<Timestamp>,
        /// When the person was shown the button that shares their phone number. null while it is not shown.
        phone_asked_at: Option<Timestamp>,
        /// When the last survey was sent to the person. null if none was.
        last_sent_at: Option<Timestamp>,
    }
    /// A personal link of the customer.
    LinkRecord {
        /// The link's token. null for a key with the scope `read`: such a key may not make links, and with a
        /// link anybody can become the customer.
        token: Option<String>,
        /// When the link was made.
        created_at: Timestamp,
        /// When the link expires.
        expires_at: Timestamp,
        /// The Telegram user who tapped the link. null if nobody has.
        telegram_id: Option<PersonId>,
        /// When the link was tapped. null if it was not.
        bound_at: Option<Timestamp>,
    }
    /// An event of the customer.
    EventRecord {
        #[serde(skip)] id: EventKey,
        #[serde(skip)] customer: CustomerKey,
        /// The event's ID.
        event_id: String,
        /// When the event was received.
        received_at: Timestamp,
        /// The event as JSON.
        #[serde(skip)] body: String,
    }
    /// A survey of the customer.
    SurveyRecord {
        #[serde(skip)] survey: SurveyKey,
        /// The survey's ID.
        survey_id: String,
        /// Whether the survey is a test. Tests count in no figure.
        test: bool,
        /// The slug of the survey's script. null if no script was chosen.
        script: Option<String>,
        /// The version of the script. null until the survey is sent.
        script_version: Option<i64>,
        /// The current state.
        #[schema(value_type = StateWord)] state: String,
        /// The reason for the state. null for states without reasons.
        #[schema(value_type = Option<ReasonWord>)] reason: Option<String>,
        /// The Telegram user who is asked. null until the survey is sent.
        telegram_id: Option<PersonId>,
        /// The language of the survey. null until the survey is sent.
        locale: Option<String>,
        /// When the survey is or was due to be sent. null if it has not been scheduled.
        due_at: Option<Timestamp>,
        /// When the survey was sent. null if it was not.
        sent_at: Option<Timestamp>,
        /// When the first answer was given. null if there is none.
        started_at: Option<Timestamp>,
        /// When every question that applies was answered. null if some are not.
        completed_at: Option<Timestamp>,
        /// When the reminder was sent. null if none was.
        reminded_at: Option<Timestamp>,
        /// When the survey expires. null if it was not sent.
        expires_at: Option<Timestamp>,
        /// When the survey ended. null if it has not ended.
        ended_at: Option<Timestamp>,
    }
    /// An answer as it is now, or as it was before a change. The customer's words are in the messages; the current ones
    /// are here as well.
    AnswerRecord {
        #[serde(skip)] survey: SurveyKey,
        /// The question's key in the script.
        question: String,
        /// Which part of the question was answered.
        #[schema(value_type = PartWord)] part: String,
        /// The number that was chosen. null if the answer has no number.
        value: Option<i64>,
        /// The keys of the chosen options or reasons, joined by `|`. Empty if there are none.
        options: String,
        /// The customer's words, one message per line. null for an answer without words and for one before a change.
        #[sqlx(default)] text: Option<String>,
        #[serde(skip)] words: bool,
        /// The band of the score. null if the answer has none.
        #[schema(value_type = Option<BandWord>)] band: Option<String>,
        /// The revision of the answer. It starts at 1 and grows with every change.
        revision: i64,
        /// When the answer was given.
        answered_at: Timestamp,
        /// When the answer stopped counting. null if it counts.
        withdrawn_at: Option<Timestamp>,
        /// Whether this is the answer as it is now.
        current: bool,
    }
    /// A message of the customer that belongs to an answer.
    MessageRecord {
        #[serde(skip)] survey: SurveyKey,
        /// The Telegram user who wrote the message.
        telegram_id: PersonId,
        /// The message's ID in the chat with that user.
        message_id: MessageId,
        /// The question's key in the script.
        question: String,
        /// Which part of the question the message answers.
        #[schema(value_type = PartWord)] part: String,
        /// The message's text, or the caption of its file. null if there is none.
        text: Option<String>,
        /// The kind of the attached file: `voice`, `photo`, `video_note`, `video`, `audio` or `document`. null without
        /// a file.
        kind: Option<String>,
        /// Telegram's ID of the file. null without a file.
        file_id: Option<String>,
        /// The size of the file in bytes. null if it is not known.
        file_size: Option<i64>,
        /// The length of the recording in seconds. null if the file is no recording.
        duration_s: Option<i64>,
        /// Telegram's ID of the album that the message belongs to. null if it belongs to none.
        media_group: Option<String>,
        /// Whether the customer gave other words in place of this message, so that it no longer counts.
        replaced: bool,
    }
    /// What a message said before it was edited. Of very many edits, the first text and the last ones are kept.
    FormerRecord {
        #[serde(skip)] survey: SurveyKey,
        /// The question's key in the script.
        question: String,
        /// Which part of the question the text answered.
        #[schema(value_type = PartWord)] part: String,
        /// The message that was edited. null if the text is a whole comment from an earlier version of the program.
        message_id: Option<MessageId>,
        /// The last revision of the answer that had this text.
        revision: i64,
        /// The text before the edit.
        text: String,
    }
    /// An alert about the survey, and the chat where the leads were told.
    AlertRecord {
        #[serde(skip)] survey: SurveyKey,
        /// The chat that got the alert. null while there is nobody to tell.
        chat_id: Option<ChatId>,
        /// The topic of that chat. 0 if there is none.
        topic: TopicId,
        /// When the alert was made.
        created_at: Timestamp,
    }
    /// A case of the customer.
    CaseRecord {
        /// The number of the case.
        number: CaseNumber,
        /// The Telegram user in whose chat it is talked.
        telegram_id: Option<PersonId>,
        /// What opened it: `score`, `human` or `message`.
        source: String,
        /// Whether somebody of the staff opened it to try things out.
        test: bool,
        /// What it is about.
        category: String,
        /// `minor`, `normal` or `urgent`.
        severity: String,
        /// `open`, `taken`, `waiting_for_customer` or `resolved`.
        status: String,
        /// Why it was resolved. null until then.
        cause: Option<String>,
        /// What was done for the customer, in a lead's words.
        note: Option<String>,
        /// The ID of the order or ticket.
        subject_id: Option<String>,
        /// The title of the order or ticket.
        subject_title: Option<String>,
        /// When it was opened.
        opened_at: Timestamp,
        /// When somebody first contacted the customer. null until then.
        contacted_at: Option<Timestamp>,
        /// When it was resolved. null until then.
        resolved_at: Option<Timestamp>,
    }
    /// A message of the bot that waits to be sent.
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

    pub async fn find_case_record(&mut self, number: CaseNumber) -> Result<Option<CaseRecord>> {
        let query = query_as(
            "SELECT number, person AS telegram_id, source, test, category, severity, status, cause, note, subject_id, \
             subject_title, opened_at, contacted_at, resolved_at FROM cases WHERE number = $1",
        )
        .bind(number);
        Ok(on_engine!(self, fetch_optional, query)?)
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
            "SELECT survey, chat_id, thread_id AS topic, created_at FROM case_posts WHERE survey IN {list} ORDER BY id";
        list_waiting_records: WaitingRecord =
            "SELECT COALESCE(o.survey, a.survey) AS survey, o.chat_id, o.method, o.payload, o.created_at \
             FROM outbox o LEFT JOIN case_posts a ON a.id = o.alert WHERE COALESCE(o.survey, a.survey) IN {list} \
             ORDER BY o.id";
    }
}
