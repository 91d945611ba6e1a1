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
use crate::store::humans::{HumanAlert, HumanRequest, NewHumanRequest};
use crate::store::persons::Person;
use crate::store::{self, Error, Lane, Method, OutboxRow, Outgoing, Tx};
use crate::view::alert::{Request, request, unshown_words};

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
        take(tx, ctx, request, person.id, message_id, now).await?;
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
    take(tx, ctx, request.id, words.person, words.message_id, now).await?;
    tx.hear_human_request(request.id, now, now.plus(LISTENS)).await?;
    let told = request.told || tell(tx, ctx, request.id, words.person, now).await?;
    Ok(Some(match (request.heard_at, told) {
        (Some(_), _) => Heard::Further,
        (None, true) => Heard::PassedOn,
        (None, false) => Heard::Kept,
    }))
}

/// A message belongs to a request from here on, and goes wherever it was told.
async fn take(
    tx: &mut Tx,
    ctx: &Context,
    request: i64,
    person: i64,
    message_id: i64,
    now: Timestamp,
) -> store::Result<()> {
    if tx.insert_human_message(person, message_id, request).await? {
        pass_on(tx, ctx, request, person, message_id, now).await?;
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
pub async fn edited(
    tx: &mut Tx,
    ctx: &Context,
    person: i64,
    message_id: i64,
    now: Timestamp,
) -> store::Result<()> {
    match tx.find_human_message(person, message_id).await? {
        Some(request) => pass_on(tx, ctx, request, person, message_id, now).await,
        None => Ok(()),
    }
}

/// Copies a message under the alerts of its request. Where the chats that were told refuse by now, the request is told
/// anew in others, with all its messages.
async fn pass_on(
    tx: &mut Tx,
    ctx: &Context,
    request: i64,
    person: i64,
    message_id: i64,
    now: Timestamp,
) -> store::Result<()> {
    let mut told = tx.list_human_alerts(request).await?;
    if told.is_empty() {
        return Ok(());
    }
    let chats = Chats::load(tx, ctx, &[]).await?;
    told.retain(|alert| chats.is_open(alert.chat_id, alert.thread_id));
    if told.is_empty() {
        return tell_again(tx, ctx, request, person, now).await;
    }
    for alert in told {
        copy(tx, &alert, person, message_id, now).await?;
    }
    Ok(())
}

async fn copy(
    tx: &mut Tx,
    alert: &HumanAlert,
    person: i64,
    message_id: i64,
    now: Timestamp,
) -> store::Result<()> {
    let made = tx.insert_message(alert.chat_id, alert.thread_id).await?;
    tx.insert_copy(made, (person, message_id), None).await?;
    let copy = Outgoing::copy(Lane::Alerts, alert.chat_id, person, message_id).thread(alert.thread_id);
    let mut copy = copy.message(made);
    copy.payload = copy.payload.reply_to(alert.message);
    tx.enqueue(&copy, now).await
}

async fn tell_again(
    tx: &mut Tx,
    ctx: &Context,
    request: i64,
    person: i64,
    now: Timestamp,
) -> store::Result<()> {
    if !tell(tx, ctx, request, person, now).await? {
        tx.set_human_request_told(request, None).await?;
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
    let words = tx.list_human_messages(request).await?;
    for Target { chat, topic, locale } in targets {
        let message = tx.insert_message(chat, topic).await?;
        tx.insert_human_alert(request, (chat, topic), message).await?;
        let view = who.view(&ctx.catalogue, &locale);
        let send = Outgoing::send(Lane::Alerts, chat, text(&view)).message(message);
        tx.enqueue(&send.thread(topic), now).await?;
        let alert = HumanAlert { chat_id: chat, thread_id: topic, message };
        for message_id in &words {
            copy(tx, &alert, person, *message_id, now).await?;
        }
    }
    tx.set_human_request_told(request, Some(now)).await?;
    Ok(true)
}

/// Requests that waited for somebody to tell, if there is somebody now; at most `limit`. How many went out.
pub(super) async fn tell_waiting(
    tx: &mut Tx,
    ctx: &Context,
    limit: i64,
    now: Timestamp,
) -> store::Result<i64> {
    let mut told = 0;
    for (request, person) in tx.list_waiting_human_requests(limit).await? {
        if !tell(tx, ctx, request, person, now).await? {
            break;
        }
        told += 1;
    }
    Ok(told)
}

/// Requests that were to be told of in this chat, or this topic of it, and never were, are told in the next one.
pub(super) async fn move_on(
    tx: &mut Tx,
    ctx: &Context,
    (chat, topic): (i64, Option<i64>),
    now: Timestamp,
) -> store::Result<()> {
    for (request, person) in tx.delete_undelivered_human_alerts(chat, topic).await? {
        if !has_open_alert(tx, ctx, request).await? {
            tell_again(tx, ctx, request, person, now).await?;
        }
    }
    Ok(())
}

/// Words that were said to a human are refused by the chat that was told of it: the next one gets the whole request.
pub(super) async fn words_refused(
    tx: &mut Tx,
    ctx: &Context,
    row: &OutboxRow,
    now: Timestamp,
) -> store::Result<()> {
    let copied = match row.message {
        Some(message) if row.method == Method::Copy => tx.find_copied_words(message).await?,
        _ => None,
    };
    match copied {
        Some((request, person)) if !has_open_alert(tx, ctx, request).await? => {
            tell_again(tx, ctx, request, person, now).await
        }
        _ => Ok(()),
    }
}

/// A chat that was told of a request does not show one of its messages: it is told so, once.
pub(super) async fn copy_refused(
    tx: &mut Tx,
    ctx: &Context,
    row: &OutboxRow,
    reason: &str,
    now: Timestamp,
) -> store::Result<()> {
    let copied = match row.message {
        Some(message) => tx.find_copied_words(message).await?,
        None => None,
    };
    let Some((request, _)) = copied else { return Ok(()) };
    let place = (row.chat_id, row.thread_id);
    if tx.count_unshown_words(request, place).await? > 1 {
        return Ok(());
    }
    let told = tx.list_human_alerts(request).await?;
    let Some(alert) = told.iter().find(|alert| (alert.chat_id, alert.thread_id) == place) else {
        return Ok(());
    };
    let chats = Chats::load(tx, ctx, &[]).await?;
    let locale = chats.locale_of(ctx, row.chat_id, row.thread_id);
    let view = unshown_words(&ctx.catalogue, locale, reason);
    let reply = Outgoing::send(Lane::Alerts, row.chat_id, text(&view).reply_to(alert.message).silent());
    tx.enqueue(&reply.thread(row.thread_id), now).await
}

async fn has_open_alert(tx: &mut Tx, ctx: &Context, request: i64) -> store::Result<bool> {
    let chats = Chats::load(tx, ctx, &[]).await?;
    let told = tx.list_human_alerts(request).await?;
    Ok(told.iter().any(|alert| chats.is_open(alert.chat_id, alert.thread_id)))
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
