//! `/alerts`: the chats and topics that get bad scores.

use super::commands::Command;
use crate::config::ChatTopic;
use crate::service::alerts::{self, Subscribed, Unsubscribed};
use crate::service::{Unit, person, roles};
use crate::store::persons::Person;
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::{View, staff as words};

/// `/alerts` and `/alerts off`, in a group, a topic or a private chat.
pub(super) async fn alerts(
    unit: &mut Unit<'_>,
    person: &Person,
    place: ChatTopic,
    title: Option<&str>,
    argument: &str,
) -> store::Result<()> {
    let ctx = unit.ctx;
    let locale = person::locale(ctx, person);
    if !Command::Alerts.is_for(roles::role(&mut unit.tx, ctx, person.id).await?) {
        tracing::warn!(
            person = person.id.get(),
            chat = place.chat.get(),
            "/alerts was refused: no role for it"
        );
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

pub(super) async fn say(unit: &mut Unit<'_>, place: ChatTopic, view: &View) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref());
    unit.tx
        .enqueue(&Outgoing::send(Lane::Answers, place.chat, payload).thread(place.topic), unit.now)
        .await?;
    Ok(())
}
