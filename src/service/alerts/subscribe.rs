//! Chats that begin or cease to get alerts, by `/alerts` or because a role is taken.

use super::chats::{Chats, configured};
use super::losses::move_on;
use super::waiting::send_waiting;
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
    // The answer to the command shows whether it may be written to.
    tx.hasten_lost_chat(place.chat).await?;
    tracing::info!(chat = place.chat, topic = place.topic, "a chat subscribed to alerts");
    if already {
        return Ok(Subscribed::Already);
    }
    let backlog = tx.backlog().await?;
    send_waiting(tx, ctx, now).await?;
    Ok(Subscribed::Now(u64::try_from(backlog.alerts_waiting - backlog.alerts_refused).unwrap_or(0)))
}

/// A chat or topic shall get no more alerts.
pub async fn unsubscribe(tx: &mut Tx, ctx: &Context, place: ChatTopic) -> store::Result<Unsubscribed> {
    if configured(tx, &ctx.config).await?.contains(&place) {
        return Ok(Unsubscribed::Configured);
    }
    if !tx.delete_alert_chat(place.chat, place.topic).await? {
        return Ok(Unsubscribed::Already);
    }
    tx.delete_lost_chat(place.chat, place.topic).await?;
    tracing::info!(chat = place.chat, topic = place.topic, "a chat ended its subscription to alerts");
    Ok(Unsubscribed::Now { last: !has_chats(tx, ctx).await? })
}

/// Somebody may see alerts no more: their own chat with the bot gets none, and those on their way there go to whoever
/// gets them now. What was posted there stays as it is.
pub async fn withdraw(tx: &mut Tx, ctx: &Context, person: i64, now: Timestamp) -> store::Result<()> {
    if ctx.config.alert_chats.iter().any(|place| place.chat == person) {
        return Ok(());
    }
    tx.delete_alert_chat(person, 0).await?;
    tx.delete_lost_chat(person, 0).await?;
    move_on(tx, ctx, person, None, now).await
}
