//! `getChat`.

use serde::Deserialize;

use super::super::json as shown;
use super::super::state::State;
use super::{ApiError, ChatRef, Outcome, writable};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct GetChat<'a> {
    #[serde(borrow)]
    pub(super) chat_id: ChatRef<'a>,
}

pub(super) fn get_chat(state: &State, call: &GetChat<'_>) -> Outcome {
    let chat = call.chat_id.find(state)?;
    // A person whom the bot has never met is not a chat. One who blocked the bot still is.
    let met = match &chat.group {
        None => state.users.get(&chat.id).is_some_and(|user| user.started),
        Some(_) => writable(state, &call.chat_id).map(|_| true)?,
    };
    if met {
        Ok(shown::full_chat(state, chat).to_string())
    } else {
        Err(ApiError::bad_request("chat not found"))
    }
}
