//! `copyMessage` and `copyMessages`: send messages again without naming their author.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::json;

use super::super::limits::Act;
use super::super::model::{BotAct, Media, Message, MessageId, Sender};
use super::super::state::State;
use super::markup::Markup;
use super::send::{ReplyParameters, Way, send};
use super::{ApiError, ChatRef, Outcome, check_rights, text, topic, writable};

/// The most messages of one call.
const MOST_AT_ONCE: usize = 100;

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

/// Takes no `reply_parameters`, unlike [`CopyMessage`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct CopyMessages<'a> {
    #[serde(borrow)]
    pub(super) chat_id: ChatRef<'a>,
    message_thread_id: Option<MessageId>,
    #[serde(borrow)]
    from_chat_id: ChatRef<'a>,
    message_ids: Vec<MessageId>,
    #[serde(default)]
    disable_notification: bool,
    #[serde(default)]
    protect_content: bool,
    #[serde(default)]
    remove_caption: bool,
}

fn can_be_copied(message: &Message) -> bool {
    let is_paid = matches!(&message.media, Some(attached) if attached.media == Media::PaidPhoto);
    message.service.is_none() && !message.protected && !is_paid
}

pub(super) fn copy_message(state: &mut State, call: &CopyMessage<'_>) -> Outcome {
    let source = call.from_chat_id.find(state)?.message(call.message_id);
    let source = source.ok_or_else(|| ApiError::bad_request("message to copy not found"))?;
    if !can_be_copied(source) {
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

/// Copies several messages in one call and keeps albums together. What is gone or cannot be copied is left out.
pub(super) fn copy_messages(state: &mut State, call: &CopyMessages<'_>) -> Outcome {
    let ids = &call.message_ids;
    if ids.is_empty() || ids.len() > MOST_AT_ONCE {
        return Err(ApiError::misuse("message_ids must be of 1-100 messages"));
    }
    if !ids.is_sorted_by(|a, b| a < b) {
        return Err(ApiError::misuse("message identifiers must be in a strictly increasing order"));
    }
    let from = call.from_chat_id.find(state)?;
    let sources: Vec<Message> = ids
        .iter()
        .filter_map(|id| from.message(*id))
        .filter(|message| can_be_copied(message))
        .cloned()
        .collect();
    if sources.is_empty() {
        return Err(ApiError::bad_request("there are no messages to copy"));
    }
    let of = writable(state, &call.chat_id)?;
    check_rights(of)?;
    let (chat, thread) = (of.id, topic(of, call.message_thread_id, None)?);
    state.limits.take(chat, Act::Send, state.clock.now()).map_err(ApiError::too_many_requests)?;
    let mut albums: HashMap<String, String> = HashMap::new();
    let mut sent = Vec::with_capacity(sources.len());
    for source in sources {
        let mut message = state.draft(chat, Sender::Bot);
        message.thread = thread;
        message.silent = call.disable_notification;
        message.protected = call.protect_content;
        message.media = source.media;
        message.media_group_id = source
            .media_group_id
            .map(|album| albums.entry(album).or_insert_with(|| state.next_file("album").1).clone());
        if message.media.is_none() || !call.remove_caption {
            message.text = source.text;
        }
        let message_id = state.store(chat, message);
        state.tell(|| BotAct::Sent { chat, message_id });
        sent.push(json!({ "message_id": message_id }));
    }
    Ok(serde_json::Value::from(sent).to_string())
}
