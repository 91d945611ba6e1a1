//! Customers who ask for a human: the leads are told at once, and what the customer says next is copied to them.
//!
//! Nothing of it is stored but which messages they were: the words go from chat to chat.

use std::time::Duration;

use super::chats::{Chats, Target};
use super::text;
use crate::domain::event::Event;
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::service::answers::Words;
use crate::store::humans::{HumanRequest, NewHumanRequest};
use crate::store::persons::Person;
use crate::store::{self, Error, Lane, Outgoing, Tx};
use crate::view::alert::{Request, request};

/// So long after the request, and after each of their messages, customers are still speaking of it.
const LISTENS: Duration = Duration::from_mins(30);

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Told,
    Already,
    /// It waits for somebody to tell.
    NobodyThere,
}

/// What became of words that were said to a human.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The first words, and they were passed on.
    PassedOn,
    /// The first words, and there is nobody yet to pass them on to.
    Kept,
    /// Further words, which need no answer.
    Further,
}

/// Somebody asks for a human, with a message of theirs that says more, or without.
pub async fn ask(
    tx: &mut Tx,
    ctx: &Context,
    person: &Person,
    words: Option<i64>,
    now: Timestamp,
) -> store::Result<Asked> {
    let survey = tx.find_current_survey(person.id, now).await?;
    let place = survey.map(|survey| (survey.id, survey.turn));
    let listens_until = now.plus(LISTENS);
    let open = tx.find_human_request(person.id, now).await?;
    let (request, told_before) = if let Some(open) = open {
        tx.extend_human_request(open.id, place, listens_until).await?;
        (open.id, open.told)
    } else {
        let new = NewHumanRequest { person: person.id, place, listens_until };
        (tx.insert_human_request(&new, now).await?, false)
    };
    if let Some(message_id) = words {
        take(tx, request, person.id, message_id, now).await?;
    }
    if told_before {
        return Ok(Asked::Already);
    }
    let told = tell(tx, ctx, request, person.id, now).await?;
    Ok(if told { Asked::Told } else { Asked::NobodyThere })
}

/// Passes on what a customer says after they asked for a human; `None` if it is about something else.
pub async fn words(
    tx: &mut Tx,
    ctx: &Context,
    words: &Words,
    now: Timestamp,
) -> store::Result<Option<Heard>> {
    let Some(request) = tx.find_human_request(words.person, now).await? else { return Ok(None) };
    if is_about_survey(tx, words, &request, now).await? {
        return Ok(None);
    }
    take(tx, request.id, words.person, words.message_id, now).await?;
    tx.hear_human_request(request.id, now, now.plus(LISTENS)).await?;
    let told = request.told || tell(tx, ctx, request.id, words.person, now).await?;
    Ok(Some(match (request.heard_at, told) {
        (Some(_), _) => Heard::Further,
        (None, true) => Heard::PassedOn,
        (None, false) => Heard::Kept,
    }))
}

/// A message belongs to a request from here on, and goes wherever it was told.
async fn take(tx: &mut Tx, request: i64, person: i64, message_id: i64, now: Timestamp) -> store::Result<()> {
    if tx.insert_human_message(person, message_id, request).await? {
        pass_on(tx, request, person, message_id, now).await?;
    }
    Ok(())
}

/// Words that reply to a comment belong to it, and whoever has gone on with a survey since speaks of that.
async fn is_about_survey(
    tx: &mut Tx,
    words: &Words,
    request: &HumanRequest,
    now: Timestamp,
) -> store::Result<bool> {
    if let Some(replied_to) = words.reply_to
        && tx.find_comment_replied_to(words.person, replied_to).await?.is_some()
    {
        return Ok(true);
    }
    if let Some(album) = &words.media_group
        && tx.find_album(words.person, album).await?.is_some()
    {
        return Ok(true);
    }
    let survey = tx.find_current_survey(words.person, now).await?;
    Ok(survey.is_some_and(|survey| request.survey != Some(survey.id) || request.turn != Some(survey.turn)))
}

/// An edited message is shown to the leads again, as it is now.
pub async fn edited(tx: &mut Tx, person: i64, message_id: i64, now: Timestamp) -> store::Result<()> {
    match tx.find_human_message(person, message_id).await? {
        Some(request) => pass_on(tx, request, person, message_id, now).await,
        None => Ok(()),
    }
}

/// Copies a message under the alerts of its request.
async fn pass_on(
    tx: &mut Tx,
    request: i64,
    person: i64,
    message_id: i64,
    now: Timestamp,
) -> store::Result<()> {
    for alert in tx.list_human_alerts(request).await? {
        let made = tx.insert_message(alert.chat_id, alert.thread_id).await?;
        tx.insert_copy(made, person, None).await?;
        let copy = Outgoing::copy(Lane::Alerts, alert.chat_id, person, message_id).thread(alert.thread_id);
        let mut copy = copy.message(made);
        copy.payload = copy.payload.reply_to(alert.message);
        tx.enqueue(&copy, now).await?;
    }
    Ok(())
}

/// Tells whoever gets alerts; false if there is nobody.
async fn tell(tx: &mut Tx, ctx: &Context, request: i64, person: i64, now: Timestamp) -> store::Result<bool> {
    let targets = Chats::load(tx, ctx, &[]).await?.targets(ctx);
    if targets.is_empty() {
        tracing::warn!("a customer asks for a human, and there is nobody to tell: send /alerts in a chat");
        return Ok(false);
    }
    let who = Who::load(tx, person).await?;
    for Target { chat, topic, locale } in targets {
        let message = tx.insert_message(chat, topic).await?;
        tx.insert_human_alert(request, (chat, topic), message).await?;
        let view = who.view(&ctx.catalogue, &locale);
        let send = Outgoing::send(Lane::Alerts, chat, text(&view)).message(message);
        tx.enqueue(&send.thread(topic), now).await?;
    }
    tx.set_human_request_told(request, Some(now)).await?;
    for message_id in tx.list_human_messages(request).await? {
        pass_on(tx, request, person, message_id, now).await?;
    }
    Ok(true)
}

/// Requests that waited for somebody to tell, if there is somebody now. How many went out.
pub(super) async fn tell_waiting(tx: &mut Tx, ctx: &Context, now: Timestamp) -> store::Result<u64> {
    let mut told = 0;
    for (request, person) in tx.list_waiting_human_requests().await? {
        if !tell(tx, ctx, request, person, now).await? {
            break;
        }
        told += 1;
    }
    Ok(told)
}

/// Requests that were to be told of in this chat, and never were, wait for another one.
pub(super) async fn lost(tx: &mut Tx, chat: i64) -> store::Result<()> {
    for request in tx.delete_undelivered_human_alerts(chat).await? {
        if tx.list_human_alerts(request).await?.is_empty() {
            tx.set_human_request_told(request, None).await?;
        }
    }
    Ok(())
}

/// Who asks, as far as the company and Telegram told.
struct Who {
    customers: Vec<(String, Option<String>)>,
    event: Option<Event>,
    first_name: Option<String>,
}

impl Who {
    async fn load(tx: &mut Tx, person: i64) -> store::Result<Self> {
        let customers = tx.list_customer_names(person).await?;
        let event = match tx.find_latest_event_body(person).await? {
            Some(body) => Some(
                Event::from_stored(&body)
                    .map_err(|error| Error::broken("events", format!("of person {person}: {error}")))?,
            ),
            None => None,
        };
        let first_name = tx.find_person(person).await?.and_then(|person| person.first_name);
        Ok(Self { customers, event, first_name })
    }

    fn view(&self, catalogue: &crate::i18n::Catalogue, locale: &str) -> crate::view::View {
        let asking = Request {
            customers: &self.customers,
            subject: self.event.as_ref().map(|event| &event.subject),
            first_name: self.first_name.as_deref(),
        };
        request(catalogue, locale, &asking)
    }
}
