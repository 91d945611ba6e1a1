//! Taps on buttons. Whatever comes, the spinner ends.

use super::router::{locale_of, visitor};
use super::update::{CallbackQuery, ChatKind, TappedMessage};
use crate::domain::time::Timestamp;
use crate::service::answers::{self, Tap};
use crate::service::{Context, people};
use crate::store::{self, Tx};
use crate::telegram::sender::CallbackAnswer;
use crate::view::callback::Data;

pub(super) async fn tap(
    ctx: &Context,
    tx: &mut Tx,
    query: &CallbackQuery,
    now: Timestamp,
) -> store::Result<CallbackAnswer> {
    let data = query.data.as_deref().and_then(Data::decode);
    let text = if let (Some(data), Some(message)) = (data, &query.message) {
        act(ctx, tx, query, message, data, now).await?
    } else {
        tracing::debug!(person = query.from.id, "a button that is none of ours was tapped");
        Some(ctx.catalogue.text(locale_of(ctx, &query.from), "survey-toast-unknown"))
    };
    Ok(CallbackAnswer { query_id: query.id.clone(), text })
}

async fn act(
    ctx: &Context,
    tx: &mut Tx,
    query: &CallbackQuery,
    message: &TappedMessage,
    data: Data,
    now: Timestamp,
) -> store::Result<Option<String>> {
    let person = query.from.id;
    // Surveys and what belongs to them are shown in private chats only.
    if message.chat.kind != ChatKind::Private || message.chat.id != person {
        return Ok(Some(ctx.catalogue.text(locale_of(ctx, &query.from), "survey-toast-foreign")));
    }
    match data {
        Data::Survey { survey, turn, act } => {
            let locale = locale_of(ctx, &query.from);
            let tap = Tap { person, locale, message_id: message.message_id, survey, turn, act };
            answers::tap(tx, ctx, &tap, now).await
        }
        Data::Resume => {
            let person = people::hear(tx, ctx, &visitor(&query.from), now).await?;
            people::resume(tx, ctx, &person, now).await.map(Some)
        }
    }
}
