//! Chats that refuse alerts: what they refuse goes to the next place, the admins are told, and they are tried again.
//!
//! A lost chat is tried with the next alert after its pause, or at once after a sign of life. It is back when a message
//! arrives there, or when Telegram says that the bot was let in again.

use std::collections::BTreeSet;

use super::chats::Chats;
use super::folds::{self, Touched};
use super::waiting::send_waiting;
use super::{human, settle, text};
use crate::config::ChatTopic;
use crate::domain::loss::Loss;
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::store::alerts::NewAlert;
use crate::store::lost_chats::LostChat;
use crate::store::{self, Lane, Method, OutboxRow, Outgoing, Tx};
use crate::view::View;
use crate::view::chats::{Lost, Place, back, lost};

/// What a chat never got is moved on in parts: the next refusal moves the next.
const BATCH: i64 = 200;
/// Characters kept of a reason in Telegram's words.
pub(super) const REASON: usize = 200;

/// A chat refused a message. What it belongs to goes to the next place, and so does all else that waits for this chat.
pub async fn refused(
    tx: &mut Tx,
    ctx: &Context,
    row: &OutboxRow,
    (loss, reason): (Loss, &str),
    now: Timestamp,
) -> store::Result<()> {
    let place = ChatTopic { chat: row.chat_id, topic: row.thread_id };
    let known = Chats::load(tx, ctx, &[]).await?.places();
    // A chat that is gone is so with all its topics; of the others each refuses by itself.
    let concerns = |other: &ChatTopic| other.chat == place.chat && (loss == Loss::Gone || *other == place);
    let mut places: Vec<ChatTopic> = known.into_iter().filter(concerns).collect();
    if places.is_empty() && row.lane.is_for_leads() {
        places.push(place);
    }
    note(tx, ctx, &places, (loss, reason), None, now).await?;
    move_on(tx, ctx, place.chat, (loss == Loss::Silent).then_some(place.topic), now).await?;
    if row.lane.is_for_leads() {
        // What followed an alert is in the alert that the next place gets.
        let surveys = surveys_in(tx, row.alert, row.message).await?;
        settle_all(tx, ctx, surveys, now).await?;
        human::words_refused(tx, ctx, row, now).await?;
    }
    Ok(())
}

/// Telegram says that the bot was removed from a chat, or may not write there any more.
pub async fn removed(
    tx: &mut Tx,
    ctx: &Context,
    (chat, title): (i64, Option<&str>),
    (loss, reason): (Loss, &str),
    now: Timestamp,
) -> store::Result<()> {
    let known = Chats::load(tx, ctx, &[]).await?.places();
    let places: Vec<ChatTopic> = known.into_iter().filter(|place| place.chat == chat).collect();
    note(tx, ctx, &places, (loss, reason), title, now).await?;
    move_on(tx, ctx, chat, None, now).await
}

/// Stores that these chats refuse, and tells the admins if they do not know yet.
async fn note(
    tx: &mut Tx,
    ctx: &Context,
    places: &[ChatTopic],
    (loss, reason): (Loss, &str),
    title: Option<&str>,
    now: Timestamp,
) -> store::Result<()> {
    let known = tx.list_lost_chats().await?;
    let mut news = Vec::new();
    for place in places {
        let before = known.iter().find(|lost| (lost.chat_id, lost.thread_id) == (place.chat, place.topic));
        let mut row = before.cloned().unwrap_or_else(|| LostChat {
            chat_id: place.chat,
            thread_id: place.topic,
            loss,
            reason: String::new(),
            lost_at: now,
            refused_at: None,
            refusals: 0,
            told: false,
        });
        // What was on its way when the chat refused is no new try.
        if row.may_be_tried(now) {
            row.refusals += 1;
            row.refused_at = Some(now);
        }
        row.loss = loss;
        row.reason = reason.chars().take(REASON).collect();
        tx.upsert_lost_chat(&row).await?;
        if before.is_none() {
            tracing::warn!(
                chat = place.chat,
                topic = place.topic,
                reason,
                "a chat refuses alerts; they go to the other chats or to the admins until it takes them again"
            );
        }
        if !row.told && place.chat < 0 {
            news.push(row);
        }
    }
    tell_lost(tx, ctx, news, title, now).await
}

async fn tell_lost(
    tx: &mut Tx,
    ctx: &Context,
    news: Vec<LostChat>,
    title: Option<&str>,
    now: Timestamp,
) -> store::Result<()> {
    if news.is_empty() {
        return Ok(());
    }
    let chats = Chats::load(tx, ctx, &[]).await?;
    let admins = chats.open_admins(ctx);
    if admins.is_empty() {
        return Ok(());
    }
    let to_admins = chats.chats(ctx).is_empty();
    let mut named = BTreeSet::new();
    for row in news {
        tx.upsert_lost_chat(&LostChat { told: true, ..row.clone() }).await?;
        if !named.insert(name_of(&row)) {
            continue;
        }
        let place = place_of(&chats, &row, title);
        let place_is = ChatTopic { chat: row.chat_id, topic: row.thread_id };
        let (loss, reason, configured) = (row.loss, row.reason.as_str(), chats.is_configured(place_is));
        let told = Lost { place, loss, reason, configured, to_admins };
        for admin in &admins {
            say(tx, admin.chat, &lost(&ctx.catalogue, &admin.locale, &told), now).await?;
        }
    }
    Ok(())
}

/// A chat that is gone is named once, however many topics it had.
fn name_of(row: &LostChat) -> (i64, i64) {
    (row.chat_id, if row.loss == Loss::Gone { 0 } else { row.thread_id })
}

fn place_of<'a>(chats: &'a Chats, row: &LostChat, title: Option<&'a str>) -> Place<'a> {
    let (chat, topic) = name_of(row);
    Place { chat, topic, title: title.or_else(|| chats.title(chat)) }
}

pub(super) async fn say(tx: &mut Tx, admin: i64, view: &View, now: Timestamp) -> store::Result<()> {
    tx.enqueue(&Outgoing::send(Lane::Alerts, admin, text(view)), now).await
}

/// What never arrived in a chat goes to the chats, or admins, that get alerts now; `topic` is `None` for all topics.
pub async fn move_on(
    tx: &mut Tx,
    ctx: &Context,
    chat: i64,
    topic: Option<i64>,
    now: Timestamp,
) -> store::Result<()> {
    human::move_on(tx, ctx, (chat, topic), now).await?;
    let mut surveys = BTreeSet::new();
    for row in tx.list_undelivered_alerts(chat, topic, BATCH).await? {
        tx.delete_alert(row.id).await?;
        surveys.insert(row.survey);
    }
    settle_all(tx, ctx, surveys, now).await
}

pub(super) async fn settle_all(
    tx: &mut Tx,
    ctx: &Context,
    surveys: BTreeSet<i64>,
    now: Timestamp,
) -> store::Result<()> {
    let mut touched = Touched::new();
    for survey in surveys {
        settle(tx, ctx, survey, now, &mut touched).await?;
    }
    folds::show(tx, ctx, &touched, now).await
}

/// The surveys that a message for the leads tells of.
pub(super) async fn surveys_in(
    tx: &mut Tx,
    alert: Option<i64>,
    message: Option<i64>,
) -> store::Result<BTreeSet<i64>> {
    let mut surveys = BTreeSet::new();
    if let Some(alert) = alert {
        surveys.extend(tx.find_survey_of_alert(alert).await?);
    } else if let Some(message) = message {
        surveys.extend(tx.list_surveys_in_message(message, BATCH).await?);
    }
    Ok(surveys)
}

/// Telegram refuses the text of an alert, which is a fault of ours: the alert waits, where everybody sees it, until
/// there is another text.
pub async fn text_refused(tx: &mut Tx, row: &OutboxRow, reason: &str, now: Timestamp) -> store::Result<()> {
    if !row.lane.is_for_leads() || row.method != Method::Send || row.message.is_none() {
        return Ok(());
    }
    let reason: String = reason.chars().take(REASON).collect();
    for survey in surveys_in(tx, row.alert, row.message).await? {
        let mut rows = tx.list_alerts(survey).await?;
        for alert in rows.extract_if(.., |alert| alert.message == row.message) {
            tx.delete_alert(alert.id).await?;
        }
        if rows.is_empty() {
            let waiting = NewAlert { survey, refused: Some(&reason), ..NewAlert::default() };
            tx.insert_alert(&waiting, now).await?;
        }
    }
    Ok(())
}

/// A message arrived: a chat that was lost takes messages again.
pub async fn arrived(tx: &mut Tx, ctx: &Context, row: &OutboxRow, now: Timestamp) -> store::Result<()> {
    if row.chat_id > 0 && !row.lane.is_for_leads() {
        return Ok(());
    }
    let is_back = |lost: &LostChat| {
        lost.chat_id == row.chat_id && (lost.thread_id == row.thread_id || lost.loss == Loss::Gone)
    };
    let mut found = tx.list_lost_chats().await?;
    found.retain(is_back);
    if found.is_empty() {
        return Ok(());
    }
    end(tx, ctx, found, now).await
}

/// The bot may write to a chat again, as Telegram says: what waited for somebody to tell goes out.
pub async fn returned(tx: &mut Tx, ctx: &Context, chat: i64, now: Timestamp) -> store::Result<()> {
    let mut found = tx.list_lost_chats().await?;
    found.retain(|lost| lost.chat_id == chat);
    end(tx, ctx, found, now).await
}

/// Somebody writes in a chat: if it was lost it is tried at once, with the next alert or with one that waits.
pub async fn alive(tx: &mut Tx, ctx: &Context, chat: i64, now: Timestamp) -> store::Result<()> {
    if tx.hasten_lost_chat(chat).await? {
        send_waiting(tx, ctx, now).await?;
    }
    Ok(())
}

/// Forgets chats that were lost and are not to get alerts any more: the environment may have named them.
pub(super) async fn forget_others(tx: &mut Tx, ctx: &Context) -> store::Result<()> {
    let lost = tx.list_lost_chats().await?;
    if lost.is_empty() {
        return Ok(());
    }
    let chats = Chats::load(tx, ctx, &[]).await?;
    let known = chats.places();
    for row in lost {
        let place = ChatTopic { chat: row.chat_id, topic: row.thread_id };
        if !known.contains(&place) && !chats.is_admin(row.chat_id) {
            tx.delete_lost_chat(row.chat_id, row.thread_id).await?;
        }
    }
    Ok(())
}

async fn end(tx: &mut Tx, ctx: &Context, found: Vec<LostChat>, now: Timestamp) -> store::Result<()> {
    for row in &found {
        tx.delete_lost_chat(row.chat_id, row.thread_id).await?;
        tracing::info!(chat = row.chat_id, topic = row.thread_id, "a chat takes alerts again");
    }
    let chats = Chats::load(tx, ctx, &[]).await?;
    let mut named = BTreeSet::new();
    for row in found.iter().filter(|row| row.told && named.insert(name_of(row))) {
        let place = place_of(&chats, row, None);
        for admin in chats.open_admins(ctx) {
            say(tx, admin.chat, &back(&ctx.catalogue, &admin.locale, place), now).await?;
        }
    }
    send_waiting(tx, ctx, now).await?;
    Ok(())
}
