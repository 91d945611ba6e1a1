//! Chats that start or stop getting alerts with `/alerts`.

use super::chats::{Chats, configured};
use super::waiting::send_waiting;
use crate::config::ChatTopic;
use crate::domain::staff::Deed;
use crate::service::Unit;
use crate::service::staff_log;
use crate::store;
use crate::store::persons::Person;
use crate::view::editor::cut;

/// The most characters of a title in the log.
const TITLE: usize = 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscribed {
    /// With the number of alerts that had been waiting for a chat.
    Now(u64),
    Already,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsubscribed {
    /// `last`: no chat gets alerts any more, so they go to the admins.
    Now {
        last: bool,
    },
    Already,
    /// The environment names this chat.
    Configured,
}

/// Whether any chat gets alerts, so that they need not go to the admins.
pub async fn has_chats(unit: &mut Unit<'_>) -> store::Result<bool> {
    Ok(!Chats::load(unit, &[]).await?.chats(unit.ctx).is_empty())
}

/// A chat's name as it appears in the log.
pub(super) fn named(place: ChatTopic, title: Option<&str>) -> String {
    match title.filter(|_| !place.chat.is_private()) {
        Some(title) => format!("{} ({place})", cut(title, TITLE)),
        None => place.to_string(),
    }
}

/// The language used in a group or topic that gets alerts. `None` if it gets none.
pub async fn language_of(unit: &mut Unit<'_>, place: ChatTopic) -> store::Result<Option<&'static str>> {
    let chats = Chats::load(unit, &[]).await?;
    let gets_alerts = chats.places().contains(&place);
    Ok(gets_alerts.then(|| chats.locale_of(unit.ctx, place.chat, place.topic)))
}

/// Sets the language of the alerts in a group or topic. A place that only the environment names becomes subscribed by
/// this too, because the language is stored with the subscription. Returns false if the place gets no alerts.
pub async fn choose_language(
    unit: &mut Unit<'_>,
    person: &Person,
    place: ChatTopic,
    title: Option<&str>,
    locale: &str,
) -> store::Result<bool> {
    if unit.tx.set_alert_chat_locale(place.chat, place.topic, locale).await? {
        return Ok(true);
    }
    let is_configured = configured(&mut unit.tx, &unit.ctx.config).await?.contains(&place);
    if is_configured {
        subscribe(unit, person, place, title, locale).await?;
    }
    Ok(is_configured)
}

/// Subscribes a chat or topic to alerts. A new subscription uses the language of the person who makes it until another
/// is chosen. That person is responsible for it from then on: when their role ends, the chat gets no more alerts until
/// an admin keeps it.
pub async fn subscribe(
    unit: &mut Unit<'_>,
    person: &Person,
    place: ChatTopic,
    title: Option<&str>,
    locale: &str,
) -> store::Result<Subscribed> {
    let chats = Chats::load(unit, &[]).await?;
    let before = chats.subscriber(place);
    let already = chats.gets_anything(place) && chats.is_open(place.chat, place.topic);
    unit.tx.upsert_alert_chat((place.chat, place.topic), (title, locale), person.id, unit.now).await?;
    if before != Some(person.id) {
        let detail = named(place, title);
        staff_log::detail(unit, Some(person.id), Deed::AlertsSubscribed, None, &detail).await?;
    }
    // The reply to the command shows whether the bot may write to this chat.
    unit.tx.hasten_lost_chat(place.chat).await?;
    tracing::info!(chat = place.chat.get(), topic = place.topic.get(), "a chat subscribed to alerts");
    if already {
        return Ok(Subscribed::Already);
    }
    let backlog = unit.tx.backlog().await?;
    send_waiting(unit).await?;
    Ok(Subscribed::Now(u64::try_from(backlog.alerts_waiting - backlog.alerts_refused).unwrap_or(0)))
}

/// Stops alerts for a chat or topic.
pub async fn unsubscribe(
    unit: &mut Unit<'_>,
    person: &Person,
    place: ChatTopic,
    title: Option<&str>,
) -> store::Result<Unsubscribed> {
    if configured(&mut unit.tx, &unit.ctx.config).await?.contains(&place) {
        return Ok(Unsubscribed::Configured);
    }
    if !unit.tx.delete_alert_chat(place.chat, place.topic).await? {
        return Ok(Unsubscribed::Already);
    }
    unit.tx.delete_lost_chat(place.chat, place.topic).await?;
    let detail = named(place, title);
    staff_log::detail(unit, Some(person.id), Deed::AlertsUnsubscribed, None, &detail).await?;
    tracing::info!(
        chat = place.chat.get(),
        topic = place.topic.get(),
        "a chat ended its subscription to alerts"
    );
    Ok(Unsubscribed::Now { last: !has_chats(unit).await? })
}
