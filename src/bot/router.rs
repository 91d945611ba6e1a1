//! Routes each update to its use case. Everything the bot says goes through rows of the outbox, in the same
//! transaction.

use super::intake::{HandleError, Handler, Reactions};
use super::replies::Replies;
use super::update::{ChatKind, MemberStatus, Message, MyChatMember, Update};
use super::visitor::visitor;
use super::{group, private, talk, taps};
use crate::clock::Clock;
use crate::domain::loss::Loss;
use crate::service::people::{self, Unreachable};
use crate::service::{Unit, alerts, answers};
use crate::store;
use crate::telegram::health::Health;

#[derive(Debug)]
pub struct Router {
    health: Health,
    replies: Replies,
}

impl Router {
    #[must_use]
    pub fn new(clock: Clock, health: Health) -> Self {
        Self { health, replies: Replies::new(clock) }
    }

    async fn message(&self, unit: &mut Unit<'_>, message: &Message) -> store::Result<()> {
        match message.chat.kind {
            ChatKind::Private => private::message(&self.replies, unit, message).await,
            ChatKind::Group | ChatKind::Supergroup => group::message(&self.replies, unit, message).await,
            ChatKind::Channel | ChatKind::Other => Ok(()),
        }
    }

    async fn edited(&self, unit: &mut Unit<'_>, message: &Message) -> store::Result<()> {
        if talk::edited(unit, message).await? || message.chat.kind != ChatKind::Private {
            return Ok(());
        }
        let Some(person) = message.chat.id.person() else { return Ok(()) };
        answers::edited(unit, person, message.message_id, message.text_or_caption()).await
    }

    /// The bot was blocked, unblocked, added or removed.
    async fn membership(&self, unit: &mut Unit<'_>, change: &MyChatMember) -> store::Result<()> {
        use MemberStatus as Status;
        let chat = change.chat.id;
        match (change.chat.kind, change.new_chat_member.status) {
            (ChatKind::Private, Status::Kicked | Status::Left) => match chat.person() {
                Some(person) => people::unreachable(unit, person, Unreachable::Blocked).await,
                None => Ok(()),
            },
            (ChatKind::Private, Status::Member) => people::unblocked(unit, &visitor(&change.from)).await,
            (ChatKind::Group | ChatKind::Supergroup | ChatKind::Channel, status) => {
                let member = &change.new_chat_member;
                if member.may_write() {
                    return alerts::returned(unit, chat).await;
                }
                let (loss, reason) = if member.is_inside() {
                    (Loss::Silent, "the bot is in the chat and may not write there")
                } else {
                    (Loss::Gone, "the bot was removed from the chat")
                };
                if status == Status::Other {
                    Ok(())
                } else {
                    alerts::removed(unit, chat, change.chat.title.as_deref(), loss, reason).await
                }
            }
            _ => Ok(()),
        }
    }
}

impl Handler for Router {
    async fn begin(&self, unit: &mut Unit<'_>, updates: &[&Update]) -> Result<(), HandleError> {
        unit.ctx.scripts.refresh(&mut unit.tx).await?;
        Ok(unit.tx.read_ahead(&taps::surveys(updates)).await?)
    }

    async fn after_silence(&self, unit: &mut Unit<'_>) -> store::Result<()> {
        answers::show_again_after_silence(unit).await
    }

    async fn handle(&self, unit: &mut Unit<'_>, update: &Update) -> Result<Reactions, HandleError> {
        if let Some(query) = &update.callback_query {
            self.health.taps_come(query.message.is_some());
            return Ok(Reactions { callback: Some(taps::tap(&self.replies, unit, query).await?) });
        }
        if let Some(message) = &update.message {
            self.message(unit, message).await?;
        } else if let Some(message) = &update.edited_message {
            self.edited(unit, message).await?;
        } else if let Some(post) = &update.channel_post {
            alerts::alive(unit, post.chat.id).await?;
        } else if let Some(change) = &update.my_chat_member {
            self.membership(unit, change).await?;
        }
        Ok(Reactions::default())
    }
}
