//! Everything that is stored about one customer, for those who have a right to know it. The record is JSON and is
//! written in pieces, because a customer may have any number of events.

use std::collections::HashMap;
use std::vec::IntoIter;

use futures_util::stream::{self, Stream, StreamExt as _};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::domain::ids::{CaseNumber, ChatId, CustomerKey, EventKey, PersonId, SurveyKey};
use crate::store::cases::CaseMessageRecord;
use crate::store::journal::Move;
use crate::store::record::{
    AlertRecord, AnswerRecord, CaseRecord, CustomerRecord, EventRecord, FormerRecord, LinkRecord,
    MessageRecord, PersonRecord, SurveyRecord, WaitingRecord,
};
use crate::store::{self, Db, Error, Tx};

/// How many events one piece holds.
const EVENTS: usize = 64;

/// A customer's record while it is being written. Each piece is read in its own transaction, so that a slow reader
/// holds no transaction open.
#[derive(Debug)]
pub struct Record {
    customer: CustomerKey,
    events: IntoIter<EventKey>,
    cases: IntoIter<CaseNumber>,
    /// The part of the record that comes next. The head has been written already.
    stage: Stage,
}

/// Whether the record names the tokens of the customer's links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tokens {
    Shown,
    Hidden,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// `is_first` is true until an item of the list has been written.
    Events {
        is_first: bool,
    },
    Cases {
        is_first: bool,
    },
    Done,
}

/// Everything that is stored about a customer.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it is written piece by piece; this is what the pieces are together")]
pub struct Customer {
    #[serde(flatten)]
    head: Head,
    /// The customer's events, oldest first.
    events: Vec<Event>,
    /// The customer's cases, oldest first.
    cases: Vec<Case>,
}

/// The customer, without events and cases.
#[derive(Debug, Serialize, ToSchema)]
struct Head {
    #[serde(flatten)]
    customer: CustomerRecord,
    /// The Telegram users who are or were the customer.
    persons: Vec<PersonRecord>,
    /// The customer's personal links, oldest first.
    links: Vec<LinkRecord>,
}

/// A case of the customer, and what they and the leads wrote to each other about it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerCase)]
struct Case {
    #[serde(flatten)]
    row: CaseRecord,
    /// What the customer and the leads wrote, oldest first.
    messages: Vec<CaseMessageRecord>,
}

/// An event as it was accepted, and the survey that it led to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerEvent)]
struct Event {
    #[serde(flatten)]
    row: EventRecord,
    /// The event as it was accepted. Empty once `RETENTION` has passed.
    #[serde(rename = "event")]
    #[schema(value_type = Object)]
    body: Box<RawValue>,
    /// The survey that the event led to. null if it led to none.
    #[schema(required)]
    survey: Option<Survey>,
}

/// The survey that an event led to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerSurvey)]
struct Survey {
    #[serde(flatten)]
    row: SurveyRecord,
    /// The states that the survey has been in after `received`, oldest first.
    transitions: Vec<Move>,
    /// The answers as they are now and as they were before each change.
    answers: Vec<AnswerRecord>,
    /// The customer's messages that belong to the answers.
    messages: Vec<MessageRecord>,
    /// What those messages said before they were edited.
    former_words: Vec<FormerRecord>,
    /// The alerts about the survey.
    alerts: Vec<AlertRecord>,
    /// The messages of the bot about the survey that are not sent yet.
    waiting: Vec<Waiting>,
}

/// A message of the bot that is not sent yet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WaitingMessage)]
struct Waiting {
    /// The chat that the message goes to.
    chat_id: ChatId,
    /// The method of Telegram's Bot API that sends it.
    method: String,
    /// The parameters of that method.
    #[schema(value_type = Object)]
    payload: Box<RawValue>,
    /// When the message was put into the queue.
    created_at: crate::domain::time::Timestamp,
}

impl Record {
    /// Returns the record with its first piece, or `None` if nothing is stored about a customer with this ID.
    pub async fn begin(
        tx: &mut Tx,
        customer_id: &str,
        tokens: Tokens,
    ) -> store::Result<Option<(Self, Vec<u8>)>> {
        let Some(customer) = tx.find_customer_record(customer_id).await? else { return Ok(None) };
        let key = customer.id;
        let events = tx.list_event_keys(key).await?;
        let persons = tx.list_person_records(key).await?;
        let people: Vec<PersonId> = persons.iter().map(|person| person.telegram_id).collect();
        let cases = tx.list_case_numbers(key, &people).await?;
        let record = Self {
            customer: key,
            events: events.into_iter(),
            cases: cases.into_iter(),
            stage: Stage::Events { is_first: true },
        };
        let mut links = tx.list_link_records(key).await?;
        if tokens == Tokens::Hidden {
            for link in &mut links {
                link.token = None;
            }
        }
        let head = Head { customer, persons, links };
        let mut piece = Vec::new();
        write(&head, &mut piece)?;
        piece.pop();
        piece.extend_from_slice(b",\"events\":[");
        Ok(Some((record, piece)))
    }

    /// The whole record, piece by piece. An error after the first one breaks it off.
    pub fn pieces(
        self,
        db: Db,
        head: Vec<u8>,
    ) -> impl Stream<Item = store::Result<Vec<u8>>> + Send + 'static {
        let rest = stream::try_unfold((db, self), |(db, mut record)| async {
            let mut tx = db.read().await?;
            let piece = record.next(&mut tx).await?;
            drop(tx);
            Ok(piece.map(|piece| (piece, (db, record))))
        });
        stream::once(async { Ok(head) }).chain(rest)
    }

    /// Returns the next piece, or `None` after the last one.
    pub async fn next(&mut self, tx: &mut Tx) -> store::Result<Option<Vec<u8>>> {
        let mut piece = Vec::new();
        match self.stage {
            Stage::Events { mut is_first } => {
                let keys: Vec<EventKey> = self.events.by_ref().take(EVENTS).collect();
                if keys.is_empty() {
                    self.stage = Stage::Cases { is_first: true };
                    return Ok(Some(b"],\"cases\":[".to_vec()));
                }
                for event in events(tx, self.customer, &keys).await? {
                    write_item(&event, &mut is_first, &mut piece)?;
                }
                self.stage = Stage::Events { is_first };
            }
            Stage::Cases { mut is_first } => {
                let Some(number) = self.cases.next() else {
                    self.stage = Stage::Done;
                    return Ok(Some(b"]}".to_vec()));
                };
                if let Some(row) = tx.find_case_record(number).await? {
                    let messages = tx.list_case_message_records(number).await?;
                    write_item(&Case { row, messages }, &mut is_first, &mut piece)?;
                }
                self.stage = Stage::Cases { is_first };
            }
            Stage::Done => return Ok(None),
        }
        Ok(Some(piece))
    }
}

fn write_item(item: &impl Serialize, is_first: &mut bool, piece: &mut Vec<u8>) -> store::Result<()> {
    if !std::mem::take(is_first) {
        piece.push(b',');
    }
    write(item, piece)
}

fn write(item: &impl Serialize, piece: &mut Vec<u8>) -> store::Result<()> {
    serde_json::to_writer(piece, item)
        .map_err(|error| Error::broken("customers", format!("no JSON: {error}")))
}

/// Returns some of a customer's events with everything that belongs to them.
async fn events(tx: &mut Tx, customer: CustomerKey, keys: &[EventKey]) -> store::Result<Vec<Event>> {
    let rows = tx.list_event_records(customer, keys).await?;
    let keys: Vec<SurveyKey> = rows.iter().map(|row| row.id.survey()).collect();
    let mut surveys = surveys(tx, &keys).await?;
    let mut events = Vec::with_capacity(rows.len());
    for mut row in rows {
        let body = json("events", std::mem::take(&mut row.body))?;
        let survey = surveys.remove(&row.id.survey());
        events.push(Event { row, body, survey });
    }
    Ok(events)
}

/// Returns those of these surveys that exist.
async fn surveys(tx: &mut Tx, keys: &[SurveyKey]) -> store::Result<HashMap<SurveyKey, Survey>> {
    let mut surveys: HashMap<SurveyKey, Survey> = HashMap::new();
    for row in tx.list_survey_records(keys).await? {
        let (transitions, answers, messages) = (Vec::new(), Vec::new(), Vec::new());
        let (former_words, alerts, waiting) = (Vec::new(), Vec::new(), Vec::new());
        let key = row.survey;
        let survey = Survey { row, transitions, answers, messages, former_words, alerts, waiting };
        surveys.insert(key, survey);
    }
    let keys: Vec<SurveyKey> = surveys.keys().copied().collect();
    macro_rules! share {
        ($($list:ident => $field:ident),+) => {$(
            for row in tx.$list(&keys).await? {
                if let Some(survey) = surveys.get_mut(&row.survey) {
                    survey.$field.push(row);
                }
            }
        )+};
    }
    share!(
        list_moves => transitions,
        list_answer_records => answers,
        list_history_records => answers,
        list_message_records => messages,
        list_former_records => former_words,
        list_alert_records => alerts
    );
    for row in tx.list_waiting_records(&keys).await? {
        let WaitingRecord { survey, chat_id, method, payload, created_at } = row;
        let payload = json("outbox", payload)?;
        if let Some(found) = surveys.get_mut(&survey) {
            found.waiting.push(Waiting { chat_id, method, payload, created_at });
        }
    }
    for survey in surveys.values_mut() {
        survey.show_words();
    }
    Ok(surveys)
}

impl Survey {
    /// Adds the words to the answers that they belong to, and sorts the answers.
    fn show_words(&mut self) {
        for answer in self.answers.iter_mut().filter(|answer| answer.words) {
            let theirs = self.messages.iter().filter(|message| {
                !message.replaced && (&message.question, &message.part) == (&answer.question, &answer.part)
            });
            let texts: Vec<&str> = theirs.filter_map(|message| message.text.as_deref()).collect();
            answer.text = Some(texts.join("\n"));
        }
        self.answers
            .sort_by(|a, b| (&a.question, &a.part, a.revision).cmp(&(&b.question, &b.part, b.revision)));
    }
}

fn json(table: &'static str, text: String) -> store::Result<Box<RawValue>> {
    RawValue::from_string(text).map_err(|error| Error::broken(table, format!("no JSON: {error}")))
}
