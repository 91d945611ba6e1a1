//! Chats whose subscriber has lost their role. They get no alerts until an admin keeps them. The admins are told which
//! chats these are, so that no team loses its alerts unnoticed.

use std::collections::BTreeSet;

use super::chats::{Chats, configured, place_of};
use super::losses::{about_in, move_on, say, update_all};
use super::subscribe::named;
use super::waiting::send_waiting;
use crate::config::ChatTopic;
use crate::domain::case::WordState;
use crate::domain::ids::{ChatId, PersonId, TopicId};
use crate::domain::staff::Deed;
use crate::service::Unit;
use crate::service::{cases, staff_log};
use crate::store;
use crate::store::alert_chats::WithdrawnChat;
use crate::view::View;
use crate::view::chats::{Orphan, orphans};

/// How many cases, the newest ones, have their posts redrawn when a chat is kept.
const MOST_REDRAWN: i64 = 200;

/// What an admin decided about a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Kept,
    Forgotten,
}

/// A person may no longer see alerts. Their own chat with the bot gets none, and the chats that they subscribed get
/// none until an admin keeps them. Messages not yet sent go to the chats that get alerts now; posted messages stay as
/// they are.
pub async fn withdraw(unit: &mut Unit<'_>, by: Option<PersonId>, person: PersonId) -> store::Result<()> {
    let configured = configured(&mut unit.tx, &unit.ctx.config).await?;
    let own = person.chat();
    let mut left = Vec::new();
    for chat in unit.tx.audience().await?.chats.iter() {
        let place = chat.place();
        let is_theirs = chat.subscribed_by == Some(person) || place.chat == own;
        // The environment is responsible for the chats that it names.
        if !is_theirs || configured.contains(&place) {
            continue;
        }
        if place.chat == own {
            unit.tx.delete_alert_chat(place.chat, place.topic).await?;
        } else {
            unit.tx.withdraw_alert_chat(place.chat, place.topic, unit.now).await?;
        }
        let detail = named(place, chat.title.as_deref());
        staff_log::detail(unit, by, Deed::AlertsWithdrawn, Some(person), &detail).await?;
        tracing::info!(
            chat = place.chat.get(),
            topic = place.topic.get(),
            person = person.get(),
            "a chat gets no more alerts: the role of who subscribed it has ended"
        );
        left.push((place.chat, Some(place.topic)));
    }
    // Admins get alerts in private without having subscribed.
    if !configured.iter().any(|place| place.chat == own) {
        left.retain(|(chat, _)| *chat != own);
        left.push((own, None));
    }
    for (chat, topic) in left {
        leave(unit, (chat, topic)).await?;
    }
    tell(unit).await
}

/// Moves what was to be sent to a chat, or to this topic of it, to the chats that get alerts now.
async fn leave(unit: &mut Unit<'_>, (chat, topic): (ChatId, Option<TopicId>)) -> store::Result<()> {
    for lost in &unit.tx.audience().await?.lost {
        if lost.chat_id == chat && topic.is_none_or(|topic| topic == lost.thread_id) {
            unit.tx.delete_lost_chat(lost.chat_id, lost.thread_id).await?;
        }
    }
    let mut about = BTreeSet::new();
    for (alert, message) in unit.tx.take_back_for_leads(chat, topic).await? {
        about.extend(about_in(&mut unit.tx, alert, message).await?);
        // What a customer said is shown with the post in the next chat.
        if let Some(message) = message {
            unit.tx.settle_case_words(message, WordState::Kept, unit.now).await?;
        }
    }
    move_on(unit, chat, topic).await?;
    update_all(unit, about).await
}

/// Tells the admins about the chats that wait for a decision, if there are any that they do not know of and somebody
/// can be told.
pub(super) async fn tell(unit: &mut Unit<'_>) -> store::Result<()> {
    let ctx = unit.ctx;
    let withdrawn = unit.tx.list_withdrawn_chats().await?;
    if withdrawn.iter().all(|chat| chat.told) {
        return Ok(());
    }
    let chats = Chats::load(unit, &[]).await?;
    let mut admins = chats.open_admins(ctx);
    admins.retain(|admin| chats.has_started(admin.chat));
    if admins.is_empty() {
        return Ok(());
    }
    let to_admins = chats.chats(ctx).is_empty();
    for admin in admins {
        let view = orphans(&ctx.catalogue, &admin.locale, &grouped(&withdrawn), to_admins);
        say(unit, admin.chat, &view).await?;
    }
    unit.tx.mark_withdrawn_chats_told(true).await
}

/// A person cannot be written to. If the bot can write to no admin, the notice may have reached nobody, so it is sent
/// once more.
pub async fn tell_once_more(unit: &mut Unit<'_>) -> store::Result<()> {
    if unit.tx.list_withdrawn_chats().await?.is_empty() {
        return Ok(());
    }
    if Chats::load(unit, &[]).await?.open_admins(unit.ctx).is_empty() {
        unit.tx.mark_withdrawn_chats_told(false).await?;
    }
    Ok(())
}

/// The screen of chats that wait for an admin.
pub async fn screen(unit: &mut Unit<'_>, locale: &str) -> store::Result<View> {
    let ctx = unit.ctx;
    let withdrawn = unit.tx.list_withdrawn_chats().await?;
    let to_admins = Chats::load(unit, &[]).await?.chats(ctx).is_empty();
    Ok(orphans(&ctx.catalogue, locale, &grouped(&withdrawn), to_admins))
}

/// Applies an admin's decision to a chat, with all its topics that wait for one. `None` if none waits any more.
pub async fn decide(
    unit: &mut Unit<'_>,
    admin: PersonId,
    chat: ChatId,
    fate: Fate,
) -> store::Result<Option<String>> {
    let mut withdrawn = unit.tx.list_withdrawn_chats().await?;
    withdrawn.retain(|row| row.chat_id == chat);
    let Some(first) = withdrawn.first() else { return Ok(None) };
    let title = first.title.clone().unwrap_or_else(|| chat.to_string());
    let deed = match fate {
        Fate::Kept => {
            unit.tx.keep_withdrawn_chat(chat, admin).await?;
            Deed::AlertsKept
        }
        Fate::Forgotten => {
            unit.tx.delete_withdrawn_chat(chat).await?;
            Deed::AlertsUnsubscribed
        }
    };
    for row in &withdrawn {
        let place = ChatTopic { chat, topic: row.thread_id };
        staff_log::detail(unit, Some(admin), deed, None, &named(place, row.title.as_deref())).await?;
    }
    if fate == Fate::Kept {
        send_waiting(unit).await?;
        // The posts do not show yet what happened to these cases while the chat was cut off.
        for number in unit.tx.list_unresolved_cases_in(chat, MOST_REDRAWN).await? {
            cases::show(unit, number);
        }
    }
    Ok(Some(title))
}

/// Groups by chat: one entry per chat, however many topics it has.
fn grouped(withdrawn: &[WithdrawnChat]) -> Vec<Orphan<'_>> {
    let mut orphans: Vec<Orphan<'_>> = Vec::new();
    for row in withdrawn {
        if let Some(known) = orphans.iter_mut().find(|orphan| orphan.place.chat == row.chat_id) {
            known.further += 1;
            continue;
        }
        orphans.push(Orphan {
            place: place_of(row),
            further: 0,
            subscribed_by: row.subscribed_by,
            subscriber: row.subscriber.as_deref(),
        });
    }
    orphans
}
