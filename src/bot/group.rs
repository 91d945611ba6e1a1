//! Groups: the bot listens to commands for itself and to nothing else.
//!
//! Only people with a role are answered there: others could use up what the group takes of us in a minute.

use super::commands::{Call, Command};
use super::router::{Router, visitor};
use super::update::Message;
use crate::config::ChatTopic;
use crate::domain::ids::{ChatId, TopicId};
use crate::service::alerts::{self, Subscribed, Unsubscribed};
use crate::service::{Unit, people, staff};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::{View, staff as words};

/// In whose name Telegram shows what an anonymous admin of a group writes.
const GROUP_ANONYMOUS_BOT: i64 = 1_087_968_824;

pub(super) async fn message(router: &Router, unit: &mut Unit<'_>, message: &Message) -> store::Result<()> {
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
        if is_anonymous && router.may_say(chat, from.id) {
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
    let role = staff::role(&mut unit.tx, ctx, person.id).await?;
    let locale = people::locale(ctx, &person);
    if role.is_none() {
        return refuse(router, unit, &person, command, chat).await;
    }
    if command == Command::Alerts && command.is_for(role) {
        return alerts(unit, &person, place, message.chat.title.as_deref(), argument).await;
    }
    if !router.may_say(chat, person.id) {
        return Ok(());
    }
    let view = match command {
        Command::Start | Command::Help => words::group_help(&ctx.catalogue, locale),
        _ if command.is_for(role) => View::text(ctx.catalogue.text(locale, "team-in-private")),
        _ => {
            tracing::warn!(person = person.id, chat = chat.get(), "a command was refused: no role for it");
            words::refused(&ctx.catalogue, locale, false)
        }
    };
    say(unit, place, &view).await
}

/// Somebody without a role is told so in private, if the bot may write to them there; in the group nobody is.
async fn refuse(
    router: &Router,
    unit: &mut Unit<'_>,
    person: &Person,
    command: Command,
    chat: ChatId,
) -> store::Result<()> {
    let ctx = unit.ctx;
    if command.is_for(None) {
        return Ok(());
    }
    tracing::warn!(person = person.id, chat = chat.get(), "a command was refused: no role for it");
    let is_reachable = person.started_at.is_some() && person.unreachable.is_none();
    if !is_reachable || !router.may_say(ChatId::private(person.id), person.id) {
        return Ok(());
    }
    let view = words::refused(&ctx.catalogue, people::locale(ctx, person), false);
    people::say(unit, person.id, &view).await
}

/// `/alerts` and `/alerts off`, in a group, a topic or a private chat.
pub(super) async fn alerts(
    unit: &mut Unit<'_>,
    person: &Person,
    place: ChatTopic,
    title: Option<&str>,
    argument: &str,
) -> store::Result<()> {
    let ctx = unit.ctx;
    let locale = people::locale(ctx, person);
    if !Command::Alerts.is_for(staff::role(&mut unit.tx, ctx, person.id).await?) {
        tracing::warn!(person = person.id, chat = place.chat.get(), "/alerts was refused: no role for it");
        return say(unit, place, &words::refused(&ctx.catalogue, locale, false)).await;
    }
    let outcome = match argument.to_lowercase().as_str() {
        "" | "on" => match alerts::subscribe(unit, person, place, title, locale).await? {
            Subscribed::Now(waited) => words::Alerts::On { waited },
            Subscribed::Already => words::Alerts::OnAlready,
        },
        "off" => match alerts::unsubscribe(unit, person, place, title).await? {
            Unsubscribed::Now { last } => words::Alerts::Off { last },
            Unsubscribed::Already => words::Alerts::OffAlready,
            Unsubscribed::Configured => words::Alerts::Configured,
        },
        _ => words::Alerts::Usage,
    };
    say(unit, place, &words::alerts(&ctx.catalogue, locale, outcome)).await
}

async fn say(unit: &mut Unit<'_>, place: ChatTopic, view: &View) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    unit.tx
        .enqueue(&Outgoing::send(Lane::Answers, place.chat, payload).thread(place.topic), unit.now)
        .await?;
    Ok(())
}
