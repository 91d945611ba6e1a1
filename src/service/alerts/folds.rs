//! Above a certain rate, alerts share one message in their chat: a group takes few messages a minute.

use std::collections::BTreeMap;
use std::time::Duration;

use super::chats::Chats;
use super::load::Loaded;
use super::text;
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::store::alerts::FoldRow;
use crate::store::{self, Lane, Outgoing, Tx};
use crate::view::alert::fold;

/// More than so many alerts in so much time in one chat are folded.
const MOST: i64 = 10;
const WINDOW: Duration = Duration::from_mins(5);
/// So many of the newest are looked at for the list; the others are counted.
const LISTED: i64 = 12;

/// The folds that something changed in, and whether they are new: shown once, however much it was.
pub(super) type Touched = BTreeMap<i64, bool>;

/// The fold that a new alert in this chat belongs to; `None` if it shall have a message of its own. A fold takes
/// alerts for one window: then the next one begins, and rings.
pub(super) async fn find_place(
    tx: &mut Tx,
    chat: i64,
    topic: i64,
    now: Timestamp,
    touched: &mut Touched,
) -> store::Result<Option<FoldRow>> {
    let since = now.minus(WINDOW);
    if tx.count_alerts_since(chat, topic, since).await? < MOST {
        return Ok(None);
    }
    if let Some(fold) = tx.find_open_fold(chat, topic, since).await? {
        touched.entry(fold.id).or_insert(false);
        return Ok(Some(fold));
    }
    let message = tx.insert_message(chat, topic).await?;
    let fold = tx.insert_fold(chat, topic, message, now).await?;
    touched.insert(fold.id, true);
    Ok(Some(fold))
}

/// Sends or edits these folds' messages.
pub(super) async fn show(tx: &mut Tx, ctx: &Context, touched: &Touched, now: Timestamp) -> store::Result<()> {
    if touched.is_empty() {
        return Ok(());
    }
    let chats = Chats::load(tx, ctx, &[]).await?;
    for (id, is_new) in touched {
        let Some(row) = tx.find_fold(*id).await? else { continue };
        let (count, newest) = tx.list_folded(row.id, LISTED).await?;
        let mut surveys = Vec::with_capacity(newest.len());
        for survey in newest {
            surveys.extend(Loaded::find_brief(tx, ctx, survey).await?);
        }
        if *is_new && surveys.is_empty() {
            // All of it was erased before anybody was told.
            continue;
        }
        let alerts: Vec<_> = surveys.iter().map(|loaded| loaded.view(ctx)).collect();
        let locale = chats.locale_of(ctx, row.chat_id, row.thread_id);
        let count = usize::try_from(count).unwrap_or(alerts.len());
        let payload = text(&fold(&ctx.catalogue, locale, count, &alerts));
        let outgoing = if *is_new {
            Outgoing::send(Lane::Alerts, row.chat_id, payload).message(row.message)
        } else {
            Outgoing::edit(Lane::Alerts, row.chat_id, row.message, None, payload)
        };
        tx.enqueue(&outgoing.thread(row.thread_id), now).await?;
    }
    Ok(())
}
