//! `setMessageReaction`: the bot's one reaction to a message. Telegram does not count it towards the limits of a chat.

use std::borrow::Cow;

use serde::Deserialize;

use super::super::model::MessageId;
use super::super::state::State;
use super::{ApiError, ChatRef, Outcome, writable};

/// The reactions that bots may use, as far as the program uses any.
const EMOJI: [&str; 4] = ["👌", "👀", "👍", "❤"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SetMessageReaction<'a> {
    #[serde(borrow)]
    pub(super) chat_id: ChatRef<'a>,
    message_id: MessageId,
    #[serde(borrow, default)]
    reaction: Vec<ReactionType<'a>>,
    #[serde(default, rename = "is_big")]
    _is_big: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReactionType<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    emoji: Cow<'a, str>,
}

pub(super) fn set_message_reaction(state: &mut State, call: &SetMessageReaction<'_>) -> Outcome {
    let chat = writable(state, &call.chat_id)?;
    let message = chat.message(call.message_id).filter(|message| message.service.is_none());
    message.ok_or_else(|| ApiError::bad_request("message to react not found"))?;
    if call.reaction.len() > 1 {
        return Err(ApiError::misuse("REACTIONS_TOO_MANY"));
    }
    let reaction = call.reaction.first().map(|reaction| (reaction.kind.as_ref(), reaction.emoji.as_ref()));
    if reaction.is_some_and(|(kind, emoji)| kind != "emoji" || !EMOJI.contains(&emoji)) {
        return Err(ApiError::misuse("REACTION_INVALID"));
    }
    if chat.group.as_ref().is_some_and(|group| group.without_reactions) {
        return Err(ApiError::bad_request("REACTION_INVALID"));
    }
    let chat = chat.id;
    let emoji = reaction.map(|(_, emoji)| emoji.to_owned());
    let of = state.chat_mut(chat);
    if let Some(message) = of.message_mut(call.message_id) {
        message.reaction = emoji;
        of.touch(call.message_id);
    }
    Ok("true".to_owned())
}
