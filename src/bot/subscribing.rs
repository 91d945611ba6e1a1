//! `/alerts`: which chats and topics get cases, which of them, and in which language.

use super::commands::Command;
use crate::config::ChatTopic;
use crate::domain::ids::MessageId;
use crate::service::alerts::{self, Subscribed, Unsubscribed};
use crate::service::{Unit, person, roles};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::callback::AlertsAct;
use crate::view::routing::Routes;
use crate::view::staff::Refusal;
use crate::view::{View, customer, staff as words};

/// `/alerts` and `/alerts off`, in a group, a topic or a private chat.
pub(super) async fn alerts(
    unit: &mut Unit<'_>,
    person: &Person,
    place: ChatTopic,
    title: Option<&str>,
    argument: &str,
) -> store::Result<()> {
    let ctx = unit.ctx;
    let own = person::locale(ctx, person);
    if !Command::Alerts.is_for(roles::role(&mut unit.tx, ctx, person.id).await?) {
        tracing::warn!(
            person = person.id.get(),
            chat = place.chat.get(),
            "/alerts was refused: no role for it"
        );
        return say(unit, place, &words::refused(&ctx.catalogue, own, Refusal::ForLeads)).await;
    }
    let locale = alerts::language_of(unit, place).await?.unwrap_or(own);
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
        _ => match alerts::choose_typed(unit, (person.id, locale), place, argument).await? {
            Some(view) => return say(unit, place, &view).await,
            None => words::Alerts::Usage,
        },
    };
    let mut view = words::alerts(&ctx.catalogue, locale, outcome);
    if matches!(outcome, words::Alerts::On { .. } | words::Alerts::OnAlready) {
        view = begun(unit, place, locale, view).await?;
    }
    say(unit, place, &view).await
}

/// The answer to a subscription: what comes to the chat, if that is not simply all new cases, and what can be chosen.
async fn begun(unit: &mut Unit<'_>, place: ChatTopic, locale: &str, mut view: View) -> store::Result<View> {
    let ctx = unit.ctx;
    if alerts::is_special(unit, place).await?
        && let Some(screen) = alerts::routes_screen(unit, place).await?
    {
        view = View { html: format!("{}\n\n{}", view.html, screen.html), ..view };
    }
    if !place.chat.is_private() {
        view = words::with_chat_languages(view, &ctx.config.languages, locale, place.topic);
    }
    Ok(view.row([Routes::entrance(&ctx.catalogue, locale, place.topic)]))
}

/// A tap on the screen of what comes to a chat, below the message with this ID. Returns the text of the toast.
pub(super) async fn routes(
    unit: &mut Unit<'_>,
    person: &Person,
    place: ChatTopic,
    (act, message_id): (AlertsAct, MessageId),
) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    let text = |id| ctx.catalogue.text(person::locale(ctx, person), id);
    if !Command::Alerts.is_for(roles::role(&mut unit.tx, ctx, person.id).await?) {
        return Ok(Some(text("staff-toast-chat-routes")));
    }
    let Some((view, toast)) = alerts::choose_routes(unit, person.id, place, act).await? else {
        return Ok(Some(text("staff-chat-no-routes")));
    };
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    let edit = Outgoing::edit_shown(Lane::Answers, place.chat, message_id, payload).thread(place.topic);
    unit.tx.enqueue(&edit, unit.now).await?;
    Ok(toast)
}

/// A tap on a language below the message with this ID, in a group. Returns the text of the toast.
pub(super) async fn language(
    unit: &mut Unit<'_>,
    person: &Person,
    place: ChatTopic,
    title: Option<&str>,
    (language, message_id): (&'static str, MessageId),
) -> store::Result<String> {
    let ctx = unit.ctx;
    let (catalogue, languages) = (&ctx.catalogue, &ctx.config.languages);
    let text = |id| catalogue.text(person::locale(ctx, person), id);
    if !Command::Alerts.is_for(roles::role(&mut unit.tx, ctx, person.id).await?) {
        return Ok(text("staff-toast-chat-language"));
    }
    // The button may be older than the installation's current list of languages.
    if !languages.contains(language) {
        return Ok(text("survey-toast-unknown"));
    }
    if !alerts::choose_language(unit, person, place, title, language).await? {
        return Ok(text("staff-chat-no-alerts"));
    }
    let view = words::chat_language(catalogue, languages, language, place.topic);
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    let edit = Outgoing::edit_shown(Lane::Answers, place.chat, message_id, payload).thread(place.topic);
    unit.tx.enqueue(&edit, unit.now).await?;
    Ok(customer::language_toast(catalogue, language))
}

pub(super) async fn say(unit: &mut Unit<'_>, place: ChatTopic, view: &View) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    unit.tx
        .enqueue(&Outgoing::send(Lane::Answers, place.chat, payload).thread(place.topic), unit.now)
        .await?;
    Ok(())
}
