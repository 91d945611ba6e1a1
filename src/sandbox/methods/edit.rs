//! `editMessageText`, `editMessageCaption` and `editMessageReplyMarkup`. An edit without a keyboard removes the
//! keyboard.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::json;
use super::super::limits::Act;
use super::super::model::{BotAct, ChatId, Keyboard, Media, Message, MessageId};
use super::super::state::State;
use super::markup::InlineMarkup;
use super::send::LinkPreviewOptions;
use super::{ApiError, ChatRef, Outcome, text, writable};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct EditMessageText<'a> {
    #[serde(borrow)]
    pub(super) chat_id: ChatRef<'a>,
    message_id: MessageId,
    #[serde(borrow)]
    text: Cow<'a, str>,
    #[serde(borrow)]
    parse_mode: Option<Cow<'a, str>>,
    #[serde(rename = "link_preview_options")]
    _link_preview_options: Option<LinkPreviewOptions>,
    reply_markup: Option<InlineMarkup>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct EditMessageCaption<'a> {
    #[serde(borrow)]
    pub(super) chat_id: ChatRef<'a>,
    message_id: MessageId,
    #[serde(borrow)]
    caption: Option<Cow<'a, str>>,
    #[serde(borrow)]
    parse_mode: Option<Cow<'a, str>>,
    reply_markup: Option<InlineMarkup>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct EditMessageReplyMarkup<'a> {
    #[serde(borrow)]
    pub(super) chat_id: ChatRef<'a>,
    message_id: MessageId,
    reply_markup: Option<InlineMarkup>,
}

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly \
                            the same as a current content and reply markup of the message";

pub(super) fn edit_text(state: &mut State, call: &EditMessageText<'_>) -> Outcome {
    let text = text::message(&call.text, call.parse_mode.as_deref(), "MESSAGE_TOO_LONG")?;
    let keyboard = check(state, call.reply_markup.as_ref())?;
    let (chat, message) = find(state, &call.chat_id, call.message_id)?;
    if message.media.is_some() {
        return Err(ApiError::bad_request("there is no text in the message to edit"));
    }
    if message.text.looks_like(&text) && message.keyboard == keyboard {
        return Err(ApiError::bad_request(NOT_MODIFIED));
    }
    edit(state, chat, call.message_id, |message| {
        message.text = text;
        message.keyboard = keyboard;
    })
}

pub(super) fn edit_caption(state: &mut State, call: &EditMessageCaption<'_>) -> Outcome {
    let text = text::caption(call.caption.as_deref().unwrap_or_default(), call.parse_mode.as_deref())?;
    let keyboard = check(state, call.reply_markup.as_ref())?;
    let (chat, message) = find(state, &call.chat_id, call.message_id)?;
    match &message.media {
        None => return Err(ApiError::bad_request("there is no caption in the message to edit")),
        Some(attached) if matches!(attached.media, Media::VideoNote { .. } | Media::Sticker { .. }) => {
            return Err(ApiError::bad_request("message can't be edited"));
        }
        Some(_) => {}
    }
    if message.text.looks_like(&text) && message.keyboard == keyboard {
        return Err(ApiError::bad_request(NOT_MODIFIED));
    }
    edit(state, chat, call.message_id, |message| {
        message.text = text;
        message.keyboard = keyboard;
    })
}

pub(super) fn edit_markup(state: &mut State, call: &EditMessageReplyMarkup<'_>) -> Outcome {
    let keyboard = check(state, call.reply_markup.as_ref())?;
    let (chat, message) = find(state, &call.chat_id, call.message_id)?;
    if message.keyboard == keyboard {
        return Err(ApiError::bad_request(NOT_MODIFIED));
    }
    edit(state, chat, call.message_id, |message| message.keyboard = keyboard)
}

fn check(state: &mut State, markup: Option<&InlineMarkup>) -> Result<Keyboard, ApiError> {
    markup.map_or_else(|| Ok(Keyboard::new()), |markup| markup.check(state))
}

/// Returns the message if it is the bot's own and in a chat to which the bot may write.
fn find<'s>(state: &'s State, chat: &ChatRef<'_>, id: MessageId) -> Result<(ChatId, &'s Message), ApiError> {
    let chat = writable(state, chat)?;
    let message = chat.message(id).ok_or_else(|| ApiError::bad_request("message to edit not found"))?;
    if !message.is_from_bot() || message.service.is_some() {
        return Err(ApiError::bad_request("message can't be edited"));
    }
    Ok((chat.id, message))
}

fn edit(
    state: &mut State,
    chat: ChatId,
    message_id: MessageId,
    change: impl FnOnce(&mut Message),
) -> Outcome {
    state.limits.take(chat, Act::Edit, state.clock.now()).map_err(ApiError::too_many_requests)?;
    state.rewrite(chat, message_id, change);
    state.tell(|| BotAct::Edited { chat, message_id });
    let of = state.chat(chat);
    Ok(of.message(message_id).map_or_else(String::new, |edited| json::message(state, of, edited).to_string()))
}
