//! Answers in the leads' chats.

use super::acts;
use crate::config::ChatTopic;
use crate::domain::ids::MessageId;
use crate::service::{Unit, alerts};
use crate::store::{self, Lane, Outgoing, Payload};
use crate::view::View;

/// The language in which a chat of the leads is answered.
pub(super) async fn locale(unit: &mut Unit<'_>, place: ChatTopic) -> store::Result<&'static str> {
    if let Some(person) = place.chat.person() {
        return acts::locale(unit, person).await;
    }
    Ok(alerts::language_of(unit, place).await?.unwrap_or(unit.ctx.config.default_locale))
}

/// Answers a lead below their own message.
pub(super) async fn answer(
    unit: &mut Unit<'_>,
    place: ChatTopic,
    to: MessageId,
    view: &View,
) -> store::Result<()> {
    let payload = Payload::text(view.html.as_str()).keyboard(view.markup().as_ref()).reply_to_theirs(to);
    let send = Outgoing::send(Lane::Answers, place.chat, payload).thread(place.topic);
    unit.tx.enqueue(&send, unit.now).await
}
