//! Groups: the bot handles commands addressed to it, and replies to its messages.
//!
//! It answers only people with a role there. Otherwise anybody could use up the few messages a minute that it may send
//! to a group.

use super::commands::{Call, Command};
use super::replies::Replies;
use super::subscribing::{self, say};
use super::talk::{self, GROUP_ANONYMOUS_BOT};
use super::update::Message;
use super::visitor::visitor;
use crate::config::ChatTopic;
use crate::domain::ids::{ChatId, TopicId};
use crate::domain::staff::Role;
use crate::service::{Unit, alerts, case_list, people, person, roles};
use crate::store;
use crate::store::persons::Person;
use crate::view::staff::Refusal;
use crate::view::{View, staff as words};

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
    let Some(from) = &message.from else { return Ok(()) };
    // Other groups have reply threads as well; only a forum has topics.
    let topic = message.message_thread_id.filter(|_| message.is_topic_message).unwrap_or(TopicId::NONE);
    let place = ChatTopic { chat, topic };
    let (command, argument) = match call {
        Some(Call::Known { command, argument }) => (command, argument),
        None => return talk::in_group(replies, unit, message, from, place).await,
        Some(Call::Unknown | Call::Other) => return Ok(()),
    };
    if from.is_bot {
        let is_anonymous =
            matches!(command, Command::Alerts | Command::Language) && from.id == GROUP_ANONYMOUS_BOT;
        if is_anonymous && replies.may_say(chat, from.id) {
            tracing::warn!(
                chat = chat.get(),
                "/{} was refused: it was sent in the group's name",
                command.name()
            );
            let view = words::refused(&ctx.catalogue, ctx.config.default_locale, Refusal::Anonymous);
            return say(unit, place, &view).await;
        }
        return Ok(());
    }
    if command.is_private() {
        return Ok(());
    }
    let person = people::meet(&mut unit.tx, &visitor(from)).await?;
    let role = roles::role(&mut unit.tx, ctx, person.id).await?;
    if role.is_none() {
        return refuse(replies, unit, &person, command, chat).await;
    }
    if command == Command::Alerts && command.is_for(role) {
        return subscribing::alerts(unit, &person, place, message.chat.title.as_deref(), argument).await;
    }
    if !replies.may_say(chat, person.id) {
        return Ok(());
    }
    let view = answer(unit, &person, role, place, command).await?;
    say(unit, place, &view).await
}

/// The answer to a command from somebody with a role, in a group.
async fn answer(
    unit: &mut Unit<'_>,
    person: &Person,
    role: Option<Role>,
    place: ChatTopic,
    command: Command,
) -> store::Result<View> {
    let ctx = unit.ctx;
    let known = alerts::language_of(unit, place).await?;
    let locale = known.unwrap_or_else(|| person::locale(ctx, person));
    Ok(match command {
        Command::Start | Command::Help => words::group_help(&ctx.catalogue, locale),
        // The roles that choose where alerts go also choose their language.
        Command::Language if Command::Alerts.is_for(role) => match known {
            Some(locale) => words::chat_language(&ctx.catalogue, &ctx.config.languages, locale, place.topic),
            None => View::text(ctx.catalogue.text(locale, "staff-chat-no-alerts")),
        },
        Command::Cases if command.is_for(role) => case_list::in_group(unit, locale).await?,
        _ if command.is_for(role) && command != Command::Language => {
            View::text(ctx.catalogue.text(locale, "team-in-private"))
        }
        _ => {
            tracing::warn!(
                person = person.id.get(),
                chat = place.chat.get(),
                "a command was refused: no role for it"
            );
            words::refused(&ctx.catalogue, locale, refusal(command))
        }
    })
}

fn refusal(command: Command) -> Refusal {
    if command.is_for(Some(Role::Lead)) { Refusal::ForLeads } else { Refusal::ForAdmins }
}

/// Tells somebody without the needed role so in private, if the bot may write to them there; says nothing in the group.
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
    let view = words::refused(&ctx.catalogue, person::locale(ctx, person), refusal(command));
    person::say(unit, person.id, &view).await
}
