//! Tells the leads about bad scores: one alert a survey and chat, edited with all that follows.

use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::store::alerts::{AlertRow, NewAlert};
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::View;
use crate::view::alert::{again, alert};

mod chats;
mod erasing;
mod folds;
pub mod human;
mod load;
mod losses;
pub mod standing;
mod subscribe;
mod unshown;
mod waiting;
mod who;
mod withdrawn;
mod words;

pub use chats::{configured, open_admins};
pub use erasing::{Erasable, Fold, PostedAlert, erasable, erasable_request, show_folds};
pub use losses::{alive, arrived, move_on, refused, removed, returned, text_refused};
pub use subscribe::{Subscribed, Unsubscribed, has_chats, subscribe, unsubscribe};
pub use unshown::copy_refused;
pub use waiting::{is_retry_due, send_waiting, send_waiting_at_start};
pub use withdrawn::{Fate, decide, screen, tell_once_more, withdraw};
pub use words::Said;

use chats::{Chats, Target};
use folds::{Change, Touched};
use load::Loaded;

/// A survey's answers changed, and they reach or have reached the alert level.
pub async fn update(tx: &mut Tx, ctx: &Context, survey: i64, now: Timestamp) -> store::Result<()> {
    let mut touched = Touched::new();
    settle(tx, ctx, survey, now, &mut touched).await?;
    folds::show(tx, ctx, &touched, now).await
}

/// Makes the alerts of a survey what they should be. Folds that it touches are shown by the caller, once for many.
async fn settle(
    tx: &mut Tx,
    ctx: &Context,
    survey: i64,
    now: Timestamp,
    touched: &mut Touched,
) -> store::Result<()> {
    let Some(loaded) = Loaded::find(tx, ctx, survey).await? else { return Ok(()) };
    let reached = loaded.view(ctx).is_reached();
    let rows = tx.list_alerts(survey).await?;
    if rows.is_empty() && !reached {
        return Ok(());
    }
    let chats = Chats::load(tx, ctx, &rows).await?;
    let told: Vec<&AlertRow> = rows.iter().filter(|row| chats.is_there(row)).collect();
    if told.is_empty() {
        announce(tx, ctx, &loaded, &rows, &chats, now, touched).await?;
    }
    for row in told {
        follow(tx, ctx, &loaded, row, &chats, now, touched).await?;
        if reached && !row.ringing {
            ring(tx, ctx, &loaded, row, &chats, now).await?;
        }
    }
    tx.set_ringing(survey, reached).await
}

/// Tells every chat that gets alerts; where there is none, the alert waits.
async fn announce(
    tx: &mut Tx,
    ctx: &Context,
    loaded: &Loaded,
    rows: &[AlertRow],
    chats: &Chats,
    now: Timestamp,
    touched: &mut Touched,
) -> store::Result<()> {
    let survey = loaded.survey();
    tx.set_alerted(survey).await?;
    let had_it = |target: &Target| {
        rows.iter().any(|row| row.chat_id == Some(target.chat) && row.thread_id == target.topic)
    };
    let targets: Vec<Target> = chats.targets(ctx).into_iter().filter(|target| !had_it(target)).collect();
    let waiting = rows.iter().find(|row| row.chat_id.is_none());
    if targets.is_empty() {
        if waiting.is_none() {
            tx.insert_alert(&NewAlert { survey, ..NewAlert::default() }, now).await?;
            tracing::warn!(
                "a bad score waits: no chat takes alerts and no admin can be told; /readyz says why, and /alerts in a chat helps"
            );
        }
        return Ok(());
    }
    if let Some(waiting) = waiting {
        tx.delete_alert(waiting.id).await?;
    }
    for target in targets {
        tell(tx, ctx, loaded, target, now, touched).await?;
    }
    Ok(())
}

/// One new alert in one chat: a message of its own, or a line in a fold.
async fn tell(
    tx: &mut Tx,
    ctx: &Context,
    loaded: &Loaded,
    target: Target,
    now: Timestamp,
    touched: &mut Touched,
) -> store::Result<()> {
    let Target { chat, topic, locale } = target;
    let survey = loaded.survey();
    let new = NewAlert { survey, chat_id: Some(chat), thread_id: topic, ..NewAlert::default() };
    let (id, message) = if let Some(fold) = folds::find_place(tx, (chat, topic), false, now, touched).await? {
        (tx.insert_alert(&NewAlert { fold: Some(fold.id), ..new }, now).await?, fold.message)
    } else {
        let message = tx.insert_message(chat, topic).await?;
        let id = tx.insert_alert(&NewAlert { message: Some(message), ..new }, now).await?;
        let view = alert(&ctx.catalogue, &locale, &loaded.view(ctx));
        let send = Outgoing::send(Lane::Alerts, chat, text(&view)).message(message);
        tx.enqueue(&send.thread(topic).alert(id), now).await?;
        (id, message)
    };
    for media in tx.list_media(survey).await? {
        let of = (media.person, media.message_id);
        enqueue_copy(tx, (chat, topic), (id, survey), message, of, now).await?;
    }
    Ok(())
}

/// Edits an alert to what is known now.
async fn follow(
    tx: &mut Tx,
    ctx: &Context,
    loaded: &Loaded,
    row: &AlertRow,
    chats: &Chats,
    now: Timestamp,
    touched: &mut Touched,
) -> store::Result<()> {
    if let Some(fold) = row.fold {
        folds::touch(touched, fold, Change::Said);
        return Ok(());
    }
    let (Some(chat), Some(message)) = (row.chat_id, row.message) else { return Ok(()) };
    let mut shown = loaded.view(ctx);
    if shown.attachments > 0 {
        shown.unshown = unshown::list(tx, chats, loaded.survey(), row).await?;
    }
    let view = alert(&ctx.catalogue, chats.locale(ctx, row), &shown);
    let edit = Outgoing::edit(Lane::Edits, chat, message, None, text(&view));
    tx.enqueue(&edit.thread(row.thread_id).alert(row.id), now).await?;
    Ok(())
}

/// A score had risen and fell again: edits make no noise, so a short reply does. One that waits says how it is now; the
/// sender lets an alert ring once a minute.
async fn ring(
    tx: &mut Tx,
    ctx: &Context,
    loaded: &Loaded,
    row: &AlertRow,
    chats: &Chats,
    now: Timestamp,
) -> store::Result<()> {
    let (Some(chat), Some(message)) = (row.chat_id, row.message) else { return Ok(()) };
    let view = again(&ctx.catalogue, chats.locale(ctx, row), &loaded.view(ctx));
    let payload = text(&view).reply_to(message);
    if let Some(waiting) = tx.find_waiting_ring(row.id).await? {
        return tx.set_waiting_payload(waiting, &payload).await;
    }
    let reply = Outgoing::send(Lane::Rings, chat, payload);
    tx.enqueue(&reply.thread(row.thread_id).alert(row.id), now).await?;
    Ok(())
}

/// A medium belongs to a survey that has an alert: it is shown under the alert, without the customer's account.
pub async fn attach(
    tx: &mut Tx,
    ctx: &Context,
    survey: i64,
    from_chat: i64,
    message_id: i64,
    now: Timestamp,
) -> store::Result<()> {
    let rows = tx.list_alerts(survey).await?;
    let chats = Chats::load(tx, ctx, &rows).await?;
    for row in rows.iter().filter(|row| chats.is_there(row)) {
        let (Some(chat), Some(message)) = (row.chat_id, row.message) else { continue };
        let alert = (row.id, survey);
        enqueue_copy(tx, (chat, row.thread_id), alert, message, (from_chat, message_id), now).await?;
    }
    Ok(())
}

async fn enqueue_copy(
    tx: &mut Tx,
    (chat, topic): (i64, i64),
    (alert, survey): (i64, i64),
    message: i64,
    (from_chat, message_id): (i64, i64),
    now: Timestamp,
) -> store::Result<()> {
    let made = tx.insert_message(chat, topic).await?;
    tx.insert_copy(made, (from_chat, message_id), Some(survey)).await?;
    let copy = Outgoing::copy(Lane::Words, chat, from_chat, message_id).thread(topic);
    let mut copy = copy.alert(alert).message(made);
    copy.payload = copy.payload.reply_to(message).silent();
    tx.enqueue(&copy, now).await?;
    Ok(())
}

fn text(view: &View) -> Payload {
    Payload::text(view.html.as_str()).keyboard(view.markup().as_ref())
}
