//! `copyMessage`: sends a message again without naming its author.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::model::MessageId;
use super::super::state::State;
use super::markup::Markup;
use super::send::{ReplyParameters, Way, send};
use super::{ApiError, ChatRef, Outcome, text, writable};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct CopyMessage<'a> {
    #[serde(borrow)]
    pub(super) chat_id: ChatRef<'a>,
    message_thread_id: Option<MessageId>,
    #[serde(borrow)]
    from_chat_id: ChatRef<'a>,
    message_id: MessageId,
    #[serde(borrow)]
    caption: Option<Cow<'a, str>>,
    #[serde(borrow)]
    parse_mode: Option<Cow<'a, str>>,
    #[serde(default)]
    disable_notification: bool,
    #[serde(default)]
    protect_content: bool,
    #[serde(borrow)]
    reply_parameters: Option<ReplyParameters<'a>>,
    reply_markup: Option<Markup>,
}

pub(super) fn copy_message(state: &mut State, call: &CopyMessage<'_>) -> Outcome {
    let source = call.from_chat_id.find(state)?.message(call.message_id);
    let source = source.ok_or_else(|| ApiError::bad_request("message to copy not found"))?;
    if source.service.is_some() || source.protected {
        return Err(ApiError::bad_request("message can't be copied"));
    }
    let media = source.media.clone();
    let text = match call.caption.as_deref().filter(|_| media.is_some()) {
        Some(caption) => text::caption(caption, call.parse_mode.as_deref())?,
        None => source.text.clone(),
    };
    let way = Way {
        thread: call.message_thread_id,
        reply: call.reply_parameters.as_ref(),
        markup: call.reply_markup.as_ref(),
        silent: call.disable_notification,
        protected: call.protect_content,
    };
    let chat = writable(state, &call.chat_id)?.id;
    let id = send(state, chat, &way, |message| {
        message.text = text;
        message.media = media;
    })?;
    Ok(format!(r#"{{"message_id":{id}}}"#))
}
