//! Customers who ask for a human. The leads are told at once, and whatever the customer says next is passed on to them.
//!
//! Only the IDs of those messages are kept. The words go from chat to chat and are not stored.

use std::time::Duration;

use super::chats::{Chats, Target};
use super::folds::{self, Touched};
use super::text;
use super::who::Who;
use super::words::{self, Said};
use crate::domain::ids::{ChatId, PersonId, TopicId};
use crate::service::Unit;
use crate::service::words::Words;
use crate::store::humans::{HumanAlert, HumanRequest, NewHumanAlert, NewHumanRequest};
use crate::store::persons::Person;
use crate::store::{self, Lane, OutboxRow, Outgoing};
use crate::view::alert::unshown_words;

/// How long after the request, and after each further message, what the customer writes still counts as part of it.
const LISTENS: Duration = Duration::from_mins(30);
/// From this many messages on, the alert says how many there are, because they may take a while to arrive.
const COUNTED: i64 = 5;

/// The result of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Told,
    Already,
    /// The request waits until there is somebody to tell.
    NobodyThere,
}

/// What happened to words meant for a human.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// These are the first words, and they were passed on.
    PassedOn,
    /// These are the first words, and there is nobody yet to pass them on to.
    Kept,
    /// Further words, which need no reply.
    Further,
}

/// Somebody asks for a human. `words` is the message that says more, if there is one.
pub async fn ask(unit: &mut Unit<'_>, person: &Person, words: Option<Said<'_>>) -> store::Result<Asked> {
    let now = unit.now;
    let survey = unit.tx.find_current_survey(person.id, now).await?;
    let place = survey.map(|survey| (survey.id, survey.turn));
    let listens_until = now.plus(LISTENS);
    let open = unit.tx.find_human_request(person.id, now).await?;
    let (request, told_before) = if let Some(open) = open {
        unit.tx.extend_human_request(open.id, place, listens_until).await?;
        (open.id, open.told)
    } else {
        let new = NewHumanRequest { person: person.id, place, listens_until };
        (unit.tx.insert_human_request(&new, now).await?, false)
    };
    if let Some(said) = words {
        take(unit, request, person.id, said).await?;
    }
    if told_before {
        return Ok(Asked::Already);
    }
    let told = tell_and_show(unit, request, person.id, words).await?;
    Ok(if told { Asked::Told } else { Asked::NobodyThere })
}

/// Passes on what a customer says after asking for a human. Returns `None` if the message is about something else.
/// `text` is set only for a message that is plain text.
pub async fn accept_words(
    unit: &mut Unit<'_>,
    words: &Words,
    text: Option<&str>,
) -> store::Result<Option<Heard>> {
    let now = unit.now;
    let Some(request) = unit.tx.find_human_request(words.person, now).await? else { return Ok(None) };
    if is_about_survey(unit, words, &request).await? {
        return Ok(None);
    }
    let said = Said { message_id: words.message_id, text };
    take(unit, request.id, words.person, said).await?;
    unit.tx.hear_human_request(request.id, now, now.plus(LISTENS)).await?;
    let told = request.told || tell_and_show(unit, request.id, words.person, Some(said)).await?;
    Ok(Some(match (request.heard_at, told) {
        (Some(_), _) => Heard::Further,
        (None, true) => Heard::PassedOn,
        (None, false) => Heard::Kept,
    }))
}

/// Attaches a message to a request and sends it wherever the request was announced.
async fn take(unit: &mut Unit<'_>, request: i64, person: PersonId, said: Said<'_>) -> store::Result<()> {
    let ctx = unit.ctx;
    if !unit.tx.insert_human_message(person, said.message_id, request).await? {
        return Ok(());
    }
    let Some(told) = open_alerts(unit, request, person, said).await? else { return Ok(()) };
    for alert in &told {
        words::pass_on(unit, alert, request, person, said).await?;
    }
    let messages = unit.tx.count_human_messages(request).await?;
    if messages < COUNTED {
        return Ok(());
    }
    let who = Who::load(&mut unit.tx, person).await?;
    let chats = Chats::load(unit, &[]).await?;
    for alert in told.into_iter().filter(|alert| !alert.shared) {
        let (place, count) =
            ((alert.chat_id, alert.thread_id), usize::try_from(messages).unwrap_or_default());
        let view = who.view(ctx, &chats, place, count);
        let edit = Outgoing::edit(Lane::Edits, alert.chat_id, alert.message, None, text(&view));
        unit.tx.enqueue(&edit.thread(alert.thread_id), unit.now).await?;
    }
    Ok(())
}

/// A reply to a comment belongs to that comment. A person who has since continued with a survey is talking about the
/// survey.
async fn is_about_survey(unit: &mut Unit<'_>, words: &Words, request: &HumanRequest) -> store::Result<bool> {
    if let Some(replied_to) = words.reply_to
        && unit.tx.find_comment_replied_to(words.person, replied_to).await?.is_some()
    {
        return Ok(true);
    }
    if let Some(album) = &words.media_group
        && unit.tx.find_album(words.person, album).await?.is_some()
    {
        return Ok(true);
    }
    let survey = unit.tx.find_current_survey(words.person, unit.now).await?;
    Ok(survey.is_some_and(|survey| request.survey != Some(survey.id) || request.turn != Some(survey.turn)))
}

/// Shows the leads the current version of an edited message.
pub async fn edited(unit: &mut Unit<'_>, person: PersonId, said: Said<'_>) -> store::Result<()> {
    let Some(request) = unit.tx.find_human_message(person, said.message_id).await? else { return Ok(()) };
    let told = open_alerts(unit, request, person, said).await?;
    for alert in told.into_iter().flatten() {
        words::pass_on_again(unit, &alert, request, person, said).await?;
    }
    Ok(())
}

/// The alerts of a request whose chats accept messages. If none of these chats accepts anything now, the request is
/// announced again in other chats with all its messages. In that case, and while the request waits for somebody to
/// tell, nothing is left to do for the caller.
async fn open_alerts(
    unit: &mut Unit<'_>,
    request: i64,
    person: PersonId,
    said: Said<'_>,
) -> store::Result<Option<Vec<HumanAlert>>> {
    let mut told = unit.tx.list_human_alerts(request).await?;
    if told.is_empty() {
        return Ok(None);
    }
    let chats = Chats::load(unit, &[]).await?;
    told.retain(|alert| chats.is_open(alert.chat_id, alert.thread_id));
    if told.is_empty() {
        tell_again(unit, request, person, Some(said)).await?;
        return Ok(None);
    }
    Ok(Some(told))
}

async fn tell_again(
    unit: &mut Unit<'_>,
    request: i64,
    person: PersonId,
    last: Option<Said<'_>>,
) -> store::Result<()> {
    if !tell_and_show(unit, request, person, last).await? {
        unit.tx.set_human_request_told(request, None).await?;
    }
    Ok(())
}

async fn tell_and_show(
    unit: &mut Unit<'_>,
    request: i64,
    person: PersonId,
    last: Option<Said<'_>>,
) -> store::Result<bool> {
    let mut touched = Touched::new();
    let told = tell(unit, request, person, last, &mut touched).await?;
    folds::show(unit, &touched).await?;
    Ok(told)
}

/// Tells everyone who gets alerts. Returns false if there is nobody. The latest message is taken from its update;
/// earlier messages are still at Telegram and are copied from there.
async fn tell(
    unit: &mut Unit<'_>,
    request: i64,
    person: PersonId,
    last: Option<Said<'_>>,
    touched: &mut Touched,
) -> store::Result<bool> {
    let Unit { ctx, now, .. } = *unit;
    let chats = Chats::load(unit, &[]).await?;
    let targets = chats.targets(ctx);
    if targets.is_empty() {
        tracing::warn!("a customer asks for a human, and there is nobody to tell: send /alerts in a chat");
        return Ok(false);
    }
    let who = Who::load(&mut unit.tx, person).await?;
    let stranger = unit.tx.is_stranger(person).await?;
    let mut told = Vec::with_capacity(targets.len());
    for Target { chat, topic, .. } in targets {
        let fold = folds::find_place(unit, (chat, topic), stranger, touched).await?;
        let message = match &fold {
            Some(fold) => fold.message,
            None => unit.tx.insert_message(chat, topic).await?,
        };
        let fold = fold.map(|fold| fold.id);
        let new = NewHumanAlert { request, chat_id: chat, thread_id: topic, message, fold, stranger };
        unit.tx.insert_human_alert(&new, now).await?;
        if fold.is_none() {
            let view = text(&who.view(ctx, &chats, (chat, topic), 0));
            // Nobody knows this person, so their request must not delay a customer's bad score or wake anybody.
            let send = if stranger {
                Outgoing::send(Lane::Words, chat, view.silent())
            } else {
                Outgoing::send(Lane::Alerts, chat, view)
            };
            unit.tx.enqueue(&send.message(message).thread(topic), now).await?;
        }
        let shared = fold.is_some();
        told.push(HumanAlert { chat_id: chat, thread_id: topic, message, fold, shared, stranger });
    }
    unit.tx.set_human_request_told(request, Some(now)).await?;
    for message_id in unit.tx.list_human_messages(request).await? {
        let said = last.filter(|last| last.message_id == message_id);
        let said = said.unwrap_or(Said { message_id, text: None });
        for alert in &mut told {
            alert.message = words::pass_on(unit, alert, request, person, said).await?;
            alert.shared = false;
        }
    }
    Ok(true)
}

/// Sends at most `limit` requests that waited for somebody to tell, if there is somebody now. Returns how many were
/// sent.
pub(super) async fn tell_waiting(unit: &mut Unit<'_>, limit: i64) -> store::Result<i64> {
    let mut told = 0;
    let mut touched = Touched::new();
    for (request, person) in unit.tx.list_waiting_human_requests(limit).await? {
        if !tell(unit, request, person, None, &mut touched).await? {
            break;
        }
        told += 1;
    }
    folds::show(unit, &touched).await?;
    Ok(told)
}

/// Requests that were to be announced in this chat, or in this topic of it, and never were, are announced in the next
/// place.
pub(super) async fn move_on(
    unit: &mut Unit<'_>,
    (chat, topic): (ChatId, Option<TopicId>),
) -> store::Result<()> {
    let requests = unit.tx.delete_undelivered_human_alerts(chat, topic).await?;
    tell_elsewhere(unit, requests).await
}

/// Customers' messages and their requests were withdrawn in one chat. If no other chat has been told, the next one is.
pub(super) async fn tell_elsewhere(
    unit: &mut Unit<'_>,
    requests: impl IntoIterator<Item = (i64, PersonId)>,
) -> store::Result<()> {
    for (request, person) in requests {
        if !has_open_alert(unit, request).await? {
            tell_again(unit, request, person, None).await?;
        }
    }
    Ok(())
}

/// The chat that was told of a request refuses the customer's words. The next chat gets the whole request.
pub(super) async fn words_refused(unit: &mut Unit<'_>, row: &OutboxRow) -> store::Result<()> {
    let Some(message) = row.message.filter(|_| row.lane == Lane::Words) else { return Ok(()) };
    match unit.tx.find_copied_words(message).await? {
        Some(request) => tell_elsewhere(unit, [request]).await,
        None => Ok(()),
    }
}

/// A chat that was told of a request cannot show one of its messages. The chat is told so, once.
pub(super) async fn copy_refused(unit: &mut Unit<'_>, row: &OutboxRow, reason: &str) -> store::Result<()> {
    let ctx = unit.ctx;
    let copied = match row.message {
        Some(message) => unit.tx.find_copied_words(message).await?,
        None => None,
    };
    let Some((request, _)) = copied else { return Ok(()) };
    let place = (row.chat_id, row.thread_id);
    if unit.tx.count_unshown_words(request, place).await? > 1 {
        return Ok(());
    }
    let told = unit.tx.list_human_alerts(request).await?;
    let Some(alert) = told.iter().find(|alert| (alert.chat_id, alert.thread_id) == place) else {
        return Ok(());
    };
    let chats = Chats::load(unit, &[]).await?;
    let locale = chats.locale_of(ctx, row.chat_id, row.thread_id);
    let view = unshown_words(&ctx.catalogue, locale, reason);
    let reply = Outgoing::send(Lane::Words, row.chat_id, text(&view).reply_to(alert.message).silent());
    unit.tx.enqueue(&reply.thread(row.thread_id), unit.now).await
}

async fn has_open_alert(unit: &mut Unit<'_>, request: i64) -> store::Result<bool> {
    let chats = Chats::load(unit, &[]).await?;
    let told = unit.tx.list_human_alerts(request).await?;
    Ok(told.iter().any(|alert| chats.is_open(alert.chat_id, alert.thread_id)))
}
