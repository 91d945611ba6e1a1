//! `sendPhoto` with a picture that the bot uploads.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::json;
use super::super::model::{Media, MessageId};
use super::super::people::attach;
use super::super::state::State;
use super::document::Upload;
use super::markup::Markup;
use super::send::{Way, send};
use super::{ApiError, ChatRef, Outcome, text, writable};

/// The most bytes of a photo that is uploaded.
const MOST: usize = 10 << 20;
/// How a PNG begins; the sizes of its sides follow in the first chunk.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The most that width and height may add up to, and how many times the longer may be the shorter.
const MOST_SIDES: u32 = 10_000;
const MOST_RATIO: u32 = 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SendPhoto<'a> {
    #[serde(borrow)]
    pub(super) chat_id: ChatRef<'a>,
    message_thread_id: Option<MessageId>,
    #[serde(borrow)]
    photo: Upload<'a>,
    #[serde(borrow)]
    caption: Option<Cow<'a, str>>,
    #[serde(borrow)]
    parse_mode: Option<Cow<'a, str>>,
    #[serde(default)]
    disable_notification: bool,
    reply_markup: Option<Markup>,
}

pub(super) fn send_photo(state: &mut State, call: &SendPhoto<'_>) -> Outcome {
    let content: Vec<u8> =
        call.photo.content.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(u8::MAX)).collect();
    check(&content)?;
    let caption = match call.caption.as_deref().filter(|caption| !caption.is_empty()) {
        Some(caption) => Some(text::caption(caption, call.parse_mode.as_deref())?),
        None => None,
    };
    let chat = writable(state, &call.chat_id)?.id;
    let mut attached = attach(state, Media::Photo);
    attached.file_size = content.len() as u64;
    state.files.insert(attached.file_id.clone(), content);
    let way = Way {
        thread: call.message_thread_id,
        reply: None,
        markup: call.reply_markup.as_ref(),
        silent: call.disable_notification,
        protected: false,
    };
    let id = send(state, chat, &way, |message| {
        message.media = Some(attached);
        message.text = caption.unwrap_or_default();
    })?;
    let of = state.chat(chat);
    Ok(of.message(id).map_or_else(String::new, |sent| json::message(state, of, sent).to_string()))
}

/// Refuses what is no picture that Telegram shows as a photo.
fn check(content: &[u8]) -> Result<(), ApiError> {
    if content.is_empty() {
        return Err(ApiError::misuse("file must be non-empty"));
    }
    if content.len() > MOST {
        return Err(ApiError::misuse("file is too big for a photo"));
    }
    let side = |at: usize| content.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    let sides = content.starts_with(PNG).then(|| side(16).zip(side(20))).flatten();
    let Some((width, height)) = sides else { return Err(ApiError::misuse("IMAGE_PROCESS_FAILED")) };
    let (long, short) = (width.max(height), width.min(height));
    if short == 0 || long / short > MOST_RATIO || width.saturating_add(height) > MOST_SIDES {
        return Err(ApiError::misuse("PHOTO_INVALID_DIMENSIONS"));
    }
    Ok(())
}
