//! Finds what alerts have said about a survey that is being erased completely.

use std::collections::BTreeMap;

use super::chats::Chats;
use super::folds::{self, Change};
use crate::domain::ids::{ChatId, MessageKey, SurveyKey, TopicId};
use crate::service::Unit;
use crate::store::{self, Lane};

/// An alert that has been posted in a chat.
#[derive(Clone, Debug)]
pub struct PostedAlert {
    pub chat: ChatId,
    pub topic: TopicId,
    pub message: MessageKey,
    pub locale: String,
    /// The alert said that a customer asks for a human. It did not mention a score.
    pub human: bool,
}

/// The state of a message that lists many alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    Shown,
    /// It was withdrawn before it was sent.
    Unsent,
}

#[derive(Debug, Default)]
pub struct Erasable {
    pub alerts: Vec<PostedAlert>,
    pub folds: Vec<(i64, Fold)>,
}

/// The alerts of a survey that somebody may have read. Alerts that nobody can have read are deleted.
pub async fn erasable(unit: &mut Unit<'_>, survey: SurveyKey) -> store::Result<Erasable> {
    let mut found = Erasable::default();
    let rows = unit.tx.list_alerts(survey).await?;
    if rows.is_empty() {
        return Ok(found);
    }
    let chats = Chats::load(unit, &rows).await?;
    for row in rows {
        let (Some(chat), Some(message)) = (row.chat_id, row.message) else {
            unit.tx.delete_alert(row.id).await?;
            continue;
        };
        let unsent = unit.tx.is_unsent(message).await?;
        if unsent {
            unit.tx.delete_alert(row.id).await?;
        }
        if let Some(fold) = row.fold {
            unit.tx.delete_outbox_of_message(message).await?;
            found.folds.push((fold, if unsent { Fold::Unsent } else { Fold::Shown }));
        } else if !unsent && chats.may_be_erased(&row) {
            let locale = chats.locale(unit.ctx, &row).to_owned();
            let topic = row.thread_id;
            found.alerts.push(PostedAlert { chat, topic, message, locale, human: false });
        } else if !unsent {
            tracing::warn!(
                chat = chat.get(),
                "an alert in a chat that is gone cannot be edited; it keeps what it said"
            );
        }
    }
    Ok(found)
}

/// What the leads were told about a request for a human. Messages that have not been sent yet are withdrawn, and the
/// request is deleted.
pub async fn erasable_request(unit: &mut Unit<'_>, request: i64) -> store::Result<Erasable> {
    let chats = Chats::load(unit, &[]).await?;
    let mut found = Erasable::default();
    for alert in unit.tx.list_human_alerts(request).await? {
        let (chat, topic, message) = (alert.chat_id, alert.thread_id, alert.message);
        let unsent = unit.tx.is_unsent(message).await?;
        unit.tx.delete_outbox_of_message(message).await?;
        if !unsent && !alert.shared {
            let locale = chats.locale_of(unit.ctx, chat, topic).to_owned();
            found.alerts.push(PostedAlert { chat, topic, message, locale, human: true });
        }
        if let Some(fold) = alert.fold {
            let is_waiting = unsent && alert.shared;
            found.folds.push((fold, if is_waiting { Fold::Unsent } else { Fold::Shown }));
        }
    }
    unit.tx.delete_human_request(request).await?;
    Ok(found)
}

/// Redraws the messages that list many alerts, without the erased ones.
pub async fn show_folds(unit: &mut Unit<'_>, folds: &BTreeMap<i64, Fold>) -> store::Result<()> {
    let change = |fold: &Fold| if *fold == Fold::Unsent { Change::Begun } else { Change::Said };
    let touched = folds.iter().map(|(id, fold)| (*id, change(fold))).collect();
    folds::show_in(unit, &touched, Lane::CleanUp).await
}
