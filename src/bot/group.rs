//! Groups: the bot listens to commands for itself and to nothing else.
//!
//! Only people with a role are answered there: others could use up what the group takes of us in a minute.

use super::commands::{Call, Command};
use super::replies::Replies;
use super::subscribing::{self, say};
use super::update::Message;
use super::visitor::visitor;
use crate::config::ChatTopic;
use crate::domain::ids::{ChatId, PersonId, TopicId};
use crate::service::{Unit, alerts, people, person, roles};
use crate::store;
use crate::store::persons::Person;
use crate::view::{View, staff as words};

/// In whose name Telegram shows what an anonymous admin of a group writes.
const GROUP_ANONYMOUS_BOT: PersonId = PersonId::new(1_087_968_824);

pub(super) async fn message(replies: &Replies, unit: &mut Unit<'_>, message: &Message) -> store::Result<()> {
    let ctx = unit.ctx;
    let chat = message.chat.id;
    if let Some(new) = message.migrate_to_chat_id {
        tracing::info!(old = chat.get(), new = new.get(), "a group became a supergroup");
        return unit.tx.migrate_chat(chat, new).await;
    }
    if let Some(old) = message.migrate_from_chat_id {
        return unit.tx.migrate_chat(old, chat).await;
    }
    if message.left_chat_member.is_none() {
        alerts::alive(unit, chat).await?;
    }
    let call = message.text.as_deref().and_then(|text| Command::parse(text, &ctx.bot_username));
    let Some(Call::Known { command, argument }) = call else { return Ok(()) };
    let Some(from) = &message.from else { return Ok(()) };
    // Other groups have threads too, for replies; only a forum has topics.
    let topic = message.message_thread_id.filter(|_| message.is_topic_message).unwrap_or(TopicId::NONE);
    let place = ChatTopic { chat, topic };
    if from.is_bot {
        let is_anonymous = command == Command::Alerts && from.id == GROUP_ANONYMOUS_BOT;
        if is_anonymous && replies.may_say(chat, from.id) {
            tracing::warn!(chat = chat.get(), "/alerts was refused: it was sent in the group's name");
            let view = words::refused(&ctx.catalogue, ctx.config.default_locale, true);
            return say(unit, place, &view).await;
        }
        return Ok(());
    }
    if command.is_private() {
        return Ok(());
    }
    let person = people::meet(&mut unit.tx, &visitor(from)).await?;
    let role = roles::role(&mut unit.tx, ctx, person.id).await?;
    let locale = person::locale(ctx, &person);
    if role.is_none() {
        return refuse(replies, unit, &person, command, chat).await;
    }
    if command == Command::Alerts && command.is_for(role) {
        return subscribing::alerts(unit, &person, place, message.chat.title.as_deref(), argument).await;
    }
    if !replies.may_say(chat, person.id) {
        return Ok(());
    }
    let view = match command {
        Command::Start | Command::Help => words::group_help(&ctx.catalogue, locale),
        _ if command.is_for(role) => View::text(ctx.catalogue.text(locale, "team-in-private")),
        _ => {
            tracing::warn!(
                person = person.id.get(),
                chat = chat.get(),
                "a command was refused: no role for it"
            );
            words::refused(&ctx.catalogue, locale, false)
        }
    };
    say(unit, place, &view).await
}

/// Somebody without a role is told so in private, if the bot may write to them there; in the group nobody is.
async fn refuse(
    replies: &Replies,
    unit: &mut Unit<'_>,
    person: &Person,
    command: Command,
    chat: ChatId,
) -> store::Result<()> {
    let ctx = unit.ctx;
    if command.is_for(None) {
        return Ok(());
    }
    tracing::warn!(person = person.id.get(), chat = chat.get(), "a command was refused: no role for it");
    let is_reachable = person.started_at.is_some() && person.unreachable.is_none();
    if !is_reachable || !replies.may_say(person.id.chat(), person.id) {
        return Ok(());
    }
    let view = words::refused(&ctx.catalogue, person::locale(ctx, person), false);
    person::say(unit, person.id, &view).await
}
