//! `sendMessage`, and what all sends have in common.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::json;
use super::super::limits::Act;
use super::super::model::{BotAct, Chat, ChatId, Message, MessageId, Sender};
use super::super::state::State;
use super::markup::{Checked, Markup};
use super::{ApiError, ChatRef, Outcome, check_rights, text, topic, writable};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SendMessage<'a> {
    #[serde(borrow)]
    pub(super) chat_id: ChatRef<'a>,
    message_thread_id: Option<MessageId>,
    #[serde(borrow)]
    text: Cow<'a, str>,
    #[serde(borrow)]
    parse_mode: Option<Cow<'a, str>>,
    #[serde(rename = "link_preview_options")]
    _link_preview_options: Option<LinkPreviewOptions>,
    #[serde(default)]
    disable_notification: bool,
    #[serde(default)]
    protect_content: bool,
    #[serde(borrow)]
    reply_parameters: Option<ReplyParameters<'a>>,
    reply_markup: Option<Markup>,
}

/// Link previews are not simulated, but the names and types are checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read by serde, which checks the types")]
pub(super) struct LinkPreviewOptions {
    is_disabled: Option<bool>,
    url: Option<String>,
    prefer_small_media: Option<bool>,
    prefer_large_media: Option<bool>,
    show_above_text: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplyParameters<'a> {
    message_id: MessageId,
    #[serde(borrow)]
    chat_id: Option<ChatRef<'a>>,
    #[serde(default)]
    allow_sending_without_reply: bool,
    #[serde(borrow)]
    quote: Option<Cow<'a, str>>,
}

/// The options of a send besides its content.
pub(super) struct Way<'a> {
    pub(super) thread: Option<MessageId>,
    pub(super) reply: Option<&'a ReplyParameters<'a>>,
    pub(super) markup: Option<&'a Markup>,
    pub(super) silent: bool,
    pub(super) protected: bool,
}

pub(super) fn send_message(state: &mut State, call: &SendMessage<'_>) -> Outcome {
    let text = text::message(&call.text, call.parse_mode.as_deref(), "message is too long")?;
    let way = Way {
        thread: call.message_thread_id,
        reply: call.reply_parameters.as_ref(),
        markup: call.reply_markup.as_ref(),
        silent: call.disable_notification,
        protected: call.protect_content,
    };
    let chat = writable(state, &call.chat_id)?.id;
    let id = send(state, chat, &way, |message| message.text = text)?;
    let of = state.chat(chat);
    Ok(of.message(id).map_or_else(String::new, |sent| json::message(state, of, sent).to_string()))
}

/// Checks the options and the limits, and stores the message in the chat.
pub(super) fn send(
    state: &mut State,
    chat: ChatId,
    way: &Way<'_>,
    fill: impl FnOnce(&mut Message),
) -> Result<MessageId, ApiError> {
    let of = state.chat(chat);
    check_rights(of)?;
    let private = of.group.is_none();
    let reply_to = match way.reply {
        Some(reply) => reply.find(of)?,
        None => None,
    };
    let thread = topic(of, way.thread, reply_to)?;
    let markup = way.markup.map(|markup| markup.check(state, private)).transpose()?;
    state.limits.take(chat, Act::Send, state.clock.now()).map_err(ApiError::too_many_requests)?;

    let mut message = state.draft(chat, Sender::Bot);
    message.thread = thread;
    message.reply_to = reply_to;
    message.quote = reply_to.and(way.reply).and_then(|reply| reply.quote.as_deref()).map(str::to_owned);
    message.silent = way.silent;
    message.protected = way.protected;
    fill(&mut message);
    match markup {
        Some(Checked::Inline(keyboard)) => message.keyboard = keyboard,
        Some(Checked::Reply { rows, contact }) => {
            let of = state.chat_mut(chat);
            (of.reply_keyboard, of.contact_button) = (rows, contact);
        }
        Some(Checked::Remove) => state.chat_mut(chat).reply_keyboard.clear(),
        Some(Checked::ForceReply { selective }) => {
            if selective && reply_to.is_none() && !mentions(&message) {
                return Err(ApiError::misuse(
                    "a selective prompt without a mention or a reply reaches nobody",
                ));
            }
            message.asks_for_reply = true;
        }
        None => {}
    }
    let message_id = state.store(chat, message);
    state.tell(|| BotAct::Sent { chat, message_id });
    Ok(message_id)
}

/// Whether the text mentions somebody: by a public name, or by a link to an account.
fn mentions(message: &Message) -> bool {
    let names = |word: &str| word.len() > 1 && word.starts_with('@');
    let links = |url: &String| url.starts_with("tg://user?id=");
    message.text.plain.split_whitespace().any(names)
        || message.text.entities.iter().any(|entity| entity.url.as_ref().is_some_and(links))
}

impl ReplyParameters<'_> {
    /// Finds the message replied to, which must be in this chat.
    fn find(&self, chat: &Chat) -> Result<Option<MessageId>, ApiError> {
        if self.chat_id.as_ref().and_then(ChatRef::id).is_some_and(|id| id != chat.id) {
            return Err(ApiError::misuse("the sandbox knows no replies to other chats"));
        }
        match chat.message(self.message_id) {
            Some(found) => match &self.quote {
                Some(quote) if !found.text.plain.contains(quote.as_ref()) => {
                    Err(ApiError::bad_request("QUOTE_TEXT_INVALID"))
                }
                _ => Ok(Some(found.id)),
            },
            None if self.allow_sending_without_reply => Ok(None),
            None => Err(ApiError::bad_request("message to be replied not found")),
        }
    }
}
