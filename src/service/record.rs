//! Everything that is stored about one customer, for whoever has a right to know it.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::store::record::{
    AlertRecord, AnswerRecord, CustomerRecord, EventRecord, LinkRecord, MessageRecord, PersonRecord,
    RequestRecord, SurveyRecord, TransitionRecord,
};
use crate::store::{self, Error, Tx};

#[derive(Debug, Serialize)]
pub struct Record {
    #[serde(flatten)]
    customer: CustomerRecord,
    persons: Vec<PersonRecord>,
    links: Vec<LinkRecord>,
    events: Vec<Event>,
    human_requests: Vec<Request>,
}

/// That the customer asked for a human, and which messages they wrote about it; the words are not kept.
#[derive(Debug, Serialize)]
struct Request {
    #[serde(flatten)]
    row: RequestRecord,
    messages: Vec<i64>,
}

/// An event as it was accepted, and the survey it led to.
#[derive(Debug, Serialize)]
struct Event {
    #[serde(flatten)]
    row: EventRecord,
    #[serde(rename = "event")]
    body: Box<RawValue>,
    survey: Option<Survey>,
}

#[derive(Debug, Serialize)]
struct Survey {
    #[serde(flatten)]
    row: SurveyRecord,
    transitions: Vec<TransitionRecord>,
    answers: Vec<AnswerRecord>,
    messages: Vec<MessageRecord>,
    alerts: Vec<AlertRecord>,
    waiting: Vec<Waiting>,
}

/// A message that is not sent yet.
#[derive(Debug, Serialize)]
struct Waiting {
    chat_id: i64,
    method: String,
    payload: Box<RawValue>,
    created_at: crate::domain::time::Timestamp,
}

/// `None` if nothing is stored about such a customer.
pub async fn customer(tx: &mut Tx, customer_id: &str) -> store::Result<Option<Record>> {
    let Some(customer) = tx.find_customer_record(customer_id).await? else { return Ok(None) };
    let key = customer.id;
    let mut events = Vec::new();
    for row in tx.list_event_records(key).await? {
        let survey = match row.survey {
            Some(survey) => self::survey(tx, survey).await?,
            None => None,
        };
        let body = json("events", row.body.clone())?;
        events.push(Event { row, body, survey });
    }
    let persons = tx.list_person_records(key).await?;
    let mut human_requests = Vec::new();
    for person in &persons {
        for row in tx.list_request_records(person.telegram_id).await? {
            let messages = tx.list_human_messages(row.id).await?;
            human_requests.push(Request { row, messages });
        }
    }
    let links = tx.list_link_records(key).await?;
    Ok(Some(Record { customer, persons, links, events, human_requests }))
}

async fn survey(tx: &mut Tx, survey: i64) -> store::Result<Option<Survey>> {
    let Some(row) = tx.list_survey_records(survey).await?.pop() else { return Ok(None) };
    let mut waiting = Vec::new();
    for message in tx.list_waiting_records(survey).await? {
        waiting.push(Waiting {
            chat_id: message.chat_id,
            method: message.method,
            payload: json("outbox", message.payload)?,
            created_at: message.created_at,
        });
    }
    Ok(Some(Survey {
        row,
        transitions: tx.list_transition_records(survey).await?,
        answers: tx.list_answer_records(survey).await?,
        messages: tx.list_message_records(survey).await?,
        alerts: tx.list_alert_records(survey).await?,
        waiting,
    }))
}

fn json(table: &'static str, text: String) -> store::Result<Box<RawValue>> {
    RawValue::from_string(text).map_err(|error| Error::broken(table, format!("no JSON: {error}")))
}
