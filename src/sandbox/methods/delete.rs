//! `deleteMessage`: works for 48 hours, and longer if the bot is an administrator.

use std::time::Duration;

use serde::Deserialize;

use super::super::limits::Act;
use super::super::model::{MessageId, Standing};
use super::super::state::State;
use super::{ApiError, ChatRef, Outcome, writable};

const DELETABLE_FOR: Duration = Duration::from_hours(48);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct DeleteMessage<'a> {
    #[serde(borrow)]
    pub(super) chat_id: ChatRef<'a>,
    message_id: MessageId,
}

pub(super) fn delete_message(state: &mut State, call: &DeleteMessage<'_>) -> Outcome {
    let now = state.clock.now();
    let chat = writable(state, &call.chat_id)?;
    let message = chat.message(call.message_id);
    let message = message.ok_or_else(|| ApiError::bad_request("message to delete not found"))?;
    let is_admin = chat.group.as_ref().is_some_and(|group| group.bot == Standing::Admin);
    // In a private chat a bot may also delete the messages it received. In a group only an administrator may.
    let is_own = message.is_from_bot() || chat.group.is_none();
    let is_young = now.since(message.date) < DELETABLE_FOR;
    if !(is_admin || is_own && is_young) {
        return Err(ApiError::bad_request("message can't be deleted for everyone"));
    }
    let chat = chat.id;
    if chat < 0 {
        state.limits.take(chat, Act::Edit, now).map_err(ApiError::too_many_requests)?;
    }
    state.chat_mut(chat).delete(call.message_id);
    Ok("true".to_owned())
}
