//! Chats that refuse alerts. What they refuse goes to the next place, the admins are told, and the chats are tried
//! again.
//!
//! A lost chat is tried with the next alert after its pause, or at once after a sign of life. It counts as back when a
//! message arrives there, or when Telegram says that the bot was let in again.

use std::collections::BTreeSet;

use super::catching_up::catch_up;
use super::chats::Chats;
use super::folds::{self, Touched};
use super::opened::update_about;
use super::posts;
use super::text;
use super::waiting::send_waiting;
use crate::config::ChatTopic;
use crate::domain::ids::{AlertKey, ChatId, MessageKey, TopicId};
use crate::domain::loss::Loss;
use crate::service::Unit;
use crate::store::alerts::{About, NewAlert};
use crate::store::lost_chats::LostChat;
use crate::store::{self, Lane, Method, OutboxRow, Outgoing, Tx};
use crate::view::View;
use crate::view::chats::{Lost, Place, back, lost};

/// What a chat never received is moved in batches of this size. The next refusal moves the next batch.
const BATCH: i64 = 200;
/// The most characters kept of a reason in Telegram's words.
pub(super) const REASON: usize = 200;

/// A chat refused a message. The alert or request it belongs to goes to the next place, and so does everything else
/// that waits for this chat.
pub async fn refused(unit: &mut Unit<'_>, row: &OutboxRow, loss: Loss, reason: &str) -> store::Result<()> {
    let place = ChatTopic { chat: row.chat_id, topic: row.thread_id };
    let known = Chats::load(unit, &[]).await?.places();
    // If a chat is gone, all its topics are gone. Otherwise each topic refuses on its own.
    let concerns = |other: &ChatTopic| other.chat == place.chat && (loss == Loss::Gone || *other == place);
    let mut places: Vec<ChatTopic> = known.into_iter().filter(concerns).collect();
    if places.is_empty() && row.lane.spec().is_for_leads {
        places.push(place);
    }
    note(unit, &places, loss, reason, None).await?;
    move_on(unit, place.chat, (loss == Loss::Silent).then_some(place.topic)).await?;
    if row.lane.spec().is_for_leads {
        // Follow-ups of an alert need no move of their own: the alert in the next place includes them.
        let about = about_in(&mut unit.tx, row.alert, row.message).await?;
        update_all(unit, about.clone()).await?;
        if row.lane == Lane::Words {
            // Their case may stand in another chat already, where they are shown now.
            let cases = about.into_iter().filter_map(|about| match about {
                About::Case(number) => Some(number),
                About::Survey(_) => None,
            });
            unit.noted.announced.extend(cases);
        }
    }
    Ok(())
}

/// Telegram's answers for an alert were lost, and it is not sent to its chat again. The admins see its cases, too. Returns
/// whether there is an admin to see them.
pub async fn unseen(unit: &mut Unit<'_>, row: &OutboxRow) -> store::Result<bool> {
    let about = about_in(&mut unit.tx, row.alert, row.message).await?;
    if row.method != Method::Send || about.is_empty() {
        return Ok(false);
    }
    let mut admins = Vec::new();
    for admin in Chats::load(unit, &[]).await?.open_admins(unit.ctx) {
        let Some(person) = admin.chat.person().filter(|_| admin.chat != row.chat_id) else { continue };
        let known = unit.tx.find_person(person).await?;
        if known.is_some_and(|known| known.started_at.is_some()) {
            admins.push(admin);
        }
    }
    for about in about {
        let number = match about {
            About::Case(number) => Some(number),
            About::Survey(survey) => unit.tx.find_case_of_survey(survey).await?.map(|case| case.number),
        };
        let Some(number) = number else { continue };
        let posts = unit.tx.list_case_posts(number).await?;
        for admin in admins.iter().filter(|admin| !posts.iter().any(|post| post.chat_id == admin.chat)) {
            posts::send_card(unit, number, (admin.chat, admin.topic), None).await?;
        }
    }
    Ok(!admins.is_empty())
}

/// Telegram says that the bot was removed from a chat, or may no longer write there.
pub async fn removed(
    unit: &mut Unit<'_>,
    chat: ChatId,
    title: Option<&str>,
    loss: Loss,
    reason: &str,
) -> store::Result<()> {
    let known = Chats::load(unit, &[]).await?.places();
    let places: Vec<ChatTopic> = known.into_iter().filter(|place| place.chat == chat).collect();
    note(unit, &places, loss, reason, title).await?;
    move_on(unit, chat, None).await
}

/// Records that these chats refuse messages, and tells the admins if they do not know yet.
async fn note(
    unit: &mut Unit<'_>,
    places: &[ChatTopic],
    loss: Loss,
    reason: &str,
    title: Option<&str>,
) -> store::Result<()> {
    let now = unit.now;
    let audience = unit.tx.audience().await?;
    let mut news = Vec::new();
    for place in places {
        let before = audience.find_lost(*place);
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
        // A message that was already on its way when the chat refused does not count as a new try.
        if row.may_be_tried(now) {
            row.refusals += 1;
            row.refused_at = Some(now);
        }
        row.loss = loss;
        row.reason = reason.chars().take(REASON).collect();
        unit.tx.upsert_lost_chat(&row).await?;
        if before.is_none() {
            tracing::warn!(
                chat = place.chat.get(),
                topic = place.topic.get(),
                reason,
                "a chat refuses alerts; they go to the other chats or to the admins until it takes them again"
            );
        }
        if !row.told && !place.chat.is_private() {
            news.push(row);
        }
    }
    tell_lost(unit, news, title).await
}

async fn tell_lost(unit: &mut Unit<'_>, news: Vec<LostChat>, title: Option<&str>) -> store::Result<()> {
    let ctx = unit.ctx;
    if news.is_empty() {
        return Ok(());
    }
    let chats = Chats::load(unit, &[]).await?;
    let admins = chats.open_admins(ctx);
    if admins.is_empty() {
        return Ok(());
    }
    let to_admins = chats.chats(ctx).is_empty();
    let mut named = BTreeSet::new();
    for row in news {
        unit.tx.upsert_lost_chat(&LostChat { told: true, ..row.clone() }).await?;
        if !named.insert(name_of(&row)) {
            continue;
        }
        let place = place_of(&chats, &row, title);
        let place_is = ChatTopic { chat: row.chat_id, topic: row.thread_id };
        let (loss, reason, configured) = (row.loss, row.reason.as_str(), chats.is_configured(place_is));
        let told = Lost { place, loss, reason, configured, to_admins };
        for admin in &admins {
            say(unit, admin.chat, &lost(&ctx.catalogue, &admin.locale, &told)).await?;
        }
    }
    Ok(())
}

/// The name of a lost chat. A chat that is gone is named once, however many topics it had.
fn name_of(row: &LostChat) -> (ChatId, TopicId) {
    (row.chat_id, if row.loss == Loss::Gone { TopicId::NONE } else { row.thread_id })
}

fn place_of<'a>(chats: &'a Chats, row: &LostChat, title: Option<&'a str>) -> Place<'a> {
    let (chat, topic) = name_of(row);
    Place { chat, topic, title: title.or_else(|| chats.title(chat)) }
}

pub(super) async fn say(unit: &mut Unit<'_>, admin: ChatId, view: &View) -> store::Result<()> {
    unit.tx.enqueue(&Outgoing::send(Lane::Alerts, admin, text(view)), unit.now).await
}

/// Moves what never arrived in a chat to the chats, or admins, that get alerts now, and posts there what is unresolved and
/// stands in no other chat. If `topic` is `None`, this covers all topics.
pub async fn move_on(unit: &mut Unit<'_>, chat: ChatId, topic: Option<TopicId>) -> store::Result<()> {
    let mut moved = BTreeSet::new();
    for (id, about) in unit.tx.list_undelivered_alerts(chat, topic, BATCH).await? {
        unit.tx.delete_alert(id).await?;
        moved.insert(about);
    }
    let left = unit.tx.list_cases_only_in(chat, topic, BATCH).await?;
    moved.extend(left.into_iter().map(About::Case));
    update_all(unit, moved).await
}

pub(super) async fn update_all(unit: &mut Unit<'_>, about: BTreeSet<About>) -> store::Result<()> {
    let mut touched = Touched::new();
    for about in about {
        update_about(unit, about, &mut touched).await?;
    }
    folds::show(unit, &touched).await
}

/// The surveys and cases that a message to the leads shows.
pub(super) async fn about_in(
    tx: &mut Tx,
    alert: Option<AlertKey>,
    message: Option<MessageKey>,
) -> store::Result<BTreeSet<About>> {
    let mut found = BTreeSet::new();
    if let Some(alert) = alert {
        found.extend(tx.find_about(alert).await?);
    } else if let Some(message) = message {
        found.extend(tx.list_about_in_message(message, BATCH).await?.into_iter().map(|(_, about)| about));
    }
    Ok(found)
}

/// Telegram refuses the text of an alert, which is a bug of ours. The alert waits, visible to everybody, until its text
/// changes.
pub async fn text_refused(unit: &mut Unit<'_>, row: &OutboxRow, reason: &str) -> store::Result<()> {
    if !row.lane.spec().is_for_leads || row.method != Method::Send || row.message.is_none() {
        return Ok(());
    }
    let reason: String = reason.chars().take(REASON).collect();
    for about in about_in(&mut unit.tx, row.alert, row.message).await? {
        let is_gone = match about {
            About::Survey(survey) => {
                let mut rows = unit.tx.list_alerts(survey).await?;
                for alert in rows.extract_if(.., |alert| alert.message == row.message) {
                    unit.tx.delete_alert(alert.id).await?;
                }
                rows.is_empty()
            }
            About::Case(number) => {
                let mut posts = unit.tx.list_case_posts(number).await?;
                posts.retain(|post| matches!(post.kind.as_str(), "post" | "card"));
                let mut is_gone = false;
                for post in posts.extract_if(.., |post| Some(post.message) == row.message) {
                    unit.tx.delete_alert(post.id).await?;
                    is_gone = true;
                }
                is_gone && posts.is_empty()
            }
        };
        if is_gone {
            let waiting = match about {
                About::Survey(survey) => NewAlert::of(survey),
                About::Case(number) => NewAlert::of_case(number),
            };
            unit.tx.insert_alert(&NewAlert { refused: Some(&reason), ..waiting }, unit.now).await?;
        }
    }
    Ok(())
}

/// A message arrived, so a chat that was lost accepts messages again.
pub async fn arrived(unit: &mut Unit<'_>, row: &OutboxRow) -> store::Result<()> {
    if row.chat_id.is_private() && !row.lane.spec().is_for_leads {
        return Ok(());
    }
    let is_back = |lost: &&LostChat| {
        lost.chat_id == row.chat_id && (lost.thread_id == row.thread_id || lost.loss == Loss::Gone)
    };
    let audience = unit.tx.audience().await?;
    let found: Vec<LostChat> = audience.lost.iter().filter(is_back).cloned().collect();
    if found.is_empty() {
        return Ok(());
    }
    end(unit, found).await
}

/// Telegram says that the bot may write to a chat again. What waited for somebody to tell is sent.
pub async fn returned(unit: &mut Unit<'_>, chat: ChatId) -> store::Result<()> {
    let audience = unit.tx.audience().await?;
    let found = audience.lost.iter().filter(|lost| lost.chat_id == chat).cloned().collect();
    end(unit, found).await
}

/// Somebody wrote in a chat. If the chat was lost, it is tried at once, with a waiting alert or with the next one.
pub async fn alive(unit: &mut Unit<'_>, chat: ChatId) -> store::Result<()> {
    if unit.tx.hasten_lost_chat(chat).await? {
        send_waiting(unit).await?;
    }
    Ok(())
}

/// Forgets lost chats that are no longer meant to get alerts. The environment may have named them before.
pub(super) async fn forget_others(unit: &mut Unit<'_>) -> store::Result<()> {
    let audience = unit.tx.audience().await?;
    if audience.lost.is_empty() {
        return Ok(());
    }
    let chats = Chats::load(unit, &[]).await?;
    let known = chats.places();
    for row in &audience.lost {
        let place = ChatTopic { chat: row.chat_id, topic: row.thread_id };
        if !known.contains(&place) && !chats.is_admins(row.chat_id) {
            unit.tx.delete_lost_chat(row.chat_id, row.thread_id).await?;
        }
    }
    Ok(())
}

async fn end(unit: &mut Unit<'_>, found: Vec<LostChat>) -> store::Result<()> {
    let ctx = unit.ctx;
    for row in &found {
        unit.tx.delete_lost_chat(row.chat_id, row.thread_id).await?;
        tracing::info!(chat = row.chat_id.get(), topic = row.thread_id.get(), "a chat takes alerts again");
    }
    let chats = Chats::load(unit, &[]).await?;
    let mut named = BTreeSet::new();
    for row in found.iter().filter(|row| row.told && named.insert(name_of(row))) {
        let place = place_of(&chats, row, None);
        for admin in chats.open_admins(ctx) {
            say(unit, admin.chat, &back(&ctx.catalogue, &admin.locale, place)).await?;
        }
    }
    for row in &found {
        catch_up(unit, row, &chats).await?;
    }
    send_waiting(unit).await?;
    Ok(())
}
