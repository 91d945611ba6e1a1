//! Taps on buttons. Whatever comes, the spinner ends.

use std::collections::BTreeSet;

use super::router::{locale_of, visitor};
use super::update::{CallbackQuery, ChatKind, TappedMessage, Update};
use crate::domain::ids::ChatId;
use crate::service::answers::{self, Tap};
use crate::service::staff::team;
use crate::service::{Unit, editor, erasing, languages, people, setup};
use crate::store;
use crate::telegram::sender::CallbackAnswer;
use crate::view::callback::Data;

pub(super) async fn tap(unit: &mut Unit<'_>, query: &CallbackQuery) -> store::Result<CallbackAnswer> {
    let ctx = unit.ctx;
    let data = query.data.as_deref().and_then(Data::decode);
    let text = match (data, &query.message) {
        (Some(data), Some(message)) => act(unit, query, message, data).await?,
        // Whose survey it is, and at which step, is judged by what is stored.
        (Some(Data::Survey { survey, turn, act }), None) => {
            let (person, locale) = (query.from.id, locale_of(ctx, &query.from));
            answers::tap(unit, &Tap { person, locale, message_id: None, survey, turn, act }).await?
        }
        (Some(Data::Resume), None) => {
            let person = people::hear(unit, &visitor(&query.from)).await?;
            Some(people::resume(unit, &person).await?)
        }
        (Some(_), None) => {
            tracing::warn!(
                person = query.from.id,
                "a button does nothing, for Telegram leaves its message out (callback_query_mode): see 'afterword check'"
            );
            Some(ctx.catalogue.text(locale_of(ctx, &query.from), "survey-toast-unknown"))
        }
        (None, _) => {
            tracing::debug!(person = query.from.id, "a button that is none of ours was tapped");
            Some(ctx.catalogue.text(locale_of(ctx, &query.from), "survey-toast-unknown"))
        }
    };
    Ok(CallbackAnswer { query_id: query.id.clone(), text })
}

async fn act(
    unit: &mut Unit<'_>,
    query: &CallbackQuery,
    message: &TappedMessage,
    data: Data,
) -> store::Result<Option<String>> {
    let ctx = unit.ctx;
    let person = query.from.id;
    // Surveys and what belongs to them are shown in private chats only.
    if message.chat.kind != ChatKind::Private || message.chat.id != ChatId::private(person) {
        return Ok(Some(ctx.catalogue.text(locale_of(ctx, &query.from), "survey-toast-foreign")));
    }
    match data {
        Data::Survey { survey, turn, act } => {
            let locale = locale_of(ctx, &query.from);
            let message_id = Some(message.message_id);
            let tap = Tap { person, locale, message_id, survey, turn, act };
            answers::tap(unit, &tap).await
        }
        Data::Language(locale) => {
            let person = people::hear(unit, &visitor(&query.from)).await?;
            languages::choose(unit, &person, locale, message.message_id).await.map(Some)
        }
        // Neither makes a person known who is being forgotten.
        Data::Forget { mark } => {
            let locale = locale_of(ctx, &query.from);
            erasing::confirm(unit, person, locale, mark, message.message_id).await.map(Some)
        }
        Data::KeepData => {
            let locale = locale_of(ctx, &query.from);
            erasing::keep(unit, person, locale, message.message_id).await.map(Some)
        }
        Data::ForgetRequest(act) => {
            let locale = locale_of(ctx, &query.from);
            erasing::decide(unit, person, locale, act, message.message_id).await.map(Some)
        }
        Data::Setup(act) => {
            let person = people::hear(unit, &visitor(&query.from)).await?;
            setup::tap(unit, &person, act, message.message_id).await
        }
        Data::Desk(tap) => {
            let person = people::hear(unit, &visitor(&query.from)).await?;
            editor::tap(unit, &person, tap, message.message_id).await
        }
        Data::Team(act) => {
            let person = people::hear(unit, &visitor(&query.from)).await?;
            team::tap(unit, &person, act, message.message_id).await
        }
        Data::Resume => {
            let person = people::hear(unit, &visitor(&query.from)).await?;
            people::resume(unit, &person).await.map(Some)
        }
    }
}

/// The surveys that are tapped on.
pub(super) fn surveys(updates: &[&Update]) -> Vec<i64> {
    let tapped = updates.iter().filter_map(|update| {
        let data = update.callback_query.as_ref()?.data.as_deref()?;
        if let Some(Data::Survey { survey, .. }) = Data::decode(data) { Some(survey) } else { None }
    });
    tapped.collect::<BTreeSet<i64>>().into_iter().collect()
}
