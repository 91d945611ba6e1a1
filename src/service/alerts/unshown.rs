//! Copies of customers' messages that a chat refuses. The alert says what could not be shown there, and why.

use super::chats::Chats;
use super::folds::Touched;
use super::load::Loaded;
use super::losses::REASON;
use super::{follow, text, words};
use crate::domain::ids::{ChatId, SurveyKey, TopicId};
use crate::service::{Unit, cases};
use crate::store::alerts::{About, AlertRow};
use crate::store::{self, Lane, OutboxRow, Outgoing, Tx};
use crate::view::alert::{Unshown, unshown};

/// A chat accepts messages, but not this copy.
pub async fn copy_refused(unit: &mut Unit<'_>, row: &OutboxRow, reason: &str) -> store::Result<()> {
    let ctx = unit.ctx;
    let reason: String = reason.chars().take(REASON).collect();
    let Some(message) = row.message else { return Ok(()) };
    if !unit.tx.set_copy_refused(message, &reason).await? {
        return Ok(());
    }
    let Some(alert) = row.alert else { return words::copy_refused(unit, row, &reason).await };
    let Some(About::Survey(survey)) = unit.tx.find_about(alert).await? else { return Ok(()) };
    let rows = unit.tx.list_alerts(survey).await?;
    let (Some(row), Some(loaded)) =
        (rows.iter().find(|row| row.id == alert), Loaded::find(&mut unit.tx, ctx, survey).await?)
    else {
        return Ok(());
    };
    let chats = Chats::load(unit, &rows).await?;
    if row.fold.is_none() {
        if let Some(case) = unit.tx.find_case_of_survey(survey).await? {
            cases::show(unit, case.number);
            return Ok(());
        }
        return follow(unit, &loaded, row, &chats, &mut Touched::new()).await;
    }
    // A line in a fold has no room for this.
    let (Some(chat), Some(fold)) = (row.chat_id, row.message) else { return Ok(()) };
    let Some(newest) = list(&mut unit.tx, &chats, survey, row).await?.pop() else { return Ok(()) };
    let view = unshown(&ctx.catalogue, chats.locale(ctx, row), &loaded.view(ctx), &newest);
    let reply = Outgoing::send(Lane::Words, chat, text(&view).reply_to(fold).silent());
    unit.tx.enqueue(&reply.thread(row.thread_id).alert(row.id), unit.now).await
}

/// Lists what could not be shown under an alert.
async fn list(tx: &mut Tx, chats: &Chats, survey: SurveyKey, row: &AlertRow) -> store::Result<Vec<Unshown>> {
    let Some(chat) = row.chat_id else { return Ok(Vec::new()) };
    list_in(tx, chats, survey, (chat, row.thread_id)).await
}

/// Lists what could not be shown about a survey in one place.
pub(super) async fn list_in(
    tx: &mut Tx,
    chats: &Chats,
    survey: SurveyKey,
    (chat, topic): (ChatId, TopicId),
) -> store::Result<Vec<Unshown>> {
    let rows = tx.list_unshown(survey, (chat, topic)).await?;
    let unshown = rows.into_iter().map(|row| Unshown {
        kind: row.kind,
        duration_s: row.duration_s.and_then(|seconds| u64::try_from(seconds).ok()),
        reason: row.reason,
        shown_in: row.shown_in.map(|chat| chats.title(chat).map_or_else(|| chat.to_string(), str::to_owned)),
    });
    Ok(unshown.collect())
}
