//! `sendChatAction`: shows "typing…" for five seconds or until the next message.

use std::borrow::Cow;
use std::time::Duration;

use serde::Deserialize;

use super::super::state::State;
use super::{ApiError, ChatRef, Outcome, writable};

const LASTS: Duration = Duration::from_secs(5);
const ACTIONS: [&str; 11] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SendChatAction<'a> {
    #[serde(borrow)]
    pub(super) chat_id: ChatRef<'a>,
    #[serde(rename = "message_thread_id")]
    _message_thread_id: Option<i64>,
    #[serde(borrow)]
    action: Cow<'a, str>,
}

pub(super) fn send_chat_action(state: &mut State, call: &SendChatAction<'_>) -> Outcome {
    if !ACTIONS.contains(&call.action.as_ref()) {
        return Err(ApiError::misuse("wrong parameter action in request"));
    }
    let chat = writable(state, &call.chat_id)?.id;
    let until = state.clock.now().plus(LASTS);
    state.chat_mut(chat).typing_until = Some(until);
    Ok("true".to_owned())
}
