//! Which use case an update is for. The bot says everything through rows of the outbox, in the same transaction.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::intake::{HandleError, Handler, Reactions};
use super::replies::Replies;
use super::update::{ChatKind, MemberStatus, Message, MyChatMember, Update, User};
use super::{group, private, taps};
use crate::domain::ids::{ChatId, MessageId};
use crate::domain::loss::Loss;
use crate::i18n::known_locale;
use crate::service::people::{self, Unreachable, Visitor};
use crate::service::{Context, Unit, alerts, answers};
use crate::store;
use crate::telegram::health::Health;

/// Albums that were answered lately; their other parts are not answered again.
const ALBUMS: usize = 64;

#[derive(Debug)]
pub struct Router {
    ctx: Context,
    health: Health,
    albums: Mutex<VecDeque<(String, MessageId)>>,
    replies: Replies,
}

impl Router {
    #[must_use]
    pub fn new(ctx: Context, health: Health) -> Self {
        let albums = Mutex::new(VecDeque::with_capacity(ALBUMS));
        Self { ctx, health, albums, replies: Replies::default() }
    }

    /// Whether this person is told once more in this chat what changes nothing.
    pub(super) fn may_say(&self, chat: ChatId, person: i64) -> bool {
        self.replies.may_say(chat, person, self.ctx.clock.instant())
    }

    /// Whether another part of this album was answered already; from now on one was. The same part is answered
    /// again, for its first answer may have been rolled back.
    pub(super) fn is_answered_album(&self, message: &Message) -> bool {
        let Some(album) = &message.media_group_id else { return false };
        let mut albums = self.albums.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, answered)) = albums.iter().find(|(known, _)| known == album) {
            return *answered != message.message_id;
        }
        albums.truncate(ALBUMS - 1);
        albums.push_front((album.clone(), message.message_id));
        false
    }

    async fn message(&self, unit: &mut Unit<'_>, message: &Message) -> store::Result<()> {
        match message.chat.kind {
            ChatKind::Private => private::message(self, unit, message).await,
            ChatKind::Group | ChatKind::Supergroup => group::message(self, unit, message).await,
            ChatKind::Channel | ChatKind::Other => Ok(()),
        }
    }

    async fn edited(&self, unit: &mut Unit<'_>, message: &Message) -> store::Result<()> {
        if message.chat.kind != ChatKind::Private {
            return Ok(());
        }
        let Some(person) = message.chat.id.person() else { return Ok(()) };
        let said = alerts::Said { message_id: message.message_id, text: message.text.as_deref() };
        alerts::human::edited(unit, person, said).await?;
        answers::edited(unit, person, message.message_id, message.words()).await
    }

    /// The bot was blocked, unblocked, removed or let in.
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
            self.health.tapped(query.message.is_some());
            return Ok(Reactions { callback: Some(taps::tap(unit, query).await?) });
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

pub(super) fn visitor(user: &User) -> Visitor<'_> {
    let first_name = Some(user.first_name.as_str()).filter(|name| !name.is_empty());
    Visitor { id: user.id, first_name, language_code: user.language_code.as_deref() }
}

/// The language of a short answer to somebody who need not be known.
pub(super) fn locale_of(ctx: &Context, user: &User) -> &'static str {
    user.language_code.as_deref().and_then(known_locale).unwrap_or(ctx.config.default_locale)
}
