//! Chats that somebody subscribed whose role has ended: they get no alerts until an admin keeps them. The admins are told
//! which they are, so that no team falls silent unnoticed.

use std::collections::{BTreeMap, BTreeSet};

use super::chats::{Chats, configured};
use super::human;
use super::losses::{move_on, say, settle_all, surveys_in};
use super::subscribe::named;
use super::waiting::send_waiting;
use crate::config::ChatTopic;
use crate::domain::staff::Deed;
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::service::staff::log;
use crate::store::alert_chats::WithdrawnChat;
use crate::store::{self, Tx};
use crate::view::View;
use crate::view::chats::{Orphan, Place, orphans};

/// What an admin decided about a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Kept,
    Forgotten,
}

/// Somebody may see alerts no more: their own chat with the bot gets none, and neither do the chats that they subscribed,
/// until an admin keeps them. What was on its way there goes to whoever gets alerts now; what was posted stays as it is.
pub async fn withdraw(
    tx: &mut Tx,
    ctx: &Context,
    by: Option<i64>,
    person: i64,
    now: Timestamp,
) -> store::Result<()> {
    let configured = configured(tx, &ctx.config).await?;
    let mut left = Vec::new();
    for chat in tx.list_alert_chats().await? {
        let place = ChatTopic { chat: chat.chat_id, topic: chat.thread_id };
        let is_theirs = chat.subscribed_by == Some(person) || place.chat == person;
        // What the environment names, the environment answers for.
        if !is_theirs || configured.contains(&place) {
            continue;
        }
        if place.chat == person {
            tx.delete_alert_chat(place.chat, place.topic).await?;
        } else {
            tx.withdraw_alert_chat(place.chat, place.topic, now).await?;
        }
        let detail = named(place, chat.title.as_deref());
        log::detail(tx, by, Deed::AlertsWithdrawn, (Some(person), &detail), now).await?;
        tracing::info!(
            chat = place.chat,
            topic = place.topic,
            person,
            "a chat gets no more alerts: the role of who subscribed it has ended"
        );
        left.push((place.chat, Some(place.topic)));
    }
    // Admins get alerts in private without having subscribed.
    if !configured.iter().any(|place| place.chat == person) {
        left.retain(|(chat, _)| *chat != person);
        left.push((person, None));
    }
    for (chat, topic) in left {
        leave(tx, ctx, (chat, topic), now).await?;
    }
    tell(tx, ctx, now).await
}

/// What was to be sent to a chat, or to this topic of it, goes to those that get alerts now.
async fn leave(
    tx: &mut Tx,
    ctx: &Context,
    (chat, topic): (i64, Option<i64>),
    now: Timestamp,
) -> store::Result<()> {
    for lost in tx.list_lost_chats().await? {
        if lost.chat_id == chat && topic.is_none_or(|topic| topic == lost.thread_id) {
            tx.delete_lost_chat(lost.chat_id, lost.thread_id).await?;
        }
    }
    let (mut surveys, mut requests) = (BTreeSet::new(), BTreeMap::new());
    for (alert, message) in tx.take_back_for_leads(chat, topic).await? {
        surveys.extend(surveys_in(tx, alert, message).await?);
        if let Some(message) = message {
            requests.extend(tx.find_copied_words(message).await?);
        }
    }
    move_on(tx, ctx, chat, topic, now).await?;
    settle_all(tx, ctx, surveys, now).await?;
    human::tell_elsewhere(tx, ctx, requests, now).await
}

/// Tells the admins of chats that wait for them, if they do not know yet of all and somebody can be told.
pub(super) async fn tell(tx: &mut Tx, ctx: &Context, now: Timestamp) -> store::Result<()> {
    let withdrawn = tx.list_withdrawn_chats().await?;
    if withdrawn.iter().all(|chat| chat.told) {
        return Ok(());
    }
    let chats = Chats::load(tx, ctx, &[]).await?;
    let mut admins = chats.open_admins(ctx);
    admins.retain(|admin| chats.has_started(admin.chat));
    if admins.is_empty() {
        return Ok(());
    }
    let to_admins = chats.chats(ctx).is_empty();
    for admin in admins {
        let view = orphans(&ctx.catalogue, &admin.locale, &grouped(&withdrawn), to_admins);
        say(tx, admin.chat, &view, now).await?;
    }
    tx.mark_withdrawn_chats_told(true).await
}

/// Somebody cannot be written to. If no admin can, what they were told may have reached nobody: it is said once more.
pub async fn tell_once_more(tx: &mut Tx, ctx: &Context) -> store::Result<()> {
    if tx.list_withdrawn_chats().await?.is_empty() {
        return Ok(());
    }
    if Chats::load(tx, ctx, &[]).await?.open_admins(ctx).is_empty() {
        tx.mark_withdrawn_chats_told(false).await?;
    }
    Ok(())
}

/// The chats that wait for an admin.
pub async fn screen(tx: &mut Tx, ctx: &Context, locale: &str) -> store::Result<View> {
    let withdrawn = tx.list_withdrawn_chats().await?;
    let to_admins = Chats::load(tx, ctx, &[]).await?.chats(ctx).is_empty();
    Ok(orphans(&ctx.catalogue, locale, &grouped(&withdrawn), to_admins))
}

/// An admin decides about a chat with all its topics that wait for that. `None` if none does any more.
pub async fn decide(
    tx: &mut Tx,
    ctx: &Context,
    admin: i64,
    (chat, fate): (i64, Fate),
    now: Timestamp,
) -> store::Result<Option<String>> {
    let mut withdrawn = tx.list_withdrawn_chats().await?;
    withdrawn.retain(|row| row.chat_id == chat);
    let Some(first) = withdrawn.first() else { return Ok(None) };
    let title = first.title.clone().unwrap_or_else(|| chat.to_string());
    let deed = match fate {
        Fate::Kept => {
            tx.keep_withdrawn_chat(chat, admin).await?;
            Deed::AlertsKept
        }
        Fate::Forgotten => {
            tx.delete_withdrawn_chat(chat).await?;
            Deed::AlertsUnsubscribed
        }
    };
    for row in &withdrawn {
        let place = ChatTopic { chat, topic: row.thread_id };
        log::detail(tx, Some(admin), deed, (None, &named(place, row.title.as_deref())), now).await?;
    }
    if fate == Fate::Kept {
        send_waiting(tx, ctx, now).await?;
    }
    Ok(Some(title))
}

/// One entry a chat, however many of its topics there are.
fn grouped(withdrawn: &[WithdrawnChat]) -> Vec<Orphan<'_>> {
    let mut orphans: Vec<Orphan<'_>> = Vec::new();
    for row in withdrawn {
        if let Some(known) = orphans.iter_mut().find(|orphan| orphan.place.chat == row.chat_id) {
            known.further += 1;
            continue;
        }
        let place = Place { chat: row.chat_id, topic: row.thread_id, title: row.title.as_deref() };
        orphans.push(Orphan {
            place,
            further: 0,
            subscribed_by: row.subscribed_by,
            subscriber: row.subscriber.as_deref(),
        });
    }
    orphans
}
