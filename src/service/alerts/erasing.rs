//! Finds what posts have said about somebody who is being erased.

use std::collections::BTreeMap;

use super::chats::Chats;
use super::folds::{self, Change};
use crate::domain::ids::{CaseNumber, ChatId, MessageKey, SurveyKey, TopicId};
use crate::service::Unit;
use crate::store::{self, Lane};

/// An alert that has been posted in a chat.
#[derive(Clone, Debug)]
pub struct PostedAlert {
    pub chat: ChatId,
    pub topic: TopicId,
    pub message: MessageKey,
    pub locale: String,
    /// Whether it showed a score. That still counts.
    pub is_score: bool,
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

/// The alerts of a survey that somebody may have read. Alerts that nobody can have read are deleted. If the case
/// stays open, alerts that can be redrawn, or wait for a chat, are left out: the case goes on without the survey.
pub async fn erasable(
    unit: &mut Unit<'_>,
    survey: SurveyKey,
    case_stays_open: bool,
) -> store::Result<Erasable> {
    let mut found = Erasable::default();
    let rows = unit.tx.list_alerts(survey).await?;
    if rows.is_empty() {
        return Ok(found);
    }
    let chats = Chats::load(unit, &rows).await?;
    for row in rows {
        let (Some(chat), Some(message)) = (row.chat_id, row.message) else {
            if !case_stays_open {
                unit.tx.delete_alert(row.id).await?;
            }
            continue;
        };
        let unsent = unit.tx.is_unsent(message).await?;
        if unsent {
            unit.tx.delete_alert(row.id).await?;
        }
        if let Some(fold) = row.fold {
            unit.tx.delete_outbox_of_message(message).await?;
            found.folds.push((fold, if unsent { Fold::Unsent } else { Fold::Shown }));
        } else if !unsent && case_stays_open && chats.is_there(&row) {
            // The caller redraws it.
        } else if !unsent && chats.may_be_erased(&row) {
            let locale = chats.locale(unit.ctx, &row).to_owned();
            let topic = row.thread_id;
            found.alerts.push(PostedAlert { chat, topic, message, locale, is_score: true });
        } else if !unsent {
            tracing::warn!(
                chat = chat.get(),
                "an alert in a chat that is gone cannot be edited; it keeps what it said"
            );
        }
    }
    Ok(found)
}

/// The posts of a case that show no survey, and what leads were shown of its history. Those that nobody can have read are
/// withdrawn.
pub async fn erasable_case(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<Erasable> {
    let chats = Chats::load(unit, &[]).await?;
    let mut found = Erasable::default();
    for post in unit.tx.list_case_posts(number).await? {
        if post.survey.is_some() || !matches!(post.kind.as_str(), "post" | "card" | "notice") {
            continue;
        }
        let (chat, topic, message) = (post.chat_id, post.thread_id, post.message);
        let unsent = unit.tx.is_unsent(message).await?;
        unit.tx.delete_outbox_of_message(message).await?;
        if let Some(fold) = post.fold {
            found.folds.push((fold, if unsent { Fold::Unsent } else { Fold::Shown }));
        } else if !unsent {
            let locale = chats.locale_of(unit.ctx, chat, topic).to_owned();
            found.alerts.push(PostedAlert { chat, topic, message, locale, is_score: false });
        }
    }
    Ok(found)
}

/// What leads were shown of the history of a case. It is shown no more.
pub async fn erasable_histories(unit: &mut Unit<'_>, number: CaseNumber) -> store::Result<Vec<PostedAlert>> {
    let chats = Chats::load(unit, &[]).await?;
    let mut found = Vec::new();
    for post in unit.tx.list_case_posts(number).await?.into_iter().filter(|post| post.kind == "notice") {
        let (chat, topic, message) = (post.chat_id, post.thread_id, post.message);
        let unsent = unit.tx.is_unsent(message).await?;
        unit.tx.delete_outbox_of_message(message).await?;
        unit.tx.delete_alert(post.id).await?;
        if !unsent {
            let locale = chats.locale_of(unit.ctx, chat, topic).to_owned();
            found.push(PostedAlert { chat, topic, message, locale, is_score: false });
        }
    }
    Ok(found)
}

/// Redraws the messages that list many alerts, without the erased ones.
pub async fn show_folds(unit: &mut Unit<'_>, folds: &BTreeMap<i64, Fold>) -> store::Result<()> {
    let change = |fold: &Fold| if *fold == Fold::Unsent { Change::Begun } else { Change::Said };
    let touched = folds.iter().map(|(id, fold)| (*id, change(fold))).collect();
    folds::show_in(unit, &touched, Lane::CleanUp).await
}
