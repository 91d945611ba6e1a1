//! Groups: the bot listens to commands for itself and to nothing else.
//!
//! Only people with a role are answered there: others could use up what the group takes of us in a minute.

use super::commands::{Call, Command};
use super::router::{Router, visitor};
use super::update::Message;
use crate::config::ChatTopic;
use crate::domain::time::Timestamp;
use crate::service::alerts::{self, Subscribed, Unsubscribed};
use crate::service::{Context, people, staff};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload, Tx};
use crate::view::{View, staff as words};

/// In whose name Telegram shows what an anonymous admin of a group writes.
const GROUP_ANONYMOUS_BOT: i64 = 1_087_968_824;

pub(super) async fn message(
    router: &Router,
    ctx: &Context,
    tx: &mut Tx,
    message: &Message,
    now: Timestamp,
) -> store::Result<()> {
    let chat = message.chat.id;
    if let Some(new) = message.migrate_to_chat_id {
        tracing::info!(old = chat, new, "a group became a supergroup");
        return tx.migrate_chat(chat, new).await;
    }
    if let Some(old) = message.migrate_from_chat_id {
        return tx.migrate_chat(old, chat).await;
    }
    if message.left_chat_member.is_none() {
        alerts::alive(tx, ctx, chat, now).await?;
    }
    let call = message.text.as_deref().and_then(|text| Command::parse(text, &ctx.bot_username));
    let Some(Call::Known { command, argument }) = call else { return Ok(()) };
    let Some(from) = &message.from else { return Ok(()) };
    // Other groups have threads too, for replies; only a forum has topics.
    let topic = message.message_thread_id.filter(|_| message.is_topic_message).unwrap_or(0);
    let place = ChatTopic { chat, topic };
    if from.is_bot {
        let is_anonymous = command == Command::Alerts && from.id == GROUP_ANONYMOUS_BOT;
        if is_anonymous && router.may_say(chat, from.id) {
            tracing::warn!(chat, "/alerts was refused: it was sent in the group's name");
            let view = words::refused(&ctx.catalogue, ctx.config.default_locale, true);
            return say(tx, place, &view, now).await;
        }
        return Ok(());
    }
    if command.is_private() {
        return Ok(());
    }
    let person = people::meet(tx, &visitor(from)).await?;
    let role = staff::role(tx, ctx, person.id).await?;
    let locale = people::locale(ctx, &person);
    if role.is_none() {
        return refuse(router, ctx, tx, &person, command, chat, now).await;
    }
    if command == Command::Alerts && command.is_for(role) {
        return alerts(ctx, tx, &person, place, message.chat.title.as_deref(), argument, now).await;
    }
    if !router.may_say(chat, person.id) {
        return Ok(());
    }
    let view = match command {
        Command::Start | Command::Help => words::group_help(&ctx.catalogue, locale),
        _ if command.is_for(role) => View::text(ctx.catalogue.text(locale, "team-in-private")),
        _ => {
            tracing::warn!(person = person.id, chat, "a command was refused: no role for it");
            words::refused(&ctx.catalogue, locale, false)
        }
    };
    say(tx, place, &view, now).await
}

/// Somebody without a role is told so in private, if the bot may write to them there; in the group nobody is.
async fn refuse(
    router: &Router,
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    command: Command,
    chat: i64,
    now: Timestamp,
) -> store::Result<()> {
    if command.is_for(None) {
        return Ok(());
    }
    tracing::warn!(person = person.id, chat, "a command was refused: no role for it");
    let is_reachable = person.started_at.is_some() && person.unreachable.is_none();
    if !is_reachable || !router.may_say(person.id, person.id) {
        return Ok(());
    }
    let view = words::refused(&ctx.catalogue, people::locale(ctx, person), false);
    people::say(tx, person.id, &view, now).await
}

/// `/alerts` and `/alerts off`, in a group, a topic or a private chat.
pub(super) async fn alerts(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    place: ChatTopic,
    title: Option<&str>,
    argument: &str,
    now: Timestamp,
) -> store::Result<()> {
    let locale = people::locale(ctx, person);
    if !Command::Alerts.is_for(staff::role(tx, ctx, person.id).await?) {
        tracing::warn!(person = person.id, chat = place.chat, "/alerts was refused: no role for it");
        return say(tx, place, &words::refused(&ctx.catalogue, locale, false), now).await;
    }
    let outcome = match argument.to_lowercase().as_str() {
        "" | "on" => match alerts::subscribe(tx, ctx, person, (place, title), locale, now).await? {
            Subscribed::Now(waited) => words::Alerts::On { waited },
            Subscribed::Already => words::Alerts::OnAlready,
        },
        "off" => match alerts::unsubscribe(tx, ctx, person, (place, title), now).await? {
            Unsubscribed::Now { last } => words::Alerts::Off { last },
            Unsubscribed::Already => words::Alerts::OffAlready,
            Unsubscribed::Configured => words::Alerts::Configured,
        },
        _ => words::Alerts::Usage,
    };
    say(tx, place, &words::alerts(&ctx.catalogue, locale, outcome), now).await
}

async fn say(tx: &mut Tx, place: ChatTopic, view: &View, now: Timestamp) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    tx.enqueue(&Outgoing::send(Lane::Answers, place.chat, payload).thread(place.topic), now).await?;
    Ok(())
}
