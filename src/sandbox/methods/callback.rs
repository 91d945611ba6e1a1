//! `answerCallbackQuery`: works once for each query, and not too late.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::model::{Answer, BotAct};
use super::super::state::State;
use super::super::updates::CALLBACK_TTL;
use super::{ApiError, Outcome};

const MAX_TEXT: usize = 200;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct AnswerCallbackQuery<'a> {
    #[serde(borrow)]
    callback_query_id: Cow<'a, str>,
    #[serde(borrow)]
    text: Option<Cow<'a, str>>,
    #[serde(default)]
    show_alert: bool,
    #[serde(rename = "cache_time")]
    _cache_time: Option<u32>,
}

/// The real deadline is not documented. The sandbox uses the time for which Telegram keeps the query for the bot.
pub(super) fn answer(state: &mut State, call: &AnswerCallbackQuery<'_>) -> Outcome {
    let text = call.text.as_deref().unwrap_or_default();
    if text.chars().count() > MAX_TEXT {
        return Err(ApiError::misuse("MESSAGE_TOO_LONG"));
    }
    let now = state.clock.now();
    let callback = state.callback_mut(&call.callback_query_id);
    let open = callback.filter(|c| c.answer.is_none() && now.since(c.created) < CALLBACK_TTL);
    let Some(open) = open else {
        let text = "query is too old and response timeout expired or query ID is invalid";
        return Err(ApiError::bad_request(text));
    };
    open.answer = Some(Answer { text: text.to_owned(), alert: call.show_alert });
    state.tell(|| BotAct::Answered { callback_id: call.callback_query_id.to_string() });
    Ok("true".to_owned())
}
