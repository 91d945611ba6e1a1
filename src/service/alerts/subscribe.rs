//! Chats that begin or cease to get alerts, by `/alerts` or because the bot was removed.

use std::collections::BTreeSet;

use super::chats::Chats;
use super::folds::{self, Touched};
use super::{human, send_waiting, settle};
use crate::config::ChatTopic;
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::store::{self, Tx};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscribed {
    /// With the number of alerts that had waited for a chat.
    Now(u64),
    Already,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsubscribed {
    /// `last`: now no chat gets alerts, and they go to the admins.
    Now {
        last: bool,
    },
    Already,
    /// The environment names this chat.
    Configured,
}

/// Whether any chat gets alerts, so that they need not go to the admins.
pub async fn has_chats(tx: &mut Tx, ctx: &Context) -> store::Result<bool> {
    Ok(!Chats::load(tx, ctx, &[]).await?.chats(ctx).is_empty())
}

/// A chat or topic shall get alerts from now on, in this language.
pub async fn subscribe(
    tx: &mut Tx,
    ctx: &Context,
    place: ChatTopic,
    title: Option<&str>,
    locale: &str,
    now: Timestamp,
) -> store::Result<Subscribed> {
    let chats = Chats::load(tx, ctx, &[]).await?;
    let gets = |chats: &Chats| {
        chats.chats(ctx).iter().any(|chat| chat.chat == place.chat && chat.topic == place.topic)
    };
    let already = gets(&chats);
    tx.upsert_alert_chat((place.chat, place.topic), title, locale, now).await?;
    tracing::info!(chat = place.chat, topic = place.topic, "a chat subscribed to alerts");
    if already {
        return Ok(Subscribed::Already);
    }
    Ok(Subscribed::Now(send_waiting(tx, ctx, now).await?))
}

/// A chat or topic shall get no more alerts.
pub async fn unsubscribe(tx: &mut Tx, ctx: &Context, place: ChatTopic) -> store::Result<Unsubscribed> {
    if ctx.config.alert_chats.contains(&place) {
        return Ok(Unsubscribed::Configured);
    }
    if !tx.delete_alert_chat(place.chat, place.topic).await? {
        return Ok(Unsubscribed::Already);
    }
    tracing::info!(chat = place.chat, topic = place.topic, "a chat ended its subscription to alerts");
    Ok(Unsubscribed::Now { last: !has_chats(tx, ctx).await? })
}

/// A chat cannot be written to any more: what never arrived there goes to whoever gets alerts now.
pub async fn lost(tx: &mut Tx, ctx: &Context, chat: i64, now: Timestamp) -> store::Result<()> {
    let configured = ctx.config.alert_chats.iter().filter(|place| place.chat == chat);
    let known = tx.list_alert_chats().await?;
    for place in configured {
        if !known.iter().any(|row| row.chat_id == chat && row.thread_id == place.topic) {
            let locale = ctx.config.default_locale;
            tx.upsert_alert_chat((chat, place.topic), None, locale, now).await?;
        }
    }
    if tx.set_alert_chat_gone(chat, Some(now)).await? {
        tracing::warn!(chat, "a chat that gets alerts is gone; its alerts go to the others or to the admins");
    }
    human::lost(tx, chat).await?;
    human::tell_waiting(tx, ctx, now).await?;
    let mut surveys = BTreeSet::new();
    for row in tx.list_undelivered_alerts(chat).await? {
        tx.delete_alert(row.id).await?;
        surveys.insert(row.survey);
    }
    let mut touched = Touched::new();
    for survey in surveys {
        settle(tx, ctx, survey, now, &mut touched).await?;
    }
    folds::show(tx, ctx, &touched, now).await
}

/// A chat can be written to again: what waited for somebody to tell goes out.
pub async fn returned(tx: &mut Tx, ctx: &Context, chat: i64, now: Timestamp) -> store::Result<()> {
    if tx.set_alert_chat_gone(chat, None).await? {
        tracing::info!(chat, "a chat that gets alerts is there again");
    }
    send_waiting(tx, ctx, now).await?;
    Ok(())
}

/// Somebody may see alerts no more: their own chat with the bot gets none, and those on their way there go to whoever
/// gets them now. What was posted there stays as it is.
pub async fn withdraw(tx: &mut Tx, ctx: &Context, person: i64, now: Timestamp) -> store::Result<()> {
    if ctx.config.alert_chats.iter().any(|place| place.chat == person) {
        return Ok(());
    }
    tx.delete_alert_chat(person, 0).await?;
    lost(tx, ctx, person, now).await
}
